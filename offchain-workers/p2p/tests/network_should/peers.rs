//! Peers for tests.

use futures::{future::BoxFuture, FutureExt};
use lattice_chain_client::Signer;
use lattice_p2p::{
    metrics::Refusal,
    private::wire::{PrivateRequest, PrivateResponse},
    transfer::{
        wire::{ContentRequest, ContentResponse},
        ContentId,
    },
    ContentServer, Identity, Metrics, Network, NetworkConfig, NetworkHandle, Peer, PrivateServer,
    Servers,
};
use libp2p::{Multiaddr, PeerId};
use std::{sync::Arc, time::Duration};

/// The chain that all are on, unless a test is about that.
pub const GENESIS: [u8; 32] = [7; 32];

/// Knows nothing, and says so.
struct Library;

impl ContentServer for Library {
    fn answer(&self, _: PeerId, _: ContentRequest) -> ContentResponse {
        ContentResponse::Unknown
    }
}

/// Has nothing ready.
struct Office;

impl PrivateServer for Office {
    fn answer(&self, _: &Peer, _: PrivateRequest) -> BoxFuture<'static, PrivateResponse> {
        async { PrivateResponse::Pending }.boxed()
    }
}

/// A peer with its counters.
pub struct Node {
    pub handle: NetworkHandle,
    pub metrics: Metrics,
}

impl Node {
    /// Where it listens.
    pub fn address(&self) -> Multiaddr {
        let addresses = self.handle.addresses();
        addresses.first().expect("an address").clone()
    }

    /// That without its id, as operators publish it on chain.
    pub fn endpoint(&self) -> String {
        let mut address = self.address();
        address.pop();
        address.to_string()
    }

    pub fn peer(&self) -> PeerId {
        self.handle.local_peer()
    }
}

pub fn signer(seed: &str) -> Signer {
    Signer::from_dev_seed(seed).expect("a development account")
}

/// Longer times than anything takes that is not hindered, also on a machine with much to do.
pub fn config() -> NetworkConfig {
    NetworkConfig {
        listen: vec!["/ip4/127.0.0.1/tcp/0".parse().expect("a multiaddr")],
        dial_timeout: Duration::from_secs(30),
        hello_timeout: Duration::from_secs(30),
        request_timeout: Duration::from_secs(30),
        query_timeout: Duration::from_secs(30),
        refusal_ban: Duration::from_millis(200),
        ..NetworkConfig::default()
    }
}

/// A peer of an account on a chain, which has no content.
pub async fn start(seed: &str, genesis: [u8; 32], config: NetworkConfig) -> Node {
    start_with(seed, genesis, config, Arc::new(Library)).await
}

/// A peer of an account on a chain, and what it answers about content.
pub async fn start_with(
    seed: &str,
    genesis: [u8; 32],
    config: NetworkConfig,
    content: Arc<dyn ContentServer>,
) -> Node {
    let identity = Identity::ephemeral(signer(seed), genesis);
    let metrics = Metrics::new(None).expect("metrics");
    let servers = Servers {
        content: Some(content),
        private: Some(Arc::new(Office)),
        metrics: Some(metrics.clone()),
    };
    let handle = Network::start(config, identity, servers)
        .await
        .expect("starts");
    Node { handle, metrics }
}

/// A peer of an account.
pub async fn node(seed: &str) -> Node {
    start(seed, GENESIS, config()).await
}

/// A request for content that nobody has.
pub fn describe() -> ContentRequest {
    ContentRequest::Describe {
        content: ContentId::Blob([1; 32]),
    }
}

/// That a peer still does what it is there for.
pub async fn assert_serves(asked: &Node) {
    let other = node("//Ferdie").await;
    let answer = async {
        other.handle.connect(asked.address()).await?;
        other.handle.ask_content(asked.peer(), describe()).await
    };
    assert_eq!(answer.await.expect("an answer"), ContentResponse::Unknown);
}

/// Waits until something holds.
pub async fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    for _ in 0..3_000 {
        if holds() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("in a minute it did not come to this: {what}");
}

/// Waits until something was refused so often.
pub async fn refused(node: &Node, reason: Refusal, times: u64) {
    eventually(reason.name(), || node.metrics.refusals(reason) >= times).await;
}
