//! The AI instruction set: what a program may say, how it is written in bytes,
//! what each action costs and where the limits lie.
//!
//! * [`table`]: the one list of instructions; [`Opcode`] and [`Instruction`]
//!   and their encoding all come from it;
//! * [`operand`]: the types that an operand may have and their bytes;
//! * [`proof`]: a proof as an operand, of either length;
//! * [`program`]: a sequence of instructions, decoded strictly;
//! * [`gas`]: the gas schedule, 1 gas = 1 picosecond of reference time;
//! * [`batch`]: what it costs to check proofs together;
//! * [`limits`]: the largest program, tensor, model and memory;
//! * [`trap`]: the ways in which a program ends before its end;
//! * [`journal`]: what a program leaves behind;
//! * [`error`]: why bytes are not a program;
//! * `testing` (feature `testing`): programs of typical instructions, for benchmarks;
//! * `text` (feature `std`): the readable form and its assembler.
//!
//! The codes 0xA0–0xC2 are an instruction set of their own and claim no
//! compatibility with the EVM, where some of them mean other things.

#![cfg_attr(not(feature = "std"), no_std)]
#![deny(clippy::arithmetic_side_effects)]

extern crate alloc;

pub mod batch;
pub mod error;
pub mod gas;
pub mod journal;
pub mod limits;
pub mod operand;
pub mod program;
pub mod proof;
pub mod table;
#[cfg(feature = "testing")]
pub mod testing;
#[cfg(feature = "std")]
pub mod text;
pub mod trap;

pub use batch::BatchSchedule;
pub use error::{DecodeError, DecodeFault};
pub use gas::{Gas, GasSchedule, Work};
pub use journal::Event;
pub use limits::Limits;
pub use operand::{Handle, OperandForm, Pooling};
pub use program::Program;
pub use proof::{ProofBytes, ProofLengthError};
pub use table::{HandleKind, Instruction, Opcode};
pub use trap::{ProofFault, Trap, WindowFault};

/// Identity of a model: Blake2-256 of its manifest.
pub type ModelHash = [u8; 32];

/// Identity of a verifying key, as the registry computes it.
pub type KeyId = [u8; 32];

/// A canonical little-endian element of the BN254 scalar field.
pub type PublicInput = [u8; 32];
