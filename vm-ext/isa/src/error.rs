//! Why bytes are not a program.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// Bytes that are not a program, and where they stop being one.
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
#[error("instruction {instruction} at byte {offset}: {fault}")]
pub struct DecodeError {
    /// Position of the instruction, from zero.
    pub instruction: u32,
    /// Offset of the opcode or operand that is wrong.
    pub offset: u32,
    /// What is wrong with it.
    pub fault: DecodeFault,
}

/// What is wrong with an opcode, an operand or a whole program.
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
pub enum DecodeFault {
    /// No instruction has this code.
    #[error("no instruction has the code {code:#04x}")]
    UnknownOpcode { code: u8 },
    /// The program ends within an operand.
    #[error("{needed} bytes are needed and {left} are left")]
    Truncated { needed: u64, left: u64 },
    /// A rank outside 1–4, an extent of zero, or more than 2^24 elements.
    #[error("not a shape: rank {rank}, or an extent, is out of bounds")]
    BadShape { rank: u8 },
    /// The elements of a tensor are not as many as its shape has.
    #[error("the shape has {expected} elements and {given} are given")]
    ElementCount { expected: u64, given: u64 },
    /// A kind of pooling that does not exist.
    #[error("no pooling has the number {kind}")]
    UnknownPooling { kind: u8 },
    /// A list with more items than its count can say.
    #[error("a list of {length} items cannot be written")]
    TooLong { length: u64 },
    /// More bytes than [`crate::Limits::program_bytes`].
    #[error("the program has {length} bytes and {limit} are allowed")]
    ProgramBytes { length: u64, limit: u32 },
    /// More instructions than [`crate::Limits::instructions`].
    #[error("more than {limit} instructions")]
    Instructions { limit: u32 },
    /// A length that no proof has.
    #[error("a proof has 128 bytes, or 160 with a commitment, not {length}")]
    ProofLength { length: u8 },
}
