//! What runs on every connection, put together.

use crate::{
    codec::{FrameLimits, ScaleCodec, CONTENT_LIMITS, HELLO_LIMITS, PRIVATE_LIMITS},
    config::NetworkConfig,
    crowd, discovery,
    error::NetworkError,
    identity::Identity,
    limits::connection_limits,
    metrics::{Metrics, Protocol},
    private::wire::{PrivateRequest, PrivateResponse},
    record::SignedRecord,
    transfer::wire::{ContentRequest, ContentResponse},
};
use libp2p::{
    allow_block_list::{self, BlockedPeers},
    connection_limits,
    core::{muxing::StreamMuxerBox, transport::Boxed, upgrade::Version},
    dns, identify, kad, noise, ping,
    request_response::{self, ProtocolSupport},
    swarm::{self, NetworkBehaviour},
    tcp, yamux, PeerId, StreamProtocol, Swarm, Transport,
};
use std::time::Duration;

/// Most hellos at once on one connection.
const HELLO_STREAMS: usize = 4;
/// Most content requests at once on one connection, of both directions.
const CONTENT_STREAMS: usize = 64;
/// Most private requests at once on one connection, of both directions.
const PRIVATE_STREAMS: usize = 16;

pub(crate) type Hello = request_response::Behaviour<ScaleCodec<SignedRecord, SignedRecord>>;
pub(crate) type Content = request_response::Behaviour<ScaleCodec<ContentRequest, ContentResponse>>;
pub(crate) type Private = request_response::Behaviour<ScaleCodec<PrivateRequest, PrivateResponse>>;

/// The protocols of a connection. The order counts: what refuses comes first, and a hello is handled
/// before what came after it.
#[derive(NetworkBehaviour)]
pub(crate) struct Behaviour {
    limits: connection_limits::Behaviour,
    crowd: crowd::Behaviour,
    pub(crate) blocked: allow_block_list::Behaviour<BlockedPeers>,
    pub(crate) hello: Hello,
    pub(crate) content: Content,
    pub(crate) private: Private,
    pub(crate) kad: kad::Behaviour<kad::store::MemoryStore>,
    identify: identify::Behaviour,
    ping: ping::Behaviour,
}

impl Behaviour {
    fn new(config: &NetworkConfig, identity: &Identity, metrics: &Metrics) -> Self {
        let mut blocked = allow_block_list::Behaviour::default();
        for peer in &config.deny_peers {
            blocked.block_peer(*peer);
        }
        let identify = identify::Config::new("/lattice/1".into(), identity.keypair().public())
            .with_agent_version(concat!("lattice-p2p/", env!("CARGO_PKG_VERSION")).into());
        Self {
            limits: connection_limits::Behaviour::new(connection_limits(config)),
            crowd: crowd::Behaviour::new(config.max_per_address),
            blocked,
            hello: messages(
                "/lattice/hello/1",
                HELLO_LIMITS,
                metrics,
                Protocol::Hello,
                config.hello_timeout,
                HELLO_STREAMS,
            ),
            content: messages(
                "/lattice/content/1",
                CONTENT_LIMITS,
                metrics,
                Protocol::Content,
                config.request_timeout,
                CONTENT_STREAMS,
            ),
            private: messages(
                "/lattice/private/1",
                PRIVATE_LIMITS,
                metrics,
                Protocol::Private,
                config.request_timeout,
                PRIVATE_STREAMS,
            ),
            kad: discovery::kademlia(config, identity),
            identify: identify::Behaviour::new(identify),
            ping: ping::Behaviour::default(),
        }
    }
}

fn messages<Q, R>(
    name: &'static str,
    limits: FrameLimits,
    metrics: &Metrics,
    protocol: Protocol,
    timeout: Duration,
    streams: usize,
) -> request_response::Behaviour<ScaleCodec<Q, R>>
where
    ScaleCodec<Q, R>: request_response::Codec<Protocol = StreamProtocol> + Clone + Send + 'static,
{
    request_response::Behaviour::with_codec(
        ScaleCodec::new(limits, metrics.meter(protocol)),
        [(StreamProtocol::new(name), ProtocolSupport::Full)],
        request_response::Config::default()
            .with_request_timeout(timeout)
            .with_max_concurrent_streams(streams),
    )
}

/// TCP without delay, names looked up, noise, yamux with windows that grow with the bandwidth.
fn transport(
    config: &NetworkConfig,
    identity: &Identity,
) -> Result<Boxed<(PeerId, StreamMuxerBox)>, NetworkError> {
    let tcp = || tcp::tokio::Transport::new(tcp::Config::default().nodelay(true));
    let named = dns::tokio::Transport::system(tcp()).unwrap_or_else(|error| {
        tracing::debug!(%error, "no name servers are set up; names are asked of public ones");
        let (servers, options) = (dns::ResolverConfig::default(), dns::ResolverOpts::default());
        dns::tokio::Transport::custom(tcp(), servers, options)
    });
    let noise = noise::Config::new(identity.keypair())
        .map_err(|error| NetworkError::Encryption(error.to_string()))?;
    Ok(named
        .upgrade(Version::V1Lazy)
        .authenticate(noise)
        .multiplex(yamux::Config::default())
        .timeout(config.dial_timeout)
        .boxed())
}

/// Everything that is needed to listen and call, doing neither yet.
pub(crate) fn swarm(
    config: &NetworkConfig,
    identity: &Identity,
    metrics: &Metrics,
) -> Result<Swarm<Behaviour>, NetworkError> {
    Ok(Swarm::new(
        transport(config, identity)?,
        Behaviour::new(config, identity, metrics),
        identity.peer(),
        swarm::Config::with_tokio_executor().with_idle_connection_timeout(config.idle_timeout),
    ))
}
