//! Weights of `pallet_replication`: upper bounds derived by hand, not measured;
//! `scripts/benchmark.sh` measures them.
//!
//! Derived from measured calls of the same work in `pallet_inference` and
//! `pallet_compute_providers` (a field of offers: `request_inference`; a payment, a collateral and an
//! index entry for each of seven replicas: `settle_result` without its proof; the commitment to an
//! output of 1,024 elements: `submit_result`), and the storage that each call touches at most.

#![allow(unused_parens)]
#![allow(unused_imports)]

use frame::weights_prelude::*;

/// Weight functions needed for `pallet_replication`.
pub trait WeightInfo {
    fn open(c: u32) -> Weight;
    fn draw(c: u32) -> Weight;
    fn commit() -> Weight;
    fn reveal(o: u32) -> Weight;
    fn appeal_with_proof() -> Weight;
    fn appeal_by_dispute() -> Weight;
    fn advance() -> Weight;
    fn conclude() -> Weight;
    fn on_poll_base() -> Weight;
    fn on_poll_step() -> Weight;
}

/// Weights for `pallet_replication` with the runtime's database weight.
pub struct SubstrateWeight<T>(PhantomData<T>);
impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
    /// The range of component `c` is `[7, 64]`.
    ///
    /// Reads the ranking, a provider for each offer, the requester's account and holds; writes those,
    /// the request, its input and when it is due.
    fn open(c: u32) -> Weight {
        Weight::from_parts(200_000_000, 8799)
            .saturating_add(Weight::from_parts(6_500_000, 0).saturating_mul(c.into()))
            .saturating_add(T::DbWeight::get().reads(4_u64))
            .saturating_add(T::DbWeight::get().reads((1_u64).saturating_mul(c.into())))
            .saturating_add(T::DbWeight::get().writes(6_u64))
            .saturating_add(Weight::from_parts(0, 3128).saturating_mul(c.into()))
    }
    /// The range of component `c` is `[7, 64]`.
    ///
    /// Reads the ranking, a provider for each offer and the parent's hash; writes seven providers and
    /// index entries, the request, and when it is due.
    fn draw(c: u32) -> Weight {
        Weight::from_parts(350_000_000, 8799)
            .saturating_add(Weight::from_parts(8_000_000, 0).saturating_mul(c.into()))
            .saturating_add(T::DbWeight::get().reads(9_u64))
            .saturating_add(T::DbWeight::get().reads((1_u64).saturating_mul(c.into())))
            .saturating_add(T::DbWeight::get().writes(17_u64))
            .saturating_add(Weight::from_parts(0, 3128).saturating_mul(c.into()))
    }
    /// Reads and writes the request and the provider; writes when it is due.
    fn commit() -> Weight {
        Weight::from_parts(80_000_000, 8799)
            .saturating_add(T::DbWeight::get().reads(2_u64))
            .saturating_add(T::DbWeight::get().writes(4_u64))
    }
    /// The range of component `o` is `[1, 1024]`.
    ///
    /// Reads the request, the provider and the genesis hash; writes the request, the provider and the
    /// output, which is hashed twice.
    fn reveal(o: u32) -> Weight {
        Weight::from_parts(120_000_000, 8799)
            .saturating_add(Weight::from_parts(150_000, 0).saturating_mul(o.into()))
            .saturating_add(T::DbWeight::get().reads(3_u64))
            .saturating_add(T::DbWeight::get().writes(3_u64))
    }
    /// As `conclude`, with a verification.
    fn appeal_with_proof() -> Weight {
        Weight::from_parts(5_500_000_000, 60_000)
            .saturating_add(T::DbWeight::get().reads(42_u64))
            .saturating_add(T::DbWeight::get().writes(62_u64))
    }
    /// Reads the request and its input, writes the request.
    fn appeal_by_dispute() -> Weight {
        Weight::from_parts(120_000_000, 8799)
            .saturating_add(T::DbWeight::get().reads(2_u64))
            .saturating_add(T::DbWeight::get().writes(1_u64))
    }
    /// As `conclude`.
    fn advance() -> Weight {
        Weight::from_parts(3_600_000_000, 60_000)
            .saturating_add(T::DbWeight::get().reads(38_u64))
            .saturating_add(T::DbWeight::get().writes(62_u64))
    }
    /// Reads and writes seven providers and what counts of the requester's fees with them, seven
    /// outputs and ten accounts; writes seven index entries, nine of the record, the record, seven
    /// slashes and the model; removes the request.
    fn conclude() -> Weight {
        Weight::from_parts(3_600_000_000, 60_000)
            .saturating_add(T::DbWeight::get().reads(38_u64))
            .saturating_add(T::DbWeight::get().writes(62_u64))
    }
    fn on_poll_base() -> Weight {
        Weight::from_parts(3_385_000, 1489).saturating_add(T::DbWeight::get().reads(1_u64))
    }
    fn on_poll_step() -> Weight {
        Weight::from_parts(12_000_000, 6807).saturating_add(T::DbWeight::get().reads(2_u64))
    }
}
