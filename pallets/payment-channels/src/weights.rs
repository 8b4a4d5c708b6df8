//! Weights of `pallet_payment_channels`, measured by `scripts/benchmark.sh`.
//!
//! Where a branch that the benchmarks do not take touches more of the storage than they do, reads and
//! writes are counted by hand.
//!
//! Date: 2026-11-30, steps: 10, repeats: 5, Wasm execution: Compiled, chain: Some("dev").

#![allow(unused_parens)]
#![allow(unused_imports)]

use frame::weights_prelude::*;

/// Weight functions needed for `pallet_payment_channels`.
pub trait WeightInfo {
    fn open() -> Weight;
    fn top_up() -> Weight;
    fn redeem() -> Weight;
    fn close() -> Weight;
    fn withdraw() -> Weight;
}

/// Weights for `pallet_payment_channels` with the runtime's database weight.
pub struct SubstrateWeight<T>(PhantomData<T>);
impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
    /// Reads model, key, provider, its offers, the number, the payer's account and holds;
    /// writes the number, the channel, two index entries, account and holds.
    fn open() -> Weight {
        // Minimum execution time: 76_554_000 picoseconds.
        Weight::from_parts(81_612_000, 12695)
            .saturating_add(T::DbWeight::get().reads(7_u64))
            .saturating_add(T::DbWeight::get().writes(6_u64))
    }
    /// Reads and writes the channel, the payer's account and holds.
    fn top_up() -> Weight {
        // Minimum execution time: 53_470_000 picoseconds.
        Weight::from_parts(57_306_000, 3766)
            .saturating_add(T::DbWeight::get().reads(3_u64))
            .saturating_add(T::DbWeight::get().writes(3_u64))
    }
    /// Reads the channel, the genesis hash, the payer's account and holds, and the accounts
    /// of provider, owner and treasury; writes all but the hash.
    fn redeem() -> Weight {
        // Minimum execution time: 205_246_000 picoseconds.
        Weight::from_parts(214_230_000, 11402)
            .saturating_add(T::DbWeight::get().reads(7_u64))
            .saturating_add(T::DbWeight::get().writes(6_u64))
    }
    /// Reads the channel, the payer's account and holds; writes them and two index entries.
    fn close() -> Weight {
        // Minimum execution time: 52_809_000 picoseconds.
        Weight::from_parts(56_604_000, 3766)
            .saturating_add(T::DbWeight::get().reads(3_u64))
            .saturating_add(T::DbWeight::get().writes(5_u64))
    }
    /// As `close`.
    fn withdraw() -> Weight {
        // Minimum execution time: 53_220_000 picoseconds.
        Weight::from_parts(58_137_000, 3766)
            .saturating_add(T::DbWeight::get().reads(3_u64))
            .saturating_add(T::DbWeight::get().writes(5_u64))
    }
}
