//! Who a peer is: the records that both sides show before anything else, and twins.
//!
//! Who calls shows its record, who is called answers with its own. A side that refuses the other
//! because of its chain or its clock answers all the same, so that the other can say why, too.

use super::{task::Task, Peer};
use crate::{
    discovery,
    error::NetworkError,
    metrics::{Outcome, Protocol, Refusal},
    record::{now_ms, RecordError, SignedRecord, Verified},
};
use lattice_chain_client::AccountId;
use libp2p::{
    core::ConnectedPoint,
    request_response::{
        Event, InboundFailure, InboundRequestId, Message, OutboundRequestId, ResponseChannel,
    },
    Multiaddr, PeerId,
};
use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

/// How long a peer that is refused has to read our record: with less the end of the connection may
/// overtake it.
const READING_TIME: Duration = Duration::from_secs(2);

/// What is done once our record has arrived.
enum Next {
    /// The peer is shown to others here: it knows us.
    Announce,
    /// The peer is refused.
    Part,
}

/// Who has shown what.
#[derive(Default)]
pub(super) struct Hellos {
    /// Connected peers that have shown nothing, and until when they may.
    expected: HashMap<PeerId, Instant>,
    sent: HashMap<OutboundRequestId, PeerId>,
    answered: HashMap<InboundRequestId, (PeerId, Next)>,
    /// Who has shown a good record and is connected.
    admitted: HashMap<PeerId, AccountId>,
    /// From where a connected peer talks to us.
    seen_at: HashMap<PeerId, Multiaddr>,
}

impl Hellos {
    /// The account of a peer that has shown a good record.
    pub(super) fn account_of(&self, peer: &PeerId) -> Option<AccountId> {
        self.admitted.get(peer).copied()
    }

    /// Whether anyone has shown a good record.
    pub(super) fn is_lonely(&self) -> bool {
        self.admitted.is_empty()
    }
}

impl Task {
    pub(super) fn on_connected(&mut self, peer: PeerId, endpoint: &ConnectedPoint) {
        let seen_at = endpoint.get_remote_address().clone();
        self.hellos.seen_at.insert(peer, seen_at);
        if let Some(account) = self.shared.account_of(&peer) {
            self.waiting.resolve(&peer, &Ok(Peer { id: peer, account }));
            return;
        }
        if self.hellos.account_of(&peer).is_some() {
            // Our answer to its hello is on the way.
            return;
        }
        let until = Instant::now() + self.config.hello_timeout;
        self.hellos.expected.entry(peer).or_insert(until);
        if endpoint.is_dialer() && !self.hellos.sent.values().any(|to| *to == peer) {
            let record = self.own_record();
            let hello = &mut self.swarm.behaviour_mut().hello;
            let request = hello.send_request(&peer, record);
            self.hellos.sent.insert(request, peer);
        }
    }

    pub(super) fn on_disconnected(&mut self, peer: PeerId) {
        self.hellos.expected.remove(&peer);
        self.hellos.admitted.remove(&peer);
        self.hellos.seen_at.remove(&peer);
        self.show(peer, None);
        let reason = "it ended the connection".to_owned();
        self.waiting
            .resolve(&peer, &Err(NetworkError::NoHello { peer, reason }));
    }

    pub(super) fn on_hello_event(&mut self, event: Event<SignedRecord, SignedRecord>) {
        match event {
            Event::Message {
                peer,
                message:
                    Message::Request {
                        request_id,
                        request,
                        channel,
                    },
            } => self.on_hello(peer, request_id, &request, channel),
            Event::Message {
                peer,
                message:
                    Message::Response {
                        request_id,
                        response,
                    },
            } => {
                self.hellos.sent.remove(&request_id);
                self.metrics.request(Protocol::Hello, Outcome::Answered);
                self.on_hello_answer(peer, &response);
            }
            Event::ResponseSent { request_id, .. } => {
                self.metrics.request(Protocol::Hello, Outcome::Served);
                match self.hellos.answered.remove(&request_id) {
                    Some((peer, Next::Announce)) => self.announce(peer),
                    Some((peer, Next::Part)) => self.part_after(peer, READING_TIME),
                    None => {}
                }
            }
            Event::InboundFailure {
                request_id, error, ..
            } => {
                if !matches!(error, InboundFailure::ResponseOmission) {
                    self.metrics.request(Protocol::Hello, Outcome::Undelivered);
                }
                if let Some((peer, _)) = self.hellos.answered.remove(&request_id) {
                    self.disconnect(peer);
                }
            }
            Event::OutboundFailure {
                peer,
                request_id,
                error,
            } => {
                self.hellos.sent.remove(&request_id);
                self.metrics.request(Protocol::Hello, Outcome::Unanswered);
                // Unless it has shown itself in a hello of its own.
                if self.hellos.account_of(&peer).is_none() {
                    let reason = format!("it did not answer our hello: {error}");
                    self.waiting
                        .resolve(&peer, &Err(NetworkError::NoHello { peer, reason }));
                    self.disconnect(peer);
                }
            }
        }
    }

    fn on_hello(
        &mut self,
        peer: PeerId,
        request: InboundRequestId,
        shown: &SignedRecord,
        channel: ResponseChannel<SignedRecord>,
    ) {
        if !self.rates.hello(peer, Instant::now()) {
            // The channel is dropped, which ends the stream.
            self.metrics.refused(Refusal::Rate);
            self.metrics.request(Protocol::Hello, Outcome::Refused);
            return;
        }
        let next = match self.judge(peer, shown) {
            Ok(verified) => {
                self.admit(&verified);
                Next::Announce
            }
            Err(error) => {
                let is_mutual = is_mutual(&error);
                self.refuse(peer, error);
                if !is_mutual {
                    self.metrics.request(Protocol::Hello, Outcome::Refused);
                    self.part_after(peer, Duration::ZERO);
                    return;
                }
                Next::Part
            }
        };
        let record = self.own_record();
        let hello = &mut self.swarm.behaviour_mut().hello;
        if hello.send_response(channel, record).is_ok() {
            self.hellos.answered.insert(request, (peer, next));
        } else {
            // The stream is gone: it does not know us.
            self.disconnect(peer);
        }
    }

    fn on_hello_answer(&mut self, peer: PeerId, shown: &SignedRecord) {
        match self.judge(peer, shown) {
            Ok(verified) => {
                self.admit(&verified);
                self.announce(peer);
            }
            Err(error) => {
                self.refuse(peer, error);
                self.part_after(peer, Duration::ZERO);
            }
        }
    }

    /// Whether a peer is let in with the record that it shows.
    fn judge(&self, peer: PeerId, shown: &SignedRecord) -> Result<Verified, NetworkError> {
        let verified = shown
            .check_shown_by(&peer, &self.identity.genesis(), now_ms())
            .map_err(|reason| match reason {
                RecordError::WrongGenesis { ours, theirs } => {
                    NetworkError::WrongGenesis { ours, theirs }
                }
                reason => NetworkError::Record {
                    peer,
                    reason: Box::new(reason),
                },
            })?;
        // Lists are for others: another process of our own account has to be noticed.
        if verified.account != self.identity.account() {
            self.access
                .check(&verified.account)
                .map_err(|reason| NetworkError::NotAdmitted { peer, reason })?;
        }
        Ok(verified)
    }

    fn admit(&mut self, verified: &Verified) {
        let peer = verified.peer;
        self.hellos.expected.remove(&peer);
        self.hellos.admitted.insert(peer, verified.account);
        let seen_at = self.hellos.seen_at.get(&peer);
        let leads_there = |address: &&Multiaddr| discovery::leads_from_here(address, seen_at);
        for address in verified.addresses.iter().filter(leads_there) {
            self.swarm.add_peer_address(peer, address.clone());
            let kad = &mut self.swarm.behaviour_mut().kad;
            kad.add_address(&peer, address.clone());
        }
        if !verified.addresses.is_empty() {
            self.publish_soon();
        }
        if verified.account == self.identity.account() {
            self.on_own_account(verified);
        }
    }

    /// A peer that knows us is shown to others here.
    fn announce(&mut self, peer: PeerId) {
        if let Some(account) = self.hellos.account_of(&peer) {
            tracing::debug!(%peer, %account, "met a peer");
            self.show(peer, Some(account));
            self.waiting.resolve(&peer, &Ok(Peer { id: peer, account }));
        }
    }

    fn show(&mut self, peer: PeerId, account: Option<AccountId>) {
        let peers = self.shared.set_peer(peer, account);
        let peers = i64::try_from(peers).unwrap_or(i64::MAX);
        self.metrics.peers.set(peers);
    }

    fn refuse(&mut self, peer: PeerId, error: NetworkError) {
        let reason = match &error {
            NetworkError::WrongGenesis { .. } => Refusal::WrongGenesis,
            NetworkError::Record { reason, .. } => Refusal::from(&**reason),
            _ => Refusal::NotAdmitted,
        };
        self.metrics.refused(reason);
        tracing::warn!(%peer, reason = reason.name(), %error, "a peer is refused");
        self.hellos.expected.remove(&peer);
        self.hellos.admitted.remove(&peer);
        self.show(peer, None);
        self.waiting.resolve(&peer, &Err(error));
    }

    /// Ends connections whose peers have shown nothing in time.
    pub(super) fn refuse_silent(&mut self, now: Instant) {
        let silent: Vec<PeerId> = self
            .hellos
            .expected
            .iter()
            .filter_map(|(peer, until)| (*until <= now).then_some(*peer))
            .collect();
        for peer in silent {
            self.hellos.expected.remove(&peer);
            self.metrics.refused(Refusal::Silent);
            tracing::debug!(%peer, "a peer did not show who it is in time");
            let reason = format!("it showed nothing in {:?}", self.config.hello_timeout);
            self.waiting
                .resolve(&peer, &Err(NetworkError::NoHello { peer, reason }));
            self.disconnect(peer);
        }
    }

    /// A record of this peer, signed now.
    pub(super) fn own_record(&self) -> SignedRecord {
        self.identity.record(&self.announced(), now_ms())
    }
}

/// Whether the other side refuses us for the same reason, when it sees our record.
fn is_mutual(error: &NetworkError) -> bool {
    match error {
        NetworkError::WrongGenesis { .. } => true,
        NetworkError::Record { reason, .. } => matches!(
            **reason,
            RecordError::ClockSkew { .. } | RecordError::Expired { .. }
        ),
        _ => false,
    }
}
