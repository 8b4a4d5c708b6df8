//! Work that comes due with a block.
//!
//! A pallet lists what is due by the last block before something has to be done about it, and does it
//! in a later block's `on_poll`: at most a share of the block, oldest first. The cursor says where the
//! next block goes on, so that nothing is starved and the cost of a block does not grow with what is
//! listed. An entry of which nothing is due is dropped: it cannot stop the ones behind it.

#![cfg_attr(not(feature = "std"), no_std)]
#![cfg_attr(not(test), deny(clippy::arithmetic_side_effects, clippy::unwrap_used))]

use codec::FullCodec;
use frame::deps::frame_support::storage::{
    IterableStorageDoubleMap, StorageDoubleMap as _, StorageValue,
};
use frame::deps::frame_support::weights::WeightMeter;
use frame::prelude::*;

/// Block numbers of a pallet with deadlines.
pub type BlockOf<D> = BlockNumberFor<<D as Deadlines>::Runtime>;

/// A part of a block's weight.
pub fn share_of<T: frame_system::Config>(part: Perbill) -> Weight {
    let block = T::BlockWeights::get().max_block;
    Weight::from_parts(
        part.mul_floor(block.ref_time()),
        part.mul_floor(block.proof_size()),
    )
}

/// A pallet whose entries come due.
pub trait Deadlines {
    /// The runtime that the pallet is part of.
    type Runtime: frame_system::Config;

    /// What is listed.
    type Entry: FullCodec + Copy;

    /// Entries by the last block before something has to be done about them.
    type Due: IterableStorageDoubleMap<BlockOf<Self>, Self::Entry, ()>;

    /// Nothing is due in an earlier block.
    type Cursor: StorageValue<BlockOf<Self>, Query = BlockOf<Self>>;

    /// An entry with what has to be known to do something about it.
    type Work;

    /// Part of a block's weight that it may take.
    const SHARE: Perbill;

    /// Weight of a block in which nothing is due.
    fn base_weight() -> Weight;

    /// Weight of a look at the next entry, [`Deadlines::find`] included.
    fn look_weight() -> Weight;

    /// What is due for an entry that is listed under a block; `None`: nothing.
    fn find(due: BlockOf<Self>, entry: Self::Entry) -> Option<Self::Work>;

    /// Weight of doing it.
    fn weight_of(work: &Self::Work) -> Weight;

    /// Most weight of doing anything.
    fn longest_weight() -> Weight;

    /// Do it. The entry is off the list, and may be listed again for the present block or a later
    /// one, so that each costs a block one step at most.
    fn act(entry: Self::Entry, work: Self::Work);
}

/// Whether a block's share is enough for whatever may be due; else that would never be done.
pub fn longest_step_fits<D: Deadlines>() -> bool {
    D::base_weight()
        .saturating_add(D::look_weight())
        .saturating_add(D::longest_weight())
        .all_lte(share_of::<D::Runtime>(D::SHARE))
}

/// Do what was due before `now`, oldest first, until it is done or the weight is spent: at most what
/// `weight` has left, and [`Deadlines::SHARE`] of a block.
pub fn work_off<D: Deadlines>(now: BlockOf<D>, weight: &mut WeightMeter) {
    let share = share_of::<D::Runtime>(D::SHARE);
    let mut meter = WeightMeter::with_limit(weight.remaining().min(share));
    if meter.try_consume(D::base_weight()).is_err() {
        return;
    }
    let start = D::Cursor::get();
    let mut cursor = start;
    while cursor < now && work_off_block::<D>(cursor, &mut meter) {
        cursor = cursor.saturating_add(One::one());
    }
    if cursor != start {
        D::Cursor::put(cursor);
    }
    weight.consume(meter.consumed());
}

/// The next entry that is listed under a block, and what is due for it: the look that
/// [`Deadlines::look_weight`] is the weight of.
pub fn look<D: Deadlines>(
    due: BlockOf<D>,
    entries: &mut impl Iterator<Item = D::Entry>,
) -> Option<(D::Entry, Option<D::Work>)> {
    let entry = entries.next()?;
    Some((entry, D::find(due, entry)))
}

/// Do what was due in one block; whether nothing of it is left.
fn work_off_block<D: Deadlines>(due: BlockOf<D>, meter: &mut WeightMeter) -> bool {
    let mut entries = D::Due::iter_key_prefix(due);
    loop {
        if meter.try_consume(D::look_weight()).is_err() {
            return false;
        }
        let Some((entry, work)) = look::<D>(due, &mut entries) else {
            return true;
        };
        let weight = match &work {
            Some(work) => D::weight_of(work),
            None => <D::Runtime as frame_system::Config>::DbWeight::get().writes(1),
        };
        if meter.try_consume(weight).is_err() {
            return false;
        }
        D::Due::remove(due, entry);
        if let Some(work) = work {
            D::act(entry, work);
        }
    }
}
