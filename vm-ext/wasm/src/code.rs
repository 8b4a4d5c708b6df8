//! Code that a program is made of: what is refused, and what preparation yields.

use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use core::fmt;
use scale_info::TypeInfo;

/// The version of the instrumentation that [`PreparedCode`] carries: the gas of
/// plain instructions, the stack heights and the limits. None of them ever
/// changes; a change is a new version.
pub const CODE_VERSION: u16 = 1;

/// The two functions of a program that the chain calls; each takes and gives
/// nothing.
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
pub enum Entry {
    /// Called once, when an instance is made.
    #[codec(index = 0)]
    Instantiate,
    /// Called by each call of an instance.
    #[codec(index = 1)]
    Call,
}

impl Entry {
    /// Both of them.
    pub const ALL: [Entry; 2] = [Entry::Instantiate, Entry::Call];

    /// The name under which a program exports it.
    pub const fn name(self) -> &'static str {
        match self {
            Entry::Instantiate => "instantiate",
            Entry::Call => "call",
        }
    }
}

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Code that was validated and instrumented, as it is stored on chain.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub struct PreparedCode {
    /// The instrumented module.
    pub code: Vec<u8>,
    /// The instrumentation's version, [`CODE_VERSION`].
    pub version: u16,
    /// Pages of 64 KiB that a call begins with.
    pub initial_pages: u32,
    /// Pages of 64 KiB that a call may grow to.
    pub max_pages: u32,
}

/// A part of a module that has a limit in [`crate::CodeLimits`].
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
pub enum Part {
    /// Bytes of the module.
    CodeBytes,
    /// Bytes of the module after instrumentation.
    PreparedBytes,
    /// Function types.
    Types,
    /// Parameters of a function type.
    Parameters,
    /// Imports.
    Imports,
    /// Functions.
    Functions,
    /// Bytes of a function's body.
    BodyBytes,
    /// Locals of a function.
    Locals,
    /// Locals of all functions.
    TotalLocals,
    /// Targets of a `br_table`.
    BranchTargets,
    /// Targets of all `br_table`s.
    TotalBranchTargets,
    /// Blocks within each other.
    Nesting,
    /// Entries of the table.
    TableEntries,
    /// Function references in element segments.
    Elements,
    /// Element segments, or data segments.
    Segments,
    /// Globals.
    Globals,
    /// Exports.
    Exports,
    /// Pages of memory.
    MemoryPages,
    /// Blocks, loops, ifs and conditional branches of a function.
    Branches,
    /// Locals times branches of a function, summed over all functions.
    JoinedValues,
    /// Locals and parameters of a function times its deepest nesting.
    NestedValues,
    /// Operands on the stack of a function at a time.
    Operands,
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Part::CodeBytes => "bytes of code",
            Part::PreparedBytes => "bytes of instrumented code",
            Part::Types => "function types",
            Part::Parameters => "parameters of a function",
            Part::Imports => "imports",
            Part::Functions => "functions",
            Part::BodyBytes => "bytes of a function",
            Part::Locals => "locals of a function",
            Part::TotalLocals => "locals of all functions",
            Part::BranchTargets => "targets of a br_table",
            Part::TotalBranchTargets => "targets of all br_tables",
            Part::Nesting => "blocks within each other",
            Part::TableEntries => "table entries",
            Part::Elements => "function references in element segments",
            Part::Segments => "segments",
            Part::Globals => "globals",
            Part::Exports => "exports",
            Part::MemoryPages => "pages of memory",
            Part::Branches => "blocks and branches of a function",
            Part::NestedValues => "locals and parameters times nesting of a function",
            Part::JoinedValues => "locals times branches of all functions",
            Part::Operands => "operands on the stack of a function",
        })
    }
}

/// The first 32 bytes of a name that a module uses, padded with zeros.
#[derive(
    Clone, Copy, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Name(pub [u8; 32]);

impl From<&str> for Name {
    fn from(name: &str) -> Self {
        let mut bytes = [0; 32];
        for (place, byte) in bytes.iter_mut().zip(name.bytes()) {
            *place = byte;
        }
        Name(bytes)
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0
            .iter()
            .take_while(|byte| **byte != 0)
            .try_for_each(|byte| write!(f, "{}", byte.escape_ascii()))
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{self}\"")
    }
}

/// Why bytes cannot be a program. Offsets count bytes of the uploaded module.
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
pub enum CodeError {
    /// Not a valid module of WebAssembly 1.0 with mutable globals. A feature
    /// beyond that (SIMD, threads, bulk memory, sign extension, …) is found here.
    #[error("not a valid module of WebAssembly 1.0: at byte {offset}")]
    #[codec(index = 0)]
    Invalid { offset: u32 },
    /// A floating-point type or instruction.
    #[error("floating point at byte {offset}")]
    #[codec(index = 1)]
    Float { offset: u32 },
    /// More of something than the limits allow.
    #[error("{found} {part}, {limit} allowed")]
    #[codec(index = 2)]
    TooMany { part: Part, found: u32, limit: u32 },
    /// An import that no node offers.
    #[error("import {index}, {name}, does not exist")]
    #[codec(index = 3)]
    UnknownImport { index: u32, name: Name },
    /// An import that exists, with other operands or another result.
    #[error("import {index}, {name}, has another signature")]
    #[codec(index = 4)]
    ImportSignature { index: u32, name: Name },
    /// An export beside the two entries and the memory.
    #[error("export {index}, {name}, is none of instantiate, call and memory")]
    #[codec(index = 5)]
    UnknownExport { index: u32, name: Name },
    /// An entry is not exported, or is not a function.
    #[error("{entry} is not exported as a function")]
    #[codec(index = 6)]
    MissingEntry { entry: Entry },
    /// An entry with operands or a result.
    #[error("{entry} must take nothing and give nothing")]
    #[codec(index = 7)]
    EntrySignature { entry: Entry },
    /// A function that runs when the module is instantiated.
    #[error("function {function} is a start function; programs have none")]
    #[codec(index = 8)]
    StartFunction { function: u32 },
    /// The module is valid and cannot be instrumented.
    #[error("the module cannot be instrumented")]
    #[codec(index = 9)]
    NotCompilable,
    /// A data or element segment that reaches beyond the memory that a call begins
    /// with, or beyond the table.
    #[error("the segment at byte {offset} does not fit")]
    #[codec(index = 10)]
    Segment { offset: u32 },
}
