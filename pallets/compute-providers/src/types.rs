//! What is stored of a provider.

use crate::reputation::Reputation;
use crate::{Config, Fine, Service};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame::deps::frame_support::stored;
use frame::deps::sp_runtime::traits::AtLeast32BitUnsigned;
use frame::prelude::*;
use lattice_primitives::{Failure, Hardware, Ineligible, ModelIndex, Offer};

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
    /// What the offer asks for one inference of this model, in planck.
    pub asked: Balance,
    pub offer: Offer<Balance, BlockNumber>,
}

impl<AccountId, Balance, BlockNumber> Ranked<AccountId, Balance, BlockNumber>
where
    Balance: AtLeast32BitUnsigned + Copy,
{
    /// What the offer asks for one inference of this model, in planck, or why it does not serve it so.
    pub fn asked_for(&self, service: Service) -> Result<Balance, Ineligible> {
        let own = match service {
            Service::Proven => return Ok(self.asked),
            Service::Replicated => self.offer.replicated.ok_or(Ineligible::TierNotOffered)?,
            Service::Optimistic { window, bond } => {
                let terms = self.offer.optimistic.ok_or(Ineligible::TierNotOffered)?;
                ensure!(window <= terms.max_window, Ineligible::WindowTooLong);
                let max_bond: u128 = terms.max_bond.saturated_into();
                ensure!(bond <= max_bond, Ineligible::BondTooHigh);
                terms.price
            }
        };
        let for_gas = self.asked.saturating_sub(self.offer.price);
        Ok(own.saturating_add(for_gas))
    }
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

/// Number of a slash, counted from zero.
pub type SlashId = u64;

/// A slash that waits.
#[stored]
pub struct PendingSlash<T: Config> {
    pub provider: T::AccountId,
    /// Its amount is counted in the provider's `pending`.
    pub fine: Fine<T::AccountId, BalanceOf<T>>,
    pub cause: Failure,
    /// The first block that applies it.
    pub apply_at: BlockNumberFor<T>,
}

/// A registered provider.
#[stored]
pub struct Provider<T: Config> {
    /// On hold and not unbonding, in planck.
    pub stake: BalanceOf<T>,
    /// Part of the stake that running assignments have locked.
    pub locked: BalanceOf<T>,
    /// Part of the stake that slashes will take; never above it, together with `locked`.
    pub pending: BalanceOf<T>,
    pub hardware: Hardware,
    pub endpoints: EndpointsOf<T>,
    /// Assignments that it would take at the same time.
    pub capacity: u32,
    /// Whether it takes no new ones for now.
    pub paused: bool,
    /// Assignments running now.
    pub running: u32,
    /// The same by model; models without any are not in it. Not more than `running`, which is not
    /// more than a capacity was.
    pub running_by_model: BoundedBTreeMap<ModelIndex, u32, T::MaxCapacity>,
    pub reputation: Reputation<T>,
    pub registered_at: BlockNumberFor<T>,
    /// The last block in which it said, or showed by its work, that it is alive.
    pub last_heartbeat: BlockNumberFor<T>,
}

impl<T: Config> Provider<T> {
    /// Stake that no assignment has locked and no slash will take.
    pub fn unlocked(&self) -> BalanceOf<T> {
        self.stake
            .saturating_sub(self.locked)
            .saturating_sub(self.pending)
    }

    /// The stake that a capacity demands.
    pub fn stake_for(capacity: u32) -> BalanceOf<T> {
        T::StakePerSlot::get()
            .saturating_mul(capacity.into())
            .max(T::MinStake::get())
    }

    /// Assignments that it is given at the same time.
    pub fn slots(&self, now: BlockNumberFor<T>) -> u32 {
        self.capacity.min(self.reputation.slots(now))
    }

    /// Whether it is there to be given work, were it free, or why not.
    pub fn ensure_present(&self, now: BlockNumberFor<T>) -> Result<(), Ineligible> {
        ensure!(!self.paused, Ineligible::Paused);
        let silence = now.saturating_sub(self.last_heartbeat);
        ensure!(silence <= T::HeartbeatTimeout::get(), Ineligible::Offline);
        ensure!(
            self.stake >= Self::stake_for(self.capacity),
            Ineligible::StakeTooLow
        );
        Ok(())
    }

    /// Whether another assignment of a model with this collateral may be given, or why not.
    pub fn ensure_free(
        &self,
        model: ModelIndex,
        offer: &OfferOf<T>,
        collateral: BalanceOf<T>,
        now: BlockNumberFor<T>,
    ) -> Result<(), Ineligible> {
        self.ensure_present(now)?;
        ensure!(self.running < self.slots(now), Ineligible::AtCapacity);
        let running = self.running_by_model.get(&model).copied().unwrap_or(0);
        ensure!(
            offer.capacity.is_none_or(|capacity| running < capacity),
            Ineligible::OfferAtCapacity
        );
        ensure!(self.unlocked() >= collateral, Ineligible::StakeLocked);
        Ok(())
    }

    /// One more assignment of a model.
    pub fn begin(&mut self, model: ModelIndex) -> DispatchResult {
        let running = self.running_by_model.get(&model).copied().unwrap_or(0);
        self.running_by_model
            .try_insert(model, running.saturating_add(1))
            .map_err(|_| ArithmeticError::Overflow)?;
        self.running = self
            .running
            .checked_add(1)
            .ok_or(ArithmeticError::Overflow)?;
        Ok(())
    }

    /// One assignment of a model less, and its collateral free.
    pub fn end(&mut self, model: ModelIndex, collateral: BalanceOf<T>) {
        self.locked = self.locked.saturating_sub(collateral);
        self.running = self.running.saturating_sub(1);
        if let Some(running) = self.running_by_model.get_mut(&model) {
            *running = running.saturating_sub(1);
            if *running == 0 {
                self.running_by_model.remove(&model);
            }
        }
    }
}
