//! Range check of the model's input: `x ∈ lo..=hi`, both ends exactly.
//!
//! With `R = hi − lo` and `k = ⌊log2(R + 1)⌋`, the element is *defined* as
//! `x = lo + Σ_{i<k} 2^i·b_i + (R − (2^k − 1))·b_k`; the last bit is left out when its weight is
//! zero (`R + 1` a power of two).
//!
//! # Soundness
//! Every bit is boolean by its row `b·b = b` (a field has no other roots of `b² − b`). The first
//! `k` bits reach exactly `0..=2^k − 1`; the last one adds a weight `d = R − (2^k − 1) ≤ 2^k − 1`,
//! so the sums are `0..=2^k − 1` and `d..=R`, which overlap or touch: together exactly `0..=R`.
//! A value in the overlap has two bit patterns; nothing but `x` itself is ever read from them, so
//! neither the packing nor the model can tell them apart. The sum is at most 254, far below the
//! field size, and there is no variable for `x` that could differ from it.
//!
//! With [lookups](super::lookup) the element is `lo` and a variable in a table of exactly `0..=R`.
//!
//! # Constraints
//! [`constraints`]: one with lookups. With bits `k`, plus one unless `R + 1` is a power of two. This is the least possible:
//! `m` quadratic equations that leave finitely many solutions leave at most `2^m`.

use lattice_tensor::Range;

use super::lookup::{Digits, Place};
use crate::{
    builder::Builder,
    combination::Element,
    error::{AssignError, CircuitError},
    origin::Origin,
    witness::{boolean, Writer},
};

/// The check of every element of an input.
#[derive(Clone, Debug)]
pub(crate) struct RangeCheck {
    lo: i32,
    hi: i32,
    weights: Vec<i64>,
    elements: usize,
    /// Whether each element is looked up.
    is_looked_up: bool,
}

/// Constraints per element of a range: its bits, or one lookup.
pub fn constraints(range: &Range, digits: Option<Digits>) -> usize {
    match digits {
        Some(_) => 1,
        None => weights(width(range)).len(),
    }
}

/// `hi − lo`.
fn width(range: &Range) -> i64 {
    i64::from(range.hi) - i64::from(range.lo)
}

/// Weights of the bits that reach exactly `0..=width`.
fn weights(width: i64) -> Vec<i64> {
    let bits = (width + 1).ilog2();
    let mut weights: Vec<i64> = (0..bits).map(|bit| 1 << bit).collect();
    let rest = width - ((1 << bits) - 1);
    if rest > 0 {
        weights.push(rest);
    }
    weights
}

impl RangeCheck {
    /// Plans the check of `elements` elements.
    pub(crate) fn new(range: &Range, elements: usize, digits: Option<Digits>) -> Self {
        Self {
            lo: i32::from(range.lo),
            hi: i32::from(range.hi),
            weights: weights(width(range)),
            elements,
            is_looked_up: digits.is_some(),
        }
    }

    /// Writes the rows; returns the elements in terms of their bits or of a variable each.
    pub(crate) fn enforce(&self, builder: &mut Builder) -> Result<Vec<Element>, CircuitError> {
        let mut elements = Vec::with_capacity(self.elements);
        for element in 0..self.elements {
            let mut terms = Vec::with_capacity(self.weights.len());
            let overflow = CircuitError::CoefficientOverflow { op: 0 };
            if self.is_looked_up {
                let place = Place {
                    op: None,
                    element: element as u32,
                };
                let size = i64::from(self.hi) - i64::from(self.lo) + 1;
                terms.push((builder.below(size, place)?, 1));
                elements.push(Element::new(terms, i64::from(self.lo)).ok_or(overflow)?);
                continue;
            }
            for (bit, &weight) in self.weights.iter().enumerate() {
                let column = builder.bit(Origin::InputBit {
                    element: element as u32,
                    bit: bit as u8,
                })?;
                terms.push((column, weight));
            }
            elements.push(Element::new(terms, i64::from(self.lo)).ok_or(overflow)?);
        }
        Ok(elements)
    }

    /// Writes the witness of an input.
    pub(crate) fn assign(&self, input: &[i32], writer: &mut Writer) -> Result<(), AssignError> {
        for (element, &value) in input.iter().enumerate() {
            if value < self.lo || value > self.hi {
                return Err(AssignError::InputOutOfRange {
                    element,
                    value,
                    lo: self.lo,
                    hi: self.hi,
                });
            }
            let mut rest = i64::from(value) - i64::from(self.lo);
            if self.is_looked_up {
                writer.below(rest);
                continue;
            }
            // The plain bits reach 2^k − 1; only what lies above needs the last weight.
            let plain = 1i64 << (i64::from(self.hi) - i64::from(self.lo) + 1).ilog2();
            let top = rest >= plain;
            if top {
                rest -= self.weights.last().copied().unwrap_or_default();
            }
            for (bit, _) in self.weights.iter().enumerate() {
                let value = if 1i64 << bit >= plain {
                    top
                } else {
                    (rest >> bit) & 1 == 1
                };
                writer.bit(boolean(value));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_weights_reach_the_whole_range_and_nothing_else() {
        for width in 1..=254i64 {
            let weights = weights(width);
            let mut reached = vec![false; width as usize + 1];
            for pattern in 0u32..1 << weights.len() {
                let sum: i64 = weights
                    .iter()
                    .enumerate()
                    .filter(|(bit, _)| pattern >> bit & 1 == 1)
                    .map(|(_, weight)| weight)
                    .sum();
                reached[usize::try_from(sum).expect("weights are not negative")] = true;
            }
            assert!(reached.into_iter().all(|value| value), "width {width}");
        }
    }

    #[test]
    fn the_digits_range_takes_five_rows_and_a_byte_without_sign_takes_seven() {
        let rows = |lo, hi| constraints(&Range { lo, hi }, None);
        assert_eq!(rows(0, 16), 5);
        assert_eq!(rows(0, 127), 7);
        assert_eq!(rows(-127, 127), 8);
        assert_eq!(rows(0, 1), 1);
    }
}
