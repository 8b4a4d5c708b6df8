//! Authoring with Aura, finality with GRANDPA.

use super::partial::{
    BlockImport, FullBackend, FullClient, FullSelectChain, GrandpaLink, Pool, JUSTIFICATION_PERIOD,
};
use lattice_runtime::opaque::Block;
use sc_consensus_aura::{SlotDuration, SlotProportion, StartAuraParams};
use sc_consensus_grandpa::{GrandpaParams, SharedVoterState, VotingRulesBuilder};
use sc_network::{service::traits::NetworkService, types::ProtocolName, NotificationService};
use sc_network_sync::SyncingService;
use sc_service::{error::Error as ServiceError, KeystoreContainer, TaskManager};
use sc_telemetry::TelemetryHandle;
use sc_transaction_pool_api::OffchainTransactionPoolFactory;
use sp_consensus_aura::sr25519::AuthorityPair as AuraPair;
use std::{sync::Arc, time::Duration};
use substrate_prometheus_endpoint::Registry;

/// What both consensus tasks share.
pub struct Shared<'a> {
    pub task_manager: &'a TaskManager,
    pub keystore: &'a KeystoreContainer,
    pub sync_service: Arc<SyncingService<Block>>,
    pub registry: Option<Registry>,
    pub telemetry: Option<TelemetryHandle>,
    pub transaction_pool: Arc<Pool>,
}

/// What the chain must be told at the start of each block: the time, and the
/// slot that follows from it.
pub fn inherent_data_providers(
    slot_duration: SlotDuration,
) -> (
    sp_consensus_aura::inherents::InherentDataProvider,
    sp_timestamp::InherentDataProvider,
) {
    let timestamp = sp_timestamp::InherentDataProvider::from_system_time();
    let slot = sp_consensus_aura::inherents::InherentDataProvider::from_timestamp_and_slot_duration(
        *timestamp,
        slot_duration,
    );
    (slot, timestamp)
}

/// Writes a block in each slot that belongs to a key of this node.
///
/// # Errors
/// When the runtime does not say how long a slot is.
pub fn start_authoring(
    shared: &Shared<'_>,
    client: Arc<FullClient>,
    select_chain: FullSelectChain,
    block_import: BlockImport,
    force_authoring: bool,
) -> Result<(), ServiceError> {
    let proposer_factory = sc_basic_authorship::ProposerFactory::new(
        shared.task_manager.spawn_handle(),
        client.clone(),
        shared.transaction_pool.clone(),
        shared.registry.as_ref(),
        shared.telemetry.clone(),
    );
    let slot_duration = sc_consensus_aura::slot_duration(&*client)?;
    let aura =
        sc_consensus_aura::start_aura::<AuraPair, _, _, _, _, _, _, _, _, _, _>(StartAuraParams {
            slot_duration,
            client,
            select_chain,
            block_import,
            proposer_factory,
            create_inherent_data_providers: move |_, ()| async move {
                Ok(inherent_data_providers(slot_duration))
            },
            force_authoring,
            backoff_authoring_blocks: None::<()>,
            keystore: shared.keystore.keystore(),
            sync_oracle: shared.sync_service.clone(),
            justification_sync_link: shared.sync_service.clone(),
            block_proposal_slot_portion: SlotProportion::new(2f32 / 3f32),
            max_block_proposal_slot_portion: None,
            telemetry: shared.telemetry.clone(),
            compatibility_mode: Default::default(),
        })?;
    // Essential: an authority that has stopped writing blocks must not look alive.
    shared.task_manager.spawn_essential_handle().spawn_blocking(
        "aura",
        Some("block-authoring"),
        aura,
    );
    Ok(())
}

/// What the GRANDPA voter needs beside [`Shared`].
pub struct Finality {
    pub link: GrandpaLink,
    pub network: Arc<dyn NetworkService>,
    pub notification_service: Box<dyn NotificationService>,
    pub protocol_name: ProtocolName,
    pub role: sc_service::Role,
    pub name: String,
}

/// Votes on which blocks are final; a node that is no authority listens.
///
/// # Errors
/// When the state of earlier rounds cannot be read.
pub fn start_finality(shared: Shared<'_>, finality: Finality) -> Result<(), ServiceError> {
    let config = sc_consensus_grandpa::Config {
        gossip_duration: Duration::from_millis(333),
        justification_generation_period: JUSTIFICATION_PERIOD,
        name: Some(finality.name),
        observer_enabled: false,
        keystore: finality
            .role
            .is_authority()
            .then(|| shared.keystore.keystore()),
        local_role: finality.role,
        telemetry: shared.telemetry.clone(),
        protocol_name: finality.protocol_name,
    };
    let voter = sc_consensus_grandpa::run_grandpa_voter::<Block, FullBackend, _, _, _, _, _>(
        GrandpaParams {
            config,
            link: finality.link,
            network: finality.network,
            sync: shared.sync_service.clone(),
            notification_service: finality.notification_service,
            voting_rule: VotingRulesBuilder::default().build(),
            prometheus_registry: shared.registry,
            shared_voter_state: SharedVoterState::empty(),
            telemetry: shared.telemetry,
            offchain_tx_pool_factory: OffchainTransactionPoolFactory::new(shared.transaction_pool),
        },
    )?;
    shared
        .task_manager
        .spawn_essential_handle()
        .spawn_blocking("grandpa-voter", None, voter);
    Ok(())
}
