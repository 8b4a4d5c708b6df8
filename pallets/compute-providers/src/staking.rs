//! Stake in, stake out.

use crate::*;
use frame::prelude::*;
use frame::traits::fungible::MutateHold;
use frame::traits::tokens::Precision;

impl<T: Config> Pallet<T> {
    pub(crate) fn do_top_up(who: T::AccountId, amount: BalanceOf<T>) -> DispatchResult {
        ensure!(!amount.is_zero(), Error::<T>::AmountZero);
        Self::mutate_provider(&who, |provider| {
            let stake = provider
                .stake
                .checked_add(&amount)
                .ok_or(ArithmeticError::Overflow)?;
            T::Currency::hold(&HoldReason::Stake.into(), &who, amount)?;
            provider.stake = stake;
            Ok(())
        })?;
        Self::deposit_event(Event::ToppedUp {
            provider: who,
            amount,
        });
        Ok(())
    }

    pub(crate) fn do_unbond(who: T::AccountId, amount: BalanceOf<T>) -> DispatchResult {
        ensure!(!amount.is_zero(), Error::<T>::AmountZero);
        Self::mutate_provider(&who, |provider| {
            ensure!(amount <= provider.unlocked(), Error::<T>::StakeLocked);
            let stake = provider
                .stake
                .checked_sub(&amount)
                .ok_or(ArithmeticError::Underflow)?;
            ensure!(
                stake >= Provider::<T>::stake_for(provider.capacity),
                Error::<T>::StakeTooLow
            );
            provider.stake = stake;
            Ok(())
        })?;
        Self::start_unbonding(who, amount)
    }

    pub(crate) fn do_withdraw_unbonded(who: T::AccountId) -> DispatchResult {
        let now = frame_system::Pallet::<T>::block_number();
        let mut unbonding = Unbondings::<T>::get(&who);
        let mut amount = BalanceOf::<T>::zero();
        for chunk in unbonding.iter().filter(|chunk| chunk.available_at <= now) {
            amount = amount
                .checked_add(&chunk.amount)
                .ok_or(ArithmeticError::Overflow)?;
        }
        ensure!(!amount.is_zero(), Error::<T>::NothingToWithdraw);
        unbonding.retain(|chunk| chunk.available_at > now);

        T::Currency::release(&HoldReason::Stake.into(), &who, amount, Precision::Exact)?;
        if unbonding.is_empty() {
            Unbondings::<T>::remove(&who);
        } else {
            Unbondings::<T>::insert(&who, unbonding);
        }
        Self::deposit_event(Event::Withdrawn {
            provider: who,
            amount,
        });
        Ok(())
    }

    /// Queue an amount that has left the stake; it stays on hold.
    pub(crate) fn start_unbonding(who: T::AccountId, amount: BalanceOf<T>) -> DispatchResult {
        if amount.is_zero() {
            return Ok(());
        }
        let available_at = frame_system::Pallet::<T>::block_number()
            .checked_add(&T::UnbondingPeriod::get())
            .ok_or(ArithmeticError::Overflow)?;
        Unbondings::<T>::try_mutate(&who, |unbonding| -> DispatchResult {
            match unbonding.last_mut() {
                Some(last) if last.available_at == available_at => {
                    last.amount = last
                        .amount
                        .checked_add(&amount)
                        .ok_or(ArithmeticError::Overflow)?;
                }
                _ => unbonding
                    .try_push(Unlocking {
                        amount,
                        available_at,
                    })
                    .map_err(|_| Error::<T>::TooManyUnbonding)?,
            }
            Ok(())
        })?;
        Self::deposit_event(Event::Unbonding {
            provider: who,
            amount,
            available_at,
        });
        Ok(())
    }

    /// Change a provider; nothing is written on an error.
    pub(crate) fn mutate_provider(
        who: &T::AccountId,
        change: impl FnOnce(&mut Provider<T>) -> DispatchResult,
    ) -> DispatchResult {
        Providers::<T>::try_mutate(who, |slot| {
            change(slot.as_mut().ok_or(Error::<T>::NotRegistered)?)
        })
    }
}
