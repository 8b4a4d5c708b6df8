//! VERIFY_PROOF and COMMIT_RESULT.

use crate::backend::TensorBackend;
use crate::environment::{Environment, VerifyFault};
use crate::machine::Machine;
use crate::memory::length;
use lattice_isa::{Event, KeyId, ProofBytes, PublicInput, Trap, Work};

/// Whether the proof is true.
pub fn verify<E: Environment, B: TensorBackend>(
    machine: &mut Machine<'_, E, B>,
    key: &KeyId,
    inputs: &[PublicInput],
    proof: &ProofBytes,
) -> Result<bool, Trap> {
    let given = length(inputs.len());
    let limit = machine.limits.public_inputs;
    if given > u64::from(limit) {
        return Err(Trap::PublicInputLimit { given, limit });
    }
    machine.charge(Work::VerifyProof {
        inputs: given,
        commitment: proof.is_committed(),
    })?;
    match machine.environment.verify(key, inputs, proof) {
        Ok(verdict) => Ok(verdict),
        Err(VerifyFault::UnknownKey) => Err(Trap::UnknownKey { key: *key }),
        Err(VerifyFault::Invalid(fault)) => Err(Trap::InvalidProof(fault)),
    }
}

/// Writes a result to the journal.
pub fn commit<E: Environment, B: TensorBackend>(
    machine: &mut Machine<'_, E, B>,
    subject: &[u8; 32],
    digest: &[u8; 32],
) -> Result<(), Trap> {
    machine.record(Event::Committed {
        subject: *subject,
        digest: *digest,
    })
}
