//! Takes results to the chain, those that are ready together in one extrinsic.
//!
//! There is one courier per account: whoever hands in a result gets the [`Flight`] of
//! the extrinsic that carries it, and watches that. An extrinsic is on disk with each
//! of its results before it leaves, see [`crate::outbox`].

use crate::{
    gather::{channel, Counter, Expectation, Gatherer, Limits, Parcel},
    metrics::Metrics,
    outbox::{Entry, Outbox, OutboxError, SignedExtrinsic, State},
    submit::SubmitError,
};
use lattice_chain_client::{
    Block, Call, Client, Error, Event, PoolRejection, RequestId, ResultSubmission, Signer,
    Submission, H256,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};
use tokio::sync::{oneshot, watch, Mutex as AsyncMutex};

/// Where an extrinsic came down.
#[derive(Clone, Debug)]
pub enum Landing {
    /// In a best block, with these events.
    Included { block: Block, events: Arc<[Event]> },
    /// In a block, and the chain refused it as a whole.
    Failed(Arc<Error>),
    /// Out of sight: it has to be looked for.
    Lost,
}

/// An extrinsic that the pool took.
#[derive(Clone, Debug)]
pub struct Flight {
    /// Its hash.
    pub hash: H256,
    landing: watch::Receiver<Option<Landing>>,
}

impl Flight {
    /// Waits until it is known where it came down.
    pub async fn landing(mut self) -> Landing {
        match self.landing.wait_for(Option::is_some).await {
            Ok(landing) => landing.clone().unwrap_or(Landing::Lost),
            Err(_) => Landing::Lost,
        }
    }

    fn has_landed(&self) -> bool {
        self.landing.borrow().is_some()
    }
}

/// A result that is on its way.
#[derive(Clone, Debug)]
pub struct Boarded {
    /// The extrinsic that carries it.
    pub flight: Flight,
    /// For how long it waited for others before.
    pub waited: Duration,
}

/// What a result's owner is told: that it is on its way, or why it is not, which may be
/// everyone's reason on that flight.
type Answer = Result<Boarded, Arc<SubmitError>>;

/// Where an answer goes, and since when it is wanted.
type Reply = (oneshot::Sender<Answer>, Instant);

/// Signs and submits for one account.
#[derive(Clone, Debug)]
pub struct Courier {
    counter: Counter<Reply>,
    desk: Arc<Desk>,
}

impl Courier {
    /// A courier; it works until its last clone is dropped.
    pub fn start(
        client: Client,
        signer: Signer,
        outbox: Arc<Outbox>,
        metrics: Metrics,
        limits: Limits,
    ) -> Self {
        let (counter, gatherer) = channel(limits);
        let desk = Arc::new(Desk {
            client,
            signer,
            outbox,
            metrics,
            flights: AsyncMutex::default(),
            alone: Mutex::default(),
        });
        tokio::spawn(serve(desk.clone(), gatherer));
        Self { counter, desk }
    }

    /// Announces a result that is being made; others that are ready may wait for it.
    pub fn expect(&self) -> Expectation {
        self.counter.expect()
    }

    /// Has a result signed and submitted, perhaps together with others.
    pub async fn deliver(
        &self,
        request: RequestId,
        entry: Entry,
        expectation: Option<Expectation>,
    ) -> Answer {
        let (reply, answer) = oneshot::channel();
        let handed_in = self.counter.hand_in(Parcel {
            request,
            entry,
            alone: self.desk.must_go_alone(request),
            reply: (reply, Instant::now()),
            expectation,
        });
        match (handed_in, answer.await) {
            (Ok(()), Ok(answer)) => answer,
            _ => Err(Arc::new(SubmitError::Stopped)),
        }
    }

    /// Hands the same bytes in again; once, however many results they carry.
    pub async fn resubmit(&self, extrinsic: SignedExtrinsic) -> Answer {
        let mut flights = self.desk.flights.lock().await;
        if let Some(flight) = flights.get(&extrinsic.hash) {
            if !flight.has_landed() {
                return Ok(boarded(flight.clone()));
            }
        }
        tracing::info!(hash = ?H256(extrinsic.hash), nonce = extrinsic.nonce, "resubmitting bytes");
        let submitted = self.desk.client.resubmit(extrinsic.bytes).await;
        let submission = submitted.map_err(|error| Arc::new(error.into()))?;
        let flight = self.desk.watch(&mut flights, submission, Vec::new());
        Ok(boarded(flight))
    }

    /// Puts the results of an extrinsic that the pool will not take, where that is final,
    /// back to the proven ones, each to be signed alone.
    ///
    /// It cannot count twice: what is signed instead has the same nonce, or the account
    /// has used it up by then.
    pub fn give_up(&self, request: RequestId, refusal: &PoolRejection) -> Result<(), OutboxError> {
        if is_final(refusal) {
            self.desk.send_alone([request]);
            self.desk.outbox.advance(request, State::Proven)?;
        }
        Ok(())
    }

    /// Forgets what was noted of a request that is closed.
    pub fn forget(&self, request: RequestId) {
        self.desk.alone().remove(&request);
    }
}

/// On a flight without a wait.
fn boarded(flight: Flight) -> Boarded {
    Boarded {
        flight,
        waited: Duration::ZERO,
    }
}

/// Whether the pool will not take these bytes later either, and they are not on their
/// way: as when the fee of a batch is more than the account has.
fn is_final(refusal: &PoolRejection) -> bool {
    !(refusal.is_already_imported()
        || refusal.is_banned()
        || refusal.is_stale()
        || refusal.is_nonce_taken())
}

/// What the courier works with.
#[derive(Debug)]
struct Desk {
    client: Client,
    signer: Signer,
    outbox: Arc<Outbox>,
    metrics: Metrics,
    /// Extrinsics under way, by hash.
    flights: AsyncMutex<BTreeMap<[u8; 32], Flight>>,
    /// Requests whose results were on an extrinsic with others that failed as a whole.
    alone: Mutex<BTreeSet<RequestId>>,
}

async fn serve(desk: Arc<Desk>, mut gatherer: Gatherer<Reply>) {
    while let Some(parcels) = gatherer.next().await {
        let requests: Vec<RequestId> = parcels.iter().map(|parcel| parcel.request).collect();
        let (entries, replies): (Vec<_>, Vec<_>) = parcels
            .into_iter()
            .map(|parcel| ((parcel.request, parcel.entry), parcel.reply))
            .unzip();
        let gathered = Instant::now();
        let flight = desk.send(&requests, entries).await.map_err(Arc::new);
        for (reply, since) in replies {
            let waited = gathered.saturating_duration_since(since);
            let answer = flight.clone().map(|flight| Boarded { flight, waited });
            // Whoever does not listen any more finds the result in the outbox.
            let _ = reply.send(answer);
        }
    }
}

/// The call that carries results: a single one needs no batch.
fn call(entries: Vec<(RequestId, Entry)>) -> Call {
    let mut results: Vec<ResultSubmission> = entries
        .into_iter()
        .map(|(request, entry)| ResultSubmission {
            request,
            context: H256(entry.context),
            output: entry.output,
            proof: entry.proof,
        })
        .collect();
    match (results.len(), results.pop()) {
        (1, Some(only)) => Call::SubmitResult {
            request: only.request,
            context: only.context,
            output: only.output,
            proof: only.proof,
        },
        (_, last) => {
            results.extend(last);
            Call::SubmitResults { results }
        }
    }
}

impl Desk {
    async fn send(
        self: &Arc<Self>,
        requests: &[RequestId],
        entries: Vec<(RequestId, Entry)>,
    ) -> Result<Flight, SubmitError> {
        let prepared = self.client.prepare(&self.signer, &call(entries)).await?;
        let (hash, nonce) = (prepared.hash(), prepared.nonce());
        // On disk before it leaves: whatever happens next, these bytes and no
        // others are submitted until the chain shows that they are void.
        self.outbox.advance_all(
            requests,
            State::Submitted(SignedExtrinsic {
                bytes: prepared.bytes().to_vec(),
                hash: hash.0,
                nonce,
                signed_at: prepared.signed_at(),
            }),
        )?;
        let results = requests.len();
        for request in requests {
            tracing::info!(request, ?hash, nonce, results, "submitting");
        }
        self.metrics.batch.observe(results as f64);
        let mut flights = self.flights.lock().await;
        let submission = prepared.submit().await?;
        Ok(self.watch(&mut flights, submission, requests.to_vec()))
    }

    /// Follows a submission; `requests` are sent alone if it fails as a whole.
    fn watch(
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
                        desk.send_alone(requests);
                    }
                    Landing::Failed(Arc::new(error))
                }
                Err(error) => {
                    tracing::warn!(?hash, %error, "lost sight of the extrinsic");
                    Landing::Lost
                }
            };
            landed.send_replace(Some(landing));
        });
        flight
    }

    fn send_alone(&self, requests: impl IntoIterator<Item = RequestId>) {
        self.alone().extend(requests);
    }

    fn must_go_alone(&self, request: RequestId) -> bool {
        self.alone().contains(&request)
    }

    fn alone(&self) -> std::sync::MutexGuard<'_, BTreeSet<RequestId>> {
        self.alone.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
