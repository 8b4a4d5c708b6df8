//! Every pallet is there under its name, with its own weights.

mod calls;
mod tiers;

use calls::{
    calls, CeremonyWeights, ChannelWeights, DisputeWeights, InferenceWeights, OptimisticWeights,
    PrivateWeights, ProgramWeights, ProviderWeights, RegistryWeights, ReplicationWeights,
    SubscriptionWeights,
};
use codec::Encode;
use frame_support::{
    dispatch::GetDispatchInfo,
    pallet_prelude::TransactionSource,
    traits::{Authorize, GetCallMetadata, PalletInfo as _, StorageInfoTrait},
    weights::Weight,
};
use lattice_runtime::{AllPalletsWithSystem, Runtime, RuntimeCall, TxExtension, VERSION};
use std::{any::TypeId, collections::BTreeSet};

#[test]
fn every_pallet_is_there_under_its_name() {
    let names: Vec<&str> = RuntimeCall::get_module_names().to_vec();
    for name in [
        "ModelRegistry",
        "ComputeProviders",
        "Inference",
        "AiPrograms",
        "Ceremonies",
        "PaymentChannels",
        "Replication",
        "Optimistic",
        "Disputes",
        "Subscriptions",
        "PrivateRequests",
    ] {
        assert!(names.contains(&name), "{name} is missing in {names:?}");
    }
    let prefixes: BTreeSet<Vec<u8>> = AllPalletsWithSystem::storage_info()
        .into_iter()
        .map(|info| info.pallet_name)
        .collect();
    for name in [
        "System",
        "Timestamp",
        "Aura",
        "Grandpa",
        "Balances",
        "TransactionPayment",
        "Sudo",
        "ModelRegistry",
        "ComputeProviders",
        "Inference",
        "AiPrograms",
        "Ceremonies",
        "PaymentChannels",
        "Replication",
        "Optimistic",
        "Disputes",
        "Subscriptions",
        "PrivateRequests",
    ] {
        assert!(
            prefixes.contains(name.as_bytes()),
            "{name} keeps no storage"
        );
    }
}

#[test]
fn indices_are_what_clients_encode() {
    type Info = <Runtime as frame_system::Config>::PalletInfo;
    assert_eq!(Info::index::<lattice_runtime::ModelRegistry>(), Some(10));
    assert_eq!(Info::index::<lattice_runtime::ComputeProviders>(), Some(11));
    assert_eq!(Info::index::<lattice_runtime::Inference>(), Some(12));
    assert_eq!(Info::index::<lattice_runtime::AiPrograms>(), Some(13));
    assert_eq!(Info::index::<lattice_runtime::Ceremonies>(), Some(14));
    assert_eq!(Info::index::<lattice_runtime::PaymentChannels>(), Some(15));
    assert_eq!(Info::index::<lattice_runtime::Replication>(), Some(18));
    assert_eq!(Info::index::<lattice_runtime::Optimistic>(), Some(17));
    assert_eq!(Info::index::<lattice_runtime::Disputes>(), Some(16));
    assert_eq!(Info::index::<lattice_runtime::Subscriptions>(), Some(19));
    assert_eq!(Info::index::<lattice_runtime::PrivateRequests>(), Some(20));
}

#[test]
fn each_pallet_uses_its_own_benchmarked_weights() {
    fn same<A: 'static, B: 'static>() -> bool {
        TypeId::of::<A>() == TypeId::of::<B>()
    }
    assert!(same::<
        <Runtime as pallet_model_registry::Config>::WeightInfo,
        RegistryWeights,
    >());
    assert!(same::<
        <Runtime as pallet_compute_providers::Config>::WeightInfo,
        ProviderWeights,
    >());
    assert!(same::<
        <Runtime as pallet_inference::Config>::WeightInfo,
        InferenceWeights,
    >());
    assert!(same::<
        <Runtime as pallet_ai_programs::Config>::WeightInfo,
        ProgramWeights,
    >());
    assert!(same::<
        <Runtime as pallet_ceremonies::Config>::WeightInfo,
        CeremonyWeights,
    >());
    assert!(same::<
        <Runtime as pallet_payment_channels::Config>::WeightInfo,
        ChannelWeights,
    >());
    assert!(same::<
        <Runtime as pallet_replication::Config>::WeightInfo,
        ReplicationWeights,
    >());
    assert!(same::<
        <Runtime as pallet_optimistic::Config>::WeightInfo,
        OptimisticWeights,
    >());
    assert!(same::<
        <Runtime as pallet_disputes::Config>::WeightInfo,
        DisputeWeights,
    >());
    assert!(same::<
        <Runtime as pallet_subscriptions::Config>::WeightInfo,
        SubscriptionWeights,
    >());
    assert!(same::<
        <Runtime as pallet_private_requests::Config>::WeightInfo,
        PrivateWeights,
    >());
}

#[test]
fn each_call_weighs_at_least_what_its_benchmark_says() {
    for (call, benchmarked) in calls() {
        let weight = call.get_dispatch_info().call_weight;
        assert!(
            weight.all_gte(benchmarked) && benchmarked != Weight::zero(),
            "{:?} weighs {weight}, its benchmark says {benchmarked}",
            call.get_call_metadata(),
        );
    }
}

#[test]
fn no_call_is_forgotten_here() {
    for module in [
        "ModelRegistry",
        "ComputeProviders",
        "Inference",
        "AiPrograms",
        "Ceremonies",
        "PaymentChannels",
        "Replication",
        "Optimistic",
        "Disputes",
        "Subscriptions",
        "PrivateRequests",
    ] {
        let listed: BTreeSet<String> = calls()
            .iter()
            .map(|(call, _)| call.get_call_metadata())
            .filter(|call| call.pallet_name == module)
            .map(|call| call.function_name.to_owned())
            .collect();
        let all: BTreeSet<String> = RuntimeCall::get_call_names(module)
            .iter()
            .map(|&name| name.to_owned())
            .collect();
        assert_eq!(listed, all, "calls of {module}");
    }
}

#[test]
fn every_call_fits_a_block() {
    let limit = lattice_runtime::configs::system::RuntimeBlockWeights::get()
        .get(frame_support::dispatch::DispatchClass::Normal)
        .max_extrinsic
        .expect("extrinsics are limited");
    for (call, _) in calls() {
        let weight = call.get_dispatch_info().call_weight;
        let weight = weight.saturating_add(call.weight_of_authorize());
        assert!(weight.all_lte(limit), "{:?}", call.get_call_metadata());
    }
}

#[test]
fn only_what_carries_a_providers_signature_is_taken_from_nobody() {
    sp_io::TestExternalities::default().execute_with(|| {
        let authorized: BTreeSet<&str> = calls()
            .iter()
            .filter(|(call, _)| call.authorize(TransactionSource::External).is_some())
            .map(|(call, _)| call.get_call_metadata().function_name)
            .collect();
        let expected = ["heartbeat_authorized", "submit_authorized"];
        assert_eq!(authorized, BTreeSet::from(expected));
    });
    for (call, _) in calls() {
        let weighs = call.weight_of_authorize() != Weight::zero();
        let name = call.get_call_metadata().function_name;
        assert_eq!(weighs, name.ends_with("_authorized"), "{name}");
    }
}

#[test]
fn lattice_extensions_take_no_room_in_a_transaction() {
    let extension: TxExtension = (
        frame_system::AuthorizeCall::new(),
        frame_system::CheckNonZeroSender::new(),
        frame_system::CheckSpecVersion::new(),
        frame_system::CheckTxVersion::new(),
        frame_system::CheckGenesis::new(),
        frame_system::CheckEra::from(sp_runtime::generic::Era::Immortal),
        frame_system::CheckNonce::from(0),
        frame_system::CheckWeight::new(),
        pallet_transaction_payment::ChargeTransactionPayment::from(0),
        frame_system::WeightReclaim::new(),
    );
    // An immortal era, a nonce and a tip: what every Substrate wallet knows.
    assert_eq!(extension.encode(), [0, 0, 0]);
}

#[test]
fn the_version_names_every_runtime_api_that_clients_use() {
    let apis: BTreeSet<[u8; 8]> = VERSION.apis.iter().map(|(id, _)| *id).collect();
    for (name, id) in [
        (
            "LatticeApi",
            lattice_primitives::api::runtime_decl_for_lattice_api::ID,
        ),
        (
            "GrandpaApi",
            sp_consensus_grandpa::runtime_decl_for_grandpa_api::ID,
        ),
        (
            "GenesisBuilder",
            sp_genesis_builder::runtime_decl_for_genesis_builder::ID,
        ),
        (
            "TransactionPaymentApi",
            pallet_transaction_payment_rpc_runtime_api::runtime_decl_for_transaction_payment_api::ID,
        ),
    ] {
        assert!(apis.contains(&id), "{name} is not implemented");
    }
}
