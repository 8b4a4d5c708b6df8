//! The rows of a decomposition.

use ark_bn254::Fr;
use ark_ff::One;

use super::{Clamps, Digit, Gadget};
use crate::{
    builder::Builder,
    combination::{Combination, Element},
    error::CircuitError,
    origin::{Origin, SaturationPart},
};

impl Gadget {
    /// Writes the rows for the element `x`; returns `y`.
    pub(crate) fn enforce(
        &self,
        builder: &mut Builder,
        x: &Element,
        op: u16,
        element: u32,
    ) -> Result<Element, CircuitError> {
        let overflow = || CircuitError::CoefficientOverflow { op: op.into() };
        let origin = |part| Origin::Saturation { op, element, part };
        let digits = self.digits();
        let mut parts = Parts::default();
        let mut others = Vec::with_capacity(digits.len());
        for (position, &(digit, weight)) in digits.iter().enumerate().skip(1) {
            let origin = origin(SaturationPart::Digit(position as u8));
            let column = match parts.condition(self.clamps, digit) {
                None => builder.bit(origin)?,
                Some(condition) => {
                    let column = builder.variable(1)?;
                    let bit = Combination::column(column);
                    let other_root = bit.plus(&condition, -Fr::one());
                    let zero = Combination::zero();
                    builder.r1cs.enforce(&bit, &other_root, &zero, origin)?;
                    column
                }
            };
            others.push((column, weight));
            parts.add(digit, column, weight >> self.shift);
        }
        let number = x.offset(self.offset).ok_or_else(overflow)?;
        let others = Element::new(others, 0).ok_or_else(overflow)?;
        let first = Element::sum([(&number, 1), (&others, -1)], 0).ok_or_else(overflow)?;
        builder.r1cs.enforce(
            &first.scaled(Fr::one()),
            &first.offset(-1).ok_or_else(overflow)?.scaled(Fr::one()),
            &Combination::zero(),
            origin(SaturationPart::Digit(0)),
        )?;
        let upper = Element::new(parts.within, 0).ok_or_else(overflow)?;
        let within = match digits.first() {
            Some((Digit::Within, _)) => Element::sum([(&upper, 1), (&first, 1)], 0),
            _ => Some(upper),
        };
        let within = within.ok_or_else(overflow)?;
        if self.clamps == Clamps::None {
            return within.offset(self.base).ok_or_else(overflow);
        }
        let result = builder.variable(self.most - self.base)?;
        let mut product = Combination::column(result);
        if let Some(above) = parts.above {
            let clamped = Combination::term(above, Fr::from(self.radix - 1));
            product = product.plus(&clamped, -Fr::one());
        }
        let one = Combination::constant(Fr::one());
        let flag = match (parts.is_within, parts.above) {
            (Some(flag), _) => Combination::column(flag),
            (None, Some(above)) => one.plus(&Combination::column(above), -Fr::one()),
            (None, None) => one,
        };
        builder.r1cs.enforce(
            &within.scaled(Fr::one()),
            &flag,
            &product,
            origin(SaturationPart::Choice),
        )?;
        Element::new(vec![(result, 1)], self.base).ok_or_else(overflow)
    }
}

/// The columns of a decomposition that others are read with.
#[derive(Default)]
struct Parts {
    within: Vec<(u32, i64)>,
    is_within: Option<u32>,
    above: Option<u32>,
}

impl Parts {
    /// What a digit is besides zero, unless that is one: one outside of the clamps.
    fn condition(&self, clamps: Clamps, digit: Digit) -> Option<Combination> {
        match (digit, clamps, self.is_within, self.above) {
            (Digit::IsAbove | Digit::Coarse, Clamps::Both, Some(within), _) => {
                let one = Combination::constant(Fr::one());
                Some(one.plus(&Combination::column(within), -Fr::one()))
            }
            (Digit::Coarse, Clamps::Upper, _, Some(above)) => Some(Combination::column(above)),
            _ => None,
        }
    }

    fn add(&mut self, digit: Digit, column: u32, weight: i64) {
        match digit {
            Digit::Within => self.within.push((column, weight)),
            Digit::IsWithin => self.is_within = Some(column),
            Digit::IsAbove => self.above = Some(column),
            Digit::Remainder | Digit::Coarse => {}
        }
    }
}
