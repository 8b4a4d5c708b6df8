//! Which work is still wanted, as a block shows it.

use super::Serving;
use crate::outbox::Entry;
use lattice_chain_client::{Assignment, BlockNumber, RequestId};

/// A best block that is read late may be so many blocks older than the one that
/// closed a request.
const MAX_BLOCKS_BACK: BlockNumber = 2;

impl Serving {
    /// Whether a result for this request can still be in time, as of a block with these assignments.
    pub(super) fn is_of_use(
        &self,
        request: RequestId,
        open: &[Assignment],
        block: BlockNumber,
    ) -> bool {
        open.iter().any(|assignment| {
            assignment.request == request
                && assignment.context == self.context
                && assignment.deadline > block
        })
    }
}

/// Whether an assignment is open only because this block is older than the one
/// that closed its request.
///
/// An assignment that is open in a later block, or much earlier, was reopened:
/// by a reorganisation, or by a development chain that began anew.
pub(super) fn is_old_news(entry: &Entry, assignment: &Assignment, block: BlockNumber) -> bool {
    entry.context == assignment.context.0
        && entry
            .closed_at()
            .and_then(|closed| closed.checked_sub(block))
            .is_some_and(|back| back <= MAX_BLOCKS_BACK)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        outbox::{Outcome, State},
        recall::recallable,
    };
    use lattice_chain_client::{AccountId, Price, RequestStatus, H256};

    fn assignment() -> Assignment {
        Assignment {
            request: 4,
            requester: AccountId([1; 32]),
            provider: AccountId([2; 32]),
            model: 0,
            model_hash: H256::zero(),
            vk_id: H256::zero(),
            input: Vec::new(),
            input_commitment: H256::zero(),
            content: H256::zero(),
            context: H256([5; 32]),
            price: Price::default(),
            deadline: 90,
            status: RequestStatus::Assigned,
            attempts_left: 0,
        }
    }

    fn closed_at(block: BlockNumber) -> Entry {
        Entry {
            model: 0,
            context: [5; 32],
            output: Vec::new(),
            proof: [0; 128].into(),
            state: State::Closed {
                outcome: Outcome::Settled,
                block,
            },
        }
    }

    #[test]
    fn a_block_from_before_the_settlement_reopens_nothing() {
        for block in [52, 51, 50] {
            assert!(is_old_news(&closed_at(52), &assignment(), block), "{block}");
        }
    }

    #[test]
    fn a_later_block_that_still_has_the_request_does() {
        assert!(!is_old_news(&closed_at(52), &assignment(), 53));
    }

    #[test]
    fn so_does_a_chain_that_began_anew() {
        assert!(!is_old_news(&closed_at(52), &assignment(), 49));
        let mut other = assignment();
        other.context = H256([6; 32]);
        assert!(!is_old_news(&closed_at(52), &other, 52));
    }

    #[test]
    fn work_is_of_use_while_its_request_is_assigned_and_can_be_in_time() {
        let serving = Serving {
            context: H256([5; 32]),
            recall: recallable().0,
        };
        let open = [assignment()];
        assert!(serving.is_of_use(4, &open, 89));
        // A result is in the next block at the earliest.
        assert!(!serving.is_of_use(4, &open, 90));
        assert!(!serving.is_of_use(3, &open, 50));
        assert!(!serving.is_of_use(4, &[], 50));
        // After a reorganisation the number may be another request's.
        let mut other = assignment();
        other.context = H256([6; 32]);
        assert!(!serving.is_of_use(4, &[other], 50));
    }

    #[test]
    fn a_proof_that_is_on_its_way_is_no_news_of_the_past() {
        let mut entry = closed_at(52);
        entry.state = State::Proven;
        assert!(!is_old_news(&entry, &assignment(), 52));
    }
}
