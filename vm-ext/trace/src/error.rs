//! Why a layout, a move or an opening is refused.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use lattice_tensor::ModelError;
use scale_info::TypeInfo;
use thiserror::Error;

/// Why a model takes part in no disputes.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum LayoutError {
    /// The manifest is none of a model.
    #[error("manifest: {0}")]
    Manifest(#[from] ModelError),
    /// A trace is none of the model: a value is missing or of another length.
    #[error("the trace is of another model: {found} results have the lengths that {expected} should have")]
    Trace {
        /// Results of the model.
        expected: u32,
        /// Results of the trace, from the first on, that are as long as the model's.
        found: u32,
    },
    /// Opening an element may take too many bytes.
    #[error("op {op}: to open an element may take {bytes} bytes; at most {limit} are allowed")]
    OpeningTooLarge {
        /// Index of the operator.
        op: u32,
        /// Bytes that an opening may have.
        bytes: u64,
        /// Bytes that are allowed.
        limit: u64,
    },
}

/// Why a node that was revealed, or the choice of a child, is refused.
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
    Error,
)]
pub enum WalkError {
    /// The walk is at a place that the layout does not have: it is of another model.
    #[error("the walk is of another layout")]
    #[codec(index = 0)]
    Place,
    /// Elements where children are expected, or children where elements are.
    #[error("the node is of the other kind than its place has")]
    #[codec(index = 1)]
    Kind,
    /// More or fewer children or elements than the place has.
    #[error("the node has {found} children or elements, its place {expected}")]
    #[codec(index = 2)]
    Count {
        /// As the layout says.
        expected: u8,
        /// As revealed.
        found: u8,
    },
    /// The node has another hash than the one above it says.
    #[error("the node has another hash than the one above it says")]
    #[codec(index = 3)]
    Hash,
    /// There is no such child or element.
    #[error("there is no child {index} among {count}")]
    #[codec(index = 4)]
    Child {
        /// As chosen.
        index: u8,
        /// Children or elements of the node.
        count: u8,
    },
}

/// One of the parts of an opening.
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
    /// Elements of operands.
    #[codec(index = 0)]
    Elements,
    /// Hashes from the operands to the root of the trace.
    #[codec(index = 1)]
    Hashes,
    /// Bytes of weights.
    #[codec(index = 2)]
    Weights,
    /// Hashes from the weights to their root.
    #[codec(index = 3)]
    WeightHashes,
}

impl core::fmt::Display for Part {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self {
            Self::Elements => "elements of operands",
            Self::Hashes => "hashes to the root of the trace",
            Self::Weights => "bytes of weights",
            Self::WeightHashes => "hashes to the root of the weights",
        })
    }
}

/// Why an element is not computed.
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
    Error,
)]
pub enum StepError {
    /// The manifest is none of a model. Not the opener's fault.
    #[error("the manifest is none of a model")]
    #[codec(index = 0)]
    Manifest,
    /// The input has another length than the model takes. Not the opener's fault.
    #[error("the input has {found} elements, the model takes {expected}")]
    #[codec(index = 1)]
    InputLength {
        /// Elements that the model takes.
        expected: u32,
        /// Elements that were given.
        found: u32,
    },
    /// An element of the input is out of the model's range. Not the opener's fault.
    #[error("element {index} of the input is out of range")]
    #[codec(index = 2)]
    InputRange {
        /// Index of the element.
        index: u32,
    },
    /// There is no such operator or element. Not the opener's fault.
    #[error("the model has no such operator or element")]
    #[codec(index = 3)]
    Position,
    /// The operator needs openings that are too long; such a model takes part in
    /// no disputes. Not the opener's fault.
    #[error("the operator needs openings that are too long")]
    #[codec(index = 4)]
    TooLarge,
    /// The bytes are no opening, or too many.
    #[error("the bytes are no opening")]
    #[codec(index = 5)]
    Encoding,
    /// A part of the opening is longer or shorter than the element needs.
    #[error("the opening has {found} {part}, the element needs {expected}")]
    #[codec(index = 6)]
    Count {
        /// Which part.
        part: Part,
        /// As the element needs.
        expected: u32,
        /// As opened.
        found: u32,
    },
    /// The operands are not those under the root of the trace.
    #[error("the operands are not those under the root of the trace")]
    #[codec(index = 7)]
    TraceRoot,
    /// The weights are not those of the model.
    #[error("the weights are not those under the root in the manifest")]
    #[codec(index = 8)]
    WeightRoot,
    /// An operand of a product, committed to by the opener, is one that no model can have.
    #[error("an operand of a product is {value}, which is not quantized")]
    #[codec(index = 9)]
    NotQuantized {
        /// The operand.
        value: i32,
    },
}

impl StepError {
    /// Whether whoever opens is at fault: it has no true opening, or did not give it.
    /// Otherwise whoever called did not check model, input and position before.
    pub const fn blames_opener(&self) -> bool {
        match self {
            Self::Manifest
            | Self::InputLength { .. }
            | Self::InputRange { .. }
            | Self::Position
            | Self::TooLarge => false,
            Self::Encoding
            | Self::Count { .. }
            | Self::TraceRoot
            | Self::WeightRoot
            | Self::NotQuantized { .. } => true,
        }
    }
}
