//! What is due for requests whose deadline or window has passed.

use crate::*;
use frame::prelude::*;
use lattice_deadlines::Deadlines;
use lattice_primitives::MAX_REPLICAS;
use pallet_inference::{Ledger, OrderedId};

impl<T: Config> Deadlines for Pallet<T> {
    type Runtime = T;
    type Entry = OrderedId;
    type Due = Due<T>;
    type Cursor = NextDue<T>;
    type Work = Request<T>;

    const SHARE: Perbill = Perbill::from_percent(5);

    fn base_weight() -> Weight {
        T::WeightInfo::on_poll_base()
    }

    fn look_weight() -> Weight {
        T::WeightInfo::on_poll_step()
    }

    fn find(due: BlockNumberFor<T>, entry: OrderedId) -> Option<Request<T>> {
        Requests::<T>::get(entry.id()).filter(|request| request.due() == Some(due))
    }

    fn weight_of(request: &Request<T>) -> Weight {
        let due = match (request.waiting_since, &request.posted) {
            (Some(_), _) => T::Ledger::pass_on_weight(),
            (None, Some(_)) => T::WeightInfo::settle(request.output_len),
            (None, None) => T::WeightInfo::expire(),
        };
        due.saturating_add(Self::failed_weight(request.failed.len().saturated_into()))
    }

    fn longest_weight() -> Weight {
        T::WeightInfo::settle(T::MaxOutputLen::get())
            .max(T::WeightInfo::expire())
            .max(T::Ledger::pass_on_weight())
            .saturating_add(Self::failed_weight(MAX_REPLICAS))
    }

    fn act(entry: OrderedId, request: Request<T>) {
        Self::advance(entry.id(), request);
    }
}

impl<T: Config> Pallet<T> {
    /// What it adds to an ending that so many providers have failed the request before: each lists
    /// its record.
    pub(crate) fn failed_weight(before: u32) -> Weight {
        T::DbWeight::get().writes(before.into())
    }
}
