//! Deposits on hold: for code, for storage, for records.

use crate::*;
use frame::prelude::*;
use frame::traits::fungible::MutateHold;
use frame::traits::tokens::{Fortitude, Precision, Preservation, Restriction};
use lattice_primitives::DepositChange;

impl<T: Config> Pallet<T> {
    /// `DepositPerItem · items + DepositPerByte · bytes`, in planck.
    pub(crate) fn deposit_for(items: u32, bytes: u64) -> Result<BalanceOf<T>, DispatchError> {
        let bytes = BalanceOf::<T>::try_from(bytes).map_err(|_| ArithmeticError::Overflow)?;
        let bytes = T::DepositPerByte::get().checked_mul(&bytes);
        let items = T::DepositPerItem::get().checked_mul(&items.into());
        items
            .zip(bytes)
            .and_then(|(items, bytes)| items.checked_add(&bytes))
            .ok_or_else(|| ArithmeticError::Overflow.into())
    }

    /// Bring a storage deposit in `holder`'s account from `held` to `target`. What is
    /// missing comes from `payer`, and what is too much goes to `payer`.
    ///
    /// The deposit lies with the holder, not with those who paid: whoever frees storage
    /// gets its deposit, or nobody would free what another one wrote.
    pub(crate) fn adjust_deposit(
        holder: &T::AccountId,
        payer: &T::AccountId,
        held: BalanceOf<T>,
        target: BalanceOf<T>,
    ) -> Result<DepositChange<BalanceOf<T>>, DispatchError> {
        let reason = HoldReason::StorageDeposit.into();
        if let Some(missing) = target.checked_sub(&held) {
            if missing.is_zero() {
                return Ok(DepositChange::Charged(missing));
            }
            if holder == payer {
                T::Currency::hold(&reason, holder, missing)?;
            } else {
                T::Currency::transfer_and_hold(
                    &reason,
                    payer,
                    holder,
                    missing,
                    Precision::Exact,
                    Preservation::Preserve,
                    Fortitude::Polite,
                )?;
            }
            return Ok(DepositChange::Charged(missing));
        }
        let freed = held.saturating_sub(target);
        if holder == payer {
            T::Currency::release(&reason, holder, freed, Precision::Exact)?;
        } else {
            T::Currency::transfer_on_hold(
                &reason,
                holder,
                payer,
                freed,
                Precision::Exact,
                Restriction::Free,
                Fortitude::Polite,
            )?;
        }
        Ok(DepositChange::Refunded(freed))
    }
}

/// Both changes as one.
pub(crate) fn sum<Balance: Saturating + Ord + Copy>(
    left: DepositChange<Balance>,
    right: DepositChange<Balance>,
) -> DepositChange<Balance> {
    use DepositChange::{Charged, Refunded};
    match (left, right) {
        (Charged(left), Charged(right)) => Charged(left.saturating_add(right)),
        (Refunded(left), Refunded(right)) => Refunded(left.saturating_add(right)),
        (Charged(paid), Refunded(got)) | (Refunded(got), Charged(paid)) => {
            if paid >= got {
                Charged(paid.saturating_sub(got))
            } else {
                Refunded(got.saturating_sub(paid))
            }
        }
    }
}
