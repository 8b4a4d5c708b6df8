//! Turns in disputes, for both sides.
//!
//! A party needs its own trace of the disputed request and nothing else: a defender reveals and opens
//! what it has committed to, a challenger names the first child in which its own trace differs. An honest
//! one of either side wins; `lattice-trace` says why. A party that has no answer, which is one that lied
//! or whose device did, is silent and loses.

use super::{traces::blocking, Done, Game, Hands, Kind, Role, TierError, Tiers};
use codec::{DecodeAll, Encode};
use lattice_chain_client::{
    AccountId, BlockNumber, Call, Dispute, DisputeId, DisputeTurn, RequestId, View, H256,
};
use lattice_tensor::Model;
use lattice_trace::{Commitment, Node, Position, StepError, Walk, WalkError};
use std::collections::{BTreeMap, BTreeSet};

/// Blocks for which each defender of a result leaves a turn to those named before it: one answer is
/// enough, and a second one costs a fee.
const DEFENDER_GAP: BlockNumber = 2;
/// With so few blocks left nobody waits for anybody.
const LAST_BLOCKS: BlockNumber = 8;

/// Why a party has no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MoveError {
    #[error("the chain's bytes are no {0}")]
    Encoding(&'static str),
    #[error("the disputed trace is not the one that this device computes")]
    OtherTrace,
    #[error("the walk is at a place that the trace does not have")]
    NoPlace,
    #[error("the revealed node is the same here")]
    NoDifference,
    #[error("the own node does not fit the walk: {0}")]
    Walk(#[from] WalkError),
    #[error("the element cannot be opened: {0}")]
    Open(#[from] StepError),
}

/// What a party answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Move {
    /// The node that the walk has come to.
    Reveal(Node),
    /// The first child that differs.
    Choose(u8),
    /// The encoded opening of the element.
    Defend(Vec<u8>),
}

impl Move {
    /// The word for it in logs.
    pub const fn name(&self) -> &'static str {
        match self {
            Move::Reveal(_) => "reveal",
            Move::Choose(_) => "choose",
            Move::Defend(_) => "defend",
        }
    }

    fn into_call(self, dispute: DisputeId) -> Call {
        match self {
            Move::Reveal(node) => Call::RevealNode { dispute, node },
            Move::Choose(child) => Call::ChooseChild { dispute, child },
            Move::Defend(opening) => Call::Defend { dispute, opening },
        }
    }
}

/// Whether an account is to answer after a block, in a turn that it has seen since another.
///
/// What is due in that block cannot be in time in the next.
pub fn is_due(
    dispute: &Dispute,
    account: &AccountId,
    since: BlockNumber,
    now: BlockNumber,
) -> bool {
    if dispute.due <= now {
        return false;
    }
    if dispute.turn.is_challengers() {
        return dispute.challenger == *account;
    }
    let mut defenders = dispute.defenders.iter();
    let Some(place) = defenders.position(|defender| defender == account) else {
        return false;
    };
    let wait = BlockNumber::try_from(place).unwrap_or(BlockNumber::MAX);
    let from = since.saturating_add(wait.saturating_mul(DEFENDER_GAP));
    now >= from || dispute.due.saturating_sub(now) <= LAST_BLOCKS
}

/// The answer of whoever's turn it is, given its own trace of the request.
///
/// # Errors
/// There is none. The chain would refuse, or decide against the party, whatever it sent.
pub fn next_move(dispute: &Dispute, model: &Model, own: &Commitment) -> Result<Move, MoveError> {
    if !dispute.turn.is_challengers() && dispute.trace_root.0 != own.root() {
        return Err(MoveError::OtherTrace);
    }
    match &dispute.turn {
        DisputeTurn::Reveal { walk, .. } => {
            let walk: Walk = decode("walk", walk)?;
            let node = own.reveal(&walk).ok_or(MoveError::NoPlace)?;
            walk.check_reveal(own.layout(), &node)?;
            Ok(Move::Reveal(node))
        }
        DisputeTurn::Choose { walk, node, .. } => {
            let walk: Walk = decode("walk", walk)?;
            let node: Node = decode("node", node)?;
            if own.reveal(&walk).is_none() {
                return Err(MoveError::NoPlace);
            }
            let child = own.first_difference(&walk, &node);
            child.map(Move::Choose).ok_or(MoveError::NoDifference)
        }
        DisputeTurn::Defend { op, element, .. } => {
            let position = Position {
                op: *op,
                element: *element,
            };
            Ok(Move::Defend(own.open(model, position)?.encode()))
        }
    }
}

/// Decodes exactly one thing and nothing else.
fn decode<T: DecodeAll>(what: &'static str, bytes: &[u8]) -> Result<T, MoveError> {
    T::decode_all(&mut &*bytes).map_err(|_| MoveError::Encoding(what))
}

/// Since when this worker has seen the turns of its disputes.
#[derive(Debug, Default)]
pub(super) struct Turns(BTreeMap<DisputeId, (DisputeTurn, BlockNumber)>);

impl Turns {
    /// The block in which the present turn of a dispute was seen first.
    fn since(&mut self, dispute: &Dispute, now: BlockNumber) -> BlockNumber {
        let new = || (dispute.turn.clone(), now);
        let seen = self.0.entry(dispute.dispute).or_insert_with(new);
        if seen.0 != dispute.turn {
            *seen = new();
        }
        seen.1
    }

    fn keep_only(&mut self, open: &BTreeSet<DisputeId>) {
        self.0.retain(|dispute, _| open.contains(dispute));
    }
}

impl Tiers {
    pub(super) async fn look_after_disputes(&mut self, view: &View) -> Result<(), TierError> {
        let account = self.hands.account;
        let all = view.all_disputes_of(&account).await?;
        let numbers: BTreeSet<_> = all.iter().map(|dispute| dispute.dispute).collect();
        self.turns.keep_only(&numbers);
        self.forget_ended(Kind::Dispute, numbers);
        for dispute in all {
            let game = Game::new(Kind::Dispute, dispute.dispute);
            let since = self.turns.since(&dispute, self.now);
            if self.is_free(game) && is_due(&dispute, &account, since, self.now) {
                let role = match dispute.turn.is_challengers() {
                    true => Role::Challenger,
                    false => Role::Defender,
                };
                let hands = self.hands.clone();
                self.play(
                    game,
                    role,
                    async move { answer(&hands, dispute, role).await },
                );
            }
        }
        Ok(())
    }
}

async fn answer(hands: &Hands, dispute: Dispute, role: Role) -> Result<Done, TierError> {
    let (id, request) = (dispute.dispute, dispute.request);
    let (model_hash, input) = subject(hands, request).await?;
    let served = hands.served(&model_hash)?;
    let own = hands.traces.of(&served, &input).await?;
    // To open an element takes the hashes over all weights.
    let answer = blocking(move || next_move(&dispute, &served.model, &own)).await??;
    let name = answer.name();
    let block = hands.submit(&answer.into_call(id)).await?.block.number;
    tracing::info!(
        dispute = id,
        request,
        role = role.name(),
        answer = name,
        block,
        "turn taken"
    );
    Ok(Done::InBlock(block))
}

/// Model and input of a request whose result is disputed; it is open for as long.
async fn subject(hands: &Hands, request: RequestId) -> Result<(H256, Vec<i8>), TierError> {
    let view = hands.client.best();
    if let Some(open) = view.optimistic(request).await? {
        return Ok((open.model_hash, open.input));
    }
    if let Some(open) = view.replicated(request).await? {
        return Ok((open.model_hash, open.input));
    }
    Err(TierError::Ended(request))
}

#[cfg(test)]
mod tests;
