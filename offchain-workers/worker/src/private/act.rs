//! Doing what is due for a private request.

use super::{
    deed::Deed,
    step::{name, Action},
    Hands, PrivateError,
};
use crate::pipeline::{PipelineError, Work, NO_BLINDING};
use lattice_chain_client::{
    submit::MORTALITY, BlockNumber, Call, Included, InputClaim, PoolRejection, Private,
    PrivateCall, PrivateOutput, ProofBytes, RequestId, Submission, H256,
};
use lattice_p2p::private::{Answer, Complaint, Kept, MailboxError, Name, Payload, Sent};
use lattice_verifier::{commitment::commit_output, FieldBytes};
use std::time::Duration;

/// Longest wait for an extrinsic to be in a block.
const PATIENCE: Duration = Duration::from_secs(30);

/// What an action that came off leaves.
#[derive(Clone, Copy, Debug)]
pub(super) struct Done {
    pub deed: Option<Deed>,
    /// An older block does not show it.
    pub look_again_at: BlockNumber,
}

impl Done {
    fn in_block(deed: Deed, block: BlockNumber) -> Self {
        Self {
            deed: Some(deed),
            look_again_at: block,
        }
    }

    /// Nothing that counts; the chain will show what became of it.
    fn later(block: BlockNumber) -> Self {
        Self {
            deed: None,
            look_again_at: block,
        }
    }
}

/// A blinding that nobody can guess: 253 bits, so that it is a canonical field element.
fn random_blinding() -> FieldBytes {
    let mut blinding: FieldBytes = rand::random();
    blinding[31] &= 0x1f;
    blinding
}

impl Hands {
    pub(super) async fn act(
        &self,
        open: &Private,
        action: Action,
        kept: Kept,
    ) -> Result<Done, PrivateError> {
        match action {
            Action::Answer(payload) => {
                let answer = self.answer(open, &payload).await?;
                self.submit(open, &answer, None).await
            }
            Action::Submit => match &kept.answer {
                Some(answer) => self.submit(open, answer, kept.sent.as_ref()).await,
                None => Err(MailboxError::Missing(open.request).into()),
            },
            Action::Post => self.post(open, &kept).await,
            Action::Claim => self.claim(open).await,
        }
    }

    /// Executes, proves, and puts the result on disk.
    async fn answer(&self, open: &Private, payload: &Payload) -> Result<Answer, PrivateError> {
        let request = open.request;
        let served = self.library.find_key(&open.vk_id, &open.model_hash)?;
        let blinding = match open.output_private {
            true => random_blinding(),
            false => NO_BLINDING,
        };
        let work = Work::of_private(
            open,
            &served,
            &self.account,
            &self.genesis,
            (&payload.input[..], &payload.blinding),
            blinding,
        )?;
        let made = self.pipeline.answer(served, work).await?;
        let answer = Answer {
            output: made.output,
            blinding,
            proof: made.proof.as_slice().to_vec(),
        };
        self.mailbox.keep_answer(&name(open), answer.clone())?;
        tracing::info!(
            request,
            execution_us = made.execution.as_micros(),
            proving_ms = made.proving.as_millis(),
            "private result kept"
        );
        Ok(answer)
    }

    /// Brings what is kept to the chain: by the extrinsic that was signed before, as long as it may be
    /// on its way.
    async fn submit(
        &self,
        open: &Private,
        answer: &Answer,
        sent: Option<&Sent>,
    ) -> Result<Done, PrivateError> {
        let name = name(open);
        if let Some(sent) = sent {
            let best = self.client.best_block().await?.number;
            if best.saturating_sub(sent.signed_at) <= MORTALITY {
                return self.submit_again(&name, sent, best).await;
            }
        }
        let call = Call::Private(PrivateCall::Submit {
            request: open.request,
            context: open.context,
            output: shown(open, answer)?,
            proof: ProofBytes::try_from(&answer.proof[..])?,
        });
        let prepared = self.client.prepare(&self.signer, &call).await?;
        let sent = Sent {
            bytes: prepared.bytes().to_vec(),
            signed_at: prepared.signed_at(),
        };
        self.mailbox.note_sent(&name, Some(sent))?;
        match prepared.submit().await {
            Ok(submission) => self.landed(&name, submission).await,
            Err(error) => {
                if error.pool().is_some_and(is_void) {
                    self.mailbox.note_sent(&name, None)?;
                }
                Err(error.into())
            }
        }
    }

    /// Hands the same bytes in again: they count once.
    async fn submit_again(
        &self,
        name: &Name,
        sent: &Sent,
        best: BlockNumber,
    ) -> Result<Done, PrivateError> {
        match self.client.resubmit(sent.bytes.clone()).await {
            Ok(submission) => self.landed(name, submission).await,
            Err(error) => match error.pool() {
                Some(refusal) if is_void(refusal) => {
                    // In a block, or never: the next one shows which.
                    self.mailbox.note_sent(name, None)?;
                    Ok(Done::later(best.saturating_add(1)))
                }
                Some(refusal) if refusal.is_already_imported() || refusal.is_banned() => {
                    Ok(Done::later(best.saturating_add(1)))
                }
                _ => Err(error.into()),
            },
        }
    }

    /// Waits until a result is in a block.
    async fn landed(&self, name: &Name, submission: Submission) -> Result<Done, PrivateError> {
        let mut submission = submission;
        let request = name.request;
        match tokio::time::timeout(PATIENCE, submission.in_block()).await {
            Ok(Ok(included)) => {
                let block = included.block.number;
                tracing::info!(request, block, "private result submitted");
                Ok(Done::in_block(Deed::Submitted, block))
            }
            Ok(Err(error)) => {
                if error.dispatch().is_some() {
                    // It is in a block, and did nothing.
                    self.mailbox.note_sent(name, None)?;
                }
                Err(error.into())
            }
            Err(_) => Err(PrivateError::NotIncluded(PATIENCE)),
        }
    }

    /// Posts the output that the requester could not collect.
    async fn post(&self, open: &Private, kept: &Kept) -> Result<Done, PrivateError> {
        let request = open.request;
        let Some(answer) = &kept.answer else {
            return Err(PrivateError::OutputLost(request));
        };
        let call = Call::Private(PrivateCall::PostOutput {
            request,
            output: answer.output.clone(),
            blinding: H256(answer.blinding),
        });
        let block = self.submit_call(&call).await?.block.number;
        tracing::info!(request, block, "private output posted");
        Ok(Done::in_block(Deed::Posted, block))
    }

    /// Says that there is no valid input, unless one has come by now.
    async fn claim(&self, open: &Private) -> Result<Done, PrivateError> {
        let request: RequestId = open.request;
        let Some(complaint) = self.mailbox.complain(&name(open))? else {
            return Ok(Done::later(0));
        };
        let claim = match complaint {
            Complaint::NotReceived => InputClaim::NotReceived,
            Complaint::Invalid => InputClaim::Invalid,
        };
        let call = Call::Private(PrivateCall::Claim { request, claim });
        let block = self.submit_call(&call).await?.block.number;
        tracing::info!(request, block, ?claim, "claimed that there is no input");
        Ok(Done::in_block(Deed::Claimed, block))
    }

    /// Signs a call, and waits until it is in a block and succeeded.
    async fn submit_call(&self, call: &Call) -> Result<Included, PrivateError> {
        let included = self.client.submit_and_wait(&self.signer, call);
        match tokio::time::timeout(PATIENCE, included).await {
            Ok(included) => Ok(included?),
            Err(_) => Err(PrivateError::NotIncluded(PATIENCE)),
        }
    }
}

/// Whether the pool can never take an extrinsic.
fn is_void(refusal: &PoolRejection) -> bool {
    refusal.is_stale() || refusal.is_expired() || refusal.is_nonce_taken()
}

/// An output in the form that its request wants.
fn shown(open: &Private, answer: &Answer) -> Result<PrivateOutput, PrivateError> {
    if !open.output_private {
        return Ok(PrivateOutput::Posted(answer.output.clone()));
    }
    let commitment = commit_output(&answer.output, &answer.blinding)
        .map_err(|error| PipelineError::Prove(error.to_string()))?;
    Ok(PrivateOutput::Committed(H256(commitment)))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{answered, assigned};
    use super::*;
    use lattice_verifier::is_canonical;
    use std::collections::BTreeSet;

    #[test]
    fn blindings_are_canonical_and_none_is_like_another() {
        let blindings: BTreeSet<FieldBytes> = (0..100).map(|_| random_blinding()).collect();
        assert_eq!(blindings.len(), 100);
        assert!(blindings.iter().all(is_canonical));
    }

    #[test]
    fn a_private_output_is_shown_as_a_commitment_and_another_as_it_is() {
        let mut kept = answered();
        let mut answer = kept.answer.take().expect("there is one");
        answer.blinding[31] = 0;
        let commitment = commit_output(&answer.output, &answer.blinding).expect("commits");
        let private = shown(&assigned(), &answer).expect("commits");
        assert_eq!(private, PrivateOutput::Committed(H256(commitment)));
        let open = Private {
            output_private: false,
            ..assigned()
        };
        let posted = shown(&open, &answer).expect("as it is");
        assert_eq!(posted, PrivateOutput::Posted(answer.output.clone()));
    }
}
