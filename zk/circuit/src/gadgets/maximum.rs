//! The larger of two elements: `m = max(a, b)`.
//!
//! With `d = b − a` and `|d| < 2^j`: `m` is a variable, `|d| = 2m − a − b` is decomposed into `j`
//! bits, and `(m − a)·(m − b) = 0`. Bit 0 has no variable: it is the combination
//! `2m − a − b − Σ_{i≥1} 2^i·b_i`. The variable holds `m` less the least that `m` can be, so it is
//! small and not negative. Where the bounds decide the comparison, the maximum is one of the
//! elements and costs nothing.
//!
//! # Soundness
//! The choice row says that `m` is one of the two (a field has no zero divisors), so `2m − a − b`
//! is `d` or `−d`. By its bits it is also an integer in `0..2^j`. Both elements are integers by
//! induction over the graph, and `j ≤ 48` ([`MAX_WIDTH`]), so the equality holds over the integers
//! and `2m − a − b = |d|`, that is, `m` is the larger one: choosing the smaller would make
//! the decomposed number negative, which no bits can be. For `d = 0` both choices are the same
//! number. Bits and maximum are determined by the elements; there are no flags.
//!
//! With [lookups](super::lookup), `|d|` is shown to be natural by one or two of them for bits. It is an
//! integer because `m` is one of the two; that it is below `2^j` is of no consequence.
//!
//! # Constraints
//! [`Pair::constraints`]: `j + 1` (with lookups, two or three) with `j` the bit length of the largest possible `|b − a|`, or none
//! if its sign is certain. A comparison with a sign bit and a product takes `j + 2`. No number of
//! rows below `log2` of the number of admissible differences, which is about `j + 1`, can do.

use ark_bn254::Fr;
use ark_ff::{One, Zero};
use lattice_tensor::Interval;

use super::{
    lookup::{Digits, Place},
    saturate::MAX_WIDTH,
};
use crate::{
    builder::Builder,
    combination::{Combination, Element},
    error::CircuitError,
    origin::{MaximumPart, Origin},
    witness::{boolean, Writer},
};

/// How the larger of two elements is computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pair {
    /// It is certainly the first.
    First,
    /// It is certainly the second.
    Second,
    /// It takes a comparison.
    Gadget(Comparison),
}

/// A comparison of two elements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Comparison {
    /// Bits of the magnitude of the difference.
    width: u32,
    /// What the maximum can be.
    result: Interval,
    /// Digits that the magnitude is looked up in; bits without.
    digits: Option<Digits>,
}

/// The union of what the larger of two numbers can be.
pub(crate) fn larger(a: Interval, b: Interval) -> Interval {
    Interval {
        lo: a.lo.max(b.lo),
        hi: a.hi.max(b.hi),
    }
}

impl Pair {
    /// Plans the maximum of `a` and `b` that differ by `difference` (`b − a`). The error is the
    /// width that would be needed.
    pub fn plan(
        a: Interval,
        b: Interval,
        difference: Interval,
        digits: Option<Digits>,
    ) -> Result<Self, u32> {
        if difference.hi <= 0 {
            return Ok(Self::First);
        }
        if difference.lo >= 0 {
            return Ok(Self::Second);
        }
        let width = difference.magnitude().ilog2() + 1;
        let result = larger(a, b);
        let span = result.hi.saturating_sub(result.lo);
        if width > MAX_WIDTH || span >= 1 << MAX_WIDTH {
            return Err(width.max(span.max(1).ilog2() + 1));
        }
        let digits = digits.filter(|digits| digits.reach() >= width);
        Ok(Self::Gadget(Comparison {
            width,
            result,
            digits,
        }))
    }

    /// Constraints of the maximum.
    pub fn constraints(&self) -> usize {
        match self {
            Self::First | Self::Second => 0,
            Self::Gadget(gadget) => gadget.constraints(),
        }
    }
}

impl Comparison {
    /// Constraints: `j` bits, or the lookups of as many, and the choice.
    pub fn constraints(&self) -> usize {
        let magnitude = match self.digits {
            Some(digits) => digits.lookups(self.most()),
            None => self.width as usize,
        };
        magnitude + 1
    }

    /// Largest magnitude of the planned width.
    const fn most(&self) -> i64 {
        (1 << self.width) - 1
    }

    /// Writes the rows; returns the maximum.
    pub(crate) fn enforce(
        &self,
        builder: &mut Builder,
        a: &Element,
        b: &Element,
        op: u16,
        node: u32,
    ) -> Result<Element, CircuitError> {
        let overflow = || CircuitError::CoefficientOverflow { op: op.into() };
        let origin = |part| Origin::Maximum { op, node, part };
        let column = builder.variable(self.result.hi - self.result.lo)?;
        let largest = Element::new(vec![(column, 1)], self.result.lo).ok_or_else(overflow)?;
        let magnitude = Element::sum([(&largest, 2), (a, -1), (b, -1)], 0);
        let magnitude = magnitude.ok_or_else(overflow)?;
        match self.digits {
            Some(digits) => {
                let place = Place {
                    op: Some(op),
                    element: node,
                };
                builder.is_natural(digits, magnitude, self.most(), place)?;
            }
            None => {
                let mut upper = Vec::with_capacity(self.width as usize);
                for position in 1..self.width {
                    let bit = builder.bit(origin(MaximumPart::Bit(position as u8)))?;
                    upper.push((bit, 1i64 << position));
                }
                let upper = Element::new(upper, 0).ok_or_else(overflow)?;
                let first = Element::sum([(&magnitude, 1), (&upper, -1)], 0);
                let first = first.ok_or_else(overflow)?;
                builder.r1cs.enforce(
                    &first.scaled(Fr::one()),
                    &first.offset(-1).ok_or_else(overflow)?.scaled(Fr::one()),
                    &Combination::zero(),
                    origin(MaximumPart::Bit(0)),
                )?;
            }
        }
        let above = |element| {
            let parts = [(&largest, 1), (element, -1)];
            let above = Element::sum(parts, 0).ok_or_else(overflow)?;
            Ok(above.scaled(Fr::one()))
        };
        builder.r1cs.enforce(
            &above(a)?,
            &above(b)?,
            &Combination::zero(),
            origin(MaximumPart::Choice),
        )?;
        Ok(largest)
    }

    /// Writes an honest witness; returns the maximum, or `None` if the elements are not within
    /// the planned bounds.
    pub(crate) fn assign(&self, a: i64, b: i64, writer: &mut Writer) -> Option<i64> {
        let largest = a.max(b);
        let number = a.checked_sub(b)?.unsigned_abs();
        if number >> self.width != 0 || !self.result.contains(largest) {
            return None;
        }
        let [left, right, most] = [a, b, largest].map(Fr::from);
        match self.digits {
            Some(digits) => {
                writer.witness(most - Fr::from(self.result.lo));
                writer.is_natural(digits, number as i64, self.most());
                writer.row(most - left, most - right);
            }
            None => {
                let bits = (1..self.width).map(|bit| boolean(number >> bit & 1 == 1));
                let bits: Vec<Fr> = bits.collect();
                self.write(left, right, most, &bits, writer);
            }
        }
        Some(largest)
    }

    /// Writes the witness for a claimed maximum and the bits of the magnitude from the second on.
    /// All may be any field elements, so that tests can follow what a forger could reach.
    pub(crate) fn write(&self, a: Fr, b: Fr, largest: Fr, bits: &[Fr], writer: &mut Writer) {
        writer.witness(largest - Fr::from(self.result.lo));
        let mut upper = Fr::zero();
        for (&bit, position) in bits.iter().zip(1..) {
            writer.bit(bit);
            upper += bit * Fr::from(1u64 << position);
        }
        let first = largest + largest - a - b - upper;
        writer.row(first, first - Fr::one());
        writer.row(largest - a, largest - b);
    }
}
