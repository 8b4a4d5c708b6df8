//! What is stored of a request.

use crate::Config;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame::deps::frame_support::stored;
use frame::prelude::*;
use lattice_primitives::{
    DisputeId, Failure, ModelIndex, Price, Selection, Verification, MAX_REPLICAS,
};

/// The token amount of this pallet, in planck.
pub type BalanceOf<T> =
    <<T as Config>::Currency as fungible::Inspect<<T as frame_system::Config>::AccountId>>::Balance;

/// A dispute about a result that is open.
#[derive(
    Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Challenge<AccountId> {
    /// Whose bond is on hold.
    pub challenger: AccountId,
    pub dispute: DisputeId,
}

/// The open disputes about a result, oldest first.
pub type ChallengesOf<T> =
    BoundedVec<Challenge<<T as frame_system::Config>::AccountId>, <T as Config>::MaxChallenges>;

/// The providers that failed a request, in order: no more than a record names.
pub type FailedOf<T> =
    BoundedVec<(<T as frame_system::Config>::AccountId, Failure), ConstU32<MAX_REPLICAS>>;

/// A result that is there.
#[stored]
pub struct Posted<T: Config> {
    pub output: BoundedVec<i32, T::MaxOutputLen>,
    /// Root of the tree over all operators' results, of which the output is the last one.
    pub trace_root: H256,
    pub posted_at: BlockNumberFor<T>,
    /// The last block in which it may be challenged, unless a dispute runs.
    pub final_at: BlockNumberFor<T>,
    pub challenges: ChallengesOf<T>,
}

/// An open request: everything that its end needs.
///
/// Provider, context, price, collateral, deadline and result are those of the present attempt, or
/// while the request waits for the next one, of the last, without its result. All else was frozen
/// when it was made.
#[stored]
pub struct Request<T: Config> {
    pub requester: T::AccountId,
    pub provider: T::AccountId,
    /// Receives the royalty: the model's owner when the request was made.
    pub owner: T::AccountId,
    pub model: ModelIndex,
    pub model_hash: H256,
    pub input: BoundedVec<i8, T::MaxInputLen>,
    pub input_commitment: H256,
    /// Hash of what the requester signed for.
    pub content: H256,
    /// What the provider repeats when it posts.
    pub context: H256,
    pub output_len: u32,
    pub price: Price<BalanceOf<T>>,
    /// On hold: the sum of the price, or where others may try, all that the requester would pay.
    pub escrow: BalanceOf<T>,
    /// Locked of the provider's stake.
    pub collateral: BalanceOf<T>,
    /// What a challenger puts on hold.
    pub bond: BalanceOf<T>,
    /// Blocks in which a result may be challenged.
    pub window: BlockNumberFor<T>,
    pub verification: Verification,
    pub requested_at: BlockNumberFor<T>,
    /// The last block in which a result is in time.
    pub deadline: BlockNumberFor<T>,
    /// Blocks that every provider has for its result.
    pub patience: BlockNumberFor<T>,
    pub posted: Option<Posted<T>>,
    /// Since when nobody has it, because its provider failed; the next block chooses another one.
    pub waiting_since: Option<BlockNumberFor<T>>,
    /// Attempts that are left if this one fails.
    pub attempts_left: u32,
    pub selection: Selection<T::AccountId>,
    pub failed: FailedOf<T>,
}

impl<T: Config> Request<T> {
    /// The last block before something has to be done about it; `None` while it is disputed.
    pub fn due(&self) -> Option<BlockNumberFor<T>> {
        match (self.waiting_since, &self.posted) {
            (Some(since), _) => Some(since),
            (None, None) => Some(self.deadline),
            (None, Some(posted)) if posted.challenges.is_empty() => Some(posted.final_at),
            (None, Some(_)) => None,
        }
    }

    /// Whether a provider has it.
    pub fn has_provider(&self) -> bool {
        self.waiting_since.is_none()
    }

    /// The open disputes about its result.
    pub fn challenges(&self) -> &[Challenge<T::AccountId>] {
        match &self.posted {
            Some(posted) => posted.challenges.as_slice(),
            None => &[],
        }
    }
}
