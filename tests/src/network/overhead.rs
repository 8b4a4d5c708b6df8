//! What the workers add to a result, as their metrics pages tell it.

use super::Network;

/// From seeing an assignment to its result in the pool, without proof, queue and gathering.
const METRIC: &str = "lattice_worker_overhead_seconds";

/// What a provider's worker has measured since it was last started.
#[derive(Clone, Debug, PartialEq)]
pub struct Overhead {
    /// The provider's name.
    pub member: String,
    /// Results that were measured; none where the worker does not answer.
    pub results: Option<u64>,
    /// Upper bound of the bucket in which the slowest of the fastest 99 of 100 lies, in seconds. Infinite
    /// above the last bound; none without results.
    pub p99: Option<f64>,
}

/// Asks every worker.
pub async fn overheads(network: &Network) -> Vec<Overhead> {
    let mut overheads = Vec::new();
    for provider in &network.providers {
        let page = provider.metrics().await;
        let histogram = page.and_then(|page| Histogram::read(&page, METRIC));
        overheads.push(Overhead {
            member: provider.name().to_owned(),
            results: histogram.as_ref().map(Histogram::count),
            p99: histogram.and_then(|histogram| histogram.percentile(99)),
        });
    }
    overheads
}

/// A histogram without labels in Prometheus' text format.
#[derive(Debug, PartialEq)]
struct Histogram {
    /// Upper bound of each bucket, ascending, the last one infinite; and how many values are not above it.
    buckets: Vec<(f64, u64)>,
}

impl Histogram {
    /// Finds a histogram on a page; `None` if it is not there, or not whole.
    fn read(page: &str, metric: &str) -> Option<Self> {
        let start = format!("{metric}_bucket{{le=\"");
        let lines = page.lines().filter_map(|line| line.strip_prefix(&start));
        let bucket = |line: &str| -> Option<(f64, u64)> {
            let (bound, count) = line.split_once("\"} ")?;
            Some((bound.parse().ok()?, count.trim().parse().ok()?))
        };
        let buckets = lines.map(bucket).collect::<Option<Vec<_>>>()?;
        let whole = buckets.last().is_some_and(|(bound, _)| bound.is_infinite());
        whole.then_some(Self { buckets })
    }

    /// Values in it.
    fn count(&self) -> u64 {
        self.buckets.last().map_or(0, |(_, count)| *count)
    }

    /// Upper bound of the first bucket that has so many of 100 values at or below it; `None` without
    /// values.
    fn percentile(&self, percent: u64) -> Option<f64> {
        if self.count() == 0 {
            return None;
        }
        let enough = u128::from(self.count()) * u128::from(percent);
        let mut buckets = self.buckets.iter();
        let (bound, _) = buckets.find(|(_, count)| u128::from(*count) * 100 >= enough)?;
        Some(*bound)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "\
# HELP lattice_worker_overhead_seconds Time from seeing an assignment to its extrinsic in the pool.
# TYPE lattice_worker_overhead_seconds histogram
lattice_worker_overhead_seconds_bucket{le=\"0.025\"} 98
lattice_worker_overhead_seconds_bucket{le=\"0.05\"} 99
lattice_worker_overhead_seconds_bucket{le=\"0.1\"} 99
lattice_worker_overhead_seconds_bucket{le=\"+Inf\"} 100
lattice_worker_overhead_seconds_sum 41.5
lattice_worker_overhead_seconds_count 100
lattice_worker_proving_seconds_bucket{le=\"0.025\"} 7
";

    #[test]
    fn a_percentile_is_the_bound_of_the_first_bucket_with_enough_values() {
        let histogram = Histogram::read(PAGE, METRIC).expect("it is there");
        assert_eq!(histogram.count(), 100);
        assert_eq!(histogram.percentile(50), Some(0.025));
        assert_eq!(histogram.percentile(98), Some(0.025));
        assert_eq!(histogram.percentile(99), Some(0.05));
        assert_eq!(histogram.percentile(100), Some(f64::INFINITY));
    }

    #[test]
    fn nothing_measured_has_no_percentile() {
        let page = format!("{METRIC}_bucket{{le=\"1\"}} 0\n{METRIC}_bucket{{le=\"+Inf\"}} 0\n");
        let histogram = Histogram::read(&page, METRIC).expect("it is there");
        assert_eq!((histogram.count(), histogram.percentile(99)), (0, None));
    }

    #[test]
    fn a_page_without_the_whole_histogram_says_nothing() {
        assert_eq!(Histogram::read(PAGE, "lattice_worker_queue_seconds"), None);
        // No last bucket.
        assert_eq!(
            Histogram::read(PAGE, "lattice_worker_proving_seconds"),
            None
        );
        let garbled = PAGE.replace("} 98", "} many");
        assert_eq!(Histogram::read(&garbled, METRIC), None);
    }
}
