//! Weights of `pallet_ceremonies`, measured by `scripts/benchmark.sh`.
//!
//! Date: 2026-11-21, steps: 8, repeats: 5, Wasm execution: Compiled, chain: Some("dev").

#![allow(unused_parens)]
#![allow(unused_imports)]

use frame::weights_prelude::*;

/// Weight functions needed for `pallet_ceremonies`.
pub trait WeightInfo {
    fn pin_phase1() -> Weight;
    fn open() -> Weight;
    fn contribute() -> Weight;
    fn challenge(n: u32) -> Weight;
    fn finalize(n: u32) -> Weight;
    fn close(n: u32) -> Weight;
    fn discard(n: u32) -> Weight;
    fn abort(n: u32) -> Weight;
}

/// Weights for `pallet_ceremonies` with the runtime's database weight.
pub struct SubstrateWeight<T>(PhantomData<T>);
impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
    fn pin_phase1() -> Weight {
        // Minimum execution time: 6_360_000 picoseconds.
        Weight::from_parts(7_351_000, 0).saturating_add(T::DbWeight::get().writes(1_u64))
    }
    fn open() -> Weight {
        // Minimum execution time: 1_331_426_000 picoseconds.
        Weight::from_parts(1_388_472_000, 3938)
            .saturating_add(T::DbWeight::get().reads(8_u64))
            .saturating_add(T::DbWeight::get().writes(6_u64))
    }
    fn contribute() -> Weight {
        // Minimum execution time: 1_440_038_000 picoseconds.
        Weight::from_parts(1_509_822_000, 3730)
            .saturating_add(T::DbWeight::get().reads(5_u64))
            .saturating_add(T::DbWeight::get().writes(5_u64))
    }
    /// The range of component `n` is `[1, 32]`.
    fn challenge(n: u32) -> Weight {
        // Minimum execution time: 1_566_235_000 picoseconds.
        Weight::from_parts(1_601_554_338, 6196)
            // Standard error: 214_553
            .saturating_add(Weight::from_parts(59_469_357, 0).saturating_mul(n.into()))
            .saturating_add(T::DbWeight::get().reads(5_u64))
            .saturating_add(T::DbWeight::get().reads((3_u64).saturating_mul(n.into())))
            .saturating_add(T::DbWeight::get().writes(3_u64))
            .saturating_add(T::DbWeight::get().writes((4_u64).saturating_mul(n.into())))
            .saturating_add(Weight::from_parts(0, 2811).saturating_mul(n.into()))
    }
    /// The range of component `n` is `[1, 32]`.
    fn finalize(n: u32) -> Weight {
        // Minimum execution time: 1_837_398_000 picoseconds.
        Weight::from_parts(2_192_013_458, 3938)
            // Standard error: 772_592
            .saturating_add(Weight::from_parts(64_465_087, 0).saturating_mul(n.into()))
            .saturating_add(T::DbWeight::get().reads(9_u64))
            .saturating_add(T::DbWeight::get().reads((3_u64).saturating_mul(n.into())))
            .saturating_add(T::DbWeight::get().writes(7_u64))
            .saturating_add(T::DbWeight::get().writes((3_u64).saturating_mul(n.into())))
            .saturating_add(Weight::from_parts(0, 2811).saturating_mul(n.into()))
    }
    /// The range of component `n` is `[0, 32]`.
    fn close(n: u32) -> Weight {
        // Minimum execution time: 71_065_000 picoseconds.
        Weight::from_parts(82_579_087, 3730)
            // Standard error: 105_893
            .saturating_add(Weight::from_parts(54_858_553, 0).saturating_mul(n.into()))
            .saturating_add(T::DbWeight::get().reads(4_u64))
            .saturating_add(T::DbWeight::get().reads((3_u64).saturating_mul(n.into())))
            .saturating_add(T::DbWeight::get().writes(5_u64))
            .saturating_add(T::DbWeight::get().writes((4_u64).saturating_mul(n.into())))
            .saturating_add(Weight::from_parts(0, 2811).saturating_mul(n.into()))
    }
    /// The range of component `n` is `[1, 32]`.
    fn discard(n: u32) -> Weight {
        // Minimum execution time: 103_233_000 picoseconds.
        Weight::from_parts(55_950_669, 3876)
            // Standard error: 72_896
            .saturating_add(Weight::from_parts(54_298_727, 0).saturating_mul(n.into()))
            .saturating_add(T::DbWeight::get().reads(4_u64))
            .saturating_add(T::DbWeight::get().reads((3_u64).saturating_mul(n.into())))
            .saturating_add(T::DbWeight::get().writes(2_u64))
            .saturating_add(T::DbWeight::get().writes((4_u64).saturating_mul(n.into())))
            .saturating_add(Weight::from_parts(0, 2811).saturating_mul(n.into()))
    }
    /// The range of component `n` is `[0, 32]`.
    fn abort(n: u32) -> Weight {
        // Minimum execution time: 76_063_000 picoseconds.
        Weight::from_parts(86_368_192, 6196)
            // Standard error: 92_767
            .saturating_add(Weight::from_parts(55_443_120, 0).saturating_mul(n.into()))
            .saturating_add(T::DbWeight::get().reads(4_u64))
            .saturating_add(T::DbWeight::get().reads((3_u64).saturating_mul(n.into())))
            .saturating_add(T::DbWeight::get().writes(6_u64))
            .saturating_add(T::DbWeight::get().writes((4_u64).saturating_mul(n.into())))
            .saturating_add(Weight::from_parts(0, 2811).saturating_mul(n.into()))
    }
}
