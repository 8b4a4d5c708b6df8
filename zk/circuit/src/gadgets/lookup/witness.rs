//! The witness of lookups, and of the tables that they are of.

use ark_bn254::Fr;

use super::{Digits, LookupPlan};
use crate::witness::Writer;

/// The values of lookups, in the order in which [`Builder`](crate::builder::Builder) was told of them.
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
        if bits <= digits.bits() {
            return self.look_up(value << (digits.bits() - bits));
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

impl LookupPlan {
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

    /// Writes the witness of [`Lookups::enforce`](super::Lookups::enforce) at a challenge; returns the
    /// inverse of each entry.
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
