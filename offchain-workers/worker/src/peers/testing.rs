//! Peers for tests, on this machine.

use lattice_chain_client::Signer;
use lattice_p2p::{Identity, Network, NetworkConfig, NetworkHandle, Servers};
use std::time::Duration;

/// A peer of a development account, and what it serves.
pub async fn network(seed: &str, servers: Servers) -> NetworkHandle {
    let signer = Signer::from_dev_seed(seed).expect("a development account");
    let config = NetworkConfig {
        listen: vec!["/ip4/127.0.0.1/tcp/0".parse().expect("a multiaddr")],
        // Also a machine that stands still for a while gets through.
        hello_timeout: Duration::from_secs(60),
        dial_timeout: Duration::from_secs(60),
        ..NetworkConfig::default()
    };
    let identity = Identity::ephemeral(signer, [7; 32]);
    let network = Network::start(config, identity, servers).await;
    network.expect("starts")
}
