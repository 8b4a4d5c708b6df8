//! What is checked once, at registration: manifests and verifying keys.

use super::{pool, LOG_TARGET};
use crate::{HostError, KeyReport, ManifestFault, ModelSummary};
use lattice_tensor::{Manifest, ModelError};
use sp_core::H256;

/// Decodes a manifest and checks its graph.
pub fn manifest(bytes: &[u8]) -> Result<ModelSummary, HostError> {
    Manifest::decode_strict(bytes)
        .and_then(|manifest| manifest.summary())
        .map_err(|error| refuse(&error))
}

/// What the runtime is told of a manifest that is none, after the log.
pub fn refuse(error: &ModelError) -> HostError {
    log::debug!(target: LOG_TARGET, "a manifest is refused: {error}");
    HostError::Manifest(fault(error))
}

/// Validates a verifying key.
pub fn key(bytes: &[u8]) -> Result<KeyReport, HostError> {
    let valid = pool::run(|| lattice_verifier::validate(bytes)).map_err(|error| {
        log::debug!(target: LOG_TARGET, "a verifying key is refused: {error}");
        HostError::Key(error)
    })?;
    Ok(KeyReport {
        prepared: valid.prepared,
        trapdoors: valid.trapdoors.into_iter().map(H256).collect(),
    })
}

fn fault(error: &ModelError) -> ManifestFault {
    match error {
        ModelError::Malformed(_)
        | ModelError::NonCanonical
        | ModelError::TrailingBytes(_)
        | ModelError::Truncated { .. } => ManifestFault::Encoding,
        ModelError::UnsupportedVersion(version) => ManifestFault::Version(*version),
        ModelError::ManifestTooLong { .. }
        | ModelError::TooManyOps(_)
        | ModelError::TooManyTensors(_)
        | ModelError::TooManyActivations { .. }
        | ModelError::WeightsTooLarge(_) => ManifestFault::TooLarge,
        _ => ManifestFault::Graph,
    }
}
