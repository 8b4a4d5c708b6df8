//! Whether a provider could be given a request.

use crate::*;
use frame::prelude::*;
use lattice_primitives::{Ineligible, ModelState, Preference, Selection, SubscriptionId};
use pallet_compute_providers::{Demand, Market, Service};
use pallet_inference::Ledger;
use pallet_model_registry::Registry;

impl<T: Config> Pallet<T> {
    /// Whether a subscription's provider keeps capacity for it now, as the market sees it.
    ///
    /// It does not if the model takes no requests, or the provider has no offer for it, is paused,
    /// silent, short of stake, without a capacity, or asks for a longer deadline than a request may
    /// have. An offer that was pushed out of a full ranking is none. Busy, or with its stake locked, is
    /// present only if the subscriber has used the period: a subscriber could take all slots itself and
    /// be refunded for it, and a provider could be busy for ever, with its own work, or with stake that
    /// never suffices.
    pub(crate) fn could_serve(open: &Subscription<T>) -> bool {
        let (provider, model) = (&open.provider, open.model);
        let takes_requests = T::Registry::servable(model)
            .is_some_and(|model| model.state == ModelState::Active && model.key.is_some());
        if !takes_requests {
            return false;
        }
        let selection = Selection {
            preference: Preference::Only(provider.clone()),
            excluded: Default::default(),
        };
        // Whatever its offer asks: the subscription has its own price, and the collateral for it.
        let bill = T::Offers::bill(open.price.compute, open.price.royalty);
        let field = T::Providers::field(
            &Demand {
                model,
                service: Service::Proven,
                deadline: T::MaxDeadline::get(),
                limit: Bounded::max_value(),
                selection: &selection,
                failed: &[],
            },
            |_| bill.clone(),
        );
        // No other is eligible or busy, since it is not named.
        let is_full = |(_, reason): &(T::AccountId, Ineligible)| {
            matches!(
                reason,
                Ineligible::AtCapacity | Ineligible::OfferAtCapacity | Ineligible::StakeLocked
            )
        };
        let works = || T::Providers::load(provider).is_some_and(|(running, _)| running > 0);
        let is_busy = || open.used > 0 && works() && field.ineligible.iter().any(is_full);
        !field.eligible.is_empty() || is_busy()
    }

    /// Whether the provider has what was not used of the first period that is not settled.
    pub(crate) fn has_earned(open: &Subscription<T>) -> bool {
        open.failures == 0 && Self::could_serve(open)
    }

    /// The subscriber says that its provider is not there, and the chain looks.
    pub(crate) fn do_report_absence(who: &T::AccountId, id: SubscriptionId) -> DispatchResult {
        let open = Self::open_subscription(id)?;
        ensure!(*who == open.subscriber, Error::<T>::NotSubscriber);
        let mut open = Self::catch_up(id, open).ok_or(Error::<T>::SubscriptionEnded)?;
        ensure!(!Self::could_serve(&open), Error::<T>::ProviderPresent);
        open.failures = open.failures.saturating_add(1);
        Self::deposit_event(Event::AbsenceReported {
            subscription: id,
            index: open.index,
            failures: open.failures,
        });
        Subscriptions::<T>::insert(id, open);
        Ok(())
    }
}
