//! What must hold after every block. Checked by `try_state` and by the tests.

use crate::types::times;
use crate::*;
use alloc::collections::BTreeSet;
use frame::prelude::*;
use lattice_escrow::Holds;
use pallet_inference::OrderedId;

impl<T: Config> Pallet<T> {
    /// What subscribers have on hold is what their subscriptions have left, which is the price of the
    /// requests that can still be made, and the indexes by account, block and provider agree with
    /// subscriptions and plans.
    pub fn check_invariants() -> DispatchResult {
        Self::check_plans()?;
        Self::check_subscriptions()
    }

    fn check_plans() -> DispatchResult {
        let mut listed = 0usize;
        for (provider, plans) in PlansOf::<T>::iter() {
            ensure!(!plans.is_empty(), "an empty list of plans");
            let mut terms = BTreeSet::new();
            for (id, model, period) in plans {
                let plan = Plans::<T>::get(id).ok_or("a list has a plan that is not there")?;
                ensure!(id < NextPlan::<T>::get(), "plan not below NextPlan");
                ensure!(
                    plan.provider == provider && plan.model == model && plan.period == period,
                    "a plan differs from what its list says"
                );
                ensure!(
                    terms.insert((model, period)),
                    "two plans of one model and period"
                );
                ensure!(
                    plan.quota > 0 && !plan.period.is_zero(),
                    "a plan of nothing"
                );
                listed = listed.saturating_add(1);
            }
        }
        ensure!(
            Plans::<T>::iter_keys().count() == listed,
            "a plan that its provider does not list"
        );
        Ok(())
    }

    fn check_subscriptions() -> DispatchResult {
        let mut holds = Holds::<T::AccountId, BalanceOf<T>>::default();
        let mut open = 0usize;
        for (id, subscription) in Subscriptions::<T>::iter() {
            let ordered = OrderedId::from(id);
            ensure!(
                id < NextSubscription::<T>::get(),
                "subscription not below NextSubscription"
            );
            ensure!(
                subscription.subscriber != subscription.provider,
                "subscription with oneself"
            );
            ensure!(subscription.price.total().is_some(), "a price overflows");
            ensure!(
                subscription.index < subscription.periods,
                "subscription without a period to settle"
            );
            ensure!(
                subscription.used <= subscription.quota,
                "more requests than a quota"
            );
            ensure!(
                Due::<T>::contains_key(subscription.due(), ordered),
                "subscription that is never settled"
            );
            ensure!(
                subscription.due() >= NextDue::<T>::get(),
                "subscription behind the cursor"
            );
            let left = times::<T>(subscription.unit(), subscription.requests_left());
            ensure!(
                subscription.left() == left,
                "what is left is not the price of the requests that are left"
            );
            for party in [&subscription.subscriber, &subscription.provider] {
                ensure!(
                    SubscriptionsOf::<T>::contains_key(party, ordered),
                    "subscription that a party does not list"
                );
            }
            holds.add(&subscription.subscriber, &left)?;
            open = open.saturating_add(1);
        }
        ensure!(
            Due::<T>::iter_keys().count() == open,
            "due periods and open subscriptions differ in number"
        );
        ensure!(
            SubscriptionsOf::<T>::iter_keys().count() == open.saturating_mul(2),
            "a list has a subscription that is not there"
        );
        holds.check::<T::Currency>(
            HoldReason::Prepaid.into(),
            "hold differs from what the subscriptions have left",
        )
    }
}
