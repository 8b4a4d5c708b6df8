//! A peer that speaks libp2p, and writes whatever bytes it likes where messages belong.

use crate::peers::GENESIS;
use async_trait::async_trait;
use codec::Encode;
use futures::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, StreamExt};
use lattice_chain_client::Signer;
use lattice_p2p::{
    record::{now_ms, LIFETIME_MS},
    PeerRecord, SignedRecord,
};
use libp2p::{
    identity::Keypair,
    noise,
    request_response::{self, Event, Message, ProtocolSupport},
    swarm::{NetworkBehaviour, SwarmEvent},
    tcp, yamux, Multiaddr, PeerId, StreamProtocol, Swarm, SwarmBuilder,
};
use std::{io, time::Duration};

/// What is written on a stream.
#[derive(Debug)]
pub enum Sent {
    /// These bytes, and the end.
    Bytes(Vec<u8>),
    /// These bytes, and then one after the other without end.
    Endless(Vec<u8>),
}

/// A message in its frame.
pub fn frame(message: &impl Encode) -> Sent {
    let message = message.encode();
    let length = u32::try_from(message.len()).expect("a short message");
    let mut frame = length.to_le_bytes().to_vec();
    frame.extend(message);
    Sent::Bytes(frame)
}

/// Everything up to the end of a message, or to the longest that there may be.
async fn read(io: &mut (impl AsyncRead + Unpin + Send)) -> io::Result<Sent> {
    let mut bytes = Vec::new();
    io.take(4 << 20).read_to_end(&mut bytes).await?;
    Ok(Sent::Bytes(bytes))
}

async fn write(io: &mut (impl AsyncWrite + Unpin + Send), sent: Sent) -> io::Result<()> {
    match sent {
        Sent::Bytes(bytes) => io.write_all(&bytes).await,
        Sent::Endless(bytes) => {
            io.write_all(&bytes).await?;
            loop {
                io.write_all(&[0]).await?;
                io.flush().await?;
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        }
    }
}

#[derive(Clone)]
pub struct RawCodec;

#[async_trait]
impl request_response::Codec for RawCodec {
    type Protocol = StreamProtocol;
    type Request = Sent;
    type Response = Sent;

    async fn read_request<T>(&mut self, _: &StreamProtocol, io: &mut T) -> io::Result<Sent>
    where
        T: AsyncRead + Unpin + Send,
    {
        read(io).await
    }

    async fn read_response<T>(&mut self, _: &StreamProtocol, io: &mut T) -> io::Result<Sent>
    where
        T: AsyncRead + Unpin + Send,
    {
        read(io).await
    }

    async fn write_request<T>(
        &mut self,
        _: &StreamProtocol,
        io: &mut T,
        sent: Sent,
    ) -> io::Result<()>
    where
        T: AsyncWrite + Unpin + Send,
    {
        write(io, sent).await
    }

    async fn write_response<T>(
        &mut self,
        _: &StreamProtocol,
        io: &mut T,
        sent: Sent,
    ) -> io::Result<()>
    where
        T: AsyncWrite + Unpin + Send,
    {
        write(io, sent).await
    }
}

#[derive(NetworkBehaviour)]
pub struct RawBehaviour {
    hello: request_response::Behaviour<RawCodec>,
    content: request_response::Behaviour<RawCodec>,
}

pub struct Raw {
    swarm: Swarm<RawBehaviour>,
    other: Option<PeerId>,
    has_ended: bool,
}

fn messages(name: &'static str, support: ProtocolSupport) -> request_response::Behaviour<RawCodec> {
    request_response::Behaviour::with_codec(
        RawCodec,
        [(StreamProtocol::new(name), support)],
        // Whoever gives up first, it is the other side.
        request_response::Config::default().with_request_timeout(Duration::from_secs(60)),
    )
}

impl Raw {
    pub fn new() -> Self {
        let swarm = SwarmBuilder::with_existing_identity(Keypair::generate_ed25519())
            .with_tokio()
            .with_tcp(
                tcp::Config::default(),
                noise::Config::new,
                yamux::Config::default,
            )
            .expect("noise")
            .with_behaviour(|_| RawBehaviour {
                hello: messages("/lattice/hello/1", ProtocolSupport::Outbound),
                content: messages("/lattice/content/1", ProtocolSupport::Full),
            })
            .expect("a behaviour")
            .with_swarm_config(|config| {
                config.with_idle_connection_timeout(Duration::from_secs(60))
            })
            .build();
        Self {
            swarm,
            other: None,
            has_ended: false,
        }
    }

    pub fn peer(&self) -> PeerId {
        *self.swarm.local_peer_id()
    }

    /// Whether the other side has been seen to end a connection.
    pub fn has_ended(&self) -> bool {
        self.has_ended
    }

    /// A record that is good for this peer but for one change.
    pub fn record(&self, signer: &Signer, change: impl FnOnce(&mut PeerRecord)) -> SignedRecord {
        let now = now_ms();
        let mut record = PeerRecord {
            genesis: GENESIS,
            account: signer.account().0,
            peer: self.peer().to_bytes(),
            addresses: Vec::new(),
            issued_at: now - 60 * 60 * 1000,
            expires_at: now + LIFETIME_MS,
        };
        change(&mut record);
        SignedRecord::sign(record, signer)
    }

    /// Calls a peer, once more if it has been called before, and shows it nothing.
    pub async fn call(&mut self, address: Multiaddr) {
        self.swarm.dial(address).expect("a call");
        loop {
            match self.swarm.select_next_some().await {
                SwarmEvent::ConnectionEstablished { peer_id, .. } => {
                    self.other = Some(peer_id);
                    return;
                }
                SwarmEvent::OutgoingConnectionError { error, .. } => panic!("no call: {error}"),
                // One of those before.
                SwarmEvent::ConnectionClosed { .. } => self.has_ended = true,
                _ => {}
            }
        }
    }

    /// Waits for the other side to end the connection, or one of them.
    pub async fn ended(&mut self) {
        if self.has_ended {
            return;
        }
        let ended = async {
            loop {
                let event = self.swarm.select_next_some().await;
                if matches!(event, SwarmEvent::ConnectionClosed { .. }) {
                    return;
                }
            }
        };
        tokio::time::timeout(Duration::from_secs(60), ended)
            .await
            .expect("the connection ends");
    }

    /// What is answered to a hello, if anything.
    pub async fn hello(&mut self, sent: Sent) -> Option<Vec<u8>> {
        let other = self.other.expect("a call before");
        let hello = &mut self.swarm.behaviour_mut().hello;
        hello.send_request(&other, sent);
        self.answer().await
    }

    /// What is answered to a request for content, if anything.
    pub async fn content(&mut self, sent: Sent) -> Option<Vec<u8>> {
        let other = self.other.expect("a call before");
        let content = &mut self.swarm.behaviour_mut().content;
        content.send_request(&other, sent);
        self.answer().await
    }

    /// Waits until it is asked about content, and answers this.
    pub async fn answer_content(&mut self, sent: Sent) {
        loop {
            if let SwarmEvent::Behaviour(RawBehaviourEvent::Content(Event::Message {
                message: Message::Request { channel, .. },
                ..
            })) = self.swarm.select_next_some().await
            {
                let content = &mut self.swarm.behaviour_mut().content;
                let sent = content.send_response(channel, sent);
                sent.expect("someone waits for it");
                return;
            }
        }
    }

    async fn answer(&mut self) -> Option<Vec<u8>> {
        loop {
            let event = match self.swarm.select_next_some().await {
                SwarmEvent::Behaviour(RawBehaviourEvent::Hello(event)) => event,
                SwarmEvent::Behaviour(RawBehaviourEvent::Content(event)) => event,
                SwarmEvent::ConnectionClosed { .. } => {
                    self.has_ended = true;
                    continue;
                }
                _ => continue,
            };
            match event {
                Event::Message {
                    message: Message::Response { response, .. },
                    ..
                } => {
                    return match response {
                        Sent::Bytes(bytes) if !bytes.is_empty() => Some(bytes),
                        _ => None,
                    };
                }
                Event::OutboundFailure { .. } => return None,
                _ => {}
            }
        }
    }
}
