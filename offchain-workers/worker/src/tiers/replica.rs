//! Replicated requests for which this provider was drawn.
//!
//! ```text
//! Committing ─ execute ─ seal on disk ─ commit ─▶ Revealing ─ reveal ─▶ Appealing ─ outvoted: appeal
//! ```
//! A result is revealed in no other phase: whoever sees it before could commit to it as well. Who is
//! outvoted appeals with a proof where the request has a key that is loaded here, which ends the matter
//! at once, and by a dispute otherwise. Members of the majority defend their trace in
//! [`super::dispute`].

use super::{seals::Seal, traces::widen, Done, Game, Hands, Kind, Role, TierError, Tiers};
use crate::{
    metrics::Stage,
    pipeline::{PipelineError, Work, NO_BLINDING},
};
use lattice_chain_client::{
    AccountId, BlockNumber, Call, ProofBytes, ReplicaAppeal, ReplicaState, Replicated,
    ReplicatedPhase, RequestId, View, H256,
};
use lattice_verifier::commitment;
use std::collections::BTreeSet;

/// How often seals of ended requests are looked for, in blocks.
const HOUSEKEEPING: BlockNumber = 10;

/// What a replica is to do next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Run the model, put the seal on disk, and commit.
    Execute,
    /// Commit to what is on disk.
    Commit(Seal),
    /// Show what is on disk.
    Reveal(Seal),
    /// What was committed to is not on disk.
    Missing,
    /// Show that the majority's result is wrong.
    Appeal,
}

/// What a provider is to do next about a request, after a block, with the seal that it has for it.
///
/// What is due in that block cannot be in time in the next.
pub fn next_action(
    open: &Replicated,
    account: &AccountId,
    now: BlockNumber,
    sealed: Option<&Seal>,
) -> Option<Action> {
    let own = open.replicas.iter().find(|one| one.provider == *account)?;
    match (&open.phase, &own.state) {
        (ReplicatedPhase::Committing { until }, ReplicaState::Drawn) if *until > now => {
            Some(match sealed {
                Some(seal) => Action::Commit(seal.clone()),
                None => Action::Execute,
            })
        }
        (ReplicatedPhase::Revealing { until }, ReplicaState::Committed(commitment))
            if *until > now =>
        {
            let seal = sealed.filter(|seal| seal.commitment == commitment.0);
            Some(seal.map_or(Action::Missing, |seal| Action::Reveal(seal.clone())))
        }
        (
            ReplicatedPhase::Appealing {
                until,
                output,
                trace_root,
            },
            ReplicaState::Revealed {
                output: shown,
                trace_root: root,
                appeal: ReplicaAppeal::None,
            },
        ) if *until > now && (shown, root) != (output, trace_root) => Some(Action::Appeal),
        _ => None,
    }
}

impl Tiers {
    pub(super) async fn look_after_replicas(&mut self, view: &View) -> Result<(), TierError> {
        let account = self.hands.account;
        let all = view.all_replicas_of(&account).await?;
        self.forget_ended(Kind::Replica, all.iter().map(|open| open.request));
        let numbers: BTreeSet<_> = all.iter().map(|open| open.request).collect();
        for open in all {
            let game = Game::new(Kind::Replica, open.request);
            if !self.is_free(game) {
                continue;
            }
            let sealed = match self.hands.seals.find(open.request, &open.content.0) {
                Ok(sealed) => sealed,
                // One that is damaged does not keep the others from theirs.
                Err(error) => {
                    self.metrics.error(Stage::Outbox);
                    tracing::error!(request = open.request, %error, "cannot read the seal");
                    continue;
                }
            };
            if let Some(action) = next_action(&open, &account, self.now, sealed.as_ref()) {
                let hands = self.hands.clone();
                self.play(game, Role::Replica, async move {
                    act(&hands, &open, action).await
                });
            }
        }
        if self.now.is_multiple_of(HOUSEKEEPING) {
            self.hands.forget_seals(&numbers).await?;
        }
        Ok(())
    }
}

impl Hands {
    /// Forgets seals of requests that are gone from the best block, and from a finalized one that is
    /// not older than they.
    async fn forget_seals(&self, open: &BTreeSet<RequestId>) -> Result<(), TierError> {
        let mut ended = self.seals.requests()?;
        ended.retain(|(request, _)| !open.contains(request));
        if ended.is_empty() {
            return Ok(());
        }
        let finalized = self.client.finalized_block().await?;
        let view = self.client.at(finalized.hash);
        for (request, requested_at) in ended {
            if finalized.number >= requested_at && view.replicated(request).await?.is_none() {
                self.seals.forget(request)?;
                tracing::debug!(request, "seal forgotten");
            }
        }
        Ok(())
    }
}

async fn act(hands: &Hands, open: &Replicated, action: Action) -> Result<Done, TierError> {
    match action {
        Action::Execute => {
            let seal = seal(hands, open).await?;
            commit(hands, open, &seal).await
        }
        Action::Commit(seal) => commit(hands, open, &seal).await,
        Action::Reveal(seal) => reveal(hands, open, seal).await,
        Action::Missing => Err(TierError::SealLost),
        Action::Appeal => appeal(hands, open).await,
    }
}

/// Executes, and puts the result on disk with a salt that nobody can guess.
async fn seal(hands: &Hands, open: &Replicated) -> Result<Seal, TierError> {
    let served = hands.served(&open.model_hash)?;
    let own = hands.traces.of(&served, &open.input).await?;
    let salt = rand::random();
    let seal = Seal::new(open, &hands.account, &hands.genesis, &own, salt);
    hands.seals.keep(open.request, &seal)?;
    tracing::info!(request = open.request, "replica's result sealed on disk");
    Ok(seal)
}

async fn commit(hands: &Hands, open: &Replicated, seal: &Seal) -> Result<Done, TierError> {
    let request = open.request;
    let call = Call::CommitReplica {
        request,
        commitment: H256(seal.commitment),
    };
    let block = hands.submit(&call).await?.block.number;
    tracing::info!(request, block, "committed");
    Ok(Done::InBlock(block))
}

async fn reveal(hands: &Hands, open: &Replicated, seal: Seal) -> Result<Done, TierError> {
    let request = open.request;
    let call = Call::RevealReplica {
        request,
        output: seal.output,
        trace_root: H256(seal.trace_root),
        salt: seal.salt,
    };
    let block = hands.submit(&call).await?.block.number;
    tracing::info!(request, block, "revealed");
    Ok(Done::InBlock(block))
}

/// Appeals with a proof if there can be one, and by a dispute otherwise.
async fn appeal(hands: &Hands, open: &Replicated) -> Result<Done, TierError> {
    let request = open.request;
    let served = hands.served(&open.model_hash)?;
    let own = hands.traces.of(&served, &open.input).await?;
    let (output, root) = (own.trace().output(), own.root());
    // The collateral is at stake, for what was revealed.
    let is_shown = |state: &ReplicaState| match state {
        ReplicaState::Revealed {
            output: shown,
            trace_root,
            ..
        } => shown == output && trace_root.0 == root,
        _ => false,
    };
    let mut replicas = open.replicas.iter();
    if !replicas.any(|one| one.provider == hands.account && is_shown(&one.state)) {
        return Err(TierError::OtherThanRevealed);
    }
    if let Some(vk_id) = &open.vk_id {
        match by_proof(hands, open, vk_id).await {
            Ok(block) => {
                tracing::info!(request, block, "appealed with a proof");
                return Ok(Done::InBlock(block));
            }
            // The chain may have it still.
            Err(error @ TierError::NotIncluded(_)) => return Err(error),
            Err(TierError::Chain(error)) if error.dispatch().is_none() => {
                return Err(error.into());
            }
            Err(error) => {
                tracing::warn!(request, %error, "no appeal with a proof; disputing instead");
            }
        }
    }
    let call = Call::AppealByDispute {
        request,
        link: own.output_link(),
    };
    let block = hands.submit(&call).await?.block.number;
    tracing::info!(request, block, "appealed by a dispute");
    Ok(Done::InBlock(block))
}

/// Proves this provider's own output; the block of the appeal.
async fn by_proof(
    hands: &Hands,
    open: &Replicated,
    vk_id: &H256,
) -> Result<BlockNumber, TierError> {
    let proof = prove(hands, open, vk_id).await?;
    let call = Call::AppealWithProof {
        request: open.request,
        proof,
    };
    Ok(hands.submit(&call).await?.block.number)
}

async fn prove(hands: &Hands, open: &Replicated, vk_id: &H256) -> Result<ProofBytes, TierError> {
    let served = hands.library.find_key(vk_id, &open.model_hash)?;
    let input = widen(&open.input);
    let input_commitment =
        commitment::commit_input(&input, served.model.input_range(), &NO_BLINDING)
            .map_err(PipelineError::Input)?;
    if input_commitment != open.input_commitment.0 {
        return Err(PipelineError::InputCommitment.into());
    }
    let work = Work {
        request: open.request,
        context: lattice_verifier::context(
            &hands.genesis,
            open.request,
            &open.content.0,
            // The SCALE encoding of an account is its bytes.
            &hands.account.0,
            &served.model.id(),
        ),
        input_commitment,
        input,
        input_blinding: NO_BLINDING,
        output_blinding: NO_BLINDING,
    };
    Ok(hands.pipeline.answer(served, work).await?.proof)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{replicated, seal, ALICE, BOB, NOW};
    use super::*;

    const LATER: BlockNumber = NOW + 5;

    fn committing() -> ReplicatedPhase<BlockNumber> {
        ReplicatedPhase::Committing { until: LATER }
    }

    fn revealing() -> ReplicatedPhase<BlockNumber> {
        ReplicatedPhase::Revealing { until: LATER }
    }

    fn appealing(output: &[i32], root: u8) -> ReplicatedPhase<BlockNumber> {
        ReplicatedPhase::Appealing {
            until: LATER,
            output: output.to_vec(),
            trace_root: H256::repeat_byte(root),
        }
    }

    fn committed(to: &Seal) -> ReplicaState {
        ReplicaState::Committed(H256(to.commitment))
    }

    fn revealed(output: &[i32], root: u8, appeal: ReplicaAppeal) -> ReplicaState {
        ReplicaState::Revealed {
            output: output.to_vec(),
            trace_root: H256::repeat_byte(root),
            appeal,
        }
    }

    /// What Bob, in this state, does in this phase with this seal.
    fn action(
        phase: ReplicatedPhase<BlockNumber>,
        state: ReplicaState,
        sealed: Option<&Seal>,
    ) -> Option<Action> {
        next_action(&replicated(phase, state), &BOB, NOW, sealed)
    }

    #[test]
    fn who_was_drawn_executes_once_and_commits_to_what_is_on_disk_ever_after() {
        let seal = seal(1);
        let first = action(committing(), ReplicaState::Drawn, None);
        assert_eq!(first, Some(Action::Execute));
        let again = action(committing(), ReplicaState::Drawn, Some(&seal));
        assert_eq!(again, Some(Action::Commit(seal.clone())));
        assert_eq!(action(committing(), committed(&seal), Some(&seal)), None);
    }

    #[test]
    fn a_result_is_shown_when_nobody_can_commit_any_more_and_not_before() {
        let seal = seal(1);
        assert_eq!(action(committing(), committed(&seal), Some(&seal)), None);
        let shown = action(revealing(), committed(&seal), Some(&seal));
        assert_eq!(shown, Some(Action::Reveal(seal.clone())));
        let own = revealed(&[1], 1, ReplicaAppeal::None);
        assert_eq!(action(revealing(), own, Some(&seal)), None);
    }

    #[test]
    fn a_commitment_to_something_else_is_not_opened_with_what_is_here() {
        let (ours, other) = (seal(1), seal(2));
        for sealed in [None, Some(&other)] {
            let lost = action(revealing(), committed(&ours), sealed);
            assert_eq!(lost, Some(Action::Missing));
        }
    }

    #[test]
    fn who_is_outvoted_appeals_once() {
        for (output, root) in [([1], 2), ([2], 1), ([2], 2)] {
            let phase = || appealing(&output, root);
            let own = |appeal| revealed(&[1], 1, appeal);
            let appeal = action(phase(), own(ReplicaAppeal::None), None);
            assert_eq!(appeal, Some(Action::Appeal));
            for done in [ReplicaAppeal::Disputed(3), ReplicaAppeal::Lost] {
                assert_eq!(action(phase(), own(done), None), None);
            }
        }
    }

    #[test]
    fn a_member_of_the_majority_has_nothing_to_appeal() {
        let own = revealed(&[1], 1, ReplicaAppeal::None);
        assert_eq!(action(appealing(&[1], 1), own, None), None);
    }

    #[test]
    fn nothing_is_done_that_could_not_be_in_time() {
        let seal = seal(1);
        let own = revealed(&[1], 1, ReplicaAppeal::None);
        for (phase, state) in [
            (committing(), ReplicaState::Drawn),
            (revealing(), committed(&seal)),
            (appealing(&[2], 2), own),
        ] {
            let open = replicated(phase, state);
            let at = |now| next_action(&open, &BOB, now, Some(&seal));
            assert!(at(LATER - 1).is_some());
            assert_eq!((at(LATER), at(LATER + 1)), (None, None));
        }
    }

    #[test]
    fn nothing_is_done_before_the_draw_by_who_was_not_drawn_or_by_who_is_late() {
        let waiting = ReplicatedPhase::Waiting { since: NOW };
        assert_eq!(action(waiting, ReplicaState::Drawn, None), None);
        let open = replicated(committing(), ReplicaState::Drawn);
        assert_eq!(next_action(&open, &ALICE, NOW, None), None);
        for phase in [committing(), revealing(), appealing(&[1], 1)] {
            assert_eq!(action(phase, ReplicaState::Late, Some(&seal(1))), None);
        }
    }
}
