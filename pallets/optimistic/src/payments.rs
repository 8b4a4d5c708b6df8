//! Payments out of escrows and bonds. Money never blocks.

use crate::*;
use frame::prelude::*;
use lattice_escrow::Escrow;
use lattice_primitives::RequestId;

impl<T: Config> Pallet<T> {
    /// Pay `amount` of a requester's escrow to an account, which may be the requester.
    pub(crate) fn pay_escrow(
        request: RequestId,
        requester: &T::AccountId,
        payee: &T::AccountId,
        amount: BalanceOf<T>,
    ) {
        Self::pay(request, HoldReason::Escrow, requester, payee, amount);
    }

    /// Give a challenger its bond back.
    pub(crate) fn release_bond(request: RequestId, challenger: &T::AccountId, bond: BalanceOf<T>) {
        Self::pay(request, HoldReason::Bond, challenger, challenger, bond);
    }

    /// Take a challenger's bond: [`Config::RewardShare`] of it to the winner, the rest to nobody.
    /// Returns both parts.
    pub(crate) fn forfeit(
        request: RequestId,
        challenger: &T::AccountId,
        winner: &T::AccountId,
        bond: BalanceOf<T>,
    ) -> (BalanceOf<T>, BalanceOf<T>) {
        let reward = T::RewardShare::get().mul_floor(bond);
        let burnt = bond.saturating_sub(reward);
        Self::pay(request, HoldReason::Bond, challenger, winner, reward);
        Self::burn_bond(request, challenger, burnt);
        (reward, burnt)
    }

    /// Pay out of money on hold; what the payee cannot be credited goes to the treasury or back,
    /// see [`lattice_escrow`].
    fn pay(
        request: RequestId,
        reason: HoldReason,
        payer: &T::AccountId,
        payee: &T::AccountId,
        amount: BalanceOf<T>,
    ) {
        Self::on_hold(reason, payer).pay(payee, amount).note(
            "runtime::optimistic",
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

    fn burn_bond(request: RequestId, challenger: &T::AccountId, amount: BalanceOf<T>) {
        if let Err(error) = Self::on_hold(HoldReason::Bond, challenger).burn(amount) {
            log::error!(
                target: "runtime::optimistic",
                "request {request}: {amount:?} of a bond cannot be burnt: {error:?}",
            );
        }
    }

    /// What an account has on hold for a reason.
    fn on_hold(reason: HoldReason, payer: &T::AccountId) -> Escrow<'_, T::AccountId, T::Currency> {
        Escrow {
            reason: reason.into(),
            payer,
            treasury: T::Treasury::get(),
        }
    }
}
