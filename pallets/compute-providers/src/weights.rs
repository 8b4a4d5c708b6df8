//! Weights of `pallet_compute_providers`, in the layout of the benchmark CLI.
//!
//! Derived by hand: database access is counted apart through
//! `DbWeight`. `scripts/benchmark.sh` replaces this file by measured values:
//!
//! ```text
//! lattice-node benchmark pallet --pallet pallet_compute_providers --extrinsic '*'
//!     --steps 50 --repeat 20 --output pallets/compute-providers/src/weights.rs
//! ```

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
    fn remove_offer() -> Weight;
    fn heartbeat() -> Weight;
    fn deregister(o: u32) -> Weight;
    fn update_profile(e: u32) -> Weight;
}

/// Weights for `pallet_compute_providers` with the runtime's database weight.
pub struct SubstrateWeight<T>(PhantomData<T>);
impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
    /// The range of component `e` is `[0, 512]`.
    fn register(e: u32) -> Weight {
        Weight::from_parts(68_000_000, 3_990)
            .saturating_add(Weight::from_parts(900, 0).saturating_mul(e.into()))
            .saturating_add(T::DbWeight::get().reads(3_u64))
            .saturating_add(T::DbWeight::get().writes(3_u64))
    }
    fn top_up() -> Weight {
        Weight::from_parts(61_000_000, 3_990)
            .saturating_add(T::DbWeight::get().reads(3_u64))
            .saturating_add(T::DbWeight::get().writes(3_u64))
    }
    fn unbond() -> Weight {
        Weight::from_parts(24_000_000, 3_990)
            .saturating_add(T::DbWeight::get().reads(2_u64))
            .saturating_add(T::DbWeight::get().writes(2_u64))
    }
    fn withdraw_unbonded() -> Weight {
        Weight::from_parts(63_000_000, 3_990)
            .saturating_add(T::DbWeight::get().reads(4_u64))
            .saturating_add(T::DbWeight::get().writes(4_u64))
    }
    fn set_offer() -> Weight {
        Weight::from_parts(47_000_000, 9_640)
            .saturating_add(T::DbWeight::get().reads(5_u64))
            .saturating_add(T::DbWeight::get().writes(4_u64))
    }
    fn remove_offer() -> Weight {
        Weight::from_parts(42_000_000, 9_640)
            .saturating_add(T::DbWeight::get().reads(4_u64))
            .saturating_add(T::DbWeight::get().writes(4_u64))
    }
    fn heartbeat() -> Weight {
        Weight::from_parts(13_000_000, 3_990)
            .saturating_add(T::DbWeight::get().reads(1_u64))
            .saturating_add(T::DbWeight::get().writes(1_u64))
    }
    /// The range of component `o` is `[0, 32]`.
    fn deregister(o: u32) -> Weight {
        Weight::from_parts(31_000_000, 3_990)
            .saturating_add(Weight::from_parts(16_500_000, 6_010).saturating_mul(o.into()))
            .saturating_add(T::DbWeight::get().reads(3_u64))
            .saturating_add(T::DbWeight::get().reads((2_u64).saturating_mul(o.into())))
            .saturating_add(T::DbWeight::get().writes(3_u64))
            .saturating_add(T::DbWeight::get().writes((2_u64).saturating_mul(o.into())))
    }
    /// The range of component `e` is `[0, 512]`.
    fn update_profile(e: u32) -> Weight {
        Weight::from_parts(15_000_000, 3_990)
            .saturating_add(Weight::from_parts(900, 0).saturating_mul(e.into()))
            .saturating_add(T::DbWeight::get().reads(1_u64))
            .saturating_add(T::DbWeight::get().writes(1_u64))
    }
}
