//! Periods whose last block has passed are settled.

use crate::*;
use frame::deps::frame_support::weights::WeightMeter;
use frame::prelude::*;

/// Part of a block's weight that deadline work may take.
const SHARE: Perbill = Perbill::from_percent(5);

impl<T: Config> Pallet<T> {
    /// Settle what was due before `now`, oldest first, until it is done or the weight is spent: at
    /// most what `weight` has left, and [`SHARE`] of a block.
    ///
    /// The cursor says where the next block goes on. An entry without an open subscription is
    /// dropped; it cannot stop the ones behind it. A subscription that is settled is listed again for
    /// `now` or later, so that it costs a block one step at most.
    pub(crate) fn settle_past(now: BlockNumberFor<T>, weight: &mut WeightMeter) {
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
        while cursor < now && Self::settle_block(cursor, &mut meter) {
            cursor = cursor.saturating_add(One::one());
        }
        if cursor != start {
            NextDue::<T>::put(cursor);
        }
        weight.consume(meter.consumed());
    }

    /// Settle what was due in one block; whether nothing of it is left.
    fn settle_block(due: BlockNumberFor<T>, meter: &mut WeightMeter) -> bool {
        let mut entries = Due::<T>::iter_key_prefix(due);
        loop {
            if meter.try_consume(T::WeightInfo::on_poll_step()).is_err() {
                return false;
            }
            let Some(entry) = entries.next() else {
                return true;
            };
            // The step has paid for this look.
            let open = Subscriptions::<T>::get(entry.id());
            let weight = match &open {
                Some(_) => T::WeightInfo::settle_due(),
                None => T::DbWeight::get().writes(1),
            };
            if meter.try_consume(weight).is_err() {
                return false;
            }
            Due::<T>::remove(due, entry);
            if let Some(open) = open {
                Self::advance(entry.id(), open);
            }
        }
    }
}
