//! The worker as a whole: what it needs, in the order in which it needs it.

mod error;
mod parts;

pub use error::ServiceError;

use crate::{
    config::Config,
    disk::Disk,
    follow::Follower,
    gateway::{ledger, Ledger},
    heartbeat::Heartbeat,
    http::{self, Pulse},
    lock::Lock,
    metrics::Metrics,
    models::Library,
    notify::Notifier,
    offers,
    outbox::{self, Outbox},
    peers::{self, Peers},
    pipeline::Pipeline,
    stop::stopped,
    tiers::{self, seals, Seals},
};
use lattice_chain_client::Client;
use lattice_p2p::private;
use libp2p::PeerId;
use parts::Parts;
use std::{sync::Arc, time::Duration};
use tokio::sync::watch;

/// How long the worker tries to reach a node at its start.
const CONNECT_PATIENCE: Duration = Duration::from_secs(600);
/// How often the peers are counted for `/health`.
const PEERS_COUNTED: Duration = Duration::from_secs(5);

/// Runs until `stop` turns true.
pub async fn run(config: Config, stop: watch::Receiver<bool>) -> Result<(), ServiceError> {
    let disk = Disk::default();
    let (halt, halted) = watch::channel(false);
    let relay = tokio::spawn(stop_or_failure(stop, disk.clone(), halt));
    let ended = serve(config, &disk, halted).await;
    relay.abort();
    // What else went wrong went wrong by that.
    disk.failed().map_or(ended, |failure| Err(failure.into()))
}

/// Gives the signal to stop, from whoever runs the worker, or since the disk failed a database: what
/// is under way in the others may end.
async fn stop_or_failure(mut stop: watch::Receiver<bool>, disk: Disk, halt: watch::Sender<bool>) {
    tokio::select! {
        () = stopped(&mut stop) => {}
        failure = disk.failure() => tracing::error!(%failure, "stopping"),
    }
    halt.send_replace(true);
}

/// Serves until `stop` turns true.
async fn serve(
    config: Config,
    disk: &Disk,
    mut stop: watch::Receiver<bool>,
) -> Result<(), ServiceError> {
    let notifier = Notifier::from_environment();
    let signer = config.signer()?;
    let account = signer.account();
    let _data_lock = Lock::data(&config.data)?;
    tokio::spawn(tell_of_stop(notifier.clone(), stop.clone()));
    let metrics = Metrics::new()?;
    let pulse = Pulse::default();
    if let Some(address) = config.metrics {
        let (address, _) = http::serve(address, metrics.clone(), pulse.clone())
            .await
            .map_err(|source| ServiceError::Http { address, source })?;
        tracing::info!(%address, "metrics");
    }
    tracing::info!(%account, models = %config.models.display(), "loading models");
    notifier.status("loading models");
    let library = load_models(&config, &metrics).await?;

    notifier.status(&format!("connecting to {}", config.chain));
    let client = tokio::select! {
        client = Client::connect_within(&config.chain, CONNECT_PATIENCE) => client?,
        () = stopped(&mut stop) => return Ok(()),
    };
    let genesis = client.genesis();
    // Anyone has the key of a development account, and all development chains have one genesis.
    let development_url = config.dev_seed.is_some().then_some(config.chain.as_str());
    let _account_lock = Lock::account(&genesis, &account, development_url, &config.data)?;
    let open = |file_name| disk.open(&config.data, file_name);
    let outbox = Arc::new(Outbox::open(open(outbox::FILE_NAME)?, &genesis, &account)?);
    outbox.prune()?;
    let ledger = Arc::new(Ledger::open(open(ledger::FILE_NAME)?, &genesis, &account)?);
    let seals = Arc::new(Seals::open(open(seals::FILE_NAME)?, &genesis, &account)?);
    let (best, best_seen) = watch::channel(None);
    let parts = Parts {
        config: &config,
        client: client.clone(),
        signer: signer.clone(),
        library: library.clone(),
        pipeline: Pipeline::new(config.max_parallel, metrics.clone())?,
        metrics,
        best: best_seen.clone(),
    };
    // Without a gateway as well: vouchers of an earlier run are still worth something.
    parts.redeemer(&ledger).start(best_seen.clone());
    let mut beside = vec![parts.tiers(seals).start(best_seen.clone(), stop.clone())];
    let identity = match config.peers.is_on() {
        true => Some(peers::identity(&config.data, &signer, genesis)?),
        false => None,
    };
    // Without a network as well: what an earlier run took is answered and posted.
    let private = parts.private(open(private::FILE_NAME)?, identity.as_ref())?;
    let peers = match identity {
        Some(identity) => {
            notifier.status("fetching models");
            let peers = parts.peers(identity, &private).await?;
            // What is offered is there before the worker says that it serves, if a peer has it.
            tokio::select! {
                begun = parts.fetcher(&peers).begin(best_seen.clone()) => begun?,
                () = stopped(&mut stop) => return Ok(()),
            }
            tokio::spawn(count_peers(peers.clone(), pulse.clone()));
            Some(peers)
        }
        None => None,
    };
    beside.push(private.start(best_seen.clone(), stop.clone()));
    beside.extend(parts.gateway(ledger, &stop).await?);
    tokio::spawn(offers::watch(
        client.clone(),
        account,
        library.clone(),
        pulse.clone(),
        best_seen,
    ));
    // The node's RPC server leaves Nagle's algorithm on: an answer waits until the one before it on the
    // connection is acknowledged, up to 40 ms. So what is submitted has a connection of its own.
    let line = tokio::select! {
        line = Client::connect_within(&config.chain, CONNECT_PATIENCE) => line?,
        () = stopped(&mut stop) => return Ok(()),
    };
    // Behind one URL there may be several nodes, or by now another one.
    client.check_same_chain(&line)?;
    let server = Arc::new(parts.server(line, outbox));
    let last = server.greet(&client).await?;
    pulse.serve(library.clone());
    notifier.status(&format!("serving {} models", library.len()));
    notifier.ready();
    tokio::spawn(notifier.watch_over(pulse.clone()));
    tokio::spawn(tiers::announce(client.clone(), signer.clone(), library));
    let heartbeat = Heartbeat::new(client.clone(), signer, config.heartbeat_blocks, last);
    let follower = Follower::new(client, server, heartbeat, pulse, best)
        .stopping_with(beside)
        .stopping_within(Duration::from_secs(config.stop_patience));
    let followed = tokio::select! {
        followed = follower.follow(stop) => followed,
        // Two would serve each assignment, and take the other's results for their own lost ones.
        peer = another_of(peers.as_ref()) => Err(ServiceError::Twin { account, peer }),
    };
    if let Some(peers) = peers {
        peers.network.shutdown().await;
    }
    followed
}

/// Loads and tests the models in the folder, and counts what they run on.
async fn load_models(config: &Config, metrics: &Metrics) -> Result<Library, ServiceError> {
    let (folder, device, fetches) = (config.models.clone(), config.device, config.peers.is_on());
    let library = tokio::task::spawn_blocking(move || match fetches {
        true => Library::open_some(&folder, device),
        false => Library::open(&folder, device),
    })
    .await
    .map_err(|_| ServiceError::Interrupted)??;
    for served in library.iter() {
        served.count_in(metrics);
    }
    Ok(library)
}

/// The peer that speaks for the same account, once there is one that has done so for longer.
async fn another_of(peers: Option<&Peers>) -> PeerId {
    if let Some(peers) = peers {
        let mut twin = peers.network.twin();
        // The network ends after its worker.
        let met = twin.wait_for(Option::is_some).await.map(|peer| *peer);
        if let Ok(Some(peer)) = met {
            return peer;
        }
    }
    std::future::pending().await
}

/// Keeps the number of peers where `/health` finds it.
async fn count_peers(peers: Peers, pulse: Pulse) {
    loop {
        pulse.set_peers(peers.network.peers().len());
        tokio::time::sleep(PEERS_COUNTED).await;
    }
}

/// Tells the service manager when the worker was told to stop.
async fn tell_of_stop(notifier: Notifier, mut stop: watch::Receiver<bool>) {
    let told = stop.wait_for(|stop| *stop).await.is_ok();
    if told {
        notifier.stopping();
    }
}
