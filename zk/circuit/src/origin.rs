//! Where a constraint comes from: for diagnostics, and for the tests that delete constraints.

use std::fmt;

/// The gadget and the place in it that a row was written by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Origin {
    /// The row that ties the public context into the circuit.
    Context,
    /// Booleanity of one bit of an input element.
    InputBit {
        /// Position in the input.
        element: u32,
        /// Bit of the element.
        bit: u8,
    },
    /// A row of the [saturation gadget](crate::gadgets::saturate) (Requantize and ReLU).
    Saturation {
        /// Index of the operation in the manifest.
        op: u16,
        /// Position in the value.
        element: u32,
        /// Which row of the gadget.
        part: SaturationPart,
    },
    /// A row of a [comparison](crate::gadgets::maximum) of MaxPool2d.
    Maximum {
        /// Index of the operation in the manifest.
        op: u16,
        /// Number of the comparison.
        node: u32,
        /// Which row of the gadget.
        part: MaximumPart,
    },
    /// A row of a [meeting](crate::gadgets::arg_max) of ArgMax.
    ArgMax {
        /// Index of the operation in the manifest.
        op: u16,
        /// Number of the meeting.
        meeting: u32,
        /// Which row of the gadget.
        part: ArgMaxPart,
    },
    /// A [lookup](crate::gadgets::lookup).
    Lookup {
        /// Index of the operation in the manifest; none for the input.
        op: Option<u16>,
        /// Position in the value, or number of the comparison.
        element: u32,
    },
    /// An entry of a table.
    TableEntry {
        /// Number of the table.
        table: u16,
        /// The entry.
        entry: u32,
    },
    /// The sums of a table's lookups and entries.
    TableSum {
        /// Number of the table.
        table: u16,
    },
    /// A multiplication of an S-box of one of the two commitments.
    Sbox {
        /// Whose commitment.
        commitment: CommitmentKind,
        /// Block of the sponge.
        block: u16,
        /// Round of the permutation.
        round: u8,
        /// Lane of the state.
        lane: u8,
        /// The power of the lane that the row computes: 2, 4 or 5.
        power: u8,
    },
}

/// The rows of a comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MaximumPart {
    /// Booleanity of a bit of the magnitude; bit 0 has no variable of its own.
    Bit(u8),
    /// The maximum is one of the two.
    Choice,
}

/// The rows of a meeting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ArgMaxPart {
    /// Booleanity of a bit of the difference; bit 0 has no variable of its own.
    Bit(u8),
    /// What the winner has more than the left side.
    Winner,
    /// What its index is more than the left side's.
    Index,
}

/// The rows of the saturation gadget.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SaturationPart {
    /// What a digit of the decomposition can be; the first has no variable of its own.
    Digit(u8),
    /// The choice between the clamps and what lies within.
    Choice,
    /// That what lies above of the upper clamp does so only there (with lookups).
    Above,
}

/// Input or output commitment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CommitmentKind {
    /// Commitment to the model's input.
    Input,
    /// Commitment to the model's output.
    Output,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Context => write!(f, "context"),
            Self::InputBit { element, bit } => write!(f, "input element {element}, bit {bit}"),
            Self::Saturation { op, element, part } => {
                write!(f, "operation {op}, element {element}, {part:?}")
            }
            Self::Maximum { op, node, part } => {
                write!(f, "operation {op}, comparison {node}, {part:?}")
            }
            Self::ArgMax { op, meeting, part } => {
                write!(f, "operation {op}, meeting {meeting}, {part:?}")
            }
            Self::Lookup {
                op: Some(op),
                element,
            } => write!(f, "operation {op}, element {element}, a lookup"),
            Self::Lookup { op: None, element } => write!(f, "input element {element}, a lookup"),
            Self::TableEntry { table, entry } => write!(f, "table {table}, entry {entry}"),
            Self::TableSum { table } => write!(f, "table {table}, the sums"),
            Self::Sbox {
                commitment,
                block,
                round,
                lane,
                power,
            } => write!(
                f,
                "{commitment:?} commitment, block {block}, round {round}, lane {lane}, power {power}"
            ),
        }
    }
}
