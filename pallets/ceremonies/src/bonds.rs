//! Bonds: given back, or taken. Neither may fail, whatever the accounts are in.

use crate::*;
use frame::deps::frame_support::storage::with_storage_layer;
use frame::prelude::*;
use frame::traits::fungible::MutateHold;
use frame::traits::tokens::{Fortitude, Precision, Restriction};
use lattice_primitives::CeremonyId;

impl<T: Config> Pallet<T> {
    /// Gives a bond back.
    pub(crate) fn release(reason: HoldReason, who: &T::AccountId, bond: BalanceOf<T>) {
        if bond.is_zero() {
            return;
        }
        let released = with_storage_layer(|| {
            T::Currency::release(&reason.into(), who, bond, Precision::BestEffort)
        });
        if let Err(error) = released {
            log::error!(target: "runtime::ceremonies", "a bond cannot go back: {error:?}");
        }
    }

    /// Takes a bond: the challenger's share to the challenger, if there is one, the rest
    /// to the treasury.
    pub(crate) fn slash(
        ceremony: CeremonyId,
        reason: HoldReason,
        who: &T::AccountId,
        bond: BalanceOf<T>,
        challenger: Option<&T::AccountId>,
    ) {
        let reward = challenger
            .and_then(|challenger| {
                let share = T::ChallengerShare::get().mul_floor(bond);
                Self::take(reason, who, challenger, share).ok()
            })
            .unwrap_or_else(Zero::zero);
        let rest = bond.saturating_sub(reward);
        let taken = Self::take(reason, who, &T::Treasury::get(), rest)
            .or_else(|_| Self::burn(reason, who, rest))
            .unwrap_or_else(|error| {
                log::error!(target: "runtime::ceremonies", "a slash failed: {error:?}");
                Zero::zero()
            });
        Self::deposit_event(Event::Slashed {
            ceremony,
            who: who.clone(),
            amount: reward.saturating_add(taken),
            reward,
        });
    }

    /// Moves a part of a bond to an account, or releases it where that is the same one.
    fn take(
        reason: HoldReason,
        who: &T::AccountId,
        to: &T::AccountId,
        amount: BalanceOf<T>,
    ) -> Result<BalanceOf<T>, DispatchError> {
        if amount.is_zero() {
            return Ok(amount);
        }
        with_storage_layer(|| {
            if who == to {
                return T::Currency::release(&reason.into(), who, amount, Precision::BestEffort);
            }
            T::Currency::transfer_on_hold(
                &reason.into(),
                who,
                to,
                amount,
                Precision::BestEffort,
                Restriction::Free,
                Fortitude::Force,
            )
        })
    }

    fn burn(
        reason: HoldReason,
        who: &T::AccountId,
        amount: BalanceOf<T>,
    ) -> Result<BalanceOf<T>, DispatchError> {
        with_storage_layer(|| {
            T::Currency::burn_held(
                &reason.into(),
                who,
                amount,
                Precision::BestEffort,
                Fortitude::Force,
            )
        })
    }
}
