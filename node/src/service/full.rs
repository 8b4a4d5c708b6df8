//! Network, RPC, and the tasks that run until the node stops.

use super::{
    consensus::{start_authoring, start_finality, Finality, Shared},
    partial::{new_partial, Other},
    provider::Provision,
    shutdown::stopping_first,
};
use crate::rpc;
use futures::FutureExt;
use lattice_runtime::opaque::Block;
use sc_client_api::{Backend, BlockBackend};
use sc_consensus_grandpa::warp_proof;
use sc_network::{config::FullNetworkConfiguration, NetworkBackend};
use sc_service::{
    error::Error as ServiceError, BuildNetworkParams, Configuration, PartialComponents,
    SpawnTasksParams, TaskManager, WarpSyncConfig,
};
use sc_telemetry::Telemetry;
use sc_transaction_pool_api::OffchainTransactionPoolFactory;
use sp_runtime::traits::Block as BlockT;
use std::sync::Arc;

/// Starts a node over the network backend `N`, libp2p or litep2p, and a provider's worker if one is asked
/// for.
///
/// # Errors
/// When a part cannot be built: database, network, RPC server or consensus.
pub fn new_full<N>(
    config: Configuration,
    provider: Option<Provision>,
) -> Result<TaskManager, ServiceError>
where
    N: NetworkBackend<Block, <Block as BlockT>::Hash>,
{
    let PartialComponents {
        client,
        backend,
        mut task_manager,
        import_queue,
        keystore_container,
        select_chain,
        transaction_pool,
        other:
            Other {
                block_import,
                grandpa_link,
                mut telemetry,
            },
    } = new_partial(&config)?;

    let registry = config.prometheus_registry().cloned();
    let mut net_config = FullNetworkConfiguration::<Block, <Block as BlockT>::Hash, N>::new(
        &config.network,
        registry.clone(),
    );
    let metrics = N::register_notification_metrics(registry.as_ref());

    let genesis_hash = client.block_hash(0)?.ok_or_else(|| {
        ServiceError::Other(
            "the database has no genesis block; purge the chain and start again".into(),
        )
    })?;
    let grandpa_protocol =
        sc_consensus_grandpa::protocol_standard_name(&genesis_hash, &config.chain_spec);
    let (grandpa_protocol_config, grandpa_notifications) =
        sc_consensus_grandpa::grandpa_peers_set_config::<_, N>(
            grandpa_protocol.clone(),
            metrics.clone(),
            net_config.peer_store_handle(),
        );
    net_config.add_notification_protocol(grandpa_protocol_config);

    let warp_sync = Arc::new(warp_proof::NetworkProvider::new(
        backend.clone(),
        grandpa_link.shared_authority_set().clone(),
        Vec::new(),
    ));

    let (network, system_rpc_tx, tx_handler_controller, sync_service, _bitswap) =
        sc_service::build_network(BuildNetworkParams {
            config: &config,
            net_config,
            client: client.clone(),
            transaction_pool: transaction_pool.clone(),
            spawn_handle: task_manager.spawn_handle(),
            spawn_essential_handle: task_manager.spawn_essential_handle(),
            import_queue,
            block_announce_validator_builder: None,
            warp_sync_config: Some(WarpSyncConfig::WithProvider(warp_sync)),
            block_relay: None,
            metrics,
            gap_sync_body_policy: None,
        })?;

    if config.offchain_worker.enabled {
        let workers = sc_offchain::OffchainWorkers::new(sc_offchain::OffchainWorkerOptions {
            runtime_api_provider: client.clone(),
            is_validator: config.role.is_authority(),
            keystore: Some(keystore_container.keystore()),
            offchain_db: backend.offchain_storage(),
            transaction_pool: Some(OffchainTransactionPoolFactory::new(
                transaction_pool.clone(),
            )),
            network_provider: Arc::new(network.clone()),
            enable_http_requests: false,
            custom_extensions: |_| Vec::new(),
        })?;
        task_manager.spawn_handle().spawn(
            "offchain-workers-runner",
            "offchain-worker",
            workers
                .run(client.clone(), task_manager.spawn_handle())
                .boxed(),
        );
    }

    let role = config.role;
    let force_authoring = config.force_authoring;
    let name = config.network.node_name.clone();
    let with_grandpa = !config.disable_grandpa;
    let provider_folder = config.base_path.path().join("provider");
    let runtime = config.tokio_handle.clone();

    let rpc_builder = {
        let client = client.clone();
        let pool = transaction_pool.clone();
        Box::new(move |_| {
            rpc::create_full(client.clone(), pool.clone())
                .map_err(|error| ServiceError::Application(Box::new(error)))
        })
    };
    let rpc = sc_service::spawn_tasks(SpawnTasksParams {
        config,
        client: client.clone(),
        backend,
        task_manager: &mut task_manager,
        keystore: keystore_container.keystore(),
        transaction_pool: transaction_pool.clone(),
        rpc_builder,
        network: Arc::new(network.clone()),
        system_rpc_tx,
        tx_handler_controller,
        sync_service: sync_service.clone(),
        telemetry: telemetry.as_mut(),
        tracing_execute_block: None,
    })?;

    let provider_registry = registry.clone();
    let shared = Shared {
        task_manager: &task_manager,
        keystore: &keystore_container,
        sync_service,
        registry,
        telemetry: telemetry.as_ref().map(Telemetry::handle),
        transaction_pool,
    };
    if role.is_authority() {
        start_authoring(&shared, client, select_chain, block_import, force_authoring)?;
    }
    if with_grandpa {
        start_finality(
            shared,
            Finality {
                link: grandpa_link,
                network: Arc::new(network),
                notification_service: grandpa_notifications,
                protocol_name: grandpa_protocol,
                role,
                name,
            },
        )?;
    }
    let Some(provider) = provider else {
        return Ok(task_manager);
    };
    let listens = rpc.listen_addresses();
    let provider = provider
        .start(listens, &provider_folder, provider_registry.as_ref())
        .map_err(|error| ServiceError::Application(Box::new(error)))?;
    // What the worker hands in at the end has to be gossiped and included.
    stopping_first(provider, task_manager, runtime)
}
