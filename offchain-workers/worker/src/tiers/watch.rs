//! Watching optimistic results of other providers.
//!
//! A posted result of a model that is loaded is run again, once. If the root that stands for it, and for
//! all that led to it, differs from what this device computes, and the reference executor agrees with
//! this device, the result is challenged: a bond is at stake. The dispute that follows is played in
//! [`super::dispute`]. Where the own execution fails nothing is challenged.

use super::{traces::by_reference, Done, Game, Hands, Kind, Role, TierError, Tiers};
use lattice_chain_client::{
    AccountId, Balance, BlockNumber, Call, Optimistic, OptimisticStatus, RequestId, View, H256,
    UNIT,
};
use lattice_trace::Commitment;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// Results that are looked at, or challenged, at the same time: few, since what this provider is to
/// answer waits behind them.
const AT_ONCE: usize = 2;
/// Most results of which the opinion is remembered.
const MAX_FINDINGS: usize = 10_000;
/// What stays in the account when a bond is put on hold: fees of the turns, and the
/// existential deposit.
const RESERVE: Balance = UNIT;

/// A posted result: its request, and the root under which it was posted.
pub type Finding = (RequestId, H256);

/// What this worker thinks of a result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opinion {
    /// It is the model's.
    True,
    /// It is not, and to be challenged.
    False {
        /// As many challenges were open when there was no place for another one.
        crowd: Option<usize>,
    },
}

/// What a watcher does about a result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Watching {
    /// Run the model again.
    Check,
    /// Challenge the result.
    Challenge,
}

/// What an account is to do about a request after a block, given what it thinks of the result.
///
/// A result whose window ends in that block can be challenged only if a dispute about it runs.
pub fn next_step(
    open: &Optimistic,
    account: &AccountId,
    now: BlockNumber,
    opinion: Option<&Opinion>,
) -> Option<Watching> {
    let OptimisticStatus::Posted {
        final_at,
        challenges,
        ..
    } = &open.status
    else {
        return None;
    };
    let in_time = *final_at > now || !challenges.is_empty();
    if open.provider == *account || !in_time {
        return None;
    }
    match opinion {
        None => Some(Watching::Check),
        Some(Opinion::True) => None,
        Some(Opinion::False { crowd }) => {
            let challenging = challenges
                .iter()
                .any(|(challenger, _)| challenger == account);
            let room = crowd.is_none_or(|crowd| challenges.len() < crowd);
            (room && !challenging).then_some(Watching::Challenge)
        }
    }
}

/// A result with what this worker thinks of it.
#[derive(Clone, Debug)]
pub(super) struct Judgement {
    pub open: Optimistic,
    pub finding: Finding,
    pub opinion: Opinion,
}

/// What is remembered of results, in memory: a worker that starts anew looks at them once more.
#[derive(Debug, Default)]
pub(super) struct Findings {
    opinions: BTreeMap<Finding, Opinion>,
    /// Results of the last block that are to be looked at, those first that are final soonest.
    queue: VecDeque<(Finding, Optimistic)>,
}

impl Findings {
    pub(super) fn note(&mut self, judgement: Judgement) {
        let Judgement {
            open,
            finding,
            opinion,
        } = judgement;
        self.opinions.insert(finding, opinion);
        if self.opinions.len() > MAX_FINDINGS {
            self.opinions.pop_first();
        }
        // A window may be short: the challenge does not wait for the next block.
        if opinion == (Opinion::False { crowd: None }) {
            self.queue.push_front((finding, open));
        }
    }

    fn of(&self, finding: &Finding) -> Option<&Opinion> {
        self.opinions.get(finding)
    }

    /// Takes the results of another block.
    fn renew(&mut self, mut posted: Vec<(Finding, BlockNumber, Optimistic)>) {
        let findings: BTreeSet<_> = posted.iter().map(|(finding, ..)| *finding).collect();
        self.opinions
            .retain(|finding, _| findings.contains(finding));
        posted.sort_by_key(|(_, final_at, _)| *final_at);
        let queue = posted.into_iter().map(|(finding, _, open)| (finding, open));
        self.queue = queue.collect();
    }
}

/// A posted result and the last block of its window.
fn posted_of(open: &Optimistic) -> Option<(Finding, BlockNumber)> {
    match &open.status {
        OptimisticStatus::Posted {
            trace_root,
            final_at,
            ..
        } => Some(((open.request, *trace_root), *final_at)),
        OptimisticStatus::Assigned | OptimisticStatus::Waiting { .. } => None,
    }
}

impl Tiers {
    pub(super) async fn look_after_others(&mut self, view: &View) -> Result<(), TierError> {
        if !self.watch {
            return Ok(());
        }
        let posted: Vec<_> = view
            .all_posted()
            .await?
            .into_iter()
            .filter_map(|open| {
                let (finding, final_at) = posted_of(&open)?;
                Some((finding, final_at, open))
            })
            .collect();
        self.forget_ended(
            Kind::Watched,
            posted.iter().map(|(_, _, open)| open.request),
        );
        self.findings.renew(posted);
        self.watch_next();
        Ok(())
    }

    /// Looks at the next results of the last block, as far as there is room.
    pub(super) fn watch_next(&mut self) {
        let account = self.hands.account;
        while self.watching() < AT_ONCE {
            let Some((finding, open)) = self.findings.queue.pop_front() else {
                return;
            };
            let game = Game::new(Kind::Watched, open.request);
            if !self.is_free(game) || self.hands.served(&open.model_hash).is_err() {
                continue;
            }
            let opinion = self.findings.of(&finding);
            let Some(step) = next_step(&open, &account, self.now, opinion) else {
                continue;
            };
            let hands = self.hands.clone();
            self.play(game, Role::Watcher, async move {
                match step {
                    Watching::Check => check(&hands, finding, open).await,
                    Watching::Challenge => challenge(&hands, finding, open).await,
                }
            });
        }
    }

    fn watching(&self) -> usize {
        let games = self.tasks.iter();
        games.filter(|(game, _)| game.kind == Kind::Watched).count()
    }
}

/// Runs the model again on the request's input.
async fn check(hands: &Hands, finding: Finding, open: Optimistic) -> Result<Done, TierError> {
    let request = open.request;
    let served = hands.served(&open.model_hash)?;
    let own = hands.traces.of(&served, &open.input).await?;
    if is_same(&own, &open.status) {
        tracing::info!(request, "result confirmed");
        return Ok(judged(open, finding, Opinion::True));
    }
    let reference = by_reference(&served, &open.input).await?;
    if reference.root() != own.root() {
        tracing::error!(request, "this device misses a bit");
        return Err(TierError::Inexact);
    }
    tracing::warn!(
        request,
        provider = %open.provider,
        posted = ?finding.1,
        computed = ?H256(own.root()),
        "result is false"
    );
    Ok(judged(open, finding, Opinion::False { crowd: None }))
}

fn judged(open: Optimistic, finding: Finding, opinion: Opinion) -> Done {
    Done::Judged(Box::new(Judgement {
        open,
        finding,
        opinion,
    }))
}

/// Whether a posted result is that of this trace. Its output was held against its root when it was
/// posted, so that the roots are equal if and only if the results are; and where the roots are equal a
/// challenger has nothing to name.
fn is_same(own: &Commitment, status: &OptimisticStatus<AccountId, BlockNumber>) -> bool {
    match status {
        OptimisticStatus::Posted { trace_root, .. } => trace_root.0 == own.root(),
        OptimisticStatus::Assigned | OptimisticStatus::Waiting { .. } => false,
    }
}

async fn challenge(hands: &Hands, finding: Finding, open: Optimistic) -> Result<Done, TierError> {
    let (request, bond) = (open.request, open.bond);
    let balance = hands.client.best().balance(&hands.account).await?;
    let spendable = balance.transferable().saturating_sub(RESERVE);
    if bond > spendable {
        return Err(TierError::Unaffordable { bond, spendable });
    }
    let call = Call::ChallengeResult {
        request,
        // Somebody else may refute it first: what the next provider posts is another matter.
        trace_root: finding.1,
    };
    match hands.submit(&call).await {
        Ok(included) => {
            let block = included.block.number;
            let dispute = included.dispute();
            tracing::warn!(request, dispute, bond, block, "result challenged");
            Ok(Done::InBlock(block))
        }
        Err(error) if is_crowded(&error) => {
            let crowd = Some(challenges(&open).max(1));
            tracing::warn!(request, ?crowd, "no place for another challenge yet");
            Ok(judged(open, finding, Opinion::False { crowd }))
        }
        Err(error) => Err(error),
    }
}

fn is_crowded(error: &TierError) -> bool {
    let TierError::Chain(error) = error else {
        return false;
    };
    let failure = error.dispatch();
    failure.is_some_and(|failure| failure.is("Optimistic", "TooManyChallenges"))
}

fn challenges(open: &Optimistic) -> usize {
    match &open.status {
        OptimisticStatus::Posted { challenges, .. } => challenges.len(),
        OptimisticStatus::Assigned | OptimisticStatus::Waiting { .. } => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{
        altered, assigned, posted, trace_of, waiting, ALICE, BOB, CHARLIE, NOW,
    };
    use super::*;
    use lattice_tensor::testing::{random_graph, random_input};
    use lattice_trace::Position;

    const FALSE: Opinion = Opinion::False { crowd: None };

    /// What Alice does about Bob's result.
    fn step(open: &Optimistic, now: BlockNumber, opinion: Option<Opinion>) -> Option<Watching> {
        next_step(open, &ALICE, now, opinion.as_ref())
    }

    fn last_block(open: &Optimistic) -> BlockNumber {
        posted_of(open).expect("a result").1
    }

    #[test]
    fn a_result_of_another_provider_is_checked_once() {
        let open = posted(Vec::new());
        assert_eq!(step(&open, NOW, None), Some(Watching::Check));
        assert_eq!(step(&open, NOW, Some(Opinion::True)), None);
        assert_eq!(step(&open, NOW, Some(FALSE)), Some(Watching::Challenge));
    }

    #[test]
    fn there_is_nothing_to_do_about_an_own_result_or_none() {
        let open = posted(Vec::new());
        for opinion in [None, Some(&FALSE)] {
            assert_eq!(next_step(&open, &BOB, NOW, opinion), None);
            assert_eq!(next_step(&assigned(), &ALICE, NOW, opinion), None);
            assert_eq!(next_step(&waiting(), &ALICE, NOW, opinion), None);
        }
    }

    #[test]
    fn a_result_that_is_final_is_not_looked_at_unless_a_dispute_keeps_it_open() {
        let open = posted(Vec::new());
        let last = last_block(&open);
        for opinion in [None, Some(FALSE)] {
            assert!(step(&open, last - 1, opinion).is_some());
            assert_eq!(step(&open, last, opinion), None);
        }
        let disputed = posted(vec![(CHARLIE, 3)]);
        assert_eq!(step(&disputed, last + 9, None), Some(Watching::Check));
        let late = step(&disputed, last + 9, Some(FALSE));
        assert_eq!(late, Some(Watching::Challenge));
    }

    #[test]
    fn one_challenge_at_a_time_is_enough_and_another_one_is_made_when_it_is_gone() {
        let open = posted(vec![(ALICE, 3)]);
        assert_eq!(step(&open, NOW, Some(FALSE)), None);
        let others = posted(vec![(CHARLIE, 4)]);
        assert_eq!(step(&others, NOW, Some(FALSE)), Some(Watching::Challenge));
    }

    #[test]
    fn where_there_was_no_place_one_is_awaited() {
        let crowded = Some(Opinion::False { crowd: Some(2) });
        let full = posted(vec![(CHARLIE, 3), (CHARLIE, 4)]);
        assert_eq!(step(&full, NOW, crowded), None);
        let room = posted(vec![(CHARLIE, 4)]);
        assert_eq!(step(&room, NOW, crowded), Some(Watching::Challenge));
    }

    #[test]
    fn a_result_under_another_root_is_false_whether_its_output_is_right_or_not() {
        let model = random_graph(2);
        let own = trace_of(&model, &random_input(2, &model));
        let status = |of: &Commitment| OptimisticStatus::Posted {
            output: of.trace().output().to_vec(),
            trace_root: H256(of.root()),
            posted_at: NOW,
            final_at: NOW + 5,
            challenges: Vec::new(),
        };
        assert!(is_same(&own, &status(&own)));
        let last = model.ops().len() - 1;
        for op in [0, last] {
            let liar = altered(&model, &own, Position::new(op, 0), false);
            let is_output = op == last;
            assert_eq!(liar.trace().output() != own.trace().output(), is_output);
            assert!(!is_same(&own, &status(&liar)));
        }
        assert!(!is_same(&own, &OptimisticStatus::Assigned));
    }

    fn judgement(request: RequestId, opinion: Opinion) -> Judgement {
        let open = posted(Vec::new());
        let (_, root) = posted_of(&open).expect("a result").0;
        Judgement {
            open,
            finding: (request, root),
            opinion,
        }
    }

    #[test]
    fn what_is_over_is_forgotten_and_the_rest_is_bounded() {
        let mut findings = Findings::default();
        for request in 0..=10_000 {
            findings.note(judgement(request, Opinion::True));
        }
        let root = judgement(0, Opinion::True).finding.1;
        assert_eq!(findings.of(&(0, root)), None);
        assert_eq!(findings.of(&(1, root)), Some(&Opinion::True));
        // The same number with another root is another result.
        assert_eq!(findings.of(&(1, H256::zero())), None);
        findings.renew(vec![((7, root), NOW, posted(Vec::new()))]);
        assert_eq!(findings.opinions.len(), 1);
    }

    #[test]
    fn results_that_are_final_soon_go_first_and_false_ones_before_them() {
        let mut findings = Findings::default();
        let open = || posted(Vec::new());
        let root = H256::zero();
        findings.renew(vec![
            ((1, root), NOW + 9, open()),
            ((2, root), NOW + 3, open()),
        ]);
        findings.note(judgement(3, FALSE));
        findings.note(judgement(4, Opinion::True));
        findings.note(judgement(5, Opinion::False { crowd: Some(1) }));
        let order: Vec<_> = findings.queue.iter().map(|((id, _), _)| *id).collect();
        assert_eq!(order, [3, 2, 1]);
    }
}
