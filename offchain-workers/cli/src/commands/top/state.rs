//! What is known of the chain: updates go in, figures come out. Knows neither chain nor terminal.

use lattice_chain_client::{
    AccountId, Balance, BlockNumber, Model, ModelIndex, Provider, RequestId, H256,
};
use serde::Serialize;
use std::cmp::Reverse;
use std::collections::VecDeque;

/// Blocks over which the rate of settlements is taken.
pub const WINDOW: usize = 20;
/// Blocks whose figures are kept.
const BLOCKS_KEPT: usize = 200;
/// Endings of requests that are kept.
const ENDINGS_KEPT: usize = 100;

/// A block and its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    pub number: BlockNumber,
    pub hash: H256,
    /// By its author's clock, in milliseconds since 1970; the genesis block has none.
    pub timestamp: Option<u64>,
}

/// How an attempt at a request ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Outcome {
    /// The evidence was accepted; everyone was paid.
    Settled,
    /// The proof was rejected.
    ProofRejected,
    /// No result came in time.
    Expired,
    /// The provider did not accept in time.
    NotAccepted,
    /// The requester took it back.
    Cancelled,
    /// No provider was left to try.
    Unserved,
    /// The chain answered by itself.
    Answered,
    /// The result was challenged, and could not be defended.
    Refuted,
    /// Too few of the replicas agreed.
    NoQuorum,
}

/// A request that ended, or an attempt at it that is followed by another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ended {
    pub block: BlockNumber,
    pub request: RequestId,
    pub outcome: Outcome,
    /// `None` when no provider was concerned.
    pub provider: Option<AccountId>,
    /// What the requester paid, in planck; `None` when nothing was paid.
    pub price: Option<Balance>,
    /// Another provider may try: the requester is not refunded yet.
    pub goes_on: bool,
    /// What the provider lost, in planck.
    pub slashed: Balance,
}

/// A block of the best chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BestBlock {
    pub at: Moment,
    /// Number of events.
    pub events: usize,
    pub endings: Vec<Ended>,
}

/// Requests by how they ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    pub settled: u32,
    /// A false proof, or a result that was refuted.
    pub rejected: u32,
    pub expired: u32,
    /// Not accepted, taken back, without a provider, or without a quorum.
    pub unserved: u32,
    pub answered: u32,
}

impl Tally {
    fn of(endings: &[Ended]) -> Self {
        let mut tally = Self::default();
        for ended in endings {
            let count = match ended.outcome {
                Outcome::Settled => &mut tally.settled,
                Outcome::ProofRejected | Outcome::Refuted => &mut tally.rejected,
                Outcome::Expired => &mut tally.expired,
                Outcome::NotAccepted
                | Outcome::Cancelled
                | Outcome::Unserved
                | Outcome::NoQuorum => &mut tally.unserved,
                Outcome::Answered => &mut tally.answered,
            };
            *count = count.saturating_add(1);
        }
        tally
    }

    fn combine(self, other: Self, by: fn(u32, u32) -> u32) -> Self {
        Self {
            settled: by(self.settled, other.settled),
            rejected: by(self.rejected, other.rejected),
            expired: by(self.expired, other.expired),
            unserved: by(self.unserved, other.unserved),
            answered: by(self.answered, other.answered),
        }
    }
}

/// What is kept of a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BlockFigures {
    pub at: Moment,
    /// Number of events.
    pub events: usize,
    pub tally: Tally,
}

/// A registration, without its manifest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelRow {
    pub index: ModelIndex,
    pub name: String,
    pub version: u32,
    /// Providers with an offer.
    pub providers: u32,
    /// Settled inferences.
    pub total_executions: u64,
}

impl From<&Model> for ModelRow {
    fn from(model: &Model) -> Self {
        let name = String::from_utf8_lossy(&model.name);
        Self {
            index: model.index,
            // Anyone may register a name; it must not steer a terminal.
            name: name.chars().filter(|c| !c.is_control()).collect(),
            version: model.version,
            providers: model.providers,
            total_executions: model.total_executions,
        }
    }
}

/// A provider; amounts in planck.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderRow {
    pub account: AccountId,
    pub stake: Balance,
    pub locked: Balance,
    /// Assignments that it takes at the same time.
    pub capacity: u32,
    /// Assignments running now.
    pub running: u32,
    pub settled: u64,
    pub late: u64,
    pub rejected: u64,
    pub last_heartbeat: BlockNumber,
    /// Number of offers.
    pub offers: usize,
}

impl From<&Provider> for ProviderRow {
    fn from(provider: &Provider) -> Self {
        Self {
            account: provider.account,
            stake: provider.stake,
            locked: provider.locked,
            capacity: provider.capacity,
            running: provider.running,
            settled: provider.settled,
            late: provider.late,
            rejected: provider.rejected,
            last_heartbeat: provider.last_heartbeat,
            offers: provider.offers.len(),
        }
    }
}

/// Models and providers in the state of a block.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tables {
    /// The newest registrations, as many as are read at most.
    pub models: Vec<ModelRow>,
    /// Number of all registrations.
    pub model_count: u32,
    pub providers: Vec<ProviderRow>,
    /// There are more providers than are read.
    pub more_providers: bool,
}

/// What the chain told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Update {
    /// A block joined the best chain. Blocks that were there at its height or above have left it.
    Best(BestBlock),
    /// A block is final.
    Finalized(Moment),
    /// Models and providers changed.
    Tables(Tables),
    /// The node cannot be asked, for this reason.
    Trouble(String),
}

/// Everything that is shown of the chain.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// Oldest first.
    blocks: VecDeque<BlockFigures>,
    /// Newest first.
    endings: VecDeque<Ended>,
    /// The last block that is final.
    pub finalized: Option<Moment>,
    /// Requests that ended in the blocks that were seen.
    pub seen: Tally,
    /// Models, the busiest first, and providers, those with most settlements first.
    pub tables: Tables,
}

impl Figures {
    /// The best block.
    pub fn best(&self) -> Option<&BlockFigures> {
        self.blocks.back()
    }

    /// Figures of the last blocks, oldest first.
    pub fn blocks(&self) -> impl ExactSizeIterator<Item = &BlockFigures> {
        self.blocks.iter()
    }

    /// The last endings of requests, newest first.
    pub fn endings(&self) -> impl Iterator<Item = &Ended> {
        self.endings.iter()
    }

    /// Blocks that [`Self::settlements_per_second`] counts.
    pub fn window(&self) -> usize {
        self.blocks.len().saturating_sub(1).min(WINDOW)
    }

    /// Settlements per second in the last [`WINDOW`] blocks: those after the window's first time,
    /// over the time since. `None` before a second block.
    pub fn settlements_per_second(&self) -> Option<f64> {
        let before = self.blocks.len().checked_sub(self.window() + 1)?;
        let began = self.blocks.get(before)?.at.timestamp?;
        let elapsed = self.best()?.at.timestamp?.checked_sub(began)?;
        let settled: u64 = self
            .blocks
            .iter()
            .skip(before + 1)
            .map(|block| u64::from(block.tally.settled))
            .sum();
        (elapsed > 0).then(|| settled as f64 * 1000.0 / elapsed as f64)
    }

    /// Requests that the providers of the table are at work on.
    pub fn in_flight(&self) -> u32 {
        let running = self.tables.providers.iter().map(|row| row.running);
        running.fold(0, u32::saturating_add)
    }

    /// Blocks from a provider's last heartbeat to the best block.
    pub fn blocks_since(&self, heartbeat: BlockNumber) -> BlockNumber {
        let best = self.best().map_or(heartbeat, |best| best.at.number);
        best.saturating_sub(heartbeat)
    }

    fn apply(&mut self, update: Update) {
        match update {
            Update::Best(block) => self.append(block),
            Update::Finalized(moment) => self.finalized = Some(moment),
            Update::Tables(tables) => {
                self.tables = tables;
                self.tables
                    .models
                    .sort_by_key(|row| (Reverse(row.total_executions), row.index));
                self.tables
                    .providers
                    .sort_by_key(|row| (Reverse(row.settled), row.account));
            }
            Update::Trouble(_) => {}
        }
    }

    fn append(&mut self, block: BestBlock) {
        let BestBlock {
            at,
            events,
            endings,
        } = block;
        while let Some(last) = self.blocks.back().copied() {
            if last.at.number < at.number {
                break;
            }
            self.seen = self.seen.combine(last.tally, u32::saturating_sub);
            self.blocks.pop_back();
        }
        self.endings.retain(|ended| ended.block < at.number);

        let tally = Tally::of(&endings);
        self.seen = self.seen.combine(tally, u32::saturating_add);
        self.blocks.push_back(BlockFigures { at, events, tally });
        if self.blocks.len() > BLOCKS_KEPT {
            self.blocks.pop_front();
        }
        for ended in endings {
            self.endings.push_front(ended);
        }
        self.endings.truncate(ENDINGS_KEPT);
    }
}

/// What is known, and how it is looked at.
#[derive(Clone, Debug, Default)]
pub struct State {
    /// URL of the node.
    pub chain: String,
    /// Why the node cannot be asked at the moment.
    pub trouble: Option<String>,
    live: Figures,
    /// What is shown while paused.
    frozen: Option<Figures>,
    /// Providers above the first one shown.
    scroll: usize,
    /// Milliseconds since 1970.
    now: u64,
}

impl State {
    /// Nothing is known yet of the chain behind this URL.
    pub fn new(chain: impl Into<String>) -> Self {
        Self {
            chain: chain.into(),
            ..Self::default()
        }
    }

    /// Takes in what the chain told, paused or not.
    pub fn apply(&mut self, update: Update) {
        self.trouble = match &update {
            Update::Trouble(reason) => Some(reason.clone()),
            _ => None,
        };
        self.live.apply(update);
    }

    /// Sets the time, in milliseconds since 1970.
    pub fn tick(&mut self, now: u64) {
        self.now = now;
    }

    /// What is shown: the figures as they are, or as they were when it was paused.
    pub fn figures(&self) -> &Figures {
        self.frozen.as_ref().unwrap_or(&self.live)
    }

    /// Seconds since a block's time; `None` for the genesis block.
    pub fn age(&self, at: &Moment) -> Option<u64> {
        let since = self.now.saturating_sub(at.timestamp?);
        Some(since / 1000)
    }

    /// Whether what is shown stands still.
    pub fn is_paused(&self) -> bool {
        self.frozen.is_some()
    }

    /// Stops what is shown, or lets it go on.
    pub fn toggle_pause(&mut self) {
        self.frozen = match self.frozen {
            Some(_) => None,
            None => Some(self.live.clone()),
        };
    }

    /// Providers above the first one shown; never all of them.
    pub fn scroll(&self) -> usize {
        let last = self.figures().tables.providers.len().saturating_sub(1);
        self.scroll.min(last)
    }

    /// Shows providers from one further up.
    pub fn scroll_up(&mut self) {
        self.scroll = self.scroll().saturating_sub(1);
    }

    /// Shows providers from one further down.
    pub fn scroll_down(&mut self) {
        self.scroll = self.scroll().saturating_add(1);
        self.scroll = self.scroll();
    }
}

#[cfg(test)]
pub mod testing;
#[cfg(test)]
mod tests;
