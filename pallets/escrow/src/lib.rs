//! Payments out of money on hold. Money never blocks.
//!
//! An account can refuse a credit: it would stay under the existential deposit, or
//! overflow. What a payee refuses, the treasury gets; where it refuses too, the payer; and
//! what nobody can hold is burnt. So no payee decides whether another one is paid.

#![cfg_attr(not(feature = "std"), no_std)]
#![cfg_attr(not(test), deny(clippy::arithmetic_side_effects, clippy::unwrap_used))]

extern crate alloc;

mod clearing;
mod holds;

pub use clearing::{Clearing, Due, Parties};
pub use holds::Holds;

use frame::deps::frame_support::storage::with_storage_layer;
use frame::prelude::*;
use frame::traits::fungible::MutateHold;
use frame::traits::tokens::{Fortitude, Precision, Restriction};

/// Money of an account on hold for a reason, out of which others are paid.
pub struct Escrow<'a, AccountId, Currency: MutateHold<AccountId>> {
    /// Why it is on hold.
    pub reason: Currency::Reason,
    /// Whose it is.
    pub payer: &'a AccountId,
    /// Who gets what a payee cannot.
    pub treasury: AccountId,
}

/// What became of a payment.
#[must_use]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Payment {
    /// The payee has it.
    Made,
    /// The payee could not be credited: the treasury has it, or the payer, or nobody.
    Diverted,
    /// It could not be moved at all, and is still on hold.
    Stuck(DispatchError),
}

impl Payment {
    /// Tell of a payment that was not made: `diverted` if it went elsewhere, and the log, under
    /// `target`, if it is stuck. `what` says which it was.
    pub fn note(self, target: &str, what: core::fmt::Arguments<'_>, diverted: impl FnOnce()) {
        match self {
            Self::Made => {}
            Self::Diverted => diverted(),
            Self::Stuck(error) => {
                frame::log::error!(target: target, "{what} on hold cannot be moved: {error:?}");
            }
        }
    }
}

impl<AccountId: PartialEq, Currency: MutateHold<AccountId>> Escrow<'_, AccountId, Currency> {
    /// Pay an amount to an account, which may be the payer.
    pub fn pay(&self, payee: &AccountId, amount: Currency::Balance) -> Payment {
        if amount.is_zero() || self.credit(payee, amount).is_ok() {
            return Payment::Made;
        }
        let diverted = self
            .credit(&self.treasury, amount)
            .or_else(|_| self.credit(self.payer, amount))
            .or_else(|_| self.burn(amount));
        match diverted {
            Ok(_) => Payment::Diverted,
            Err(error) => Payment::Stuck(error),
        }
    }

    fn credit(
        &self,
        payee: &AccountId,
        amount: Currency::Balance,
    ) -> Result<Currency::Balance, DispatchError> {
        with_storage_layer(|| {
            if payee == self.payer {
                return Currency::release(&self.reason, self.payer, amount, Precision::Exact);
            }
            Currency::transfer_on_hold(
                &self.reason,
                self.payer,
                payee,
                amount,
                Precision::Exact,
                Restriction::Free,
                Fortitude::Force,
            )
        })
    }

    /// Burn an amount, or what there is of it: nobody gets it. Returns how much that was.
    pub fn burn(&self, amount: Currency::Balance) -> Result<Currency::Balance, DispatchError> {
        with_storage_layer(|| {
            Currency::burn_held(
                &self.reason,
                self.payer,
                amount,
                Precision::BestEffort,
                Fortitude::Force,
            )
        })
    }
}
