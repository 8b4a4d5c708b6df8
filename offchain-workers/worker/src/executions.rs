//! Executions, those that wait for one model together.
//!
//! What is asked for while a model is idle runs at once and alone. What is asked for while it is busy
//! waits, and then runs as one batch, one matrix product per layer: nothing waits for company.

use crate::{
    metrics::Metrics,
    models::Served,
    pipeline::{run, PipelineError},
    recall::Wanted,
};
use lattice_tensor::Trace;
use std::{
    collections::{HashMap, VecDeque},
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};
use tokio::sync::{oneshot, Semaphore};

/// Batches at the same time, of one model and of all: while one waits for its device, the host
/// prepares another.
const PARALLEL: usize = 2;
/// Inputs of a batch at most: more wins little, and the first would wait for the last.
const MAX_BATCH: usize = 32;
/// Elements of all values of a batch at most, 128 MiB; a larger model runs alone.
const MAX_BATCH_ELEMENTS: u64 = 1 << 25;

/// All values of a model on one input, and how long its execution took.
type Execution = Result<(Trace, Duration), PipelineError>;

/// The queues of all models.
#[derive(Clone)]
pub(crate) struct Executions {
    places: Arc<Semaphore>,
    /// By the id of the model's keys; those in use only.
    queues: Arc<Mutex<HashMap<[u8; 32], Queue>>>,
    metrics: Metrics,
}

/// What waits for one model. Where something waits, a runner will come for it.
#[derive(Default)]
struct Queue {
    waiting: VecDeque<Waiting>,
    runners: usize,
}

struct Waiting {
    input: Vec<i32>,
    wanted: Wanted,
    answer: oneshot::Sender<Execution>,
}

impl Waiting {
    /// Whether somebody still waits for it.
    fn is_awaited(&self) -> bool {
        self.wanted.holds() && !self.answer.is_closed()
    }
}

impl Executions {
    /// Nothing waits.
    pub fn new(metrics: Metrics) -> Self {
        Self {
            places: Arc::new(Semaphore::new(PARALLEL)),
            queues: Arc::default(),
            metrics,
        }
    }

    /// Executes when there is a place, with what else waits for the model by then; what is called off
    /// before is not begun.
    pub async fn execute(
        &self,
        served: Arc<Served>,
        input: Vec<i32>,
        wanted: &mut Wanted,
    ) -> Execution {
        // Here, so that no batch is made with an input that would spoil it.
        served
            .model
            .check_input(&input)
            .map_err(|error| PipelineError::Execute(error.to_string()))?;
        if !wanted.holds() {
            return Err(PipelineError::NotWanted);
        }
        let answered = self.enqueue(served, input, wanted.clone());
        tokio::select! {
            // First: what is called off is left out of its batch, and then has no answer either.
            biased;
            () = wanted.called_off() => Err(PipelineError::NotWanted),
            answer = answered => match answer {
                Ok(execution) => execution,
                Err(_) => Err(PipelineError::Cancelled),
            },
        }
    }

    fn enqueue(
        &self,
        served: Arc<Served>,
        input: Vec<i32>,
        wanted: Wanted,
    ) -> oneshot::Receiver<Execution> {
        let (answer, answered) = oneshot::channel();
        let mut queues = self.queues();
        let queue = queues.entry(served.vk_id).or_default();
        queue.waiting.push_back(Waiting {
            input,
            wanted,
            answer,
        });
        if queue.runners < PARALLEL {
            queue.runners += 1;
            tokio::spawn(self.clone().drain(served));
        }
        answered
    }

    /// A runner: batch after batch of a model, until nothing waits.
    async fn drain(self, served: Arc<Served>) {
        loop {
            // Nobody closes the semaphore.
            let Ok(_place) = self.places.acquire().await else {
                return;
            };
            let batch = self.next(&served);
            if batch.is_empty() {
                return;
            }
            self.execute_batch(&served, batch).await;
        }
    }

    /// What waits for the model and fits in a batch. The runner that gets nothing is not counted any
    /// more: under the same lock, so that no later input relies on it.
    fn next(&self, served: &Served) -> Vec<Waiting> {
        let mut queues = self.queues();
        let Some(queue) = queues.get_mut(&served.vk_id) else {
            return Vec::new();
        };
        let most = batch_size(served.model.summary().activations);
        let mut batch = Vec::new();
        while batch.len() < most {
            match queue.waiting.pop_front() {
                Some(waiting) if waiting.is_awaited() => batch.push(waiting),
                Some(_) => {}
                None => break,
            }
        }
        if batch.is_empty() {
            queue.runners = queue.runners.saturating_sub(1);
            if queue.runners == 0 {
                queues.remove(&served.vk_id);
            }
        }
        batch
    }

    async fn execute_batch(&self, served: &Arc<Served>, batch: Vec<Waiting>) {
        self.metrics.execution_batch.observe(batch.len() as f64);
        let (inputs, answers): (Vec<_>, Vec<_>) = batch
            .into_iter()
            .map(|waiting| (waiting.input, waiting.answer))
            .unzip();
        let started = Instant::now();
        let model = served.clone();
        let traces = tokio::task::spawn_blocking(move || traces(&model, &inputs)).await;
        let time = started.elapsed();
        self.tell_fallback(served);
        // Whoever does not wait any more needs no answer; if the execution panicked, none has one.
        for (trace, answer) in traces.unwrap_or_default().into_iter().zip(answers) {
            if trace.is_ok() {
                Metrics::observe(&self.metrics.execution, time);
            }
            let _ = answer.send(trace.map(|trace| (trace, time)));
        }
    }

    /// Says once that a model's device has failed.
    fn tell_fallback(&self, served: &Served) {
        if let Some(left) = served.executor.take_fallback() {
            let now = served.executor.device();
            self.metrics.moved(left.device.backend(), now.backend());
            tracing::error!(
                name = served.name,
                device = %left.device,
                reason = %left.reason,
                "device failed, the model runs on {now} from now on"
            );
        }
    }

    fn queues(&self) -> MutexGuard<'_, HashMap<[u8; 32], Queue>> {
        // Nothing in between leaves them invalid.
        self.queues.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Executions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Executions").finish_non_exhaustive()
    }
}

/// Inputs of a batch of a model with so many elements in all its values.
fn batch_size(activations: u64) -> usize {
    let most = MAX_BATCH_ELEMENTS / activations.max(1);
    usize::try_from(most).map_or(MAX_BATCH, |most| most.clamp(1, MAX_BATCH))
}

/// In one batch; one by one if that fails, so that each has an answer of its own.
fn traces(served: &Served, inputs: &[Vec<i32>]) -> Vec<Result<Trace, PipelineError>> {
    if inputs.len() > 1 {
        let batch: Vec<_> = inputs.iter().map(Vec::as_slice).collect();
        if let Ok(traces) = served.executor.trace_batch(&batch) {
            return traces.into_iter().map(Ok).collect();
        }
    }
    inputs.iter().map(|input| run(served, input)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn batches_are_bounded_in_number_and_in_memory() {
        assert_eq!(batch_size(0), 32);
        assert_eq!(batch_size(784 + 128 + 10), 32);
        assert_eq!(batch_size(1 << 21), 16);
        assert_eq!(batch_size(lattice_tensor::limits::MAX_ACTIVATIONS), 2);
        assert_eq!(batch_size(u64::MAX), 1);
    }
}
