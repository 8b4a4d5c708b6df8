//! Weights of `pallet_inference`, measured by `scripts/benchmark.sh`.
//!
//! `submit_results` is fitted by hand, see there. The accounts of a result's signer and of the treasury
//! are not counted in `submit_result` and `settle_result`: the one is in the extrinsic's own weight, the
//! other is written once per block. Where a branch that the benchmarks do not take touches more of the
//! storage than they do, reads and writes are counted by hand.
//!
//! Date: 2026-11-30, steps: 10, repeats: 5, Wasm execution: Compiled, chain: Some("dev").

#![allow(unused_parens)]
#![allow(unused_imports)]

use frame::weights_prelude::*;

/// Weight functions needed for `pallet_inference`.
pub trait WeightInfo {
    fn request_inference(i: u32, c: u32) -> Weight;
    fn answer() -> Weight;
    fn submit_result(o: u32) -> Weight;
    fn settle_result() -> Weight;
    fn submit_results(n: u32, k: u32) -> Weight;
    fn payers(p: u32) -> Weight;
    fn payees(p: u32) -> Weight;
    fn expire() -> Weight;
    fn on_poll_base() -> Weight;
    fn on_poll_step() -> Weight;
    fn expire_due() -> Weight;
    fn accept() -> Weight;
    fn cancel() -> Weight;
    fn pass_on(c: u32) -> Weight;
    fn authorize_submit_authorized(n: u32) -> Weight;
    fn authorize_output(o: u32) -> Weight;
}

/// Weights for `pallet_inference` with the runtime's database weight.
pub struct SubstrateWeight<T>(PhantomData<T>);
impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
    /// The range of component `i` is `[1, 4096]`.
    /// The range of component `c` is `[1, 64]`.
    fn request_inference(i: u32, c: u32) -> Weight {
        // Minimum execution time: 499_336_000 picoseconds.
        Weight::from_parts(128_898_660, 12695)
            // Standard error: 613
            .saturating_add(Weight::from_parts(97_476, 0).saturating_mul(i.into()))
            // Standard error: 39_847
            .saturating_add(Weight::from_parts(5_730_828, 0).saturating_mul(c.into()))
            .saturating_add(T::DbWeight::get().reads(8_u64))
            .saturating_add(T::DbWeight::get().reads((1_u64).saturating_mul(c.into())))
            .saturating_add(T::DbWeight::get().writes(7_u64))
            .saturating_add(Weight::from_parts(0, 3715).saturating_mul(c.into()))
    }
    fn answer() -> Weight {
        // Minimum execution time: 309_041_000 picoseconds.
        Weight::from_parts(329_021_000, 69029)
            .saturating_add(T::DbWeight::get().reads(10_u64))
            .saturating_add(T::DbWeight::get().writes(6_u64))
    }
    /// The range of component `o` is `[1, 1024]`.
    fn submit_result(o: u32) -> Weight {
        // Minimum execution time: 1_297_256_000 picoseconds.
        Weight::from_parts(1_398_080_137, 8659)
            // Standard error: 10_101
            .saturating_add(Weight::from_parts(715_629, 0).saturating_mul(o.into()))
            .saturating_add(T::DbWeight::get().reads(6_u64))
            .saturating_add(T::DbWeight::get().writes(10_u64))
    }
    fn settle_result() -> Weight {
        // Minimum execution time: 1_308_854_000 picoseconds.
        Weight::from_parts(1_402_873_000, 8659)
            .saturating_add(T::DbWeight::get().reads(8_u64))
            .saturating_add(T::DbWeight::get().writes(12_u64))
    }
    /// The range of component `n` is `[16, 64]`.
    /// The range of component `k` is `[1, 16]`.
    fn submit_results(n: u32, k: u32) -> Weight {
        // A plane above the medians at nineteen points of n and k. The command's own fit takes one
        // median slope per component, each at the other's maximum, and puts what that leaves into the
        // base, which small batches would pay.
        Weight::from_parts(200_000_000, 8799)
            .saturating_add(Weight::from_parts(470_000_000, 0).saturating_mul(n.into()))
            .saturating_add(Weight::from_parts(810_000_000, 0).saturating_mul(k.into()))
            .saturating_add(T::DbWeight::get().reads(6_u64))
            .saturating_add(T::DbWeight::get().reads((1_u64).saturating_mul(n.into())))
            .saturating_add(T::DbWeight::get().reads((3_u64).saturating_mul(k.into())))
            .saturating_add(T::DbWeight::get().writes(6_u64))
            .saturating_add(T::DbWeight::get().writes((6_u64).saturating_mul(n.into())))
            .saturating_add(T::DbWeight::get().writes((2_u64).saturating_mul(k.into())))
            .saturating_add(Weight::from_parts(0, 7669).saturating_mul(n.into()))
            .saturating_add(Weight::from_parts(0, 6605).saturating_mul(k.into()))
    }
    fn expire() -> Weight {
        // Minimum execution time: 63_615_000 picoseconds.
        Weight::from_parts(68_342_000, 8659)
            .saturating_add(T::DbWeight::get().reads(7_u64))
            .saturating_add(T::DbWeight::get().writes(12_u64))
    }
    fn on_poll_base() -> Weight {
        // Minimum execution time: 2_384_000 picoseconds.
        Weight::from_parts(2_624_000, 1489).saturating_add(T::DbWeight::get().reads(1_u64))
    }
    fn on_poll_step() -> Weight {
        // Minimum execution time: 8_423_000 picoseconds.
        Weight::from_parts(9_404_000, 8659).saturating_add(T::DbWeight::get().reads(2_u64))
    }
    fn expire_due() -> Weight {
        // Minimum execution time: 57_005_000 picoseconds.
        Weight::from_parts(60_460_000, 4705)
            .saturating_add(T::DbWeight::get().reads(7_u64))
            .saturating_add(T::DbWeight::get().writes(12_u64))
    }
    fn accept() -> Weight {
        // Minimum execution time: 23_365_000 picoseconds.
        Weight::from_parts(25_478_000, 8659)
            .saturating_add(T::DbWeight::get().reads(3_u64))
            .saturating_add(T::DbWeight::get().writes(5_u64))
    }
    fn cancel() -> Weight {
        // Minimum execution time: 52_268_000 picoseconds.
        Weight::from_parts(55_553_000, 8659)
            .saturating_add(T::DbWeight::get().reads(4_u64))
            .saturating_add(T::DbWeight::get().writes(8_u64))
    }
    /// The range of component `c` is `[1, 64]`.
    fn pass_on(c: u32) -> Weight {
        // Minimum execution time: 50_195_000 picoseconds.
        Weight::from_parts(35_328_036, 26995)
            // Standard error: 10_667
            .saturating_add(Weight::from_parts(5_457_992, 0).saturating_mul(c.into()))
            .saturating_add(T::DbWeight::get().reads(5_u64))
            .saturating_add(T::DbWeight::get().reads((1_u64).saturating_mul(c.into())))
            .saturating_add(T::DbWeight::get().writes(9_u64))
            .saturating_add(Weight::from_parts(0, 3056).saturating_mul(c.into()))
    }
    /// The range of component `p` is `[1, 64]`.
    fn payers(p: u32) -> Weight {
        // Minimum execution time: 99_959_000 picoseconds.
        Weight::from_parts(42_665_835, 6196)
            // Standard error: 52_208
            .saturating_add(Weight::from_parts(65_457_797, 0).saturating_mul(p.into()))
            .saturating_add(T::DbWeight::get().reads(2_u64))
            .saturating_add(T::DbWeight::get().reads((2_u64).saturating_mul(p.into())))
            .saturating_add(T::DbWeight::get().writes(2_u64))
            .saturating_add(T::DbWeight::get().writes((2_u64).saturating_mul(p.into())))
            .saturating_add(Weight::from_parts(0, 2776).saturating_mul(p.into()))
    }
    /// The range of component `p` is `[1, 64]`.
    fn payees(p: u32) -> Weight {
        // Minimum execution time: 101_181_000 picoseconds.
        Weight::from_parts(73_817_507, 6196)
            // Standard error: 15_028
            .saturating_add(Weight::from_parts(34_156_983, 0).saturating_mul(p.into()))
            .saturating_add(T::DbWeight::get().reads(3_u64))
            .saturating_add(T::DbWeight::get().reads((1_u64).saturating_mul(p.into())))
            .saturating_add(T::DbWeight::get().writes(3_u64))
            .saturating_add(T::DbWeight::get().writes((1_u64).saturating_mul(p.into())))
            .saturating_add(Weight::from_parts(0, 2603).saturating_mul(p.into()))
    }
    /// A signature; reads the genesis hash, each request, and a record for one that is not open.
    /// The range of component `n` is `[1, 64]`.
    fn authorize_submit_authorized(n: u32) -> Weight {
        // Minimum execution time: 46_450_000 picoseconds.
        Weight::from_parts(53_502_308, 3509)
            // Standard error: 71_032
            .saturating_add(Weight::from_parts(4_995_157, 0).saturating_mul(n.into()))
            .saturating_add(T::DbWeight::get().reads(2_u64))
            .saturating_add(T::DbWeight::get().reads((1_u64).saturating_mul(n.into())))
            .saturating_add(Weight::from_parts(0, 7669).saturating_mul(n.into()))
    }
    /// The range of component `o` is `[1, 1024]`.
    fn authorize_output(o: u32) -> Weight {
        // Minimum execution time: 44_877_000 picoseconds.
        Weight::from_parts(48_239_876, 8659)
            // Standard error: 87
            .saturating_add(Weight::from_parts(6_192, 0).saturating_mul(o.into()))
            .saturating_add(T::DbWeight::get().reads(3_u64))
    }
}
