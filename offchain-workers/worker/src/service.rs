//! The worker as a whole: what it needs, in the order in which it needs it.

use crate::{
    config::Config,
    courier::Courier,
    follow::Follower,
    gateway::{self, Gateway, Ledger, LedgerError, Redeemer},
    gather::Limits,
    heartbeat::Heartbeat,
    http::{self, Pulse},
    metrics::Metrics,
    models::{Library, ModelError},
    outbox::{Outbox, OutboxError},
    pipeline::Pipeline,
    private::Private,
    serve::Server,
    submit::Submitter,
    tiers::{self, SealError, Seals, Tiers},
};
use lattice_chain_client::{Client, Error, SignerError};
use lattice_p2p::private::MailboxError;
use std::{net::SocketAddr, sync::Arc, time::Duration};
use tokio::sync::watch;

/// How long the worker tries to reach a node at its start.
const CONNECT_PATIENCE: Duration = Duration::from_secs(600);

/// Why the worker does not run.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    #[error(transparent)]
    Signer(#[from] SignerError),
    #[error(transparent)]
    Models(#[from] ModelError),
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

/// Runs until `stop` turns true.
pub async fn run(config: Config, mut stop: watch::Receiver<bool>) -> Result<(), ServiceError> {
    let signer = config.signer()?;
    let account = signer.account();
    let metrics = Metrics::new()?;
    let pulse = Pulse::default();
    if let Some(address) = config.metrics {
        let (address, _) = http::serve(address, metrics.clone(), pulse.clone())
            .await
            .map_err(|source| ServiceError::Http { address, source })?;
        tracing::info!(%address, "metrics");
    }
    tracing::info!(%account, models = %config.models.display(), "loading models");
    let (folder, device) = (config.models.clone(), config.device);
    let library = tokio::task::spawn_blocking(move || Library::open(&folder, device))
        .await
        .map_err(|_| ServiceError::Interrupted)??;
    metrics
        .models
        .set(i64::try_from(library.len()).unwrap_or(i64::MAX));

    let client = tokio::select! {
        client = Client::connect_within(&config.chain, CONNECT_PATIENCE) => client?,
        _ = stop.wait_for(|stop| *stop) => return Ok(()),
    };
    let outbox = Arc::new(Outbox::open(&config.data, &client.genesis(), &account)?);
    outbox.prune()?;
    let ledger = Arc::new(Ledger::open(&config.data, &client.genesis(), &account)?);
    let seals = Arc::new(Seals::open(&config.data, &client.genesis(), &account)?);
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
    Tiers::new(
        client.clone(),
        signer.clone(),
        library.clone(),
        pipeline.clone(),
        seals,
        metrics.clone(),
        config.watch,
    )
    .start(best_seen.clone());
    // Without a network as well: what an earlier run took is answered and posted.
    let private = Private::open(
        &config.data,
        client.clone(),
        signer.clone(),
        library.clone(),
        pipeline.clone(),
        metrics.clone(),
        None,
    )?;
    private.start(best_seen.clone());
    if let Some(address) = config.gateway {
        let gateway = Arc::new(Gateway::new(
            account,
            client.clone(),
            library.clone(),
            pipeline.clone(),
            ledger,
            metrics.clone(),
        ));
        let (address, _) = gateway::serve(address, gateway, stop.clone())
            .await
            .map_err(|source| ServiceError::Gateway { address, source })?;
        tracing::info!(%address, "gateway");
    }
    let limits = Limits {
        results: config.max_batch,
        patience: Duration::from_millis(config.batch_wait_ms),
    };
    let courier = Courier::start(
        client.clone(),
        signer.clone(),
        outbox.clone(),
        metrics.clone(),
        limits,
    );
    let server = Arc::new(Server {
        account,
        signer: signer.clone(),
        genesis: client.genesis(),
        library,
        pipeline,
        submitter: Submitter {
            client: client.clone(),
            account,
            courier,
            outbox: outbox.clone(),
            metrics: metrics.clone(),
            best: best_seen,
        },
        outbox,
        metrics,
    });
    let last = server.greet(&client).await?;
    let library = server.library.clone();
    tokio::spawn(tiers::announce(client.clone(), signer.clone(), library));
    let heartbeat = Heartbeat::new(client.clone(), signer, config.heartbeat_blocks, last);
    Follower::new(client, server, heartbeat, pulse, best)
        .follow(stop)
        .await
}
