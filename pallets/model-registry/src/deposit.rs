//! Deposits on hold.

use crate::{BalanceOf, Config, HoldReason, Pallet, Registration};
use frame::deps::sp_runtime::ArithmeticError;
use frame::prelude::*;
use frame::traits::fungible::MutateHold;
use frame::traits::tokens::{Fortitude, Precision, Restriction};

impl<T: Config> Pallet<T> {
    /// `DepositPerByte · bytes`, in planck.
    pub(crate) fn byte_deposit(bytes: usize) -> Result<BalanceOf<T>, DispatchError> {
        let bytes = u32::try_from(bytes).map_err(|_| ArithmeticError::Overflow)?;
        T::DepositPerByte::get()
            .checked_mul(&bytes.into())
            .ok_or_else(|| ArithmeticError::Overflow.into())
    }

    /// Put `amount` more of the owner's funds on hold for a registration.
    pub(crate) fn add_deposit(
        registration: &mut Registration<T>,
        amount: BalanceOf<T>,
    ) -> DispatchResult {
        let deposit = registration
            .deposit
            .checked_add(&amount)
            .ok_or(ArithmeticError::Overflow)?;
        T::Currency::hold(
            &HoldReason::ModelDeposit.into(),
            &registration.owner,
            amount,
        )?;
        registration.deposit = deposit;
        Ok(())
    }

    /// Move a registration's deposit to another account, where it stays on hold.
    ///
    /// The deposit moves rather than being asked of the receiver, who did not sign.
    pub(crate) fn move_deposit(
        registration: &Registration<T>,
        to: &T::AccountId,
    ) -> DispatchResult {
        Self::move_hold(
            HoldReason::ModelDeposit,
            &registration.owner,
            to,
            registration.deposit,
        )
    }

    /// Move `amount` that is on hold for `reason` to another account, where it stays
    /// on hold.
    pub(crate) fn move_hold(
        reason: HoldReason,
        from: &T::AccountId,
        to: &T::AccountId,
        amount: BalanceOf<T>,
    ) -> DispatchResult {
        if amount.is_zero() {
            return Ok(());
        }
        T::Currency::transfer_on_hold(
            &reason.into(),
            from,
            to,
            amount,
            Precision::Exact,
            Restriction::OnHold,
            Fortitude::Polite,
        )?;
        Ok(())
    }
}
