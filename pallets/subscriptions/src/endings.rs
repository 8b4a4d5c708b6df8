//! A subscription ends, before its time or after its last period.
//!
//! Whoever ends it has the periods settled first that are over; if the last one is among them, that
//! was the end.

use crate::types::times;
use crate::*;
use frame::prelude::*;
use lattice_primitives::{SubscriptionEnd, SubscriptionId};
use pallet_inference::OrderedId;

impl<T: Config> Pallet<T> {
    /// The subscriber ends it.
    pub(crate) fn do_cancel(who: &T::AccountId, id: SubscriptionId) -> DispatchResult {
        let open = Self::open_subscription(id)?;
        ensure!(*who == open.subscriber, Error::<T>::NotSubscriber);
        if let Some(open) = Self::catch_up(id, open) {
            let paid = match Self::has_earned(&open) {
                true => Self::earned_so_far(&open),
                false => Zero::zero(),
            };
            Self::end(id, open, paid, SubscriptionEnd::Cancelled);
        }
        Ok(())
    }

    /// The provider ends it, and has nothing of what was not used.
    pub(crate) fn do_terminate(who: &T::AccountId, id: SubscriptionId) -> DispatchResult {
        let open = Self::open_subscription(id)?;
        ensure!(*who == open.provider, Error::<T>::NotProvider);
        if let Some(open) = Self::catch_up(id, open) {
            Self::end(id, open, Zero::zero(), SubscriptionEnd::Terminated);
        }
        Ok(())
    }

    /// The part of the running period's unused compute that its blocks have earned which have passed.
    ///
    /// `unused - ⌈unused · blocks to come / period⌉`; the present block is to come.
    fn earned_so_far(open: &Subscription<T>) -> BalanceOf<T> {
        let unused = times::<T>(open.price.compute, open.unused().into());
        let now = frame_system::Pallet::<T>::block_number();
        let to_come: u128 = open.ends_at().saturating_sub(now).saturated_into();
        let period: u128 = open.period.saturated_into();
        let back = unused
            .multiply_rational(
                to_come.saturated_into(),
                period.saturated_into(),
                Rounding::Up,
            )
            .unwrap_or(unused);
        unused.saturating_sub(back)
    }

    /// Pay the provider, give back the rest, and forget the subscription.
    fn end(
        id: SubscriptionId,
        mut open: Subscription<T>,
        paid: BalanceOf<T>,
        reason: SubscriptionEnd,
    ) {
        let refunded = open.left().saturating_sub(paid);
        Due::<T>::remove(open.due(), OrderedId::from(id));
        Self::distribute(id, &mut open, paid, refunded);
        Self::forget(id, open, reason);
    }

    /// Forget a subscription that has nothing left on hold and is not due.
    pub(crate) fn forget(id: SubscriptionId, open: Subscription<T>, reason: SubscriptionEnd) {
        for party in [&open.subscriber, &open.provider] {
            SubscriptionsOf::<T>::remove(party, OrderedId::from(id));
        }
        Subscriptions::<T>::remove(id);
        Self::deposit_event(Event::Ended {
            subscription: id,
            subscriber: open.subscriber,
            provider: open.provider,
            reason,
            drawn: open.drawn,
            paid: open.paid,
            refunded: open.refunded,
        });
    }
}
