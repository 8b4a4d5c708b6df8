//! Code that is uploaded.

use super::LOG_TARGET;
use crate::HostError;
use lattice_wasm::PreparedCode;

/// Validates and instruments a module.
pub fn prepare(code: &[u8]) -> Result<PreparedCode, HostError> {
    lattice_wasm::prepare(code).map_err(|error| {
        log::debug!(target: LOG_TARGET, "code is refused: {error}");
        HostError::Code(error)
    })
}
