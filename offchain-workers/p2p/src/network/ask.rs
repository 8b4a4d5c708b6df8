//! Requests of our own.

use super::{commands::Reply, task::Task};
use crate::{
    error::NetworkError,
    metrics::{Outcome, Protocol},
    private::wire::{PrivateRequest, PrivateResponse},
    transfer::wire::{ContentRequest, ContentResponse},
};
use libp2p::{
    request_response::{OutboundFailure, OutboundRequestId},
    PeerId,
};
use std::{collections::HashMap, io};

/// Most requests of each protocol whose answers are waited for.
const MAX_ASKING: usize = 1024;

/// Who waits for which answer.
#[derive(Default)]
pub(super) struct Asking {
    content: HashMap<OutboundRequestId, Reply<ContentResponse>>,
    private: HashMap<OutboundRequestId, Reply<PrivateResponse>>,
}

impl Asking {
    /// Forgets those who have given up.
    pub(super) fn sweep(&mut self) {
        self.content.retain(|_, reply| !reply.is_closed());
        self.private.retain(|_, reply| !reply.is_closed());
    }
}

impl Task {
    pub(super) fn ask_content(
        &mut self,
        peer: PeerId,
        request: ContentRequest,
        reply: Reply<ContentResponse>,
    ) {
        if let Some(reply) = self.may_ask(&peer, self.asking.content.len(), reply) {
            let content = &mut self.swarm.behaviour_mut().content;
            let request = content.send_request(&peer, request);
            self.asking.content.insert(request, reply);
        }
    }

    pub(super) fn ask_private(
        &mut self,
        peer: PeerId,
        request: PrivateRequest,
        reply: Reply<PrivateResponse>,
    ) {
        if let Some(reply) = self.may_ask(&peer, self.asking.private.len(), reply) {
            let private = &mut self.swarm.behaviour_mut().private;
            let request = private.send_request(&peer, request);
            self.asking.private.insert(request, reply);
        }
    }

    /// The reply, if it is still to be given; else it has been.
    fn may_ask<T>(&self, peer: &PeerId, asking: usize, reply: Reply<T>) -> Option<Reply<T>> {
        let error = if self.hellos.account_of(peer).is_none() {
            NetworkError::NotConnected(*peer)
        } else if asking >= MAX_ASKING {
            NetworkError::Busy("requests")
        } else {
            return Some(reply);
        };
        // Whoever asked may have given up.
        let _ = reply.send(Err(error));
        None
    }

    pub(super) fn on_content_answer(
        &mut self,
        request: OutboundRequestId,
        response: ContentResponse,
    ) {
        self.metrics.request(Protocol::Content, Outcome::Answered);
        if let Some(reply) = self.asking.content.remove(&request) {
            let _ = reply.send(Ok(response));
        }
    }

    pub(super) fn on_private_answer(
        &mut self,
        request: OutboundRequestId,
        response: PrivateResponse,
    ) {
        self.metrics.request(Protocol::Private, Outcome::Answered);
        if let Some(reply) = self.asking.private.remove(&request) {
            let _ = reply.send(Ok(response));
        }
    }

    pub(super) fn on_content_unanswered(
        &mut self,
        peer: PeerId,
        request: OutboundRequestId,
        error: &OutboundFailure,
    ) {
        self.metrics.request(Protocol::Content, Outcome::Unanswered);
        if let Some(reply) = self.asking.content.remove(&request) {
            let reason = reason_of(error);
            let _ = reply.send(Err(NetworkError::NoAnswer { peer, reason }));
        }
    }

    pub(super) fn on_private_unanswered(
        &mut self,
        peer: PeerId,
        request: OutboundRequestId,
        error: &OutboundFailure,
    ) {
        self.metrics.request(Protocol::Private, Outcome::Unanswered);
        if let Some(reply) = self.asking.private.remove(&request) {
            let reason = reason_of(error);
            let _ = reply.send(Err(NetworkError::NoAnswer { peer, reason }));
        }
    }
}

/// Why there is no answer, in words.
fn reason_of(error: &OutboundFailure) -> String {
    match error {
        // A refused request's stream ends without a byte.
        OutboundFailure::Io(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
            "it refuses the request".to_owned()
        }
        error => error.to_string(),
    }
}
