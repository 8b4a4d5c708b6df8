//! Disputes whose turn nobody took are decided.

use crate::*;
use frame::deps::frame_support::weights::WeightMeter;
use frame::prelude::*;

/// Part of a block's weight that deadline work may take.
const SHARE: Perbill = Perbill::from_percent(10);

impl<T: Config> Pallet<T> {
    /// Decide what was due before `now`, oldest first, until it is done or the weight is spent: at
    /// most what `weight` has left, and [`SHARE`] of a block.
    ///
    /// The cursor says where the next block goes on. An entry without an open dispute is dropped;
    /// it cannot stop the ones behind it.
    pub(crate) fn expire_past(now: BlockNumberFor<T>, weight: &mut WeightMeter) {
        let mut meter = WeightMeter::with_limit(weight.remaining().min(Self::share()));
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

    /// Decide what was due in one block; whether nothing of it is left.
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
            let dispute = Disputes::<T>::get(entry.id()).filter(|dispute| dispute.due == due);
            let weight = match &dispute {
                Some(_) => Self::expire_weight(),
                None => T::DbWeight::get().writes(1),
            };
            if meter.try_consume(weight).is_err() {
                return false;
            }
            match dispute {
                Some(dispute) => {
                    let verdict = dispute.turn.forfeit();
                    Self::decide(entry.id(), dispute, verdict);
                }
                None => Due::<T>::remove(due, entry),
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

    /// What a block must give it, or a dispute would never be decided.
    pub(crate) fn longest_expiry() -> Weight {
        T::WeightInfo::on_poll_base()
            .saturating_add(T::WeightInfo::on_poll_step())
            .saturating_add(Self::expire_weight())
    }
}
