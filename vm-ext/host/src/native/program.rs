//! Programs, run against the chain's storage.

use super::{keys, pool, LOG_TARGET};
use crate::types::{MAX_NAMED, MAX_STORAGE_KEY};
use crate::{HostError, ProgramCall, ProgramOutcome};
use codec::DecodeAll;
use lattice_isa::{
    GasSchedule, KeyId, Limits, ModelHash, Program, ProofBytes, ProofFault, PublicInput,
};
use lattice_machine::{Environment, Machine, ReferenceBackend, VerifyFault};
use lattice_verifier::VerifyError;

/// Runs the program of an encoded call.
pub fn run(
    call: &[u8],
    read: impl FnMut(&[u8]) -> Option<Vec<u8>>,
) -> Result<ProgramOutcome, HostError> {
    let call = ProgramCall::decode_all(&mut &call[..]).map_err(|_| HostError::Protocol)?;
    check_size(&call)?;
    let program = Program::decode(&call.program).map_err(HostError::Program)?;
    let mut environment = Storage { call: &call, read };
    let outcome = Machine::new(
        GasSchedule::V1,
        Limits::V1,
        call.gas_limit,
        &mut environment,
        &ReferenceBackend,
    )
    .run(&program);
    if let Err(trap) = outcome.result {
        log::debug!(target: LOG_TARGET, "instruction {} trapped: {trap}", outcome.executed);
    }
    Ok(ProgramOutcome {
        gas_used: outcome.gas_used,
        trap: outcome.result.err(),
        journal: outcome.journal,
    })
}

fn check_size(call: &ProgramCall) -> Result<(), HostError> {
    let within = |length: usize, limit: u32| {
        if u32::try_from(length).is_ok_and(|length| length <= limit) {
            Ok(())
        } else {
            Err(HostError::CallTooLarge { limit })
        }
    };
    within(call.keys.len(), MAX_NAMED)?;
    within(call.models.len(), MAX_NAMED)?;
    call.keys
        .iter()
        .chain(&call.models)
        .try_for_each(|(_, storage_key)| within(storage_key.len(), MAX_STORAGE_KEY))
}

/// What a call names, as it lies in storage.
struct Storage<'a, R> {
    call: &'a ProgramCall,
    read: R,
}

impl<R: FnMut(&[u8]) -> Option<Vec<u8>>> Storage<'_, R> {
    /// The bytes under the storage key that the call gives for a name.
    fn bytes(&mut self, names: &[([u8; 32], Vec<u8>)], name: &[u8; 32]) -> Option<Vec<u8>> {
        let (_, storage_key) = names.iter().find(|(other, _)| other == name)?;
        let value = (self.read)(storage_key)?;
        Vec::<u8>::decode_all(&mut value.as_slice()).ok()
    }
}

impl<R: FnMut(&[u8]) -> Option<Vec<u8>>> Environment for Storage<'_, R> {
    fn model_blob(&mut self, model: &ModelHash) -> Option<Vec<u8>> {
        self.bytes(&self.call.models, model)
    }

    fn verify(
        &mut self,
        key: &KeyId,
        inputs: &[PublicInput],
        proof: &ProofBytes,
    ) -> Result<bool, VerifyFault> {
        let prepared = self
            .bytes(&self.call.keys, key)
            .ok_or(VerifyFault::UnknownKey)?;
        pool::run(|| {
            let key = keys::decode(&prepared).map_err(|error| {
                log::warn!(target: LOG_TARGET, "a stored key is corrupt: {error}");
                ProofFault::CorruptKey
            })?;
            lattice_verifier::verify(&key, inputs, proof).map_err(|error| fault(&error).into())
        })
    }
}

fn fault(error: &VerifyError) -> ProofFault {
    match error {
        VerifyError::Inputs { .. } => ProofFault::InputCount,
        VerifyError::Input { .. } => ProofFault::NonCanonicalInput,
        VerifyError::Length { .. } | VerifyError::Point { .. } => ProofFault::MalformedProof,
    }
}
