//! The worker as a whole: what it needs, in the order in which it needs it.

use crate::{
    config::Config,
    courier::Courier,
    disk::{Disk, DiskFailure, OpenError},
    follow::Follower,
    gateway::{self, ledger, Gateway, Ledger, LedgerError, Redeemer},
    gather::Limits,
    heartbeat::Heartbeat,
    http::{self, Pulse},
    lock::{Lock, LockError},
    metrics::Metrics,
    models::{Library, ModelError},
    notify::Notifier,
    offers,
    outbox::{self, Outbox, OutboxError},
    peers::{self, Fetcher, Peers, PeersError},
    pipeline::Pipeline,
    private::Private,
    serve::Server,
    stop::stopped,
    submit::Submitter,
    tiers::{self, seals, SealError, Seals, Tiers},
};
use lattice_chain_client::{AccountId, Block, Client, Error, Signer, SignerError};
use lattice_p2p::{
    private::{self, MailboxError},
    Identity,
};
use libp2p::PeerId;
use std::{net::SocketAddr, sync::Arc, time::Duration};
use tokio::sync::watch;

/// How long the worker tries to reach a node at its start.
const CONNECT_PATIENCE: Duration = Duration::from_secs(600);
/// How often the peers are counted for `/health`.
const PEERS_COUNTED: Duration = Duration::from_secs(5);

/// Why the worker does not run.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    #[error(transparent)]
    Signer(#[from] SignerError),
    #[error(transparent)]
    Lock(#[from] LockError),
    #[error(transparent)]
    Models(#[from] ModelError),
    #[error(transparent)]
    Database(#[from] OpenError),
    #[error(transparent)]
    Disk(#[from] DiskFailure),
    #[error(transparent)]
    Outbox(#[from] OutboxError),
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    #[error(transparent)]
    Seals(#[from] SealError),
    #[error(transparent)]
    Mailbox(#[from] MailboxError),
    #[error(transparent)]
    Chain(#[from] Error),
    #[error(transparent)]
    Peers(#[from] PeersError),
    #[error("another worker of {account} runs elsewhere, as peer {peer}: stop one of them")]
    Twin { account: AccountId, peer: PeerId },
    #[error("cannot set up the metrics: {0}")]
    Metrics(#[from] prometheus::Error),
    #[error("cannot serve the metrics on {address}: {source}")]
    Http {
        address: SocketAddr,
        source: std::io::Error,
    },
    #[error("cannot serve channels on {address}: {source}")]
    Gateway {
        address: SocketAddr,
        source: std::io::Error,
    },
    #[error("cannot start the proving pool: {0}")]
    Pool(#[from] rayon::ThreadPoolBuildError),
    #[error("loading the models was interrupted")]
    Interrupted,
}

impl ServiceError {
    /// Whether another start will fail in the same way, until a person has changed something.
    pub fn is_configuration(&self) -> bool {
        matches!(self, ServiceError::Signer(_))
    }
}

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
    let pipeline = Pipeline::new(config.max_parallel, metrics.clone())?;
    let (best, best_seen) = watch::channel(None);
    // Without a gateway as well: vouchers of an earlier run are still worth something.
    Redeemer::new(
        client.clone(),
        signer.clone(),
        ledger.clone(),
        metrics.clone(),
        config.redeem_above,
    )
    .start(best_seen.clone());
    let tiers = Tiers::new(
        client.clone(),
        signer.clone(),
        library.clone(),
        pipeline.clone(),
        seals,
        metrics.clone(),
        config.watch,
    );
    let mut beside = vec![tiers.start(best_seen.clone(), stop.clone())];
    let identity = match config.peers.is_on() {
        true => Some(peers::identity(&config.data, &signer, genesis)?),
        false => None,
    };
    // Without a network as well: what an earlier run took is answered and posted.
    let private = Private::open(
        open(private::FILE_NAME)?,
        client.clone(),
        signer.clone(),
        library.clone(),
        pipeline.clone(),
        metrics.clone(),
        identity.as_ref().map(Identity::peer),
    )?;
    let peers = match identity {
        Some(identity) => {
            notifier.status("fetching models");
            let mailbox = Arc::new(private.mailbox());
            let registry = metrics.registry();
            let peers =
                Peers::join(&config.peers, &config.data, identity, mailbox, registry).await?;
            peers.go_on_meeting(client.clone(), account);
            let fetcher = Fetcher::new(
                client.clone(),
                account,
                library.clone(),
                peers.clone(),
                config.device,
                metrics.clone(),
            );
            // What is offered is there before the worker says that it serves, if a peer has it.
            tokio::select! {
                begun = fetcher.begin(best_seen.clone()) => begun?,
                () = stopped(&mut stop) => return Ok(()),
            }
            tokio::spawn(count_peers(peers.clone(), pulse.clone()));
            Some(peers)
        }
        None => None,
    };
    beside.push(private.start(best_seen.clone(), stop.clone()));
    if let Some(address) = config.gateway {
        let gateway = Arc::new(Gateway::new(
            account,
            client.clone(),
            library.clone(),
            pipeline.clone(),
            ledger,
            metrics.clone(),
        ));
        let (address, serving) = gateway::serve(address, gateway, stop.clone())
            .await
            .map_err(|source| ServiceError::Gateway { address, source })?;
        beside.push(serving);
        tracing::info!(%address, "gateway");
    }
    tokio::spawn(offers::watch(
        client.clone(),
        account,
        library.clone(),
        pulse.clone(),
        best_seen.clone(),
    ));
    // The node's RPC server leaves Nagle's algorithm on: an answer waits until the one before it on the
    // connection is acknowledged, up to 40 ms. So what is submitted has a connection of its own.
    let line = tokio::select! {
        line = Client::connect_within(&config.chain, CONNECT_PATIENCE) => line?,
        () = stopped(&mut stop) => return Ok(()),
    };
    let submitter = submitter(
        &config, &client, line, &signer, &outbox, &metrics, best_seen,
    );
    let server = Arc::new(Server {
        account,
        signer: signer.clone(),
        genesis,
        library,
        pipeline,
        submitter,
        outbox,
        metrics,
    });
    let last = server.greet(&client).await?;
    pulse.serve(server.library.clone());
    notifier.status(&format!("serving {} models", server.library.len()));
    notifier.ready();
    tokio::spawn(notifier.watch_over(pulse.clone()));
    let library = server.library.clone();
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

/// What brings results to the chain, on a line of its own.
fn submitter(
    config: &Config,
    client: &Client,
    line: Client,
    signer: &Signer,
    outbox: &Arc<Outbox>,
    metrics: &Metrics,
    best: watch::Receiver<Option<Block>>,
) -> Submitter {
    let limits = Limits {
        results: config.max_batch,
        patience: Duration::from_millis(config.batch_wait_ms),
    };
    let courier = Courier::start(
        line,
        signer.clone(),
        outbox.clone(),
        metrics.clone(),
        limits,
    );
    Submitter {
        client: client.clone(),
        account: signer.account(),
        courier,
        outbox: outbox.clone(),
        metrics: metrics.clone(),
        best,
    }
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
