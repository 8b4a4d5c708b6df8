//! What the chain says of a set-up ceremony.

use crate::ModelIndex;
use alloc::vec::Vec;
use codec::{Decode, Encode};
use lattice_verifier::ceremony::{Contribution, Start, State};
use scale_info::TypeInfo;
use sp_core::H256;

/// Number of a ceremony, counted from zero on each chain.
pub type CeremonyId = u64;

/// A ceremony that is open or was finalized; others leave nothing.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct CeremonyInfo<AccountId, Balance, BlockNumber> {
    pub ceremony: CeremonyId,
    /// The registration whose key it makes.
    pub model: ModelIndex,
    pub opener: AccountId,
    /// What the opener has on hold, in planck; zero after finalization.
    pub bond: Balance,
    /// What it started from.
    pub start: Start,
    /// Identity of the start's phase 1.
    pub phase1_id: H256,
    /// The trapdoors and the queries' roots after the last contribution.
    pub state: State,
    /// Hash of the start and of all contributions: what the next one builds on.
    pub transcript: H256,
    /// Contributions: the next one has this index.
    pub contributions: u32,
    /// Those that count: bonded, and not the opener's.
    pub contributors: u32,
    /// How many have to count before it can be finalized.
    pub required: u32,
    pub opened_at: BlockNumber,
    /// When the last contribution was made or discarded.
    pub changed_at: BlockNumber,
    /// The first block in which it can be finalized as it stands.
    pub final_from: BlockNumber,
    /// The first block in which anyone may close it as it stands.
    pub closable_from: BlockNumber,
    /// What it came to; `None` while it is open.
    pub outcome: Option<CeremonyOutcome<BlockNumber>>,
}

/// What a finalized ceremony came to.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct CeremonyOutcome<BlockNumber> {
    /// Blake2-256(ModelId ‖ circuit version ‖ phase-1 id ‖ key).
    pub vk_id: H256,
    /// The key that the chain assembled, arkworks compressed encoding.
    pub verifying_key: Vec<u8>,
    /// Blake2-256 of the proving key file, as the owner of the model gave it.
    pub proving_key_hash: H256,
    pub finalized_at: BlockNumber,
}

/// A contribution as it stands on chain.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct ContributionInfo<AccountId, Balance, BlockNumber> {
    /// Its place, from zero.
    pub index: u32,
    pub contributor: AccountId,
    /// The trapdoors, the queries' roots, and the proofs of knowledge.
    pub contribution: Contribution,
    /// The transcript with it.
    pub transcript: H256,
    /// What the contributor has on hold for it, in planck; zero after finalization.
    pub bond: Balance,
    pub contributed_at: BlockNumber,
}
