//! One assignment, from wherever it stands to its end.

use crate::{
    metrics::{Metrics, Stage},
    models::{Library, Mismatch},
    outbox::{Entry, Outbox, OutboxError, State},
    pipeline::{Pipeline, PipelineError, Work},
    recall::Wanted,
    submit::{Start, SubmitError, Submitter},
};
use lattice_chain_client::{
    AccountId, Assignment, BlockNumber, Call, Client, Error, RequestId, RequestStatus, Signer,
};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};

/// Why an assignment was not served.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    #[error(transparent)]
    Mismatch(#[from] Mismatch),
    #[error(transparent)]
    Pipeline(#[from] PipelineError),
    #[error(transparent)]
    Outbox(#[from] OutboxError),
    #[error(transparent)]
    Submit(#[from] SubmitError),
    #[error("the task panicked")]
    Panicked,
}

impl ServeError {
    /// Where it is counted.
    pub fn stage(&self) -> Stage {
        match self {
            ServeError::Mismatch(_) => Stage::Match,
            ServeError::Pipeline(PipelineError::Execute(_)) | ServeError::Panicked => {
                Stage::Execute
            }
            ServeError::Pipeline(
                PipelineError::Prove(_) | PipelineError::Statement | PipelineError::Cancelled,
            ) => Stage::Prove,
            ServeError::Pipeline(_) => Stage::Match,
            ServeError::Outbox(_) => Stage::Outbox,
            ServeError::Submit(error) => error.stage(),
        }
    }

    /// Whether the model is not loaded, which it may be later.
    pub fn lacks_model(&self) -> bool {
        matches!(self, ServeError::Mismatch(Mismatch::UnknownKey(_)))
    }

    /// Whether the work was called off, which is no failure.
    pub fn is_recall(&self) -> bool {
        matches!(self, ServeError::Pipeline(PipelineError::NotWanted))
    }
}

/// What every task shares.
#[derive(Debug)]
pub struct Server {
    pub account: AccountId,
    pub signer: Signer,
    /// Hash of the chain's first block.
    pub genesis: [u8; 32],
    pub library: Library,
    pub pipeline: Pipeline,
    pub submitter: Submitter,
    pub outbox: Arc<Outbox>,
    pub metrics: Metrics,
}

impl Server {
    /// Says on which registrations and offers this worker can count; returns the provider's last
    /// sign of life that the chain knows of.
    pub async fn greet(&self, client: &Client) -> Result<Option<BlockNumber>, Error> {
        let view = client.best();
        for registration in view.all_models().await? {
            let ours = self
                .library
                .iter()
                .find(|served| served.model.id().0 == registration.model_hash.0);
            let Some(served) = ours else { continue };
            let (model, name) = (registration.index, &served.name);
            match served.objection(&registration) {
                None => tracing::info!(model, name, "registration matches the keys on disk"),
                Some(objection) => tracing::warn!(model, name, objection, "registration differs"),
            }
        }
        let provider = view.provider(&self.account).await?;
        match &provider {
            None => tracing::warn!(account = %self.account, "not registered as a provider yet"),
            Some(provider) => {
                tracing::info!(
                    offers = provider.offers.len(),
                    capacity = provider.capacity,
                    "registered as a provider"
                );
            }
        }
        tracing::info!(models = self.library.len(), "ready");
        Ok(provider.map(|provider| provider.last_heartbeat))
    }

    /// Binds this provider to a request that is offered to it, and waits until the chain has it: a
    /// result that is in the pool before can be read, and the request then taken back.
    async fn accept(&self, request: RequestId) -> Result<(), ServeError> {
        let call = Call::Accept { request };
        let accepted = self
            .submitter
            .client
            .submit_and_wait(&self.signer, &call)
            .await;
        match accepted {
            Ok(included) => {
                tracing::info!(request, block = included.block.number, "accepted");
                Ok(())
            }
            Err(error) => Err(SubmitError::from(error).into()),
        }
    }

    /// Goes on with what a previous run left in the outbox.
    pub async fn resume(&self, request: RequestId) -> Result<(), ServeError> {
        let start = Start {
            seen_open: None,
            // What is taken up together is submitted together.
            expectation: Some(self.submitter.courier.expect()),
        };
        self.submitter.drive(request, start, |_| ()).await?;
        Ok(())
    }

    /// Serves an assignment that was open in a block, and first seen at an instant; the proof is made
    /// while it is wanted.
    pub async fn serve(
        &self,
        assignment: Assignment,
        block: BlockNumber,
        seen: Instant,
        wanted: Wanted,
    ) -> Result<(), ServeError> {
        let request = assignment.request;
        let known = self.outbox.get(request)?;
        // A reorganisation may give a request number to other content.
        let proven = known.is_some_and(|entry| entry.context == assignment.context.0);
        let mut proof_time = Duration::ZERO;
        let expectation = Some(self.submitter.courier.expect());
        if !proven {
            let served = self.library.find(&assignment)?;
            let work = Work::of(&assignment, &served, &self.account, &self.genesis)?;
            let answer = self.pipeline.answer_while(served, work, wanted);
            let answer = match assignment.status {
                RequestStatus::Offered { .. } => {
                    let (answer, accepted) = tokio::join!(answer, self.accept(request));
                    accepted?;
                    answer?
                }
                _ => answer.await?,
            };
            proof_time = answer.queue.saturating_add(answer.proving);
            self.outbox.put(
                request,
                &Entry {
                    model: assignment.model,
                    context: assignment.context.0,
                    output: answer.output,
                    proof: answer.proof,
                    state: State::Proven,
                },
            )?;
            tracing::info!(
                request,
                execution_us = answer.execution.as_micros(),
                proving_ms = answer.proving.as_millis(),
                "proof stored in outbox"
            );
        }
        // The wait for an acceptance is the chain's time.
        let mut measure = !proven && assignment.status == RequestStatus::Assigned;
        let start = Start {
            seen_open: (!proven).then_some(block),
            expectation,
        };
        self.submitter
            .drive(request, start, |waited| {
                if std::mem::take(&mut measure) {
                    let overhead = seen
                        .elapsed()
                        .saturating_sub(proof_time.saturating_add(waited));
                    Metrics::observe(&self.metrics.overhead, overhead);
                    Metrics::observe(&self.metrics.gathering, waited);
                    tracing::debug!(request, overhead_ms = overhead.as_millis(), "overhead");
                }
            })
            .await?;
        Ok(())
    }
}
