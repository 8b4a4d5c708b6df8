//! Weights of `pallet_model_registry`, measured by `scripts/benchmark.sh`.
//!
//! Date: 2026-11-30, steps: 10, repeats: 5, Wasm execution: Compiled, chain: Some("dev").

#![allow(unused_parens)]
#![allow(unused_imports)]

use frame::weights_prelude::*;

/// Weight functions needed for `pallet_model_registry`.
pub trait WeightInfo {
    fn register(n: u32, m: u32) -> Weight;
    fn register_key() -> Weight;
    fn update_pricing() -> Weight;
    fn deprecate() -> Weight;
    fn transfer() -> Weight;
    fn upload_chunk(b: u32) -> Weight;
    fn finalize(c: u32, m: u32, a: u32) -> Weight;
    fn clear_chunks(c: u32) -> Weight;
    fn store_state(m: u32, c: u32) -> Weight;
}

/// Weights for `pallet_model_registry` with the runtime's database weight.
pub struct SubstrateWeight<T>(PhantomData<T>);
impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
    /// The range of component `n` is `[1, 64]`.
    /// The range of component `m` is `[256, 65536]`.
    fn register(n: u32, m: u32) -> Weight {
        // Minimum execution time: 63_404_000 picoseconds.
        Weight::from_parts(60_420_954, 3766)
            // Standard error: 7_749
            .saturating_add(Weight::from_parts(52_961, 0).saturating_mul(n.into()))
            // Standard error: 7
            .saturating_add(Weight::from_parts(6_208, 0).saturating_mul(m.into()))
            .saturating_add(T::DbWeight::get().reads(6_u64))
            .saturating_add(T::DbWeight::get().writes(7_u64))
    }
    fn register_key() -> Weight {
        // Minimum execution time: 1_132_660_000 picoseconds.
        Weight::from_parts(1_195_734_000, 4034)
            .saturating_add(T::DbWeight::get().reads(6_u64))
            .saturating_add(T::DbWeight::get().writes(6_u64))
    }
    fn update_pricing() -> Weight {
        // Minimum execution time: 9_233_000 picoseconds.
        Weight::from_parts(10_075_000, 3687)
            .saturating_add(T::DbWeight::get().reads(1_u64))
            .saturating_add(T::DbWeight::get().writes(1_u64))
    }
    fn deprecate() -> Weight {
        // Minimum execution time: 9_234_000 picoseconds.
        Weight::from_parts(10_045_000, 3687)
            .saturating_add(T::DbWeight::get().reads(1_u64))
            .saturating_add(T::DbWeight::get().writes(1_u64))
    }
    fn transfer() -> Weight {
        // Minimum execution time: 95_742_000 picoseconds.
        Weight::from_parts(101_091_000, 6542)
            .saturating_add(T::DbWeight::get().reads(7_u64))
            .saturating_add(T::DbWeight::get().writes(7_u64))
    }
    /// The range of component `b` is `[1, 65536]`.
    fn upload_chunk(b: u32) -> Weight {
        // Minimum execution time: 52_448_000 picoseconds.
        Weight::from_parts(56_087_442, 3766)
            // Standard error: 0
            .saturating_add(Weight::from_parts(309, 0).saturating_mul(b.into()))
            .saturating_add(T::DbWeight::get().reads(4_u64))
            .saturating_add(T::DbWeight::get().writes(4_u64))
    }
    /// The range of component `c` is `[1, 16]`.
    /// The range of component `m` is `[0, 5000]`.
    /// The range of component `a` is `[0, 1000000]`.
    fn finalize(c: u32, _m: u32, a: u32) -> Weight {
        // Minimum execution time: 2_127_114_000 picoseconds.
        Weight::from_parts(2_188_286_000, 69017)
            // Standard error: 3_336_924
            .saturating_add(Weight::from_parts(74_579_663, 0).saturating_mul(c.into()))
            // Standard error: 52
            .saturating_add(Weight::from_parts(744, 0).saturating_mul(a.into()))
            .saturating_add(T::DbWeight::get().reads(3_u64))
            .saturating_add(T::DbWeight::get().reads((1_u64).saturating_mul(c.into())))
            .saturating_add(T::DbWeight::get().writes(1_u64))
            .saturating_add(Weight::from_parts(0, 68039).saturating_mul(c.into()))
    }
    /// The range of component `c` is `[1, 16]`.
    fn clear_chunks(c: u32) -> Weight {
        // Minimum execution time: 49_193_000 picoseconds.
        Weight::from_parts(52_193_787, 3766)
            // Standard error: 35_469
            .saturating_add(Weight::from_parts(2_997_388, 0).saturating_mul(c.into()))
            .saturating_add(T::DbWeight::get().reads(4_u64))
            .saturating_add(T::DbWeight::get().writes(3_u64))
            .saturating_add(T::DbWeight::get().writes((1_u64).saturating_mul(c.into())))
    }
    /// The range of component `m` is `[0, 10000]`.
    /// The range of component `c` is `[1, 16]`.
    fn store_state(m: u32, c: u32) -> Weight {
        // Minimum execution time: 411_404_000 picoseconds.
        Weight::from_parts(165_632_485, 42542)
            // Standard error: 1_067
            .saturating_add(Weight::from_parts(21_991, 0).saturating_mul(m.into()))
            // Standard error: 694_423
            .saturating_add(Weight::from_parts(62_524_736, 0).saturating_mul(c.into()))
            .saturating_add(T::DbWeight::get().reads(21_u64))
            .saturating_add(T::DbWeight::get().writes(8_u64))
            .saturating_add(T::DbWeight::get().writes((1_u64).saturating_mul(c.into())))
    }
}
