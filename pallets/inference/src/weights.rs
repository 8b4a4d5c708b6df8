//! Weights of `pallet_inference`, measured by `scripts/benchmark.sh`.
//!
//! Not measured yet, but bounded by hand from what is alike: `accept`, `cancel`, `pass_on`,
//! `authorize_submit_authorized` and `authorize_output` (100 µs for a signature of any scheme), the part
//! of `request_inference` that grows with the offers, the second read of `on_poll_step`, and the read
//! and write of what counts of a requester's fees in settlements.
//!
//! `submit_result`, `settle_result` and `submit_results` were measured on 2026-11-30, on a machine that
//! is about 1.4 times as fast as that of the others.
//!
//! Date: 2026-11-21, steps: 8, repeats: 5, Wasm execution: Compiled, chain: Some("dev").

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
        // Minimum execution time: 492_411_000 picoseconds.
        Weight::from_parts(194_007_235, 6807)
            // Standard error: 1_269
            .saturating_add(Weight::from_parts(147_764, 0).saturating_mul(i.into()))
            // Standard error: 82_535
            .saturating_add(Weight::from_parts(6_500_000, 0).saturating_mul(c.into()))
            .saturating_add(T::DbWeight::get().reads(7_u64))
            .saturating_add(T::DbWeight::get().reads((1_u64).saturating_mul(c.into())))
            .saturating_add(T::DbWeight::get().writes(7_u64))
            .saturating_add(Weight::from_parts(0, 3128).saturating_mul(c.into()))
    }
    fn answer() -> Weight {
        // Minimum execution time: 462_918_000 picoseconds.
        Weight::from_parts(487_624_000, 69029)
            .saturating_add(T::DbWeight::get().reads(10_u64))
            .saturating_add(T::DbWeight::get().writes(6_u64))
    }
    /// The range of component `o` is `[1, 1024]`.
    fn submit_result(o: u32) -> Weight {
        // Minimum execution time: 1_282_000_000 picoseconds.
        Weight::from_parts(1_345_000_000, 8799)
            .saturating_add(Weight::from_parts(665_000, 0).saturating_mul(o.into()))
            .saturating_add(T::DbWeight::get().reads(8_u64))
            .saturating_add(T::DbWeight::get().writes(12_u64))
    }
    fn settle_result() -> Weight {
        // Minimum execution time: 1_309_000_000 picoseconds.
        Weight::from_parts(1_400_000_000, 11402)
            .saturating_add(T::DbWeight::get().reads(10_u64))
            .saturating_add(T::DbWeight::get().writes(14_u64))
    }
    /// The range of component `n` is `[16, 64]`.
    /// The range of component `k` is `[1, 16]`.
    fn submit_results(n: u32, k: u32) -> Weight {
        // Measured at seven points of n and k; a plane above their medians, 10 % at most. The
        // command's own fit takes one median slope per component, each at the other's maximum, and
        // puts what that leaves into the base, which small batches would pay.
        Weight::from_parts(200_000_000, 11402)
            .saturating_add(Weight::from_parts(560_000_000, 0).saturating_mul(n.into()))
            .saturating_add(Weight::from_parts(720_000_000, 0).saturating_mul(k.into()))
            .saturating_add(T::DbWeight::get().reads(5_u64))
            .saturating_add(T::DbWeight::get().reads((5_u64).saturating_mul(n.into())))
            .saturating_add(T::DbWeight::get().reads((3_u64).saturating_mul(k.into())))
            .saturating_add(T::DbWeight::get().writes(4_u64))
            .saturating_add(T::DbWeight::get().writes((9_u64).saturating_mul(n.into())))
            .saturating_add(T::DbWeight::get().writes((2_u64).saturating_mul(k.into())))
            .saturating_add(Weight::from_parts(0, 6000).saturating_mul(n.into()))
            .saturating_add(Weight::from_parts(0, 3800).saturating_mul(k.into()))
    }
    fn expire() -> Weight {
        // Minimum execution time: 135_972_000 picoseconds.
        Weight::from_parts(143_734_000, 8799)
            .saturating_add(T::DbWeight::get().reads(7_u64))
            .saturating_add(T::DbWeight::get().writes(12_u64))
    }
    fn on_poll_base() -> Weight {
        // Minimum execution time: 2_974_000 picoseconds.
        Weight::from_parts(3_385_000, 1489).saturating_add(T::DbWeight::get().reads(1_u64))
    }
    fn on_poll_step() -> Weight {
        // Minimum execution time: 4_106_000 picoseconds.
        Weight::from_parts(9_000_000, 6807).saturating_add(T::DbWeight::get().reads(2_u64))
    }
    fn expire_due() -> Weight {
        // Minimum execution time: 133_068_000 picoseconds.
        Weight::from_parts(139_057_000, 8799)
            .saturating_add(T::DbWeight::get().reads(7_u64))
            .saturating_add(T::DbWeight::get().writes(12_u64))
    }
    fn accept() -> Weight {
        Weight::from_parts(60_000_000, 8799)
            .saturating_add(T::DbWeight::get().reads(3_u64))
            .saturating_add(T::DbWeight::get().writes(5_u64))
    }
    fn cancel() -> Weight {
        Weight::from_parts(120_000_000, 8799)
            .saturating_add(T::DbWeight::get().reads(4_u64))
            .saturating_add(T::DbWeight::get().writes(8_u64))
    }
    /// The range of component `c` is `[1, 64]`.
    fn pass_on(c: u32) -> Weight {
        Weight::from_parts(180_000_000, 8799)
            .saturating_add(Weight::from_parts(6_500_000, 0).saturating_mul(c.into()))
            .saturating_add(T::DbWeight::get().reads(5_u64))
            .saturating_add(T::DbWeight::get().reads((1_u64).saturating_mul(c.into())))
            .saturating_add(T::DbWeight::get().writes(9_u64))
            .saturating_add(Weight::from_parts(0, 3128).saturating_mul(c.into()))
    }
    /// A signature; reads the genesis hash, each request, and a record for one that is not open.
    /// The range of component `n` is `[1, 64]`.
    fn authorize_submit_authorized(n: u32) -> Weight {
        Weight::from_parts(130_000_000, 11402)
            .saturating_add(Weight::from_parts(30_000_000, 0).saturating_mul(n.into()))
            .saturating_add(T::DbWeight::get().reads(2_u64))
            .saturating_add(T::DbWeight::get().reads((1_u64).saturating_mul(n.into())))
            .saturating_add(Weight::from_parts(0, 6000).saturating_mul(n.into()))
    }
    /// The range of component `o` is `[1, 1024]`.
    fn authorize_output(o: u32) -> Weight {
        Weight::from_parts(160_000_000, 17402)
            .saturating_add(Weight::from_parts(20_000, 0).saturating_mul(o.into()))
            .saturating_add(T::DbWeight::get().reads(3_u64))
    }
}
