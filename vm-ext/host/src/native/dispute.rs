//! Disputes about traces: the shape of their tree, and the check at its bottom.

use super::{inspect, LOG_TARGET};
use crate::types::StepCheck;
use crate::{HostError, ManifestFault, TraceFault};
use codec::DecodeAll;
use lattice_tensor::Manifest;
use lattice_trace::{Layout, LayoutError, Opening, StepError};

/// The layout of a model's traces, if the model can be disputed.
pub fn layout(bytes: &[u8]) -> Result<Layout, HostError> {
    let manifest = decode(bytes)?;
    lattice_trace::worst_opening(&manifest).map_err(refuse)?;
    Layout::of(&manifest).map_err(refuse)
}

/// What an element must be.
pub fn step(bytes: &[u8]) -> Result<Result<i32, StepError>, HostError> {
    let check = StepCheck::decode_all(&mut &bytes[..]).map_err(|_| HostError::Protocol)?;
    let manifest = decode(&check.manifest)?;
    let found = Opening::decode_strict(&check.opening).and_then(|opening| {
        let (root, input) = (&check.root, &check.input);
        lattice_trace::check(&manifest, root, input, check.position, &opening)
    });
    match found {
        Err(StepError::Manifest) => Err(HostError::Manifest(ManifestFault::Graph)),
        Err(error) => {
            log::debug!(target: LOG_TARGET, "an opening is refused: {error}");
            Ok(Err(error))
        }
        element => Ok(element),
    }
}

fn decode(bytes: &[u8]) -> Result<Manifest, HostError> {
    Manifest::decode_strict(bytes).map_err(|error| inspect::refuse(&error))
}

fn refuse(error: LayoutError) -> HostError {
    match error {
        LayoutError::Manifest(error) => inspect::refuse(&error),
        LayoutError::OpeningTooLarge { op, bytes, .. } => {
            log::debug!(target: LOG_TARGET, "a model cannot be disputed: {error}");
            HostError::Trace(TraceFault::OpeningTooLarge { op, bytes })
        }
        // There is no trace here.
        LayoutError::Trace { .. } => HostError::Protocol,
    }
}
