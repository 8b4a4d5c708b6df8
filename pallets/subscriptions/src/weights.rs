//! Weights of `pallet_subscriptions`: upper bounds derived by hand, not measured;
//! `scripts/benchmark.sh` measures them.
//!
//! Derived from measured calls of the same work in `pallet_inference` and
//! `pallet_compute_providers` (a hold and index entries: `request_inference`; payments out of a hold:
//! `settle_result` without its proof, 150 µs each), 100 µs for a look at a model's 64 offers of
//! which one is compared, and the storage that each call touches at most.
//!
//! Settling the periods that are over reads model, key, the model's offers, the provider, and the
//! accounts of subscriber (with its holds), provider and treasury, and writes the accounts, two entries
//! by block, two by account, and the subscription.

#![allow(unused_parens)]
#![allow(unused_imports)]

use frame::weights_prelude::*;

/// Weight functions needed for `pallet_subscriptions`.
pub trait WeightInfo {
    fn set_plan() -> Weight;
    fn remove_plan() -> Weight;
    fn subscribe() -> Weight;
    fn settle_period() -> Weight;
    fn cancel() -> Weight;
    fn terminate() -> Weight;
    fn report_absence() -> Weight;
    fn draw() -> Weight;
    fn note_failure() -> Weight;
    fn on_poll_base() -> Weight;
    fn on_poll_step() -> Weight;
    fn settle_due() -> Weight;
}

/// Weights for `pallet_subscriptions` with the runtime's database weight.
pub struct SubstrateWeight<T>(PhantomData<T>);
impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
    /// Reads model, key, provider, its offers, the number and its plans; writes the number, its
    /// plans, the new plan and the one that it replaces.
    fn set_plan() -> Weight {
        Weight::from_parts(150_000_000, 8799)
            .saturating_add(T::DbWeight::get().reads(6_u64))
            .saturating_add(T::DbWeight::get().writes(4_u64))
    }
    /// Reads the plan, its provider, its offers and its plans; writes the plan and its plans.
    fn remove_plan() -> Weight {
        Weight::from_parts(100_000_000, 8799)
            .saturating_add(T::DbWeight::get().reads(4_u64))
            .saturating_add(T::DbWeight::get().writes(2_u64))
    }
    /// Reads the plan, model, key, provider, its offers, the number, the subscriber's account and
    /// holds; writes the number, the subscription, two index entries, one by block, account and holds.
    fn subscribe() -> Weight {
        Weight::from_parts(250_000_000, 8799)
            .saturating_add(T::DbWeight::get().reads(8_u64))
            .saturating_add(T::DbWeight::get().writes(7_u64))
    }
    /// The subscription, and what settling takes.
    fn settle_period() -> Weight {
        Weight::from_parts(550_000_000, 15606)
            .saturating_add(T::DbWeight::get().reads(9_u64))
            .saturating_add(T::DbWeight::get().writes(9_u64))
    }
    /// As `settle_period`, and two more payments between the same accounts.
    fn cancel() -> Weight {
        Weight::from_parts(950_000_000, 15606)
            .saturating_add(T::DbWeight::get().reads(9_u64))
            .saturating_add(T::DbWeight::get().writes(9_u64))
    }
    /// As `cancel`.
    fn terminate() -> Weight {
        Weight::from_parts(950_000_000, 15606)
            .saturating_add(T::DbWeight::get().reads(9_u64))
            .saturating_add(T::DbWeight::get().writes(9_u64))
    }
    /// As `settle_period`, and another look at the offers.
    fn report_absence() -> Weight {
        Weight::from_parts(650_000_000, 15606)
            .saturating_add(T::DbWeight::get().reads(9_u64))
            .saturating_add(T::DbWeight::get().writes(9_u64))
    }
    /// As `settle_period`, and a release of the same hold.
    fn draw() -> Weight {
        Weight::from_parts(700_000_000, 15606)
            .saturating_add(T::DbWeight::get().reads(9_u64))
            .saturating_add(T::DbWeight::get().writes(9_u64))
    }
    /// As `settle_period`.
    fn note_failure() -> Weight {
        Weight::from_parts(550_000_000, 15606)
            .saturating_add(T::DbWeight::get().reads(9_u64))
            .saturating_add(T::DbWeight::get().writes(9_u64))
    }
    /// Reads and writes the cursor.
    fn on_poll_base() -> Weight {
        Weight::from_parts(5_000_000, 1489)
            .saturating_add(T::DbWeight::get().reads(1_u64))
            .saturating_add(T::DbWeight::get().writes(1_u64))
    }
    /// Reads the next entry of a block, and its subscription.
    fn on_poll_step() -> Weight {
        Weight::from_parts(9_000_000, 6807).saturating_add(T::DbWeight::get().reads(2_u64))
    }
    /// What settling takes.
    fn settle_due() -> Weight {
        Weight::from_parts(500_000_000, 15606)
            .saturating_add(T::DbWeight::get().reads(8_u64))
            .saturating_add(T::DbWeight::get().writes(9_u64))
    }
}
