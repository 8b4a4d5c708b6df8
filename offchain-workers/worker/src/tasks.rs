//! Tasks under way, each known by what it is for: also one that panics.

use prometheus::IntGauge;
use std::{collections::BTreeMap, future::Future};
use tokio::task::{Id, JoinError, JoinSet};

/// Tasks with results of type `T`, by what each is for, and with a note of each.
#[derive(Debug)]
pub(crate) struct Tasks<K, N, T> {
    running: JoinSet<T>,
    under_way: BTreeMap<K, (Id, N)>,
}

/// A task that has ended.
#[derive(Debug)]
pub(crate) struct Ended<K, N, T> {
    pub key: K,
    pub note: N,
    /// An error if it panicked.
    pub result: Result<T, JoinError>,
}

impl<K, N, T> Default for Tasks<K, N, T> {
    fn default() -> Self {
        Self {
            running: JoinSet::new(),
            under_way: BTreeMap::new(),
        }
    }
}

impl<K: Copy + Ord, N, T: Send + 'static> Tasks<K, N, T> {
    /// Begins a task for what has none.
    pub fn start<F>(&mut self, key: K, note: N, work: F)
    where
        F: Future<Output = T> + Send + 'static,
    {
        let id = self.running.spawn(work).id();
        self.under_way.insert(key, (id, note));
    }

    /// Whether a task is under way.
    pub fn has(&self, key: &K) -> bool {
        self.under_way.contains_key(key)
    }

    /// What is under way.
    pub fn iter(&self) -> impl Iterator<Item = (&K, &N)> {
        self.under_way.iter().map(|(key, (_, note))| (key, note))
    }

    /// Waits for the next task to end; `None` when none is under way. Nothing is lost when the wait is
    /// given up.
    pub async fn next(&mut self) -> Option<Ended<K, N, T>> {
        loop {
            let (id, result) = match self.running.join_next_with_id().await? {
                Ok((id, result)) => (id, Ok(result)),
                Err(error) => (error.id(), Err(error)),
            };
            let mut under_way = self.under_way.iter();
            let of_it = under_way.find_map(|(key, (of, _))| (*of == id).then_some(*key));
            let Some(key) = of_it else { continue };
            if let Some((_, note)) = self.under_way.remove(&key) {
                return Some(Ended { key, note, result });
            }
        }
    }
}

/// Counts work in a gauge for as long as it is there, so also until a panic.
#[derive(Debug)]
pub(crate) struct Counted(IntGauge);

impl Counted {
    /// One more.
    pub fn new(gauge: &IntGauge) -> Self {
        gauge.inc();
        Self(gauge.clone())
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.dec();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn each_task_ends_as_what_it_was_for() {
        let mut tasks = Tasks::default();
        for key in [3, 1, 2] {
            tasks.start(key, "a note", async move { key * 10 });
        }
        let keys: Vec<_> = tasks.iter().map(|(key, _)| *key).collect();
        assert_eq!(keys, [1, 2, 3]);
        let mut seen = BTreeMap::new();
        while let Some(Ended { key, note, result }) = tasks.next().await {
            assert_eq!(note, "a note");
            assert!(!tasks.has(&key));
            seen.insert(key, result.expect("does not panic"));
        }
        assert_eq!(seen, BTreeMap::from([(1, 10), (2, 20), (3, 30)]));
    }

    #[tokio::test]
    async fn what_panics_is_known_by_its_key_and_may_begin_anew() {
        let mut tasks = Tasks::default();
        for works in [false, true] {
            tasks.start(7, (), async move { assert!(works, "meant to panic") });
            assert!(tasks.has(&7));
            let ended = tasks.next().await.expect("one is under way");
            assert_eq!((ended.key, ended.result.is_ok()), (7, works));
            assert!(!tasks.has(&7));
        }
        assert!(tasks.next().await.is_none());
    }

    #[tokio::test]
    async fn work_is_counted_until_it_ends_or_panics() {
        let gauge = IntGauge::new("in_hand", "Work.").expect("a name");
        let mut tasks = Tasks::default();
        for works in [false, true] {
            let counted = Counted::new(&gauge);
            tasks.start(works, (), async move {
                let _counted = counted;
                assert!(works, "meant to panic");
            });
        }
        assert_eq!(gauge.get(), 2);
        while tasks.next().await.is_some() {}
        assert_eq!(gauge.get(), 0);
    }
}
