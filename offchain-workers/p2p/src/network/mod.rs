//! The task that owns all connections, and the handle that others ask with.
//!
//! ```text
//! NetworkHandle ── Command ──▶ Task { Swarm } ◀── events of connections
//!      ▲            (256)        │      ▲
//!      └──── answer ─────────────┘      └── Answer ── servers, on threads of their own
//! ```
//!
//! | file | what |
//! |---|---|
//! | `handle` | what others call |
//! | `commands` | what the handle sends, and calls that wait for their peer |
//! | `task` | the loop, and what connections do |
//! | `hello` | who a peer is: the records that both sides show, and twins |
//! | `serve` | requests of others: admitted, answered, paid for |
//! | `places` | how many of those at once, of all and of each peer |
//! | `ask` | requests of our own |
//! | `queries` | Kademlia: records and offers, found and stored |
//! | `upkeep` | what is done from time to time |
//!
//! Every queue here has an end and every wait a time. Nothing that a peer sends is acted on before
//! both sides have shown a good record.

mod ask;
mod commands;
mod handle;
mod hello;
mod places;
mod queries;
mod serve;
mod task;
mod upkeep;

pub use handle::NetworkHandle;

use crate::{
    config::NetworkConfig,
    error::NetworkError,
    identity::Identity,
    metrics::Metrics,
    private::wire::{PrivateRequest, PrivateResponse},
    transfer::wire::{ContentRequest, ContentResponse},
};
use futures::future::BoxFuture;
use lattice_chain_client::AccountId;
use libp2p::{Multiaddr, PeerId};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError, RwLock},
    time::Duration,
};
use task::Task;
use tokio::sync::{mpsc, watch, Notify};

/// Most commands that wait for the task.
const MAX_COMMANDS: usize = 256;
/// Most bans that wait for the task.
const MAX_BANS: usize = 1024;

/// A peer that has shown who it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peer {
    /// Its peer id.
    pub id: PeerId,
    /// The account that speaks through it.
    pub account: AccountId,
}

/// Answers requests for content.
pub trait ContentServer: Send + Sync + 'static {
    /// The answer to a request of a peer. It may read from a disk: it runs on a thread of its own,
    /// at most eight at once.
    fn answer(&self, peer: PeerId, request: ContentRequest) -> ContentResponse;
}

/// Answers private requests.
pub trait PrivateServer: Send + Sync + 'static {
    /// The answer to a request of a peer.
    fn answer(&self, from: &Peer, request: PrivateRequest) -> BoxFuture<'static, PrivateResponse>;
}

/// What a peer does for others, and what counts it. Without servers it only asks.
#[derive(Clone, Default)]
pub struct Servers {
    /// Gives out content.
    pub content: Option<Arc<dyn ContentServer>>,
    /// Takes private inputs and hands out outputs.
    pub private: Option<Arc<dyn PrivateServer>>,
    /// What is counted; none for counters that nobody sees.
    pub metrics: Option<Metrics>,
}

/// The network: start it, and keep the handle.
pub struct Network;

impl Network {
    /// Listens, calls the first peers, and goes on until the handle is shut down or the last one is
    /// dropped. When this returns, the peer can be called.
    ///
    /// # Errors
    /// [`NetworkError::Listen`] if an address cannot be listened on, [`NetworkError::Encryption`] and
    /// [`NetworkError::Metrics`] if there is something wrong with this machine.
    pub async fn start(
        config: NetworkConfig,
        identity: Identity,
        servers: Servers,
    ) -> Result<NetworkHandle, NetworkError> {
        let metrics = match &servers.metrics {
            Some(metrics) => metrics.clone(),
            None => Metrics::new(None).map_err(|e| NetworkError::Metrics(e.to_string()))?,
        };
        let shared = Arc::new(Shared::new(identity.peer()));
        let (commands, inbox) = mpsc::channel(MAX_COMMANDS);
        let (twin, twin_seen) = watch::channel(None);
        let handle = NetworkHandle::new(commands, shared.clone(), twin_seen, &config);
        let mut task = Task::new(config, identity, servers, metrics, shared, inbox, twin)?;
        task.listen().await?;
        tokio::spawn(task.run());
        Ok(handle)
    }
}

/// A peer that is not to be talked to.
#[derive(Clone, Copy, Debug)]
struct Ban {
    reason: &'static str,
    for_: Duration,
}

/// What the task shows to its handles.
#[derive(Debug)]
struct Shared {
    local_peer: PeerId,
    peers: RwLock<HashMap<PeerId, AccountId>>,
    addresses: RwLock<Vec<Multiaddr>>,
    bans: Mutex<HashMap<PeerId, Ban>>,
    banned: Notify,
}

impl Shared {
    fn new(local_peer: PeerId) -> Self {
        Self {
            local_peer,
            peers: RwLock::default(),
            addresses: RwLock::default(),
            bans: Mutex::default(),
            banned: Notify::new(),
        }
    }

    fn peers(&self) -> Vec<Peer> {
        let peers = self.peers.read().unwrap_or_else(PoisonError::into_inner);
        peers
            .iter()
            .map(|(id, account)| Peer {
                id: *id,
                account: *account,
            })
            .collect()
    }

    fn account_of(&self, peer: &PeerId) -> Option<AccountId> {
        let peers = self.peers.read().unwrap_or_else(PoisonError::into_inner);
        peers.get(peer).copied()
    }

    fn peer_of(&self, account: &AccountId) -> Option<PeerId> {
        let peers = self.peers.read().unwrap_or_else(PoisonError::into_inner);
        peers
            .iter()
            .find_map(|(id, of)| (of == account).then_some(*id))
    }

    /// Adds or removes a peer, and says how many there are then.
    fn set_peer(&self, peer: PeerId, account: Option<AccountId>) -> usize {
        let mut peers = self.peers.write().unwrap_or_else(PoisonError::into_inner);
        match account {
            Some(account) => peers.insert(peer, account),
            None => peers.remove(&peer),
        };
        peers.len()
    }

    fn addresses(&self) -> Vec<Multiaddr> {
        let addresses = self.addresses.read();
        addresses.unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set_addresses(&self, addresses: Vec<Multiaddr>) {
        let mut shown = self
            .addresses
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        *shown = addresses;
    }

    /// Leaves a ban for the task. With too many at once the last are lost: they are made again when
    /// their peers misbehave again.
    fn ban(&self, peer: PeerId, ban: Ban) {
        let mut bans = self.bans.lock().unwrap_or_else(PoisonError::into_inner);
        if bans.len() < MAX_BANS || bans.contains_key(&peer) {
            bans.insert(peer, ban);
        }
        drop(bans);
        self.banned.notify_one();
    }

    fn take_bans(&self) -> HashMap<PeerId, Ban> {
        let mut bans = self.bans.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut *bans)
    }
}
