//! Bringing a proven result to the chain, once.
//!
//! What to do next follows from two things alone: the entry in the outbox and
//! what the chain shows at its best block. [`next_step`] says which, so a
//! worker that starts after a crash does the same as one that never stopped.
//!
//! An entry is closed only by what the chain shows of its request. So a result that the chain refuses is
//! looked after, too, until its request is over.

mod step;

pub use step::{next_step, Sighting, Step};

use crate::{
    courier::{Boarded, Courier, Flight, Landing},
    gather::Expectation,
    metrics::{Metrics, Stage},
    outbox::{Outbox, OutboxError, Outcome, State},
};
use lattice_chain_client::{
    AccountId, Block, BlockNumber, Client, Ending, Error, Event, Failure, PoolRejection, Record,
    Refusal, RequestId, RequestStatus, H256,
};
use std::{sync::Arc, time::Duration};
use tokio::sync::watch;

/// What was seen so many blocks ago is taken to hold; the chain has the last word.
const RECENT_BLOCKS: BlockNumber = 2;
/// Longest wait for a new block before looking again.
const BLOCK_PATIENCE: Duration = Duration::from_secs(10);
/// Wait for a sibling's extrinsic to fill a hole.
const GAP_WAIT: Duration = Duration::from_millis(250);

/// Why a result could not be brought to the chain for now.
#[derive(Debug, thiserror::Error)]
pub enum SubmitError {
    #[error(transparent)]
    Chain(#[from] Error),
    #[error(transparent)]
    Outbox(#[from] OutboxError),
    #[error("the chain refused the result: {0:?}")]
    Refused(Refusal),
    #[error("the worker is stopping")]
    Stopped,
    /// Of an extrinsic that carried others too.
    #[error(transparent)]
    Shared(Arc<SubmitError>),
    /// Of the chain, for an extrinsic that carried others too.
    #[error(transparent)]
    Failed(Arc<Error>),
}

impl SubmitError {
    /// Where it is counted.
    pub fn stage(&self) -> Stage {
        match self {
            SubmitError::Chain(error) if error.is_transient() => Stage::Chain,
            SubmitError::Chain(_) | SubmitError::Refused(_) | SubmitError::Failed(_) => {
                Stage::Submit
            }
            SubmitError::Outbox(_) => Stage::Outbox,
            SubmitError::Stopped => Stage::Chain,
            SubmitError::Shared(error) => error.stage(),
        }
    }

    /// What the pool said, if that is it.
    fn refusal(&self) -> Option<&PoolRejection> {
        match self {
            SubmitError::Chain(Error::Pool(refusal)) => Some(refusal),
            SubmitError::Shared(error) => error.refusal(),
            _ => None,
        }
    }
}

/// What the events of an extrinsic say of a request that it carried a result of.
fn ending(request: RequestId, events: &[Event]) -> Option<Result<Outcome, Refusal>> {
    events.iter().find_map(|event| match event {
        Event::Settled { request: r, .. } if *r == request => Some(Ok(Outcome::Settled)),
        Event::Rejected { request: r, .. } if *r == request => Some(Ok(Outcome::Rejected)),
        Event::ResultRefused {
            request: r, reason, ..
        } if *r == request => Some(Err(*reason)),
        _ => None,
    })
}

/// What an extrinsic did for one of the results that it carried.
enum Landed {
    /// The request is closed.
    Closed(Outcome),
    /// Nothing that is known: it has to be looked for.
    Unknown,
    /// The chain refused it.
    Refused(SubmitError),
}

/// What an ended request was for one of its providers.
fn outcome(record: &Record, account: &AccountId, context: &[u8; 32]) -> Outcome {
    let failed = record.failed.iter();
    let mut ours = failed.filter(|(provider, _)| provider == account);
    match ours.next() {
        Some((
            _,
            Failure::FalseProof | Failure::Refuted | Failure::Outvoted | Failure::FalseClaim,
        )) => Outcome::Rejected,
        Some((_, Failure::Late | Failure::NotAccepted | Failure::OutputWithheld)) => {
            Outcome::Expired
        }
        None if record.context.0 == *context && record.ending == Ending::Settled => {
            Outcome::Settled
        }
        None => Outcome::Vanished,
    }
}

/// Submits for one provider.
#[derive(Clone, Debug)]
pub struct Submitter {
    pub client: Client,
    pub account: AccountId,
    pub courier: Courier,
    pub outbox: Arc<Outbox>,
    pub metrics: Metrics,
    /// The last best block.
    pub best: watch::Receiver<Option<Block>>,
}

/// What was announced of a result before it is submitted.
#[derive(Debug, Default)]
pub struct Start {
    /// A block in which the request was open: when that is recent, a new proof is
    /// submitted without another look.
    pub seen_open: Option<BlockNumber>,
    /// The announcement to the courier.
    pub expectation: Option<Expectation>,
}

impl Submitter {
    /// Goes on with an entry until its request is closed.
    ///
    /// `on_submitted` runs whenever an extrinsic is in the pool, with the time for which the
    /// result waited to travel with others.
    pub async fn drive(
        &self,
        request: RequestId,
        mut start: Start,
        mut on_submitted: impl FnMut(Duration) + Send,
    ) -> Result<Outcome, SubmitError> {
        // Whether the pool's last refusal may have meant that the result is in a block.
        let mut doubtful = false;
        loop {
            let entry = self
                .outbox
                .get(request)?
                .ok_or(OutboxError::Missing(request))?;
            let context = entry.context;
            let seen_open = start.seen_open.take();
            let fresh = seen_open.is_some_and(|block| self.is_recent(block));
            let step = if fresh && entry.state == State::Proven {
                Step::Sign
            } else {
                let sighting = self.look(request, &context).await?;
                let step = next_step(&entry.state, &sighting);
                tracing::debug!(request, ?step, ?sighting, "next step");
                step
            };
            let expectation = start.expectation.take();
            let sent = match step {
                Step::Close { outcome, block } => {
                    return self.close(request, outcome, block, None);
                }
                Step::AwaitBlock => {
                    drop(expectation);
                    self.await_block().await;
                    continue;
                }
                Step::AwaitSibling => {
                    drop(expectation);
                    tokio::time::sleep(GAP_WAIT).await;
                    continue;
                }
                Step::Resubmit => entry.state.sent(),
                Step::Sign => None,
            };
            let again = sent.is_some();
            let answer = match sent {
                Some(sent) => {
                    drop(expectation);
                    self.courier.resubmit(sent).await
                }
                None => self.courier.deliver(request, entry, expectation).await,
            };
            match answer {
                Ok(Boarded { flight, waited }) => {
                    doubtful = false;
                    if again {
                        tracing::info!(request, hash = ?flight.hash, "resubmitting");
                    }
                    tracing::info!(request, hash = ?flight.hash, "submitted");
                    on_submitted(waited);
                    match self.land(request, flight).await? {
                        Landed::Closed(outcome) => return Ok(outcome),
                        Landed::Unknown => {}
                        Landed::Refused(error) => {
                            // A result that came too late is refused, too: then the request is over,
                            // and the next look closes the entry.
                            self.await_block().await;
                            let sighting = self.look(request, &context).await?;
                            if sighting.ended.is_none() && !sighting.overdue {
                                return Err(error);
                            }
                        }
                    }
                }
                Err(error) => match error.refusal() {
                    Some(refusal) if refusal.is_already_imported() => {
                        tracing::debug!(request, "the pool has the result");
                        self.await_block().await;
                    }
                    Some(refusal) => {
                        // The state of the account or of the request moved on while
                        // this was under way; the next block shows how.
                        tracing::warn!(request, %refusal, "the pool refused the result");
                        self.metrics.error(Stage::Submit);
                        self.courier.give_up(request, refusal, doubtful)?;
                        doubtful = refusal.is_stale() || refusal.is_banned();
                        self.await_block().await;
                    }
                    None => return Err(SubmitError::Shared(error)),
                },
            }
        }
    }

    /// Waits for an extrinsic to come down.
    async fn land(&self, request: RequestId, flight: Flight) -> Result<Landed, SubmitError> {
        Ok(match flight.landing().await {
            Landing::Included { block, events } => match ending(request, &events) {
                Some(Ok(outcome)) => {
                    let hash = Some(block.hash);
                    Landed::Closed(self.close(request, outcome, block.number, hash)?)
                }
                Some(Err(reason)) => {
                    self.metrics.error(Stage::Submit);
                    tracing::error!(request, ?reason, "the chain refused the result");
                    self.courier.refused(request)?;
                    Landed::Refused(SubmitError::Refused(reason))
                }
                None => Landed::Unknown,
            },
            Landing::Failed(failure) => {
                self.metrics.error(Stage::Submit);
                tracing::error!(request, %failure, "the chain refused the result");
                Landed::Refused(SubmitError::Failed(failure))
            }
            Landing::Lost => {
                self.await_block().await;
                Landed::Unknown
            }
        })
    }

    fn close(
        &self,
        request: RequestId,
        outcome: Outcome,
        block: BlockNumber,
        hash: Option<H256>,
    ) -> Result<Outcome, SubmitError> {
        self.outbox
            .advance(request, State::Closed { outcome, block })?;
        self.courier.forget(request);
        self.metrics.closed(outcome);
        match outcome {
            Outcome::Settled => tracing::info!(request, block, ?hash, "settled"),
            Outcome::Rejected => tracing::error!(request, block, ?hash, "rejected"),
            Outcome::Expired => tracing::warn!(request, block, "expired"),
            Outcome::Vanished => tracing::warn!(request, block, "vanished"),
        }
        Ok(outcome)
    }

    /// Reads request and nonces at the best block.
    ///
    /// A request of this number with another context is another request: after
    /// a reorganisation, or on a development chain that began anew.
    async fn look(&self, request: RequestId, context: &[u8; 32]) -> Result<Sighting, Error> {
        let block = self.client.best_block().await?;
        let view = self.client.at(block.hash);
        let account = self.account;
        let mut overdue = false;
        let ended = match view.assignment(request).await? {
            // It waits for the next provider: this one has failed it.
            Some(open) if matches!(open.status, RequestStatus::Waiting { .. }) => {
                Some(Outcome::Expired)
            }
            Some(open) if open.context.0 == *context => {
                // What is sent now is in the next block at the earliest.
                overdue = open.deadline <= block.number;
                None
            }
            Some(_) => Some(Outcome::Vanished),
            None => Some(match view.record(request).await? {
                Some(record) => outcome(&record, &account, context),
                None => Outcome::Vanished,
            }),
        };
        Ok(Sighting {
            block: block.number,
            ended,
            overdue,
            state_nonce: view.nonce(&account).await?.into(),
            next_nonce: self.client.next_nonce(&account).await?,
        })
    }

    /// Whether what was seen in a block can be relied on still.
    fn is_recent(&self, block: BlockNumber) -> bool {
        let now = self.best.borrow().map_or(block, |best| best.number);
        now.saturating_sub(block) <= RECENT_BLOCKS
    }

    /// Waits for the next best block, or for a while.
    async fn await_block(&self) {
        let mut best = self.best.clone();
        best.mark_unchanged();
        // Both ends of the wait mean the same: look again.
        let _ = tokio::time::timeout(BLOCK_PATIENCE, best.changed()).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lattice_chain_client::Price;

    #[test]
    fn each_result_of_a_batch_has_an_ending_of_its_own() {
        let [requester, provider] = [1, 2].map(|byte| AccountId([byte; 32]));
        let events = [
            Event::Settled {
                request: 4,
                requester,
                provider,
                gas_used: 1,
                price: Price::default(),
            },
            Event::Rejected {
                request: 5,
                requester,
                provider,
                slashed: 7,
            },
            Event::ResultRefused {
                request: 6,
                provider,
                reason: Refusal::DeadlinePassed,
            },
        ];
        assert_eq!(ending(4, &events), Some(Ok(Outcome::Settled)));
        assert_eq!(ending(5, &events), Some(Ok(Outcome::Rejected)));
        assert_eq!(ending(6, &events), Some(Err(Refusal::DeadlinePassed)));
        assert_eq!(ending(7, &events), None);
    }
}
