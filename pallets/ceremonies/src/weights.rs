//! Weights of `pallet_ceremonies`, measured by `scripts/benchmark.sh`.
//!
//! Date: 2026-11-30, steps: 6, repeats: 3, Wasm execution: Compiled, chain: Some("dev").

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
        // Minimum execution time: 4_567_000 picoseconds.
        Weight::from_parts(5_098_000, 0).saturating_add(T::DbWeight::get().writes(1_u64))
    }
    fn open() -> Weight {
        // Minimum execution time: 954_845_000 picoseconds.
        Weight::from_parts(1_003_457_000, 4034)
            .saturating_add(T::DbWeight::get().reads(8_u64))
            .saturating_add(T::DbWeight::get().writes(6_u64))
    }
    fn contribute() -> Weight {
        // Minimum execution time: 2_034_466_000 picoseconds.
        Weight::from_parts(2_109_478_000, 3945)
            .saturating_add(T::DbWeight::get().reads(6_u64))
            .saturating_add(T::DbWeight::get().writes(5_u64))
    }
    /// The range of component `n` is `[1, 32]`.
    fn challenge(n: u32) -> Weight {
        // Minimum execution time: 1_142_155_000 picoseconds.
        Weight::from_parts(1_147_028_912, 6196)
            // Standard error: 43_835
            .saturating_add(Weight::from_parts(40_860_467, 0).saturating_mul(n.into()))
            .saturating_add(T::DbWeight::get().reads(5_u64))
            .saturating_add(T::DbWeight::get().reads((3_u64).saturating_mul(n.into())))
            .saturating_add(T::DbWeight::get().writes(3_u64))
            .saturating_add(T::DbWeight::get().writes((4_u64).saturating_mul(n.into())))
            .saturating_add(Weight::from_parts(0, 3004).saturating_mul(n.into()))
    }
    /// The range of component `n` is `[1, 32]`.
    fn finalize(n: u32) -> Weight {
        // Minimum execution time: 1_514_650_000 picoseconds.
        Weight::from_parts(1_528_108_627, 6068)
            // Standard error: 57_019
            .saturating_add(Weight::from_parts(40_849_222, 0).saturating_mul(n.into()))
            .saturating_add(T::DbWeight::get().reads(10_u64))
            .saturating_add(T::DbWeight::get().reads((3_u64).saturating_mul(n.into())))
            .saturating_add(T::DbWeight::get().writes(8_u64))
            .saturating_add(T::DbWeight::get().writes((3_u64).saturating_mul(n.into())))
            .saturating_add(Weight::from_parts(0, 3004).saturating_mul(n.into()))
    }
    /// The range of component `n` is `[0, 32]`.
    fn close(n: u32) -> Weight {
        // Minimum execution time: 50_926_000 picoseconds.
        Weight::from_parts(55_806_157, 3766)
            // Standard error: 20_655
            .saturating_add(Weight::from_parts(39_756_653, 0).saturating_mul(n.into()))
            .saturating_add(T::DbWeight::get().reads(4_u64))
            .saturating_add(T::DbWeight::get().reads((3_u64).saturating_mul(n.into())))
            .saturating_add(T::DbWeight::get().writes(5_u64))
            .saturating_add(T::DbWeight::get().writes((4_u64).saturating_mul(n.into())))
            .saturating_add(Weight::from_parts(0, 3004).saturating_mul(n.into()))
    }
    /// The range of component `n` is `[1, 32]`.
    fn discard(n: u32) -> Weight {
        // Minimum execution time: 77_175_000 picoseconds.
        Weight::from_parts(40_936_117, 3945)
            // Standard error: 30_410
            .saturating_add(Weight::from_parts(40_059_578, 0).saturating_mul(n.into()))
            .saturating_add(T::DbWeight::get().reads(4_u64))
            .saturating_add(T::DbWeight::get().reads((3_u64).saturating_mul(n.into())))
            .saturating_add(T::DbWeight::get().writes(2_u64))
            .saturating_add(T::DbWeight::get().writes((4_u64).saturating_mul(n.into())))
            .saturating_add(Weight::from_parts(0, 3004).saturating_mul(n.into()))
    }
    /// The range of component `n` is `[0, 32]`.
    fn abort(n: u32) -> Weight {
        // Minimum execution time: 55_533_000 picoseconds.
        Weight::from_parts(62_269_995, 6196)
            // Standard error: 20_993
            .saturating_add(Weight::from_parts(39_530_844, 0).saturating_mul(n.into()))
            .saturating_add(T::DbWeight::get().reads(4_u64))
            .saturating_add(T::DbWeight::get().reads((3_u64).saturating_mul(n.into())))
            .saturating_add(T::DbWeight::get().writes(6_u64))
            .saturating_add(T::DbWeight::get().writes((4_u64).saturating_mul(n.into())))
            .saturating_add(Weight::from_parts(0, 3004).saturating_mul(n.into()))
    }
}
