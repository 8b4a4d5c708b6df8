//! Range checks by lookups: that integers are among those of a table.
//!
//! For each table `0..size`, with looked up keys `k_j` and multiplicities `m_t`, at a random
//! challenge `X` (LogUp, [2022/1530](https://eprint.iacr.org/2022/1530), lemma 5):
//!
//! `Σ_j 1/(X + k_j) = Σ_t m_t/(X + t)`.
//!
//! A row per lookup, `i_j·(X + k_j) = 1`; a row per entry, `s_t·(X + t) = m_t`; a row per table,
//! `Σ_j i_j = Σ_t s_t`. Keys are combinations of the model's columns; these and the multiplicities
//! are what the circuit [commits to](crate::R1cs::committed) before there is a challenge.
//!
//! # Soundness
//! Everything that keys and multiplicities are made of is fixed before the challenge, which is a
//! hash of the commitment to it. As rational functions of `X` the two sides differ if some key is
//! not in the table: then `−k_j` is a pole of the left side, with a residue between one and the number
//! of lookups, which is below the characteristic, and no pole of the right side. Times the
//! denominators, the difference is a polynomial of a degree below the number of lookups and entries,
//! less than 2^32; the challenge is one of 2^253 values, so that each hash hits a zero of it, or of a
//! denominator, with a probability below 2^-220. A false multiplicity alone (a pole at an entry with
//! another residue) fails in the same way.
//!
//! Completeness: the honest multiplicities are the numbers of lookups of each entry, and no
//! denominator vanishes, but with that probability.
//!
//! # Digits
//! One table holds the *digits* `0..2^N`. With it
//! * a new variable is a *natural number* of one or two digits;
//! * an element that is known to be an integer is shown to be natural: the variables are its upper
//!   digit alone;
//! * such an element is shown to be below `2^n`, `n ≤ N`, by looking up `2^(N−n)` times it. That would
//!   let a fraction through; hence *known to be an integer*: each gadget says why its element is. As
//!   integers far below the field size, `2^(N−n)·x` is `t < 2^N` only if `0 ≤ x < 2^n`.
//!   Between `N` and `2N` bits the upper digit is looked up twice: as a digit, which makes it an
//!   integer, and times `2^(2N−n)`.
//!
//! # Constraints
//! One per lookup; one per entry and one per table.

use lattice_tensor::{Model, Op, ValueId};
use std::collections::BTreeMap;

use crate::{
    builder::Builder,
    combination::{Combination, Element, ONE},
    error::CircuitError,
    origin::Origin,
    r1cs::R1cs,
    witness::Writer,
};
use ark_bn254::Fr;
use ark_ff::One;

/// Column of the challenge in the instance.
pub const CHALLENGE_COLUMN: u32 = 4;

/// Fewest and most bits of a digit.
const DIGIT_BITS: std::ops::RangeInclusive<u32> = 8..=12;

/// Where a lookup comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// The operation, or none for the input.
    pub(crate) op: Option<u16>,
    /// Position in its value, or the number of the comparison.
    pub(crate) element: u32,
}

/// The size of digits, `2^N`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Digits {
    bits: u32,
}

impl Digits {
    /// As many bits as the largest shift of a model, so that most remainders are one digit, and as
    /// half of what it rectifies or compares, so that these are two.
    pub fn of(model: &Model) -> Self {
        let half = |input: ValueId| {
            let bounds = model.bounds(input).iter();
            let bits = bounds.map(|of| of.magnitude().max(1).ilog2() + 2);
            bits.max().unwrap_or(0).div_ceil(2)
        };
        let bits = model.ops().iter().map(|op| match op {
            Op::Requantize { shifts, .. } => shifts.iter().copied().max().unwrap_or(0).into(),
            Op::Relu { input } => half(*input),
            Op::MaxPool2d(pool) => half(pool.input),
            _ => 0,
        });
        let bits = bits.max().unwrap_or(0);
        Self {
            bits: bits.clamp(*DIGIT_BITS.start(), *DIGIT_BITS.end()),
        }
    }

    #[cfg(test)]
    pub(crate) const fn with_bits(bits: u32) -> Self {
        Self { bits }
    }

    /// `N`.
    pub const fn bits(self) -> u32 {
        self.bits
    }

    /// Bits of a number of two digits.
    pub const fn reach(self) -> u32 {
        2 * self.bits
    }

    /// One more than the largest number of as many digits as `most` has; `None` for more than two.
    pub fn radix(self, most: i64) -> Option<i64> {
        let base = 1i64 << self.bits;
        match most {
            _ if most < base => Some(base),
            _ if most < base << self.bits => Some(base << self.bits),
            _ => None,
        }
    }

    /// Lookups of a number of `most` at most.
    pub const fn lookups(self, most: i64) -> usize {
        if most >> self.bits == 0 {
            1
        } else {
            2
        }
    }

    /// Lookups that show that an integer is below `2^bits`.
    pub const fn power_lookups(self, bits: u32) -> usize {
        match bits {
            0 => 0,
            _ if bits <= self.bits => 1,
            _ if bits == self.reach() => 2,
            _ => 3,
        }
    }

    /// The two digits of a number.
    const fn split(self, value: i64) -> (i64, i64) {
        (value & ((1 << self.bits) - 1), value >> self.bits)
    }
}

/// What is looked up so far.
#[derive(Clone, Debug)]
pub(crate) struct Lookups {
    digits: Digits,
    /// Number of each table, by its size.
    tables: BTreeMap<i64, u16>,
    /// Sizes in the order in which tables came up.
    sizes: Vec<i64>,
    uses: Vec<Use>,
}

#[derive(Clone, Debug)]
struct Use {
    table: u16,
    key: Element,
    factor: i64,
    place: Place,
}

/// What the witness pass needs to know of all lookups.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LookupPlan {
    /// Sizes of the tables.
    pub(crate) sizes: Vec<usize>,
    /// The table of each lookup.
    pub(crate) uses: Vec<u16>,
}

impl Lookups {
    pub(crate) fn new(digits: Digits) -> Self {
        Self {
            digits,
            tables: BTreeMap::new(),
            sizes: Vec::new(),
            uses: Vec::new(),
        }
    }

    pub(crate) const fn digits(&self) -> Digits {
        self.digits
    }

    fn push(&mut self, size: i64, key: Element, factor: i64, place: Place) {
        let next = self.sizes.len() as u16;
        let table = *self.tables.entry(size).or_insert(next);
        if table == next {
            self.sizes.push(size);
        }
        self.uses.push(Use {
            table,
            key,
            factor,
            place,
        });
    }

    /// Each lookup: the size of its table, the key and its factor.
    #[cfg(test)]
    pub(crate) fn keys(&self) -> impl Iterator<Item = (i64, &Element, i64)> {
        let size = |lookup: &Use| self.sizes[usize::from(lookup.table)];
        let uses = self.uses.iter();
        uses.map(move |lookup| (size(lookup), &lookup.key, lookup.factor))
    }

    /// The plan of the witness pass.
    pub(crate) fn plan(&self) -> LookupPlan {
        LookupPlan {
            sizes: self.sizes.iter().map(|&size| size as usize).collect(),
            uses: self.uses.iter().map(|lookup| lookup.table).collect(),
        }
    }
}

/// The writing of lookups. Each has a counterpart of the same name on [`Writer`].
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
        let size = 1i64 << digits.bits;
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
        let size = 1i64 << digits.bits;
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
        let size = 1i64 << digits.bits;
        if bits <= digits.bits {
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

/// The values of lookups, in the order in which [`Builder`] was told of them.
impl Writer {
    fn look_up(&mut self, index: i64) {
        // An index out of its table is a number that the plan excludes; the table's count catches it.
        self.keys.push(u32::try_from(index).unwrap_or(u32::MAX));
    }

    pub(crate) fn below(&mut self, value: i64) {
        self.witness(Fr::from(value));
        self.look_up(value);
    }

    pub(crate) fn natural(&mut self, digits: Digits, value: i64, most: i64) {
        if digits.lookups(most) == 1 {
            return self.below(value);
        }
        let (lower, upper) = digits.split(value);
        self.below(lower);
        self.below(upper);
    }

    pub(crate) fn is_natural(&mut self, digits: Digits, value: i64, most: i64) {
        if digits.lookups(most) == 1 {
            return self.look_up(value);
        }
        self.upper_digit(digits, value);
    }

    pub(crate) fn is_below_power(&mut self, digits: Digits, value: i64, bits: u32) {
        if bits <= digits.bits {
            return self.look_up(value << (digits.bits - bits));
        }
        let upper = self.upper_digit(digits, value);
        if bits < digits.reach() {
            self.look_up(upper << (digits.reach() - bits));
        }
    }

    fn upper_digit(&mut self, digits: Digits, value: i64) -> i64 {
        let (lower, upper) = digits.split(value);
        self.below(upper);
        self.look_up(lower);
        upper
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

impl LookupPlan {
    /// Rows that stand for the lookups: for each its own, and those of the tables.
    pub(crate) fn constraints(&self) -> usize {
        self.uses.len() + self.entries() + self.sizes.len()
    }

    /// Entries of all tables.
    pub(crate) fn entries(&self) -> usize {
        self.sizes.iter().sum()
    }

    /// Where each table starts among all entries.
    fn starts(&self) -> Vec<usize> {
        let starts = self.sizes.iter().scan(0, |next, &size| {
            let start = *next;
            *next += size;
            Some(start)
        });
        starts.collect()
    }

    /// The entry of each lookup. The error is a lookup whose key is in no table, which is none that
    /// was planned.
    pub(crate) fn entries_of(&self, keys: &[u32]) -> Result<Vec<u32>, usize> {
        let starts = self.starts();
        debug_assert_eq!(keys.len(), self.uses.len());
        let pairs = keys.iter().zip(&self.uses).enumerate();
        pairs
            .map(|(lookup, (&key, &table))| {
                let (start, size) = (starts[usize::from(table)], self.sizes[usize::from(table)]);
                let is_entry = (key as usize) < size;
                is_entry
                    .then(|| (start + key as usize) as u32)
                    .ok_or(lookup)
            })
            .collect()
    }

    /// How often each entry is looked up.
    pub(crate) fn multiplicities(&self, entries: &[u32]) -> Vec<u32> {
        let mut counts = vec![0; self.entries()];
        for &entry in entries {
            counts[entry as usize] += 1;
        }
        counts
    }

    /// Writes the witness of [`Lookups::enforce`] at a challenge; returns the inverse of each entry.
    pub(crate) fn assign(&self, entries: &[u32], challenge: Fr, writer: &mut Writer) -> Vec<Fr> {
        let mut inverses: Vec<Fr> = self
            .sizes
            .iter()
            .flat_map(|&size| (0..size as u64).map(|entry| challenge + Fr::from(entry)))
            .collect();
        let shifted = inverses.clone();
        ark_ff::batch_inversion(&mut inverses);
        for &entry in entries {
            let inverse = inverses[entry as usize];
            writer.witness(inverse);
            writer.row(inverse, shifted[entry as usize]);
        }
        let counts = self.multiplicities(entries);
        let mut entry = 0;
        for &size in &self.sizes {
            for _ in 0..size {
                let share = Fr::from(counts[entry]) * inverses[entry];
                writer.witness(share);
                writer.row(share, shifted[entry]);
                entry += 1;
            }
            writer.row(Fr::default(), Fr::default());
        }
        inverses
    }
}
