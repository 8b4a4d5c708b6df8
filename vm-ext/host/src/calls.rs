//! Safe functions over the host functions, the same in Wasm and natively.
//!
//! Natively all but [`run_program`] work anywhere; `run_program` reads storage
//! and so works where externalities are, as in `sp_io::TestExternalities`.

use crate::interface::lattice_vm;
use crate::reply::receive;
use crate::types::{KeyReport, ProgramCall, ProgramOutcome};
use crate::{HostError, ModelSummary, PREPARED_KEY_LEN};
use alloc::vec::Vec;
use codec::{Encode, MaxEncodedLen};
use lattice_isa::{Event, Limits, Trap};

/// Bytes that suffice for the `Result` around a reply, for an error in it, and
/// for the counts and lengths within it.
const REPLY_OVERHEAD: usize = 256;

/// Decodes a manifest strictly and derives what the chain needs to know of it.
///
/// # Errors
/// [`HostError::Manifest`].
pub fn inspect_manifest(manifest: &[u8]) -> Result<ModelSummary, HostError> {
    let capacity = ModelSummary::max_encoded_len().saturating_add(REPLY_OVERHEAD);
    receive(capacity, |reply| {
        lattice_vm::inspect_manifest(manifest, reply)
    })
}

/// Validates a verifying key completely and prepares it for storage.
///
/// # Errors
/// [`HostError::Key`].
pub fn validate_key(key: &[u8]) -> Result<KeyReport, HostError> {
    let capacity = PREPARED_KEY_LEN.saturating_add(REPLY_OVERHEAD);
    receive(capacity, |reply| lattice_vm::validate_key(key, reply))
}

/// The commitment to an input that is posted on chain: blinding zero, each value
/// in `lo..=hi`.
///
/// # Errors
/// [`HostError::Commit`] for a value out of range, no values, or no range.
pub fn commit_input(values: &[i8], lo: i8, hi: i8) -> Result<[u8; 32], HostError> {
    let values: Vec<u8> = values
        .iter()
        .flat_map(|value| value.to_le_bytes())
        .collect();
    receive(REPLY_OVERHEAD, |reply| {
        lattice_vm::commit_input(&values, lo, hi, reply)
    })
}

/// The commitment to an output that is posted on chain: blinding zero.
///
/// # Errors
/// [`HostError::Commit`] for no values.
pub fn commit_output(values: &[i32]) -> Result<[u8; 32], HostError> {
    let values: Vec<u8> = values
        .iter()
        .flat_map(|value| value.to_le_bytes())
        .collect();
    receive(REPLY_OVERHEAD, |reply| {
        lattice_vm::commit_output(&values, reply)
    })
}

/// Runs a straight-line program under version 1 of gas schedule and limits.
///
/// Nothing in storage changes; what the program did is in the outcome's journal,
/// for the caller to apply as one.
///
/// # Errors
/// [`HostError::Program`] if the bytes are no program,
/// [`HostError::CallTooLarge`] if the call names too much. A trap is no error:
/// it is in the outcome, with the gas that was used.
pub fn run_program(call: &ProgramCall) -> Result<ProgramOutcome, HostError> {
    receive(outcome_capacity(&call.program), |reply| {
        lattice_vm::run_program(&call.encode(), reply)
    })
}

/// Bytes that suffice for the outcome of a program: the shortest instruction that
/// writes an entry has three bytes, and a journal has a limit.
fn outcome_capacity(program: &[u8]) -> usize {
    let entries = usize::try_from(Limits::V1.journal_entries)
        .unwrap_or(usize::MAX)
        .min(program.len().div_ceil(3));
    Event::max_encoded_len()
        .saturating_mul(entries)
        .saturating_add(Trap::max_encoded_len())
        .saturating_add(REPLY_OVERHEAD)
}
