//! Weights of `pallet_inference`, in the layout of the benchmark CLI.
//!
//! Derived by hand: the host's verification takes about 2 ms of one core, hashing and
//! commitments are linear in the length, and database access is counted apart through
//! `DbWeight`. `scripts/benchmark.sh` replaces this file by measured values:
//!
//! ```text
//! lattice-node benchmark pallet --pallet pallet_inference --extrinsic '*'
//!     --steps 50 --repeat 20 --output pallets/inference/src/weights.rs
//! ```

#![allow(unused_parens)]
#![allow(unused_imports)]

use frame::weights_prelude::*;

/// Weight functions needed for `pallet_inference`.
pub trait WeightInfo {
    fn request_inference(i: u32, c: u32) -> Weight;
    fn submit_result(o: u32) -> Weight;
    fn settle_result() -> Weight;
    fn expire() -> Weight;
    fn on_poll_base() -> Weight;
    fn on_poll_step() -> Weight;
    fn expire_due() -> Weight;
}

/// Weights for `pallet_inference` with the runtime's database weight.
pub struct SubstrateWeight<T>(PhantomData<T>);
impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
    /// The range of component `i` is `[1, 4096]`.
    /// The range of component `c` is `[1, 64]`.
    fn request_inference(i: u32, c: u32) -> Weight {
        Weight::from_parts(420_000_000, 9_640)
            .saturating_add(Weight::from_parts(260_000, 1).saturating_mul(i.into()))
            .saturating_add(Weight::from_parts(4_900_000, 2_590).saturating_mul(c.into()))
            .saturating_add(T::DbWeight::get().reads(10_u64))
            .saturating_add(T::DbWeight::get().reads((1_u64).saturating_mul(c.into())))
            .saturating_add(T::DbWeight::get().writes(7_u64))
    }
    /// The range of component `o` is `[1, 1024]`.
    fn submit_result(o: u32) -> Weight {
        Weight::from_parts(2_240_000_000, 13_410)
            .saturating_add(Weight::from_parts(1_100_000, 4).saturating_mul(o.into()))
            .saturating_add(T::DbWeight::get().reads(10_u64))
            .saturating_add(T::DbWeight::get().writes(12_u64))
    }
    fn settle_result() -> Weight {
        Weight::from_parts(2_280_000_000, 13_410)
            .saturating_add(T::DbWeight::get().reads(11_u64))
            .saturating_add(T::DbWeight::get().writes(13_u64))
    }
    fn expire() -> Weight {
        Weight::from_parts(148_000_000, 9_640)
            .saturating_add(T::DbWeight::get().reads(8_u64))
            .saturating_add(T::DbWeight::get().writes(12_u64))
    }
    fn on_poll_base() -> Weight {
        Weight::from_parts(3_000_000, 1_493)
            .saturating_add(T::DbWeight::get().reads(1_u64))
            .saturating_add(T::DbWeight::get().writes(1_u64))
    }
    fn on_poll_step() -> Weight {
        Weight::from_parts(5_000_000, 2_500).saturating_add(T::DbWeight::get().reads(1_u64))
    }
    fn expire_due() -> Weight {
        Weight::from_parts(146_000_000, 9_640)
            .saturating_add(T::DbWeight::get().reads(8_u64))
            .saturating_add(T::DbWeight::get().writes(12_u64))
    }
}
