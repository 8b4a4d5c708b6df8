//! What is due for requests whose deadline or window has passed.

use crate::*;
use frame::prelude::*;
use lattice_deadlines::Deadlines;
use pallet_inference::OrderedId;

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
        match &request.posted {
            Some(_) => T::WeightInfo::settle(request.output_len),
            None => T::WeightInfo::expire(),
        }
    }

    fn longest_weight() -> Weight {
        T::WeightInfo::settle(T::MaxOutputLen::get()).max(T::WeightInfo::expire())
    }

    fn act(entry: OrderedId, request: Request<T>) {
        Self::advance(entry.id(), request);
    }
}
