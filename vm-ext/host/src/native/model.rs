//! Stored models, read completely once before they may be used.

use super::access::{bytes, check_location};
use super::{inspect, LOG_TARGET};
use crate::{HostError, ModelFault, ModelLocation, ModelSummary};
use codec::{DecodeAll, Encode};
use lattice_tensor::{Model, ModelError};

/// Checks the model at an encoded location.
pub fn check(
    location: &[u8],
    mut read: impl FnMut(&[u8]) -> Option<Vec<u8>>,
) -> Result<ModelSummary, HostError> {
    let location =
        ModelLocation::decode_all(&mut &location[..]).map_err(|_| HostError::Protocol)?;
    check_location(&location)?;
    let missing = HostError::Model(ModelFault::MissingManifest);
    let manifest = read(&location.manifest).and_then(bytes).ok_or(missing)?;
    let summary = inspect::manifest(&manifest)?;

    let expected = summary.weight_bytes;
    let mut blob = manifest.encode();
    let mut found = 0u64;
    for (index, key) in (0..).zip(&location.chunks) {
        let missing = HostError::Model(ModelFault::MissingChunk { index });
        let chunk = read(key).and_then(bytes).ok_or(missing)?;
        found = found.saturating_add(u64::try_from(chunk.len()).unwrap_or(u64::MAX));
        if found > expected {
            break;
        }
        blob.extend_from_slice(&chunk);
    }
    if found != expected {
        return Err(HostError::Model(ModelFault::Length { expected, found }));
    }
    match Model::from_blob(&blob) {
        Ok(model) => Ok(*model.summary()),
        Err(error) => {
            log::debug!(target: LOG_TARGET, "a stored model is refused: {error}");
            Err(HostError::Model(fault(&error)))
        }
    }
}

fn fault(error: &ModelError) -> ModelFault {
    match error {
        ModelError::WeightRootMismatch { .. } => ModelFault::WeightRoot,
        _ => ModelFault::Weights,
    }
}
