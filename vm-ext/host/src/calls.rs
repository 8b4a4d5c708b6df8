//! Safe functions over the host functions, the same in Wasm and natively.
//!
//! Natively [`run_program`], [`settle_batch`], [`call_program`] and [`check_model`]
//! read storage and so work where externalities are, as in `sp_io::TestExternalities`; all others
//! work anywhere.

use crate::interface::lattice_vm;
use crate::reply::receive;
use crate::types::{
    KeyReport, ModelLocation, ProgramCall, ProgramOutcome, Step, StepCheck, WasmCall, WasmOutcome,
    MAX_OUTPUT_ELEMENTS, MAX_STATE_BYTES,
};
use crate::{BatchOutcome, HostError, ModelSummary, SettlementBatch, COMMITTED_PREPARED_KEY_LEN};
use alloc::vec::Vec;
use codec::{Encode, MaxEncodedLen};
use lattice_isa::{Event, Limits, Trap};
use lattice_trace::{Layout, StepError};
use lattice_verifier::FieldBytes;
use lattice_wasm::{CallLimits, CodeLimits, ImportStep, PreparedCode};

/// Bytes that suffice for the `Result` around a reply, for an error in it, and
/// for the counts and lengths within it.
const REPLY_OVERHEAD: usize = 256;

/// Bytes that suffice for the numbers, counts and lengths of a program's outcome.
const OUTCOME_OVERHEAD: usize = 64;

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
    let capacity = COMMITTED_PREPARED_KEY_LEN.saturating_add(REPLY_OVERHEAD);
    receive(capacity, |reply| lattice_vm::validate_key(key, reply))
}

/// The blinding of what is posted on chain: anyone can recompute the commitment.
pub const NO_BLINDING: FieldBytes = [0; 32];

/// The commitment to an input that is posted on chain: blinding zero, each value
/// in `lo..=hi`.
///
/// # Errors
/// [`HostError::Commit`] for a value out of range, no values, or no range.
pub fn commit_input(values: &[i8], lo: i8, hi: i8) -> Result<FieldBytes, HostError> {
    commit_input_with(values, lo, hi, &NO_BLINDING)
}

/// The commitment to an input, each value in `lo..=hi`, under a blinding.
///
/// # Errors
/// [`HostError::Commit`] for a value out of range, no values, no range, or a blinding
/// that is not below the order of the field.
pub fn commit_input_with(
    values: &[i8],
    lo: i8,
    hi: i8,
    blinding: &FieldBytes,
) -> Result<FieldBytes, HostError> {
    let values: Vec<u8> = values
        .iter()
        .flat_map(|value| value.to_le_bytes())
        .collect();
    receive(REPLY_OVERHEAD, |reply| {
        lattice_vm::commit_input(&values, lo, hi, blinding, reply)
    })
}

/// The commitment to an output that is posted on chain: blinding zero.
///
/// # Errors
/// [`HostError::Commit`] for no values.
pub fn commit_output(values: &[i32]) -> Result<FieldBytes, HostError> {
    commit_output_with(values, &NO_BLINDING)
}

/// The commitment to an output under a blinding.
///
/// # Errors
/// [`HostError::Commit`] for no values, or a blinding that is not below the order of the
/// field.
pub fn commit_output_with(values: &[i32], blinding: &FieldBytes) -> Result<FieldBytes, HostError> {
    let values: Vec<u8> = values
        .iter()
        .flat_map(|value| value.to_le_bytes())
        .collect();
    receive(REPLY_OVERHEAD, |reply| {
        lattice_vm::commit_output(&values, blinding, reply)
    })
}

/// Reads a stored model completely and derives what the chain needs to know of it.
///
/// Manifest and bytes must be a model: each chunk there, the length that the
/// tensors have, the weight root that the manifest says, weights within bounds.
///
/// # Errors
/// [`HostError::Manifest`], [`HostError::Model`], and [`HostError::CallTooLarge`]
/// for more chunks, or a longer storage key, than a model may have.
pub fn check_model(location: &ModelLocation) -> Result<ModelSummary, HostError> {
    let capacity = ModelSummary::max_encoded_len().saturating_add(REPLY_OVERHEAD);
    receive(capacity, |reply| {
        lattice_vm::check_model(&location.encode(), reply)
    })
}

/// Validates and instruments uploaded code, under version 1 of limits and prices.
///
/// # Errors
/// [`HostError::Code`].
pub fn prepare_code(code: &[u8]) -> Result<PreparedCode, HostError> {
    let capacity = count(CodeLimits::V1.prepared_bytes).saturating_add(REPLY_OVERHEAD);
    receive(capacity, |reply| lattice_vm::prepare_code(code, reply))
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
    receive(program_capacity(call), |reply| {
        lattice_vm::run_program(&call.encode(), reply)
    })
}

/// Runs settlement programs whose proofs are verified together, under version 1 of
/// gas schedules and limits.
///
/// Nothing in storage changes. What each program leaves does not depend on the
/// others: a false or malformed proof traps its own program alone.
///
/// # Errors
/// [`HostError::CallTooLarge`] for more programs or keys than a batch may have,
/// [`HostError::Program`] and [`HostError::NotASettlement`] for programs that are no
/// settlements; then none is run. A trap is no error: it is in the program's outcome.
pub fn settle_batch(batch: &SettlementBatch) -> Result<BatchOutcome, HostError> {
    receive(batch_capacity(batch), |reply| {
        lattice_vm::settle_batch(&batch.encode(), reply)
    })
}

/// Calls a WebAssembly program under version 1 of schedules and limits.
///
/// Nothing in storage changes; what the program did is in the outcome's effects,
/// for the caller to apply as one.
///
/// # Errors
/// [`HostError::UnknownCode`] if no code lies where the call says,
/// [`HostError::CallTooLarge`] if the call names too much. A trap is no error:
/// it is in the outcome, with the gas that was used.
pub fn call_program(call: &WasmCall) -> Result<WasmOutcome, HostError> {
    receive(wasm_capacity(call), |reply| {
        lattice_vm::call_program(&call.encode(), reply)
    })
}

/// The shape of the tree over a model's traces, for a model that can be disputed.
///
/// # Errors
/// [`HostError::Manifest`], and [`HostError::Trace`] for a model that may need openings
/// of more than [`lattice_trace::MAX_OPENING_BYTES`].
pub fn trace_layout(manifest: &[u8]) -> Result<Layout, HostError> {
    let capacity = Layout::max_encoded_len().saturating_add(REPLY_OVERHEAD);
    receive(capacity, |reply| lattice_vm::trace_layout(manifest, reply))
}

/// What an element of a trace must be, given what it is made of under the trace's root.
///
/// The inner result is the dispute's: the element, to be held against the one that the
/// walk came to, or what is wrong with the opening, which is as good as a wrong element
/// if [`StepError::blames_opener`].
///
/// # Errors
/// [`HostError::Manifest`].
pub fn check_step(check: &StepCheck) -> Result<Result<i32, StepError>, HostError> {
    receive(REPLY_OVERHEAD, |reply| {
        lattice_vm::check_step(&check.encode(), reply)
    })
}

/// Where a key of a program's storage lies in its child trie:
/// `Blake2-128(key) ‖ key`.
///
/// The hash keeps the trie as flat as it would be for random keys, whatever keys
/// a program chooses.
pub fn storage_key(key: &[u8]) -> Vec<u8> {
    let mut location = sp_crypto_hashing::blake2_128(key).to_vec();
    location.extend_from_slice(key);
    location
}

/// Bytes that suffice for the outcome of a program: the shortest instruction that
/// writes an entry has three bytes, and a journal has a limit.
fn program_capacity(call: &ProgramCall) -> usize {
    let entries = count(Limits::V1.journal_entries).min(call.program.len().div_ceil(3));
    let journal = Event::max_encoded_len().saturating_mul(entries);
    let output = call
        .output
        .map_or(0, |_| count(MAX_OUTPUT_ELEMENTS).saturating_mul(4));
    let steps = if call.trace {
        let instructions = count(Limits::V1.instructions).min(call.program.len());
        Step::max_encoded_len().saturating_mul(instructions)
    } else {
        0
    };
    Trap::max_encoded_len()
        .saturating_add(journal)
        .saturating_add(output)
        .saturating_add(states_capacity(call.keep_states))
        .saturating_add(steps)
        .saturating_add(REPLY_OVERHEAD)
}

/// Bytes that suffice for the outcomes of a batch: a settlement commits once.
fn batch_capacity(batch: &SettlementBatch) -> usize {
    let each = Trap::max_encoded_len()
        .saturating_add(Event::max_encoded_len())
        .saturating_add(OUTCOME_OVERHEAD);
    batch
        .programs
        .len()
        .saturating_mul(each)
        .saturating_add(REPLY_OVERHEAD)
}

/// Bytes that suffice for the outcome of a call: each part has a limit.
fn wasm_capacity(call: &WasmCall) -> usize {
    let limits = CallLimits::V1;
    let result = limits.output_bytes.max(limits.revert_bytes);
    let steps = if call.trace {
        ImportStep::max_encoded_len().saturating_mul(count(limits.trace_steps))
    } else {
        0
    };
    Trap::max_encoded_len()
        .saturating_add(count(result))
        .saturating_add(count(limits.effect_bytes))
        .saturating_add(states_capacity(call.keep_states))
        .saturating_add(steps)
        .saturating_add(REPLY_OVERHEAD)
}

/// Bytes that suffice for trained states; there are fewer than live handles.
fn states_capacity(keep: bool) -> usize {
    if !keep {
        return 0;
    }
    let each = usize::from(Limits::V1.live_handles).saturating_mul(REPLY_OVERHEAD);
    count(MAX_STATE_BYTES).saturating_add(each)
}

fn count(limit: u32) -> usize {
    usize::try_from(limit).unwrap_or(usize::MAX)
}
