//! Why the worker does not run.

use crate::{
    disk::{DiskFailure, OpenError},
    gateway::LedgerError,
    lock::LockError,
    models::ModelError,
    outbox::OutboxError,
    peers::PeersError,
    tiers::SealError,
};
use lattice_chain_client::{AccountId, Error, SignerError};
use lattice_p2p::private::MailboxError;
use libp2p::PeerId;
use std::net::SocketAddr;

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
