//! When requests are due.

use anyhow::{ensure, Context};
use std::time::Duration;

/// Most requests of one run: what is kept of each stays in memory.
pub const MAX_REQUESTS: usize = 1_000_000;

/// Requests at equal distances. Each is due at its time whatever became of those before: a chain that
/// is slow cannot hide it by being asked later.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Schedule {
    rate: f64,
    count: usize,
}

impl Schedule {
    /// So many requests a second for so long; the first is due at once.
    ///
    /// # Errors
    /// The rate is no positive number, or there would be more than [`MAX_REQUESTS`].
    pub fn new(rate: f64, duration: Duration) -> anyhow::Result<Self> {
        ensure!(
            rate.is_finite() && rate > 0.0,
            "--rate {rate}: requests per second are more than zero"
        );
        let count = (rate * duration.as_secs_f64()).ceil().max(1.0);
        ensure!(
            count <= MAX_REQUESTS as f64,
            "--rate {rate} for {} s are {count:.0} requests; one run makes at most {MAX_REQUESTS}",
            duration.as_secs()
        );
        Ok(Self {
            rate,
            count: count as usize,
        })
    }

    /// Number of requests.
    pub fn count(&self) -> usize {
        self.count
    }

    /// When a request is due, from the beginning; `None` after the last.
    pub fn due(&self, request: usize) -> Option<Duration> {
        let due = || Duration::from_secs_f64(request as f64 / self.rate);
        (request < self.count).then(due)
    }
}

/// Reads `90`, `90s`, `30m` or `2h`.
pub fn parse_duration(text: &str) -> Result<Duration, String> {
    let (number, unit) = match text.char_indices().next_back() {
        Some((at, 's')) => (&text[..at], 1),
        Some((at, 'm')) => (&text[..at], 60),
        Some((at, 'h')) => (&text[..at], 3_600),
        _ => (text, 1),
    };
    let seconds = number.parse::<u64>().ok();
    seconds
        .and_then(|number| number.checked_mul(unit))
        .filter(|&seconds| seconds <= 7 * 24 * 3_600)
        .map(Duration::from_secs)
        .with_context(|| {
            format!(
                "`{text}` is no time: write seconds (`90`, `90s`), `30m` or `2h`, a week at most"
            )
        })
        .map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_due_at_equal_distances() {
        let schedule = Schedule::new(4.0, Duration::from_secs(2)).expect("a schedule");
        assert_eq!(schedule.count(), 8);
        let due: Vec<_> = (0..9).map(|request| schedule.due(request)).collect();
        assert_eq!(due[0], Some(Duration::ZERO));
        assert_eq!(due[3], Some(Duration::from_millis(750)));
        assert_eq!(due[7], Some(Duration::from_millis(1_750)));
        assert_eq!(due[8], None);
    }

    #[test]
    fn a_slow_rate_makes_one_request_at_least() {
        let schedule = Schedule::new(0.1, Duration::from_secs(3)).expect("a schedule");
        assert_eq!(schedule.count(), 1);
    }

    #[test]
    fn times_are_read_with_their_unit() {
        for (text, seconds) in [("90", 90), ("90s", 90), ("30m", 1_800), ("2h", 7_200)] {
            assert_eq!(
                parse_duration(text),
                Ok(Duration::from_secs(seconds)),
                "{text}"
            );
        }
    }

    mod refuse {
        use super::*;

        #[test]
        fn rates_that_are_none_and_runs_that_are_too_long() {
            for rate in [0.0, -1.0, f64::NAN, f64::INFINITY] {
                assert!(
                    Schedule::new(rate, Duration::from_secs(1)).is_err(),
                    "{rate}"
                );
            }
            let error = Schedule::new(1_000.0, Duration::from_secs(3_600)).expect_err("too many");
            assert!(error.to_string().contains("3600000 requests"), "{error}");
        }

        #[test]
        fn what_is_no_time() {
            for text in [
                "",
                "s",
                "m",
                "1.5h",
                "-3",
                "1d",
                "2µ",
                "8000000",
                "99999999999h",
            ] {
                let error = parse_duration(text).expect_err(text);
                assert!(error.contains("is no time"), "{error}");
            }
        }
    }
}
