//! Commitments to inputs and outputs.

use crate::HostError;
use lattice_tensor::Range;
use lattice_verifier::FieldBytes;

/// Commits to input values of one byte each.
pub fn input(
    values: &[u8],
    lo: i8,
    hi: i8,
    blinding: &FieldBytes,
) -> Result<FieldBytes, HostError> {
    let values: Vec<i32> = values
        .iter()
        .map(|byte| i32::from(i8::from_le_bytes([*byte])))
        .collect();
    lattice_verifier::commit_input(&values, Range { lo, hi }, blinding).map_err(HostError::Commit)
}

/// Commits to output values of four little-endian bytes each.
pub fn output(values: &[u8], blinding: &FieldBytes) -> Result<FieldBytes, HostError> {
    let chunks = values.chunks_exact(4);
    if !chunks.remainder().is_empty() {
        return Err(HostError::Protocol);
    }
    let values: Vec<i32> = chunks
        .filter_map(|chunk| chunk.try_into().ok().map(i32::from_le_bytes))
        .collect();
    lattice_verifier::commit_output(&values, blinding).map_err(HostError::Commit)
}
