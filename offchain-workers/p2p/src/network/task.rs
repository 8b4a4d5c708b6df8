//! The loop, and what connections do.

use super::{
    ask::Asking,
    commands::{Command, Waiting},
    hello::Hellos,
    queries::Queries,
    serve::Serving,
    upkeep::Upkeep,
    Servers, Shared,
};
use crate::{
    behaviour::{self, Behaviour, BehaviourEvent},
    config::NetworkConfig,
    discovery,
    error::NetworkError,
    identity::Identity,
    limits::{Access, Rates},
    metrics::{Metrics, Refusal},
};
use futures::StreamExt;
use libp2p::{
    allow_block_list::Blocked,
    core::transport::ListenerId,
    multiaddr::Protocol,
    swarm::{ListenError, SwarmEvent},
    Multiaddr, PeerId, Swarm,
};
use std::{collections::HashMap, sync::Arc, time::Duration};
use tokio::{
    sync::{mpsc, watch},
    time::{interval, timeout, MissedTickBehavior},
};

/// How often it is looked whether something is due.
const TICK: Duration = Duration::from_millis(100);
/// Longest wait until a listener listens.
const LISTEN_TIMEOUT: Duration = Duration::from_secs(10);
/// Longest wait for answers in hand, at the end.
const FINISH_TIMEOUT: Duration = Duration::from_secs(5);
/// Longest wait for connections to end, at the end.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(1);

/// Owns the swarm. Each concern has its state in a field and its methods in a file of its own.
pub(super) struct Task {
    pub(super) swarm: Swarm<Behaviour>,
    pub(super) config: NetworkConfig,
    pub(super) identity: Identity,
    pub(super) servers: Servers,
    pub(super) metrics: Metrics,
    pub(super) shared: Arc<Shared>,
    inbox: mpsc::Receiver<Command>,
    pub(super) access: Access,
    pub(super) rates: Rates,
    pub(super) waiting: Waiting,
    pub(super) hellos: Hellos,
    pub(super) serving: Serving,
    pub(super) asking: Asking,
    pub(super) queries: Queries,
    pub(super) upkeep: Upkeep,
}

impl Task {
    pub(super) fn new(
        config: NetworkConfig,
        identity: Identity,
        servers: Servers,
        metrics: Metrics,
        shared: Arc<Shared>,
        inbox: mpsc::Receiver<Command>,
        twin: watch::Sender<Option<PeerId>>,
    ) -> Result<Self, NetworkError> {
        Ok(Self {
            swarm: behaviour::swarm(&config, &identity, &metrics)?,
            access: Access::new(&config.allow, &config.deny),
            rates: Rates::new(&config),
            waiting: Waiting::default(),
            hellos: Hellos::default(),
            serving: Serving::new(),
            asking: Asking::default(),
            queries: Queries::default(),
            upkeep: Upkeep::new(twin),
            config,
            identity,
            servers,
            metrics,
            shared,
            inbox,
        })
    }

    /// Listens, and returns when every address is listened on.
    pub(super) async fn listen(&mut self) -> Result<(), NetworkError> {
        let mut awaited: HashMap<ListenerId, Multiaddr> = HashMap::new();
        for address in self.config.listen.clone() {
            match self.swarm.listen_on(address.clone()) {
                Ok(listener) => awaited.insert(listener, address),
                Err(error) => {
                    let reason = error.to_string();
                    return Err(NetworkError::Listen { address, reason });
                }
            };
        }
        while let Some(address) = awaited.values().next().cloned() {
            let event = timeout(LISTEN_TIMEOUT, self.swarm.select_next_some())
                .await
                .map_err(|_| NetworkError::Listen {
                    address,
                    reason: format!("nothing happened for {LISTEN_TIMEOUT:?}"),
                })?;
            match &event {
                SwarmEvent::NewListenAddr { listener_id, .. } => {
                    awaited.remove(listener_id);
                }
                SwarmEvent::ListenerClosed {
                    listener_id,
                    reason,
                    ..
                } => {
                    if let Some(address) = awaited.remove(listener_id) {
                        let reason = format!("the listener ended: {reason:?}");
                        return Err(NetworkError::Listen { address, reason });
                    }
                }
                _ => {}
            }
            self.on_event(event);
        }
        self.on_addresses();
        Ok(())
    }

    /// Goes on until it is told to end, or nobody is left who could.
    pub(super) async fn run(mut self) {
        let mut tick = interval(TICK);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let shared = self.shared.clone();
        let done = loop {
            tokio::select! {
                event = self.swarm.select_next_some() => self.on_event(event),
                command = self.inbox.recv() => match command {
                    Some(Command::Shutdown(done)) => break Some(done),
                    Some(command) => self.on_command(command),
                    None => break None,
                },
                Some(answer) = self.serving.answers.join_next() => self.on_answer(answer),
                () = shared.banned.notified() => self.on_bans(),
                now = tick.tick() => self.on_tick(now.into_std()),
            }
        };
        self.close().await;
        if let Some(done) = done {
            // Whoever asked may have given up.
            let _ = done.send(());
        }
    }

    /// Lets answers in hand arrive, then ends all connections.
    async fn close(&mut self) {
        self.serving.is_closing = true;
        let finish = async {
            while self.serving.has_work() {
                tokio::select! {
                    event = self.swarm.select_next_some() => self.on_event(event),
                    Some(answer) = self.serving.answers.join_next() => self.on_answer(answer),
                }
            }
        };
        if timeout(FINISH_TIMEOUT, finish).await.is_err() {
            tracing::warn!("answers to peers were cut off at the end");
        }
        let peers: Vec<PeerId> = self.swarm.connected_peers().copied().collect();
        for peer in peers {
            self.disconnect(peer);
        }
        let part = async {
            while self.swarm.connected_peers().next().is_some() {
                let event = self.swarm.select_next_some().await;
                self.on_event(event);
            }
        };
        if timeout(CLOSE_TIMEOUT, part).await.is_err() {
            tracing::debug!("connections were cut off at the end");
        }
    }

    fn on_event(&mut self, event: SwarmEvent<BehaviourEvent>) {
        match event {
            SwarmEvent::Behaviour(BehaviourEvent::Hello(event)) => self.on_hello_event(event),
            SwarmEvent::Behaviour(BehaviourEvent::Content(event)) => self.on_content_event(event),
            SwarmEvent::Behaviour(BehaviourEvent::Private(event)) => self.on_private_event(event),
            SwarmEvent::Behaviour(BehaviourEvent::Kad(event)) => self.on_kad_event(event),
            SwarmEvent::ConnectionEstablished {
                peer_id,
                connection_id,
                endpoint,
                ..
            } => {
                self.waiting.connected(&connection_id, peer_id);
                self.on_connected(peer_id, &endpoint);
            }
            SwarmEvent::ConnectionClosed {
                peer_id,
                num_established: 0,
                cause,
                ..
            } => {
                tracing::debug!(peer = %peer_id, ?cause, "a connection ended");
                self.on_disconnected(peer_id);
            }
            SwarmEvent::OutgoingConnectionError {
                connection_id,
                error,
                ..
            } => self.waiting.failed(&connection_id, &error),
            // Its own endpoint on chain was called: nobody is refused.
            SwarmEvent::IncomingConnectionError {
                error: ListenError::LocalPeerId { .. },
                ..
            } => {}
            SwarmEvent::IncomingConnectionError {
                send_back_addr,
                error,
                ..
            } => {
                let refusal = refusal_of(&error);
                self.metrics.refused(refusal);
                tracing::debug!(
                    from = %send_back_addr,
                    reason = refusal.name(),
                    %error,
                    "a connection is refused"
                );
            }
            SwarmEvent::NewListenAddr { address, .. } => {
                tracing::info!(%address, "listening for peers");
                self.on_addresses();
            }
            SwarmEvent::ExpiredListenAddr { address, .. } => {
                tracing::info!(%address, "no longer listening for peers");
                self.on_addresses();
            }
            SwarmEvent::ListenerError { error, .. } => {
                tracing::warn!(%error, "a listener for peers has trouble");
            }
            SwarmEvent::ListenerClosed { reason, .. } => {
                tracing::error!(?reason, "a listener for peers ended");
            }
            _ => {}
        }
    }

    /// The addresses to tell others.
    pub(super) fn announced(&self) -> Vec<Multiaddr> {
        if self.config.external.is_empty() {
            let listening: Vec<Multiaddr> = self.swarm.listeners().cloned().collect();
            discovery::announced(&listening)
        } else {
            self.config.external.clone()
        }
    }

    /// What is listened on has changed: others are to see it.
    fn on_addresses(&mut self) {
        let told = self.announced();
        let known: Vec<Multiaddr> = self.swarm.external_addresses().cloned().collect();
        for address in known.iter().filter(|address| !told.contains(address)) {
            self.swarm.remove_external_address(address);
        }
        for address in told.iter().filter(|address| !known.contains(address)) {
            self.swarm.add_external_address(address.clone());
        }
        let local = Protocol::P2p(self.shared.local_peer);
        let listening = self.swarm.listeners().cloned();
        self.shared
            .set_addresses(listening.map(|a| a.with(local.clone())).collect());
    }

    pub(super) fn disconnect(&mut self, peer: PeerId) {
        // An error means that there was no connection.
        let _ = self.swarm.disconnect_peer_id(peer);
    }
}

fn refusal_of(error: &ListenError) -> Refusal {
    match error {
        ListenError::Denied { cause } if cause.downcast_ref::<Blocked>().is_some() => {
            Refusal::Banned
        }
        ListenError::Denied { .. } => Refusal::Connections,
        _ => Refusal::Handshake,
    }
}
