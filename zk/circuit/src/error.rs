//! What can go wrong when a circuit is built and when a trace is turned into a witness.

use thiserror::Error;

/// Why a model has no circuit.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum CircuitError {
    /// A decomposition would need more bits than the soundness argument of the
    /// [saturation gadget](crate::gadgets::saturate) allows.
    #[error("operation {op}, channel {channel}: values need {width} bits, at most {limit} can be proven")]
    WidthTooLarge {
        /// Index of the operation in the manifest.
        op: usize,
        /// Channel (axis 0) of the operation's input.
        channel: usize,
        /// Bits that the interval of the channel asks for.
        width: u32,
        /// Bits that a decomposition may have.
        limit: u32,
    },
    /// The integer coefficients of a linear layer leave `i64`.
    #[error("operation {op}: the coefficients of a linear combination overflow 64 bits")]
    CoefficientOverflow {
        /// Index of the operation in the manifest.
        op: usize,
    },
    /// Writing the operations out as combinations of variables takes too much memory.
    #[error(
        "operation {op}: the circuit so far has {terms} terms, at most {limit} can be written"
    )]
    TooManyTerms {
        /// Index of the operation in the manifest.
        op: usize,
        /// Terms of this operation and those before.
        terms: u64,
        /// [`crate::MAX_TERMS`].
        limit: u64,
    },
    /// A lookup depends on a column that is not committed to: a gadget's fault, and no model's.
    #[error("column {column} is looked up and not committed to")]
    Uncommitted {
        /// The column concerned.
        column: u32,
    },
    /// The circuit has more columns or rows than 32-bit indices can name.
    #[error("the circuit has more than 2^32 variables or entries")]
    TooLarge,
}

/// Why a trace is not a witness of this circuit.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum AssignError {
    /// The trace has another number of values than the model.
    #[error("the trace has {actual} values, the model has {expected}")]
    ValueCount {
        /// Values of the model, the input included.
        expected: usize,
        /// Values of the trace.
        actual: usize,
    },
    /// A value of the trace has another length than in the model.
    #[error("value {value} of the trace has {actual} elements, the model has {expected}")]
    ValueLength {
        /// The value concerned.
        value: usize,
        /// Elements in the model.
        expected: usize,
        /// Elements in the trace.
        actual: usize,
    },
    /// An input element lies outside of the model's declared range.
    #[error("input element {element} is {value}, outside of the declared range {lo}..={hi}")]
    InputOutOfRange {
        /// Position in the input.
        element: usize,
        /// The offending value.
        value: i32,
        /// Lower end of the range.
        lo: i32,
        /// Upper end of the range.
        hi: i32,
    },
    /// A value lies outside of the interval that the model's bounds promise.
    #[error("value {value}, element {element}: {actual} lies outside of the model's bounds")]
    OutOfBounds {
        /// The value concerned.
        value: usize,
        /// Position in the value.
        element: usize,
        /// The offending number.
        actual: i64,
    },
    /// The trace contradicts the model: the operation gives another result on this input.
    #[error(
        "value {value}, element {element}: the trace says {actual}, the model computes {expected}"
    )]
    TraceMismatch {
        /// The value concerned.
        value: usize,
        /// Position in the value.
        element: usize,
        /// What the operation gives.
        expected: i64,
        /// What the trace holds.
        actual: i64,
    },
    /// A number that no row of its table has: its gadget was planned for smaller ones.
    #[error("lookup {lookup} asks for a number that its table does not have")]
    NotInTable {
        /// Position among all lookups.
        lookup: usize,
    },
    /// Thirty-two bytes that are not the canonical encoding of a field element.
    #[error("{what} is not a canonical element of the BN254 scalar field")]
    NonCanonical {
        /// Which argument.
        what: &'static str,
    },
    /// The commitment scheme refused the values.
    #[error("commitment: {0}")]
    Commitment(String),
}
