//! Payments out of an escrow. Money never blocks.

use crate::*;
use frame::deps::frame_support::storage::with_storage_layer;
use frame::prelude::*;
use frame::traits::fungible::MutateHold;
use frame::traits::tokens::{Fortitude, Precision, Restriction};
use lattice_primitives::RequestId;

impl<T: Config> Pallet<T> {
    /// Pay `amount` of a requester's escrow to an account, which may be the requester.
    ///
    /// An account can refuse a credit (it would stay under the existential deposit, or
    /// overflow). Then the treasury is paid; where it refuses too, the requester; and
    /// what nobody can hold is burnt.
    pub(crate) fn pay(
        request: RequestId,
        requester: &T::AccountId,
        payee: &T::AccountId,
        amount: BalanceOf<T>,
    ) {
        if amount.is_zero() || Self::credit(requester, payee, amount).is_ok() {
            return;
        }
        let diverted = Self::credit(requester, &T::Treasury::get(), amount)
            .or_else(|_| Self::credit(requester, requester, amount))
            .or_else(|_| Self::burn(requester, amount));
        match diverted {
            Ok(_) => Self::deposit_event(Event::PaymentDiverted {
                request,
                payee: payee.clone(),
                amount,
            }),
            Err(error) => log::error!(
                target: "runtime::inference",
                "request {request}: {amount:?} of the escrow cannot be moved: {error:?}",
            ),
        }
    }

    fn credit(
        requester: &T::AccountId,
        payee: &T::AccountId,
        amount: BalanceOf<T>,
    ) -> Result<BalanceOf<T>, DispatchError> {
        let reason = HoldReason::Escrow.into();
        with_storage_layer(|| {
            if payee == requester {
                return T::Currency::release(&reason, requester, amount, Precision::Exact);
            }
            T::Currency::transfer_on_hold(
                &reason,
                requester,
                payee,
                amount,
                Precision::Exact,
                Restriction::Free,
                Fortitude::Force,
            )
        })
    }

    fn burn(requester: &T::AccountId, amount: BalanceOf<T>) -> Result<BalanceOf<T>, DispatchError> {
        with_storage_layer(|| {
            T::Currency::burn_held(
                &HoldReason::Escrow.into(),
                requester,
                amount,
                Precision::BestEffort,
                Fortitude::Force,
            )
        })
    }
}
