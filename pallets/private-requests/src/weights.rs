//! Weights of `pallet_private_requests`.
//!
//! They are upper bounds until they are measured by `scripts/benchmark.sh`: one and a half times what is
//! measured of the closest call, or deadline work, of `pallet_inference` and `pallet_optimistic`.

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
    /// As `pallet_inference`'s `request_inference`, whose input is on chain.
    ///
    /// The range of component `c` is `[1, 64]`.
    fn request_private(c: u32) -> Weight {
        Weight::from_parts(193_347_990, 19043)
            .saturating_add(Weight::from_parts(8_596_242, 0).saturating_mul(c.into()))
            .saturating_add(T::DbWeight::get().reads(12_u64))
            .saturating_add(T::DbWeight::get().reads((1_u64).saturating_mul(c.into())))
            .saturating_add(T::DbWeight::get().writes(11_u64))
            .saturating_add(Weight::from_parts(0, 5573).saturating_mul(c.into()))
    }
    /// As `pallet_inference`'s `submit_result`.
    ///
    /// The range of component `o` is `[1, 1024]`.
    fn submit_private(o: u32) -> Weight {
        Weight::from_parts(2_097_120_206, 12989)
            .saturating_add(Weight::from_parts(1_073_444, 0).saturating_mul(o.into()))
            .saturating_add(T::DbWeight::get().reads(9_u64))
            .saturating_add(T::DbWeight::get().writes(15_u64))
    }
    /// As `pallet_inference`'s `settle_result`, with the reads and writes of `pallet_optimistic`'s `settle`.
    fn settle_private() -> Weight {
        Weight::from_parts(2_104_309_500, 19787)
            .saturating_add(T::DbWeight::get().reads(15_u64))
            .saturating_add(T::DbWeight::get().writes(24_u64))
    }
    /// As `pallet_inference`'s `settle_result`, without its payments.
    fn deliver_private() -> Weight {
        Weight::from_parts(2_104_309_500, 12989)
            .saturating_add(T::DbWeight::get().reads(9_u64))
            .saturating_add(T::DbWeight::get().writes(15_u64))
    }
    /// As `pallet_optimistic`'s `settle`.
    fn acknowledge() -> Weight {
        Weight::from_parts(383_581_881, 19787)
            .saturating_add(T::DbWeight::get().reads(15_u64))
            .saturating_add(T::DbWeight::get().writes(24_u64))
    }
    /// As `pallet_inference`'s `accept`.
    fn force_posting() -> Weight {
        Weight::from_parts(38_217_000, 12989)
            .saturating_add(T::DbWeight::get().reads(5_u64))
            .saturating_add(T::DbWeight::get().writes(8_u64))
    }
    /// As `pallet_optimistic`'s `settle`, whose record commits to the output, too.
    ///
    /// The range of component `o` is `[1, 1024]`.
    fn post_output(o: u32) -> Weight {
        Weight::from_parts(383_581_881, 19787)
            .saturating_add(Weight::from_parts(1_073_444, 0).saturating_mul(o.into()))
            .saturating_add(T::DbWeight::get().reads(15_u64))
            .saturating_add(T::DbWeight::get().writes(24_u64))
    }
    /// As `pallet_inference`'s `accept`.
    fn claim() -> Weight {
        Weight::from_parts(38_217_000, 12989)
            .saturating_add(T::DbWeight::get().reads(5_u64))
            .saturating_add(T::DbWeight::get().writes(8_u64))
    }
    /// As `pallet_inference`'s `request_inference` of an input, with the reads and writes of `accept`, and
    /// one for the input.
    ///
    /// The range of component `i` is `[1, 4096]`.
    fn open_input(i: u32) -> Weight {
        Weight::from_parts(193_347_990, 12989)
            .saturating_add(Weight::from_parts(146_214, 0).saturating_mul(i.into()))
            .saturating_add(T::DbWeight::get().reads(5_u64))
            .saturating_add(T::DbWeight::get().writes(9_u64))
    }
    /// As `pallet_inference`'s `expire`, with the signature of `authorize_submit_authorized`.
    fn refute_claim() -> Weight {
        Weight::from_parts(182_766_462, 12989)
            .saturating_add(T::DbWeight::get().reads(15_u64))
            .saturating_add(T::DbWeight::get().writes(18_u64))
    }
    /// As `pallet_optimistic`'s `expire`.
    fn expire_late() -> Weight {
        Weight::from_parts(107_080_500, 19787)
            .saturating_add(T::DbWeight::get().reads(12_u64))
            .saturating_add(T::DbWeight::get().writes(21_u64))
    }
    /// As `pallet_optimistic`'s `settle`, which pays more.
    fn expire_unopened() -> Weight {
        Weight::from_parts(383_581_881, 19787)
            .saturating_add(T::DbWeight::get().reads(15_u64))
            .saturating_add(T::DbWeight::get().writes(24_u64))
    }
    /// As `pallet_optimistic`'s `settle`.
    fn expire_delivered() -> Weight {
        Weight::from_parts(383_581_881, 19787)
            .saturating_add(T::DbWeight::get().reads(15_u64))
            .saturating_add(T::DbWeight::get().writes(24_u64))
    }
    /// As `pallet_optimistic`'s `expire`.
    fn expire_withheld() -> Weight {
        Weight::from_parts(107_080_500, 19787)
            .saturating_add(T::DbWeight::get().reads(12_u64))
            .saturating_add(T::DbWeight::get().writes(21_u64))
    }
    /// As `pallet_inference`'s.
    fn on_poll_base() -> Weight {
        Weight::from_parts(3_996_000, 2234).saturating_add(T::DbWeight::get().reads(2_u64))
    }
    /// As `pallet_inference`'s.
    fn on_poll_step() -> Weight {
        Weight::from_parts(14_106_000, 19787).saturating_add(T::DbWeight::get().reads(3_u64))
    }
}
