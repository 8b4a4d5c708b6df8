//! What a requester is to do next about a private request.

use lattice_chain_client::{BlockNumber, Private, PrivateStatus};

/// Blocks before the end of the window in which posting is forced: the call has to be in one of them.
const MARGIN: BlockNumber = 4;

/// What is on this disk, and what the user said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Known {
    pub has_receipt: bool,
    pub has_output: bool,
    /// The provider answered that it does not take the input, which no repetition changes.
    pub is_refused: bool,
    /// The output cannot be collected, which no repetition changes.
    pub is_withheld: bool,
    /// Whether the input may be put on the chain; `None` if nobody said.
    pub may_open: Option<bool>,
}

impl Known {
    /// What is known of another request about the same input: what the user said.
    pub fn of_another(self) -> Self {
        Self {
            may_open: self.may_open,
            ..Self::default()
        }
    }
}

/// What to do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Move {
    /// It is the provider's turn, or the chain's.
    Wait,
    /// Hand the input to the provider.
    Deliver,
    /// Show the chain the provider's receipt.
    Refute,
    /// Ask whether the input may be put on the chain.
    AskToOpen,
    /// Put the input on the chain.
    Open,
    /// Fetch the output from the provider.
    Collect,
    /// Have the output posted.
    Force,
    /// Settle.
    Acknowledge,
}

/// What a requester is to do next, after a block.
pub fn next_move(open: &Private, now: BlockNumber, known: &Known) -> Move {
    match open.status {
        PrivateStatus::Assigned => {
            let is_there = known.has_receipt || open.opened.is_some();
            match is_there || known.is_refused {
                true => Move::Wait,
                false => Move::Deliver,
            }
        }
        PrivateStatus::Claimed { open_by, .. } if open_by > now => {
            match (known.has_receipt, known.may_open) {
                (true, _) => Move::Refute,
                (false, Some(true)) => Move::Open,
                (false, Some(false)) => Move::Wait,
                (false, None) => Move::AskToOpen,
            }
        }
        PrivateStatus::Delivered { .. } | PrivateStatus::Forced { .. } if known.has_output => {
            Move::Acknowledge
        }
        PrivateStatus::Delivered { final_at } if final_at > now => {
            let is_late = now.saturating_add(MARGIN) >= final_at;
            match known.is_withheld || is_late {
                true => Move::Force,
                false => Move::Collect,
            }
        }
        PrivateStatus::Claimed { .. }
        | PrivateStatus::Delivered { .. }
        | PrivateStatus::Forced { .. } => Move::Wait,
    }
}

/// How far a request is, in words.
pub fn progress(open: &Private) -> String {
    match open.status {
        PrivateStatus::Assigned if open.opened.is_some() => format!(
            "the input is on the chain, and the provider owes the result, due in block {}",
            open.deadline
        ),
        PrivateStatus::Assigned => format!(
            "the provider owes the result, due in block {}",
            open.deadline
        ),
        PrivateStatus::Claimed { open_by, .. } => format!(
            "the provider says that it has no valid input, which may be opened until block {open_by}"
        ),
        PrivateStatus::Delivered { final_at } => format!(
            "the proof was accepted; settles when acknowledged, or after block {final_at}"
        ),
        PrivateStatus::Forced { post_by } => {
            format!("the provider is to post the output until block {post_by}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lattice_chain_client::{AccountId, InputClaim, OpenedInput, Price, H256};

    const NOW: BlockNumber = 100;

    fn open(status: PrivateStatus<BlockNumber>) -> Private {
        Private {
            request: 4,
            requester: AccountId([1; 32]),
            provider: AccountId([2; 32]),
            model: 0,
            model_hash: H256::zero(),
            vk_id: H256::zero(),
            input_commitment: H256::zero(),
            content: H256::zero(),
            context: H256::zero(),
            output_private: true,
            price: Price::default(),
            deadline: NOW + 20,
            status,
            opened: None,
            output_commitment: None,
        }
    }

    fn claimed() -> Private {
        open(PrivateStatus::Claimed {
            claim: InputClaim::NotReceived,
            open_by: NOW + 10,
        })
    }

    fn delivered() -> Private {
        open(PrivateStatus::Delivered { final_at: NOW + 10 })
    }

    fn forced() -> Private {
        open(PrivateStatus::Forced { post_by: NOW + 10 })
    }

    fn next(open: &Private, known: Known) -> Move {
        next_move(open, NOW, &known)
    }

    const NOTHING: Known = Known {
        has_receipt: false,
        has_output: false,
        is_refused: false,
        is_withheld: false,
        may_open: None,
    };

    #[test]
    fn an_input_is_delivered_until_there_is_a_receipt_or_it_is_on_the_chain() {
        let assigned = open(PrivateStatus::Assigned);
        assert_eq!(next(&assigned, NOTHING), Move::Deliver);
        let receipt = Known {
            has_receipt: true,
            ..NOTHING
        };
        let refused = Known {
            is_refused: true,
            ..NOTHING
        };
        assert_eq!(next(&assigned, receipt), Move::Wait);
        assert_eq!(next(&assigned, refused), Move::Wait);
        let opened = Private {
            opened: Some(OpenedInput {
                input: vec![1],
                blinding: H256::zero(),
            }),
            ..assigned
        };
        assert_eq!(next(&opened, NOTHING), Move::Wait);
    }

    #[test]
    fn what_one_provider_refused_is_offered_to_the_next() {
        let refused = Known {
            has_receipt: false,
            has_output: true,
            is_refused: true,
            is_withheld: true,
            may_open: Some(true),
        };
        assert_eq!(next(&open(PrivateStatus::Assigned), refused), Move::Wait);
        let of_another = refused.of_another();
        let said = Known {
            may_open: Some(true),
            ..NOTHING
        };
        assert_eq!(of_another, said);
        assert_eq!(
            next(&open(PrivateStatus::Assigned), of_another),
            Move::Deliver
        );
    }

    #[test]
    fn a_false_claim_is_refuted_whatever_may_be_opened() {
        for may_open in [None, Some(false), Some(true)] {
            let known = Known {
                has_receipt: true,
                may_open,
                ..NOTHING
            };
            assert_eq!(next(&claimed(), known), Move::Refute);
        }
    }

    #[test]
    fn an_input_is_opened_only_by_who_said_so() {
        let may = |may_open| Known {
            may_open,
            ..NOTHING
        };
        assert_eq!(next(&claimed(), may(None)), Move::AskToOpen);
        assert_eq!(next(&claimed(), may(Some(true))), Move::Open);
        assert_eq!(next(&claimed(), may(Some(false))), Move::Wait);
        let over = |known| next_move(&claimed(), NOW + 10, &known);
        assert_eq!(over(may(Some(true))), Move::Wait);
    }

    #[test]
    fn an_output_is_acknowledged_once_it_is_here_and_posted_if_it_does_not_come() {
        assert_eq!(next(&delivered(), NOTHING), Move::Collect);
        let here = Known {
            has_output: true,
            ..NOTHING
        };
        assert_eq!(next(&delivered(), here), Move::Acknowledge);
        assert_eq!(next(&forced(), here), Move::Acknowledge);
        assert_eq!(next(&forced(), NOTHING), Move::Wait);
        let withheld = Known {
            is_withheld: true,
            ..NOTHING
        };
        assert_eq!(next(&delivered(), withheld), Move::Force);
        let at = |now| next_move(&delivered(), now, &NOTHING);
        assert_eq!(at(NOW + 5), Move::Collect);
        assert_eq!((at(NOW + 6), at(NOW + 9)), (Move::Force, Move::Force));
        // What is due in this block cannot be in time in the next.
        assert_eq!(at(NOW + 10), Move::Wait);
    }

    #[test]
    fn every_status_is_told_with_its_block() {
        for (open, block) in [
            (open(PrivateStatus::Assigned), NOW + 20),
            (claimed(), NOW + 10),
            (delivered(), NOW + 10),
            (forced(), NOW + 10),
        ] {
            let text = progress(&open);
            assert!(text.contains(&format!("block {block}")), "{text}");
        }
    }
}
