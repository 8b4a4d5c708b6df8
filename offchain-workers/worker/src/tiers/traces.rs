//! Traces with the trees over them: made from the input whenever one is needed, and the latest kept.
//!
//! An execution has one result, so that nothing of it has to be on disk for a dispute.

use super::TierError;
use crate::{
    models::Served,
    pipeline::{Pipeline, PipelineError},
};
use lattice_tensor::ModelId;
use lattice_trace::Commitment;
use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// Traces that are kept.
const RECENT: usize = 8;

/// A trace with what it is of.
#[derive(Debug)]
struct Made {
    model: ModelId,
    input: Vec<i8>,
    trace: Arc<Commitment>,
}

/// The latest traces, and the pool in which others are made.
#[derive(Debug)]
pub(super) struct Traces {
    pipeline: Pipeline,
    recent: Mutex<VecDeque<Made>>,
}

impl Traces {
    /// None yet.
    pub fn new(pipeline: Pipeline) -> Self {
        Self {
            pipeline,
            recent: Mutex::default(),
        }
    }

    /// The trace of a model on an input, with the tree over it.
    pub async fn of(
        &self,
        served: &Arc<Served>,
        input: &[i8],
    ) -> Result<Arc<Commitment>, TierError> {
        let model = served.model.id();
        if let Some(trace) = self.find(&model, input) {
            return Ok(trace);
        }
        let (trace, _) = self.pipeline.trace(served.clone(), widen(input)).await?;
        let of = served.clone();
        let trace = blocking(move || Commitment::new(&of.model, trace)).await??;
        let trace = Arc::new(trace);
        let mut recent = self.recent();
        if recent.len() >= RECENT {
            recent.pop_front();
        }
        recent.push_back(Made {
            model,
            input: input.to_vec(),
            trace: trace.clone(),
        });
        Ok(trace)
    }

    fn find(&self, model: &ModelId, input: &[i8]) -> Option<Arc<Commitment>> {
        let recent = self.recent();
        let made = recent
            .iter()
            .find(|made| made.model == *model && made.input == input)?;
        Some(made.trace.clone())
    }

    fn recent(&self) -> MutexGuard<'_, VecDeque<Made>> {
        // The list is valid whatever its holder was doing.
        self.recent.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The same by the reference executor, which defines what is right.
pub(super) async fn by_reference(
    served: &Arc<Served>,
    input: &[i8],
) -> Result<Commitment, TierError> {
    let (served, input) = (served.clone(), widen(input));
    blocking(move || -> Result<Commitment, TierError> {
        let trace = lattice_tensor::trace(&served.model, &input)
            .map_err(|error| PipelineError::Execute(error.to_string()))?;
        Ok(Commitment::new(&served.model, trace)?)
    })
    .await?
}

/// Runs what takes a while where nothing waits for it.
pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, TierError> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|_| TierError::Pipeline(PipelineError::Cancelled))
}

/// An input of the chain as executors take it.
pub(super) fn widen(input: &[i8]) -> Vec<i32> {
    input.iter().copied().map(i32::from).collect()
}
