//! What is due for requests whose deadline or window has passed.

use crate::*;
use frame::deps::frame_support::weights::WeightMeter;
use frame::prelude::*;

/// Part of a block's weight that deadline work may take.
const SHARE: Perbill = Perbill::from_percent(5);

impl<T: Config> Pallet<T> {
    /// Do what was due before `now`, oldest first, until it is done or the weight is spent: at most
    /// what `weight` has left, and [`SHARE`] of a block.
    ///
    /// The cursor says where the next block goes on. An entry of which nothing is due is dropped;
    /// it cannot stop the ones behind it.
    pub(crate) fn finalize_past(now: BlockNumberFor<T>, weight: &mut WeightMeter) {
        let mut meter = WeightMeter::with_limit(weight.remaining().min(Self::share()));
        if meter.try_consume(T::WeightInfo::on_poll_base()).is_err() {
            return;
        }
        let start = NextDue::<T>::get();
        let mut cursor = start;
        while cursor < now && Self::finalize_block(cursor, &mut meter) {
            cursor = cursor.saturating_add(One::one());
        }
        if cursor != start {
            NextDue::<T>::put(cursor);
        }
        weight.consume(meter.consumed());
    }

    /// Do what was due in one block; whether nothing of it is left.
    fn finalize_block(due: BlockNumberFor<T>, meter: &mut WeightMeter) -> bool {
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
            let request = request.filter(|request| request.due() == Some(due));
            let weight = match &request {
                Some(request) => Self::weight_of(request),
                None => T::DbWeight::get().writes(1),
            };
            if meter.try_consume(weight).is_err() {
                return false;
            }
            match request {
                Some(request) => Self::advance(entry.id(), request),
                None => Due::<T>::remove(due, entry),
            }
        }
    }

    /// Weight of what is due for a request.
    fn weight_of(request: &Request<T>) -> Weight {
        match &request.posted {
            Some(_) => T::WeightInfo::settle(request.output_len),
            None => T::WeightInfo::expire(),
        }
    }

    /// Weight of what is due for any request.
    pub(crate) fn step_weight() -> Weight {
        T::WeightInfo::settle(T::MaxOutputLen::get()).max(T::WeightInfo::expire())
    }

    /// What deadline work may take of a block.
    pub(crate) fn share() -> Weight {
        let block = T::BlockWeights::get().max_block;
        Weight::from_parts(
            SHARE.mul_floor(block.ref_time()),
            SHARE.mul_floor(block.proof_size()),
        )
    }

    /// What a block must give it, or a request would never end.
    pub(crate) fn longest_step() -> Weight {
        T::WeightInfo::on_poll_base()
            .saturating_add(T::WeightInfo::on_poll_step())
            .saturating_add(Self::step_weight())
    }
}
