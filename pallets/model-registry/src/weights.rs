//! Weights of `pallet_model_registry`, measured by `scripts/benchmark.sh`.
//!
//! Date: 2026-11-21, steps: 10, repeats: 8, Wasm execution: Compiled, chain: Some("dev").

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
    fn register(_n: u32, m: u32) -> Weight {
        // Minimum execution time: 84_326_000 picoseconds.
        Weight::from_parts(82_464_446, 3679)
            // Standard error: 16
            .saturating_add(Weight::from_parts(8_827, 0).saturating_mul(m.into()))
            .saturating_add(T::DbWeight::get().reads(6_u64))
            .saturating_add(T::DbWeight::get().writes(7_u64))
    }
    fn register_key() -> Weight {
        // Minimum execution time: 1_588_078_000 picoseconds.
        Weight::from_parts(1_713_184_000, 4034)
            .saturating_add(T::DbWeight::get().reads(6_u64))
            .saturating_add(T::DbWeight::get().writes(6_u64))
    }
    fn update_pricing() -> Weight {
        // Minimum execution time: 13_259_000 picoseconds.
        Weight::from_parts(14_511_000, 3679)
            .saturating_add(T::DbWeight::get().reads(1_u64))
            .saturating_add(T::DbWeight::get().writes(1_u64))
    }
    fn deprecate() -> Weight {
        // Minimum execution time: 12_910_000 picoseconds.
        Weight::from_parts(14_341_000, 3679)
            .saturating_add(T::DbWeight::get().reads(1_u64))
            .saturating_add(T::DbWeight::get().writes(1_u64))
    }
    fn transfer() -> Weight {
        // Minimum execution time: 130_554_000 picoseconds.
        Weight::from_parts(135_902_000, 6254)
            .saturating_add(T::DbWeight::get().reads(7_u64))
            .saturating_add(T::DbWeight::get().writes(7_u64))
    }
    /// The range of component `b` is `[1, 65536]`.
    fn upload_chunk(b: u32) -> Weight {
        // Minimum execution time: 69_323_000 picoseconds.
        Weight::from_parts(72_646_620, 3679)
            // Standard error: 0
            .saturating_add(Weight::from_parts(617, 0).saturating_mul(b.into()))
            .saturating_add(T::DbWeight::get().reads(4_u64))
            .saturating_add(T::DbWeight::get().writes(4_u64))
    }
    /// The range of component `c` is `[1, 16]`.
    /// The range of component `m` is `[0, 5000]`.
    /// The range of component `a` is `[0, 1000000]`.
    fn finalize(c: u32, _m: u32, a: u32) -> Weight {
        // Minimum execution time: 2_855_029_000 picoseconds.
        Weight::from_parts(2_889_079_000, 69017)
            // Standard error: 6_080_965
            .saturating_add(Weight::from_parts(117_491_024, 0).saturating_mul(c.into()))
            // Standard error: 95
            .saturating_add(Weight::from_parts(920, 0).saturating_mul(a.into()))
            .saturating_add(T::DbWeight::get().reads(3_u64))
            .saturating_add(T::DbWeight::get().reads((1_u64).saturating_mul(c.into())))
            .saturating_add(T::DbWeight::get().writes(1_u64))
            .saturating_add(Weight::from_parts(0, 68039).saturating_mul(c.into()))
    }
    /// The range of component `c` is `[1, 16]`.
    fn clear_chunks(c: u32) -> Weight {
        // Minimum execution time: 64_757_000 picoseconds.
        Weight::from_parts(68_947_701, 3679)
            // Standard error: 32_169
            .saturating_add(Weight::from_parts(3_176_550, 0).saturating_mul(c.into()))
            .saturating_add(T::DbWeight::get().reads(4_u64))
            .saturating_add(T::DbWeight::get().writes(3_u64))
            .saturating_add(T::DbWeight::get().writes((1_u64).saturating_mul(c.into())))
    }
    /// The range of component `m` is `[0, 10000]`.
    /// The range of component `c` is `[1, 16]`.
    fn store_state(m: u32, c: u32) -> Weight {
        // Minimum execution time: 539_762_000 picoseconds.
        Weight::from_parts(212_220_633, 42542)
            // Standard error: 1_857
            .saturating_add(Weight::from_parts(25_860, 0).saturating_mul(m.into()))
            // Standard error: 1_208_458
            .saturating_add(Weight::from_parts(90_930_285, 0).saturating_mul(c.into()))
            .saturating_add(T::DbWeight::get().reads(21_u64))
            .saturating_add(T::DbWeight::get().writes(8_u64))
            .saturating_add(T::DbWeight::get().writes((1_u64).saturating_mul(c.into())))
    }
}
