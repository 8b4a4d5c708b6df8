//! Weights of `pallet_model_registry`, in the layout of the benchmark CLI.
//!
//! Derived by hand: database access is counted apart through
//! `DbWeight`. `scripts/benchmark.sh` replaces this file by measured values:
//!
//! ```text
//! lattice-node benchmark pallet --pallet pallet_model_registry --extrinsic '*'
//!     --steps 50 --repeat 20 --output pallets/model-registry/src/weights.rs
//! ```

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
}

/// Weights for `pallet_model_registry` with the runtime's database weight.
pub struct SubstrateWeight<T>(PhantomData<T>);
impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
    /// The range of component `n` is `[1, 64]`.
    /// The range of component `m` is `[1, 65536]`.
    fn register(n: u32, m: u32) -> Weight {
        Weight::from_parts(88_000_000, 3_610)
            .saturating_add(Weight::from_parts(1_200, 0).saturating_mul(n.into()))
            .saturating_add(Weight::from_parts(3_400, 0).saturating_mul(m.into()))
            .saturating_add(T::DbWeight::get().reads(5_u64))
            .saturating_add(T::DbWeight::get().writes(6_u64))
    }
    fn register_key() -> Weight {
        Weight::from_parts(2_450_000_000, 6_210)
            .saturating_add(T::DbWeight::get().reads(6_u64))
            .saturating_add(T::DbWeight::get().writes(6_u64))
    }
    fn update_pricing() -> Weight {
        Weight::from_parts(14_000_000, 3_610)
            .saturating_add(T::DbWeight::get().reads(1_u64))
            .saturating_add(T::DbWeight::get().writes(1_u64))
    }
    fn deprecate() -> Weight {
        Weight::from_parts(13_500_000, 3_610)
            .saturating_add(T::DbWeight::get().reads(1_u64))
            .saturating_add(T::DbWeight::get().writes(1_u64))
    }
    fn transfer() -> Weight {
        Weight::from_parts(96_000_000, 7_220)
            .saturating_add(T::DbWeight::get().reads(6_u64))
            .saturating_add(T::DbWeight::get().writes(7_u64))
    }
}
