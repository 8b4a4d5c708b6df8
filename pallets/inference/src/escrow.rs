//! Payments out of an escrow. Money never blocks.

use crate::*;
use frame::prelude::*;
use lattice_escrow::{Clearing, Escrow, Parties, Payment};
use lattice_primitives::RequestId;

/// Payments for requests that settle together.
pub(crate) type Payments<T> =
    Clearing<RequestId, <T as frame_system::Config>::AccountId, BalanceOf<T>>;

impl<T: Config> Pallet<T> {
    /// Pay `amount` of a requester's escrow to an account, which may be the requester.
    ///
    /// What the account cannot be credited goes to the treasury or back, see
    /// [`lattice_escrow`].
    pub(crate) fn pay(
        request: RequestId,
        requester: &T::AccountId,
        payee: &T::AccountId,
        amount: BalanceOf<T>,
    ) {
        let escrow = Escrow::<_, T::Currency> {
            reason: HoldReason::Escrow.into(),
            payer: requester,
            treasury: T::Treasury::get(),
        };
        Self::note_payment(request, payee, amount, escrow.pay(payee, amount));
    }

    /// Make payments for requests that settled. Returns how many accounts took part.
    pub(crate) fn make_payments(payments: Payments<T>) -> Parties {
        payments.make::<T::Currency>(
            || HoldReason::Escrow.into(),
            &T::Treasury::get(),
            |due, payment| Self::note_payment(due.key, &due.payee, due.amount, payment),
        )
    }

    /// Say what became of a payment that was not made.
    fn note_payment(
        request: RequestId,
        payee: &T::AccountId,
        amount: BalanceOf<T>,
        payment: Payment,
    ) {
        payment.note(
            "runtime::inference",
            format_args!("request {request}: {amount:?}"),
            || {
                Self::deposit_event(Event::PaymentDiverted {
                    request,
                    payee: payee.clone(),
                    amount,
                });
            },
        );
    }
}
