//! What the inference pallet sees of the providers.

use crate::*;
use frame::deps::frame_support::storage::with_storage_layer;
use frame::prelude::*;
use frame::traits::fungible::MutateHold;
use frame::traits::tokens::{Fortitude, Precision, Restriction};
use lattice_primitives::{ModelIndex, SlashCause};

/// A provider that could take a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice<AccountId, Balance> {
    pub provider: AccountId,
    /// The provider's part of the price, in planck.
    pub price: Balance,
    /// How many offers were looked at, this one included.
    pub inspected: u32,
}

/// The providers, as requests use them.
pub trait Market<AccountId, Balance, BlockNumber> {
    /// Largest number of offers that [`Market::cheapest`] looks at.
    fn max_inspected() -> u32;

    /// The cheapest offer for a model whose provider is eligible now.
    ///
    /// Eligible means: the deadline (in blocks) is not shorter than the offer's, a slot
    /// is free, the stake is at least the minimum, and its unlocked part covers the
    /// collateral. `collateral` gives that for a price; `None` skips the offer.
    fn cheapest(
        model: ModelIndex,
        deadline: BlockNumber,
        collateral: impl Fn(Balance) -> Option<Balance>,
    ) -> Option<Choice<AccountId, Balance>>;

    /// Give an assignment to a provider and lock its collateral.
    fn assign(provider: &AccountId, collateral: Balance) -> DispatchResult;

    /// An assignment was settled: free its collateral and count it.
    fn settle(provider: &AccountId, collateral: Balance);

    /// An assignment failed: free its collateral and take `amount`, at most all of the
    /// collateral, to the treasury. Returns what was taken. Never fails.
    fn slash(
        provider: &AccountId,
        collateral: Balance,
        amount: Balance,
        cause: SlashCause,
    ) -> Balance;

    /// Running assignments and locked stake of a provider.
    fn load(provider: &AccountId) -> Option<(u32, Balance)>;
}

impl<T: Config> Market<T::AccountId, BalanceOf<T>, BlockNumberFor<T>> for Pallet<T> {
    fn max_inspected() -> u32 {
        T::MaxProvidersPerModel::get()
    }

    fn cheapest(
        model: ModelIndex,
        deadline: BlockNumberFor<T>,
        collateral: impl Fn(BalanceOf<T>) -> Option<BalanceOf<T>>,
    ) -> Option<Choice<T::AccountId, BalanceOf<T>>> {
        let mut inspected: u32 = 0;
        Ranking::<T>::get(model).into_iter().find_map(|ranked| {
            inspected = inspected.saturating_add(1);
            if ranked.offer.min_deadline > deadline {
                return None;
            }
            let collateral = collateral(ranked.offer.price)?;
            let provider = Providers::<T>::get(&ranked.provider)?;
            provider.can_take(collateral).then_some(Choice {
                provider: ranked.provider,
                price: ranked.offer.price,
                inspected,
            })
        })
    }

    fn assign(who: &T::AccountId, collateral: BalanceOf<T>) -> DispatchResult {
        Providers::<T>::try_mutate(who, |slot| {
            let provider = slot.as_mut().ok_or(Error::<T>::NotRegistered)?;
            ensure!(provider.unlocked() >= collateral, Error::<T>::StakeLocked);
            provider.locked = provider
                .locked
                .checked_add(&collateral)
                .ok_or(ArithmeticError::Overflow)?;
            provider.running = provider
                .running
                .checked_add(1)
                .ok_or(ArithmeticError::Overflow)?;
            Ok(())
        })
    }

    fn settle(who: &T::AccountId, collateral: BalanceOf<T>) {
        Providers::<T>::mutate_extant(who, |provider| {
            end_assignment(provider, collateral);
            provider.settled = provider.settled.saturating_add(1);
        });
    }

    fn slash(
        who: &T::AccountId,
        collateral: BalanceOf<T>,
        amount: BalanceOf<T>,
        cause: SlashCause,
    ) -> BalanceOf<T> {
        let taken = Providers::<T>::mutate_extant(who, |provider| {
            end_assignment(provider, collateral);
            let count = match cause {
                SlashCause::FalseProof => &mut provider.rejected,
                SlashCause::Late => &mut provider.late,
            };
            *count = count.saturating_add(1);
            let taken = Self::take_stake(who, amount.min(collateral).min(provider.stake));
            provider.stake = provider.stake.saturating_sub(taken);
            taken
        });
        if !taken.is_zero() {
            Self::deposit_event(Event::Slashed {
                provider: who.clone(),
                amount: taken,
                cause,
            });
        }
        taken
    }

    fn load(who: &T::AccountId) -> Option<(u32, BalanceOf<T>)> {
        Providers::<T>::get(who).map(|provider| (provider.running, provider.locked))
    }
}

fn end_assignment<T: Config>(provider: &mut Provider<T>, collateral: BalanceOf<T>) {
    provider.locked = provider.locked.saturating_sub(collateral);
    provider.running = provider.running.saturating_sub(1);
}

impl<T: Config> Pallet<T> {
    /// Move held stake to the treasury, or burn it when the treasury cannot be
    /// credited: a slash must not depend on another account's state.
    fn take_stake(who: &T::AccountId, amount: BalanceOf<T>) -> BalanceOf<T> {
        if amount.is_zero() {
            return amount;
        }
        let reason = HoldReason::Stake.into();
        with_storage_layer(|| {
            T::Currency::transfer_on_hold(
                &reason,
                who,
                &T::Treasury::get(),
                amount,
                Precision::BestEffort,
                Restriction::Free,
                Fortitude::Force,
            )
        })
        .or_else(|_| {
            with_storage_layer(|| {
                T::Currency::burn_held(
                    &reason,
                    who,
                    amount,
                    Precision::BestEffort,
                    Fortitude::Force,
                )
            })
        })
        .unwrap_or_else(|error| {
            log::error!(target: "runtime::compute-providers", "slash failed: {error:?}");
            Zero::zero()
        })
    }
}
