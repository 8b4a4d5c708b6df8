//! The saturation with [lookups](crate::gadgets::lookup) for bits.
//!
//! With `w = x + half`, a quotient `q` that has one of the forms below, and the remainder
//! `r = w − 2^n·q`, a combination that is shown to be below `2^n`:
//!
//! | clamps that can act | quotient | variables | result |
//! |---|---|---|---|
//! | none | `m + u` | `u` natural | `y = m + u` |
//! | lower | `lo + u + R·(g − 1)` | `g` boolean, `u` in `0..R`, `R` as large as its digits | `y = lo + g·u` |
//! | upper, both | `lo + v + 2p − e` | `v` in `0..=hi − lo`, `e` natural, `p` | `y = lo + v` |
//!
//! The last one has two rows: `e·v = (hi − lo)·p` and `p·(v − (hi − lo)) = 0`. If nothing is shifted
//! (a ReLU), `r` is zero: then `u` is a combination, `w − lo − R·(g − 1)`, and is shown to be natural.
//!
//! # Soundness
//! By induction `x` is an integer, `|x| < 2^46`. `u`, `v` and the digits of `e` are integers by their
//! lookups, and `g` is zero or one. Of `p`: by its second row it is zero or `v = hi − lo`, and then
//! by the first, where `hi > lo`, `p = e`. So `p` is zero or `e`, `q` is an integer, and so is `r`, which the
//! lookup's argument asks for. All are far below the field size, so `w = 2^n·q + r` holds over the
//! integers with `0 ≤ r < 2^n`, and `q` is the quotient. It is left to see that `y` is what it says:
//! * lower: with `g = 1`, `q = lo + u ≥ lo`, and `y = q`; with `g = 0`, `q = lo + u − R < lo`, and
//!   `y = lo`.
//! * both: if `p = 0`, the first row says that `e` or `v` is zero. With `e = 0`, `q = lo + v` is within
//!   and `y = q`; with `v = 0`, `q = lo − e ≤ lo` and `y = lo`. If `p = e ≠ 0`, `v = hi − lo` and
//!   `q = hi + e > hi`, and `y = hi`.
//!
//! Completeness: the plan gives `u` and `e` as many digits as the interval of `q` needs.
//!
//! # Constraints
//! [`LookedUp::constraints`]: the lookups, and one row for `g` with one for the product, or two for
//! `p`.

use ark_bn254::Fr;
use ark_ff::One;
use lattice_tensor::Interval;

use super::Saturation;
use crate::{
    builder::Builder,
    combination::{Combination, Element},
    error::CircuitError,
    gadgets::lookup::{Digits, Place},
    origin::{Origin, SaturationPart},
    witness::{boolean, Writer},
};

/// A saturation with lookups.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LookedUp {
    digits: Digits,
    shift: u32,
    half: i64,
    /// What the quotient can be.
    quotient: Interval,
    form: Form,
}

/// The clamps that can act.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    None,
    Lower { lo: i64, radix: i64 },
    Both { lo: i64, hi: i64, beyond: i64 },
}

impl LookedUp {
    /// Plans the gadget for a quotient that is not certain. `None` where it does not fit into two
    /// digits: then it takes bits.
    pub(super) fn plan(spec: Saturation, quotient: Interval, digits: Digits) -> Option<Self> {
        let Saturation { shift, half, .. } = spec;
        let Interval {
            lo: least,
            hi: most,
        } = quotient;
        let acts = (
            spec.lo.filter(|&lo| least < lo),
            spec.hi.filter(|&hi| most > hi),
        );
        let form = match (acts, spec.lo) {
            ((None, None), _) => {
                digits.radix(most - least)?;
                Form::None
            }
            ((Some(lo), None), _) => Form::Lower {
                lo,
                radix: digits.radix((lo - least - 1).max(most - lo))?,
            },
            ((_, Some(hi)), Some(lo)) if shift > 0 && lo < hi => {
                let beyond = (lo - least).max(most - hi);
                digits.radix(beyond)?;
                Form::Both { lo, hi, beyond }
            }
            _ => return None,
        };
        (shift <= digits.reach()).then_some(Self {
            digits,
            shift,
            half,
            quotient,
            form,
        })
    }

    /// Rows and lookups of the gadget; a lookup is a row.
    pub fn constraints(&self) -> usize {
        let digits = self.digits;
        let form = match self.form {
            Form::None => digits.lookups(self.quotient.hi - self.quotient.lo),
            Form::Lower { radix, .. } => digits.lookups(radix - 1) + 2,
            Form::Both { beyond, .. } => 1 + digits.lookups(beyond) + 2,
        };
        form + digits.power_lookups(self.shift)
    }

    /// Writes the rows for the element `x`; returns `y`.
    pub(crate) fn enforce(
        &self,
        builder: &mut Builder,
        x: &Element,
        op: u16,
        element: u32,
    ) -> Result<Element, CircuitError> {
        let overflow = || CircuitError::CoefficientOverflow { op: op.into() };
        let sum = |parts: &[(&Element, i64)], constant| {
            Element::sum(parts.iter().copied(), constant).ok_or_else(overflow)
        };
        let origin = |part| Origin::Saturation { op, element, part };
        let place = Place {
            op: Some(op),
            element,
        };
        let number = x.offset(self.half).ok_or_else(overflow)?;
        let (quotient, result) = match self.form {
            Form::None => {
                let Interval { lo, hi } = self.quotient;
                let above = builder.natural(self.digits, hi - lo, place)?;
                let result = sum(&[(&above, 1)], lo)?;
                (result.clone(), result)
            }
            Form::Lower { lo, radix } => {
                let flag = builder.bit(origin(SaturationPart::Digit(0)))?;
                let flag = Element::new(vec![(flag, 1)], 0).ok_or_else(overflow)?;
                let above = match self.shift {
                    0 => {
                        let above = sum(&[(&number, 1), (&flag, -radix)], radix - lo)?;
                        builder.is_natural(self.digits, above.clone(), radix - 1, place)?;
                        above
                    }
                    _ => builder.natural(self.digits, radix - 1, place)?,
                };
                let product = builder.variable(self.quotient.hi - lo)?;
                let one = Fr::one();
                builder.r1cs.enforce(
                    &above.scaled(one),
                    &flag.scaled(one),
                    &Combination::column(product),
                    origin(SaturationPart::Choice),
                )?;
                let result = Element::new(vec![(product, 1)], lo).ok_or_else(overflow)?;
                (sum(&[(&above, 1), (&flag, radix)], lo - radix)?, result)
            }
            Form::Both { lo, hi, beyond } => {
                let within = builder.below(hi - lo + 1, place)?;
                let within = Element::new(vec![(within, 1)], 0).ok_or_else(overflow)?;
                let excess = builder.natural(self.digits, beyond, place)?;
                let above = builder.variable(beyond)?;
                let one = Fr::one();
                builder.r1cs.enforce(
                    &excess.scaled(one),
                    &within.scaled(one),
                    &Combination::term(above, Fr::from(hi - lo)),
                    origin(SaturationPart::Choice),
                )?;
                builder.r1cs.enforce(
                    &Combination::column(above),
                    &sum(&[(&within, 1)], lo - hi)?.scaled(one),
                    &Combination::zero(),
                    origin(SaturationPart::Above),
                )?;
                let above = Element::new(vec![(above, 1)], 0).ok_or_else(overflow)?;
                let parts = [(&within, 1), (&above, 2), (&excess, -1)];
                (sum(&parts, lo)?, sum(&[(&within, 1)], lo)?)
            }
        };
        if self.shift > 0 {
            let remainder = sum(&[(&number, 1), (&quotient, -(1 << self.shift))], 0)?;
            builder.is_below_power(self.digits, remainder, self.shift, place)?;
        }
        Ok(result)
    }

    /// Writes an honest witness; returns `y`, or `None` if `x` is outside of the planned interval.
    pub(crate) fn assign(&self, x: i64, writer: &mut Writer) -> Option<i64> {
        let number = x.checked_add(self.half)?;
        let quotient = number >> self.shift;
        if !self.quotient.contains(quotient) {
            return None;
        }
        let result = match self.form {
            Form::None => {
                let Interval { lo, hi } = self.quotient;
                writer.natural(self.digits, quotient - lo, hi - lo);
                quotient
            }
            Form::Lower { lo, radix } => {
                let is_within = quotient >= lo;
                let above = quotient - lo + if is_within { 0 } else { radix };
                writer.bit(boolean(is_within));
                match self.shift {
                    0 => writer.is_natural(self.digits, above, radix - 1),
                    _ => writer.natural(self.digits, above, radix - 1),
                }
                writer.product(Fr::from(above), boolean(is_within));
                quotient.max(lo)
            }
            Form::Both { lo, hi, beyond } => {
                let result = quotient.clamp(lo, hi);
                let excess = (quotient - result).abs();
                let above = (quotient - result).max(0);
                writer.below(result - lo);
                writer.natural(self.digits, excess, beyond);
                writer.witness(Fr::from(above));
                writer.row(Fr::from(excess), Fr::from(result - lo));
                writer.row(Fr::from(above), Fr::from(result - hi));
                result
            }
        };
        if self.shift > 0 {
            let remainder = number - (quotient << self.shift);
            writer.is_below_power(self.digits, remainder, self.shift);
        }
        Some(result)
    }
}
