//! What is due for requests whose phase is over: the draw, the end of a round, the end of the window.

use crate::*;
use frame::deps::frame_support::weights::WeightMeter;
use frame::prelude::*;
use lattice_primitives::RequestId;
use pallet_compute_providers::Market;

/// Part of a block's weight that deadline work may take.
const SHARE: Perbill = Perbill::from_percent(10);

impl<T: Config> Pallet<T> {
    /// Do what was due before `now`, oldest first, until it is done or the weight
    /// is spent: at most what `weight` has left, and [`SHARE`] of a block.
    ///
    /// The cursor says where the next block goes on. An entry without an open request
    /// is dropped; it cannot stop the ones behind it. What is done for a request lists it again for
    /// `now` or later, so that a request costs a block one step at most.
    pub(crate) fn advance_past(now: BlockNumberFor<T>, weight: &mut WeightMeter) {
        let mut meter = WeightMeter::with_limit(weight.remaining().min(Self::share()));
        if meter.try_consume(T::WeightInfo::on_poll_base()).is_err() {
            return;
        }
        let start = NextDue::<T>::get();
        let mut cursor = start;
        while cursor < now && Self::advance_block(cursor, &mut meter) {
            cursor = cursor.saturating_add(One::one());
        }
        if cursor != start {
            NextDue::<T>::put(cursor);
        }
        weight.consume(meter.consumed());
    }

    /// Do what was due in one block; whether nothing of it is left.
    fn advance_block(due: BlockNumberFor<T>, meter: &mut WeightMeter) -> bool {
        let mut entries = Due::<T>::iter_key_prefix(due);
        loop {
            if meter.try_consume(T::WeightInfo::on_poll_step()).is_err() {
                return false;
            }
            let Some(entry) = entries.next() else {
                return true;
            };
            // The step has paid for this look.
            let request = Requests::<T>::get(entry.id());
            let weight = match request.as_ref().map(|request| request.stage) {
                Some(Stage::Waiting { .. }) => Self::draw_weight(),
                Some(_) => T::WeightInfo::conclude(),
                None => T::DbWeight::get().writes(1),
            };
            if meter.try_consume(weight).is_err() {
                return false;
            }
            Due::<T>::remove(due, entry);
            if let Some(request) = request {
                Self::proceed(entry.id(), request);
            }
        }
    }

    /// What deadline work may take of a block.
    pub(crate) fn share() -> Weight {
        let block = T::BlockWeights::get().max_block;
        Weight::from_parts(
            SHARE.mul_floor(block.ref_time()),
            SHARE.mul_floor(block.proof_size()),
        )
    }

    /// What a block must give it, or a request would never be taken on.
    pub(crate) fn longest_step() -> Weight {
        T::WeightInfo::on_poll_base()
            .saturating_add(T::WeightInfo::on_poll_step())
            .saturating_add(Self::draw_weight().max(T::WeightInfo::conclude()))
    }

    fn draw_weight() -> Weight {
        T::WeightInfo::draw(T::Providers::max_inspected())
    }

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
