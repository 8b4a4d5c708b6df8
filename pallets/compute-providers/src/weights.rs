//! Weights of `pallet_compute_providers`, measured by `scripts/benchmark.sh`.
//!
//! Where a branch that the benchmarks do not take touches more of the storage than they do, reads and
//! writes are counted by hand.
//!
//! Date: 2026-11-30, steps: 10, repeats: 5, Wasm execution: Compiled, chain: Some("dev").

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
        // Minimum execution time: 48_602_000 picoseconds.
        Weight::from_parts(51_945_773, 4705)
            // Standard error: 26
            .saturating_add(Weight::from_parts(2_291, 0).saturating_mul(e.into()))
            .saturating_add(T::DbWeight::get().reads(4_u64))
            .saturating_add(T::DbWeight::get().writes(4_u64))
    }
    fn top_up() -> Weight {
        // Minimum execution time: 47_251_000 picoseconds.
        Weight::from_parts(49_614_000, 4705)
            .saturating_add(T::DbWeight::get().reads(3_u64))
            .saturating_add(T::DbWeight::get().writes(3_u64))
    }
    fn unbond() -> Weight {
        // Minimum execution time: 11_467_000 picoseconds.
        Weight::from_parts(12_468_000, 4705)
            .saturating_add(T::DbWeight::get().reads(2_u64))
            .saturating_add(T::DbWeight::get().writes(2_u64))
    }
    fn withdraw_unbonded() -> Weight {
        // Minimum execution time: 41_953_000 picoseconds.
        Weight::from_parts(44_356_000, 3834)
            .saturating_add(T::DbWeight::get().reads(3_u64))
            .saturating_add(T::DbWeight::get().writes(3_u64))
    }
    fn set_offer() -> Weight {
        // Minimum execution time: 38_908_000 picoseconds.
        Weight::from_parts(41_302_000, 12695)
            .saturating_add(T::DbWeight::get().reads(6_u64))
            .saturating_add(T::DbWeight::get().writes(3_u64))
    }
    fn set_offer_in_full_ranking() -> Weight {
        // Minimum execution time: 294_019_000 picoseconds.
        Weight::from_parts(305_376_000, 242465)
            .saturating_add(T::DbWeight::get().reads(71_u64))
            .saturating_add(T::DbWeight::get().writes(4_u64))
    }
    fn set_residency() -> Weight {
        // Minimum execution time: 24_717_000 picoseconds.
        Weight::from_parts(26_439_000, 12695)
            .saturating_add(T::DbWeight::get().reads(2_u64))
            .saturating_add(T::DbWeight::get().writes(2_u64))
    }
    fn remove_offer() -> Weight {
        // Minimum execution time: 34_772_000 picoseconds.
        Weight::from_parts(37_175_000, 12695)
            .saturating_add(T::DbWeight::get().reads(4_u64))
            .saturating_add(T::DbWeight::get().writes(3_u64))
    }
    fn heartbeat() -> Weight {
        // Minimum execution time: 9_104_000 picoseconds.
        Weight::from_parts(9_925_000, 4705)
            .saturating_add(T::DbWeight::get().reads(1_u64))
            .saturating_add(T::DbWeight::get().writes(1_u64))
    }
    /// A signature; reads the genesis hash and the provider.
    fn authorize_heartbeat_authorized() -> Weight {
        // Minimum execution time: 40_941_000 picoseconds.
        Weight::from_parts(43_656_000, 4705).saturating_add(T::DbWeight::get().reads(2_u64))
    }
    /// The range of component `o` is `[0, 32]`.
    fn deregister(o: u32) -> Weight {
        // Minimum execution time: 17_106_000 picoseconds.
        Weight::from_parts(19_929_977, 6714)
            // Standard error: 4_635
            .saturating_add(Weight::from_parts(6_254_188, 0).saturating_mul(o.into()))
            .saturating_add(T::DbWeight::get().reads(3_u64))
            .saturating_add(T::DbWeight::get().reads((2_u64).saturating_mul(o.into())))
            .saturating_add(T::DbWeight::get().writes(4_u64))
            .saturating_add(T::DbWeight::get().writes((2_u64).saturating_mul(o.into())))
            .saturating_add(Weight::from_parts(0, 11705).saturating_mul(o.into()))
    }
    /// The range of component `e` is `[0, 512]`.
    fn update_profile(e: u32) -> Weight {
        // Minimum execution time: 8_893_000 picoseconds.
        Weight::from_parts(9_793_686, 4705)
            // Standard error: 9
            .saturating_add(Weight::from_parts(2_609, 0).saturating_mul(e.into()))
            .saturating_add(T::DbWeight::get().reads(1_u64))
            .saturating_add(T::DbWeight::get().writes(1_u64))
    }
    fn set_paused() -> Weight {
        // Minimum execution time: 8_743_000 picoseconds.
        Weight::from_parts(9_574_000, 4705)
            .saturating_add(T::DbWeight::get().reads(1_u64))
            .saturating_add(T::DbWeight::get().writes(1_u64))
    }
    fn veto_slash() -> Weight {
        // Minimum execution time: 11_367_000 picoseconds.
        Weight::from_parts(12_488_000, 4705)
            .saturating_add(T::DbWeight::get().reads(2_u64))
            .saturating_add(T::DbWeight::get().writes(2_u64))
    }
    fn on_poll_base() -> Weight {
        // Minimum execution time: 1_993_000 picoseconds.
        Weight::from_parts(2_263_000, 1493)
            .saturating_add(T::DbWeight::get().reads(2_u64))
            .saturating_add(T::DbWeight::get().writes(1_u64))
    }
    fn apply_slash() -> Weight {
        // Minimum execution time: 45_208_000 picoseconds.
        Weight::from_parts(48_352_000, 6196)
            .saturating_add(T::DbWeight::get().reads(5_u64))
            .saturating_add(T::DbWeight::get().writes(5_u64))
    }
}
