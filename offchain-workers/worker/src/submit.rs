//! Bringing a proven result to the chain, once.
//!
//! What to do next follows from two things alone: the entry in the outbox and
//! what the chain shows at its best block. [`next_step`] says which, so a
//! worker that starts after a crash does the same as one that never stopped.

use crate::{
    metrics::{Metrics, Stage},
    outbox::{Outbox, OutboxError, Outcome, SignedExtrinsic, State},
};
use lattice_chain_client::{
    submit::MORTALITY, Block, BlockNumber, Call, Client, Ending, Error, Event, RequestId, Signer,
    Submission, H256,
};
use std::{sync::Arc, time::Duration};
use tokio::sync::watch;

/// Blocks for which a hole in the account's nonces may be filled by a sibling.
const GAP_BLOCKS: BlockNumber = 3;
/// What was seen so many blocks ago is taken to hold; the chain has the last word.
const RECENT_BLOCKS: BlockNumber = 2;
/// Longest wait for a new block before looking again.
const BLOCK_PATIENCE: Duration = Duration::from_secs(10);
/// Wait for a sibling's extrinsic to fill a hole.
const GAP_WAIT: Duration = Duration::from_millis(250);

/// What the chain shows of a request and of the account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sighting {
    /// Best block of all that follows.
    pub block: BlockNumber,
    /// How the request ended; `None` while it is open.
    pub ended: Option<Outcome>,
    /// Nonce of the account in the block's state.
    pub state_nonce: u64,
    /// The same with the pool's extrinsics counted in.
    pub next_nonce: u64,
}

/// What to do next with an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Note how the request ended, as of a block.
    Close {
        outcome: Outcome,
        block: BlockNumber,
    },
    /// Sign with a fresh nonce, store, submit.
    Sign,
    /// Submit the stored bytes again.
    Resubmit,
    /// Our extrinsic is in the pool: look again at the next block.
    AwaitBlock,
    /// A hole in the nonces: a sibling that resumes too will fill it at once.
    AwaitSibling,
}

/// The one decision of this module.
pub fn next_step(state: &State, sighting: &Sighting) -> Step {
    if let Some(outcome) = sighting.ended {
        return Step::Close {
            outcome,
            block: sighting.block,
        };
    }
    let extrinsic = match state {
        State::Submitted(extrinsic) => extrinsic,
        // A closed entry comes here when a reorganisation reopened its request.
        State::Proven | State::Closed { .. } => return Step::Sign,
    };
    let age = sighting.block.saturating_sub(extrinsic.signed_at);
    if sighting.state_nonce > extrinsic.nonce || age > MORTALITY {
        // Used up without closing the request, or too old: void either way.
        Step::Sign
    } else if sighting.next_nonce > extrinsic.nonce {
        Step::AwaitBlock
    } else if sighting.next_nonce == extrinsic.nonce {
        Step::Resubmit
    } else if age > GAP_BLOCKS {
        Step::Sign
    } else {
        Step::AwaitSibling
    }
}

/// Why a result could not be brought to the chain for now.
#[derive(Debug, thiserror::Error)]
pub enum SubmitError {
    #[error(transparent)]
    Chain(#[from] Error),
    #[error(transparent)]
    Outbox(#[from] OutboxError),
}

impl SubmitError {
    /// Where it is counted.
    pub fn stage(&self) -> Stage {
        match self {
            SubmitError::Chain(error) if error.is_transient() => Stage::Chain,
            SubmitError::Chain(_) => Stage::Submit,
            SubmitError::Outbox(_) => Stage::Outbox,
        }
    }
}

/// Submits for one provider.
#[derive(Clone, Debug)]
pub struct Submitter {
    pub client: Client,
    pub signer: Signer,
    pub outbox: Arc<Outbox>,
    pub metrics: Metrics,
    /// The last best block.
    pub best: watch::Receiver<Option<Block>>,
}

impl Submitter {
    /// Goes on with an entry until its request is closed.
    ///
    /// `seen_open` is a block in which the request was open: when that is recent,
    /// a new proof is submitted without another look.
    /// `on_submitted` runs whenever an extrinsic is in the pool.
    pub async fn drive(
        &self,
        request: RequestId,
        mut seen_open: Option<BlockNumber>,
        mut on_submitted: impl FnMut() + Send,
    ) -> Result<Outcome, SubmitError> {
        loop {
            let entry = self
                .outbox
                .get(request)?
                .ok_or(OutboxError::Missing(request))?;
            let fresh = seen_open.take().is_some_and(|block| self.is_recent(block));
            let step = if fresh && entry.state == State::Proven {
                Step::Sign
            } else {
                let sighting = self.look(request, &entry.context).await?;
                let step = next_step(&entry.state, &sighting);
                tracing::debug!(request, ?step, ?sighting, "next step");
                step
            };
            let submission = match (step, entry.state) {
                (Step::Close { outcome, block }, _) => {
                    return self.close(request, outcome, block, None);
                }
                (Step::AwaitBlock, _) => {
                    self.await_block().await;
                    continue;
                }
                (Step::AwaitSibling, _) => {
                    tokio::time::sleep(GAP_WAIT).await;
                    continue;
                }
                (Step::Resubmit, State::Submitted(extrinsic)) => {
                    let hash = H256(extrinsic.hash);
                    tracing::info!(request, ?hash, nonce = extrinsic.nonce, "resubmitting");
                    self.client.resubmit(extrinsic.bytes).await
                }
                (Step::Sign | Step::Resubmit, _) => {
                    let call = Call::SubmitResult {
                        request,
                        context: H256(entry.context),
                        output: entry.output,
                        proof: entry.proof,
                    };
                    self.sign_and_submit(request, &call).await?
                }
            };
            match submission {
                Ok(submission) => {
                    let hash = submission.hash();
                    tracing::info!(request, ?hash, "submitted");
                    on_submitted();
                    if let Some(outcome) = self.watch(request, submission).await? {
                        return Ok(outcome);
                    }
                }
                Err(Error::Pool(refusal)) => {
                    // The state of the account or of the request moved on while
                    // this was under way; the next block shows how.
                    tracing::warn!(request, %refusal, "the pool refused the result");
                    self.metrics.error(Stage::Submit);
                    self.await_block().await;
                }
                Err(error) => return Err(error.into()),
            }
        }
    }

    async fn sign_and_submit(
        &self,
        request: RequestId,
        call: &Call,
    ) -> Result<Result<Submission, Error>, SubmitError> {
        let prepared = self.client.prepare(&self.signer, call).await?;
        let (hash, nonce) = (prepared.hash(), prepared.nonce());
        // On disk before it leaves: whatever happens next, these bytes and no
        // others are submitted until the chain shows that they are void.
        self.outbox.advance(
            request,
            State::Submitted(SignedExtrinsic {
                bytes: prepared.bytes().to_vec(),
                hash: hash.0,
                nonce,
                signed_at: prepared.signed_at(),
            }),
        )?;
        tracing::info!(request, ?hash, nonce, "submitting");
        Ok(prepared.submit().await)
    }

    /// Waits for an extrinsic to be included; `None` when it has to be looked at again.
    async fn watch(
        &self,
        request: RequestId,
        mut submission: Submission,
    ) -> Result<Option<Outcome>, SubmitError> {
        match submission.in_block().await {
            Ok(included) => {
                let ended = included.events.iter().find_map(|event| match event {
                    Event::Settled { request: r, .. } if *r == request => Some(Outcome::Settled),
                    Event::Rejected { request: r, .. } if *r == request => Some(Outcome::Rejected),
                    _ => None,
                });
                match ended {
                    Some(outcome) => {
                        let block = included.block;
                        self.close(request, outcome, block.number, Some(block.hash))
                            .map(Some)
                    }
                    None => Ok(None),
                }
            }
            Err(Error::Dispatch(failure)) => {
                self.metrics.error(Stage::Submit);
                tracing::error!(request, %failure, "the chain refused the result");
                Err(Error::Dispatch(failure).into())
            }
            Err(error) => {
                tracing::warn!(request, %error, "lost sight of the extrinsic");
                self.await_block().await;
                Ok(None)
            }
        }
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
        let account = self.signer.account();
        let ended = match view.assignment(request).await? {
            Some(open) if open.context.0 == *context => None,
            Some(_) => Some(Outcome::Vanished),
            None => Some(match view.record(request).await? {
                Some(record) if record.context.0 == *context => match record.ending {
                    Ending::Settled => Outcome::Settled,
                    Ending::ProofRejected => Outcome::Rejected,
                    Ending::Expired => Outcome::Expired,
                },
                Some(_) | None => Outcome::Vanished,
            }),
        };
        Ok(Sighting {
            block: block.number,
            ended,
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

    const SIGNED_AT: BlockNumber = 100;
    const NONCE: u64 = 7;

    fn submitted() -> State {
        State::Submitted(SignedExtrinsic {
            bytes: vec![1],
            hash: [2; 32],
            nonce: NONCE,
            signed_at: SIGNED_AT,
        })
    }

    fn open(block: BlockNumber, state_nonce: u64, next_nonce: u64) -> Sighting {
        Sighting {
            block,
            ended: None,
            state_nonce,
            next_nonce,
        }
    }

    #[test]
    fn a_proof_that_was_never_signed_is_signed() {
        assert_eq!(next_step(&State::Proven, &open(100, 7, 7)), Step::Sign);
    }

    #[test]
    fn a_closed_request_is_closed_whatever_was_done_for_it() {
        for state in [State::Proven, submitted()] {
            let sighting = Sighting {
                ended: Some(Outcome::Settled),
                ..open(101, 8, 8)
            };
            let expected = Step::Close {
                outcome: Outcome::Settled,
                block: 101,
            };
            assert_eq!(next_step(&state, &sighting), expected);
        }
    }

    #[test]
    fn an_extrinsic_in_the_pool_is_not_submitted_a_second_time() {
        assert_eq!(next_step(&submitted(), &open(101, 7, 8)), Step::AwaitBlock);
        assert_eq!(next_step(&submitted(), &open(101, 6, 9)), Step::AwaitBlock);
    }

    #[test]
    fn an_extrinsic_that_the_pool_lost_is_submitted_with_the_same_bytes() {
        assert_eq!(next_step(&submitted(), &open(101, 7, 7)), Step::Resubmit);
    }

    #[test]
    fn an_extrinsic_whose_nonce_was_used_in_vain_is_replaced() {
        assert_eq!(next_step(&submitted(), &open(102, 8, 8)), Step::Sign);
    }

    #[test]
    fn an_extrinsic_past_its_life_is_replaced() {
        let last = SIGNED_AT + MORTALITY;
        assert_eq!(next_step(&submitted(), &open(last, 7, 7)), Step::Resubmit);
        assert_eq!(next_step(&submitted(), &open(last + 1, 7, 7)), Step::Sign);
    }

    #[test]
    fn a_hole_in_the_nonces_is_left_to_siblings_for_a_few_blocks() {
        assert_eq!(
            next_step(&submitted(), &open(101, 5, 6)),
            Step::AwaitSibling
        );
        let later = SIGNED_AT + GAP_BLOCKS + 1;
        assert_eq!(next_step(&submitted(), &open(later, 5, 6)), Step::Sign);
    }

    #[test]
    fn a_request_that_a_reorganisation_reopened_is_signed_for_again() {
        let closed = State::Closed {
            outcome: Outcome::Settled,
            block: 99,
        };
        assert_eq!(next_step(&closed, &open(101, 7, 7)), Step::Sign);
    }
}
