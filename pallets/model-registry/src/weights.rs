//! Weights of `pallet_model_registry`, measured by `scripts/benchmark.sh`.
//!
//! Date: 2026-11-21, steps: 10, repeats: 5, Wasm execution: Compiled, chain: Some("dev").

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
        // Minimum execution time: 78_396_000 picoseconds.
        Weight::from_parts(74_670_652, 3679)
            // Standard error: 14_956
            .saturating_add(Weight::from_parts(55_311, 0).saturating_mul(n.into()))
            // Standard error: 14
            .saturating_add(Weight::from_parts(8_362, 0).saturating_mul(m.into()))
            .saturating_add(T::DbWeight::get().reads(6_u64))
            .saturating_add(T::DbWeight::get().writes(7_u64))
    }
    fn register_key() -> Weight {
        // Minimum execution time: 1_574_275_000 picoseconds.
        Weight::from_parts(1_626_552_000, 3938)
            .saturating_add(T::DbWeight::get().reads(5_u64))
            .saturating_add(T::DbWeight::get().writes(6_u64))
    }
    fn update_pricing() -> Weight {
        // Minimum execution time: 13_771_000 picoseconds.
        Weight::from_parts(15_143_000, 3679)
            .saturating_add(T::DbWeight::get().reads(1_u64))
            .saturating_add(T::DbWeight::get().writes(1_u64))
    }
    fn deprecate() -> Weight {
        // Minimum execution time: 13_640_000 picoseconds.
        Weight::from_parts(15_162_000, 3679)
            .saturating_add(T::DbWeight::get().reads(1_u64))
            .saturating_add(T::DbWeight::get().writes(1_u64))
    }
    fn transfer() -> Weight {
        // Minimum execution time: 75_291_000 picoseconds.
        Weight::from_parts(120_000_000, 6196)
            .saturating_add(T::DbWeight::get().reads(7_u64))
            .saturating_add(T::DbWeight::get().writes(7_u64))
    }
    /// The range of component `b` is `[1, 65536]`.
    fn upload_chunk(b: u32) -> Weight {
        Weight::from_parts(70_000_000, 3679)
            .saturating_add(Weight::from_parts(1_500, 0).saturating_mul(b.into()))
            .saturating_add(T::DbWeight::get().reads(4_u64))
            .saturating_add(T::DbWeight::get().writes(4_u64))
    }
    /// The range of component `c` is `[1, 16]`.
    /// The range of component `m` is `[0, 5000]`.
    /// The range of component `a` is `[0, 1000000]`.
    fn finalize(c: u32, m: u32, a: u32) -> Weight {
        Weight::from_parts(100_000_000, 69004)
            .saturating_add(Weight::from_parts(350_000_000, 0).saturating_mul(c.into()))
            .saturating_add(Weight::from_parts(250_000, 0).saturating_mul(m.into()))
            .saturating_add(Weight::from_parts(20_000, 0).saturating_mul(a.into()))
            .saturating_add(T::DbWeight::get().reads(3_u64))
            .saturating_add(T::DbWeight::get().reads((1_u64).saturating_mul(c.into())))
            .saturating_add(T::DbWeight::get().writes(1_u64))
            .saturating_add(Weight::from_parts(0, 68011).saturating_mul(c.into()))
    }
    /// The range of component `c` is `[1, 16]`.
    fn clear_chunks(c: u32) -> Weight {
        Weight::from_parts(70_000_000, 3679)
            .saturating_add(Weight::from_parts(3_000_000, 0).saturating_mul(c.into()))
            .saturating_add(T::DbWeight::get().reads(4_u64))
            .saturating_add(T::DbWeight::get().writes(3_u64))
            .saturating_add(T::DbWeight::get().writes((1_u64).saturating_mul(c.into())))
    }
    /// The range of component `m` is `[0, 10000]`.
    /// The range of component `c` is `[1, 16]`.
    fn store_state(m: u32, c: u32) -> Weight {
        Weight::from_parts(250_000_000, 41440)
            .saturating_add(Weight::from_parts(150_000, 0).saturating_mul(m.into()))
            .saturating_add(Weight::from_parts(150_000_000, 0).saturating_mul(c.into()))
            .saturating_add(T::DbWeight::get().reads(22_u64))
            .saturating_add(T::DbWeight::get().writes(8_u64))
            .saturating_add(T::DbWeight::get().writes((1_u64).saturating_mul(c.into())))
    }
}
