//! Rows under construction, with what every variable can reach.
//!
//! An element of the model is an integer combination of columns, and each column of the model holds
//! an integer in `0..=most` in *every* satisfying assignment: a bit reaches one, a product or a
//! maximum what its gadget's argument says. So the ends of a combination are ends of the element,
//! and those of a difference of two elements, in which equal terms cancel, are often much nearer
//! than the difference of their ends. Widths of decompositions come from here.

use lattice_tensor::Interval;

use crate::{
    combination::{Combination, Element},
    error::CircuitError,
    gadgets::lookup::{Digits, Lookups},
    origin::Origin,
    r1cs::R1cs,
};

/// Rows so far, and the largest value of each of the model's columns.
#[derive(Clone, Debug)]
pub(crate) struct Builder {
    pub(crate) r1cs: R1cs,
    /// First column of the model.
    first: usize,
    /// Largest value of the columns from `first` on.
    most: Vec<i64>,
    /// What is looked up, in a circuit that checks ranges by lookups.
    pub(crate) lookups: Option<Lookups>,
}

impl Builder {
    /// Continues rows; the model's columns follow those that exist.
    pub(crate) fn new(r1cs: R1cs, digits: Option<Digits>) -> Self {
        Self {
            first: r1cs.columns(),
            r1cs,
            most: Vec::new(),
            lookups: digits.map(Lookups::new),
        }
    }

    /// A new variable that the gadget which asks for it confines to `0..=most`.
    pub(crate) fn variable(&mut self, most: i64) -> Result<u32, CircuitError> {
        let column = self.r1cs.allocate()?;
        self.most.push(most);
        Ok(column)
    }

    /// A new boolean variable with its row.
    pub(crate) fn bit(&mut self, origin: Origin) -> Result<u32, CircuitError> {
        let column = self.variable(1)?;
        let bit = Combination::column(column);
        self.r1cs.enforce(&bit, &bit, &bit, origin)?;
        Ok(column)
    }

    /// First column of the model.
    pub(crate) fn first(&self) -> usize {
        self.first
    }

    /// The ends that an element cannot leave.
    pub(crate) fn interval(&self, element: &Element) -> Interval {
        self.sum(
            element.constant_term(),
            element
                .terms()
                .iter()
                .map(|&(column, value)| (column, value)),
        )
    }

    /// The ends that `left − right` cannot leave.
    pub(crate) fn difference(&self, left: &Element, right: &Element) -> Interval {
        let constant = left.constant_term().saturating_sub(right.constant_term());
        let (mut left, mut right) = (
            left.terms().iter().peekable(),
            right.terms().iter().peekable(),
        );
        let merged = std::iter::from_fn(|| {
            let column = match (left.peek(), right.peek()) {
                (Some(l), Some(r)) => l.0.min(r.0),
                (Some(l), None) => l.0,
                (None, Some(r)) => r.0,
                (None, None) => return None,
            };
            let plus = left
                .next_if(|term| term.0 == column)
                .map_or(0, |term| term.1);
            let minus = right
                .next_if(|term| term.0 == column)
                .map_or(0, |term| term.1);
            Some((column, plus.saturating_sub(minus)))
        });
        self.sum(constant, merged)
    }

    /// Ends of `constant + Σ coefficient · column`. Saturated ends are wider than any that a
    /// model's own bounds give, and are never the narrower of the two.
    fn sum(&self, constant: i64, terms: impl Iterator<Item = (u32, i64)>) -> Interval {
        let mut ends = Interval {
            lo: constant,
            hi: constant,
        };
        for (column, coefficient) in terms {
            let most = (column as usize)
                .checked_sub(self.first)
                .and_then(|index| self.most.get(index))
                .copied()
                .unwrap_or(i64::MAX);
            let reach = coefficient.saturating_mul(most);
            if coefficient < 0 {
                ends.lo = ends.lo.saturating_add(reach);
            } else {
                ends.hi = ends.hi.saturating_add(reach);
            }
        }
        ends
    }
}

/// The integers in both.
pub(crate) fn intersection(left: Interval, right: Interval) -> Interval {
    Interval {
        lo: left.lo.max(right.lo),
        hi: left.hi.min(right.hi),
    }
}

/// What `left − right` can be for members of two intervals.
pub(crate) fn minus(left: Interval, right: Interval) -> Interval {
    Interval {
        lo: left.lo.saturating_sub(right.hi),
        hi: left.hi.saturating_sub(right.lo),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_terms_of_a_difference_cancel() {
        let mut builder = Builder::new(R1cs::default(), None);
        let columns = [7, 1, 3].map(|most| builder.variable(most).expect("few"));
        let element = |terms: &[(usize, i64)], constant| {
            let terms = terms.iter().map(|&(index, value)| (columns[index], value));
            Element::new(terms.collect(), constant).expect("small")
        };
        let left = element(&[(0, 5), (1, -2)], 10);
        let right = element(&[(0, 4), (2, 3)], -1);
        let ends = |lo, hi| Interval { lo, hi };
        assert_eq!(builder.interval(&left), ends(8, 45));
        assert_eq!(builder.interval(&right), ends(-1, 36));
        assert_eq!(builder.difference(&left, &right), ends(0, 18));
        assert_eq!(builder.difference(&left, &left), ends(0, 0));
        assert_eq!(minus(ends(8, 45), ends(-1, 36)), ends(-28, 46));
        assert_eq!(intersection(ends(0, 5), ends(-3, 4)), ends(0, 4));
    }
}
