//! Results that are ready together travel together.
//!
//! A result that is ready goes at once, unless another is still being made: for
//! that one it waits, though not longer than the limits say. So a single
//! inference is as quick as ever, and under load an extrinsic carries many.

use crate::outbox::Entry;
use lattice_chain_client::{ModelIndex, RequestId};
use lattice_verifier::MAX_BATCH_KEYS;
use std::{collections::BTreeSet, num::NonZeroUsize, time::Duration};
use tokio::sync::{mpsc, watch};

/// Most elements of all outputs of one extrinsic. It keeps the extrinsic, which
/// the outbox stores with each of its results, below some 64 KiB.
const MAX_ELEMENTS: usize = 12 * 1024;

/// What one extrinsic may carry, and what it waits for.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Most results.
    pub results: NonZeroUsize,
    /// Longest wait for results that are being made.
    pub patience: Duration,
}

/// A result on its way to the chain.
#[derive(Debug)]
pub struct Parcel<R> {
    pub request: RequestId,
    pub entry: Entry,
    /// Whether it must not travel with others.
    pub alone: bool,
    /// Who wants to know what became of it.
    pub reply: R,
    /// The announcement of this parcel, if it was announced.
    pub expectation: Option<Expectation>,
}

/// The announcement of a parcel that is still being made. It ends when the parcel
/// arrives, or when this is dropped.
#[derive(Debug)]
pub struct Expectation {
    expected: watch::Sender<usize>,
}

impl Drop for Expectation {
    fn drop(&mut self) {
        self.expected
            .send_modify(|count| *count = count.saturating_sub(1));
    }
}

/// Where parcels are handed in.
#[derive(Debug)]
pub struct Counter<R> {
    parcels: mpsc::UnboundedSender<Parcel<R>>,
    expected: watch::Sender<usize>,
}

impl<R> Clone for Counter<R> {
    fn clone(&self) -> Self {
        Self {
            parcels: self.parcels.clone(),
            expected: self.expected.clone(),
        }
    }
}

impl<R> Counter<R> {
    /// Announces a parcel.
    pub fn expect(&self) -> Expectation {
        self.expected
            .send_modify(|count| *count = count.saturating_add(1));
        Expectation {
            expected: self.expected.clone(),
        }
    }

    /// Hands a parcel in; gives it back when nobody gathers any more.
    pub fn hand_in(&self, parcel: Parcel<R>) -> Result<(), Box<Parcel<R>>> {
        self.parcels
            .send(parcel)
            .map_err(|mpsc::error::SendError(parcel)| Box::new(parcel))
    }
}

/// Where they are gathered.
#[derive(Debug)]
pub struct Gatherer<R> {
    parcels: mpsc::UnboundedReceiver<Parcel<R>>,
    expected: watch::Receiver<usize>,
    limits: Limits,
    /// Came when a batch had no room for it.
    held: Option<Parcel<R>>,
}

/// A counter and its gatherer.
pub fn channel<R>(limits: Limits) -> (Counter<R>, Gatherer<R>) {
    let (parcels, incoming) = mpsc::unbounded_channel();
    let (expected, seen) = watch::channel(0);
    let gatherer = Gatherer {
        parcels: incoming,
        expected: seen,
        limits,
        held: None,
    };
    (Counter { parcels, expected }, gatherer)
}

impl<R> Gatherer<R> {
    /// The parcels of the next extrinsic, at least one, in the order in which they came;
    /// `None` when no more can come.
    pub async fn next(&mut self) -> Option<Vec<Parcel<R>>> {
        let first = match self.held.take() {
            Some(parcel) => parcel,
            None => self.parcels.recv().await?,
        };
        let mut batch = Batch::of(first);
        let patience = tokio::time::sleep(self.limits.patience);
        tokio::pin!(patience);
        while !batch.is_full(&self.limits) {
            let next = match self.parcels.try_recv() {
                Ok(next) => next,
                Err(mpsc::error::TryRecvError::Disconnected) => break,
                Err(mpsc::error::TryRecvError::Empty) => {
                    if *self.expected.borrow_and_update() == 0 {
                        break;
                    }
                    tokio::select! {
                        // What is there goes before the end of patience.
                        biased;
                        next = self.parcels.recv() => match next {
                            Some(next) => next,
                            None => break,
                        },
                        // One more or one less is on its way.
                        changed = self.expected.changed() => match changed {
                            Ok(()) => continue,
                            Err(_) => break,
                        },
                        () = &mut patience => break,
                    }
                }
            };
            if let Some(held) = batch.add(next) {
                self.held = Some(held);
                break;
            }
        }
        Some(batch.parcels)
    }
}

/// Parcels of one extrinsic.
struct Batch<R> {
    parcels: Vec<Parcel<R>>,
    models: BTreeSet<ModelIndex>,
    elements: usize,
}

impl<R> Batch<R> {
    fn of(first: Parcel<R>) -> Self {
        let mut batch = Self {
            parcels: Vec::new(),
            models: BTreeSet::new(),
            elements: 0,
        };
        batch.push(first);
        batch
    }

    fn is_full(&self, limits: &Limits) -> bool {
        self.parcels.len() >= limits.results.get() || self.parcels.iter().any(|p| p.alone)
    }

    /// Adds a parcel, or gives it back when it cannot travel with the others.
    fn add(&mut self, parcel: Parcel<R>) -> Option<Parcel<R>> {
        let elements = self.elements.saturating_add(parcel.entry.output.len());
        // A model has one key, so there are at most as many keys as models.
        let most = usize::try_from(MAX_BATCH_KEYS).unwrap_or(usize::MAX);
        let known = self.models.contains(&parcel.entry.model);
        let fits = elements <= MAX_ELEMENTS && (known || self.models.len() < most);
        if parcel.alone || !fits {
            return Some(parcel);
        }
        self.push(parcel);
        None
    }

    fn push(&mut self, mut parcel: Parcel<R>) {
        parcel.expectation = None;
        self.elements = self.elements.saturating_add(parcel.entry.output.len());
        self.models.insert(parcel.entry.model);
        self.parcels.push(parcel);
    }
}
