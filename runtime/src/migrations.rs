//! From the storage of one runtime version to that of the next.
//!
//! They run in the block that brings the new code, before anything else, and each does its work once:
//! the pallets' storage versions say which are due. All of them walk through whole maps in one block,
//! which is what a development chain can bear; a chain with many requests needs steps.

use crate::{Inference, Runtime, System};
use frame_support::traits::{GetStorageVersion, OnRuntimeUpgrade};
use frame_support::weights::Weight;
use pallet_compute_providers::migrations::v1::count_assignment;
use pallet_inference::AssignedTo;

/// Everything that an upgrade may have to do, in order.
pub type Migrations = (
    pallet_model_registry::migrations::v1::MigrateToV1<Runtime>,
    pallet_compute_providers::migrations::v1::MigrateToV1<Runtime>,
    CountAssignments,
    pallet_inference::migrations::v1::MigrateToV1<Runtime>,
    StartCursors,
);

/// Tells providers of the assignments that they have, by model, which only the requests know. Does it
/// before the requests become those of version 1, and so once.
pub struct CountAssignments;

impl OnRuntimeUpgrade for CountAssignments {
    fn on_runtime_upgrade() -> Weight {
        let db = <Runtime as frame_system::Config>::DbWeight::get();
        if Inference::on_chain_storage_version() != 0 {
            return db.reads(1);
        }
        let mut count = 0u64;
        for (provider, id) in AssignedTo::<Runtime>::iter_keys() {
            if let Some(model) = pallet_inference::migrations::v1::model_of::<Runtime>(id.id()) {
                count_assignment::<Runtime>(&provider, model);
            }
            count = count.saturating_add(1);
        }
        db.reads_writes(count.saturating_mul(3).saturating_add(1), count)
    }
}

/// Lets the deadline work of pallets that are new begin now, and not in the first block of the chain,
/// through all of which it would have to go.
pub struct StartCursors;

impl OnRuntimeUpgrade for StartCursors {
    fn on_runtime_upgrade() -> Weight {
        let now = System::block_number();
        macro_rules! start {
            ($($pallet:ident),+) => {$(
                if !$pallet::NextDue::<Runtime>::exists() {
                    $pallet::NextDue::<Runtime>::put(now);
                }
            )+};
        }
        start!(
            pallet_disputes,
            pallet_optimistic,
            pallet_replication,
            pallet_subscriptions,
            pallet_private_requests
        );
        <Runtime as frame_system::Config>::DbWeight::get().reads_writes(6, 5)
    }
}
