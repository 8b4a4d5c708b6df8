//! Weights of `pallet_compute_providers`, measured by `scripts/benchmark.sh`.
//!
//! Not measured yet, but bounded by hand from what is alike: `set_paused`, `veto_slash`,
//! `on_poll_base`, `apply_slash`, the storage of reputations in `register` and `deregister`, and
//! `authorize_heartbeat_authorized` (100 µs for a signature of any scheme).
//!
//! Date: 2026-11-21, steps: 10, repeats: 5, Wasm execution: Compiled, chain: Some("dev").

#![allow(unused_parens)]
#![allow(unused_imports)]

use frame::weights_prelude::*;

/// Weight functions needed for `pallet_compute_providers`.
pub trait WeightInfo {
    fn register(e: u32) -> Weight;
    fn top_up() -> Weight;
    fn unbond() -> Weight;
    fn withdraw_unbonded() -> Weight;
    fn set_offer() -> Weight;
    fn set_offer_in_full_ranking() -> Weight;
    fn set_residency() -> Weight;
    fn remove_offer() -> Weight;
    fn heartbeat() -> Weight;
    fn authorize_heartbeat_authorized() -> Weight;
    fn deregister(o: u32) -> Weight;
    fn update_profile(e: u32) -> Weight;
    fn set_paused() -> Weight;
    fn veto_slash() -> Weight;
    fn on_poll_base() -> Weight;
    fn apply_slash() -> Weight;
}

/// Weights for `pallet_compute_providers` with the runtime's database weight.
pub struct SubstrateWeight<T>(PhantomData<T>);
impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
    /// The range of component `e` is `[0, 512]`.
    fn register(e: u32) -> Weight {
        // Minimum execution time: 58_456_000 picoseconds.
        Weight::from_parts(62_341_016, 4118)
            // Standard error: 72
            .saturating_add(Weight::from_parts(4_426, 0).saturating_mul(e.into()))
            .saturating_add(T::DbWeight::get().reads(4_u64))
            .saturating_add(T::DbWeight::get().writes(4_u64))
    }
    fn top_up() -> Weight {
        // Minimum execution time: 60_489_000 picoseconds.
        Weight::from_parts(63_474_000, 4118)
            .saturating_add(T::DbWeight::get().reads(3_u64))
            .saturating_add(T::DbWeight::get().writes(3_u64))
    }
    fn unbond() -> Weight {
        // Minimum execution time: 15_803_000 picoseconds.
        Weight::from_parts(17_316_000, 4118)
            .saturating_add(T::DbWeight::get().reads(2_u64))
            .saturating_add(T::DbWeight::get().writes(2_u64))
    }
    fn withdraw_unbonded() -> Weight {
        // Minimum execution time: 54_180_000 picoseconds.
        Weight::from_parts(57_285_000, 3834)
            .saturating_add(T::DbWeight::get().reads(3_u64))
            .saturating_add(T::DbWeight::get().writes(3_u64))
    }
    fn set_offer() -> Weight {
        Weight::from_parts(60_000_000, 6807)
            .saturating_add(T::DbWeight::get().reads(6_u64))
            .saturating_add(T::DbWeight::get().writes(3_u64))
    }
    fn set_offer_in_full_ranking() -> Weight {
        Weight::from_parts(480_000_000, 207_000)
            .saturating_add(T::DbWeight::get().reads(71_u64))
            .saturating_add(T::DbWeight::get().writes(4_u64))
    }
    fn set_residency() -> Weight {
        Weight::from_parts(40_000_000, 6807)
            .saturating_add(T::DbWeight::get().reads(2_u64))
            .saturating_add(T::DbWeight::get().writes(2_u64))
    }
    fn remove_offer() -> Weight {
        // Minimum execution time: 42_142_000 picoseconds.
        Weight::from_parts(50_956_000, 6807)
            .saturating_add(T::DbWeight::get().reads(4_u64))
            .saturating_add(T::DbWeight::get().writes(3_u64))
    }
    fn heartbeat() -> Weight {
        // Minimum execution time: 12_508_000 picoseconds.
        Weight::from_parts(13_970_000, 4118)
            .saturating_add(T::DbWeight::get().reads(1_u64))
            .saturating_add(T::DbWeight::get().writes(1_u64))
    }
    /// A signature; reads the genesis hash and the provider.
    fn authorize_heartbeat_authorized() -> Weight {
        Weight::from_parts(120_000_000, 4118).saturating_add(T::DbWeight::get().reads(2_u64))
    }
    /// The range of component `o` is `[0, 32]`.
    fn deregister(o: u32) -> Weight {
        // Minimum execution time: 21_502_000 picoseconds.
        Weight::from_parts(26_578_580, 4282)
            // Standard error: 6_909
            .saturating_add(Weight::from_parts(8_018_932, 0).saturating_mul(o.into()))
            .saturating_add(T::DbWeight::get().reads(3_u64))
            .saturating_add(T::DbWeight::get().reads((2_u64).saturating_mul(o.into())))
            .saturating_add(T::DbWeight::get().writes(4_u64))
            .saturating_add(T::DbWeight::get().writes((2_u64).saturating_mul(o.into())))
            .saturating_add(Weight::from_parts(0, 5817).saturating_mul(o.into()))
    }
    /// The range of component `e` is `[0, 512]`.
    fn update_profile(e: u32) -> Weight {
        // Minimum execution time: 12_318_000 picoseconds.
        Weight::from_parts(14_180_116, 4118)
            // Standard error: 33
            .saturating_add(Weight::from_parts(4_112, 0).saturating_mul(e.into()))
            .saturating_add(T::DbWeight::get().reads(1_u64))
            .saturating_add(T::DbWeight::get().writes(1_u64))
    }
    fn set_paused() -> Weight {
        // Minimum execution time: 12_508_000 picoseconds.
        Weight::from_parts(13_970_000, 4118)
            .saturating_add(T::DbWeight::get().reads(1_u64))
            .saturating_add(T::DbWeight::get().writes(1_u64))
    }
    fn veto_slash() -> Weight {
        Weight::from_parts(30_000_000, 4118)
            .saturating_add(T::DbWeight::get().reads(2_u64))
            .saturating_add(T::DbWeight::get().writes(2_u64))
    }
    fn on_poll_base() -> Weight {
        Weight::from_parts(5_000_000, 1489)
            .saturating_add(T::DbWeight::get().reads(2_u64))
            .saturating_add(T::DbWeight::get().writes(1_u64))
    }
    fn apply_slash() -> Weight {
        Weight::from_parts(120_000_000, 6196)
            .saturating_add(T::DbWeight::get().reads(5_u64))
            .saturating_add(T::DbWeight::get().writes(5_u64))
    }
}
