//! What handles ask of the task, and calls that wait for their peer.

use super::{task::Task, Peer};
use crate::{
    discovery::{record_key, Target},
    error::NetworkError,
    private::wire::{PrivateRequest, PrivateResponse},
    record::Verified,
    transfer::{
        wire::{ContentRequest, ContentResponse},
        ContentId,
    },
};
use lattice_chain_client::AccountId;
use libp2p::{
    swarm::{
        dial_opts::{DialOpts, PeerCondition},
        ConnectionId, DialError,
    },
    PeerId,
};
use std::{collections::HashMap, error::Error as _};
use tokio::sync::oneshot;

/// Most calls and hellos that something waits for.
const MAX_WAITING: usize = 512;

/// Where an answer goes.
pub(super) type Reply<T> = oneshot::Sender<Result<T, NetworkError>>;

/// What a handle asks of the task.
pub(super) enum Command {
    /// Call a peer, and learn who it is.
    Dial {
        target: Target,
        reply: Reply<Peer>,
    },
    AskContent {
        peer: PeerId,
        request: ContentRequest,
        reply: Reply<ContentResponse>,
    },
    AskPrivate {
        peer: PeerId,
        request: PrivateRequest,
        reply: Reply<PrivateResponse>,
    },
    /// Find the records of an account in Kademlia.
    Lookup {
        account: AccountId,
        reply: Reply<Vec<Verified>>,
    },
    Provide(ContentId),
    /// Find who offers a content.
    Providers {
        content: ContentId,
        reply: Reply<Vec<PeerId>>,
    },
    Shutdown(oneshot::Sender<()>),
}

/// A call that has not been taken yet.
struct Call {
    target: String,
    peer: Option<PeerId>,
    replies: Vec<Reply<Peer>>,
}

/// Who waits for a peer to be called, or to show who it is.
#[derive(Default)]
pub(super) struct Waiting {
    calls: HashMap<ConnectionId, Call>,
    hellos: HashMap<PeerId, Vec<Reply<Peer>>>,
}

impl Waiting {
    fn len(&self) -> usize {
        let calls = self.calls.values().map(|call| 1 + call.replies.len());
        calls.chain(self.hellos.values().map(Vec::len)).sum()
    }

    /// A call was taken: what remains is to learn who took it.
    pub(super) fn connected(&mut self, connection: &ConnectionId, peer: PeerId) {
        if let Some(call) = self.calls.remove(connection) {
            self.hellos.entry(peer).or_default().extend(call.replies);
        }
    }

    /// A call was not taken.
    pub(super) fn failed(&mut self, connection: &ConnectionId, error: &DialError) {
        let Some(call) = self.calls.remove(connection) else {
            return;
        };
        let error = NetworkError::Dial {
            target: call.target,
            reason: reason_of(error),
        };
        for reply in call.replies {
            // Whoever waited may have given up.
            let _ = reply.send(Err(error.clone()));
        }
    }

    /// It is known who a peer is, or why that will not be known.
    pub(super) fn resolve(&mut self, peer: &PeerId, who: &Result<Peer, NetworkError>) {
        for reply in self.hellos.remove(peer).into_iter().flatten() {
            let _ = reply.send(who.clone());
        }
    }

    /// Forgets those who have given up.
    pub(super) fn sweep(&mut self) {
        for call in self.calls.values_mut() {
            call.replies.retain(|reply| !reply.is_closed());
        }
        self.hellos.retain(|_, replies| {
            replies.retain(|reply| !reply.is_closed());
            !replies.is_empty()
        });
    }
}

/// Why a call was not taken, with the cause that libp2p leaves out.
fn reason_of(error: &DialError) -> String {
    match error {
        DialError::Denied { cause } => match cause.source() {
            Some(cause) => cause.to_string(),
            None => cause.to_string(),
        },
        DialError::WrongPeerId { obtained, .. } => format!("another peer is there: {obtained}"),
        DialError::LocalPeerId { .. } => "that is this peer itself".to_owned(),
        DialError::NoAddresses => "no address of it is known".to_owned(),
        error => error.to_string(),
    }
}

impl Task {
    /// Does what a handle asks; `Shutdown` is the loop's to see.
    pub(super) fn on_command(&mut self, command: Command) {
        match command {
            Command::Dial { target, reply } => self.on_dial(target, reply),
            Command::AskContent {
                peer,
                request,
                reply,
            } => self.ask_content(peer, request, reply),
            Command::AskPrivate {
                peer,
                request,
                reply,
            } => self.ask_private(peer, request, reply),
            Command::Lookup { account, reply } => self.look_up(record_key(&account), reply),
            Command::Provide(content) => self.provide(content),
            Command::Providers { content, reply } => self.find_providers(content, reply),
            Command::Shutdown(done) => {
                let _ = done.send(());
            }
        }
    }

    /// Calls a peer for which nobody waits, unless it is connected or being called.
    pub(super) fn call(&mut self, target: Target) {
        if self.waiting.len() < MAX_WAITING {
            if let Err(error) = self.start_call(target, PeerCondition::DisconnectedAndNotDialing) {
                tracing::debug!(%error, "a peer is not called");
            }
        }
    }

    fn on_dial(&mut self, target: Target, reply: Reply<Peer>) {
        if let Some(id) = target.peer {
            if let Some(account) = self.shared.account_of(&id) {
                // Whoever asked may have given up.
                let _ = reply.send(Ok(Peer { id, account }));
                return;
            }
        }
        if self.waiting.len() >= MAX_WAITING {
            let _ = reply.send(Err(NetworkError::Busy("calls")));
            return;
        }
        if let Some(peer) = target.peer {
            if self.swarm.is_connected(&peer) {
                self.waiting.hellos.entry(peer).or_default().push(reply);
                return;
            }
            // One that knows more addresses may be on its way.
            let mut calls = self.waiting.calls.values_mut();
            if let Some(call) = calls.find(|call| call.peer == Some(peer)) {
                if target.addresses.is_empty() {
                    call.replies.push(reply);
                    return;
                }
            }
        }
        match self.start_call(target, PeerCondition::Always) {
            Ok(call) => call.replies.push(reply),
            Err(error) => {
                let _ = reply.send(Err(error));
            }
        }
    }

    fn start_call(
        &mut self,
        target: Target,
        condition: PeerCondition,
    ) -> Result<&mut Call, NetworkError> {
        let (words, peer) = (target.to_string(), target.peer);
        let Some(options) = call_of(target, condition) else {
            return Err(NetworkError::Dial {
                target: words,
                reason: "there is no address".to_owned(),
            });
        };
        let connection = options.connection_id();
        if let Err(error) = self.swarm.dial(options) {
            return Err(NetworkError::Dial {
                target: words,
                reason: reason_of(&error),
            });
        }
        Ok(self.waiting.calls.entry(connection).or_insert(Call {
            target: words,
            peer,
            replies: Vec::new(),
        }))
    }
}

/// How to call a target; none without anything to call.
fn call_of(target: Target, condition: PeerCondition) -> Option<DialOpts> {
    match target.peer {
        Some(peer) => Some(
            DialOpts::peer_id(peer)
                .condition(condition)
                .addresses(target.addresses)
                .extend_addresses_through_behaviour()
                .allocate_new_port()
                .build(),
        ),
        None => target.addresses.into_iter().next().map(|address| {
            DialOpts::unknown_peer_id()
                .address(address)
                .allocate_new_port()
                .build()
        }),
    }
}
