//! Which chunks are still to be asked for, and which are under way.

use crate::transfer::{store::Partial, Map};
use libp2p::PeerId;
use std::{
    collections::{BTreeMap, VecDeque},
    ops::Range,
    sync::Arc,
    time::{Duration, Instant},
};

/// Chunks that were asked for.
struct UnderWay {
    run: Range<u32>,
    askers: Vec<PeerId>,
    /// When the last of them was asked.
    since: Instant,
}

/// What is being written, by one map.
pub(super) struct Work {
    pub map: Arc<Map>,
    pub partial: Arc<Partial>,
    queue: VecDeque<Range<u32>>,
    /// By the first chunk.
    under_way: BTreeMap<u32, UnderWay>,
}

impl Work {
    pub fn new(map: Arc<Map>, partial: Arc<Partial>) -> Self {
        let mut work = Self {
            map,
            partial,
            queue: VecDeque::new(),
            under_way: BTreeMap::new(),
        };
        work.refill();
        work
    }

    /// Everything that is missing is asked for anew.
    pub fn refill(&mut self) {
        self.queue = self.partial.missing(0..self.map.count()).into();
        self.under_way.clear();
    }

    /// What to ask next, and whom of these.
    pub fn next(
        &mut self,
        idle: &[PeerId],
        endgame: Duration,
        now: Instant,
    ) -> Option<(PeerId, Range<u32>)> {
        let least_busy = *idle.first()?;
        if let Some(run) = self.queue.pop_front() {
            let under_way = UnderWay {
                run: run.clone(),
                askers: vec![least_busy],
                since: now,
            };
            self.under_way.insert(run.start, under_way);
            return Some((least_busy, run));
        }
        for peer in idle {
            let late = self.under_way.values_mut().find(|run| {
                now.saturating_duration_since(run.since) >= endgame && !run.askers.contains(peer)
            });
            if let Some(late) = late {
                late.askers.push(*peer);
                late.since = now;
                return Some((*peer, late.run.clone()));
            }
        }
        None
    }

    /// A peer has answered, or will not any more: what it did not give is for others.
    pub fn returned(&mut self, peer: &PeerId, run: &Range<u32>) {
        let Some(entry) = self.under_way.get_mut(&run.start) else {
            return;
        };
        entry.askers.retain(|asker| asker != peer);
        let missing = self.partial.missing(entry.run.clone());
        if missing.is_empty() || entry.askers.is_empty() {
            self.under_way.remove(&run.start);
            for run in missing.into_iter().rev() {
                self.queue.push_front(run);
            }
        }
    }
}
