//! What is due for requests whose block has passed: failure, or the next provider.

use crate::*;
use frame::prelude::*;
use lattice_deadlines::Deadlines;

impl<T: Config> Deadlines for Pallet<T> {
    type Runtime = T;
    type Entry = OrderedId;
    type Due = Due<T>;
    type Cursor = NextDue<T>;
    type Work = Request<T>;

    const SHARE: Perbill = Perbill::from_percent(10);

    fn base_weight() -> Weight {
        T::WeightInfo::on_poll_base()
    }

    fn look_weight() -> Weight {
        T::WeightInfo::on_poll_step()
    }

    fn find(_: BlockNumberFor<T>, entry: OrderedId) -> Option<Request<T>> {
        Requests::<T>::get(entry.id())
    }

    fn weight_of(request: &Request<T>) -> Weight {
        match request.has_provider() {
            true => T::WeightInfo::expire_due()
                .saturating_add(Self::subscription_weight(request.subscription.is_some())),
            false => Self::pass_on_weight(),
        }
    }

    fn longest_weight() -> Weight {
        T::WeightInfo::expire_due()
            .saturating_add(Self::subscription_weight(true))
            .max(Self::pass_on_weight())
    }

    fn act(entry: OrderedId, request: Request<T>) {
        Self::advance(entry.id(), request);
    }
}
