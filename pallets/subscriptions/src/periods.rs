//! What becomes of periods that are over.

use crate::types::times;
use crate::*;
use frame::prelude::*;
use lattice_primitives::{SubscriptionEnd, SubscriptionId};
use pallet_inference::OrderedId;

impl<T: Config> Pallet<T> {
    /// Anyone has the periods settled that are over.
    pub(crate) fn do_settle_period(id: SubscriptionId) -> DispatchResult {
        let open = Self::open_subscription(id)?;
        let now = frame_system::Pallet::<T>::block_number();
        ensure!(open.over(now) > 0, Error::<T>::PeriodNotOver);
        Self::advance(id, open);
        Ok(())
    }

    /// Settle the periods that are over. Cannot fail.
    pub(crate) fn advance(id: SubscriptionId, open: Subscription<T>) {
        if let Some(open) = Self::catch_up(id, open) {
            Subscriptions::<T>::insert(id, open);
        }
    }

    /// Settle the periods of a subscription that are over, all in one step, and list it for the one
    /// that runs; the caller stores it. `None`: the last period was among them, and nothing is left
    /// to store.
    pub(crate) fn catch_up(
        id: SubscriptionId,
        mut open: Subscription<T>,
    ) -> Option<Subscription<T>> {
        let count = open.over(frame_system::Pallet::<T>::block_number());
        if count == 0 {
            return Some(open);
        }
        let first_unused = u64::from(open.unused());
        // In the others nothing was used and no failure counted, or they would not be unsettled.
        let others = u64::from(count.saturating_sub(1)).saturating_mul(open.quota.into());
        let is_present = Self::could_serve(&open);
        let earned = match (is_present, open.failures) {
            (false, _) => 0,
            (true, 0) => first_unused.saturating_add(others),
            (true, _) => others,
        };
        let all = times::<T>(open.unit(), first_unused.saturating_add(others));
        let paid = times::<T>(open.price.compute, earned);
        let refunded = all.saturating_sub(paid);
        let first = open.index;
        Due::<T>::remove(open.due(), OrderedId::from(id));
        open.index = open.index.saturating_add(count);
        open.used = 0;
        open.failures = 0;
        Self::distribute(id, &mut open, paid, refunded);
        Self::deposit_event(Event::PeriodsSettled {
            subscription: id,
            first,
            count,
            paid,
            refunded,
        });
        if open.index >= open.periods {
            Self::forget(id, open, SubscriptionEnd::Completed);
            return None;
        }
        Due::<T>::insert(open.due(), OrderedId::from(id), ());
        Some(open)
    }

    /// Pay the provider, and give the subscriber back, out of what is on hold.
    pub(crate) fn distribute(
        id: SubscriptionId,
        open: &mut Subscription<T>,
        paid: BalanceOf<T>,
        refunded: BalanceOf<T>,
    ) {
        Self::pay(id, &open.subscriber, &open.provider, paid);
        Self::pay(id, &open.subscriber, &open.subscriber, refunded);
        open.paid = open.paid.saturating_add(paid);
        open.refunded = open.refunded.saturating_add(refunded);
    }
}
