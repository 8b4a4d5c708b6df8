//! Weights of `pallet_disputes`, measured by `scripts/benchmark.sh`.
//!
//! `layout`, `is_last_value` and `defend` are bounded by hand, since their benchmarks are not the worst
//! case: a manifest of 64 KiB is read and validated in 0.6 ms, and each of its 4,096 operators is looked
//! at once more, for half a microsecond; hashing takes a microsecond per KiB in the node and ten in Wasm.
//! Where a branch that the benchmarks do not take touches more of the storage than they do, reads and
//! writes are counted by hand.
//!
//! Date: 2026-11-30, steps: 10, repeats: 5, Wasm execution: Compiled, chain: Some("dev").

#![allow(unused_parens)]
#![allow(unused_imports)]

use frame::weights_prelude::*;

/// Weight functions needed for `pallet_disputes`.
pub trait WeightInfo {
    fn layout() -> Weight;
    fn is_last_value(o: u32) -> Weight;
    fn open() -> Weight;
    fn close() -> Weight;
    fn reveal() -> Weight;
    fn choose() -> Weight;
    fn defend(k: u32) -> Weight;
    fn expire() -> Weight;
    fn on_poll_base() -> Weight;
    fn on_poll_step() -> Weight;
}

/// Weights for `pallet_disputes` with the runtime's database weight.
pub struct SubstrateWeight<T>(PhantomData<T>);
impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
    /// Reads the longest manifest.
    fn layout() -> Weight {
        Weight::from_parts(3_500_000_000, 68_039).saturating_add(T::DbWeight::get().reads(1_u64))
    }
    /// A layout, and an output of `o` elements that is hashed in Wasm.
    ///
    /// The range of component `o` is `[1, 1024]`.
    fn is_last_value(o: u32) -> Weight {
        Weight::from_parts(3_800_000_000, 68_039)
            .saturating_add(Weight::from_parts(150_000, 0).saturating_mul(o.into()))
            .saturating_add(T::DbWeight::get().reads(1_u64))
    }
    /// Beside the layout: reads the number; writes it, the dispute, layout, input, an entry of what
    /// is due and one for each party.
    fn open() -> Weight {
        // Minimum execution time: 1_026_922_000 picoseconds.
        Weight::from_parts(1_080_022_000, 69017)
            .saturating_add(T::DbWeight::get().reads(2_u64))
            .saturating_add(T::DbWeight::get().writes(13_u64))
    }
    /// Reads the dispute; writes all that `open` wrote but the number.
    fn close() -> Weight {
        // Minimum execution time: 24_347_000 picoseconds.
        Weight::from_parts(27_821_000, 4347)
            .saturating_add(T::DbWeight::get().reads(1_u64))
            .saturating_add(T::DbWeight::get().writes(12_u64))
    }
    /// Reads dispute and layout; writes the dispute and two entries of what is due.
    fn reveal() -> Weight {
        // Minimum execution time: 31_668_000 picoseconds.
        Weight::from_parts(38_588_000, 19867)
            .saturating_add(T::DbWeight::get().reads(2_u64))
            .saturating_add(T::DbWeight::get().writes(3_u64))
    }
    /// As `reveal`.
    fn choose() -> Weight {
        // Minimum execution time: 30_566_000 picoseconds.
        Weight::from_parts(34_201_000, 19867)
            .saturating_add(T::DbWeight::get().reads(2_u64))
            .saturating_add(T::DbWeight::get().writes(3_u64))
    }
    /// Beside a long manifest and what the verdict takes: reads dispute, input and manifest; writes
    /// what `close` does.
    ///
    /// The range of component `k` is `[1, 256]`.
    fn defend(k: u32) -> Weight {
        Weight::from_parts(600_000_000, 76_000)
            .saturating_add(Weight::from_parts(30_000_000, 0).saturating_mul(k.into()))
            .saturating_add(T::DbWeight::get().reads(3_u64))
            .saturating_add(T::DbWeight::get().writes(12_u64))
    }
    /// Beside what the verdict takes, as `close`.
    fn expire() -> Weight {
        // Minimum execution time: 34_882_000 picoseconds.
        Weight::from_parts(43_344_000, 13191)
            .saturating_add(T::DbWeight::get().reads(3_u64))
            .saturating_add(T::DbWeight::get().writes(12_u64))
    }
    fn on_poll_base() -> Weight {
        // Minimum execution time: 3_635_000 picoseconds.
        Weight::from_parts(4_086_000, 1489).saturating_add(T::DbWeight::get().reads(1_u64))
    }
    /// Reads the next entry of what is due, and its dispute.
    fn on_poll_step() -> Weight {
        // Minimum execution time: 7_912_000 picoseconds.
        Weight::from_parts(14_752_000, 4347).saturating_add(T::DbWeight::get().reads(2_u64))
    }
}
