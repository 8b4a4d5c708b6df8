//! What is sent in which way, and watched until it has come down.

use super::{
    flight::{Flight, Landing},
    ticket::{paid_call, result, Ticket},
};
use crate::{
    metrics::Metrics,
    outbox::{Entry, Outbox},
    submit::SubmitError,
};
use lattice_chain_client::{
    AuthorizedCall, Client, Error, RequestId, ResultSubmission, Signer, Submission,
};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};
use tokio::sync::{watch, Mutex as AsyncMutex};

/// How a result travels after it could not with others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Manner {
    /// By itself.
    Alone,
    /// By itself, and for a fee.
    Paying,
}

/// What the courier works with.
#[derive(Debug)]
pub(super) struct Desk {
    pub(super) client: Client,
    signer: Signer,
    pub(super) outbox: Arc<Outbox>,
    metrics: Metrics,
    /// Extrinsics under way, by hash.
    pub(super) flights: AsyncMutex<BTreeMap<[u8; 32], Flight>>,
    /// Requests whose results must not travel as others do.
    manners: Mutex<BTreeMap<RequestId, Manner>>,
}

impl Desk {
    /// A desk with nothing under way.
    pub(super) fn new(
        client: Client,
        signer: Signer,
        outbox: Arc<Outbox>,
        metrics: Metrics,
    ) -> Self {
        Self {
            client,
            signer,
            outbox,
            metrics,
            flights: AsyncMutex::default(),
            manners: Mutex::default(),
        }
    }

    /// Submits these results in one extrinsic.
    pub(super) async fn send(
        self: &Arc<Self>,
        requests: &[RequestId],
        entries: Vec<(RequestId, Entry)>,
    ) -> Result<Flight, SubmitError> {
        let results: Vec<ResultSubmission> = entries.into_iter().map(result).collect();
        let count = results.len();
        let paid = match results.as_slice() {
            [only] if self.manner(only.request) == Some(Manner::Paying) => Some(paid_call(only)),
            _ => None,
        };
        let free = paid.is_none();
        let ticket = match paid {
            Some(call) => Ticket::Paid(self.client.prepare(&self.signer, &call).await?),
            None => {
                let call = AuthorizedCall::SubmitResults { results };
                Ticket::Free(self.client.authorize(&self.signer, &call).await?)
            }
        };
        let hash = ticket.hash();
        // On disk before it leaves: whatever happens next, these bytes and no
        // others are submitted until the chain shows that they are void.
        self.outbox.advance_all(requests, ticket.state())?;
        for request in requests {
            tracing::info!(request, ?hash, results = count, free, "submitting");
        }
        self.metrics.batch.observe(count as f64);
        let mut flights = self.flights.lock().await;
        let submission = ticket.submit().await?;
        Ok(self.watch(&mut flights, submission, requests.to_vec()))
    }

    /// Follows a submission; `requests` are sent alone if it fails as a whole.
    pub(super) fn watch(
        self: &Arc<Self>,
        flights: &mut BTreeMap<[u8; 32], Flight>,
        mut submission: Submission,
        requests: Vec<RequestId>,
    ) -> Flight {
        let hash = submission.hash();
        let (landed, landing) = watch::channel(None);
        let flight = Flight { hash, landing };
        flights.retain(|_, flight| !flight.has_landed());
        flights.insert(hash.0, flight.clone());
        let desk = self.clone();
        tokio::spawn(async move {
            let landing = match submission.in_block().await {
                Ok(included) => Landing::Included {
                    block: included.block,
                    events: included.events.into(),
                },
                Err(error @ Error::Dispatch(_)) => {
                    if requests.len() > 1 {
                        desk.note(requests, Manner::Alone);
                    }
                    Landing::Failed(Arc::new(error))
                }
                Err(error) => {
                    for request in &requests {
                        tracing::warn!(request, ?hash, %error, "lost sight of the extrinsic");
                    }
                    Landing::Lost
                }
            };
            landed.send_replace(Some(landing));
        });
        flight
    }

    /// Notes how results are to travel; never with less care than before.
    pub(super) fn note(&self, requests: impl IntoIterator<Item = RequestId>, manner: Manner) {
        let mut manners = self.manners();
        for request in requests {
            let noted = manners.entry(request).or_insert(manner);
            *noted = manner.max(*noted);
        }
    }

    /// How a result has to travel; `None` if it may with others.
    pub(super) fn manner(&self, request: RequestId) -> Option<Manner> {
        self.manners().get(&request).copied()
    }

    pub(super) fn manners(&self) -> std::sync::MutexGuard<'_, BTreeMap<RequestId, Manner>> {
        self.manners.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
