//! Takes results to the chain, those that are ready together in one extrinsic.
//!
//! There is one courier per account: whoever hands in a result gets the [`Flight`] of
//! the extrinsic that carries it, and watches that. An extrinsic is on disk with each
//! of its results before it leaves, see [`crate::outbox`].
//!
//! Results go out *authorized*, which costs nothing and needs no nonce. One bad result keeps all that
//! travel with it from being taken, so whatever the pool refuses goes alone after that. A result whose
//! free try is used up goes alone as well, in a signed extrinsic, for a fee.
//!
//! * `flight`: an extrinsic on its way, as those see it who have a result on it;
//! * `desk`: what is sent in which way, and watched until it has come down;
//! * `ticket`: the two kinds of extrinsics.

mod desk;
mod flight;
mod ticket;

pub use flight::{Boarded, Flight, Landing};

use crate::{
    gather::{channel, Counter, Expectation, Gatherer, Limits, Parcel},
    metrics::Metrics,
    outbox::{Entry, Outbox, OutboxError, Sent, State},
    submit::SubmitError,
};
use desk::{Desk, Manner};
use lattice_chain_client::{Client, NotAuthorized, PoolRejection, RequestId, Signer, H256};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::sync::oneshot;

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
        let desk = Arc::new(Desk::new(client, signer, outbox, metrics));
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
            alone: self.desk.manner(request).is_some(),
            reply: (reply, Instant::now()),
            expectation,
        });
        match (handed_in, answer.await) {
            (Ok(()), Ok(answer)) => answer,
            _ => Err(Arc::new(SubmitError::Stopped)),
        }
    }

    /// Hands the same bytes in again; once, however many results they carry.
    pub async fn resubmit(&self, sent: Sent) -> Answer {
        let mut flights = self.desk.flights.lock().await;
        if let Some(flight) = flights.get(&sent.hash) {
            if !flight.has_landed() {
                return Ok(boarded(flight.clone()));
            }
        }
        tracing::debug!(hash = ?H256(sent.hash), "resubmitting bytes");
        let submitted = self.desk.client.resubmit(sent.bytes).await;
        let submission = submitted.map_err(|error| Arc::new(error.into()))?;
        let flight = self.desk.watch(&mut flights, submission, Vec::new());
        Ok(boarded(flight))
    }

    /// Puts a result whose extrinsic the pool will not take, where that is final, back to the proven
    /// ones, to be signed anew, and alone. `again`: the same bytes were refused before, in another
    /// block.
    ///
    /// It cannot count twice: what is signed instead has the same nonce, or the account has used it up
    /// by then; or it is of the same request, which is over when one of them was included.
    pub fn give_up(
        &self,
        request: RequestId,
        refusal: &PoolRejection,
        again: bool,
    ) -> Result<(), OutboxError> {
        let entry = self.desk.outbox.get(request)?;
        let state = entry.ok_or(OutboxError::Missing(request))?.state;
        if is_void(&state, refusal, again) {
            let used = refusal.not_authorized() == Some(NotAuthorized::FreeTryUsed);
            // Of a result that travelled with others it may be another one's free try.
            let manner = match used && self.desk.manner(request).is_some() {
                true => Manner::Paying,
                false => Manner::Alone,
            };
            self.desk.note([request], manner);
            self.desk.outbox.advance(request, State::Proven)?;
        }
        Ok(())
    }

    /// Puts a result that the chain has refused back to the proven ones, if it went for nothing; what
    /// is sent of it next costs a fee.
    pub fn refused(&self, request: RequestId) -> Result<(), OutboxError> {
        let entry = self.desk.outbox.get(request)?;
        if matches!(entry, Some(entry) if matches!(entry.state, State::Authorized(_))) {
            self.desk.note([request], Manner::Paying);
            self.desk.outbox.advance(request, State::Proven)?;
        }
        Ok(())
    }

    /// Forgets what was noted of a request that is closed.
    pub fn forget(&self, request: RequestId) {
        self.desk.manners().remove(&request);
    }
}

/// On a flight without a wait.
fn boarded(flight: Flight) -> Boarded {
    Boarded {
        flight,
        waited: Duration::ZERO,
    }
}

/// Whether the bytes of which this is the state are of no use any more: the pool will not take them later
/// either, and they are not on their way.
fn is_void(state: &State, refusal: &PoolRejection, again: bool) -> bool {
    if refusal.is_already_imported() || refusal.is_nonce_taken() {
        // They, or others of the same nonce or request, are in the pool.
        false
    } else if refusal.is_banned() || refusal.is_stale() {
        // They may be in a block. If the request is open all the same, a nonce says what became of
        // them; and without one, they carry another result that is over, or were found invalid once
        // and are kept out for half an hour.
        again && matches!(state, State::Authorized(_))
    } else {
        // As when the fee is more than the account has, or the free try is used up.
        true
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outbox::{AuthorizedExtrinsic, SignedExtrinsic};

    fn refusal(code: i32, detail: &str) -> PoolRejection {
        PoolRejection {
            code,
            message: "no".to_owned(),
            detail: Some(detail.to_owned()),
        }
    }

    fn free() -> State {
        State::Authorized(AuthorizedExtrinsic {
            bytes: vec![1],
            hash: [2; 32],
            made_at: 3,
        })
    }

    fn paid() -> State {
        State::Submitted(SignedExtrinsic {
            bytes: vec![1],
            hash: [2; 32],
            nonce: 4,
            signed_at: 3,
        })
    }

    #[test]
    fn bytes_that_wait_in_the_pool_are_never_given_up() {
        for (code, detail) in [(1013, "already imported"), (1014, "priority is too low")] {
            for state in [free(), paid()] {
                for again in [false, true] {
                    assert!(!is_void(&state, &refusal(code, detail), again), "{code}");
                }
            }
        }
    }

    #[test]
    fn bytes_that_may_be_in_a_block_are_given_up_only_when_they_are_not() {
        for refusal in [
            refusal(1010, "Transaction is outdated"),
            refusal(1012, "Transaction is temporarily banned"),
        ] {
            assert!(!is_void(&free(), &refusal, false));
            // Another look has shown that the request is open.
            assert!(is_void(&free(), &refusal, true));
            // Of a signed extrinsic the nonce tells.
            assert!(!is_void(&paid(), &refusal, true));
        }
    }

    #[test]
    fn bytes_that_the_chain_will_not_take_are_given_up_at_once() {
        for refusal in [
            refusal(1010, "Custom error: 10"),
            refusal(1010, "Inability to pay some fees"),
            refusal(1016, "Immediately Dropped"),
        ] {
            for state in [free(), paid()] {
                assert!(is_void(&state, &refusal, false));
            }
        }
    }
}
