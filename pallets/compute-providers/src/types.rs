//! What is stored of a provider.

use crate::Config;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame::deps::frame_support::stored;
use frame::prelude::*;
use lattice_primitives::{Hardware, ModelIndex, Offer};

/// The token amount of this pallet, in planck.
pub type BalanceOf<T> =
    <<T as Config>::Currency as fungible::Inspect<<T as frame_system::Config>::AccountId>>::Balance;

/// An offer in this runtime's types.
pub type OfferOf<T> = Offer<BalanceOf<T>, BlockNumberFor<T>>;

/// Multiaddresses or URLs, UTF-8.
pub type EndpointsOf<T> =
    BoundedVec<BoundedVec<u8, <T as Config>::MaxEndpointLen>, <T as Config>::MaxEndpoints>;

/// A provider's offers, by model.
pub type OffersOf<T> = BoundedVec<(ModelIndex, OfferOf<T>), <T as Config>::MaxOffers>;

/// The offers for one model, cheapest first.
pub type RankingOf<T> = BoundedVec<
    Ranked<<T as frame_system::Config>::AccountId, BalanceOf<T>, BlockNumberFor<T>>,
    <T as Config>::MaxProvidersPerModel,
>;

/// An account's unbonding amounts, oldest first.
pub type UnlockingOf<T> =
    BoundedVec<Unlocking<BalanceOf<T>, BlockNumberFor<T>>, <T as Config>::MaxUnbonding>;

/// An offer in a model's ranking.
#[derive(
    Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Ranked<AccountId, Balance, BlockNumber> {
    pub provider: AccountId,
    pub offer: Offer<Balance, BlockNumber>,
}

/// An amount on its way out.
#[derive(
    Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Unlocking<Balance, BlockNumber> {
    pub amount: Balance,
    /// The first block in which it may be withdrawn.
    pub available_at: BlockNumber,
}

/// A registered provider.
#[stored]
pub struct Provider<T: Config> {
    /// On hold and not unbonding, in planck.
    pub stake: BalanceOf<T>,
    /// Part of the stake that running assignments have locked; never above it.
    pub locked: BalanceOf<T>,
    pub hardware: Hardware,
    pub endpoints: EndpointsOf<T>,
    /// Assignments taken at the same time; zero pauses the provider.
    pub capacity: u32,
    /// Assignments running now.
    pub running: u32,
    /// Assignments settled on a proof.
    pub settled: u64,
    /// Assignments without a result before the deadline.
    pub late: u64,
    /// Assignments whose proof the chain rejected.
    pub rejected: u64,
    pub registered_at: BlockNumberFor<T>,
    pub last_heartbeat: BlockNumberFor<T>,
}

impl<T: Config> Provider<T> {
    /// Stake that no assignment has locked.
    pub fn unlocked(&self) -> BalanceOf<T> {
        self.stake.saturating_sub(self.locked)
    }

    /// Whether another assignment with this collateral may be given.
    pub fn can_take(&self, collateral: BalanceOf<T>) -> bool {
        self.running < self.capacity
            && self.stake >= T::MinStake::get()
            && self.unlocked() >= collateral
    }
}
