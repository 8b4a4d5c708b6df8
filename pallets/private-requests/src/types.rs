//! What is stored of a request.

use crate::Config;
use frame::deps::frame_support::stored;
use frame::prelude::*;
use lattice_primitives::{Interface, ModelIndex, Price, PrivateStatus, Verification};
use pallet_inference::Shown;

/// The token amount of this pallet, in planck.
pub type BalanceOf<T> =
    <<T as Config>::Currency as fungible::Inspect<<T as frame_system::Config>::AccountId>>::Balance;

/// A result's output, in the form that its request wants.
#[stored]
pub enum PrivateOutput<T: Config> {
    /// The output itself: the chain recomputes its commitment, with blinding zero.
    Posted(BoundedVec<i32, T::MaxOutputLen>),
    /// Its commitment, with a blinding that is random, or the output could be guessed.
    Committed(H256),
}

/// An input that was opened on chain.
#[stored]
pub struct Opened<T: Config> {
    pub input: BoundedVec<i8, T::MaxInputLen>,
    /// What its commitment was made with.
    pub blinding: H256,
}

/// An open request: everything that its end needs, but for an input that was opened.
#[stored]
pub struct Request<T: Config> {
    pub requester: T::AccountId,
    pub provider: T::AccountId,
    /// Receives the royalty: the model's owner when the request was made.
    pub owner: T::AccountId,
    pub model: ModelIndex,
    pub model_hash: H256,
    /// The verifying key that the proof must satisfy.
    pub vk_id: H256,
    /// What input and output must be.
    pub interface: Interface,
    /// Second public input of the proof.
    pub input_commitment: H256,
    /// Hash of what the requester signed for.
    pub content: H256,
    /// First public input of the proof.
    pub context: H256,
    /// Whether the provider commits to the output instead of posting it.
    pub output_private: bool,
    pub price: Price<BalanceOf<T>>,
    /// On hold: the sum of the price.
    pub escrow: BalanceOf<T>,
    /// Locked of the provider's stake.
    pub collateral: BalanceOf<T>,
    /// The evidence that the requester asked for.
    pub verification: Verification,
    pub requested_at: BlockNumberFor<T>,
    /// The last block in which a result is in time.
    pub deadline: BlockNumberFor<T>,
    /// Blocks that the provider has, from the request on, and again once the input is opened.
    pub patience: BlockNumberFor<T>,
    pub status: PrivateStatus<BlockNumberFor<T>>,
    /// Whether the input was opened on chain.
    pub opened: bool,
    /// The proof that was accepted, while its private output is not acknowledged.
    pub shown: Option<Shown>,
}

impl<T: Config> Request<T> {
    /// The last block before something has to be done about it.
    pub fn due(&self) -> BlockNumberFor<T> {
        match self.status {
            PrivateStatus::Assigned => self.deadline,
            PrivateStatus::Claimed { open_by, .. } => open_by,
            PrivateStatus::Delivered { final_at } => final_at,
            PrivateStatus::Forced { post_by } => post_by,
        }
    }

    /// Whether its provider still owes the proof.
    pub fn is_owed(&self) -> bool {
        match self.status {
            PrivateStatus::Assigned | PrivateStatus::Claimed { .. } => true,
            PrivateStatus::Delivered { .. } | PrivateStatus::Forced { .. } => false,
        }
    }
}
