//! What is due for requests whose phase is over: the draw, the end of a round, the end of the window.

use crate::*;
use frame::prelude::*;
use lattice_deadlines::Deadlines;
use lattice_primitives::RequestId;
use pallet_compute_providers::Market;
use pallet_inference::OrderedId;

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
        match request.stage {
            Stage::Waiting { .. } => draw_weight::<T>(),
            _ => T::WeightInfo::conclude(),
        }
    }

    fn longest_weight() -> Weight {
        draw_weight::<T>().max(T::WeightInfo::conclude())
    }

    fn act(entry: OrderedId, request: Request<T>) {
        Self::proceed(entry.id(), request);
    }
}

fn draw_weight<T: Config>() -> Weight {
    T::WeightInfo::draw(T::Providers::max_inspected())
}

impl<T: Config> Pallet<T> {
    /// Do what is due for one request.
    pub(crate) fn do_advance(id: RequestId) -> Result<(), Error<T>> {
        let request = Self::open_request(id)?;
        ensure!(request.stage.due() < Self::now(), Error::NotDue);
        match request.stage {
            // Who chose the block would choose the hash.
            Stage::Waiting { .. } => return Err(Error::DrawnInTurn),
            Stage::Appealing { .. } if request.is_disputed() => return Err(Error::DisputeRunning),
            _ => Self::proceed(id, request),
        }
        Ok(())
    }
}
