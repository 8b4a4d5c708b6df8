//! What goes into the host functions and comes out.

use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use lattice_isa::{Gas, Handle, KeyId, ModelHash, Opcode, Trap};
use lattice_trace::Position;
use lattice_verifier::Statement;
use lattice_wasm::{Effect, Entry, ImportStep, ProgramTrap};
use scale_info::TypeInfo;
use sp_core::H256;

/// An entry that a program left in its journal.
pub use lattice_isa::Event as JournalEntry;
/// A model that a program trained, as it may be stored and loaded again.
pub use lattice_machine::TrainedState;

/// Most keys, and most models, that one call may name.
pub const MAX_NAMED: u32 = 16;

/// Most bytes of a storage key.
pub const MAX_STORAGE_KEY: u32 = 256;

/// Most chunks of one model, its manifest aside.
pub const MAX_CHUNKS: u32 = 256;

/// Most bytes of all trained states that one call may keep, model and parameters.
pub const MAX_STATE_BYTES: u32 = 2 * 1024 * 1024;

/// Most elements of a tensor that is asked for as a program's output.
pub const MAX_OUTPUT_ELEMENTS: u32 = 16 * 1024;

/// What validation found in a verifying key.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub struct KeyReport {
    /// The form to store on chain, [`crate::ProofVersion::prepared_len`] bytes.
    pub prepared: Vec<u8>,
    /// Names of the key's δ and, with a commitment, its ε; what is already registered in either place
    /// is refused.
    pub trapdoors: Vec<H256>,
}

/// Where a model lies in the chain's storage: the storage keys of SCALE-encoded
/// byte vectors.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub struct ModelLocation {
    /// Storage key of the encoded manifest.
    pub manifest: Vec<u8>,
    /// Storage keys of the pieces of what follows it: the bytes of the tensors
    /// and, for a trained state, of its parameters, cut anywhere.
    pub chunks: Vec<Vec<u8>>,
}

/// A program and all that it may reach.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub struct ProgramCall {
    /// The encoded instructions.
    pub program: Vec<u8>,
    /// Most gas that the program may use.
    pub gas_limit: Gas,
    /// Verifying keys that the program may name: the key's id and the storage key
    /// under which its prepared form lies as a SCALE-encoded byte vector.
    pub keys: Vec<(KeyId, Vec<u8>)>,
    /// Models that the program may load.
    pub models: Vec<(ModelHash, ModelLocation)>,
    /// The tensor whose elements are wanted as the output, if any; at most
    /// [`MAX_OUTPUT_ELEMENTS`].
    pub output: Option<Handle>,
    /// Whether trained states are wanted; at most [`MAX_STATE_BYTES`].
    pub keep_states: bool,
    /// Whether each instruction is to be recorded.
    pub trace: bool,
}

/// What a run left.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub struct ProgramOutcome {
    /// Gas that the program used, at most the call's limit.
    pub gas_used: Gas,
    /// Instructions that ran to their end; after a trap, the position of the one
    /// that trapped.
    pub executed: u32,
    /// Why the program stopped before its end, if it did.
    pub trap: Option<Trap>,
    /// What it left behind, in program order; empty after a trap.
    pub journal: Vec<JournalEntry>,
    /// The elements of the tensor that was asked for; empty after a trap, and if
    /// there is no such tensor.
    pub output: Vec<i32>,
    /// The models that it trained; empty after a trap, and unless asked for.
    pub states: Vec<TrainedState>,
    /// What each instruction did; empty unless asked for.
    pub steps: Vec<Step>,
}

impl ProgramOutcome {
    /// Whether this is the outcome of a settlement of the statement: it ran to
    /// its end, and committed the statement's output for its context and
    /// nothing else.
    pub fn settles(&self, statement: &Statement) -> bool {
        let committed = JournalEntry::Committed {
            subject: statement.context,
            digest: statement.output_commitment,
        };
        self.trap.is_none() && self.journal == [committed]
    }
}

/// What one instruction of a straight-line program did.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Encode,
    Decode,
    DecodeWithMemTracking,
    MaxEncodedLen,
    TypeInfo,
)]
pub struct Step {
    /// Position in the program, from zero.
    pub instruction: u32,
    /// What was run.
    pub opcode: Opcode,
    /// Gas that it was charged.
    pub gas: Gas,
    /// Gas left after it.
    pub gas_left: Gas,
    /// Bytes of models and tensors live after it.
    pub memory_bytes: u64,
    /// The handle that it gave out, or how it trapped.
    pub result: Result<Option<Handle>, Trap>,
}

/// A call of a WebAssembly program and all that it may reach.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub struct WasmCall {
    /// The storage key under which the prepared code lies as a SCALE-encoded byte
    /// vector.
    pub code_key: Vec<u8>,
    /// The hash that the chain knows the code by. It finds compiled code in the
    /// node's cache, which compares the code itself.
    pub code_hash: H256,
    /// The function that is called.
    pub entry: Entry,
    /// What the program may read as its input; at most
    /// [`lattice_wasm::CallLimits::input_bytes`].
    pub input: Vec<u8>,
    /// The account that calls.
    pub caller: [u8; 32],
    /// The account of the program.
    pub address: [u8; 32],
    /// The program's child trie, as its unprefixed storage key. A program's key
    /// lies in it under [`crate::storage_key`], the value as it is.
    pub child_trie: Vec<u8>,
    /// What came with the call, in planck.
    pub value: u128,
    /// What the program may spend, the value included, in planck.
    pub balance: u128,
    /// Entries of the program's storage: what ending the program is charged by.
    pub stored_items: u32,
    /// The number of the block.
    pub block_number: u64,
    /// Most gas that the call may use.
    pub gas_limit: Gas,
    /// Whether the call pays for compiling the code.
    pub charge_compilation: bool,
    /// Models that the program may load.
    pub models: Vec<(ModelHash, ModelLocation)>,
    /// Verifying keys that the program may name, as in [`ProgramCall::keys`].
    pub keys: Vec<(KeyId, Vec<u8>)>,
    /// Whether trained states are wanted; at most [`MAX_STATE_BYTES`].
    pub keep_states: bool,
    /// Whether each import is to be recorded.
    pub trace: bool,
}

/// What a call of a WebAssembly program left.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub struct WasmOutcome {
    /// Gas that the call used, at most its limit.
    pub gas_used: Gas,
    /// The part of it that paid for compiling the code.
    pub compilation_gas: Gas,
    /// The program's output, or why it stopped before its end.
    pub result: Result<Vec<u8>, ProgramTrap>,
    /// What it did, in order, for the caller to apply as one; empty after a trap.
    pub effects: Vec<Effect>,
    /// The models that it trained; empty after a trap, and unless asked for.
    pub states: Vec<TrainedState>,
    /// What each import did; empty unless asked for.
    pub trace: Vec<ImportStep>,
}

/// The end of a dispute: an element of a trace, and what it is made of.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub struct StepCheck {
    /// The encoded manifest of the model.
    pub manifest: Vec<u8>,
    /// The root over the trace that is disputed.
    pub root: [u8; 32],
    /// The input of the request.
    pub input: Vec<i8>,
    /// The element.
    pub position: Position,
    /// An encoded [`lattice_trace::Opening`], as whoever posted the root gave it.
    pub opening: Vec<u8>,
}
