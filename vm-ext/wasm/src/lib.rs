//! WebAssembly programs: the second front end of the machine.
//!
//! In every build:
//! * [`import`]: the functions that a program may import;
//! * [`code`]: what may be uploaded, and what preparation yields;
//! * [`outcome`]: what a call leaves behind, and why it may stop;
//! * [`gas`]: what plain instructions, imports and compilation cost;
//! * [`limits`]: the largest code, memory, key, value and event.
//!
//! With the feature `engine`, which only a node needs:
//! * `prepare`: validation and instrumentation, once, at upload;
//! * `engine`: a call, and the settings of wasmtime;
//! * `session`: what the imports do.
//!
//! # Why every node computes the same
//! * **Language.** WebAssembly 1.0 with mutable globals, without floating point:
//!   each instruction has one result for each state. What later versions added,
//!   threads, SIMD and relaxed semantics among it, is refused at upload.
//! * **Imports.** They answer from the call, the machine and the chain's state;
//!   there is no clock, no randomness and no environment of the node.
//! * **Gas.** Instrumentation charges each block of instructions before its first
//!   one runs, in a counter that is a global of the program; imports take from
//!   the same counter. Nothing is measured. A trap leaves the counter as it was,
//!   so the gas of a trapped call is as definite as that of any other.
//! * **Stack.** Instrumentation counts its height and ends a call that is over the
//!   limit. The native stack is at least twice what code within the limit needs,
//!   which the tests measure over functions made to need much of it, so it never
//!   decides. If it did, the call would have no outcome on this node, rather than
//!   another one: `NoOutcome`.
//! * **Memory.** It is zero at first, has a maximum, and growing either works or
//!   ends the call with a trap: the node's memory never shows. A node that cannot
//!   get the memory has no outcome either.
//! * **State.** Each call has a fresh instance. What is kept between calls is
//!   machine code, found by the code itself; whether it was found shows only in
//!   time, never in gas.
//! * **Compilation.** Settings are constants. Machine code may differ between
//!   processors, what it computes may not.

#![cfg_attr(not(feature = "std"), no_std)]
#![deny(clippy::arithmetic_side_effects)]

extern crate alloc;

pub mod code;
#[cfg(feature = "engine")]
pub mod engine;
pub mod gas;
pub mod import;
pub mod limits;
pub mod outcome;
#[cfg(feature = "engine")]
pub mod prepare;
#[cfg(feature = "engine")]
mod session;

pub use code::{CodeError, Entry, Name, Part, PreparedCode, CODE_VERSION};
#[cfg(feature = "engine")]
pub use engine::{invoke, Invocation, NoOutcome, Outcome, ProgramEnvironment};
pub use gas::{compilation_gas, CallSchedule, PlainSchedule};
pub use import::Import;
pub use limits::{CallLimits, CodeLimits};
#[cfg(feature = "engine")]
pub use prepare::prepare;

pub use outcome::{Bounded, Effect, ImportStep, ProgramTrap, TerminationFault};
