//! Disputes whose turn nobody took are decided.

use crate::*;
use frame::prelude::*;
use lattice_deadlines::Deadlines;
use pallet_inference::OrderedId;

impl<T: Config> Deadlines for Pallet<T> {
    type Runtime = T;
    type Entry = OrderedId;
    type Due = Due<T>;
    type Cursor = NextDue<T>;
    type Work = Dispute<T>;

    const SHARE: Perbill = Perbill::from_percent(10);

    fn base_weight() -> Weight {
        T::WeightInfo::on_poll_base()
    }

    fn look_weight() -> Weight {
        T::WeightInfo::on_poll_step()
    }

    fn find(due: BlockNumberFor<T>, entry: OrderedId) -> Option<Dispute<T>> {
        Disputes::<T>::get(entry.id()).filter(|dispute| dispute.due == due)
    }

    fn weight_of(_: &Dispute<T>) -> Weight {
        Self::expire_weight()
    }

    fn longest_weight() -> Weight {
        Self::expire_weight()
    }

    fn act(entry: OrderedId, dispute: Dispute<T>) {
        let verdict = dispute.turn.forfeit();
        Self::decide(entry.id(), dispute, verdict);
    }
}
