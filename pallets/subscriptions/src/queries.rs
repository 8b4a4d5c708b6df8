//! What the runtime API reads.

use crate::*;
use alloc::vec::Vec;
use frame::prelude::*;
use lattice_primitives::{api::MAX_PAGE, PlanId, PlanInfo, SubscriptionId, SubscriptionInfo};
use pallet_inference::OrderedId;
use pallet_model_registry::Registry;

/// A plan as clients see it, in this runtime's types.
pub type PlanInfoOf<T> =
    PlanInfo<<T as frame_system::Config>::AccountId, BalanceOf<T>, BlockNumberFor<T>>;

/// A subscription as clients see it, in this runtime's types.
pub type SubscriptionInfoOf<T> =
    SubscriptionInfo<<T as frame_system::Config>::AccountId, BalanceOf<T>, BlockNumberFor<T>>;

impl<T: Config> Pallet<T> {
    /// A plan that can be subscribed to.
    pub fn plan(plan: PlanId) -> Option<PlanInfoOf<T>> {
        let stored = Plans::<T>::get(plan)?;
        let unit = Self::royalty_of(&stored.provider, stored.model)
            .and_then(|royalty| Self::unit_bill(stored.price, stored.quota, royalty))
            .ok()
            .map(|bill| bill.price);
        Some(PlanInfo {
            plan,
            provider: stored.provider,
            model: stored.model,
            period: stored.period,
            quota: stored.quota,
            price: stored.price,
            unit,
        })
    }

    /// The plans of a provider, in the order of their numbers, at most [`MAX_PAGE`].
    pub fn plans_of(provider: &T::AccountId) -> Vec<PlanInfoOf<T>> {
        PlansOf::<T>::get(provider)
            .into_iter()
            .take(MAX_PAGE.saturated_into())
            .filter_map(|(plan, ..)| Self::plan(plan))
            .collect()
    }

    /// An open subscription.
    pub fn subscription(subscription: SubscriptionId) -> Option<SubscriptionInfoOf<T>> {
        let open = Subscriptions::<T>::get(subscription)?;
        // Registrations stay.
        let model = T::Registry::servable(open.model)?;
        Some(SubscriptionInfo {
            subscription,
            plan: open.plan,
            model: open.model,
            model_hash: model.model_hash,
            price: open.price,
            period: open.period,
            quota: open.quota,
            periods: open.periods,
            subscribed_at: open.subscribed_at,
            index: open.index,
            used: open.used,
            failures: open.failures,
            prepaid: open.prepaid(),
            drawn: open.drawn,
            paid: open.paid,
            refunded: open.refunded,
            left: open.left(),
            settles_at: open.ends_at(),
            subscriber: open.subscriber,
            provider: open.provider,
        })
    }

    /// Open subscriptions in which an account is subscriber or provider, with number ≥ `start`,
    /// ascending, at most `limit` and [`MAX_PAGE`].
    pub fn subscriptions_of(
        account: &T::AccountId,
        start: SubscriptionId,
        limit: u32,
    ) -> Vec<SubscriptionInfoOf<T>> {
        let ids = match start.checked_sub(1) {
            None => SubscriptionsOf::<T>::iter_key_prefix(account),
            Some(before) => SubscriptionsOf::<T>::iter_key_prefix_from(
                account,
                SubscriptionsOf::<T>::hashed_key_for(account, OrderedId::from(before)),
            ),
        };
        ids.take(limit.min(MAX_PAGE).saturated_into())
            .filter_map(|id| Self::subscription(id.id()))
            .collect()
    }
}
