//! Where a peer listens, whom it admits, and how much of everything it allows.

use lattice_chain_client::AccountId;
use libp2p::{Multiaddr, PeerId};
use std::time::Duration;

/// How a peer takes part in the network.
#[derive(Clone, Debug)]
pub struct NetworkConfig {
    /// Where to listen. A peer that listens nowhere can still ask others.
    pub listen: Vec<Multiaddr>,
    /// Where others reach this peer, if that is not where it listens: behind a router, say.
    pub external: Vec<Multiaddr>,
    /// Peers to begin with; tried again while there is no other.
    pub bootstrap: Vec<Multiaddr>,
    /// If not empty, only these accounts are admitted.
    pub allow: Vec<AccountId>,
    /// These accounts are not admitted.
    pub deny: Vec<AccountId>,
    /// Nothing is received from these peers, nor are they called.
    pub deny_peers: Vec<PeerId>,
    /// Most connections at once.
    pub max_connections: u32,
    /// Most connections with one peer at once.
    pub max_per_peer: u32,
    /// Most incoming connections from one address, or one /64 of IPv6, that is not of this machine's
    /// own network.
    pub max_per_address: u32,
    /// Most requests that one peer may make in a second, and in a burst.
    pub requests_per_second: u32,
    /// Most bytes of content in a second for one peer; none for as many as there are.
    pub bytes_per_second: Option<u64>,
    /// Longest time to set up a connection, encryption included.
    pub dial_timeout: Duration,
    /// Longest time in which a new peer has to show who it is.
    pub hello_timeout: Duration,
    /// Longest time from a request to the end of its answer.
    pub request_timeout: Duration,
    /// Longest time of one search in Kademlia.
    pub query_timeout: Duration,
    /// How long a connection stays that nobody uses.
    pub idle_timeout: Duration,
    /// For how long a peer is not talked to whose record was refused.
    pub refusal_ban: Duration,
}

impl Default for NetworkConfig {
    fn default() -> Self {
        Self {
            listen: Vec::new(),
            external: Vec::new(),
            bootstrap: Vec::new(),
            allow: Vec::new(),
            deny: Vec::new(),
            deny_peers: Vec::new(),
            max_connections: 256,
            max_per_peer: 4,
            max_per_address: 32,
            requests_per_second: 1000,
            bytes_per_second: None,
            dial_timeout: Duration::from_secs(10),
            hello_timeout: Duration::from_secs(5),
            request_timeout: Duration::from_secs(30),
            query_timeout: Duration::from_secs(10),
            idle_timeout: Duration::from_secs(5 * 60),
            refusal_ban: Duration::from_secs(60),
        }
    }
}

impl NetworkConfig {
    /// Longest time until a called peer has shown who it is, or has not.
    pub(crate) fn meeting_timeout(&self) -> Duration {
        self.dial_timeout + self.hello_timeout
    }

    /// Whether others can call this peer.
    pub(crate) fn is_reachable(&self) -> bool {
        !self.listen.is_empty() || !self.external.is_empty()
    }
}
