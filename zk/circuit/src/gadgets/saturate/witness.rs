//! The witness of a decomposition.

use ark_bn254::Fr;
use ark_ff::{One, Zero};

use super::{Clamps, Digit, Gadget};
use crate::witness::{boolean, Writer};

impl Gadget {
    /// The integer that is decomposed; `None` if `x` is outside of the planned interval.
    pub(crate) fn number(&self, x: i64) -> Option<i64> {
        let number = x.checked_add(self.offset)?;
        let most: i64 = match self.clamps {
            Clamps::None | Clamps::Lower => 0,
            Clamps::Upper => 1 << self.coarse,
            Clamps::Both => 2 << self.coarse,
        };
        let most = match self.clamps {
            Clamps::Lower => most + 1,
            _ => most,
        };
        let end = (self.radix * (most + 1)) << self.shift;
        (0..end).contains(&number).then_some(number)
    }

    /// What the gadget computes from the integer that is decomposed.
    pub(crate) fn result(&self, number: i64) -> i64 {
        let value = self.base + ((number - self.raised()) >> self.shift);
        let top = self.base + self.radix - 1;
        match self.clamps {
            Clamps::None => value,
            Clamps::Lower => value.max(self.base),
            Clamps::Upper => value.min(top),
            Clamps::Both => value.clamp(self.base, top),
        }
    }

    /// What the offset holds for negative `v`.
    fn raised(&self) -> i64 {
        match self.clamps {
            Clamps::Lower | Clamps::Both => self.radix << (self.coarse + self.shift),
            Clamps::None | Clamps::Upper => 0,
        }
    }

    /// The digits of an honest witness.
    pub(crate) fn bits(&self, number: i64) -> Vec<Fr> {
        let shifted = number - self.raised();
        let quotient = shifted >> self.shift;
        let remainder = shifted - (quotient << self.shift);
        let (v, u) = (
            quotient.div_euclid(self.radix),
            quotient.rem_euclid(self.radix),
        );
        // The plain bits of u reach 2^(b − 1) − 1; only what lies above needs the last weight.
        let plain = 1i64 << (self.within - 1);
        let top = u >= plain;
        let rest = if top { u - (self.radix - plain) } else { u };
        let coarse = match v {
            0 => 0,
            v if v > 0 => v - 1,
            v => v + (1 << self.coarse),
        };
        let (mut low, mut high) = (0..self.within, 0..self.coarse);
        let bit = |of: i64, bit: u32| boolean(of >> bit & 1 == 1);
        let mut remainders = 0..self.shift;
        let digits = self.digits().into_iter().map(|(digit, _)| match digit {
            Digit::Remainder => bit(remainder, remainders.next().unwrap_or_default()),
            Digit::Within => match low.next().unwrap_or_default() {
                last if last + 1 == self.within => boolean(top),
                position => bit(rest, position),
            },
            Digit::IsWithin => boolean(v == 0),
            Digit::IsAbove => boolean(v > 0),
            Digit::Coarse => bit(coarse, high.next().unwrap_or_default()),
        });
        digits.collect()
    }

    /// Writes the witness for these digits; returns `y`. They may be any field elements, so
    /// that tests can follow what a forger could reach.
    pub(crate) fn assign(&self, bits: &[Fr], writer: &mut Writer) -> Fr {
        let (mut within, mut is_within, mut above) = (Fr::zero(), None, None);
        let digits = self.digits();
        for (position, (&(digit, weight), &bit)) in digits.iter().zip(bits).enumerate() {
            let condition = match (digit, self.clamps, is_within, above) {
                (Digit::IsAbove | Digit::Coarse, Clamps::Both, Some(within), _) => {
                    Some(Fr::one() - within)
                }
                (Digit::Coarse, Clamps::Upper, _, Some(above)) => Some(above),
                _ => None,
            };
            match condition {
                _ if position == 0 => {}
                None => writer.bit(bit),
                Some(condition) => {
                    writer.witness(bit);
                    writer.row(bit, bit - condition);
                }
            }
            match digit {
                Digit::Within => within += Fr::from(weight >> self.shift) * bit,
                Digit::IsWithin => is_within = Some(bit),
                Digit::IsAbove => above = Some(bit),
                Digit::Remainder | Digit::Coarse => {}
            }
        }
        writer.row(bits[0], bits[0] - Fr::one());
        if self.clamps == Clamps::None {
            return Fr::from(self.base) + within;
        }
        let above = above.unwrap_or_default();
        let flag = is_within.unwrap_or(Fr::one() - above);
        let clamped = Fr::from(self.radix - 1) * above;
        let result = writer.forgeable(within * flag + clamped);
        writer.witness(result);
        writer.row(within, flag);
        Fr::from(self.base) + result
    }
}
