//! The node's VM extension: what the runtime asks of the node, and how.
//!
//! * [`calls`]: safe functions that pallets use, the same in Wasm and natively;
//! * [`types`]: what goes in and out, SCALE-encoded and bounded;
//! * [`error`]: why a call is refused;
//! * [`settlement`]: the program that settles an inference, and batches of it;
//! * [`interface`]: the versioned host functions themselves, and
//!   [`LatticeHostFunctions`] for the node's executor;
//! * [`ceremony`]: the same for what the host checks of ceremonies;
//! * `native` (not in Wasm): the work behind them.
//!
//! # How a host function answers
//! Every function takes bytes, writes a SCALE-encoded `Result` into a buffer
//! that the runtime allocated, and returns the length of that reply. So nothing
//! is allocated across the boundary, and a version of a function is fixed by
//! three things: the bytes that it takes, the bytes that it writes, and its gas.
//! None of them ever changes; a change is a new `#[version]`.
//!
//! # What the host may depend on
//! The arguments and the chain's storage, and nothing else: no clock, no
//! configuration, no number of threads. Caches make the node faster and are
//! never visible, neither in results nor in gas.

#![cfg_attr(not(feature = "std"), no_std)]
#![deny(clippy::arithmetic_side_effects)]

extern crate alloc;

pub mod calls;
pub mod ceremony;
pub mod error;
// The macro of the host interface declares and calls the Wasm imports.
#[allow(unsafe_code)]
pub mod interface;
mod reply;
pub mod settlement;
pub mod types;

#[cfg(not(substrate_runtime))]
mod native;

pub use calls::{
    call_program, check_model, check_step, commit_input, commit_input_with, commit_output,
    commit_output_with, inspect_manifest, prepare_code, run_program, settle_batch, storage_key,
    trace_layout, validate_key, NO_BLINDING,
};
pub use error::{HostError, ManifestFault, ModelFault, TraceFault};
pub use settlement::{settlement_program, BatchOutcome, SettlementBatch};
pub use types::{
    JournalEntry, KeyReport, ModelLocation, ProgramCall, ProgramOutcome, Step, StepCheck,
    TrainedState, WasmCall, WasmOutcome,
};

pub use lattice_isa::{BatchSchedule, Gas, GasSchedule, Handle, ProofBytes, ProofFault, Trap};
pub use lattice_tensor::{ModelId, ModelSummary};
/// Disputes: the walk down a trace's tree, which is plain data and hashes and so runs in
/// the runtime itself.
pub use lattice_trace as trace;
pub use lattice_verifier::{
    context, has_canonical_coordinates, is_canonical, vk_id, CommitError, FieldBytes, KeyError,
    ProofVersion, Statement, CIRCUIT_VERSION, COMMITTED_KEY_LEN, COMMITTED_PREPARED_KEY_LEN,
    COMMITTED_PROOF_LEN, KEY_LEN, MAX_BATCH, MAX_BATCH_KEYS, PREPARED_KEY_LEN, PROOF_LEN,
    PUBLIC_INPUTS,
};
pub use lattice_wasm::{
    compilation_gas, Bounded, CallLimits, CallSchedule, CodeError, CodeLimits, Effect, Entry,
    Import, ImportStep, PlainSchedule, PreparedCode, ProgramTrap, TerminationFault,
};

/// All host functions of Lattice, for the node's executor beside Substrate's own.
#[cfg(not(substrate_runtime))]
pub type LatticeHostFunctions = (
    interface::lattice_vm::HostFunctions,
    ceremony::interface::lattice_ceremony::HostFunctions,
);
