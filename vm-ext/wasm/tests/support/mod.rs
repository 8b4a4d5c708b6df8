//! Programs in text, and a chain for them to run on.

#![allow(dead_code)] // Each test and bench uses a part of it.

use lattice_isa::{Gas, KeyId, ModelHash, ProofBytes, ProofFault, PublicInput};
use lattice_machine::{Environment, VerifyFault};
use lattice_tensor::{testing, Model, Range};
use lattice_wasm::import::Word;
use lattice_wasm::{
    invoke, prepare, CodeError, Entry, Import, Invocation, Outcome, PreparedCode,
    ProgramEnvironment, ProgramTrap,
};
use std::collections::BTreeMap;

/// Gas that suffices for every program here.
pub const PLENTY: Gas = 1_000_000_000_000;

/// The only key that [`World`] knows.
pub const KEY: KeyId = [7; 32];

/// The proof that [`World`] finds true.
pub const TRUE_PROOF: ProofBytes = ProofBytes::Groth16([1; 128]);

/// A proof that is none.
pub const MALFORMED_PROOF: ProofBytes = ProofBytes::Groth16([0xff; 128]);

/// The true one with a commitment.
pub const TRUE_COMMITTED_PROOF: ProofBytes = ProofBytes::Committed([1; 160]);

/// An environment with some models and some storage, and with verdicts instead
/// of pairings.
#[derive(Clone, Default)]
pub struct World {
    pub models: Vec<Model>,
    pub storage: BTreeMap<Vec<u8>, Vec<u8>>,
    pub reads: u32,
}

impl Environment for World {
    fn model_chunk(&mut self, model: &ModelHash, index: u32) -> Option<Vec<u8>> {
        use codec::Encode;
        let model = self.models.iter().find(|other| other.id().0 == *model)?;
        let manifest = model.manifest().encode().encode();
        let blob = model.to_blob();
        match index {
            0 => Some(manifest),
            1 => Some(blob[manifest.len()..].to_vec()),
            _ => None,
        }
    }

    fn verify(
        &mut self,
        key: &KeyId,
        _inputs: &[PublicInput],
        proof: &ProofBytes,
    ) -> Result<bool, VerifyFault> {
        match *proof {
            _ if *key != KEY => Err(VerifyFault::UnknownKey),
            TRUE_PROOF | TRUE_COMMITTED_PROOF => Ok(true),
            MALFORMED_PROOF => Err(ProofFault::MalformedProof.into()),
            _ => Ok(false),
        }
    }
}

impl ProgramEnvironment for World {
    fn storage(&mut self, key: &[u8]) -> Option<Vec<u8>> {
        self.reads += 1;
        self.storage.get(key).cloned()
    }
}

/// A small model that can be trained.
pub fn model() -> Model {
    testing::random_mlp(1, &[6, 5, 3], Range { lo: 0, hi: 16 })
}

/// All imports, each under its own name, in text.
pub fn imports() -> String {
    let word = |word: &Word| match word {
        Word::I32 => "i32",
        Word::I64 => "i64",
    };
    let declaration = |import: &Import| {
        let operands: Vec<_> = import.operands().iter().map(word).collect();
        let result = import.result();
        let result = result
            .as_ref()
            .map(|result| format!("(result {})", word(result)));
        format!(
            "(import \"lattice\" \"{name}\" (func ${name} (param {operands}) {result}))\n",
            name = import.name(),
            operands = operands.join(" "),
            result = result.unwrap_or_default()
        )
    };
    Import::ALL.iter().map(declaration).collect()
}

/// A module with all imports, one page of memory, these items, and an entry
/// `call` of these instructions.
pub fn module(items: &str, call: &str) -> String {
    format!(
        "(module {imports} (memory (export \"memory\") 1 4) {items}
         (func (export \"instantiate\"))
         (func (export \"call\") {call}))",
        imports = imports()
    )
}

/// Bytes of a module in text.
pub fn bytes(text: &str) -> Vec<u8> {
    wat::parse_str(text).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

/// Prepares a module in text.
pub fn try_prepare(text: &str) -> Result<PreparedCode, CodeError> {
    prepare(&bytes(text))
}

/// Prepares a module in text that must be a program.
pub fn prepared(text: &str) -> PreparedCode {
    try_prepare(text).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

/// The call that the tests make of prepared code.
pub fn invocation(code: &[u8]) -> Invocation<'_> {
    Invocation {
        code,
        code_hash: [3; 32],
        entry: Entry::Call,
        input: b"twelve bytes",
        caller: [0xca; 32],
        address: [0xad; 32],
        value: 5,
        balance: 100,
        stored_items: 0,
        block_number: 77,
        gas_limit: PLENTY,
        charge_compilation: true,
        trace: true,
    }
}

/// Runs a call in a world.
pub fn run_in(world: &mut World, invocation: &Invocation<'_>) -> Outcome {
    invoke(invocation, world).expect("the machine has memory")
}

/// Prepares and calls a module in a world.
pub fn call_in(world: &mut World, items: &str, call: &str) -> Outcome {
    run_in(world, &invocation(&prepared(&module(items, call)).code))
}

/// Prepares and calls a module.
pub fn call(items: &str, call: &str) -> Outcome {
    call_in(&mut World::default(), items, call)
}

/// The trap of a module's call. A trap leaves nothing.
pub fn trap(items: &str, body: &str) -> ProgramTrap {
    trap_of(call(items, body))
}

/// The trap of a call.
pub fn trap_of(outcome: Outcome) -> ProgramTrap {
    assert_eq!(outcome.effects, []);
    assert_eq!(outcome.states, []);
    assert!(outcome.gas_used > 0 && outcome.gas_used <= PLENTY);
    outcome.result.expect_err("the call traps")
}

/// Bytes as the text of a data segment.
pub fn escaped(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("\\{byte:02x}")).collect()
}

/// A data segment.
pub fn data(offset: u32, bytes: &[u8]) -> String {
    format!("(data (i32.const {offset}) \"{}\")", escaped(bytes))
}

/// Words as their bytes in memory.
pub fn words(words: &[i32]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_le_bytes()).collect()
}
