//! What the inference pallet sees of the providers.

use crate::*;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame::prelude::*;
use lattice_primitives::{Failure, ModelIndex};

/// Why a provider takes no new work on a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotOffered {
    /// It has no offer for the model.
    NoOffer,
    /// It takes no new work for now.
    Paused,
}

/// What a failure costs its provider, and who gets it.
#[derive(
    Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Fine<AccountId, Balance> {
    /// In planck.
    pub amount: Balance,
    /// Whoever showed the failure, and the part of `amount` that it gets. The rest is burnt, so that
    /// nobody wins by convicting itself. `None`: the treasury gets all of it.
    pub reward: Option<(AccountId, Balance)>,
}

impl<AccountId, Balance> Fine<AccountId, Balance> {
    /// A fine that goes to the treasury.
    pub fn to_treasury(amount: Balance) -> Self {
        Self {
            amount,
            reward: None,
        }
    }
}

/// The providers, as requests use them.
pub trait Market<AccountId, Balance, BlockNumber> {
    /// Largest number of offers that [`Market::field`] looks at.
    fn max_inspected() -> u32;

    /// The offers for a model, the chosen one first; see [`selection`](crate::selection).
    ///
    /// Eligible is an offer that the demand admits, whose provider is alive, not paused, has a free
    /// slot, and has the stake that its capacity demands, of which so much is unlocked as the
    /// collateral. `bill` gives the bill for a provider's price, `None` when it overflows.
    fn field(
        demand: &Demand<'_, AccountId, Balance, BlockNumber>,
        bill: impl Fn(Balance) -> Option<Bill<Balance>>,
    ) -> Field<AccountId, Balance>;

    /// What a provider asks for one inference of a model now, in planck, or why it takes none.
    /// Says nothing of free slots and stake: this is no assignment.
    fn asked(provider: &AccountId, model: ModelIndex) -> Result<Balance, NotOffered>;

    /// Give an assignment to a provider and lock its collateral.
    fn assign(provider: &AccountId, model: ModelIndex, collateral: Balance) -> DispatchResult;

    /// A provider accepted an assignment: it is alive.
    fn accept(provider: &AccountId);

    /// An assignment of this requester was settled: free its collateral, and count it with the
    /// protocol fee that it paid.
    fn settle(
        provider: &AccountId,
        model: ModelIndex,
        collateral: Balance,
        requester: &AccountId,
        fee: Balance,
    );

    /// An assignment failed that would have paid this protocol fee: free its collateral, count it,
    /// and impose the fine, at most all of the collateral, at once or later; see `slashing`. Returns
    /// what it comes to. Never fails itself.
    fn fail(
        provider: &AccountId,
        model: ModelIndex,
        collateral: Balance,
        fine: Fine<AccountId, Balance>,
        failure: Failure,
        fee: Balance,
    ) -> Balance;

    /// An assignment ended without result and without fault: free its collateral, count nothing.
    fn release(provider: &AccountId, model: ModelIndex, collateral: Balance);

    /// Running assignments and locked stake of a provider.
    fn load(provider: &AccountId) -> Option<(u32, Balance)>;
}

impl<T: Config> Market<T::AccountId, BalanceOf<T>, BlockNumberFor<T>> for Pallet<T> {
    fn max_inspected() -> u32 {
        T::MaxProvidersPerModel::get()
    }

    fn field(
        demand: &Demand<'_, T::AccountId, BalanceOf<T>, BlockNumberFor<T>>,
        bill: impl Fn(BalanceOf<T>) -> Option<Bill<BalanceOf<T>>>,
    ) -> Field<T::AccountId, BalanceOf<T>> {
        Self::field(demand, bill)
    }

    fn asked(who: &T::AccountId, model: ModelIndex) -> Result<BalanceOf<T>, NotOffered> {
        let provider = Providers::<T>::get(who).ok_or(NotOffered::NoOffer)?;
        let ranking = Ranking::<T>::get(model);
        let mut ranked = ranking.iter();
        let ranked = ranked
            .find(|ranked| ranked.provider == *who)
            .ok_or(NotOffered::NoOffer)?;
        ensure!(!provider.paused, NotOffered::Paused);
        Ok(ranked.asked)
    }

    fn assign(who: &T::AccountId, model: ModelIndex, collateral: BalanceOf<T>) -> DispatchResult {
        Providers::<T>::try_mutate(who, |slot| {
            let provider = slot.as_mut().ok_or(Error::<T>::NotRegistered)?;
            ensure!(provider.unlocked() >= collateral, Error::<T>::StakeLocked);
            provider.locked = provider
                .locked
                .checked_add(&collateral)
                .ok_or(ArithmeticError::Overflow)?;
            provider.begin(model)
        })
    }

    fn accept(who: &T::AccountId) {
        Providers::<T>::mutate_extant(who, |provider| {
            provider.last_heartbeat = frame_system::Pallet::<T>::block_number();
        });
    }

    fn settle(
        who: &T::AccountId,
        model: ModelIndex,
        collateral: BalanceOf<T>,
        requester: &T::AccountId,
        fee: BalanceOf<T>,
    ) {
        let now = frame_system::Pallet::<T>::block_number();
        Providers::<T>::mutate_extant(who, |provider| {
            provider.end(model, collateral);
            let counted = Self::count_fee(who, requester, fee, now);
            provider.reputation.settle(counted, now);
            provider.last_heartbeat = now;
        });
    }

    fn fail(
        who: &T::AccountId,
        model: ModelIndex,
        collateral: BalanceOf<T>,
        fine: Fine<T::AccountId, BalanceOf<T>>,
        failure: Failure,
        fee: BalanceOf<T>,
    ) -> BalanceOf<T> {
        let now = frame_system::Pallet::<T>::block_number();
        Providers::<T>::mutate_extant(who, |provider| {
            provider.end(model, collateral);
            provider.reputation.fail(failure, fee, now);
            let amount = fine.amount.min(collateral);
            Self::slash(who, provider, Fine { amount, ..fine }, failure)
        })
    }

    fn release(who: &T::AccountId, model: ModelIndex, collateral: BalanceOf<T>) {
        Providers::<T>::mutate_extant(who, |provider| provider.end(model, collateral));
    }

    fn load(who: &T::AccountId) -> Option<(u32, BalanceOf<T>)> {
        Providers::<T>::get(who).map(|provider| (provider.running, provider.locked))
    }
}

impl<T: Config> Pallet<T> {
    /// What counts of a fee: no more than one requester may add to one provider's reputation.
    fn count_fee(
        who: &T::AccountId,
        requester: &T::AccountId,
        fee: BalanceOf<T>,
        now: BlockNumberFor<T>,
    ) -> BalanceOf<T> {
        let mut before = EarnedFrom::<T>::get(who, requester).unwrap_or_else(Fading::none);
        let room = T::MaxFeesPerRequester::get().saturating_sub(before.at(now));
        let counted = fee.min(room);
        if !counted.is_zero() {
            before.add(counted, now);
            EarnedFrom::<T>::insert(who, requester, before);
        }
        counted
    }
}
