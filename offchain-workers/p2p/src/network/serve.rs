//! Requests of others: admitted, answered away from the loop, paid for, sent.
//!
//! A request that is refused gets no answer: its stream ends.

use super::{task::Task, Peer};
use crate::{
    metrics::{Outcome, Protocol, Refusal},
    private::wire::{PrivateRequest, PrivateResponse},
    transfer::wire::{ContentRequest, ContentResponse},
};
use ::codec::Encode;
use libp2p::{
    request_response::{Event, InboundFailure, Message, ResponseChannel},
    PeerId,
};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::{
    sync::Semaphore,
    task::{JoinError, JoinSet},
};

/// Most requests that are being answered.
const MAX_ANSWERS: usize = 256;
/// Most content requests that read from the disk at once.
const MAX_READERS: usize = 8;

/// An answer that is ready, or why there is none.
pub(super) enum Answer {
    Content {
        peer: PeerId,
        channel: ResponseChannel<ContentResponse>,
        response: Option<ContentResponse>,
        /// Whether its bytes have been counted.
        is_paid: bool,
    },
    Private {
        peer: PeerId,
        channel: ResponseChannel<PrivateResponse>,
        response: Option<PrivateResponse>,
    },
}

/// What is being answered.
pub(super) struct Serving {
    pub(super) answers: JoinSet<Answer>,
    pub(super) is_closing: bool,
    readers: Arc<Semaphore>,
    /// Answers that are being sent.
    on_the_way: usize,
}

impl Serving {
    pub(super) fn new() -> Self {
        Self {
            answers: JoinSet::new(),
            is_closing: false,
            readers: Arc::new(Semaphore::new(MAX_READERS)),
            on_the_way: 0,
        }
    }

    /// Whether an answer is being made or sent.
    pub(super) fn has_work(&self) -> bool {
        !self.answers.is_empty() || self.on_the_way > 0
    }
}

impl Task {
    pub(super) fn on_content_event(&mut self, event: Event<ContentRequest, ContentResponse>) {
        match event {
            Event::Message { peer, message } => match message {
                Message::Request {
                    request, channel, ..
                } => self.on_content_request(peer, request, channel),
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
            Event::InboundFailure { error, .. } => self.on_undelivered(Protocol::Content, &error),
            Event::ResponseSent { .. } => self.on_delivered(Protocol::Content),
        }
    }

    pub(super) fn on_private_event(&mut self, event: Event<PrivateRequest, PrivateResponse>) {
        match event {
            Event::Message { peer, message } => match message {
                Message::Request {
                    request, channel, ..
                } => self.on_private_request(peer, request, channel),
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
            Event::InboundFailure { error, .. } => self.on_undelivered(Protocol::Private, &error),
            Event::ResponseSent { .. } => self.on_delivered(Protocol::Private),
        }
    }

    fn on_delivered(&mut self, protocol: Protocol) {
        self.serving.on_the_way = self.serving.on_the_way.saturating_sub(1);
        self.metrics.request(protocol, Outcome::Served);
    }

    fn on_undelivered(&mut self, protocol: Protocol, error: &InboundFailure) {
        // What we have refused ends here as well, and has been counted.
        if !matches!(error, InboundFailure::ResponseOmission) {
            self.serving.on_the_way = self.serving.on_the_way.saturating_sub(1);
            self.metrics.request(protocol, Outcome::Undelivered);
        }
    }

    fn on_content_request(
        &mut self,
        peer: PeerId,
        request: ContentRequest,
        channel: ResponseChannel<ContentResponse>,
    ) {
        if self.admit_request(peer, Protocol::Content).is_none() {
            return;
        }
        let Some(server) = self.servers.content.clone() else {
            self.refuse_request(peer, Protocol::Content, Refusal::NotServed);
            return;
        };
        let readers = self.serving.readers.clone();
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
                peer,
                channel,
                response,
                is_paid: false,
            }
        });
    }

    fn on_private_request(
        &mut self,
        peer: PeerId,
        request: PrivateRequest,
        channel: ResponseChannel<PrivateResponse>,
    ) {
        let Some(from) = self.admit_request(peer, Protocol::Private) else {
            return;
        };
        let Some(server) = self.servers.private.clone() else {
            self.refuse_request(peer, Protocol::Private, Refusal::NotServed);
            return;
        };
        let answer = server.answer(&from, request);
        let most = self.config.request_timeout;
        self.serving.answers.spawn(async move {
            let response = tokio::time::timeout(most, answer).await.ok();
            Answer::Private {
                peer,
                channel,
                response,
            }
        });
    }

    /// Who asks, if it may.
    fn admit_request(&mut self, peer: PeerId, protocol: Protocol) -> Option<Peer> {
        let Some(account) = self.hellos.account_of(&peer) else {
            self.refuse_request(peer, protocol, Refusal::UnknownPeer);
            return None;
        };
        if !self.rates.request(peer, Instant::now()) {
            self.refuse_request(peer, protocol, Refusal::Rate);
            return None;
        }
        if self.serving.is_closing || self.serving.answers.len() >= MAX_ANSWERS {
            self.refuse_request(peer, protocol, Refusal::Busy);
            return None;
        }
        Some(Peer { id: peer, account })
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
                peer,
                channel,
                response: Some(response),
                is_paid,
            }) => {
                let wait = if is_paid {
                    Some(Duration::ZERO)
                } else {
                    self.wait_for_bytes(peer, &response)
                };
                match wait {
                    Some(wait) if wait.is_zero() => self.send_content(channel, response),
                    Some(wait) => {
                        self.serving.answers.spawn(async move {
                            tokio::time::sleep(wait).await;
                            Answer::Content {
                                peer,
                                channel,
                                response: Some(response),
                                is_paid: true,
                            }
                        });
                    }
                    None => self.refuse_request(peer, Protocol::Content, Refusal::Rate),
                }
            }
            Ok(Answer::Private {
                channel,
                response: Some(response),
                ..
            }) => {
                let private = &mut self.swarm.behaviour_mut().private;
                // An error means that the stream has gone, which an event of its own tells.
                if private.send_response(channel, response).is_ok() {
                    self.serving.on_the_way += 1;
                }
            }
            Ok(Answer::Content { peer, .. }) => self.on_no_answer(peer, Protocol::Content),
            Ok(Answer::Private { peer, .. }) => self.on_no_answer(peer, Protocol::Private),
            Err(error) => tracing::error!(%error, "answering a peer has failed"),
        }
    }

    fn send_content(
        &mut self,
        channel: ResponseChannel<ContentResponse>,
        response: ContentResponse,
    ) {
        let content = &mut self.swarm.behaviour_mut().content;
        // An error means that the stream has gone, which an event of its own tells.
        if content.send_response(channel, response).is_ok() {
            self.serving.on_the_way += 1;
        }
    }

    fn wait_for_bytes(&mut self, peer: PeerId, response: &ContentResponse) -> Option<Duration> {
        if self.config.bytes_per_second.is_none() {
            return Some(Duration::ZERO);
        }
        let bytes = u64::try_from(response.encoded_size()).unwrap_or(u64::MAX);
        let most = self.config.request_timeout;
        self.rates.bytes(peer, bytes, most, Instant::now())
    }

    fn on_no_answer(&mut self, peer: PeerId, protocol: Protocol) {
        self.metrics.request(protocol, Outcome::Undelivered);
        tracing::error!(
            %peer,
            protocol = protocol.name(),
            "there is no answer for a peer: it took too long to make, or failed"
        );
    }
}
