//! What a worker does for the tiers of trust in which not every result has a proof.
//!
//! ```text
//! best block ─▶ what is open ─▶ what is due ─▶ a task for each ─▶ extrinsic ─▶ next block
//!               (the chain)     (pure)         (one at a time)
//! ```
//!
//! | role | what it does | where |
//! |---|---|---|
//! | optimist | posts results of optimistic requests | [`optimist`] |
//! | replica | commits to results, reveals them, appeals when it is outvoted | [`replica`], [`seals`] |
//! | defender, challenger | take their turns in disputes | [`dispute`] |
//! | watcher | runs the results of others again, and challenges false ones | [`watch`] |
//!
//! Beside them: [`announce`] says on chain which models are in memory, and `traces` keeps what was
//! executed last.
//!
//! What is due follows from the chain at a best block and from what is on disk, and from nothing else.
//! Every action may be repeated: the chain takes it once, and an extrinsic too many costs its fee.
//! So a worker that was killed, or that lost a block to a reorganisation, goes on where it was. One
//! action of a request or of a dispute is under way at a time, and one that failed is tried again some
//! blocks later. No failure ends the task.

pub mod dispute;
mod error;
pub mod optimist;
pub mod replica;
mod residency;
mod role;
pub mod seals;
#[cfg(test)]
mod testing;
mod traces;
pub mod watch;

pub use error::TierError;
pub use residency::announce;
pub use role::{Deed, Role};
pub use seals::{Seal, SealError, Seals};

use crate::{
    metrics::{Metrics, Stage},
    models::{Library, Served},
    pipeline::Pipeline,
    stop::stopped,
    tasks::{Counted, Ended, Tasks},
};
use dispute::Turns;
use lattice_chain_client::{
    AccountId, Block, BlockNumber, Call, Client, DisputeId, Included, RequestId, Signer, H256,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    future::Future,
    sync::Arc,
    time::Duration,
};
use tokio::{sync::watch::Receiver, task::JoinHandle};
use traces::Traces;
use tracing::Instrument;
use watch::{Findings, Judgement, Opinion};

/// Longest wait for an extrinsic to be in a block; a turn has more time than that.
const PATIENCE: Duration = Duration::from_secs(30);
/// Most blocks between two attempts.
const MAX_PAUSE: BlockNumber = 8;

/// What every action needs.
#[derive(Debug)]
struct Hands {
    client: Client,
    signer: Signer,
    account: AccountId,
    /// Hash of the chain's first block.
    genesis: [u8; 32],
    library: Library,
    pipeline: Pipeline,
    traces: Traces,
    seals: Arc<Seals>,
}

impl Hands {
    /// A loaded model by its hash, whatever its keys.
    fn served(&self, model_hash: &H256) -> Result<Arc<Served>, TierError> {
        let mut models = self.library.iter();
        models
            .find(|served| served.model.id().0 == model_hash.0)
            .ok_or(TierError::UnknownModel(*model_hash))
    }

    /// Signs a call, and waits until it is in a block and succeeded.
    async fn submit(&self, call: &Call) -> Result<Included, TierError> {
        let included = self.client.submit_and_wait(&self.signer, call);
        match tokio::time::timeout(PATIENCE, included).await {
            Ok(included) => Ok(included?),
            Err(_) => Err(TierError::NotIncluded(PATIENCE)),
        }
    }
}

/// What a number is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    /// An optimistic request that this provider is to answer.
    Post,
    /// A replicated request for which it was drawn.
    Replica,
    /// A dispute in which it is a party.
    Dispute,
    /// An optimistic request of another provider.
    Watched,
}

/// A request or a dispute in which there is something to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Game {
    kind: Kind,
    number: u64,
}

impl Game {
    const fn new(kind: Kind, number: u64) -> Self {
        Self { kind, number }
    }

    /// Whether something is lost if nothing more is done in it. Results of others may go unwatched.
    fn binds(self) -> bool {
        self.kind != Kind::Watched
    }

    fn request(self) -> Option<RequestId> {
        (self.kind != Kind::Dispute).then_some(self.number)
    }

    fn dispute(self) -> Option<DisputeId> {
        (self.kind == Kind::Dispute).then_some(self.number)
    }
}

/// What an action that came off leaves.
#[derive(Clone, Debug)]
enum Done {
    /// An extrinsic in this block: an older one does not show it.
    InBlock(BlockNumber),
    /// What this worker thinks of a result.
    Judged(Box<Judgement>),
}

/// When a game is looked at again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Pause {
    pub(crate) failures: u32,
    pub(crate) not_before: BlockNumber,
}

impl Pause {
    /// After another failure: 1, 2, 4 … blocks. Of a node that is away nothing is counted.
    pub(crate) fn after(self, counts: bool, now: BlockNumber) -> Self {
        let failures = self.failures.saturating_add(u32::from(counts));
        let blocks = 1u32.checked_shl(failures.saturating_sub(1));
        Self {
            failures,
            not_before: now.saturating_add(blocks.unwrap_or(MAX_PAUSE).min(MAX_PAUSE)),
        }
    }
}

/// Acts in all roles as blocks come in.
#[derive(Debug)]
pub struct Tiers {
    hands: Arc<Hands>,
    metrics: Metrics,
    watch: bool,
    /// Games with an action under way, and as whom.
    tasks: Tasks<Game, Role, Result<Done, TierError>>,
    pauses: BTreeMap<Game, Pause>,
    turns: Turns,
    findings: Findings,
    now: BlockNumber,
}

impl Tiers {
    /// Nothing is under way. With `watch` the results of others are looked at, too.
    pub fn new(
        client: Client,
        signer: Signer,
        library: Library,
        pipeline: Pipeline,
        seals: Arc<Seals>,
        metrics: Metrics,
        watch: bool,
    ) -> Self {
        Self {
            hands: Arc::new(Hands {
                account: signer.account(),
                genesis: client.genesis(),
                traces: Traces::new(pipeline.clone()),
                client,
                signer,
                library,
                pipeline,
                seals,
            }),
            metrics,
            watch,
            tasks: Tasks::default(),
            pauses: BTreeMap::new(),
            turns: Turns::default(),
            findings: Findings::default(),
            now: 0,
        }
    }

    /// Follows best blocks until nobody announces them any more. After the signal to stop nothing is
    /// begun, and the task ends with the last action that binds this provider.
    pub fn start(self, best: Receiver<Option<Block>>, stop: Receiver<bool>) -> JoinHandle<()> {
        tokio::spawn(self.follow(best, stop))
    }

    async fn follow(mut self, mut best: Receiver<Option<Block>>, mut stop: Receiver<bool>) {
        loop {
            tokio::select! {
                () = stopped(&mut stop) => break,
                Some(ended) = self.tasks.next() => {
                    self.finish(ended);
                    self.watch_next();
                }
                changed = best.changed() => {
                    if changed.is_err() {
                        return;
                    }
                    let block = *best.borrow_and_update();
                    let Some(block) = block else { continue };
                    tokio::select! {
                        // A read may wait for the node; the signal to stop does not.
                        () = stopped(&mut stop) => break,
                        () = self.look(block) => {}
                    }
                }
            }
        }
        while self.tasks.iter().any(|(game, _)| game.binds()) {
            let Some(ended) = self.tasks.next().await else {
                return;
            };
            self.finish(ended);
        }
    }

    /// Compares with the chain at a block, and starts what is due. What cannot be read in one role does
    /// not keep the others from theirs.
    async fn look(&mut self, block: Block) {
        self.now = block.number;
        let view = self.hands.client.at(block.hash);
        let looked = [
            self.look_after_disputes(&view).await,
            self.look_after_posts(&view).await,
            self.look_after_replicas(&view).await,
            self.look_after_others(&view).await,
        ];
        for error in looked.into_iter().filter_map(Result::err) {
            self.metrics.error(error.stage());
            tracing::warn!(%error, "cannot look after the tiers of trust");
        }
    }

    /// Whether an action may begin.
    fn is_free(&self, game: Game) -> bool {
        let pause = self.pauses.get(&game);
        !self.tasks.has(&game) && pause.is_none_or(|pause| self.now >= pause.not_before)
    }

    fn play<F>(&mut self, game: Game, role: Role, work: F)
    where
        F: Future<Output = Result<Done, TierError>> + Send + 'static,
    {
        let in_hand = &self.metrics.in_hand;
        let counted = game.binds().then(|| Counted::new(in_hand));
        let task = async move {
            let _counted = counted;
            work.await
        };
        let span = tracing::error_span!(
            "playing",
            request = game.request(),
            dispute = game.dispute(),
            role = role.name()
        );
        self.tasks.start(game, role, task.instrument(span));
    }

    fn finish(&mut self, ended: Ended<Game, Role, Result<Done, TierError>>) {
        let (game, role) = (ended.key, ended.note);
        let deed = match ended.result.unwrap_or(Err(TierError::Panicked)) {
            Ok(Done::InBlock(not_before)) => {
                let pause = Pause {
                    failures: 0,
                    not_before,
                };
                self.pauses.insert(game, pause);
                Deed::Included
            }
            Ok(Done::Judged(judgement)) => {
                let deed = match judgement.opinion {
                    Opinion::True => Deed::Agreed,
                    Opinion::False { crowd: None } => Deed::Differed,
                    Opinion::False { crowd: Some(_) } => Deed::Failed,
                };
                self.findings.note(*judgement);
                deed
            }
            Err(error) => {
                let stage = error.stage();
                let pause = self.pauses.entry(game).or_default();
                *pause = pause.after(stage != Stage::Chain, self.now);
                self.metrics.error(stage);
                tracing::warn!(
                    request = game.request(),
                    dispute = game.dispute(),
                    role = role.name(),
                    failures = pause.failures,
                    %error,
                    "an action failed; trying again later"
                );
                match error {
                    TierError::Unaffordable { .. } => Deed::Unaffordable,
                    _ => Deed::Failed,
                }
            }
        };
        self.metrics.played(role, deed);
    }

    /// Forgets the pauses of games of a kind that are over.
    fn forget_ended(&mut self, kind: Kind, open: impl IntoIterator<Item = u64>) {
        let open: BTreeSet<u64> = open.into_iter().collect();
        self.pauses
            .retain(|game, _| game.kind != kind || open.contains(&game.number));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_game_that_fails_again_and_again_is_tried_more_rarely_and_never_given_up() {
        let mut pause = Pause::default();
        let waits = [1, 2, 4, 8, 8, 8].map(|expected| {
            pause = pause.after(true, 100);
            (pause.not_before - 100, expected)
        });
        assert!(waits.iter().all(|(wait, expected)| wait == expected));
        let long = Pause {
            failures: 40,
            not_before: 0,
        };
        assert_eq!(long.after(true, 100).not_before, 100 + MAX_PAUSE);
    }

    #[test]
    fn a_node_that_is_away_says_nothing_of_the_game() {
        let pause = Pause::default().after(false, 100);
        assert_eq!((pause.failures, pause.not_before), (0, 101));
    }

    #[test]
    fn a_game_is_logged_by_the_number_that_it_has() {
        let dispute = Game::new(Kind::Dispute, 7);
        assert_eq!((dispute.request(), dispute.dispute()), (None, Some(7)));
        for kind in [Kind::Post, Kind::Replica, Kind::Watched] {
            let game = Game::new(kind, 7);
            assert_eq!((game.request(), game.dispute()), (Some(7), None));
        }
    }

    #[test]
    fn only_what_this_provider_is_party_to_keeps_it_from_stopping() {
        for kind in [Kind::Post, Kind::Replica, Kind::Dispute] {
            assert!(Game::new(kind, 7).binds());
        }
        assert!(!Game::new(Kind::Watched, 7).binds());
    }
}
