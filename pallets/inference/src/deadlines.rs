//! What is due for requests whose block has passed: failure, or the next provider.

use crate::*;
use frame::deps::frame_support::weights::WeightMeter;
use frame::prelude::*;
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
    pub(crate) fn expire_past(now: BlockNumberFor<T>, weight: &mut WeightMeter) {
        let block = T::BlockWeights::get().max_block;
        let share = Weight::from_parts(
            SHARE.mul_floor(block.ref_time()),
            SHARE.mul_floor(block.proof_size()),
        );
        let mut meter = WeightMeter::with_limit(weight.remaining().min(share));
        if meter.try_consume(T::WeightInfo::on_poll_base()).is_err() {
            return;
        }
        let start = NextDue::<T>::get();
        let mut cursor = start;
        while cursor < now && Self::expire_block(cursor, &mut meter) {
            cursor = cursor.saturating_add(One::one());
        }
        if cursor != start {
            NextDue::<T>::put(cursor);
        }
        weight.consume(meter.consumed());
    }

    /// Do what was due in one block; whether nothing of it is left.
    fn expire_block(due: BlockNumberFor<T>, meter: &mut WeightMeter) -> bool {
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
            let weight = match &request {
                Some(request) if request.has_provider() => T::WeightInfo::expire_due()
                    .saturating_add(Self::subscription_weight(request.subscription.is_some())),
                Some(_) => T::WeightInfo::pass_on(T::Providers::max_inspected()),
                None => T::DbWeight::get().writes(1),
            };
            if meter.try_consume(weight).is_err() {
                return false;
            }
            Due::<T>::remove(due, entry);
            if let Some(request) = request {
                Self::advance(entry.id(), request);
            }
        }
    }
}
