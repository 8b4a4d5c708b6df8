//! The rows of lookups, and of the tables that they are of.

use ark_bn254::Fr;
use ark_ff::One;

use super::{Digits, Lookups, Place, CHALLENGE_COLUMN};
use crate::{
    builder::Builder,
    combination::{Combination, Element, ONE},
    error::CircuitError,
    origin::Origin,
    r1cs::R1cs,
};

/// The writing of lookups. Each has a counterpart of the same name on [`Writer`](crate::witness::Writer).
impl Builder {
    /// The digits of the lookups, or `None` for a circuit that checks by bits.
    pub(crate) fn digits(&self) -> Option<Digits> {
        self.lookups.as_ref().map(Lookups::digits)
    }

    fn look_up(&mut self, size: i64, key: Element, factor: i64, place: Place) {
        debug_assert!(self.lookups.is_some(), "planned with lookups");
        if let Some(lookups) = &mut self.lookups {
            lookups.push(size, key, factor, place);
        }
    }

    /// A new variable in `0..size`.
    pub(crate) fn below(&mut self, size: i64, place: Place) -> Result<u32, CircuitError> {
        let column = self.variable(size - 1)?;
        let key = Element::new(vec![(column, 1)], 0).ok_or(CircuitError::TooLarge)?;
        self.look_up(size, key, 1, place);
        Ok(column)
    }

    /// A new natural number with as many digits as `most` has.
    pub(crate) fn natural(
        &mut self,
        digits: Digits,
        most: i64,
        place: Place,
    ) -> Result<Element, CircuitError> {
        let size = 1i64 << digits.bits();
        let mut terms = vec![(self.below(size, place)?, 1)];
        if digits.lookups(most) == 2 {
            terms.push((self.below(size, place)?, size));
        }
        Element::new(terms, 0).ok_or(CircuitError::TooLarge)
    }

    /// Says that an integer is natural, with as many digits as `most` has.
    pub(crate) fn is_natural(
        &mut self,
        digits: Digits,
        element: Element,
        most: i64,
        place: Place,
    ) -> Result<(), CircuitError> {
        let size = 1i64 << digits.bits();
        if digits.lookups(most) == 1 {
            self.look_up(size, element, 1, place);
            return Ok(());
        }
        self.upper_digit(size, &element, place).map(|_| ())
    }

    /// Says that an integer is below `2^bits` and not negative.
    pub(crate) fn is_below_power(
        &mut self,
        digits: Digits,
        element: Element,
        bits: u32,
        place: Place,
    ) -> Result<(), CircuitError> {
        let size = 1i64 << digits.bits();
        if bits <= digits.bits() {
            self.look_up(size, element, size >> bits, place);
            return Ok(());
        }
        let upper = self.upper_digit(size, &element, place)?;
        if bits < digits.reach() {
            self.look_up(size, upper, 1 << (digits.reach() - bits), place);
        }
        Ok(())
    }

    /// Splits an integer of two digits; returns the upper one.
    fn upper_digit(
        &mut self,
        size: i64,
        element: &Element,
        place: Place,
    ) -> Result<Element, CircuitError> {
        let upper = Element::new(vec![(self.below(size, place)?, 1)], 0);
        let upper = upper.ok_or(CircuitError::TooLarge)?;
        let lower = Element::sum([(element, 1), (&upper, -size)], 0);
        self.look_up(size, lower.ok_or(CircuitError::TooLarge)?, 1, place);
        Ok(upper)
    }

    /// Adds the multiplicities of all tables, the last of the committed columns.
    pub(crate) fn multiplicities(&mut self) -> Result<Vec<u32>, CircuitError> {
        let Some(lookups) = &self.lookups else {
            return Ok(Vec::new());
        };
        let (entries, most) = (lookups.sizes.iter().sum::<i64>(), lookups.uses.len() as i64);
        (0..entries).map(|_| self.variable(most)).collect()
    }
}

impl Lookups {
    /// Writes the rows, when all that is committed has its columns.
    ///
    /// # Errors
    /// [`CircuitError::Uncommitted`] for a key or a multiplicity that the challenge could be chosen
    /// for; the soundness of all lookups hangs on there being none.
    pub(crate) fn enforce(
        &self,
        r1cs: &mut R1cs,
        multiplicities: &[u32],
    ) -> Result<(), CircuitError> {
        let committed = r1cs.committed().unwrap_or_default();
        let keys = self.uses.iter().flat_map(|lookup| lookup.key.terms());
        let columns = keys.map(|term| &term.0).chain(multiplicities);
        for &column in columns {
            if !committed.contains(&(column as usize)) {
                return Err(CircuitError::Uncommitted { column });
            }
        }
        let one = Combination::constant(Fr::one());
        let challenge = Combination::column(CHALLENGE_COLUMN);
        let mut sums: Vec<Vec<(u32, Fr)>> = vec![Vec::new(); self.sizes.len()];
        for lookup in &self.uses {
            let inverse = r1cs.allocate()?;
            let key = lookup.key.scaled(Fr::from(lookup.factor));
            r1cs.enforce(
                &Combination::column(inverse),
                &key.plus(&challenge, Fr::one()),
                &one,
                Origin::Lookup {
                    op: lookup.place.op,
                    element: lookup.place.element,
                },
            )?;
            sums[usize::from(lookup.table)].push((inverse, Fr::one()));
        }
        let mut multiplicities = multiplicities.iter();
        for ((table, &size), mut sum) in (0u16..).zip(&self.sizes).zip(sums) {
            for (entry, &multiplicity) in (0..size).zip(multiplicities.by_ref()) {
                let share = r1cs.allocate()?;
                let shifted = Combination::from_terms(vec![
                    (ONE, Fr::from(entry)),
                    (CHALLENGE_COLUMN, Fr::one()),
                ]);
                r1cs.enforce(
                    &Combination::column(share),
                    &shifted,
                    &Combination::column(multiplicity),
                    Origin::TableEntry {
                        table,
                        entry: entry as u32,
                    },
                )?;
                sum.push((share, -Fr::one()));
            }
            let zero = Combination::zero();
            let sum = Combination::from_terms(sum);
            r1cs.enforce(&zero, &zero, &sum, Origin::TableSum { table })?;
        }
        Ok(())
    }
}
