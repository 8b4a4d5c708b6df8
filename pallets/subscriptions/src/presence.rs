//! Whether a provider could be given a request.

use crate::*;
use frame::prelude::*;
use lattice_primitives::{
    Ineligible, ModelIndex, ModelState, Preference, Price, Selection, SubscriptionId,
};
use pallet_compute_providers::{Bill, Demand, Market};
use pallet_model_registry::Registry;

impl<T: Config> Pallet<T> {
    /// Whether a provider keeps capacity for requests of a model now, as the market sees it.
    ///
    /// It does not if the model takes no requests, or the provider has no offer for it, is paused,
    /// silent, short of stake, without a capacity, or asks for a longer deadline than a request may
    /// have. An offer that was pushed out of a full ranking is none. Busy is present: a subscriber
    /// could take all slots itself, and be refunded for it.
    pub(crate) fn could_serve(provider: &T::AccountId, model: ModelIndex) -> bool {
        let takes_requests = T::Registry::servable(model)
            .is_some_and(|model| model.state == ModelState::Active && model.key.is_some());
        if !takes_requests {
            return false;
        }
        let selection = Selection {
            preference: Preference::Only(provider.clone()),
            excluded: Default::default(),
        };
        let field = T::Providers::field(
            &Demand {
                model,
                deadline: T::MaxDeadline::get(),
                limit: Bounded::max_value(),
                selection: &selection,
                failed: &[],
            },
            // Whatever its offer asks: the subscription has its own price.
            |_| {
                Some(Bill {
                    price: Price {
                        compute: Zero::zero(),
                        royalty: Zero::zero(),
                        fee: Zero::zero(),
                    },
                    total: Zero::zero(),
                    collateral: Zero::zero(),
                })
            },
        );
        // No other is eligible or busy, since it is not named.
        let is_full = |(_, reason): &(T::AccountId, Ineligible)| {
            matches!(reason, Ineligible::AtCapacity | Ineligible::OfferAtCapacity)
        };
        let is_busy = || T::Providers::load(provider).is_some_and(|(running, _)| running > 0);
        !field.eligible.is_empty() || (field.ineligible.iter().any(is_full) && is_busy())
    }

    /// Whether the provider has what was not used of the first period that is not settled.
    pub(crate) fn has_earned(open: &Subscription<T>) -> bool {
        open.failures == 0 && Self::could_serve(&open.provider, open.model)
    }

    /// The subscriber says that its provider is not there, and the chain looks.
    pub(crate) fn do_report_absence(who: &T::AccountId, id: SubscriptionId) -> DispatchResult {
        let open = Self::open_subscription(id)?;
        ensure!(*who == open.subscriber, Error::<T>::NotSubscriber);
        let mut open = Self::catch_up(id, open).ok_or(Error::<T>::SubscriptionEnded)?;
        ensure!(
            !Self::could_serve(&open.provider, open.model),
            Error::<T>::ProviderPresent
        );
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
