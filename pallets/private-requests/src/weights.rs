//! Weights of `pallet_private_requests`, measured by `scripts/benchmark.sh`.
//!
//! Date: 2026-11-30, steps: 20, repeats: 10, Wasm execution: Compiled, chain: Some("dev").

#![allow(unused_parens)]
#![allow(unused_imports)]

use frame::weights_prelude::*;

/// Weight functions needed for `pallet_private_requests`.
pub trait WeightInfo {
    fn request_private(c: u32) -> Weight;
    fn submit_private(o: u32) -> Weight;
    fn settle_private() -> Weight;
    fn deliver_private() -> Weight;
    fn acknowledge() -> Weight;
    fn force_posting() -> Weight;
    fn post_output(o: u32) -> Weight;
    fn claim() -> Weight;
    fn open_input(i: u32) -> Weight;
    fn refute_claim() -> Weight;
    fn expire_late() -> Weight;
    fn expire_unopened() -> Weight;
    fn expire_delivered() -> Weight;
    fn expire_withheld() -> Weight;
    fn on_poll_base() -> Weight;
    fn on_poll_step() -> Weight;
}

/// Weights for `pallet_private_requests` with the runtime's database weight.
pub struct SubstrateWeight<T>(PhantomData<T>);
impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
    /// The range of component `c` is `[1, 64]`.
    fn request_private(c: u32) -> Weight {
        // Minimum execution time: 113_568_000 picoseconds.
        Weight::from_parts(167_002_264, 12695)
            // Standard error: 156_207
            .saturating_add(Weight::from_parts(7_954_448, 0).saturating_mul(c.into()))
            .saturating_add(T::DbWeight::get().reads(8_u64))
            .saturating_add(T::DbWeight::get().reads((1_u64).saturating_mul(c.into())))
            .saturating_add(T::DbWeight::get().writes(7_u64))
            .saturating_add(Weight::from_parts(0, 7299).saturating_mul(c.into()))
    }
    /// The range of component `o` is `[1, 1024]`.
    fn submit_private(o: u32) -> Weight {
        // Minimum execution time: 1_814_135_000 picoseconds.
        Weight::from_parts(2_092_067_696, 8799)
            // Standard error: 31_191
            .saturating_add(Weight::from_parts(1_150_580, 0).saturating_mul(o.into()))
            .saturating_add(T::DbWeight::get().reads(8_u64))
            .saturating_add(T::DbWeight::get().writes(13_u64))
    }
    fn settle_private() -> Weight {
        // Minimum execution time: 1_830_529_000 picoseconds.
        Weight::from_parts(1_915_205_000, 11402)
            .saturating_add(T::DbWeight::get().reads(10_u64))
            .saturating_add(T::DbWeight::get().writes(15_u64))
    }
    fn deliver_private() -> Weight {
        // Minimum execution time: 1_555_481_000 picoseconds.
        Weight::from_parts(1_672_304_000, 8289)
            .saturating_add(T::DbWeight::get().reads(3_u64))
            .saturating_add(T::DbWeight::get().writes(4_u64))
    }
    fn acknowledge() -> Weight {
        // Minimum execution time: 206_466_000 picoseconds.
        Weight::from_parts(223_041_000, 11402)
            .saturating_add(T::DbWeight::get().reads(9_u64))
            .saturating_add(T::DbWeight::get().writes(15_u64))
    }
    fn force_posting() -> Weight {
        // Minimum execution time: 23_335_000 picoseconds.
        Weight::from_parts(27_982_000, 4078)
            .saturating_add(T::DbWeight::get().reads(1_u64))
            .saturating_add(T::DbWeight::get().writes(2_u64))
    }
    /// The range of component `o` is `[1, 1024]`.
    fn post_output(o: u32) -> Weight {
        // Minimum execution time: 317_681_000 picoseconds.
        Weight::from_parts(276_144_780, 11402)
            // Standard error: 13_581
            .saturating_add(Weight::from_parts(1_141_740, 0).saturating_mul(o.into()))
            .saturating_add(T::DbWeight::get().reads(9_u64))
            .saturating_add(T::DbWeight::get().writes(15_u64))
    }
    fn claim() -> Weight {
        // Minimum execution time: 22_343_000 picoseconds.
        Weight::from_parts(27_581_000, 4078)
            .saturating_add(T::DbWeight::get().reads(1_u64))
            .saturating_add(T::DbWeight::get().writes(3_u64))
    }
    /// The range of component `i` is `[1, 4096]`.
    fn open_input(i: u32) -> Weight {
        // Minimum execution time: 123_714_000 picoseconds.
        Weight::from_parts(97_884_274, 4078)
            // Standard error: 950
            .saturating_add(Weight::from_parts(136_708, 0).saturating_mul(i.into()))
            .saturating_add(T::DbWeight::get().reads(1_u64))
            .saturating_add(T::DbWeight::get().writes(4_u64))
    }
    fn refute_claim() -> Weight {
        // Minimum execution time: 171_705_000 picoseconds.
        Weight::from_parts(219_526_000, 8289)
            .saturating_add(T::DbWeight::get().reads(6_u64))
            .saturating_add(T::DbWeight::get().writes(12_u64))
    }
    fn expire_late() -> Weight {
        // Minimum execution time: 102_002_000 picoseconds.
        Weight::from_parts(121_751_000, 8289)
            .saturating_add(T::DbWeight::get().reads(5_u64))
            .saturating_add(T::DbWeight::get().writes(12_u64))
    }
    fn expire_unopened() -> Weight {
        // Minimum execution time: 134_219_000 picoseconds.
        Weight::from_parts(147_939_000, 8289)
            .saturating_add(T::DbWeight::get().reads(5_u64))
            .saturating_add(T::DbWeight::get().writes(11_u64))
    }
    fn expire_delivered() -> Weight {
        // Minimum execution time: 212_245_000 picoseconds.
        Weight::from_parts(326_725_000, 11402)
            .saturating_add(T::DbWeight::get().reads(9_u64))
            .saturating_add(T::DbWeight::get().writes(15_u64))
    }
    fn expire_withheld() -> Weight {
        // Minimum execution time: 104_045_000 picoseconds.
        Weight::from_parts(168_300_000, 8289)
            .saturating_add(T::DbWeight::get().reads(5_u64))
            .saturating_add(T::DbWeight::get().writes(12_u64))
    }
    fn on_poll_base() -> Weight {
        // Minimum execution time: 3_004_000 picoseconds.
        Weight::from_parts(3_405_000, 1489).saturating_add(T::DbWeight::get().reads(1_u64))
    }
    fn on_poll_step() -> Weight {
        // Minimum execution time: 10_044_000 picoseconds.
        Weight::from_parts(20_040_000, 4078).saturating_add(T::DbWeight::get().reads(2_u64))
    }
}
