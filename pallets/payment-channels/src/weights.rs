//! Weights of `pallet_payment_channels`: upper bounds derived by hand, not measured;
//! `scripts/benchmark.sh` measures them.
//!
//! Derived from measured calls of the same work in `pallet_inference` and
//! `pallet_compute_providers` (a hold and two index entries: `request_inference`; three
//! payments out of a hold: `settle_result` without its proof), 100 µs for a signature that is
//! checked twice, and the storage that each call touches at most.

#![allow(unused_parens)]
#![allow(unused_imports)]

use frame::weights_prelude::*;

/// Weight functions needed for `pallet_payment_channels`.
pub trait WeightInfo {
    fn open() -> Weight;
    fn top_up() -> Weight;
    fn redeem() -> Weight;
    fn close() -> Weight;
    fn withdraw() -> Weight;
}

/// Weights for `pallet_payment_channels` with the runtime's database weight.
pub struct SubstrateWeight<T>(PhantomData<T>);
impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
    /// Reads model, key, provider, its offers, the number, the payer's account and holds;
    /// writes the number, the channel, two index entries, account and holds.
    fn open() -> Weight {
        Weight::from_parts(200_000_000, 8799)
            .saturating_add(T::DbWeight::get().reads(7_u64))
            .saturating_add(T::DbWeight::get().writes(6_u64))
    }
    /// Reads and writes the channel, the payer's account and holds.
    fn top_up() -> Weight {
        Weight::from_parts(120_000_000, 4034)
            .saturating_add(T::DbWeight::get().reads(3_u64))
            .saturating_add(T::DbWeight::get().writes(3_u64))
    }
    /// Reads the channel, the genesis hash, the payer's account and holds, and the accounts
    /// of provider, owner and treasury; writes all but the hash.
    fn redeem() -> Weight {
        Weight::from_parts(600_000_000, 11402)
            .saturating_add(T::DbWeight::get().reads(7_u64))
            .saturating_add(T::DbWeight::get().writes(6_u64))
    }
    /// Reads the channel, the payer's account and holds; writes them and two index entries.
    fn close() -> Weight {
        Weight::from_parts(150_000_000, 6068)
            .saturating_add(T::DbWeight::get().reads(3_u64))
            .saturating_add(T::DbWeight::get().writes(5_u64))
    }
    /// As `close`.
    fn withdraw() -> Weight {
        Weight::from_parts(150_000_000, 6068)
            .saturating_add(T::DbWeight::get().reads(3_u64))
            .saturating_add(T::DbWeight::get().writes(5_u64))
    }
}
