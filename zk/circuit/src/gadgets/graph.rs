//! The model's graph: linear operations as combinations of columns, the others by their gadgets.
//!
//! Linear, Add, Flatten, Reshape and Concat write no row, and neither does
//! [Conv2d](super::convolution). An element of a value is an integer
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

use lattice_tensor::{Model, Shape, ValueId};
use rayon::prelude::*;

use crate::{combination::Element, error::CircuitError};

/// `weight · input + bias`, weights row-major per output.
pub(crate) fn linear(
    op: usize,
    input: &[Element],
    weight: &[i8],
    bias: Option<&[i32]>,
) -> Result<Vec<Element>, CircuitError> {
    weight
        .par_chunks(input.len().max(1))
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
) -> Result<Vec<Element>, CircuitError> {
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
pub(crate) fn concat(inputs: &[(&[Element], &Shape)], axis: u8) -> Vec<Element> {
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

/// The channel (axis 0) of an element of a value.
pub(crate) fn channel(model: &Model, value: ValueId, element: usize, len: usize) -> usize {
    element * model.bounds(value).len() / len
}
