//! What is due for requests whose deadline or window has passed.

use crate::*;
use frame::prelude::*;
use lattice_deadlines::Deadlines;
use lattice_primitives::PrivateStatus;
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
        Requests::<T>::get(entry.id()).filter(|request| request.due() == due)
    }

    fn weight_of(request: &Request<T>) -> Weight {
        match request.status {
            PrivateStatus::Assigned => T::WeightInfo::expire_late(),
            PrivateStatus::Claimed { .. } => T::WeightInfo::expire_unopened(),
            PrivateStatus::Delivered { .. } => T::WeightInfo::expire_delivered(),
            PrivateStatus::Forced { .. } => T::WeightInfo::expire_withheld(),
        }
    }

    fn longest_weight() -> Weight {
        T::WeightInfo::expire_late()
            .max(T::WeightInfo::expire_unopened())
            .max(T::WeightInfo::expire_delivered())
            .max(T::WeightInfo::expire_withheld())
    }

    fn act(entry: OrderedId, request: Request<T>) {
        Self::advance(entry.id(), request);
    }
}
