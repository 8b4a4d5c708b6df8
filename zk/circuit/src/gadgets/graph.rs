//! The model's graph: linear operations as combinations of columns, the others by their gadgets.
//!
//! Linear, Add, Flatten, Reshape and Concat write no row. An element of a value is an integer
//! combination of bits and small variables; weights are coefficients, that is, constants of the
//! circuit.
//!
//! # Soundness
//! Combinations have no freedom: an element is what its formula says, over the integers, as long
//! as the integer stays far below the field size. The model's bounds (checked by
//! `lattice_tensor` when the model was loaded) keep every value below `2^30`.
//!
//! # Constraints
//! None.

use lattice_tensor::{Model, Op, Shape, ValueId};

use crate::{combination::Element, error::CircuitError};

/// The elements of a value, row-major.
pub(crate) type Elements = Vec<Element>;

/// Whether the circuit has a gadget for an operation.
pub(crate) fn is_supported(op: &Op) -> bool {
    match op {
        Op::Linear { .. }
        | Op::Add { .. }
        | Op::Requantize { .. }
        | Op::Relu { .. }
        | Op::Flatten { .. }
        | Op::Reshape { .. }
        | Op::Concat { .. } => true,
        Op::Conv2d { .. }
        | Op::MaxPool2d { .. }
        | Op::AvgPool2d { .. }
        | Op::GlobalAvgPool { .. }
        | Op::ArgMax { .. } => false,
    }
}

/// `weight · input + bias`, weights row-major per output.
pub(crate) fn linear(
    op: usize,
    input: &[Element],
    weight: &[i8],
    bias: Option<&[i32]>,
) -> Result<Elements, CircuitError> {
    weight
        .chunks(input.len())
        .enumerate()
        .map(|(row, weights)| {
            let bias = bias.map_or(0, |bias| i64::from(bias[row]));
            let parts = input.iter().zip(weights.iter().map(|&w| i64::from(w)));
            Element::sum(parts, bias).ok_or(CircuitError::CoefficientOverflow { op })
        })
        .collect()
}

/// `left·2^left_shift + right·2^right_shift`.
pub(crate) fn add(
    op: usize,
    left: &[Element],
    right: &[Element],
    shifts: (u8, u8),
) -> Result<Elements, CircuitError> {
    let factor = |shift: u8| 1i64.checked_shl(shift.into());
    left.iter()
        .zip(right)
        .map(|(left, right)| {
            let factors = factor(shifts.0).zip(factor(shifts.1));
            factors
                .and_then(|(l, r)| Element::sum([(left, l), (right, r)], 0))
                .ok_or(CircuitError::CoefficientOverflow { op })
        })
        .collect()
}

/// Joins values along an axis.
pub(crate) fn concat(inputs: &[(&[Element], &Shape)], axis: u8) -> Elements {
    let axis = usize::from(axis);
    let outer: usize = inputs.first().map_or(0, |(_, shape)| {
        shape.dims()[..axis]
            .iter()
            .map(|&dim| dim as usize)
            .product()
    });
    let mut joined = Vec::new();
    for block in 0..outer {
        for (elements, _) in inputs {
            let inner = elements.len() / outer;
            joined.extend_from_slice(&elements[block * inner..][..inner]);
        }
    }
    joined
}

/// Terms that an operation reads or writes at most: the memory and the time that it takes.
pub(crate) fn terms(operation: &Op, model: &Model, values: &[Elements]) -> u64 {
    let of = |value: ValueId| {
        let elements = &values[usize::from(value)];
        let terms: usize = elements.iter().map(|element| element.terms().len()).sum();
        // One more for each constant.
        (terms + elements.len()) as u64
    };
    match operation {
        Op::Linear { input, weight, .. } => {
            let columns = values[usize::from(*input)].len().max(1);
            let rows = model.weight(*weight).len() / columns;
            of(*input).saturating_mul(rows as u64)
        }
        operation => operation
            .inputs()
            .into_iter()
            .fold(0, |sum: u64, value| sum.saturating_add(of(value))),
    }
}

/// The channel (axis 0) of an element of a value.
pub(crate) fn channel(model: &Model, value: ValueId, element: usize, len: usize) -> usize {
    element * model.bounds(value).len() / len
}
