//! Averages: `(Σ · m) >> n` over windows, rounding down; padding counts as zeros.
//!
//! The sum is a combination. Factors of two that `m` shares with `2^n` are taken out, which is the
//! same function with fewer bits; the rest is the [saturation](super::saturate) without clamps.
//!
//! # Soundness
//! `⌊2^a·s / 2^(a+b)⌋ = ⌊s / 2^b⌋` for every integer `s`; the rest is the saturation's argument.
//!
//! # Constraints
//! Those of [`saturate::Unit`](super::saturate::Unit) with [`Divisor::shift`]: the bits of
//! `Σ · m' ` over its interval, or none if nothing is shifted.

use lattice_tensor::{Average, Interval};

use super::saturate::Saturation;
use crate::{combination::Element, error::CircuitError};

/// An average in lowest terms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Divisor {
    /// Factor of the sum.
    pub multiplier: i64,
    /// Right shift after it.
    pub shift: u32,
}

impl Divisor {
    /// Takes out common factors of two.
    pub fn new(average: Average) -> Self {
        let common = u32::from(average.multiplier)
            .trailing_zeros()
            .min(average.shift.into());
        Self {
            multiplier: i64::from(average.multiplier) >> common,
            shift: u32::from(average.shift) - common,
        }
    }

    /// What is done to the product.
    pub fn saturation(&self) -> Saturation {
        Saturation::floor(self.shift)
    }

    /// The products of the windows of images of `image` elements each, and what they can be.
    pub(crate) fn products(
        &self,
        op: usize,
        covered: &[Vec<usize>],
        image: usize,
        elements: &[Element],
        bounds: &[Interval],
    ) -> Result<(Vec<Element>, Vec<Interval>), CircuitError> {
        let factor = self.multiplier;
        let mut products = Vec::new();
        let mut intervals = Vec::new();
        for (elements, bounds) in elements.chunks(image).zip(bounds.chunks(image)) {
            for window in covered {
                let parts = window.iter().map(|&position| (&elements[position], factor));
                let product = Element::sum(parts, 0);
                products.push(product.ok_or(CircuitError::CoefficientOverflow { op })?);
                let sum = |end: fn(&Interval) -> i64| {
                    let ends = window.iter().map(|&position| end(&bounds[position]));
                    ends.fold(0, i64::saturating_add).saturating_mul(factor)
                };
                intervals.push(Interval {
                    lo: sum(|of| of.lo),
                    hi: sum(|of| of.hi),
                });
            }
        }
        Ok((products, intervals))
    }

    /// The products of the windows for the values of an execution.
    pub(crate) fn evaluate(
        &self,
        covered: &[Vec<usize>],
        image: usize,
        values: &[i64],
    ) -> Vec<i64> {
        values
            .chunks(image)
            .flat_map(|values| {
                covered.iter().map(|window| {
                    let values = window.iter().map(|&position| values[position]);
                    let sum = values.fold(0, i64::saturating_add);
                    // A false trace may hold anything; what saturates is out of its bounds next.
                    sum.saturating_mul(self.multiplier)
                })
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lowest_terms_are_the_same_function() {
        for multiplier in [1u16, 2, 6, 85, 4096, 16_384] {
            for shift in 0..=16u8 {
                let divisor = Divisor::new(Average { multiplier, shift });
                for sum in -300..300i64 {
                    let expected = (sum * i64::from(multiplier)) >> shift;
                    let saturation = divisor.saturation();
                    assert_eq!(saturation.apply(sum * divisor.multiplier), expected);
                }
            }
        }
    }

    #[test]
    fn a_quarter_takes_two_bits_of_remainder_however_it_is_written() {
        let quarter = |multiplier, shift| Divisor::new(Average { multiplier, shift });
        assert_eq!(quarter(16_384, 16), quarter(1, 2));
        assert_eq!(quarter(1, 2).shift, 2);
    }
}
