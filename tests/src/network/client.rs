//! The network's client: accounts that keep so many requests outstanding, whatever happens to the rest.

use crate::digits::{self, Digit};
use anyhow::Result;
use lattice_chain_client::{
    Balance, Call, Client, Ending, Event, ModelIndex, RequestId, RequestOptions, Signer,
    Verification,
};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// Blocks that every attempt has.
const DEADLINE: u32 = 300;
/// Providers that may try one request.
const ATTEMPTS: u32 = 3;
/// Outstanding requests that are looked up in every block, in case that their end was missed.
const LOOKED_UP: usize = 64;
/// How long an extrinsic may take into a block; the node that was asked may have died with it.
const IN_BLOCK: Duration = Duration::from_secs(90);
/// How long a client waits that cannot reach its node.
const PAUSE: Duration = Duration::from_millis(500);

/// What became of the requests so far.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// Requests that are in a block, and have not ended.
    open: BTreeMap<RequestId, Instant>,
    /// Handed to the pool, and in no block yet.
    on_their_way: usize,
    /// How each ended, and how long after it was in a block.
    pub ended: BTreeMap<RequestId, (Ending, Duration)>,
    /// Extrinsics of which the client does not know whether they came into a block.
    pub unknown: u64,
}

impl Tally {
    /// Requests without an end.
    pub fn outstanding(&self) -> usize {
        self.open.len() + self.on_their_way
    }

    fn end(&mut self, request: RequestId, ending: Ending) {
        if let Some(since) = self.open.remove(&request) {
            self.ended.insert(request, (ending, since.elapsed()));
        }
    }

    /// The time after which a part of the settled requests had ended; `None` without any.
    pub fn percentile(&self, part: f64) -> Option<Duration> {
        let mut times: Vec<Duration> = self.ended.values().map(|(_, time)| *time).collect();
        times.sort_unstable();
        // Nearest rank.
        let rank = (part * times.len() as f64).ceil() as usize;
        times.get(rank.max(1) - 1).copied()
    }
}

/// What the tasks of a client share.
struct Shared {
    client: Client,
    model: ModelIndex,
    max_price: Balance,
    digits: Vec<Digit>,
    tally: Mutex<Tally>,
    target: watch::Receiver<usize>,
}

impl Shared {
    fn tally(&self) -> MutexGuard<'_, Tally> {
        self.tally.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Accounts that keep requests outstanding.
pub struct Load {
    shared: Arc<Shared>,
    target: watch::Sender<usize>,
    tasks: Vec<JoinHandle<()>>,
}

impl Load {
    /// Begins with nothing outstanding.
    ///
    /// # Errors
    /// The digits cannot be read.
    pub fn start(
        client: Client,
        requesters: Vec<Signer>,
        model: ModelIndex,
        max_price: Balance,
    ) -> Result<Self> {
        let (target, watched) = watch::channel(0);
        let shared = Arc::new(Shared {
            client,
            model,
            max_price,
            digits: digits::held_out()?,
            tally: Mutex::default(),
            target: watched,
        });
        let mut tasks = vec![tokio::spawn(watch_endings(shared.clone()))];
        for (number, requester) in requesters.into_iter().enumerate() {
            tasks.push(tokio::spawn(ask(shared.clone(), requester, number)));
        }
        Ok(Self {
            shared,
            target,
            tasks,
        })
    }

    /// Keeps so many outstanding from now on; 0 sends no more.
    pub fn keep(&self, outstanding: usize) {
        self.target.send_replace(outstanding);
    }

    /// What became of the requests so far.
    pub fn tally(&self) -> Tally {
        self.shared.tally().clone()
    }

    /// Waits until so many are outstanding.
    pub async fn reach(&self, outstanding: usize, limit: Duration) -> bool {
        self.wait(limit, |tally| tally.outstanding() >= outstanding)
            .await
    }

    /// Waits until nothing is outstanding.
    pub async fn drain(&self, limit: Duration) -> bool {
        self.wait(limit, |tally| tally.outstanding() == 0).await
    }

    async fn wait(&self, limit: Duration, wanted: impl Fn(&Tally) -> bool) -> bool {
        let start = Instant::now();
        while !wanted(&self.shared.tally()) {
            if start.elapsed() > limit {
                return false;
            }
            tokio::time::sleep(PAUSE).await;
        }
        true
    }
}

impl Drop for Load {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

/// Sends requests of one account while fewer than the target are outstanding.
async fn ask(shared: Arc<Shared>, requester: Signer, number: usize) {
    let mut target = shared.target.clone();
    let mut digit = number;
    loop {
        let wanted = *target.borrow_and_update();
        let room = {
            let mut tally = shared.tally();
            let room = tally.outstanding() < wanted;
            if room {
                tally.on_their_way += 1;
            }
            room
        };
        if !room {
            let changed = tokio::time::timeout(PAUSE, target.changed()).await;
            match changed {
                Ok(Err(_)) => return,
                _ => continue,
            }
        }
        let pixels = shared.digits[digit % shared.digits.len()].pixels.clone();
        digit += 7;
        let call = Call::RequestInference {
            model: shared.model,
            input: pixels,
            max_price: shared.max_price,
            deadline: DEADLINE,
            verification: Verification::Proven,
            options: Box::new(RequestOptions {
                attempts: ATTEMPTS,
                ..RequestOptions::default()
            }),
        };
        match shared.client.submit(&requester, &call).await {
            Ok(mut submission) => {
                let shared = shared.clone();
                tokio::spawn(async move {
                    let included = tokio::time::timeout(IN_BLOCK, submission.in_block()).await;
                    let mut tally = shared.tally();
                    tally.on_their_way -= 1;
                    let included = included.ok().and_then(Result::ok);
                    match included.and_then(|included| included.request()) {
                        Some(request) => {
                            tally.open.insert(request, Instant::now());
                        }
                        None => tally.unknown += 1,
                    }
                });
            }
            Err(_) => {
                // No provider has a slot free, or the node is away: neither is a request.
                shared.tally().on_their_way -= 1;
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

/// Notes how requests end, from the events of each block, and by looking some up.
async fn watch_endings(shared: Arc<Shared>) {
    let mut blocks = shared.client.best_blocks();
    let mut last_looked_up = RequestId::MIN;
    while let Some(block) = blocks.next().await {
        let Ok(block) = block else { continue };
        if let Ok(events) = shared.client.events_at(block.hash).await {
            let mut tally = shared.tally();
            for event in events {
                if let Event::Settled { request, .. } = event {
                    tally.end(request, Ending::Settled);
                }
            }
        }
        let turn = next_in_turn(&shared.tally().open, last_looked_up);
        for request in turn {
            last_looked_up = request;
            if let Ok(Some(record)) = shared.client.at(block.hash).record(request).await {
                shared.tally().end(request, record.ending);
            }
        }
    }
}

/// Some open requests, those after `last` first.
fn next_in_turn(open: &BTreeMap<RequestId, Instant>, last: RequestId) -> BTreeSet<RequestId> {
    let after = open.range(last.saturating_add(1)..);
    let before = open.range(..=last);
    let turn = after.chain(before).map(|(request, _)| *request);
    turn.take(LOOKED_UP).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_open_request_gets_its_turn() {
        let now = Instant::now();
        let open: BTreeMap<_, _> = (0..200).map(|request| (request, now)).collect();
        let mut last = 0;
        let mut seen = BTreeSet::new();
        for _ in 0..4 {
            let turn = next_in_turn(&open, last);
            assert_eq!(turn.len(), LOOKED_UP);
            last = (last + 64) % 200;
            seen.extend(turn);
        }
        assert_eq!(seen.len(), 200);
    }

    #[test]
    fn percentiles_are_times_that_were_measured() {
        let mut tally = Tally::default();
        assert_eq!(tally.percentile(0.5), None);
        for request in 1..=4 {
            let time = Duration::from_secs(request);
            tally.ended.insert(request, (Ending::Settled, time));
        }
        let at = |part| tally.percentile(part).map(|time| time.as_secs());
        assert_eq!(at(0.0), Some(1));
        assert_eq!(at(0.5), Some(2));
        assert_eq!(at(1.0), Some(4));
    }
}
