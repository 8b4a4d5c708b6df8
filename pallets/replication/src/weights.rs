//! Weights of `pallet_replication`, measured by `scripts/benchmark.sh`.
//!
//! Where a branch that the benchmarks do not take touches more of the storage than they do, reads and
//! writes are counted by hand.
//!
//! Date: 2026-11-30, steps: 10, repeats: 5, Wasm execution: Compiled, chain: Some("dev").

#![allow(unused_parens)]
#![allow(unused_imports)]

use frame::weights_prelude::*;

/// Weight functions needed for `pallet_replication`.
pub trait WeightInfo {
    fn open(c: u32) -> Weight;
    fn draw(c: u32) -> Weight;
    fn commit() -> Weight;
    fn reveal(o: u32) -> Weight;
    fn appeal_with_proof() -> Weight;
    fn appeal_by_dispute() -> Weight;
    fn advance() -> Weight;
    fn conclude() -> Weight;
    fn on_poll_base() -> Weight;
    fn on_poll_step() -> Weight;
}

/// Weights for `pallet_replication` with the runtime's database weight.
pub struct SubstrateWeight<T>(PhantomData<T>);
impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
    /// The range of component `c` is `[7, 64]`.
    ///
    /// Reads the ranking, a provider for each offer, the requester's account and holds; writes those,
    /// the request, its input and when it is due.
    fn open(c: u32) -> Weight {
        // Minimum execution time: 94_131_000 picoseconds.
        Weight::from_parts(60_032_606, 12695)
            // Standard error: 4_377
            .saturating_add(Weight::from_parts(5_365_988, 0).saturating_mul(c.into()))
            .saturating_add(T::DbWeight::get().reads(4_u64))
            .saturating_add(T::DbWeight::get().reads((1_u64).saturating_mul(c.into())))
            .saturating_add(T::DbWeight::get().writes(6_u64))
            .saturating_add(Weight::from_parts(0, 3715).saturating_mul(c.into()))
    }
    /// The range of component `c` is `[7, 64]`.
    ///
    /// Reads the ranking, a provider for each offer and the parent's hash; writes seven providers and
    /// index entries, the request, and when it is due.
    fn draw(c: u32) -> Weight {
        // Minimum execution time: 88_963_000 picoseconds.
        Weight::from_parts(46_496_853, 12695)
            // Standard error: 4_350
            .saturating_add(Weight::from_parts(6_665_517, 0).saturating_mul(c.into()))
            .saturating_add(T::DbWeight::get().reads(9_u64))
            .saturating_add(T::DbWeight::get().reads((1_u64).saturating_mul(c.into())))
            .saturating_add(T::DbWeight::get().writes(17_u64))
            .saturating_add(Weight::from_parts(0, 3715).saturating_mul(c.into()))
    }
    /// Reads and writes the request and the provider; writes when it is due.
    fn commit() -> Weight {
        // Minimum execution time: 27_160_000 picoseconds.
        Weight::from_parts(29_083_000, 5321)
            .saturating_add(T::DbWeight::get().reads(2_u64))
            .saturating_add(T::DbWeight::get().writes(4_u64))
    }
    /// The range of component `o` is `[1, 1024]`.
    ///
    /// Reads the request, the provider and the genesis hash; writes the request, the provider and the
    /// output, which is hashed twice.
    fn reveal(o: u32) -> Weight {
        // Minimum execution time: 32_378_000 picoseconds.
        Weight::from_parts(34_901_622, 5321)
            // Standard error: 59
            .saturating_add(Weight::from_parts(31_003, 0).saturating_mul(o.into()))
            .saturating_add(T::DbWeight::get().reads(3_u64))
            .saturating_add(T::DbWeight::get().writes(3_u64))
    }
    /// As `conclude`, with a verification.
    fn appeal_with_proof() -> Weight {
        // Minimum execution time: 1_618_516_000 picoseconds.
        Weight::from_parts(1_747_007_000, 47449)
            .saturating_add(T::DbWeight::get().reads(42_u64))
            .saturating_add(T::DbWeight::get().writes(62_u64))
    }
    /// Reads the request and its input, writes the request.
    fn appeal_by_dispute() -> Weight {
        // Minimum execution time: 52_999_000 picoseconds.
        Weight::from_parts(57_446_000, 69017)
            .saturating_add(T::DbWeight::get().reads(4_u64))
            .saturating_add(T::DbWeight::get().writes(11_u64))
    }
    /// As `conclude`.
    fn advance() -> Weight {
        // Minimum execution time: 1_252_669_000 picoseconds.
        Weight::from_parts(1_311_207_000, 47449)
            .saturating_add(T::DbWeight::get().reads(38_u64))
            .saturating_add(T::DbWeight::get().writes(62_u64))
    }
    /// Reads and writes seven providers and what counts of the requester's fees with them, seven
    /// outputs and ten accounts; writes seven index entries, nine of the record, the record, seven
    /// slashes and the model; removes the request.
    fn conclude() -> Weight {
        // Minimum execution time: 1_217_076_000 picoseconds.
        Weight::from_parts(1_286_039_000, 47449)
            .saturating_add(T::DbWeight::get().reads(38_u64))
            .saturating_add(T::DbWeight::get().writes(62_u64))
    }
    fn on_poll_base() -> Weight {
        // Minimum execution time: 3_735_000 picoseconds.
        Weight::from_parts(4_236_000, 1489).saturating_add(T::DbWeight::get().reads(1_u64))
    }
    fn on_poll_step() -> Weight {
        // Minimum execution time: 9_585_000 picoseconds.
        Weight::from_parts(10_596_000, 5321).saturating_add(T::DbWeight::get().reads(2_u64))
    }
}
