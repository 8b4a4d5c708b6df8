//! What is stored of ceremonies.

use crate::Config;
use frame::deps::frame_support::stored;
use frame::prelude::*;
use lattice_host::ceremony::{Contribution, Start};
use lattice_primitives::ModelIndex;

/// The token amount of this pallet, in planck.
pub type BalanceOf<T> =
    <<T as Config>::Currency as fungible::Inspect<<T as frame_system::Config>::AccountId>>::Balance;

/// A ceremony, without its start and contributions.
#[stored]
pub struct Ceremony<T: Config> {
    /// The registration whose key it makes.
    pub model: ModelIndex,
    pub opener: T::AccountId,
    /// What the opener has on hold; zero after finalization.
    pub bond: BalanceOf<T>,
    /// Hash of the start and of all contributions.
    pub transcript: H256,
    /// Contributions.
    pub contributions: u32,
    /// Contributions by others than the opener.
    pub contributors: u32,
    pub opened_at: BlockNumberFor<T>,
    /// When the last contribution was made or discarded.
    pub changed_at: BlockNumberFor<T>,
    /// What it came to; `None` while it is open.
    pub outcome: Option<Outcome<T>>,
}

/// What a ceremony came to.
#[stored]
pub struct Outcome<T: Config> {
    /// Identity of the key that the chain assembled.
    pub vk_id: H256,
    pub phase1_id: H256,
    /// Blake2-256 of the proving key file.
    pub proving_key_hash: H256,
    /// The owner of the registration, who finalized.
    pub owner: T::AccountId,
    /// What the owner has on hold for the records.
    pub deposit: BalanceOf<T>,
    pub finalized_at: BlockNumberFor<T>,
}

/// A contribution.
#[stored]
pub struct Contributed<T: Config> {
    pub contributor: T::AccountId,
    pub contribution: Contribution,
    /// Hash of the start and of all contributions, this one included.
    pub transcript: H256,
    /// What the contributor has on hold; zero after finalization.
    pub bond: BalanceOf<T>,
    pub contributed_at: BlockNumberFor<T>,
}

/// Most bytes that the records of a ceremony with this many contributions occupy.
pub(crate) fn record_bytes<T: Config>(contributions: u32) -> usize {
    let each = Contributed::<T>::max_encoded_len();
    usize::try_from(contributions)
        .unwrap_or(usize::MAX)
        .saturating_mul(each)
        .saturating_add(Start::max_encoded_len())
        .saturating_add(Ceremony::<T>::max_encoded_len())
}
