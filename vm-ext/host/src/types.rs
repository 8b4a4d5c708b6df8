//! What goes into the host functions and comes out.

use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode};
use lattice_isa::{Gas, KeyId, ModelHash, Trap};
use lattice_verifier::Statement;
use scale_info::TypeInfo;
use sp_core::H256;

/// An entry that a program left in its journal.
pub use lattice_isa::Event as JournalEntry;

/// Most keys, and most models, that one call may name.
pub const MAX_NAMED: u32 = 16;

/// Most bytes of a storage key.
pub const MAX_STORAGE_KEY: u32 = 256;

/// What validation found in a verifying key.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub struct KeyReport {
    /// The form to store on chain, [`crate::PREPARED_KEY_LEN`] bytes.
    pub prepared: Vec<u8>,
    /// Identity of the key's δ; a δ that is already registered is refused.
    pub delta_hash: H256,
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
    /// Models that the program may load: the model's hash and the storage key
    /// under which its encoding lies as a SCALE-encoded byte vector.
    pub models: Vec<(ModelHash, Vec<u8>)>,
}

/// What a run left.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub struct ProgramOutcome {
    /// Gas that the program used, at most the call's limit.
    pub gas_used: Gas,
    /// Why the program stopped before its end, if it did.
    pub trap: Option<Trap>,
    /// What it left behind, in program order; empty after a trap.
    pub journal: Vec<JournalEntry>,
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
