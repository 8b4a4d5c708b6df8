//! Weights of `pallet_ceremonies`, measured by `scripts/benchmark.sh`.
//!
//! Date: 2026-11-21, steps: 6, repeats: 4, Wasm execution: Compiled, chain: Some("dev").

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
        Weight::from_parts(13_711_000, 0).saturating_add(T::DbWeight::get().writes(1_u64))
    }
    fn open() -> Weight {
        // Minimum execution time: 1_286_831_000 picoseconds.
        Weight::from_parts(1_952_639_000, 4034)
            .saturating_add(T::DbWeight::get().reads(8_u64))
            .saturating_add(T::DbWeight::get().writes(6_u64))
    }
    fn contribute() -> Weight {
        // Minimum execution time: 2_853_096_000 picoseconds.
        Weight::from_parts(3_937_887_000, 3945)
            .saturating_add(T::DbWeight::get().reads(6_u64))
            .saturating_add(T::DbWeight::get().writes(5_u64))
    }
    /// The range of component `n` is `[1, 32]`.
    fn challenge(n: u32) -> Weight {
        // Minimum execution time: 1_754_234_000 picoseconds.
        Weight::from_parts(2_155_298_923, 6196)
            // Standard error: 684_944
            .saturating_add(Weight::from_parts(88_728_342, 0).saturating_mul(n.into()))
            .saturating_add(T::DbWeight::get().reads(5_u64))
            .saturating_add(T::DbWeight::get().reads((3_u64).saturating_mul(n.into())))
            .saturating_add(T::DbWeight::get().writes(3_u64))
            .saturating_add(T::DbWeight::get().writes((4_u64).saturating_mul(n.into())))
            .saturating_add(Weight::from_parts(0, 3004).saturating_mul(n.into()))
    }
    /// The range of component `n` is `[1, 32]`.
    fn finalize(n: u32) -> Weight {
        // Minimum execution time: 2_273_716_000 picoseconds.
        Weight::from_parts(3_019_369_944, 6068)
            // Standard error: 667_851
            .saturating_add(Weight::from_parts(85_959_785, 0).saturating_mul(n.into()))
            .saturating_add(T::DbWeight::get().reads(10_u64))
            .saturating_add(T::DbWeight::get().reads((3_u64).saturating_mul(n.into())))
            .saturating_add(T::DbWeight::get().writes(8_u64))
            .saturating_add(T::DbWeight::get().writes((3_u64).saturating_mul(n.into())))
            .saturating_add(Weight::from_parts(0, 3004).saturating_mul(n.into()))
    }
    /// The range of component `n` is `[0, 32]`.
    fn close(n: u32) -> Weight {
        // Minimum execution time: 72_398_000 picoseconds.
        Weight::from_parts(112_816_266, 3730)
            // Standard error: 281_402
            .saturating_add(Weight::from_parts(82_991_537, 0).saturating_mul(n.into()))
            .saturating_add(T::DbWeight::get().reads(4_u64))
            .saturating_add(T::DbWeight::get().reads((3_u64).saturating_mul(n.into())))
            .saturating_add(T::DbWeight::get().writes(5_u64))
            .saturating_add(T::DbWeight::get().writes((4_u64).saturating_mul(n.into())))
            .saturating_add(Weight::from_parts(0, 3004).saturating_mul(n.into()))
    }
    /// The range of component `n` is `[1, 32]`.
    fn discard(n: u32) -> Weight {
        // Minimum execution time: 106_508_000 picoseconds.
        Weight::from_parts(94_776_437, 3945)
            // Standard error: 534_174
            .saturating_add(Weight::from_parts(77_739_359, 0).saturating_mul(n.into()))
            .saturating_add(T::DbWeight::get().reads(4_u64))
            .saturating_add(T::DbWeight::get().reads((3_u64).saturating_mul(n.into())))
            .saturating_add(T::DbWeight::get().writes(2_u64))
            .saturating_add(T::DbWeight::get().writes((4_u64).saturating_mul(n.into())))
            .saturating_add(Weight::from_parts(0, 3004).saturating_mul(n.into()))
    }
    /// The range of component `n` is `[0, 32]`.
    fn abort(n: u32) -> Weight {
        // Minimum execution time: 82_382_000 picoseconds.
        Weight::from_parts(139_900_883, 6196)
            // Standard error: 208_414
            .saturating_add(Weight::from_parts(79_599_965, 0).saturating_mul(n.into()))
            .saturating_add(T::DbWeight::get().reads(4_u64))
            .saturating_add(T::DbWeight::get().reads((3_u64).saturating_mul(n.into())))
            .saturating_add(T::DbWeight::get().writes(6_u64))
            .saturating_add(T::DbWeight::get().writes((4_u64).saturating_mul(n.into())))
            .saturating_add(Weight::from_parts(0, 3004).saturating_mul(n.into()))
    }
}
