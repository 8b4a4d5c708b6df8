//! What the inference pallet uses of a subscription: requests are made, and fail.
//!
//! Both settle the periods that are over first. So whatever is counted is counted in the period that
//! runs, and of periods that are over only the first that is not settled can have been used.

use crate::*;
use frame::prelude::*;
use frame::traits::fungible::MutateHold;
use frame::traits::tokens::Precision;
use lattice_primitives::{ModelIndex, SubscriptionId};

impl<T: Config> pallet_inference::Subscriptions<T::AccountId, BalanceOf<T>> for Pallet<T> {
    fn weight() -> Weight {
        T::WeightInfo::draw().max(T::WeightInfo::note_failure())
    }

    fn draw(
        id: SubscriptionId,
        requester: &T::AccountId,
        model: ModelIndex,
    ) -> Result<pallet_inference::Drawn<T::AccountId, BalanceOf<T>>, DispatchError> {
        let open = Self::open_subscription(id)?;
        ensure!(*requester == open.subscriber, Error::<T>::NotSubscriber);
        ensure!(model == open.model, Error::<T>::WrongModel);
        let now = frame_system::Pallet::<T>::block_number();
        ensure!(!open.is_over(now), Error::<T>::SubscriptionEnded);
        let mut open = Self::catch_up(id, open).ok_or(Error::<T>::SubscriptionEnded)?;
        ensure!(open.used < open.quota, Error::<T>::QuotaUsedUp);
        let unit = open.unit();
        T::Currency::release(
            &HoldReason::Prepaid.into(),
            requester,
            unit,
            Precision::Exact,
        )?;
        open.used = open.used.saturating_add(1);
        open.drawn = open.drawn.saturating_add(unit);
        let drawn = pallet_inference::Drawn {
            provider: open.provider.clone(),
            price: open.price,
        };
        Self::deposit_event(Event::Drawn {
            subscription: id,
            index: open.index,
            used: open.used,
        });
        Subscriptions::<T>::insert(id, open);
        Ok(drawn)
    }

    /// Nothing, where the subscription has ended meanwhile.
    fn note_failure(id: SubscriptionId) {
        let open = Subscriptions::<T>::get(id);
        let Some(mut open) = open.and_then(|open| Self::catch_up(id, open)) else {
            return;
        };
        open.failures = open.failures.saturating_add(1);
        Self::deposit_event(Event::FailureNoted {
            subscription: id,
            index: open.index,
            failures: open.failures,
        });
        Subscriptions::<T>::insert(id, open);
    }
}
