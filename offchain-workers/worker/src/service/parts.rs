//! The parts of a worker, each made of what all of them share.

use super::ServiceError;
use crate::{
    config::Config,
    courier::Courier,
    gateway::{self, Gateway, Ledger, Redeemer},
    gather::Limits,
    metrics::Metrics,
    models::Library,
    outbox::Outbox,
    peers::{Fetcher, Peers, PeersError},
    pipeline::Pipeline,
    private::Private,
    serve::Server,
    submit::Submitter,
    tiers::{Seals, Tiers},
};
use lattice_chain_client::{Block, Client, Signer};
use lattice_p2p::{private::MailboxError, Identity};
use redb::Database;
use std::{sync::Arc, time::Duration};
use tokio::{sync::watch, task::JoinHandle};

/// What the parts share.
pub(super) struct Parts<'a> {
    pub config: &'a Config,
    pub client: Client,
    pub signer: Signer,
    pub library: Library,
    pub pipeline: Pipeline,
    pub metrics: Metrics,
    pub best: watch::Receiver<Option<Block>>,
}

impl Parts<'_> {
    /// What redeems vouchers.
    pub fn redeemer(&self, ledger: &Arc<Ledger>) -> Redeemer {
        Redeemer::new(
            self.client.clone(),
            self.signer.clone(),
            ledger.clone(),
            self.metrics.clone(),
            self.config.redeem_above,
        )
    }

    /// What serves the tiers without a proof.
    pub fn tiers(&self, seals: Arc<Seals>) -> Tiers {
        Tiers::new(
            self.client.clone(),
            self.signer.clone(),
            self.library.clone(),
            self.pipeline.clone(),
            seals,
            self.metrics.clone(),
            self.config.watch,
        )
    }

    /// What serves private requests, with this identity in the network.
    pub fn private(
        &self,
        database: Database,
        identity: Option<&Identity>,
    ) -> Result<Private, MailboxError> {
        Private::open(
            database,
            self.client.clone(),
            self.signer.clone(),
            self.library.clone(),
            self.pipeline.clone(),
            self.metrics.clone(),
            identity.map(Identity::peer),
        )
    }

    /// The place among peers, and meeting them.
    pub async fn peers(&self, identity: Identity, private: &Private) -> Result<Peers, PeersError> {
        let peers = Peers::join(
            &self.config.peers,
            &self.config.data,
            identity,
            Arc::new(private.mailbox()),
            self.metrics.registry(),
        )
        .await?;
        peers.go_on_meeting(self.client.clone(), self.signer.account());
        Ok(peers)
    }

    /// What fetches models from peers.
    pub fn fetcher(&self, peers: &Peers) -> Fetcher {
        Fetcher::new(
            self.client.clone(),
            self.signer.account(),
            self.library.clone(),
            peers.clone(),
            self.config.device,
            self.metrics.clone(),
        )
    }

    /// Serves channels until `stop` turns true, if there is an address for it.
    pub async fn gateway(
        &self,
        ledger: Arc<Ledger>,
        stop: &watch::Receiver<bool>,
    ) -> Result<Option<JoinHandle<()>>, ServiceError> {
        let Some(address) = self.config.gateway else {
            return Ok(None);
        };
        let gateway = Arc::new(Gateway::new(
            self.signer.account(),
            self.client.clone(),
            self.library.clone(),
            self.pipeline.clone(),
            ledger,
            self.metrics.clone(),
        ));
        let (address, serving) = gateway::serve(address, gateway, stop.clone())
            .await
            .map_err(|source| ServiceError::Gateway { address, source })?;
        tracing::info!(%address, "gateway");
        Ok(Some(serving))
    }

    /// What serves assignments, and submits results on a line of its own.
    pub fn server(&self, line: Client, outbox: Arc<Outbox>) -> Server {
        let limits = Limits {
            results: self.config.max_batch,
            patience: Duration::from_millis(self.config.batch_wait_ms),
        };
        let account = self.signer.account();
        let courier = Courier::start(
            line,
            self.signer.clone(),
            outbox.clone(),
            self.metrics.clone(),
            limits,
        );
        Server {
            account,
            signer: self.signer.clone(),
            genesis: self.client.genesis(),
            library: self.library.clone(),
            pipeline: self.pipeline.clone(),
            submitter: Submitter {
                client: self.client.clone(),
                account,
                courier,
                outbox: outbox.clone(),
                metrics: self.metrics.clone(),
                best: self.best.clone(),
            },
            outbox,
            metrics: self.metrics.clone(),
        }
    }
}
