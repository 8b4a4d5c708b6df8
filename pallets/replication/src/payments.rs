//! Payments out of an escrow. Money never blocks.

use crate::*;
use frame::prelude::*;
use lattice_escrow::Escrow;
use lattice_primitives::RequestId;

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
        escrow.pay(payee, amount).note(
            "runtime::replication",
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
