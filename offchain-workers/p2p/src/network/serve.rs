//! Requests of others: admitted, answered away from the loop, paid for, sent.
//!
//! A request that is refused gets no answer: its stream ends.

use super::{
    places::{Place, Places},
    task::Task,
    Peer,
};
use crate::{
    metrics::{Outcome, Protocol, Refusal},
    private::wire::{PrivateRequest, PrivateResponse},
    transfer::wire::{ContentRequest, ContentResponse},
};
use ::codec::Encode;
use lattice_chain_client::RequestId;
use libp2p::{
    request_response::{Event, InboundFailure, InboundRequestId, Message, ResponseChannel},
    PeerId,
};
use std::{
    collections::HashMap,
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::{
    sync::Semaphore,
    task::{JoinError, JoinSet},
};

/// Most content requests that read from the disk at once.
const MAX_READERS: usize = 8;

/// An answer that is ready, or why there is none.
pub(super) enum Answer {
    Content {
        to: To,
        channel: ResponseChannel<ContentResponse>,
        response: Option<ContentResponse>,
        /// Whether its bytes have been counted.
        is_paid: bool,
    },
    Private {
        to: To,
        /// The request on the chain that its peer asked about.
        about: RequestId,
        channel: ResponseChannel<PrivateResponse>,
        response: Option<PrivateResponse>,
    },
}

/// Whom an answer goes to.
pub(super) struct To {
    peer: PeerId,
    request: InboundRequestId,
    place: Place,
}

/// What is being answered.
pub(super) struct Serving {
    pub(super) answers: JoinSet<Answer>,
    pub(super) is_closing: bool,
    readers: Arc<Semaphore>,
    places: Places,
    /// The places of answers that are being sent, and since when.
    on_the_way: HashMap<(&'static str, InboundRequestId), (Place, Instant)>,
}

impl Serving {
    pub(super) fn new() -> Self {
        Self {
            answers: JoinSet::new(),
            is_closing: false,
            readers: Arc::new(Semaphore::new(MAX_READERS)),
            places: Places::default(),
            on_the_way: HashMap::new(),
        }
    }

    /// Whether an answer is being made or sent.
    pub(super) fn has_work(&self) -> bool {
        !self.answers.is_empty() || !self.on_the_way.is_empty()
    }

    /// Forgets answers that were cut off without a word: a stream does not last any longer.
    pub(super) fn sweep(&mut self, now: Instant, longest: Duration) {
        self.on_the_way
            .retain(|_, (_, since)| now.saturating_duration_since(*since) <= longest);
    }
}

impl Task {
    pub(super) fn on_content_event(&mut self, event: Event<ContentRequest, ContentResponse>) {
        match event {
            Event::Message { peer, message } => match message {
                Message::Request {
                    request_id,
                    request,
                    channel,
                } => self.on_content_request(peer, request_id, request, channel),
                Message::Response {
                    request_id,
                    response,
                } => self.on_content_answer(request_id, response),
            },
            Event::OutboundFailure {
                peer,
                request_id,
                error,
            } => self.on_content_unanswered(peer, request_id, &error),
            Event::InboundFailure {
                request_id, error, ..
            } => self.on_undelivered(Protocol::Content, request_id, &error),
            Event::ResponseSent { request_id, .. } => {
                self.on_delivered(Protocol::Content, request_id);
            }
        }
    }

    pub(super) fn on_private_event(&mut self, event: Event<PrivateRequest, PrivateResponse>) {
        match event {
            Event::Message { peer, message } => match message {
                Message::Request {
                    request_id,
                    request,
                    channel,
                } => self.on_private_request(peer, request_id, request, channel),
                Message::Response {
                    request_id,
                    response,
                } => self.on_private_answer(request_id, response),
            },
            Event::OutboundFailure {
                peer,
                request_id,
                error,
            } => self.on_private_unanswered(peer, request_id, &error),
            Event::InboundFailure {
                request_id, error, ..
            } => self.on_undelivered(Protocol::Private, request_id, &error),
            Event::ResponseSent { request_id, .. } => {
                self.on_delivered(Protocol::Private, request_id);
            }
        }
    }

    fn on_delivered(&mut self, protocol: Protocol, request: InboundRequestId) {
        self.serving.on_the_way.remove(&(protocol.name(), request));
        self.metrics.request(protocol, Outcome::Served);
    }

    fn on_undelivered(
        &mut self,
        protocol: Protocol,
        request: InboundRequestId,
        error: &InboundFailure,
    ) {
        self.serving.on_the_way.remove(&(protocol.name(), request));
        // What we have refused ends here as well, and has been counted.
        if !matches!(error, InboundFailure::ResponseOmission) {
            self.metrics.request(protocol, Outcome::Undelivered);
        }
    }

    fn on_content_request(
        &mut self,
        peer: PeerId,
        id: InboundRequestId,
        request: ContentRequest,
        channel: ResponseChannel<ContentResponse>,
    ) {
        let Some((_, place)) = self.admit_request(peer, Protocol::Content) else {
            return;
        };
        let Some(server) = self.servers.content.clone() else {
            self.refuse_request(peer, Protocol::Content, Refusal::NotServed);
            return;
        };
        let readers = self.serving.readers.clone();
        let to = To {
            peer,
            request: id,
            place,
        };
        self.serving.answers.spawn(async move {
            // The semaphore is never closed; without a permit there would be no answer.
            let response = match readers.acquire_owned().await {
                Ok(permit) => tokio::task::spawn_blocking(move || {
                    let _permit = permit;
                    server.answer(peer, request)
                })
                .await
                .ok(),
                Err(_) => None,
            };
            Answer::Content {
                to,
                channel,
                response,
                is_paid: false,
            }
        });
    }

    fn on_private_request(
        &mut self,
        peer: PeerId,
        id: InboundRequestId,
        request: PrivateRequest,
        channel: ResponseChannel<PrivateResponse>,
    ) {
        let Some((from, place)) = self.admit_request(peer, Protocol::Private) else {
            return;
        };
        let Some(server) = self.servers.private.clone() else {
            self.refuse_request(peer, Protocol::Private, Refusal::NotServed);
            return;
        };
        let about = request.request();
        let answer = server.answer(&from, request);
        let most = self.config.request_timeout;
        let to = To {
            peer,
            request: id,
            place,
        };
        self.serving.answers.spawn(async move {
            let response = tokio::time::timeout(most, answer).await.ok();
            Answer::Private {
                to,
                about,
                channel,
                response,
            }
        });
    }

    /// Who asks, and its place among those that are answered, if it may.
    fn admit_request(&mut self, peer: PeerId, protocol: Protocol) -> Option<(Peer, Place)> {
        let Some(account) = self.hellos.account_of(&peer) else {
            self.refuse_request(peer, protocol, Refusal::UnknownPeer);
            return None;
        };
        if !self.rates.request(peer, Instant::now()) {
            self.refuse_request(peer, protocol, Refusal::Rate);
            return None;
        }
        let place = match self.serving.is_closing {
            true => None,
            false => self.serving.places.take(peer, protocol),
        };
        let Some(place) = place else {
            self.refuse_request(peer, protocol, Refusal::Busy);
            return None;
        };
        Some((Peer { id: peer, account }, place))
    }

    fn refuse_request(&self, peer: PeerId, protocol: Protocol, reason: Refusal) {
        self.metrics.refused(reason);
        self.metrics.request(protocol, Outcome::Refused);
        tracing::debug!(
            %peer,
            protocol = protocol.name(),
            reason = reason.name(),
            "a request is refused"
        );
    }

    /// Sends an answer that is ready, now or when its peer may have so many bytes.
    pub(super) fn on_answer(&mut self, answer: Result<Answer, JoinError>) {
        match answer {
            Ok(Answer::Content {
                to,
                channel,
                response: Some(response),
                is_paid,
            }) => {
                let wait = if is_paid {
                    Some(Duration::ZERO)
                } else {
                    self.wait_for_bytes(to.peer, &response)
                };
                match wait {
                    Some(wait) if wait.is_zero() => self.send_content(to, channel, response),
                    Some(wait) => {
                        self.serving.answers.spawn(async move {
                            tokio::time::sleep(wait).await;
                            Answer::Content {
                                to,
                                channel,
                                response: Some(response),
                                is_paid: true,
                            }
                        });
                    }
                    None => self.refuse_request(to.peer, Protocol::Content, Refusal::Rate),
                }
            }
            Ok(Answer::Private {
                to,
                channel,
                response: Some(response),
                ..
            }) => {
                let private = &mut self.swarm.behaviour_mut().private;
                // An error means that the stream has gone, which an event of its own tells.
                if private.send_response(channel, response).is_ok() {
                    self.is_on_the_way(Protocol::Private, to);
                }
            }
            Ok(Answer::Content { to, .. }) => self.on_no_answer(to.peer, Protocol::Content, None),
            Ok(Answer::Private { to, about, .. }) => {
                self.on_no_answer(to.peer, Protocol::Private, Some(about));
            }
            Err(error) => tracing::error!(%error, "answering a peer has failed"),
        }
    }

    fn send_content(
        &mut self,
        to: To,
        channel: ResponseChannel<ContentResponse>,
        response: ContentResponse,
    ) {
        let content = &mut self.swarm.behaviour_mut().content;
        // An error means that the stream has gone, which an event of its own tells.
        if content.send_response(channel, response).is_ok() {
            self.is_on_the_way(Protocol::Content, to);
        }
    }

    /// An answer is being sent, which an event ends: it has been, or will not be any more.
    fn is_on_the_way(&mut self, protocol: Protocol, to: To) {
        let way = (protocol.name(), to.request);
        let since = Instant::now();
        self.serving.on_the_way.insert(way, (to.place, since));
    }

    fn wait_for_bytes(&mut self, peer: PeerId, response: &ContentResponse) -> Option<Duration> {
        if self.config.bytes_per_second.is_none() {
            return Some(Duration::ZERO);
        }
        let bytes = u64::try_from(response.encoded_size()).unwrap_or(u64::MAX);
        let most = self.config.request_timeout;
        self.rates.bytes(peer, bytes, most, Instant::now())
    }

    fn on_no_answer(&mut self, peer: PeerId, protocol: Protocol, request: Option<RequestId>) {
        self.metrics.request(protocol, Outcome::Undelivered);
        tracing::error!(
            %peer,
            protocol = protocol.name(),
            request,
            "there is no answer for a peer: it took too long to make, or failed"
        );
    }
}
