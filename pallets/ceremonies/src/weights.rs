//! Weights of `pallet_ceremonies`, in the layout that `scripts/benchmark.sh` writes.
//!
//! They are estimates until it has run: host checks at about twice what they take
//! natively on one thread (a start 2.2 ms, a contribution and a challenge 1.5 ms, a key
//! 1.6 ms), the rest by comparison with measured calls of the other pallets.

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
        Weight::from_parts(15_000_000, 0).saturating_add(T::DbWeight::get().writes(1_u64))
    }
    fn open() -> Weight {
        Weight::from_parts(4_500_000_000, 7000)
            .saturating_add(T::DbWeight::get().reads(8_u64))
            .saturating_add(T::DbWeight::get().writes(6_u64))
    }
    fn contribute() -> Weight {
        Weight::from_parts(3_200_000_000, 7000)
            .saturating_add(T::DbWeight::get().reads(6_u64))
            .saturating_add(T::DbWeight::get().writes(5_u64))
    }
    /// The range of component `n` is `[1, 32]`.
    fn challenge(n: u32) -> Weight {
        Weight::from_parts(3_300_000_000, 7000)
            .saturating_add(Weight::from_parts(80_000_000, 0).saturating_mul(n.into()))
            .saturating_add(T::DbWeight::get().reads(8_u64))
            .saturating_add(T::DbWeight::get().reads((3_u64).saturating_mul(n.into())))
            .saturating_add(T::DbWeight::get().writes(4_u64))
            .saturating_add(T::DbWeight::get().writes((4_u64).saturating_mul(n.into())))
            .saturating_add(Weight::from_parts(0, 9000).saturating_mul(n.into()))
    }
    /// The range of component `n` is `[1, 32]`.
    fn finalize(n: u32) -> Weight {
        Weight::from_parts(3_500_000_000, 7000)
            .saturating_add(Weight::from_parts(80_000_000, 0).saturating_mul(n.into()))
            .saturating_add(T::DbWeight::get().reads(14_u64))
            .saturating_add(T::DbWeight::get().reads((3_u64).saturating_mul(n.into())))
            .saturating_add(T::DbWeight::get().writes(10_u64))
            .saturating_add(T::DbWeight::get().writes((3_u64).saturating_mul(n.into())))
            .saturating_add(Weight::from_parts(0, 9000).saturating_mul(n.into()))
    }
    /// The range of component `n` is `[0, 32]`.
    fn close(n: u32) -> Weight {
        Weight::from_parts(120_000_000, 7000)
            .saturating_add(Weight::from_parts(80_000_000, 0).saturating_mul(n.into()))
            .saturating_add(T::DbWeight::get().reads(4_u64))
            .saturating_add(T::DbWeight::get().reads((3_u64).saturating_mul(n.into())))
            .saturating_add(T::DbWeight::get().writes(5_u64))
            .saturating_add(T::DbWeight::get().writes((4_u64).saturating_mul(n.into())))
            .saturating_add(Weight::from_parts(0, 9000).saturating_mul(n.into()))
    }
    /// The range of component `n` is `[1, 32]`.
    fn discard(n: u32) -> Weight {
        Weight::from_parts(150_000_000, 7000)
            .saturating_add(Weight::from_parts(80_000_000, 0).saturating_mul(n.into()))
            .saturating_add(T::DbWeight::get().reads(5_u64))
            .saturating_add(T::DbWeight::get().reads((3_u64).saturating_mul(n.into())))
            .saturating_add(T::DbWeight::get().writes(3_u64))
            .saturating_add(T::DbWeight::get().writes((4_u64).saturating_mul(n.into())))
            .saturating_add(Weight::from_parts(0, 9000).saturating_mul(n.into()))
    }
    /// The range of component `n` is `[0, 32]`.
    fn abort(n: u32) -> Weight {
        Weight::from_parts(150_000_000, 7000)
            .saturating_add(Weight::from_parts(80_000_000, 0).saturating_mul(n.into()))
            .saturating_add(T::DbWeight::get().reads(6_u64))
            .saturating_add(T::DbWeight::get().reads((3_u64).saturating_mul(n.into())))
            .saturating_add(T::DbWeight::get().writes(6_u64))
            .saturating_add(T::DbWeight::get().writes((4_u64).saturating_mul(n.into())))
            .saturating_add(Weight::from_parts(0, 9000).saturating_mul(n.into()))
    }
}
