//! A model on a device.

use crate::graph::Graph;
use crate::{multiply, self_test, Device, ExecutorError};
use lattice_tensor::{Model, Trace};
use std::{fmt, sync::Arc};

/// Runs one model on one device; shared between threads by reference.
pub struct BurnExecutor {
    device: Device,
    model: Arc<Model>,
    graph: Graph,
}

impl BurnExecutor {
    /// Puts the model on the processor and tests it.
    ///
    /// # Errors
    /// Those of [`BurnExecutor::on`].
    pub fn new(model: Arc<Model>) -> Result<Self, ExecutorError> {
        Self::on(Device::Cpu, model)
    }

    /// Puts the model's matrices on a device, once, and runs the golden vectors there.
    ///
    /// # Errors
    /// [`ExecutorError::NotBuilt`], [`ExecutorError::Unavailable`], and those
    /// of [`BurnExecutor::self_test`].
    pub fn on(device: Device, model: Arc<Model>) -> Result<Self, ExecutorError> {
        let executor = Self {
            device,
            graph: Graph::new(Arc::clone(&model), device, multiply::load)?,
            model,
        };
        executor.self_test()?;
        Ok(executor)
    }

    /// The device.
    pub fn device(&self) -> Device {
        self.device
    }

    /// The model.
    pub fn model(&self) -> &Arc<Model> {
        &self.model
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
    /// [`ExecutorError::Failed`] if the device breaks down.
    pub fn trace(&self, input: &[i32]) -> Result<Trace, ExecutorError> {
        self.model.check_input(input)?;
        let mut traces = self.graph.run(&[input])?;
        traces.pop().ok_or_else(|| ExecutorError::Failed {
            device: self.device,
            reason: "it gave no answer".into(),
        })
    }

    /// Runs the model on several inputs at once, one matrix product per layer.
    /// No input, no trace.
    ///
    /// # Errors
    /// [`ExecutorError::BatchInput`] names the first input that the model does
    /// not take; [`ExecutorError::Failed`] if the device breaks down.
    pub fn trace_batch(&self, inputs: &[&[i32]]) -> Result<Vec<Trace>, ExecutorError> {
        for (sample, input) in inputs.iter().enumerate() {
            self.model
                .check_input(input)
                .map_err(|source| ExecutorError::BatchInput { sample, source })?;
        }
        self.graph.run(inputs)
    }

    /// Runs golden vectors on the device and compares every bit with the
    /// reference: a model at the edge of float32, then this model at the ends
    /// of its range and on inputs that look random, one by one and as a batch.
    ///
    /// # Errors
    /// [`ExecutorError::Inexact`] names the device and the first wrong element;
    /// [`ExecutorError::Failed`] if the device breaks down.
    pub fn self_test(&self) -> Result<(), ExecutorError> {
        self_test::run(&self.graph, self.device, multiply::load)
    }
}

impl fmt::Debug for BurnExecutor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BurnExecutor")
            .field("device", &self.device)
            .field("model", &self.model.id())
            .finish_non_exhaustive()
    }
}
