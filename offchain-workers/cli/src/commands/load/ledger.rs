//! What became of each request, from the events of blocks. Knows no chain.
//!
//! An account's extrinsics come into blocks in the order of their nonces, and each leaves the event of
//! its fee, after all others of its own. So the first extrinsic of an account that is waited for is the
//! one whose fee is seen, and it made the request that was seen before it, or none: no extrinsic has to
//! be looked for in the body of a block.
//!
//! Blocks may leave the best chain again: what each changed is kept for a while, and can be undone.

use super::super::top::state::Outcome;
use super::super::top::watch::endings;
use lattice_chain_client::{submit::MORTALITY, AccountId, Block, BlockNumber, Event, RequestId};
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Blocks whose changes can be undone, and so the most that a chain may be reorganised, or a node be
/// away. A node keeps the states, and with them the events, of 256.
pub const BLOCKS_KEPT: usize = 250;
/// Blocks after which an extrinsic that is in none is offered to the pool again: a node that was killed
/// has lost its pool.
const OFFER_AGAIN: BlockNumber = 4;
/// Extrinsics that are offered again for one block.
const OFFERS: usize = 256;
/// Reasons of the pool that are counted one by one.
const REASONS: usize = 16;

/// What becomes of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It is due, and in no block yet.
    Waiting,
    /// It is in a block, and has not ended.
    Open(RequestId),
    /// It has ended.
    Ended(Outcome),
    /// Its extrinsic is in a block, and failed there.
    Refused,
    /// The node did not take its extrinsic.
    NotTaken,
    /// Its extrinsic came into no block while it was valid.
    Lost,
}

impl Fate {
    /// Whether something is still to come.
    pub fn is_outstanding(self) -> bool {
        matches!(self, Fate::Waiting | Fate::Open(_))
    }

    /// Whether it is what was asked for.
    pub fn is_settled(self) -> bool {
        matches!(self, Fate::Ended(Outcome::Settled | Outcome::Answered))
    }
}

/// One request. Times are counted from the beginning of the run, and those of blocks are when they
/// were seen.
#[derive(Clone, Copy, Debug)]
pub struct Sample {
    pub due: Duration,
    pub in_block: Option<Duration>,
    pub over: Option<Duration>,
    pub fate: Fate,
}

/// A signed extrinsic that is in no block yet.
#[derive(Clone, Debug)]
pub struct Pending {
    pub sample: usize,
    pub bytes: Arc<[u8]>,
    pub signed_at: BlockNumber,
    /// When it was last handed to a node.
    pub offered_at: BlockNumber,
}

/// All requests of a run.
#[derive(Debug)]
pub struct Ledger {
    samples: Vec<Sample>,
    outstanding: usize,
    /// When requests were refused, or not taken; the oldest first.
    refusals: VecDeque<Duration>,
    accounts: Vec<Queue>,
    index: BTreeMap<AccountId, usize>,
    open: HashMap<RequestId, usize>,
    /// Blocks of the best chain, oldest first, of which at least one is known.
    told: VecDeque<Told>,
    reasons: BTreeMap<String, usize>,
}

#[derive(Debug, Default)]
struct Queue {
    /// In the order of their nonces.
    pending: VecDeque<Pending>,
    /// One of its extrinsics is void, so none that follows can come into a block.
    retired: bool,
}

#[derive(Debug)]
struct Told {
    block: Block,
    changes: Vec<Change>,
}

#[derive(Debug)]
enum Change {
    Included { account: usize, pending: Pending },
    Ended { sample: usize, request: RequestId },
}

/// What several tasks look at.
pub type Shared = Arc<Mutex<Ledger>>;

/// The ledger, whatever its last holder was doing: each change leaves it whole.
pub fn lock(ledger: &Mutex<Ledger>) -> MutexGuard<'_, Ledger> {
    ledger.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Ledger {
    /// Nothing is due yet, and what was before this block is of no interest.
    pub fn new(accounts: &[AccountId], base: Block) -> Self {
        Self {
            samples: Vec::new(),
            outstanding: 0,
            refusals: VecDeque::new(),
            accounts: accounts.iter().map(|_| Queue::default()).collect(),
            index: accounts.iter().copied().zip(0..).collect(),
            open: HashMap::new(),
            told: VecDeque::from([Told {
                block: base,
                changes: Vec::new(),
            }]),
            reasons: BTreeMap::new(),
        }
    }

    /// A request is due.
    pub fn add(&mut self, due: Duration) -> usize {
        self.samples.push(Sample {
            due,
            in_block: None,
            over: None,
            fate: Fate::Waiting,
        });
        self.outstanding += 1;
        self.samples.len() - 1
    }

    /// All requests.
    pub fn samples(&self) -> &[Sample] {
        &self.samples
    }

    /// Requests of which something is still to come.
    pub fn outstanding(&self) -> usize {
        self.outstanding
    }

    /// Requests that were refused, or not taken, since then. Earlier ones are forgotten.
    pub fn refused_since(&mut self, since: Duration) -> usize {
        while self.refusals.front().is_some_and(|at| *at < since) {
            self.refusals.pop_front();
        }
        self.refusals.len()
    }

    /// Why nodes did not take extrinsics, and how many.
    pub fn reasons(&self) -> &BTreeMap<String, usize> {
        &self.reasons
    }

    /// Whether nothing more of an account can come into a block.
    pub fn is_retired(&self, account: usize) -> bool {
        self.accounts.get(account).is_none_or(|queue| queue.retired)
    }

    /// An account's next extrinsic is on its way.
    pub fn offer(&mut self, account: usize, pending: Pending) {
        if let Some(queue) = self.accounts.get_mut(account) {
            queue.pending.push_back(pending);
        }
    }

    /// A request was given up, before or after its extrinsic was [offered](Self::offer), the account's
    /// last one.
    pub fn not_taken(&mut self, account: usize, sample: usize, reason: &str, at: Duration) {
        if let Some(queue) = self.accounts.get_mut(account) {
            let last = queue.pending.back();
            if last.is_some_and(|pending| pending.sample == sample) {
                queue.pending.pop_back();
            }
        }
        self.set(sample, Fate::NotTaken, Some(at));
        let reason = match self.reasons.contains_key(reason) || self.reasons.len() < REASONS {
            true => reason,
            false => "other reasons",
        };
        *self.reasons.entry(reason.to_owned()).or_default() += 1;
    }

    /// Whether this block is the known one of its height.
    pub fn knows(&self, block: Block) -> bool {
        self.told.iter().any(|told| told.block == block)
    }

    /// Height of the oldest block that is known.
    pub fn oldest(&self) -> BlockNumber {
        self.told.front().map_or(0, |told| told.block.number)
    }

    fn newest(&self) -> BlockNumber {
        self.told.back().map_or(0, |told| told.block.number)
    }

    /// Undoes the blocks from this height on: they are not on the best chain any more.
    pub fn rewind(&mut self, from: BlockNumber) {
        // The oldest one stays in any case, as everything else builds on it.
        while self.told.len() > 1 && self.newest() >= from {
            let changes = self.told.pop_back().map(|told| told.changes);
            for change in changes.into_iter().flatten().rev() {
                self.undo(change);
            }
        }
    }

    fn undo(&mut self, change: Change) {
        match change {
            Change::Included { account, pending } => {
                if let Some(sample) = self.samples.get_mut(pending.sample) {
                    sample.in_block = None;
                    if let Fate::Open(request) = sample.fate {
                        self.open.remove(&request);
                    }
                }
                self.set(pending.sample, Fate::Waiting, None);
                if let Some(queue) = self.accounts.get_mut(account) {
                    queue.pending.push_front(pending);
                }
            }
            Change::Ended { sample, request } => {
                self.open.insert(request, sample);
                self.set(sample, Fate::Open(request), None);
            }
        }
    }

    /// Takes in the events of a block, which follows the last that is known and was seen at `at`.
    pub fn apply(&mut self, block: Block, events: &[Event], at: Duration) {
        let mut changes = Vec::new();
        // The request that the extrinsic made whose fee was not seen yet.
        let mut made: HashMap<usize, RequestId> = HashMap::new();
        for event in events {
            match event {
                Event::Requested {
                    request, requester, ..
                }
                | Event::Ordered {
                    request, requester, ..
                }
                | Event::Answered {
                    request, requester, ..
                } => {
                    if let Some(&account) = self.index.get(requester) {
                        made.insert(account, *request);
                    }
                }
                Event::FeePaid { payer, .. } => {
                    if let Some(&account) = self.index.get(payer) {
                        let request = made.remove(&account);
                        changes.extend(self.include(account, request, at));
                    }
                }
                _ => {}
            }
        }
        for ended in endings(block.number, events) {
            if ended.goes_on {
                continue;
            }
            if let Some(sample) = self.open.remove(&ended.request) {
                self.set(sample, Fate::Ended(ended.outcome), Some(at));
                changes.push(Change::Ended {
                    sample,
                    request: ended.request,
                });
            }
        }
        if self.told.len() >= BLOCKS_KEPT {
            self.told.pop_front();
        }
        self.told.push_back(Told { block, changes });
    }

    /// The first extrinsic of an account that is waited for is in a block.
    fn include(&mut self, account: usize, made: Option<RequestId>, at: Duration) -> Option<Change> {
        let pending = self.accounts.get_mut(account)?.pending.pop_front()?;
        let sample = self.samples.get_mut(pending.sample)?;
        sample.in_block = Some(at);
        match made {
            Some(request) => {
                self.open.insert(request, pending.sample);
                self.set(pending.sample, Fate::Open(request), None);
            }
            None => self.set(pending.sample, Fate::Refused, Some(at)),
        }
        Some(Change::Included { account, pending })
    }

    /// Extrinsics to hand to a node again. Those that are void are lost, and with them all that their
    /// accounts have on the way.
    pub fn overdue(&mut self, best: BlockNumber, at: Duration) -> Vec<Arc<[u8]>> {
        let mut again = Vec::new();
        let mut lost = Vec::new();
        for queue in &mut self.accounts {
            let void = queue
                .pending
                .front()
                .is_some_and(|pending| best.saturating_sub(pending.signed_at) > MORTALITY);
            if void {
                queue.retired = true;
                lost.extend(queue.pending.drain(..).map(|pending| pending.sample));
            }
            for pending in &mut queue.pending {
                let waited = best.saturating_sub(pending.offered_at);
                if waited >= OFFER_AGAIN && again.len() < OFFERS {
                    pending.offered_at = best;
                    again.push(Arc::clone(&pending.bytes));
                }
            }
        }
        for sample in lost {
            self.set(sample, Fate::Lost, Some(at));
        }
        again
    }

    fn set(&mut self, sample: usize, fate: Fate, over: Option<Duration>) {
        let Some(sample) = self.samples.get_mut(sample) else {
            return;
        };
        if matches!(fate, Fate::Refused | Fate::NotTaken) {
            self.refusals.extend(over);
        }
        match (sample.fate.is_outstanding(), fate.is_outstanding()) {
            (true, false) => self.outstanding -= 1,
            (false, true) => self.outstanding += 1,
            _ => {}
        }
        sample.fate = fate;
        sample.over = over;
    }
}

#[cfg(test)]
mod tests;
