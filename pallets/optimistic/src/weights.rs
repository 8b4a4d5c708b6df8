//! Weights of `pallet_optimistic`: upper bounds derived by hand, not measured;
//! `scripts/benchmark.sh` measures them.
//!
//! Derived from measured calls of the same work in `pallet_inference` (hold, assignment and lists:
//! `request_inference`; payments, record and lists: `settle_result` without its proof; a fine and a
//! refund: `expire`), one microsecond for each element of an output that a record commits to
//! (`submit_result`), and the storage that each call touches at most. What the court does comes on
//! top.

#![allow(unused_parens)]
#![allow(unused_imports)]

use frame::weights_prelude::*;

/// Weight functions needed for `pallet_optimistic`.
pub trait WeightInfo {
    fn open() -> Weight;
    fn post_result(o: u32) -> Weight;
    fn challenge() -> Weight;
    fn upheld() -> Weight;
    fn refuted(o: u32, n: u32) -> Weight;
    fn settle(o: u32) -> Weight;
    fn expire() -> Weight;
    fn on_poll_base() -> Weight;
    fn on_poll_step() -> Weight;
}

/// Weights for `pallet_optimistic` with the runtime's database weight.
pub struct SubstrateWeight<T>(PhantomData<T>);
impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
    /// Reads ranking and provider, the requester's account and holds; writes provider, account,
    /// holds, the request, and two index entries.
    fn open() -> Weight {
        Weight::from_parts(300_000_000, 16_000)
            .saturating_add(T::DbWeight::get().reads(4_u64))
            .saturating_add(T::DbWeight::get().writes(6_u64))
    }
    /// Reads request and provider; writes both, the entry of the result, and two of what is due.
    ///
    /// The range of component `o` is `[1, 1024]`.
    fn post_result(o: u32) -> Weight {
        Weight::from_parts(150_000_000, 16_000)
            .saturating_add(Weight::from_parts(20_000, 0).saturating_mul(o.into()))
            .saturating_add(T::DbWeight::get().reads(2_u64))
            .saturating_add(T::DbWeight::get().writes(5_u64))
    }
    /// Reads request, the challenger's account and holds; writes them and an entry of what is due.
    fn challenge() -> Weight {
        Weight::from_parts(200_000_000, 16_000)
            .saturating_add(T::DbWeight::get().reads(3_u64))
            .saturating_add(T::DbWeight::get().writes(4_u64))
    }
    /// Reads request, the challenger's account and holds, the accounts of provider and treasury;
    /// writes them and an entry of what is due.
    fn upheld() -> Weight {
        Weight::from_parts(350_000_000, 20_000)
            .saturating_add(T::DbWeight::get().reads(5_u64))
            .saturating_add(T::DbWeight::get().writes(6_u64))
    }
    /// As `expire`, with a reward, for each of `n` challengers account and holds, and the record's
    /// output.
    ///
    /// The range of component `o` is `[1, 1024]`.
    /// The range of component `n` is `[1, 8]`.
    fn refuted(o: u32, n: u32) -> Weight {
        Weight::from_parts(400_000_000, 24_000)
            .saturating_add(Weight::from_parts(1_000_000, 0).saturating_mul(o.into()))
            .saturating_add(Weight::from_parts(80_000_000, 0).saturating_mul(n.into()))
            .saturating_add(T::DbWeight::get().reads(9_u64))
            .saturating_add(T::DbWeight::get().reads((2_u64).saturating_mul(n.into())))
            .saturating_add(T::DbWeight::get().writes(15_u64))
            .saturating_add(T::DbWeight::get().writes((2_u64).saturating_mul(n.into())))
            .saturating_add(Weight::from_parts(0, 5_200).saturating_mul(n.into()))
    }
    /// Reads request, provider, what counts of the requester's fees, the model's count, the
    /// accounts of all four that are paid or pay, and holds; writes them, the record with its
    /// entries, and three index entries.
    ///
    /// The range of component `o` is `[1, 1024]`.
    fn settle(o: u32) -> Weight {
        Weight::from_parts(500_000_000, 24_000)
            .saturating_add(Weight::from_parts(1_000_000, 0).saturating_mul(o.into()))
            .saturating_add(T::DbWeight::get().reads(10_u64))
            .saturating_add(T::DbWeight::get().writes(16_u64))
    }
    /// Reads request, provider, the number of the next slash, the requester's account and holds,
    /// the treasury's and the provider's; writes them, the slash, the record with its entries, and
    /// three index entries.
    fn expire() -> Weight {
        Weight::from_parts(200_000_000, 16_000)
            .saturating_add(T::DbWeight::get().reads(8_u64))
            .saturating_add(T::DbWeight::get().writes(14_u64))
    }
    fn on_poll_base() -> Weight {
        Weight::from_parts(3_385_000, 1_489).saturating_add(T::DbWeight::get().reads(1_u64))
    }
    /// Reads the next entry of what is due, and its request.
    fn on_poll_step() -> Weight {
        Weight::from_parts(12_000_000, 12_000).saturating_add(T::DbWeight::get().reads(2_u64))
    }
}
