//! The straight-line virtual machine: runs AI instructions, meters gas,
//! enforces limits.
//!
//! * [`machine`]: [`Machine`], as a run loop and instruction by instruction;
//! * [`outcome`]: the [`Outcome`] of a run;
//! * [`environment`]: where models and verifying keys come from;
//! * [`backend`]: who computes, and the integer semantics every backend must meet;
//! * [`training`]: the integer step of gradient descent, with its specification;
//! * [`loaded`]: a model with the state that it is trained on;
//! * [`memory`]: handles, tensors, and the bytes that they take;
//! * [`meter`]: the gas that is left;
//! * [`steps`]: an optional record of each instruction;
//! * `ops`: the instructions, one file per family.
//!
//! An instruction goes through the same five stages whatever it does: its base
//! is charged; its operands are looked up and compared; limits are checked; its
//! work is charged from shapes and lengths; and only then it acts. So a program
//! never gets work that it has not paid for, never more memory than its limit,
//! and never a charge that depends on a value.
//!
//! ```
//! use lattice_isa::{GasSchedule, Handle, Instruction, Limits};
//! use lattice_machine::{EmptyEnvironment, Machine, ReferenceBackend};
//! use lattice_tensor::Shape;
//!
//! let shape = Shape::new(vec![2])?;
//! let program = [
//!     Instruction::TensorNew { shape, elements: vec![20, 1] },
//!     Instruction::TensorAdd { left: Handle(0), right: Handle(0) },
//! ];
//! let gas_limit = 1_000_000;
//! let outcome = Machine::new(
//!     GasSchedule::V1,
//!     Limits::V1,
//!     gas_limit,
//!     &mut EmptyEnvironment,
//!     &ReferenceBackend,
//! )
//! .run(&program);
//! assert_eq!(outcome.result, Ok(()));
//! assert_eq!(outcome.tensors[1].1.elements(), [40, 2]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

#![cfg_attr(not(feature = "std"), no_std)]
#![deny(clippy::arithmetic_side_effects)]

extern crate alloc;

pub mod backend;
pub mod environment;
pub mod loaded;
pub mod machine;
pub mod memory;
pub mod meter;
mod ops;
pub mod outcome;
pub mod steps;
pub mod training;

pub use backend::{ReferenceBackend, TensorBackend};
pub use environment::{EmptyEnvironment, Environment, VerifyFault};
pub use lattice_isa::{Event, Gas, GasSchedule, Handle, Instruction, Limits, ProofFault, Trap};
pub use machine::Machine;
pub use memory::Tensor;
pub use outcome::{Outcome, TrainedState};
pub use steps::Step;
