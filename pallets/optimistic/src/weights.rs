//! Weights of `pallet_optimistic`, measured by `scripts/benchmark.sh`.
//!
//! Where a branch that the benchmarks do not take touches more of the storage than they do, reads and
//! writes are counted by hand.
//!
//! Date: 2026-11-30, steps: 10, repeats: 5, Wasm execution: Compiled, chain: Some("dev").

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
        // Minimum execution time: 69_584_000 picoseconds.
        Weight::from_parts(74_561_000, 69017)
            .saturating_add(T::DbWeight::get().reads(6_u64))
            .saturating_add(T::DbWeight::get().writes(6_u64))
    }
    /// Reads request and provider; writes both, the entry of the result, and two of what is due.
    ///
    /// The range of component `o` is `[1, 1024]`.
    fn post_result(o: u32) -> Weight {
        // Minimum execution time: 31_797_000 picoseconds.
        Weight::from_parts(34_435_629, 69017)
            // Standard error: 43
            .saturating_add(Weight::from_parts(43_077, 0).saturating_mul(o.into()))
            .saturating_add(T::DbWeight::get().reads(3_u64))
            .saturating_add(T::DbWeight::get().writes(5_u64))
    }
    /// Reads request, the challenger's account and holds; writes them and an entry of what is due.
    fn challenge() -> Weight {
        // Minimum execution time: 71_627_000 picoseconds.
        Weight::from_parts(76_084_000, 69017)
            .saturating_add(T::DbWeight::get().reads(5_u64))
            .saturating_add(T::DbWeight::get().writes(11_u64))
    }
    /// Reads request, the challenger's account and holds, the accounts of provider and treasury;
    /// writes them and an entry of what is due.
    fn upheld() -> Weight {
        // Minimum execution time: 68_713_000 picoseconds.
        Weight::from_parts(72_288_000, 13191)
            .saturating_add(T::DbWeight::get().reads(5_u64))
            .saturating_add(T::DbWeight::get().writes(6_u64))
    }
    /// As `expire`, with a reward, for each of `n` challengers account and holds, and the record's
    /// output.
    ///
    /// The range of component `o` is `[1, 1024]`.
    /// The range of component `n` is `[1, 8]`.
    fn refuted(o: u32, n: u32) -> Weight {
        // Minimum execution time: 483_982_000 picoseconds.
        Weight::from_parts(113_795_498, 13191)
            // Standard error: 735
            .saturating_add(Weight::from_parts(650_818, 0).saturating_mul(o.into()))
            // Standard error: 99_782
            .saturating_add(Weight::from_parts(48_663_520, 0).saturating_mul(n.into()))
            .saturating_add(T::DbWeight::get().reads(9_u64))
            .saturating_add(T::DbWeight::get().reads((3_u64).saturating_mul(n.into())))
            .saturating_add(T::DbWeight::get().writes(15_u64))
            .saturating_add(T::DbWeight::get().writes((8_u64).saturating_mul(n.into())))
            .saturating_add(Weight::from_parts(0, 2776).saturating_mul(n.into()))
    }
    /// Reads request, provider, what counts of the requester's fees, the model's count, the
    /// accounts of all four that are paid or pay, and holds; writes them, the record with its
    /// entries, and three index entries.
    ///
    /// The range of component `o` is `[1, 1024]`.
    fn settle(o: u32) -> Weight {
        // Minimum execution time: 245_046_000 picoseconds.
        Weight::from_parts(255_079_015, 13191)
            // Standard error: 307
            .saturating_add(Weight::from_parts(642_239, 0).saturating_mul(o.into()))
            .saturating_add(T::DbWeight::get().reads(10_u64))
            .saturating_add(T::DbWeight::get().writes(16_u64))
    }
    /// Reads request, provider, the number of the next slash, the requester's account and holds,
    /// the treasury's and the provider's; writes them, the slash, the record with its entries, and
    /// three index entries.
    fn expire() -> Weight {
        // Minimum execution time: 67_360_000 picoseconds.
        Weight::from_parts(71_387_000, 13191)
            .saturating_add(T::DbWeight::get().reads(8_u64))
            .saturating_add(T::DbWeight::get().writes(14_u64))
    }
    fn on_poll_base() -> Weight {
        // Minimum execution time: 2_404_000 picoseconds.
        Weight::from_parts(2_664_000, 1489).saturating_add(T::DbWeight::get().reads(1_u64))
    }
    /// Reads the next entry of what is due, and its request.
    fn on_poll_step() -> Weight {
        // Minimum execution time: 7_621_000 picoseconds.
        Weight::from_parts(8_543_000, 13191).saturating_add(T::DbWeight::get().reads(2_u64))
    }
}
