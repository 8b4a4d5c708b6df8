//! Periods whose last block has passed are settled.

use crate::*;
use frame::prelude::*;
use lattice_deadlines::Deadlines;
use pallet_inference::OrderedId;

impl<T: Config> Deadlines for Pallet<T> {
    type Runtime = T;
    type Entry = OrderedId;
    type Due = Due<T>;
    type Cursor = NextDue<T>;
    type Work = Subscription<T>;

    const SHARE: Perbill = Perbill::from_percent(5);

    fn base_weight() -> Weight {
        T::WeightInfo::on_poll_base()
    }

    fn look_weight() -> Weight {
        T::WeightInfo::on_poll_step()
    }

    fn find(_: BlockNumberFor<T>, entry: OrderedId) -> Option<Subscription<T>> {
        Subscriptions::<T>::get(entry.id())
    }

    fn weight_of(_: &Subscription<T>) -> Weight {
        T::WeightInfo::settle_due()
    }

    fn longest_weight() -> Weight {
        T::WeightInfo::settle_due()
    }

    fn act(entry: OrderedId, open: Subscription<T>) {
        Self::advance(entry.id(), open);
    }
}
