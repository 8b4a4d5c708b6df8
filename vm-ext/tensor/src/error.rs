//! What can be wrong with a model or with a call to it.

use crate::{Shape, WindowError};
use alloc::string::String;
use thiserror::Error;

/// Why bytes or parts are not a model.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ModelError {
    /// The manifest is longer than [`crate::limits::MAX_MANIFEST_BYTES`].
    #[error("the manifest has {found} bytes; at most {limit} are allowed")]
    ManifestTooLong {
        /// Bytes that were given.
        found: usize,
        /// Bytes that are allowed.
        limit: usize,
    },
    /// The bytes do not decode.
    #[error("the manifest does not decode: {0}")]
    Malformed(String),
    /// Bytes are left after the end.
    #[error("{0} bytes are left after the end")]
    TrailingBytes(usize),
    /// The bytes end too early.
    #[error("the model ends {missing} bytes too early")]
    Truncated {
        /// Bytes that are missing at least.
        missing: usize,
    },
    /// The bytes decode, but are not the one encoding of what they say.
    #[error("the manifest is not canonically encoded")]
    NonCanonical,
    /// Another specification version.
    #[error("specification version {0} is not supported")]
    UnsupportedVersion(u16),
    /// Rank, dimension or element count is out of bounds.
    #[error("the shape {0:?} needs 1 to 4 dimensions of at least 1 and at most 2^24 elements")]
    InvalidShape(alloc::vec::Vec<u32>),
    /// Not `-127 <= lo < hi <= 127`.
    #[error("the range {lo}..={hi} must ascend within -127..=127")]
    InvalidRange {
        /// Lower end.
        lo: i8,
        /// Upper end.
        hi: i8,
    },
    /// The mantissa is zero or the exponent out of bounds.
    #[error(
        "the scale {mantissa} * 2^{exponent} needs a positive mantissa and an exponent within ±256"
    )]
    InvalidScale {
        /// The mantissa.
        mantissa: u32,
        /// The exponent of two.
        exponent: i16,
    },
    /// A float that no scale can represent.
    #[error("{0} is not a positive scale within 2^±256")]
    InvalidScaleValue(String),
    /// A graph without operators.
    #[error("the graph has no operators")]
    NoOps,
    /// More operators than [`crate::limits::MAX_OPS`].
    #[error("the graph has {0} operators, too many")]
    TooManyOps(usize),
    /// More tensors than [`crate::limits::MAX_TENSORS`].
    #[error("the manifest has {0} tensors, too many")]
    TooManyTensors(usize),
    /// All values together have more elements or channels than allowed.
    #[error(
        "op {op}: the values of the graph together have too many {what}; the limit is {limit}"
    )]
    TooManyActivations {
        /// The operator whose result goes over the limit.
        op: u16,
        /// Elements or channels.
        what: &'static str,
        /// The limit.
        limit: u64,
    },
    /// All tensors together are larger than [`crate::limits::MAX_WEIGHT_BYTES`].
    #[error("the tensors have {0} bytes, too many")]
    WeightsTooLarge(u64),
    /// The name is empty, too long, not printable ASCII, or starts with two underscores.
    #[error("the name {name:?} of tensor {tensor} must be 1 to 64 printable ASCII characters and must not start with two underscores")]
    InvalidName {
        /// Index of the tensor.
        tensor: u16,
        /// Its name.
        name: String,
    },
    /// Two tensors of one name.
    #[error("two tensors are named {0:?}")]
    DuplicateName(String),
    /// An operator reads a value that is not defined before it.
    #[error("op {op} reads value {value}, which is not defined before it")]
    UnknownValue {
        /// The operator.
        op: u16,
        /// The value.
        value: u16,
    },
    /// A value that nothing reads and that is not the output.
    #[error("value {0} is never used")]
    UnusedValue(u16),
    /// An operator names a tensor that the manifest does not declare.
    #[error("op {op} names tensor {tensor}, which is not declared")]
    UnknownTensor {
        /// The operator.
        op: u16,
        /// The tensor.
        tensor: u16,
    },
    /// Tensors are used once each, in the order of their declaration.
    #[error("op {op} names tensor {tensor} where tensor {expected} is the next in order")]
    TensorOrder {
        /// The operator.
        op: u16,
        /// The tensor that it names.
        tensor: u16,
        /// The tensor that is next.
        expected: u16,
    },
    /// A declared tensor that no operator uses.
    #[error("the tensor {0:?} is never used")]
    UnreferencedTensor(String),
    /// A shape that the operator cannot take.
    #[error("op {op} ({name}): needs {expected}, found shape {found}")]
    ShapeMismatch {
        /// The operator.
        op: u16,
        /// Its name.
        name: &'static str,
        /// What it needs.
        expected: String,
        /// What it was given.
        found: Shape,
    },
    /// A tensor has another element type than its operator needs.
    #[error("op {op} needs tensor {tensor} to have elements of type {expected}")]
    DTypeMismatch {
        /// The operator.
        op: u16,
        /// The tensor.
        tensor: u16,
        /// The type that is needed.
        expected: &'static str,
    },
    /// Windows that do not fit the operator's image.
    #[error("op {op} ({name}): {error}")]
    Window {
        /// The operator.
        op: u16,
        /// Its name.
        name: &'static str,
        /// What is wrong with them.
        error: WindowError,
    },
    /// Groups that do not divide the channels.
    #[error("op {op} (Conv2d): {channels} {of} channels do not make {groups} equal groups")]
    InvalidGroups {
        /// The operator.
        op: u16,
        /// Number of groups.
        groups: u16,
        /// Input or output.
        of: &'static str,
        /// Number of channels.
        channels: u32,
    },
    /// A factor of zero, or a shift that no accumulator needs.
    #[error("op {op} ({name}): an average is Σ · m >> n with m from 1 and n up to 24, not Σ · {multiplier} >> {shift}")]
    InvalidAverage {
        /// The operator.
        op: u16,
        /// Its name.
        name: &'static str,
        /// The factor.
        multiplier: u16,
        /// The shift.
        shift: u8,
    },
    /// A number of inputs that the operator cannot take.
    #[error("op {op} (Concat) has {found} inputs; 2 to 64 are allowed")]
    InputCount {
        /// The operator.
        op: u16,
        /// Its number of inputs.
        found: usize,
    },
    /// An axis that the shape does not have.
    #[error("op {op} (Concat) names axis {axis} of values of rank {rank}")]
    InvalidAxis {
        /// The operator.
        op: u16,
        /// The axis.
        axis: u8,
        /// The rank of its inputs.
        rank: usize,
    },
    /// Not as many shifts as channels.
    #[error("op {op} (Requantize) has {found} shifts for {expected} channels")]
    ShiftCount {
        /// The operator.
        op: u16,
        /// Channels of its input.
        expected: usize,
        /// Shifts that it carries.
        found: usize,
    },
    /// A shift out of the operator's bounds.
    #[error("op {op}, channel {channel}: the shift {shift} is out of bounds")]
    InvalidShift {
        /// The operator.
        op: u16,
        /// The channel, or the operand of an `Add`.
        channel: usize,
        /// The shift.
        shift: u8,
    },
    /// Not `-127 <= lo < hi <= 127`.
    #[error("op {op} (Requantize): the clamp {lo}..={hi} must ascend within -127..=127")]
    InvalidClamp {
        /// The operator.
        op: u16,
        /// Lower end.
        lo: i8,
        /// Upper end.
        hi: i8,
    },
    /// Not as many tensors as the manifest declares.
    #[error("{found} tensors were given for {expected} declarations")]
    TensorCount {
        /// Declarations in the manifest.
        expected: usize,
        /// Tensors that were given.
        found: usize,
    },
    /// A tensor's data does not have the declared type and length.
    #[error("the tensor {name:?} is declared as {expected}, the data is {found}")]
    TensorMismatch {
        /// Name of the tensor.
        name: String,
        /// Declared type and number of elements.
        expected: String,
        /// Type and number of elements of the data.
        found: String,
    },
    /// A weight of -128.
    #[error("the tensor {name:?} holds -128 at {index}; weights are within -127..=127")]
    WeightOutOfRange {
        /// Name of the tensor.
        name: String,
        /// Index of the element, row-major.
        index: usize,
    },
    /// The tensors are not the ones that the manifest commits to.
    #[error(
        "the weights hash to 0x{}, the manifest says 0x{}",
        crate::hash::hex(found),
        crate::hash::hex(expected)
    )]
    WeightRootMismatch {
        /// Root in the manifest.
        expected: [u8; 32],
        /// Root of the data.
        found: [u8; 32],
    },
    /// A layer of weights on values that may lie outside -127..=127.
    #[error("op {op}: channel {channel} of its input may reach {lo}..={hi}; only values within -127..=127 can be multiplied by weights (a Requantize is missing)")]
    NotQuantized {
        /// The operator.
        op: u16,
        /// Channel of the operator's input.
        channel: usize,
        /// Smallest value that it may have.
        lo: i64,
        /// Largest value that it may have.
        hi: i64,
    },
    /// An accumulator may become too large.
    #[error("op {op}, output channel {channel}: the accumulator may reach {magnitude} in magnitude, which must stay under {limit}")]
    BoundOverflow {
        /// The operator.
        op: u16,
        /// Channel of the operator's result.
        channel: usize,
        /// Largest magnitude, rounding term included.
        magnitude: i64,
        /// The limit.
        limit: i64,
    },
}

/// Why a model does not run on an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ExecError {
    /// The input has another length than the model's.
    #[error("the input has {found} elements, the model takes {expected}")]
    InputLength {
        /// Elements that the model takes.
        expected: usize,
        /// Elements that were given.
        found: usize,
    },
    /// An input element lies outside the declared range.
    #[error("input element {index} is {value}; the model takes {lo}..={hi}")]
    InputRange {
        /// Index of the element.
        index: usize,
        /// Its value.
        value: i32,
        /// Smallest admissible value.
        lo: i8,
        /// Largest admissible value.
        hi: i8,
    },
    /// An operator found its operands missing. A [`crate::Model`] is always
    /// valid, so this means a bug in this crate, and never a panic.
    #[error("op {op} could not be evaluated")]
    Inconsistent {
        /// The operator.
        op: usize,
    },
}
