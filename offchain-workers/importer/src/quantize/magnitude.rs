//! A percentile of magnitudes, in one pass.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Keeps the largest of a known number of magnitudes, as many as a percentile needs.
pub struct Percentile {
    kept: BinaryHeap<Reverse<Ordered>>,
    keep: usize,
}

/// A magnitude in the order of numbers.
#[derive(PartialEq)]
struct Ordered(f64);

impl Eq for Ordered {}

impl PartialOrd for Ordered {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Ordered {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.total_cmp(&other.0)
    }
}

impl Percentile {
    /// For `count` values in all; `percent` is above 0 and at most 100.
    pub fn new(percent: f64, count: usize) -> Self {
        let rank = (percent / 100.0 * count as f64).ceil() as usize;
        Percentile {
            kept: BinaryHeap::new(),
            keep: count - rank.clamp(1, count.max(1)).min(count) + 1,
        }
    }

    /// Takes in one value.
    pub fn add(&mut self, value: f64) {
        let magnitude = Ordered(value.abs());
        if self.kept.len() < self.keep {
            self.kept.push(Reverse(magnitude));
        } else if self.kept.peek().is_some_and(|least| least.0 < magnitude) {
            self.kept.pop();
            self.kept.push(Reverse(magnitude));
        }
    }

    /// The smallest magnitude that at least `percent` percent do not exceed; zero for no values.
    pub fn value(&self) -> f64 {
        self.kept.peek().map_or(0.0, |least| least.0 .0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(percent: f64, values: &[f64]) -> f64 {
        let mut percentile = Percentile::new(percent, values.len());
        values.iter().for_each(|v| percentile.add(*v));
        percentile.value()
    }

    #[test]
    fn percentiles_follow_the_nearest_rank() {
        let values: Vec<f64> = (1..=100).map(|v| -f64::from(v)).collect();
        assert_eq!(of(100.0, &values), 100.0);
        assert_eq!(of(99.0, &values), 99.0);
        assert_eq!(of(0.5, &values), 1.0);
        assert_eq!(of(50.0, &[]), 0.0);
    }
}
