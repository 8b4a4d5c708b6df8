//! Payments out of a channel. Money never blocks.

use crate::*;
use frame::prelude::*;
use lattice_escrow::Escrow;
use lattice_primitives::ChannelId;

impl<T: Config> Pallet<T> {
    /// Pay `amount` of what a payer has on hold to an account, which may be the payer.
    ///
    /// What the account cannot be credited goes to the treasury or back, see
    /// [`lattice_escrow`].
    pub(crate) fn pay(
        channel: ChannelId,
        payer: &T::AccountId,
        payee: &T::AccountId,
        amount: BalanceOf<T>,
    ) {
        let escrow = Escrow::<_, T::Currency> {
            reason: HoldReason::Channel.into(),
            payer,
            treasury: T::Treasury::get(),
        };
        escrow.pay(payee, amount).note(
            "runtime::payment-channels",
            format_args!("channel {channel}: {amount:?}"),
            || {
                Self::deposit_event(Event::PaymentDiverted {
                    channel,
                    payee: payee.clone(),
                    amount,
                });
            },
        );
    }
}
