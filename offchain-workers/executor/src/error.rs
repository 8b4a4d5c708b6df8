//! What can go wrong between a model and a device.

use crate::Device;
use lattice_tensor::{ExecError, ModelError};
use thiserror::Error;

/// Why an executor was not made, or gave no answer.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ExecutorError {
    /// The model does not take the input.
    #[error(transparent)]
    Input(#[from] ExecError),
    /// The model does not take an input of a batch.
    #[error("input {sample} of the batch: {source}")]
    BatchInput {
        /// Index in the batch.
        sample: usize,
        /// What is wrong with it.
        source: ExecError,
    },
    /// The executor was built without the backend of the device.
    #[error("{device} is not in this build; build with `--features {feature}`")]
    NotBuilt {
        /// The device.
        device: Device,
        /// The cargo feature that brings its backend.
        feature: &'static str,
    },
    /// The device is not there, or does not take the model.
    #[error("{device} is not available: {reason}")]
    Unavailable {
        /// The device.
        device: Device,
        /// What the backend said.
        reason: String,
    },
    /// The device failed at work.
    #[error("{device} failed: {reason}")]
    Failed {
        /// The device.
        device: Device,
        /// What the backend said.
        reason: String,
    },
    /// The device computes something else than the reference; it must not serve.
    #[error(
        "{device} misses a bit and must not serve: golden vector {vector:?}, value {value}, \
         element {element} is {found} and should be {expected}"
    )]
    Inexact {
        /// The device.
        device: Device,
        /// Which golden vector.
        vector: String,
        /// Value of the graph.
        value: usize,
        /// Element of the value.
        element: usize,
        /// What the reference computes.
        expected: i32,
        /// What the device computed.
        found: i32,
    },
    /// The golden model could not be built, which means a bug in this crate.
    #[error("the golden model is invalid: {0}")]
    GoldenModel(#[from] ModelError),
}

impl ExecutorError {
    /// The device whose fault it is: missing, broken down or inexact, so that another may do better.
    pub fn faulty_device(&self) -> Option<Device> {
        match self {
            Self::Unavailable { device, .. }
            | Self::Failed { device, .. }
            | Self::Inexact { device, .. } => Some(*device),
            Self::Input(_)
            | Self::BatchInput { .. }
            | Self::NotBuilt { .. }
            | Self::GoldenModel(_) => None,
        }
    }
}
