//! Payments out of what was prepaid. Money never blocks.

use crate::*;
use frame::prelude::*;
use lattice_escrow::Escrow;
use lattice_primitives::SubscriptionId;

impl<T: Config> Pallet<T> {
    /// Pay `amount` of what a subscriber has on hold to an account, which may be the subscriber.
    ///
    /// What the account cannot be credited goes to the treasury or back, see
    /// [`lattice_escrow`].
    pub(crate) fn pay(
        subscription: SubscriptionId,
        subscriber: &T::AccountId,
        payee: &T::AccountId,
        amount: BalanceOf<T>,
    ) {
        let escrow = Escrow::<_, T::Currency> {
            reason: HoldReason::Prepaid.into(),
            payer: subscriber,
            treasury: T::Treasury::get(),
        };
        escrow.pay(payee, amount).note(
            "runtime::subscriptions",
            format_args!("subscription {subscription}: {amount:?}"),
            || {
                Self::deposit_event(Event::PaymentDiverted {
                    subscription,
                    payee: payee.clone(),
                    amount,
                });
            },
        );
    }
}
