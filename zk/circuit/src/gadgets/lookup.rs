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

mod digits;
mod rows;
mod witness;

pub use digits::Digits;

use crate::combination::Element;
use std::collections::BTreeMap;

/// Column of the challenge in the instance.
pub const CHALLENGE_COLUMN: u32 = 4;

/// Where a lookup comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// The operation, or none for the input.
    pub(crate) op: Option<u16>,
    /// Position in its value, or the number of the comparison.
    pub(crate) element: u32,
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

impl LookupPlan {
    /// Rows that stand for the lookups: for each its own, and those of the tables.
    pub(crate) fn constraints(&self) -> usize {
        self.uses.len() + self.entries() + self.sizes.len()
    }

    /// Entries of all tables.
    pub(crate) fn entries(&self) -> usize {
        self.sizes.iter().sum()
    }
}
