//! How long to wait before the worker is started again.

use std::time::Duration;

/// What part of a pause is left to chance, so that many providers do not come back at once.
const CHANCE: f64 = 0.25;

/// The rule for the pauses.
#[derive(Clone, Copy, Debug)]
pub struct Backoff {
    /// The pause after a first failure; it doubles with each further one.
    pub first: Duration,
    /// The longest pause, and the one after a wrong configuration: only a person can mend that.
    pub longest: Duration,
    /// A worker that ran for so long has recovered: its end counts as a first failure.
    pub recovered: Duration,
}

impl Default for Backoff {
    fn default() -> Self {
        Self {
            first: Duration::from_secs(1),
            longest: Duration::from_secs(60),
            recovered: Duration::from_secs(300),
        }
    }
}

impl Backoff {
    /// Failures in a row, with one more after a life of this length.
    pub fn count(&self, before: u32, lived: Duration) -> u32 {
        match lived >= self.recovered {
            true => 1,
            false => before.saturating_add(1),
        }
    }

    /// The pause after so many failures in a row; `chance` is in 0..1.
    pub fn pause(&self, failures: u32, chance: f64) -> Duration {
        let doublings = failures.saturating_sub(1);
        let factor = 1u32.checked_shl(doublings).unwrap_or(u32::MAX);
        let whole = self.first.saturating_mul(factor).min(self.longest);
        whole
            .mul_f64(1.0 - CHANCE * chance.clamp(0.0, 1.0))
            .max(self.first.min(self.longest))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn pauses_double_from_a_second_to_a_minute() {
        let seconds = [1, 2, 3, 4, 5, 6, 7, 8, 40, u32::MAX]
            .map(|failures| Backoff::default().pause(failures, 0.0).as_secs());
        assert_eq!(seconds, [1, 2, 4, 8, 16, 32, 60, 60, 60, 60]);
    }

    #[test]
    fn chance_takes_up_to_a_quarter_and_never_more_than_is_there() {
        let backoff = Backoff::default();
        for failures in 1..10 {
            let [whole, half, least] =
                [0.0, 0.5, 1.0].map(|chance| backoff.pause(failures, chance));
            assert!(
                whole >= half && half >= least && least >= SECOND,
                "{failures}"
            );
            assert!(
                least >= whole.mul_f64(0.75) && whole <= 60 * SECOND,
                "{failures}"
            );
        }
        assert!(backoff.pause(7, 1.0) < backoff.pause(7, 0.0));
    }

    #[test]
    fn a_worker_that_ran_for_long_begins_anew() {
        let backoff = Backoff::default();
        assert_eq!(backoff.count(0, SECOND), 1);
        assert_eq!(backoff.count(6, 299 * SECOND), 7);
        assert_eq!(backoff.count(6, 300 * SECOND), 1);
        assert_eq!(backoff.count(u32::MAX, SECOND), u32::MAX);
    }
}
