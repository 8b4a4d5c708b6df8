//! Straight-line programs, run against the chain's storage.

use super::access::Access;
use super::{states, LOG_TARGET};
use crate::types::MAX_OUTPUT_ELEMENTS;
use crate::{HostError, ProgramCall, ProgramOutcome, Step};
use codec::DecodeAll;
use lattice_isa::{
    GasSchedule, Handle, KeyId, Limits, ModelHash, Program, ProofBytes, PublicInput, Trap,
};
use lattice_machine::{Environment, Machine, ReferenceBackend, Tensor, VerifyFault};

/// Runs the program of an encoded call.
pub fn run(
    call: &[u8],
    read: impl FnMut(&[u8]) -> Option<Vec<u8>>,
) -> Result<ProgramOutcome, HostError> {
    let call = ProgramCall::decode_all(&mut &call[..]).map_err(|_| HostError::Protocol)?;
    let access = Access::new(&call.models, &call.keys)?;
    let program = Program::decode(&call.program).map_err(HostError::Program)?;
    let mut environment = Storage { access, read };
    let mut machine = Machine::new(
        GasSchedule::V1,
        Limits::V1,
        call.gas_limit,
        &mut environment,
        &ReferenceBackend,
    );
    if call.trace {
        machine = machine.traced();
    }
    let outcome = machine.run(&program);
    let result = outcome.result.and_then(|()| {
        let output = output(call.output, outcome.tensors)?;
        let states = states::kept(call.keep_states, outcome.states)
            .map_err(|(needed, limit)| Trap::MemoryLimit { needed, limit })?;
        Ok((output, states, outcome.journal))
    });
    let trap = result.as_ref().err().copied();
    if let Some(trap) = trap {
        log::debug!(target: LOG_TARGET, "instruction {} trapped: {trap}", outcome.executed);
    }
    let (output, states, journal) = result.unwrap_or_default();
    Ok(ProgramOutcome {
        gas_used: outcome.gas_used,
        executed: outcome.executed,
        trap,
        journal,
        output,
        states,
        steps: outcome.steps.into_iter().map(step).collect(),
    })
}

/// The elements of the tensor that is wanted, if it is not too large.
fn output(wanted: Option<Handle>, tensors: Vec<(Handle, Tensor)>) -> Result<Vec<i32>, Trap> {
    let found = tensors
        .into_iter()
        .find(|(handle, _)| Some(*handle) == wanted);
    let elements = found.map_or(Vec::new(), |(_, tensor)| tensor.elements().to_vec());
    let given = u64::try_from(elements.len()).unwrap_or(u64::MAX);
    let limit = u64::from(MAX_OUTPUT_ELEMENTS);
    if given > limit {
        return Err(Trap::TensorLimit {
            elements: given,
            limit,
        });
    }
    Ok(elements)
}

fn step(step: lattice_machine::Step) -> Step {
    Step {
        instruction: step.instruction,
        opcode: step.opcode,
        gas: step.gas,
        gas_left: step.gas_left,
        memory_bytes: step.memory_bytes,
        result: step.result,
    }
}

/// What a straight-line program reaches.
struct Storage<'a, R> {
    access: Access<'a>,
    read: R,
}

impl<R: FnMut(&[u8]) -> Option<Vec<u8>>> Environment for Storage<'_, R> {
    fn model_chunk(&mut self, model: &ModelHash, index: u32) -> Option<Vec<u8>> {
        self.access.model_chunk(model, index, &mut self.read)
    }

    fn verify(
        &mut self,
        key: &KeyId,
        inputs: &[PublicInput],
        proof: &ProofBytes,
    ) -> Result<bool, VerifyFault> {
        self.access.verify(key, inputs, proof, &mut self.read)
    }
}
