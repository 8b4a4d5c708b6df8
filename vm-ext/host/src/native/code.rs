//! Code that is uploaded.

use super::{without_outcome, LOG_TARGET};
use crate::HostError;
use lattice_wasm::{engine, NoOutcome, PreparedCode};

/// Validates and instruments a module, and compiles it, so that whatever is stored can
/// run.
pub fn prepare(code: &[u8]) -> Result<PreparedCode, HostError> {
    let prepared = lattice_wasm::prepare(code).map_err(|error| {
        log::debug!(target: LOG_TARGET, "code is refused: {error}");
        HostError::Code(error)
    })?;
    if let Err(error) = engine::compile(&prepared.code) {
        without_outcome(&NoOutcome::Compilation(error));
    }
    Ok(prepared)
}
