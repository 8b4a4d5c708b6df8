//! What runs a program: wasmtime, set up so that nothing depends on the node.
//!
//! * [`invoke`]: one call of a program, from its gas to its outcome;
//! * `compile`: prepared code as machine code, and the cache of it;
//! * `state`: what a running instance carries;
//! * `current`: how an import finds the call that it belongs to.

mod compile;
mod current;
mod invoke;
mod state;

pub use compile::{compile, forget};
pub use current::{Answer, HostCalls};
pub use invoke::{invoke, Invocation, NoOutcome, Outcome, ProgramEnvironment};

/// Target of the log lines.
pub const LOG_TARGET: &str = "lattice::wasm";

/// Bytes of native stack that one unit of [`crate::CodeLimits::stack_height`]
/// takes at most.
pub const NATIVE_BYTES_PER_VALUE: usize = 128;

/// Bytes of native stack for a program: twice what its limit can take. Pages of it
/// that a program does not reach are never touched.
///
/// As where validators of other chains execute foreign code, the counted limit is
/// what decides and the native one is only a guard behind it; when it strikes all
/// the same, that is a fault of this node and no verdict on the program:
/// [`NoOutcome::NativeStack`].
pub const PROGRAM_STACK: usize = 65_536 * NATIVE_BYTES_PER_VALUE * 2;

/// Bytes of native stack on top of it, for imports.
const IMPORT_STACK: usize = 4 * 1024 * 1024;
