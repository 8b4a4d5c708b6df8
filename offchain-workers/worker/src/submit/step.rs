//! What to do next with an entry of the outbox.

use crate::outbox::{Outcome, State};
use lattice_chain_client::{submit::MORTALITY, BlockNumber};

/// Blocks for which a hole in the account's nonces may be filled by a sibling.
const GAP_BLOCKS: BlockNumber = 3;

/// What the chain shows of a request and of the account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sighting {
    /// Best block of all that follows.
    pub block: BlockNumber,
    /// How the request ended; `None` while it is open.
    pub ended: Option<Outcome>,
    /// Whether no result can be in time any more.
    pub overdue: bool,
    /// Nonce of the account in the block's state.
    pub state_nonce: u64,
    /// The same with the pool's extrinsics counted in.
    pub next_nonce: u64,
}

/// What to do next with an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Note how the request ended, as of a block.
    Close {
        outcome: Outcome,
        block: BlockNumber,
    },
    /// Sign, store, submit.
    Sign,
    /// Submit the stored bytes again, if the pool does not have them.
    Resubmit,
    /// Our extrinsic is in the pool, or none can help: look again at the next block.
    AwaitBlock,
    /// A hole in the nonces: a sibling that resumes too will fill it at once.
    AwaitSibling,
}

/// The one decision of this module.
pub fn next_step(state: &State, sighting: &Sighting) -> Step {
    if let Some(outcome) = sighting.ended {
        return Step::Close {
            outcome,
            block: sighting.block,
        };
    }
    if sighting.overdue {
        // The chain ends the request by itself.
        return Step::AwaitBlock;
    }
    let extrinsic = match state {
        State::Submitted(extrinsic) => extrinsic,
        // It is good for as long as the request is open, and the pool says whether it has it.
        State::Authorized(_) => return Step::Resubmit,
        // A closed entry comes here when a reorganisation reopened its request.
        State::Proven | State::Closed { .. } => return Step::Sign,
    };
    let age = sighting.block.saturating_sub(extrinsic.signed_at);
    if sighting.state_nonce > extrinsic.nonce || age > MORTALITY {
        // Used up without closing the request, or too old: void either way.
        Step::Sign
    } else if sighting.next_nonce > extrinsic.nonce {
        Step::AwaitBlock
    } else if sighting.next_nonce == extrinsic.nonce {
        Step::Resubmit
    } else if age > GAP_BLOCKS {
        Step::Sign
    } else {
        Step::AwaitSibling
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outbox::{AuthorizedExtrinsic, SignedExtrinsic};

    const SIGNED_AT: BlockNumber = 100;
    const NONCE: u64 = 7;

    fn submitted() -> State {
        State::Submitted(SignedExtrinsic {
            bytes: vec![1],
            hash: [2; 32],
            nonce: NONCE,
            signed_at: SIGNED_AT,
        })
    }

    fn authorized() -> State {
        State::Authorized(AuthorizedExtrinsic {
            bytes: vec![1],
            hash: [2; 32],
            made_at: SIGNED_AT,
        })
    }

    fn open(block: BlockNumber, state_nonce: u64, next_nonce: u64) -> Sighting {
        Sighting {
            block,
            ended: None,
            overdue: false,
            state_nonce,
            next_nonce,
        }
    }

    #[test]
    fn a_proof_that_was_never_signed_is_signed() {
        assert_eq!(next_step(&State::Proven, &open(100, 7, 7)), Step::Sign);
    }

    #[test]
    fn a_closed_request_is_closed_whatever_was_done_for_it() {
        for state in [State::Proven, submitted(), authorized()] {
            for overdue in [false, true] {
                let sighting = Sighting {
                    ended: Some(Outcome::Settled),
                    overdue,
                    ..open(101, 8, 8)
                };
                let expected = Step::Close {
                    outcome: Outcome::Settled,
                    block: 101,
                };
                assert_eq!(next_step(&state, &sighting), expected);
            }
        }
    }

    #[test]
    fn an_authorized_extrinsic_is_handed_in_again_whatever_the_nonces_are() {
        for (state_nonce, next_nonce) in [(0, 0), (7, 8), (9, 9)] {
            for block in [101, SIGNED_AT + MORTALITY + 100] {
                let sighting = open(block, state_nonce, next_nonce);
                assert_eq!(next_step(&authorized(), &sighting), Step::Resubmit);
            }
        }
    }

    #[test]
    fn nothing_is_sent_for_a_request_that_is_overdue() {
        let closed = State::Closed {
            outcome: Outcome::Settled,
            block: 99,
        };
        for state in [State::Proven, submitted(), authorized(), closed] {
            let sighting = Sighting {
                overdue: true,
                ..open(101, 8, 8)
            };
            assert_eq!(next_step(&state, &sighting), Step::AwaitBlock);
        }
    }

    #[test]
    fn an_extrinsic_in_the_pool_is_not_submitted_a_second_time() {
        assert_eq!(next_step(&submitted(), &open(101, 7, 8)), Step::AwaitBlock);
        assert_eq!(next_step(&submitted(), &open(101, 6, 9)), Step::AwaitBlock);
    }

    #[test]
    fn an_extrinsic_that_the_pool_lost_is_submitted_with_the_same_bytes() {
        assert_eq!(next_step(&submitted(), &open(101, 7, 7)), Step::Resubmit);
    }

    #[test]
    fn an_extrinsic_whose_nonce_was_used_in_vain_is_replaced() {
        assert_eq!(next_step(&submitted(), &open(102, 8, 8)), Step::Sign);
    }

    #[test]
    fn an_extrinsic_past_its_life_is_replaced() {
        let last = SIGNED_AT + MORTALITY;
        assert_eq!(next_step(&submitted(), &open(last, 7, 7)), Step::Resubmit);
        assert_eq!(next_step(&submitted(), &open(last + 1, 7, 7)), Step::Sign);
    }

    #[test]
    fn a_hole_in_the_nonces_is_left_to_siblings_for_a_few_blocks() {
        assert_eq!(
            next_step(&submitted(), &open(101, 5, 6)),
            Step::AwaitSibling
        );
        let later = SIGNED_AT + GAP_BLOCKS + 1;
        assert_eq!(next_step(&submitted(), &open(later, 5, 6)), Step::Sign);
    }

    #[test]
    fn a_request_that_a_reorganisation_reopened_is_signed_for_again() {
        let closed = State::Closed {
            outcome: Outcome::Settled,
            block: 99,
        };
        assert_eq!(next_step(&closed, &open(101, 7, 7)), Step::Sign);
    }
}
