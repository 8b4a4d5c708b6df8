//! A model on a device.

use crate::device::Candidate;
use crate::graph::{Graph, Load};
use crate::{multiply, self_test, Device, DeviceChoice, ExecutorError};
use lattice_tensor::{Model, Trace};
use std::{
    fmt,
    sync::{
        atomic::{AtomicBool, Ordering},
        Arc, OnceLock,
    },
};

/// Runs one model on one device; shared between threads by reference.
///
/// One that was [chosen](BurnExecutor::choose) goes on on the processor, for good, when its device
/// fails at work; one that was put [on](BurnExecutor::on) a device stays there.
pub struct BurnExecutor {
    graph: Graph,
    /// Whether the processor takes over from a device that fails, and how it is loaded.
    stand_in: Option<Load>,
    fallback: OnceLock<Fallback>,
    /// Whether somebody was told of the fallback.
    told: AtomicBool,
}

/// The processor in place of a device that failed at work.
struct Fallback {
    graph: Graph,
    skipped: Skipped,
}

/// A device that is not used, or not any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    /// The device.
    pub device: Device,
    /// What is wrong with it.
    pub reason: ExecutorError,
}

/// An executor on the best device, and why it is not on a better one.
#[derive(Debug)]
pub struct Chosen {
    /// The executor, tested.
    pub executor: BurnExecutor,
    /// The devices that were preferred to its, in the order in which they were tried.
    pub skipped: Vec<Skipped>,
}

impl BurnExecutor {
    /// Puts the model on the processor and tests it.
    ///
    /// # Errors
    /// Those of [`BurnExecutor::on`].
    pub fn new(model: Arc<Model>) -> Result<Self, ExecutorError> {
        Self::on(Device::Cpu, model)
    }

    /// Puts the model's matrices on a device, once, and runs the golden vectors there. The device is
    /// never another, also not when it fails.
    ///
    /// # Errors
    /// [`ExecutorError::NotBuilt`], [`ExecutorError::Unavailable`], and those
    /// of [`BurnExecutor::self_test`].
    pub fn on(device: Device, model: Arc<Model>) -> Result<Self, ExecutorError> {
        let graph = tested(device, model, multiply::load)?;
        Ok(Self::of(graph, None))
    }

    /// Puts the model on the chosen device, or on the processor where the device is missing, does not
    /// take the model or misses a bit; then, and when it fails at work, the processor does the rest.
    /// A device that did not answer is given up for all models of this process: none waits for it again.
    ///
    /// # Errors
    /// [`ExecutorError::NotBuilt`] for a device by name whose backend is not built in; whatever keeps
    /// the processor from taking the model.
    pub fn choose(choice: DeviceChoice, model: Arc<Model>) -> Result<Chosen, ExecutorError> {
        choose(choice.accelerators(), model, multiply::load)
    }

    fn of(graph: Graph, stand_in: Option<Load>) -> Self {
        Self {
            graph,
            stand_in,
            fallback: OnceLock::new(),
            told: AtomicBool::new(false),
        }
    }

    /// The graph that runs now.
    fn graph(&self) -> &Graph {
        self.fallback
            .get()
            .map_or(&self.graph, |fallback| &fallback.graph)
    }

    /// The device in use: the processor after a fallback.
    pub fn device(&self) -> Device {
        self.graph().device()
    }

    /// The model.
    pub fn model(&self) -> &Arc<Model> {
        self.graph.model()
    }

    /// The device that failed at work and was left for the processor, if there is one.
    pub fn fallback(&self) -> Option<&Skipped> {
        self.fallback.get().map(|fallback| &fallback.skipped)
    }

    /// As [`BurnExecutor::fallback`], to the first who asks after it happened and to nobody else: for
    /// a log in which it is said once.
    pub fn take_fallback(&self) -> Option<&Skipped> {
        let fallback = self.fallback()?;
        (!self.told.swap(true, Ordering::Relaxed)).then_some(fallback)
    }

    /// Runs the model and returns its output.
    ///
    /// # Errors
    /// Those of [`BurnExecutor::trace`].
    pub fn execute(&self, input: &[i32]) -> Result<Vec<i32>, ExecutorError> {
        let mut trace = self.trace(input)?;
        Ok(trace.values.pop().unwrap_or_default())
    }

    /// Runs the model and returns all of its values, as [`lattice_tensor::trace`] does.
    ///
    /// # Errors
    /// [`ExecutorError::Input`] if the model does not take the input,
    /// [`ExecutorError::Failed`] if the device breaks down and no other takes over.
    pub fn trace(&self, input: &[i32]) -> Result<Trace, ExecutorError> {
        self.model().check_input(input)?;
        let mut traces = self.run(&[input])?;
        traces.pop().ok_or_else(|| ExecutorError::Failed {
            device: self.device(),
            reason: "it gave no answer".into(),
        })
    }

    /// Runs the model on several inputs at once, one matrix product per layer.
    /// No input, no trace.
    ///
    /// # Errors
    /// [`ExecutorError::BatchInput`] names the first input that the model does
    /// not take; [`ExecutorError::Failed`] if the device breaks down and no other takes over.
    pub fn trace_batch(&self, inputs: &[&[i32]]) -> Result<Vec<Trace>, ExecutorError> {
        for (sample, input) in inputs.iter().enumerate() {
            self.model()
                .check_input(input)
                .map_err(|source| ExecutorError::BatchInput { sample, source })?;
        }
        self.run(inputs)
    }

    /// Runs golden vectors on the device and compares every bit with the
    /// reference: models at the edge of float32 and random graphs, then this model at the ends
    /// of its range and on inputs that look random, one by one and as a batch.
    ///
    /// # Errors
    /// [`ExecutorError::Inexact`] names the device and the first wrong element;
    /// [`ExecutorError::Failed`] if the device breaks down.
    pub fn self_test(&self) -> Result<(), ExecutorError> {
        self_test::run(self.graph(), multiply::load)
    }

    /// Runs on the device in use; a device that fails is left, and the inputs run again.
    fn run(&self, inputs: &[&[i32]]) -> Result<Vec<Trace>, ExecutorError> {
        let graph = self.graph();
        let reason = match (graph.run(inputs), graph.device()) {
            (Err(reason @ ExecutorError::Failed { .. }), device) if device != Device::Cpu => reason,
            (result, _) => return result,
        };
        let Some(load) = self.stand_in else {
            return Err(reason);
        };
        if self.fallback.get().is_none() {
            // Of several threads that come here at once, each makes one and the first keeps its own.
            let fallback = Fallback {
                graph: tested(Device::Cpu, Arc::clone(self.model()), load)?,
                skipped: Skipped {
                    device: graph.device(),
                    reason,
                },
            };
            let _ = self.fallback.set(fallback);
        }
        self.graph().run(inputs)
    }
}

/// A model on a device that has passed the golden vectors.
fn tested(device: Device, model: Arc<Model>, load: Load) -> Result<Graph, ExecutorError> {
    let graph = Graph::new(model, device, load)?;
    self_test::run(&graph, load)?;
    Ok(graph)
}

/// The first of the accelerators that passes, or the processor.
fn choose(
    accelerators: impl IntoIterator<Item = Candidate>,
    model: Arc<Model>,
    load: Load,
) -> Result<Chosen, ExecutorError> {
    let mut skipped = Vec::new();
    for candidate in accelerators {
        let tried = candidate.and_then(|device| tested(device, Arc::clone(&model), load));
        match tried {
            Ok(graph) => {
                return Ok(Chosen {
                    executor: BurnExecutor::of(graph, Some(load)),
                    skipped,
                })
            }
            Err(reason) => match reason.faulty_device() {
                Some(device) => skipped.push(Skipped { device, reason }),
                None => return Err(reason),
            },
        }
    }
    Ok(Chosen {
        executor: BurnExecutor::of(tested(Device::Cpu, model, load)?, None),
        skipped,
    })
}

impl fmt::Debug for BurnExecutor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BurnExecutor")
            .field("device", &self.device())
            .field("model", &self.model().id())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
