//! The benchmarks that `lattice-node benchmark pallet` runs.

use crate::{
    AiPrograms, AllPalletsWithSystem, Balances, Ceremonies, ComputeProviders, Disputes, Grandpa,
    Inference, ModelRegistry, Optimistic, PaymentChannels, PrivateRequests, Replication, Runtime,
    Subscriptions, Sudo, Timestamp,
};
use alloc::{string::String, vec::Vec};
use frame_benchmarking::{
    baseline::{Config as BaselineConfig, Pallet as Baseline},
    define_benchmarks, BenchmarkBatch, BenchmarkConfig, BenchmarkList,
};
use frame_support::traits::{StorageInfo, StorageInfoTrait, WhitelistedStorageKeys};
use sp_core::storage::TrackedStorageKey;

define_benchmarks!(
    [frame_benchmarking, Baseline::<Runtime>]
    [pallet_timestamp, Timestamp]
    [pallet_grandpa, Grandpa]
    [pallet_balances, Balances]
    [pallet_sudo, Sudo]
    [pallet_model_registry, ModelRegistry]
    [pallet_compute_providers, ComputeProviders]
    [pallet_inference, Inference]
    [pallet_ai_programs, AiPrograms]
    [pallet_ceremonies, Ceremonies]
    [pallet_payment_channels, PaymentChannels]
    [pallet_replication, Replication]
    [pallet_optimistic, Optimistic]
    [pallet_private_requests, PrivateRequests]
    [pallet_disputes, Disputes]
    [pallet_subscriptions, Subscriptions]
);

impl BaselineConfig for Runtime {}

/// Every benchmark, and the storage of every pallet.
pub fn metadata(extra: bool) -> (Vec<BenchmarkList>, Vec<StorageInfo>) {
    let mut list = Vec::<BenchmarkList>::new();
    list_benchmarks!(list, extra);
    (list, AllPalletsWithSystem::storage_info())
}

/// Runs the benchmarks that `config` selects.
///
/// # Errors
/// When a benchmark fails or none matches.
pub fn dispatch(config: BenchmarkConfig) -> Result<Vec<BenchmarkBatch>, String> {
    let whitelist: Vec<TrackedStorageKey> = AllPalletsWithSystem::whitelisted_storage_keys();
    let mut batches = Vec::<BenchmarkBatch>::new();
    let params = (&config, &whitelist);
    add_benchmarks!(params, batches);
    Ok(batches)
}
