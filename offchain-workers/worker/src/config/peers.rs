//! How the worker meets its peers, and what it keeps of theirs.

use clap::Args;
use lattice_chain_client::{AccountId, H256};
use lattice_p2p::NetworkConfig;
use libp2p::{Multiaddr, PeerId};

/// Bytes in a mebibyte.
const MIB: u64 = 1 << 20;

/// Options about peers. Without `--p2p-listen` the worker meets none.
#[derive(Args, Clone, Debug)]
pub struct PeerOptions {
    /// Meet peers at this address, e.g. /ip4/0.0.0.0/tcp/30400: models that this provider offers and does
    /// not have are fetched from them, and private inputs come that way. May be given several times
    #[arg(long, value_name = "MULTIADDR")]
    pub p2p_listen: Vec<Multiaddr>,

    /// Where others reach this worker, if not where it listens: behind a router, e.g.
    /// /dns4/gpu.example/tcp/30400
    #[arg(long, value_name = "MULTIADDR")]
    pub p2p_external: Vec<Multiaddr>,

    /// Peers to begin with; others are found through their providers' endpoints on chain
    #[arg(long, value_name = "MULTIADDR")]
    pub p2p_bootstrap: Vec<Multiaddr>,

    /// Admit these accounts only
    #[arg(long, value_name = "ACCOUNT")]
    pub p2p_allow: Vec<AccountId>,

    /// Never admit these accounts
    #[arg(long, value_name = "ACCOUNT")]
    pub p2p_deny: Vec<AccountId>,

    /// Never talk to these peers
    #[arg(long, value_name = "PEER")]
    pub p2p_deny_peer: Vec<PeerId>,

    /// Most connections at once
    #[arg(long, value_name = "N", default_value = "256")]
    pub p2p_max_connections: u32,

    /// Most requests of one peer in a second
    #[arg(long, value_name = "N", default_value = "1000")]
    pub p2p_requests_per_second: u32,

    /// Most MiB of models that one peer is sent in a second [default: as many as there are]
    #[arg(long, value_name = "MIB")]
    pub p2p_mib_per_second: Option<u64>,

    /// Room on disk for fetched models and keys, in MiB; what was not used for longest goes first. Of
    /// the disk 1024 MiB stay free whatever is said here, of a smaller one than 10 GiB a tenth
    #[arg(long, value_name = "MIB", default_value = "32768")]
    pub store_quota_mib: u64,

    /// Keep this model in the store, by its hash; those that this provider offers are kept anyway
    #[arg(long, value_name = "HASH")]
    pub store_pin: Vec<H256>,
}

impl PeerOptions {
    /// Whether the worker meets peers at all.
    pub fn is_on(&self) -> bool {
        !self.p2p_listen.is_empty()
    }

    /// Room for fetched contents, in bytes.
    pub fn quota(&self) -> u64 {
        self.store_quota_mib.saturating_mul(MIB)
    }

    /// What the network is told.
    pub fn network(&self) -> NetworkConfig {
        NetworkConfig {
            listen: self.p2p_listen.clone(),
            external: self.p2p_external.clone(),
            bootstrap: self.p2p_bootstrap.clone(),
            allow: self.p2p_allow.clone(),
            deny: self.p2p_deny.clone(),
            deny_peers: self.p2p_deny_peer.clone(),
            max_connections: self.p2p_max_connections,
            requests_per_second: self.p2p_requests_per_second,
            bytes_per_second: self.p2p_mib_per_second.map(|n| n.saturating_mul(MIB)),
            ..NetworkConfig::default()
        }
    }
}
