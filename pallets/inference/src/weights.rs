//! Weights of `pallet_inference`, measured by `scripts/benchmark.sh`.
//!
//! Date: 2026-11-21, steps: 10, repeats: 8, Wasm execution: Compiled, chain: Some("dev").

#![allow(unused_parens)]
#![allow(unused_imports)]

use frame::weights_prelude::*;

/// Weight functions needed for `pallet_inference`.
pub trait WeightInfo {
    fn request_inference(i: u32, c: u32) -> Weight;
    fn answer() -> Weight;
    fn submit_result(o: u32) -> Weight;
    fn settle_result() -> Weight;
    fn submit_results(n: u32, k: u32) -> Weight;
    fn expire() -> Weight;
    fn on_poll_base() -> Weight;
    fn on_poll_step() -> Weight;
    fn expire_due() -> Weight;
}

/// Weights for `pallet_inference` with the runtime's database weight.
pub struct SubstrateWeight<T>(PhantomData<T>);
impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
    /// The range of component `i` is `[1, 4096]`.
    /// The range of component `c` is `[1, 64]`.
    fn request_inference(i: u32, c: u32) -> Weight {
        // Minimum execution time: 491_069_000 picoseconds.
        Weight::from_parts(202_834_192, 6807)
            // Standard error: 1_152
            .saturating_add(Weight::from_parts(143_105, 0).saturating_mul(i.into()))
            // Standard error: 74_892
            .saturating_add(Weight::from_parts(4_529_483, 0).saturating_mul(c.into()))
            .saturating_add(T::DbWeight::get().reads(7_u64))
            .saturating_add(T::DbWeight::get().reads((1_u64).saturating_mul(c.into())))
            .saturating_add(T::DbWeight::get().writes(7_u64))
            .saturating_add(Weight::from_parts(0, 3128).saturating_mul(c.into()))
    }
    fn answer() -> Weight {
        // Minimum execution time: 466_532_000 picoseconds.
        Weight::from_parts(497_398_000, 69029)
            .saturating_add(T::DbWeight::get().reads(10_u64))
            .saturating_add(T::DbWeight::get().writes(6_u64))
    }
    /// The range of component `o` is `[1, 1024]`.
    fn submit_result(o: u32) -> Weight {
        // Minimum execution time: 1_819_581_000 picoseconds.
        Weight::from_parts(2_061_653_574, 8799)
            // Standard error: 23_584
            .saturating_add(Weight::from_parts(1_227_640, 0).saturating_mul(o.into()))
            .saturating_add(T::DbWeight::get().reads(8_u64))
            .saturating_add(T::DbWeight::get().writes(12_u64))
    }
    fn settle_result() -> Weight {
        // Minimum execution time: 1_805_901_000 picoseconds.
        Weight::from_parts(1_952_870_000, 11402)
            .saturating_add(T::DbWeight::get().reads(9_u64))
            .saturating_add(T::DbWeight::get().writes(13_u64))
    }
    /// The range of component `n` is `[16, 64]`.
    /// The range of component `k` is `[1, 16]`.
    fn submit_results(n: u32, k: u32) -> Weight {
        // An estimate until the benchmarks have run: what a settlement takes without its
        // verification, for each result, and the figures behind the batch's gas.
        Weight::from_parts(700_000_000, 11402)
            .saturating_add(Weight::from_parts(1_000_000_000, 0).saturating_mul(n.into()))
            .saturating_add(Weight::from_parts(1_300_000_000, 0).saturating_mul(k.into()))
            .saturating_add(T::DbWeight::get().reads(5_u64))
            .saturating_add(T::DbWeight::get().reads((4_u64).saturating_mul(n.into())))
            .saturating_add(T::DbWeight::get().reads((3_u64).saturating_mul(k.into())))
            .saturating_add(T::DbWeight::get().writes(4_u64))
            .saturating_add(T::DbWeight::get().writes((8_u64).saturating_mul(n.into())))
            .saturating_add(T::DbWeight::get().writes((2_u64).saturating_mul(k.into())))
            .saturating_add(Weight::from_parts(0, 6000).saturating_mul(n.into()))
            .saturating_add(Weight::from_parts(0, 3800).saturating_mul(k.into()))
    }
    fn expire() -> Weight {
        // Minimum execution time: 138_005_000 picoseconds.
        Weight::from_parts(147_048_000, 8799)
            .saturating_add(T::DbWeight::get().reads(7_u64))
            .saturating_add(T::DbWeight::get().writes(12_u64))
    }
    fn on_poll_base() -> Weight {
        // Minimum execution time: 2_984_000 picoseconds.
        Weight::from_parts(3_345_000, 1489).saturating_add(T::DbWeight::get().reads(1_u64))
    }
    fn on_poll_step() -> Weight {
        // Minimum execution time: 4_196_000 picoseconds.
        Weight::from_parts(4_687_000, 3485).saturating_add(T::DbWeight::get().reads(1_u64))
    }
    fn expire_due() -> Weight {
        // Minimum execution time: 131_225_000 picoseconds.
        Weight::from_parts(137_484_000, 8799)
            .saturating_add(T::DbWeight::get().reads(7_u64))
            .saturating_add(T::DbWeight::get().writes(12_u64))
    }
}
