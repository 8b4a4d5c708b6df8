//! Weights of `pallet_ai_programs`, in the layout that `scripts/benchmark.sh` writes.
//!
//! Estimates until it has run: twice what the tests' native executor takes, and the
//! database accesses of each call.

#![allow(unused_parens)]
#![allow(unused_imports)]

use frame::weights_prelude::*;

/// Weight functions needed for `pallet_ai_programs`.
pub trait WeightInfo {
    fn upload_code(c: u32) -> Weight;
    fn remove_code() -> Weight;
    fn instantiate(i: u32) -> Weight;
    fn call(i: u32) -> Weight;
    fn execute(b: u32) -> Weight;
    fn access(n: u32) -> Weight;
    fn clear_records() -> Weight;
    fn apply_storage(b: u32) -> Weight;
    fn apply_transfer() -> Weight;
    fn apply_event(b: u32) -> Weight;
    fn apply_commit() -> Weight;
}

/// Weights for `pallet_ai_programs` with the runtime's database weight.
pub struct SubstrateWeight<T>(PhantomData<T>);
impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
    /// The range of component `c` is `[1, 131072]`.
    fn upload_code(c: u32) -> Weight {
        Weight::from_parts(200_000_000, 3679)
            .saturating_add(Weight::from_parts(2_000_000, 0).saturating_mul(c.into()))
            .saturating_add(T::DbWeight::get().reads(2_u64))
            .saturating_add(T::DbWeight::get().writes(3_u64))
    }
    fn remove_code() -> Weight {
        Weight::from_parts(80_000_000, 3679)
            .saturating_add(T::DbWeight::get().reads(2_u64))
            .saturating_add(T::DbWeight::get().writes(3_u64))
    }
    /// The range of component `i` is `[0, 65536]`.
    fn instantiate(i: u32) -> Weight {
        Weight::from_parts(400_000_000, 6196)
            .saturating_add(Weight::from_parts(2_000, 0).saturating_mul(i.into()))
            .saturating_add(T::DbWeight::get().reads(6_u64))
            .saturating_add(T::DbWeight::get().writes(5_u64))
    }
    /// The range of component `i` is `[0, 65536]`.
    fn call(i: u32) -> Weight {
        Weight::from_parts(300_000_000, 6196)
            .saturating_add(Weight::from_parts(2_000, 0).saturating_mul(i.into()))
            .saturating_add(T::DbWeight::get().reads(5_u64))
            .saturating_add(T::DbWeight::get().writes(4_u64))
    }
    /// The range of component `b` is `[0, 262144]`.
    fn execute(b: u32) -> Weight {
        Weight::from_parts(100_000_000, 0)
            .saturating_add(Weight::from_parts(20_000, 0).saturating_mul(b.into()))
    }
    /// The range of component `n` is `[0, 16]`.
    fn access(n: u32) -> Weight {
        Weight::from_parts(1_000_000, 0)
            .saturating_add(Weight::from_parts(20_000_000, 0).saturating_mul(n.into()))
            .saturating_add(T::DbWeight::get().reads((2_u64).saturating_mul(n.into())))
    }
    fn clear_records() -> Weight {
        Weight::from_parts(80_000_000, 3679)
            .saturating_add(T::DbWeight::get().reads(3_u64))
            .saturating_add(T::DbWeight::get().writes(2_u64))
    }
    /// The range of component `b` is `[0, 16384]`.
    fn apply_storage(b: u32) -> Weight {
        Weight::from_parts(20_000_000, 3679)
            .saturating_add(Weight::from_parts(5_000, 0).saturating_mul(b.into()))
            .saturating_add(T::DbWeight::get().reads(1_u64))
            .saturating_add(T::DbWeight::get().writes(1_u64))
    }
    fn apply_transfer() -> Weight {
        Weight::from_parts(80_000_000, 3593)
            .saturating_add(T::DbWeight::get().reads(1_u64))
            .saturating_add(T::DbWeight::get().writes(1_u64))
    }
    /// The range of component `b` is `[0, 4096]`.
    fn apply_event(b: u32) -> Weight {
        Weight::from_parts(5_000_000, 0)
            .saturating_add(Weight::from_parts(5_000, 0).saturating_mul(b.into()))
    }
    fn apply_commit() -> Weight {
        Weight::from_parts(40_000_000, 3679)
            .saturating_add(T::DbWeight::get().reads(1_u64))
            .saturating_add(T::DbWeight::get().writes(1_u64))
    }
}
