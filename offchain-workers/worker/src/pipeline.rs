//! From an assignment to a checked proof, without the chain.
//!
//! Executing and proving have a pool each: proofs take all cores for a while,
//! and meanwhile the next assignments are executed.

use crate::{executions::Executions, metrics::Metrics, models::Served, recall::Wanted};
use lattice_chain_client::{
    channel_content, AccountId, Assignment, ChannelId, Private, ProofBytes, ProofLengthError,
    RequestId, H256,
};
use lattice_prover::Proof;
use lattice_tensor::Trace;
use lattice_verifier::{commitment, CommitError, FieldBytes, Statement};
use std::{
    num::NonZeroUsize,
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::sync::{Semaphore, SemaphorePermit};

/// Blinding of values that are posted on chain.
pub const NO_BLINDING: FieldBytes = [0; 32];

/// Why no proof came of an assignment.
#[derive(Debug, thiserror::Error)]
pub enum PipelineError {
    #[error("the assignment is for {0}, not for this provider")]
    NotMine(AccountId),
    #[error(
        "the assignment's context is not the hash of this chain, the request, its content, \
         this provider and the model"
    )]
    Context,
    #[error("the assignment commits to another input than it shows")]
    InputCommitment,
    #[error("the input does not fit the model: {0}")]
    Input(CommitError),
    #[error("execution failed: {0}")]
    Execute(String),
    #[error("proving failed: {0}")]
    Prove(String),
    #[error(transparent)]
    ProofLength(#[from] ProofLengthError),
    #[error("the proof is about another statement than the assignment")]
    Statement,
    #[error("the work was cancelled")]
    Cancelled,
    #[error("the request is no longer this provider's")]
    NotWanted,
}

/// An assignment, or an inference in a channel, as far as the proof is concerned.
#[derive(Clone, Debug)]
pub struct Work {
    /// Number of the request, or of the channel.
    pub request: RequestId,
    pub context: FieldBytes,
    pub input_commitment: FieldBytes,
    pub input: Vec<i32>,
    /// Of the input's commitment; zero if the input is on the chain.
    pub input_blinding: FieldBytes,
    /// Of the output's commitment; zero if the output is to be posted.
    pub output_blinding: FieldBytes,
}

impl Work {
    /// Takes an assignment of the chain with this genesis after checking all
    /// that goes into the proof's statement.
    pub fn of(
        assignment: &Assignment,
        served: &Served,
        provider: &AccountId,
        genesis: &[u8; 32],
    ) -> Result<Self, PipelineError> {
        if assignment.provider != *provider {
            return Err(PipelineError::NotMine(assignment.provider));
        }
        let context = lattice_verifier::context(
            genesis,
            assignment.request,
            &assignment.content.0,
            // The SCALE encoding of an account is its bytes.
            &provider.0,
            &served.model.id(),
        );
        if context != assignment.context.0 {
            return Err(PipelineError::Context);
        }
        let input: Vec<i32> = assignment.input.iter().copied().map(i32::from).collect();
        let commitment = commitment::commit_input(&input, served.model.input_range(), &NO_BLINDING)
            .map_err(PipelineError::Input)?;
        if commitment != assignment.input_commitment.0 {
            return Err(PipelineError::InputCommitment);
        }
        Ok(Self {
            request: assignment.request,
            context,
            input_commitment: commitment,
            input,
            input_blinding: NO_BLINDING,
            output_blinding: NO_BLINDING,
        })
    }

    /// Takes a private request of the chain with this genesis, with the input that came for it and the
    /// blindings of both commitments, after checking all that goes into the proof's statement.
    pub fn of_private(
        open: &Private,
        served: &Served,
        provider: &AccountId,
        genesis: &[u8; 32],
        (input, input_blinding): (&[i8], &FieldBytes),
        output_blinding: FieldBytes,
    ) -> Result<Self, PipelineError> {
        if open.provider != *provider {
            return Err(PipelineError::NotMine(open.provider));
        }
        let model = served.model.id();
        let (request, content) = (open.request, &open.content.0);
        // The SCALE encoding of an account is its bytes.
        let context = lattice_verifier::context(genesis, request, content, &provider.0, &model);
        if context != open.context.0 {
            return Err(PipelineError::Context);
        }
        let input: Vec<i32> = input.iter().copied().map(i32::from).collect();
        let input_commitment =
            commitment::commit_input(&input, served.model.input_range(), input_blinding)
                .map_err(PipelineError::Input)?;
        if input_commitment != open.input_commitment.0 {
            return Err(PipelineError::InputCommitment);
        }
        Ok(Self {
            request,
            context,
            input_commitment,
            input,
            input_blinding: *input_blinding,
            output_blinding,
        })
    }

    /// The inference of this number, from 0, in a channel of the chain with this genesis.
    ///
    /// # Errors
    /// The input does not fit the model.
    pub fn of_channel(
        channel: ChannelId,
        sequence: u64,
        input: &[i32],
        served: &Served,
        provider: &AccountId,
        genesis: &[u8; 32],
    ) -> Result<Self, PipelineError> {
        let input_commitment =
            commitment::commit_input(input, served.model.input_range(), &NO_BLINDING)
                .map_err(PipelineError::Input)?;
        let content = channel_content(channel, sequence, H256(input_commitment));
        let model = served.model.id();
        Ok(Self {
            request: channel,
            context: lattice_verifier::context(genesis, channel, &content, &provider.0, &model),
            input_commitment,
            input: input.to_vec(),
            input_blinding: NO_BLINDING,
            output_blinding: NO_BLINDING,
        })
    }
}

/// A result with its proof, checked, and what it took.
#[derive(Clone, Debug)]
pub struct Answer {
    pub output: Vec<i32>,
    pub proof: ProofBytes,
    pub execution: Duration,
    /// Between execution and proof.
    pub queue: Duration,
    pub proving: Duration,
}

/// Runs the model on the accelerated executor.
pub fn execute(served: &Served, work: &Work) -> Result<Trace, PipelineError> {
    run(served, &work.input)
}

/// As [`execute`], of an input alone.
pub(crate) fn run(served: &Served, input: &[i32]) -> Result<Trace, PipelineError> {
    served
        .executor
        .trace(input)
        .map_err(|error| PipelineError::Execute(error.to_string()))
}

/// Proves a trace and verifies the proof.
pub fn prove(served: &Served, work: &Work, trace: &Trace) -> Result<Proof, PipelineError> {
    served
        .prover
        .prove(
            trace,
            &work.context,
            &work.input_blinding,
            &work.output_blinding,
            &mut rand::thread_rng(),
        )
        .map_err(|error| PipelineError::Prove(error.to_string()))
}

/// Compares what a proof says with what the chain will derive by itself.
///
/// The prover has verified the proof; this is about the right statement. A
/// proof of another one would cost the collateral.
pub fn check(work: &Work, output: &[i32], proof: &Proof) -> Result<(), PipelineError> {
    let output_commitment = commitment::commit_output(output, &work.output_blinding)
        .map_err(|error| PipelineError::Prove(error.to_string()))?;
    let expected = Statement {
        context: work.context,
        input_commitment: work.input_commitment,
        output_commitment,
    };
    if proof.statement == expected {
        Ok(())
    } else {
        Err(PipelineError::Statement)
    }
}

/// The two pools.
#[derive(Clone, Debug)]
pub struct Pipeline {
    executions: Executions,
    proofs: Arc<Semaphore>,
    pool: Arc<rayon::ThreadPool>,
    metrics: Metrics,
}

impl Pipeline {
    /// Pools for so many proofs at the same time.
    pub fn new(
        max_parallel: NonZeroUsize,
        metrics: Metrics,
    ) -> Result<Self, rayon::ThreadPoolBuildError> {
        let pool = rayon::ThreadPoolBuilder::new()
            .thread_name(|n| format!("prover-{n}"))
            .build()?;
        Ok(Self {
            executions: Executions::new(metrics.clone()),
            proofs: Arc::new(Semaphore::new(max_parallel.get())),
            pool: Arc::new(pool),
            metrics,
        })
    }

    /// Executes when the pool has room, together with what else waits for the model; all values of the
    /// model, and what it took.
    pub async fn trace(
        &self,
        served: Arc<Served>,
        input: Vec<i32>,
    ) -> Result<(Trace, Duration), PipelineError> {
        self.executions
            .execute(served, input, &mut Wanted::always())
            .await
    }

    /// Executes and proves, each when its pool has room.
    pub async fn answer(&self, served: Arc<Served>, work: Work) -> Result<Answer, PipelineError> {
        self.answer_while(served, work, Wanted::always()).await
    }

    /// As [`Self::answer`], while it is wanted: what is called off gives up its place in a queue, and
    /// nothing is begun for it.
    ///
    /// A proof that has begun is made to its end, since it cannot be interrupted.
    pub async fn answer_while(
        &self,
        served: Arc<Served>,
        work: Work,
        mut wanted: Wanted,
    ) -> Result<Answer, PipelineError> {
        let (trace, execution) = self
            .executions
            .execute(served.clone(), work.input.clone(), &mut wanted)
            .await?;
        let output = trace.output().to_vec();

        let waiting = Instant::now();
        let _permit = place(&self.proofs, &mut wanted).await?;
        let queue = waiting.elapsed();
        Metrics::observe(&self.metrics.queue, queue);

        let started = Instant::now();
        let (sender, receiver) = tokio::sync::oneshot::channel();
        self.pool.spawn(move || {
            // The receiver is gone only when the worker is being stopped.
            let _ = sender.send(prove(&served, &work, &trace).and_then(|proof| {
                check(&work, trace.output(), &proof)?;
                Ok(ProofBytes::try_from(&proof.bytes[..])?)
            }));
        });
        let proof = receiver.await.map_err(|_| PipelineError::Cancelled)??;
        let proving = started.elapsed();
        Metrics::observe(&self.metrics.proving, proving);
        Ok(Answer {
            output,
            proof,
            execution,
            queue,
            proving,
        })
    }
}

/// A place in a pool, for work that is still wanted when there is one.
async fn place<'a>(
    pool: &'a Semaphore,
    wanted: &mut Wanted,
) -> Result<SemaphorePermit<'a>, PipelineError> {
    let permit = tokio::select! {
        permit = pool.acquire() => permit.map_err(|_| PipelineError::Cancelled)?,
        () = wanted.called_off() => return Err(PipelineError::NotWanted),
    };
    match wanted.holds() {
        true => Ok(permit),
        false => Err(PipelineError::NotWanted),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recall::recallable;

    #[tokio::test]
    async fn what_is_called_off_gives_up_its_place_in_the_queue() {
        let pool = Semaphore::new(0);
        let (recall, mut wanted) = recallable();
        let (waited, ()) = tokio::join!(place(&pool, &mut wanted), async { recall.call_off() });
        assert!(matches!(waited, Err(PipelineError::NotWanted)));
        // The place that comes is for the next; what was called off does not take it.
        pool.add_permits(1);
        let late = place(&pool, &mut wanted).await;
        assert!(matches!(late, Err(PipelineError::NotWanted)));
        assert_eq!(pool.available_permits(), 1);
        let next = place(&pool, &mut Wanted::always()).await;
        assert!(next.is_ok());
    }
}
