//! Sets of values that a channel may take.

/// All integers from `lo` to `hi`, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Interval {
    /// Smallest member.
    pub lo: i64,
    /// Largest member.
    pub hi: i64,
}

impl Interval {
    /// The largest absolute value of a member.
    pub fn magnitude(&self) -> i64 {
        self.lo.saturating_abs().max(self.hi.saturating_abs())
    }

    /// Whether `value` is a member.
    pub fn contains(&self, value: i64) -> bool {
        self.lo <= value && value <= self.hi
    }

    /// The smallest interval that holds both.
    pub fn union(&self, other: &Self) -> Self {
        Self {
            lo: self.lo.min(other.lo),
            hi: self.hi.max(other.hi),
        }
    }
}

/// The union of all `intervals`, none for an empty list.
pub(crate) fn union_all(intervals: &[Interval]) -> Option<Interval> {
    let (first, rest) = intervals.split_first()?;
    Some(rest.iter().fold(*first, |all, next| all.union(next)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_union_holds_both_and_the_magnitude_looks_at_both_ends() {
        let both = Interval { lo: -3, hi: 1 }.union(&Interval { lo: 0, hi: 2 });
        assert_eq!(both, Interval { lo: -3, hi: 2 });
        assert_eq!(both.magnitude(), 3);
        assert!(both.contains(-3) && both.contains(2) && !both.contains(3));
        assert_eq!(union_all(&[]), None);
    }
}
