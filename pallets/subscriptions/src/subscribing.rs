//! A subscription is made: terms frozen, money put on hold.

use crate::*;
use frame::prelude::*;
use frame::traits::fungible::MutateHold;
use lattice_primitives::{PlanId, SubscriptionId};
use pallet_inference::OrderedId;

impl<T: Config> Pallet<T> {
    /// Weight of a subscription, with what the chain does at the end of each of its periods.
    pub(crate) fn subscribe_weight(periods: u32) -> Weight {
        let ends =
            T::WeightInfo::settle_due().saturating_mul(periods.min(T::MaxPeriods::get()).into());
        T::WeightInfo::subscribe().saturating_add(ends)
    }

    pub(crate) fn do_subscribe(
        subscriber: T::AccountId,
        plan: PlanId,
        periods: u32,
        max_total: BalanceOf<T>,
    ) -> DispatchResult {
        let Plan {
            provider,
            model,
            period,
            quota,
            price,
        } = Plans::<T>::get(plan).ok_or(Error::<T>::UnknownPlan)?;
        ensure!(subscriber != provider, Error::<T>::SubscriberIsProvider);
        ensure!(
            (1..=T::MaxPeriods::get()).contains(&periods),
            Error::<T>::InvalidPeriods
        );
        let royalty = Self::royalty_of(&provider, model)?;
        let bill = Self::unit_bill(price, quota, royalty)?;
        let prepaid = bill
            .total
            .checked_mul(&quota.into())
            .and_then(|every| every.checked_mul(&periods.into()))
            .ok_or(Error::<T>::PriceOverflow)?;
        ensure!(prepaid <= max_total, Error::<T>::TotalTooHigh);
        // A subscription without money would be there for nothing.
        ensure!(!prepaid.is_zero(), Error::<T>::NothingToPrepay);
        let subscribed_at = frame_system::Pallet::<T>::block_number();
        // So that every block that is derived from it can be written down.
        period
            .checked_mul(&periods.into())
            .and_then(|blocks| subscribed_at.checked_add(&blocks))
            .ok_or(ArithmeticError::Overflow)?;
        let subscription = NextSubscription::<T>::get();
        let next = subscription
            .checked_add(1)
            .ok_or(Error::<T>::TooManySubscriptions)?;
        T::Currency::hold(&HoldReason::Prepaid.into(), &subscriber, prepaid)?;

        NextSubscription::<T>::put(next);
        for party in [&subscriber, &provider] {
            SubscriptionsOf::<T>::insert(party, OrderedId::from(subscription), ());
        }
        let open = Subscription::<T> {
            subscriber: subscriber.clone(),
            provider: provider.clone(),
            model,
            plan,
            price: bill.price,
            period,
            quota,
            periods,
            subscribed_at,
            index: 0,
            used: 0,
            failures: 0,
            drawn: Zero::zero(),
            paid: Zero::zero(),
            refunded: Zero::zero(),
        };
        Due::<T>::insert(open.due(), OrderedId::from(subscription), ());
        Subscriptions::<T>::insert(subscription, open);
        Self::deposit_event(Event::Subscribed {
            subscription,
            plan,
            subscriber,
            provider,
            model,
            price: bill.price,
            period,
            quota,
            periods,
            prepaid,
        });
        Ok(())
    }

    /// An open subscription.
    pub(crate) fn open_subscription(id: SubscriptionId) -> Result<Subscription<T>, Error<T>> {
        Subscriptions::<T>::get(id).ok_or(Error::UnknownSubscription)
    }
}
