//! Weights of `pallet_inference`, measured by `scripts/benchmark.sh`.
//!
//! Date: 2026-11-21, steps: 10, repeats: 5, Wasm execution: Compiled, chain: Some("dev").

#![allow(unused_parens)]
#![allow(unused_imports)]

use frame::weights_prelude::*;

/// Weight functions needed for `pallet_inference`.
pub trait WeightInfo {
    fn request_inference(i: u32, c: u32) -> Weight;
    fn answer() -> Weight;
    fn submit_result(o: u32) -> Weight;
    fn settle_result() -> Weight;
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
        // Minimum execution time: 473_222_000 picoseconds.
        Weight::from_parts(181_516_427, 6807)
            // Standard error: 972
            .saturating_add(Weight::from_parts(144_722, 0).saturating_mul(i.into()))
            // Standard error: 63_212
            .saturating_add(Weight::from_parts(4_165_884, 0).saturating_mul(c.into()))
            .saturating_add(T::DbWeight::get().reads(7_u64))
            .saturating_add(T::DbWeight::get().reads((1_u64).saturating_mul(c.into())))
            .saturating_add(T::DbWeight::get().writes(7_u64))
            .saturating_add(Weight::from_parts(0, 3128).saturating_mul(c.into()))
    }
    fn answer() -> Weight {
        // An estimate until the benchmarks have run: a request, and its record.
        Weight::from_parts(250_000_000, 6807)
            .saturating_add(T::DbWeight::get().reads(9_u64))
            .saturating_add(T::DbWeight::get().writes(7_u64))
    }
    /// The range of component `o` is `[1, 1024]`.
    fn submit_result(o: u32) -> Weight {
        // Minimum execution time: 1_752_059_000 picoseconds.
        Weight::from_parts(1_817_277_984, 8799)
            // Standard error: 2_384
            .saturating_add(Weight::from_parts(962_593, 0).saturating_mul(o.into()))
            .saturating_add(T::DbWeight::get().reads(8_u64))
            .saturating_add(T::DbWeight::get().writes(12_u64))
    }
    fn settle_result() -> Weight {
        // Minimum execution time: 1_799_919_000 picoseconds.
        Weight::from_parts(1_858_336_000, 11402)
            .saturating_add(T::DbWeight::get().reads(9_u64))
            .saturating_add(T::DbWeight::get().writes(13_u64))
    }
    fn expire() -> Weight {
        // Minimum execution time: 134_530_000 picoseconds.
        Weight::from_parts(139_557_000, 8799)
            .saturating_add(T::DbWeight::get().reads(7_u64))
            .saturating_add(T::DbWeight::get().writes(12_u64))
    }
    fn on_poll_base() -> Weight {
        // Minimum execution time: 2_945_000 picoseconds.
        Weight::from_parts(3_275_000, 1489).saturating_add(T::DbWeight::get().reads(1_u64))
    }
    fn on_poll_step() -> Weight {
        // Minimum execution time: 3_595_000 picoseconds.
        Weight::from_parts(4_126_000, 3485).saturating_add(T::DbWeight::get().reads(1_u64))
    }
    fn expire_due() -> Weight {
        // Minimum execution time: 129_002_000 picoseconds.
        Weight::from_parts(133_969_000, 8799)
            .saturating_add(T::DbWeight::get().reads(7_u64))
            .saturating_add(T::DbWeight::get().writes(12_u64))
    }
}
