//! What a call leaves behind, and why it may stop.

use crate::Import;
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use core::fmt;
use lattice_isa::{Event, Gas, Opcode, Trap};
use scale_info::TypeInfo;

/// Something that a call did and that its caller applies, in order, or drops as
/// one.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub enum Effect {
    /// An instruction of the machine left an entry.
    #[codec(index = 0)]
    Machine(Event),
    /// The value under a key of the program's storage is now this one, or none.
    #[codec(index = 1)]
    StorageSet {
        key: Vec<u8>,
        value: Option<Vec<u8>>,
    },
    /// The program sent an amount, in planck, to an account.
    #[codec(index = 2)]
    Transfer { to: [u8; 32], amount: u128 },
    /// The program left an event.
    #[codec(index = 3)]
    Emitted { data: Vec<u8> },
    /// The program ended itself: its storage, records and deposits are given back, and all
    /// that it then has goes to an account. Always the last effect.
    #[codec(index = 4)]
    Terminated { beneficiary: [u8; 32] },
}

/// Something of a call that has a limit in [`crate::CallLimits`].
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Encode,
    Decode,
    DecodeWithMemTracking,
    MaxEncodedLen,
    TypeInfo,
)]
pub enum Bounded {
    /// Bytes of the call's input.
    Input,
    /// Bytes of the output.
    Output,
    /// Bytes of a storage key.
    Key,
    /// Bytes of a stored value.
    Value,
    /// Bytes of an event.
    Event,
    /// Bytes of the reason to revert.
    Reason,
    /// Effects.
    Effects,
    /// Bytes of all effects.
    EffectBytes,
    /// Bytes of trained states that are to be returned.
    StateBytes,
    /// Entries of storage that are to be removed with the program.
    RemovedItems,
}

impl fmt::Display for Bounded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Bounded::Input => "bytes of input",
            Bounded::Output => "bytes of output",
            Bounded::Key => "bytes of a storage key",
            Bounded::Value => "bytes of a value",
            Bounded::Event => "bytes of an event",
            Bounded::Reason => "bytes of a reason to revert",
            Bounded::Effects => "effects",
            Bounded::EffectBytes => "bytes of effects",
            Bounded::StateBytes => "bytes of trained states",
            Bounded::RemovedItems => "entries of storage to be removed with the program",
        })
    }
}

/// Why a call stopped before its end.
///
/// The gas that was charged stays charged, and there are no effects.
#[derive(
    Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo, thiserror::Error,
)]
pub enum ProgramTrap {
    /// The next block of instructions, or the next import, costs more than is
    /// left. It was not begun.
    #[error("out of gas")]
    #[codec(index = 0)]
    OutOfGas,
    /// The stack is higher than [`crate::CodeLimits::stack_height`].
    #[error("the stack is exhausted")]
    #[codec(index = 1)]
    StackExhausted,
    /// The memory was to grow beyond its maximum.
    #[error("the memory cannot grow beyond its maximum")]
    #[codec(index = 2)]
    MemoryLimit,
    /// An `unreachable` instruction, which is how a panic ends.
    #[error("an unreachable instruction was reached")]
    #[codec(index = 3)]
    Unreachable,
    /// An integer division by zero.
    #[error("division by zero")]
    #[codec(index = 4)]
    DivisionByZero,
    /// The smallest integer divided by minus one.
    #[error("the result of a division leaves its type")]
    #[codec(index = 5)]
    IntegerOverflow,
    /// Bytes outside the memory, reached by an instruction or an import's pointer.
    #[error("an access outside the memory")]
    #[codec(index = 6)]
    OutOfBounds,
    /// An indirect call of an entry outside the table.
    #[error("an indirect call of an entry outside the table")]
    #[codec(index = 7)]
    TableOutOfBounds,
    /// An indirect call of an entry that no function was put in.
    #[error("an indirect call of an empty table entry")]
    #[codec(index = 8)]
    IndirectCallToNull,
    /// An indirect call of a function of another type.
    #[error("an indirect call of a function of another type")]
    #[codec(index = 9)]
    IndirectCallType,
    /// An instruction of the machine trapped.
    #[error("{opcode}: {reason}")]
    #[codec(index = 10)]
    Opcode { opcode: Opcode, reason: Trap },
    /// An operand that an import cannot mean: a shape, a handle or an offset that
    /// does not exist.
    #[error("{import} has an operand that means nothing")]
    #[codec(index = 11)]
    Operand { import: Import },
    /// More of something than the limits allow.
    #[error("{given} {what}, {limit} allowed")]
    #[codec(index = 12)]
    TooLarge {
        what: Bounded,
        given: u64,
        limit: u32,
    },
    /// A transfer of more than the program has.
    #[error("a transfer of {amount} planck, of which {balance} are there")]
    #[codec(index = 13)]
    InsufficientBalance { amount: u128, balance: u128 },
    /// The program ended the call itself and gave this reason.
    #[error("reverted by the program")]
    #[codec(index = 14)]
    Reverted { data: Vec<u8> },
    /// The bytes are no instrumented code of a version that this node runs.
    #[error("the code was not prepared for this version")]
    #[codec(index = 15)]
    InvalidCode,
    /// The program ended itself where it may not.
    #[error("the program cannot end: {0}")]
    #[codec(index = 16)]
    Termination(TerminationFault),
}

/// Why a program cannot end itself.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Encode,
    Decode,
    DecodeWithMemTracking,
    MaxEncodedLen,
    TypeInfo,
    thiserror::Error,
)]
pub enum TerminationFault {
    /// It is being made; `revert` leaves no program behind.
    #[error("it is being instantiated")]
    #[codec(index = 0)]
    Instantiating,
    /// What it has would go to its own account, which nobody could use any more.
    #[error("its own account cannot be the beneficiary")]
    #[codec(index = 1)]
    OwnBeneficiary,
}

/// What one import did, in a trace.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Encode,
    Decode,
    DecodeWithMemTracking,
    MaxEncodedLen,
    TypeInfo,
)]
pub struct ImportStep {
    /// What was called.
    pub import: Import,
    /// Gas of the program's own instructions since the step before, or since the
    /// start of the call.
    pub plain_gas: Gas,
    /// Gas that this import was charged.
    pub gas: Gas,
    /// Gas left after it.
    pub gas_left: Gas,
    /// Bytes of models and tensors live after it.
    pub memory_bytes: u64,
    /// Whether the call stopped here.
    pub trapped: bool,
}
