//! Weights of `pallet_subscriptions`, measured by `scripts/benchmark.sh`.
//!
//! Where a branch that the benchmarks do not take touches more of the storage than they do, reads and
//! writes are counted by hand.
//!
//! Date: 2026-11-30, steps: 10, repeats: 5, Wasm execution: Compiled, chain: Some("dev").

#![allow(unused_parens)]
#![allow(unused_imports)]

use frame::weights_prelude::*;

/// Weight functions needed for `pallet_subscriptions`.
pub trait WeightInfo {
    fn set_plan() -> Weight;
    fn remove_plan() -> Weight;
    fn subscribe() -> Weight;
    fn settle_period() -> Weight;
    fn cancel() -> Weight;
    fn terminate() -> Weight;
    fn report_absence() -> Weight;
    fn draw() -> Weight;
    fn note_failure() -> Weight;
    fn on_poll_base() -> Weight;
    fn on_poll_step() -> Weight;
    fn settle_due() -> Weight;
}

/// Weights for `pallet_subscriptions` with the runtime's database weight.
pub struct SubstrateWeight<T>(PhantomData<T>);
impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
    /// Reads model, key, provider, its offers, the number and its plans; writes the number, its
    /// plans, the new plan and the one that it replaces.
    fn set_plan() -> Weight {
        // Minimum execution time: 47_721_000 picoseconds.
        Weight::from_parts(53_460_000, 12695)
            .saturating_add(T::DbWeight::get().reads(6_u64))
            .saturating_add(T::DbWeight::get().writes(4_u64))
    }
    /// Reads the plan, its provider, its offers and its plans; writes the plan and its plans.
    fn remove_plan() -> Weight {
        // Minimum execution time: 40_210_000 picoseconds.
        Weight::from_parts(45_758_000, 12695)
            .saturating_add(T::DbWeight::get().reads(4_u64))
            .saturating_add(T::DbWeight::get().writes(2_u64))
    }
    /// Reads the plan, model, key, provider, its offers, the number, the subscriber's account and
    /// holds; writes the number, the subscription, two index entries, one by block, account and holds.
    fn subscribe() -> Weight {
        // Minimum execution time: 91_506_000 picoseconds.
        Weight::from_parts(96_884_000, 12695)
            .saturating_add(T::DbWeight::get().reads(8_u64))
            .saturating_add(T::DbWeight::get().writes(7_u64))
    }
    /// The subscription, and what settling takes.
    fn settle_period() -> Weight {
        // Minimum execution time: 131_727_000 picoseconds.
        Weight::from_parts(136_945_000, 12695)
            .saturating_add(T::DbWeight::get().reads(9_u64))
            .saturating_add(T::DbWeight::get().writes(9_u64))
    }
    /// As `settle_period`, and two more payments between the same accounts.
    fn cancel() -> Weight {
        // Minimum execution time: 210_525_000 picoseconds.
        Weight::from_parts(219_248_000, 12695)
            .saturating_add(T::DbWeight::get().reads(9_u64))
            .saturating_add(T::DbWeight::get().writes(9_u64))
    }
    /// As `cancel`.
    fn terminate() -> Weight {
        // Minimum execution time: 163_995_000 picoseconds.
        Weight::from_parts(173_619_000, 12695)
            .saturating_add(T::DbWeight::get().reads(9_u64))
            .saturating_add(T::DbWeight::get().writes(9_u64))
    }
    /// As `settle_period`, and another look at the offers.
    fn report_absence() -> Weight {
        // Minimum execution time: 104_496_000 picoseconds.
        Weight::from_parts(118_877_000, 12695)
            .saturating_add(T::DbWeight::get().reads(9_u64))
            .saturating_add(T::DbWeight::get().writes(9_u64))
    }
    /// As `settle_period`, and a release of the same hold.
    fn draw() -> Weight {
        // Minimum execution time: 163_053_000 picoseconds.
        Weight::from_parts(199_157_000, 12695)
            .saturating_add(T::DbWeight::get().reads(9_u64))
            .saturating_add(T::DbWeight::get().writes(9_u64))
    }
    /// As `settle_period`.
    fn note_failure() -> Weight {
        // Minimum execution time: 125_447_000 picoseconds.
        Weight::from_parts(134_831_000, 12695)
            .saturating_add(T::DbWeight::get().reads(9_u64))
            .saturating_add(T::DbWeight::get().writes(9_u64))
    }
    /// Reads and writes the cursor.
    fn on_poll_base() -> Weight {
        // Minimum execution time: 2_434_000 picoseconds.
        Weight::from_parts(2_704_000, 1489)
            .saturating_add(T::DbWeight::get().reads(1_u64))
            .saturating_add(T::DbWeight::get().writes(1_u64))
    }
    /// Reads the next entry of a block, and its subscription.
    fn on_poll_step() -> Weight {
        // Minimum execution time: 10_055_000 picoseconds.
        Weight::from_parts(13_951_000, 3681).saturating_add(T::DbWeight::get().reads(2_u64))
    }
    /// What settling takes.
    fn settle_due() -> Weight {
        // Minimum execution time: 120_770_000 picoseconds.
        Weight::from_parts(126_619_000, 12695)
            .saturating_add(T::DbWeight::get().reads(8_u64))
            .saturating_add(T::DbWeight::get().writes(9_u64))
    }
}
