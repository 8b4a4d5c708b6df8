//! How far a fetch is: a bar in a terminal, gauges, and a line in the log now and then.

use lattice_p2p::{
    transfer::{Bar, ContentId, Progress},
    Metrics,
};
use std::{
    future::Future,
    pin::pin,
    sync::atomic::{AtomicU64, AtomicUsize, Ordering},
    time::Duration,
};
use tokio::time::{interval_at, Instant};

/// Between two lines in the log about one fetch.
pub(super) const SAID_EVERY: Duration = Duration::from_secs(30);

/// Is told how far a fetch is, and tells it on. Only one at a time has the gauges.
pub(super) struct Told {
    content: ContentId,
    bar: Bar,
    metrics: Metrics,
    total: AtomicU64,
    done: AtomicU64,
    peers: AtomicUsize,
}

impl Told {
    /// Of a fetch that has not begun.
    pub fn new(content: ContentId, metrics: Metrics) -> Self {
        Self {
            content,
            bar: Bar::new(content.to_string()),
            metrics,
            total: AtomicU64::new(0),
            done: AtomicU64::new(0),
            peers: AtomicUsize::new(0),
        }
    }

    /// A line in the log.
    pub fn say(&self) {
        tracing::info!(
            content = %self.content,
            done = self.done.load(Ordering::Relaxed),
            total = self.total.load(Ordering::Relaxed),
            peers = self.peers.load(Ordering::Relaxed),
            "fetching a content"
        );
    }
}

impl Progress for Told {
    fn total(&self, bytes: u64) {
        self.bar.total(bytes);
        self.total.store(bytes, Ordering::Relaxed);
        self.metrics.fetch_size.set(gauge(bytes));
    }

    fn done(&self, bytes: u64) {
        self.bar.done(bytes);
        self.done.store(bytes, Ordering::Relaxed);
        self.metrics.fetch_done.set(gauge(bytes));
    }

    fn peers(&self, count: usize) {
        self.bar.peers(count);
        self.peers.store(count, Ordering::Relaxed);
    }
}

/// Nothing is fetched any more, whether it has come or not.
impl Drop for Told {
    fn drop(&mut self) {
        self.metrics.fetch_size.set(0);
        self.metrics.fetch_done.set(0);
    }
}

fn gauge(bytes: u64) -> i64 {
    i64::try_from(bytes).unwrap_or(i64::MAX)
}

/// Waits for something that takes long, and says so whenever that much time has passed.
pub(super) async fn saying<T>(
    every: Duration,
    say: impl Fn(),
    awaited: impl Future<Output = T>,
) -> T {
    let mut ticks = interval_at(Instant::now() + every, every);
    let mut awaited = pin!(awaited);
    loop {
        tokio::select! {
            outcome = &mut awaited => return outcome,
            _ = ticks.tick() => say(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;

    #[test]
    fn the_gauges_are_those_of_the_fetch_as_long_as_there_is_one() {
        let metrics = Metrics::new(None).expect("metrics");
        let gauges = || (metrics.fetch_done.get(), metrics.fetch_size.get());
        let told = Told::new(ContentId::Blob([1; 32]), metrics.clone());
        told.total(100);
        told.done(40);
        told.peers(2);
        assert_eq!(gauges(), (40, 100));
        // What turned out to be false is given up.
        told.done(30);
        assert_eq!(gauges(), (30, 100));
        drop(told);
        assert_eq!(gauges(), (0, 0));
    }

    #[tokio::test]
    async fn what_takes_long_is_spoken_of_also_while_nothing_moves() {
        let said = Cell::new(0);
        let say = || said.set(said.get() + 1);
        let long = async {
            while said.get() < 2 {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        };
        let spoken = saying(Duration::from_millis(20), say, long);
        let spoken = tokio::time::timeout(Duration::from_secs(60), spoken).await;
        spoken.expect("is spoken of twice");
    }

    #[tokio::test]
    async fn what_is_quick_is_not() {
        let said = Cell::new(0);
        let outcome = saying(Duration::from_secs(600), || said.set(1), async { "done" }).await;
        assert_eq!((outcome, said.get()), ("done", 0));
    }
}
