//! Calls of WebAssembly programs, run against the chain's storage.

use super::access::{bytes, within, Access};
use super::{states, without_outcome};
use crate::types::{MAX_STATE_BYTES, MAX_STORAGE_KEY};
use crate::{storage_key, HostError, WasmCall, WasmOutcome};
use codec::DecodeAll;
use lattice_isa::{KeyId, ModelHash, ProofBytes, PublicInput};
use lattice_machine::{Environment, VerifyFault};
use lattice_wasm::{Bounded, Invocation, ProgramEnvironment, ProgramTrap};
use sp_core::storage::ChildInfo;
use sp_externalities::Externalities;

/// Runs an encoded call.
pub fn run(call: &[u8], chain: &mut dyn Externalities) -> Result<WasmOutcome, HostError> {
    let call = WasmCall::decode_all(&mut &call[..]).map_err(|_| HostError::Protocol)?;
    let access = Access::new(&call.models, &call.keys)?;
    within(call.code_key.len(), MAX_STORAGE_KEY)?;
    within(call.child_trie.len(), MAX_STORAGE_KEY)?;
    let code = chain
        .storage(&call.code_key)
        .and_then(bytes)
        .ok_or(HostError::UnknownCode)?;
    let invocation = Invocation {
        code: &code,
        code_hash: call.code_hash.0,
        entry: call.entry,
        input: &call.input,
        caller: call.caller,
        address: call.address,
        value: call.value,
        balance: call.balance,
        stored_items: call.stored_items,
        block_number: call.block_number,
        gas_limit: call.gas_limit,
        charge_compilation: call.charge_compilation,
        trace: call.trace,
    };
    let mut storage = Storage {
        access,
        trie: ChildInfo::new_default(&call.child_trie),
        chain,
    };
    let outcome =
        lattice_wasm::invoke(&invocation, &mut storage).unwrap_or_else(|why| without_outcome(&why));
    let result = outcome.result.and_then(|output| {
        let states = states::kept(call.keep_states, outcome.states).map_err(|(given, _)| {
            ProgramTrap::TooLarge {
                what: Bounded::StateBytes,
                given,
                limit: MAX_STATE_BYTES,
            }
        })?;
        Ok((output, states, outcome.effects))
    });
    let (result, states, effects) = match result {
        Ok((output, states, effects)) => (Ok(output), states, effects),
        Err(trap) => (Err(trap), Vec::new(), Vec::new()),
    };
    Ok(WasmOutcome {
        gas_used: outcome.gas_used,
        compilation_gas: outcome.compilation_gas,
        result,
        effects,
        states,
        trace: outcome.trace,
    })
}

/// What a WebAssembly program reaches.
struct Storage<'a, 'c> {
    access: Access<'a>,
    trie: ChildInfo,
    chain: &'c mut dyn Externalities,
}

impl Environment for Storage<'_, '_> {
    fn model_chunk(&mut self, model: &ModelHash, index: u32) -> Option<Vec<u8>> {
        self.access
            .model_chunk(model, index, |key| self.chain.storage(key))
    }

    fn verify(
        &mut self,
        key: &KeyId,
        inputs: &[PublicInput],
        proof: &ProofBytes,
    ) -> Result<bool, VerifyFault> {
        self.access
            .verify(key, inputs, proof, |key| self.chain.storage(key))
    }
}

impl ProgramEnvironment for Storage<'_, '_> {
    fn storage(&mut self, key: &[u8]) -> Option<Vec<u8>> {
        self.chain.child_storage(&self.trie, &storage_key(key))
    }
}
