//! What to do next about a private request.

use lattice_chain_client::{AccountId, BlockNumber, ModelIndex, Offer, Private, PrivateStatus};
use lattice_p2p::private::{Kept, Name, Payload};

/// What a provider is to do next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Run the model, put result and proof on disk, and submit them.
    Answer(Payload),
    /// Submit what is on disk.
    Submit,
    /// Post the output that is on disk.
    Post,
    /// Tell the chain that there is no valid input.
    Claim,
}

/// Under which the mailbox keeps a request.
pub fn name(open: &Private) -> Name {
    Name {
        request: open.request,
        context: open.context.0,
    }
}

/// Blocks that a provider demands for a request of a model, as it offers now; none without an offer.
pub fn demanded(offers: &[(ModelIndex, Offer)], model: ModelIndex) -> BlockNumber {
    let of_model = offers.iter().find(|(index, _)| *index == model);
    of_model.map_or(0, |(_, offer)| offer.min_deadline)
}

/// Whether an input that comes now can be answered by a provider that demands so many blocks. One that
/// was claimed not to be there, or was answered, is waited for no more.
pub fn is_in_time(open: &Private, now: BlockNumber, demanded: BlockNumber) -> bool {
    let left = open.deadline.saturating_sub(now);
    open.status == PrivateStatus::Assigned && left >= demanded.max(1)
}

/// What a provider that demands so many blocks is to do next about a request, after a block, with what it
/// has kept of it.
///
/// What is due in that block cannot be in time in the next. An input is waited for until half of the
/// time is over that there was when the request was seen, or until no more is left than the provider
/// demands, if that is earlier: then it can still be opened on the chain, or there is time enough to
/// answer one that came in the last moment. A private output is posted when that is forced, and never
/// else.
pub fn next_action(
    open: &Private,
    account: &AccountId,
    now: BlockNumber,
    demanded: BlockNumber,
    kept: &Kept,
) -> Option<Action> {
    if open.provider != *account {
        return None;
    }
    match open.status {
        PrivateStatus::Assigned if open.deadline > now => {
            if kept.answer.is_some() {
                return Some(Action::Submit);
            }
            match input(open, kept) {
                Some(payload) => Some(Action::Answer(payload)),
                None => is_missed(open, now, demanded, kept).then_some(Action::Claim),
            }
        }
        PrivateStatus::Forced { post_by } if post_by > now => Some(Action::Post),
        PrivateStatus::Assigned
        | PrivateStatus::Claimed { .. }
        | PrivateStatus::Delivered { .. }
        | PrivateStatus::Forced { .. } => None,
    }
}

/// The input: as it was opened on the chain, or as it was delivered.
fn input(open: &Private, kept: &Kept) -> Option<Payload> {
    match &open.opened {
        Some(opened) => Some(Payload {
            input: opened.input.clone(),
            blinding: opened.blinding.0,
        }),
        None => kept.payload.clone(),
    }
}

/// Whether no input is waited for any more.
fn is_missed(open: &Private, now: BlockNumber, demanded: BlockNumber, kept: &Kept) -> bool {
    let seen_at = kept.seen_at.unwrap_or(now);
    let patience = open.deadline.saturating_sub(seen_at) / 2;
    kept.complaint.is_some()
        || now >= seen_at.saturating_add(patience)
        || open.deadline.saturating_sub(now) <= demanded
}

#[cfg(test)]
mod tests {
    use super::super::testing::{
        answered, assigned, delivered, forced, kept, opened, payload, ALICE, BOB, NOW,
    };
    use super::*;
    use lattice_chain_client::InputClaim;
    use lattice_p2p::private::Complaint;

    /// Blocks that Bob demands.
    const DEMANDED: BlockNumber = 4;

    fn action(open: &Private, kept: &Kept, now: BlockNumber) -> Option<Action> {
        next_action(open, &BOB, now, DEMANDED, kept)
    }

    #[test]
    fn an_input_is_answered_once_it_is_there() {
        let mut with_input = kept();
        assert_eq!(action(&assigned(), &with_input, NOW), None);
        with_input.payload = Some(payload());
        let expected = Some(Action::Answer(payload()));
        assert_eq!(action(&assigned(), &with_input, NOW), expected);
    }

    #[test]
    fn what_is_proven_is_submitted_and_never_proven_again() {
        for payload in [None, Some(payload())] {
            let mut proven = answered();
            proven.payload = payload;
            assert_eq!(action(&assigned(), &proven, NOW), Some(Action::Submit));
            assert_eq!(action(&delivered(), &proven, NOW), None);
        }
    }

    #[test]
    fn an_input_that_does_not_come_is_missed_at_half_of_the_time() {
        let open = assigned();
        // Seen at NOW, due at NOW + 20.
        let waits = |now| action(&open, &kept(), now);
        assert_eq!((waits(NOW), waits(NOW + 9)), (None, None));
        assert_eq!(waits(NOW + 10), Some(Action::Claim));
        assert_eq!(waits(NOW + 19), Some(Action::Claim));
        // A claim that was decided on is made at once.
        let mut decided = kept();
        decided.complaint = Some(Complaint::Invalid);
        assert_eq!(action(&open, &decided, NOW), Some(Action::Claim));
    }

    /// The worker was away, and half of what was left is less than the provider demands.
    #[test]
    fn an_input_is_missed_once_no_more_time_is_left_than_the_provider_demands() {
        let open = assigned();
        let mut late = kept();
        late.seen_at = Some(open.deadline - 6);
        let left = |blocks| action(&open, &late, open.deadline - blocks);
        assert_eq!((left(6), left(5)), (None, None));
        assert_eq!(left(4), Some(Action::Claim));
        // Without an offer there is nothing but half of the time.
        let of_none = |blocks| next_action(&open, &BOB, open.deadline - blocks, 0, &late);
        assert_eq!((of_none(4), of_none(3)), (None, Some(Action::Claim)));
    }

    #[test]
    fn an_input_is_in_time_as_long_as_the_provider_has_what_it_demands() {
        let at = |left| is_in_time(&assigned(), assigned().deadline - left, DEMANDED);
        assert!(at(20) && at(4));
        assert!(!at(3) && !at(0));
        assert!(!is_in_time(&assigned(), assigned().deadline, 0));
        assert!(!is_in_time(&assigned(), assigned().deadline + 1, 0));
        let claimed = Private {
            status: PrivateStatus::Claimed {
                claim: InputClaim::NotReceived,
                open_by: NOW + 50,
            },
            ..assigned()
        };
        for open in [claimed, delivered(), forced()] {
            assert!(!is_in_time(&open, NOW, DEMANDED));
        }
    }

    #[test]
    fn what_is_demanded_is_what_the_model_is_offered_with() {
        let offers =
            [(2, 7), (5, 9)].map(|(model, blocks)| (model, Offer::per_inference(1, blocks)));
        assert_eq!(demanded(&offers, 5), 9);
        assert_eq!(demanded(&offers, 3), 0);
        assert_eq!(demanded(&[], 5), 0);
    }

    #[test]
    fn who_has_an_input_does_not_claim() {
        let mut with_input = kept();
        with_input.payload = Some(payload());
        let late = action(&assigned(), &with_input, NOW + 19);
        assert_eq!(late, Some(Action::Answer(payload())));
    }

    #[test]
    fn an_input_that_was_opened_is_answered_whatever_was_claimed() {
        let mut claimed = kept();
        claimed.complaint = Some(Complaint::NotReceived);
        let expected = Some(Action::Answer(payload()));
        assert_eq!(action(&opened(), &claimed, NOW + 15), expected);
        assert_eq!(action(&opened(), &kept(), NOW), expected);
    }

    #[test]
    fn nothing_is_done_while_the_requester_has_to_answer_a_claim() {
        let open = Private {
            status: PrivateStatus::Claimed {
                claim: InputClaim::NotReceived,
                open_by: NOW + 50,
            },
            ..assigned()
        };
        assert_eq!(action(&open, &kept(), NOW + 10), None);
    }

    #[test]
    fn an_output_is_posted_when_that_is_forced_and_not_before() {
        let open = forced();
        assert_eq!(action(&open, &answered(), NOW), Some(Action::Post));
        assert_eq!(action(&delivered(), &answered(), NOW), None);
    }

    #[test]
    fn nothing_is_done_that_could_not_be_in_time() {
        let mut with_input = kept();
        with_input.payload = Some(payload());
        let open = assigned();
        for late in [open.deadline, open.deadline + 1] {
            for kept in [kept(), answered(), with_input.clone()] {
                assert_eq!(action(&open, &kept, late), None);
            }
        }
        let PrivateStatus::Forced { post_by } = forced().status else {
            panic!("it is forced");
        };
        assert!(action(&forced(), &answered(), post_by - 1).is_some());
        assert_eq!(action(&forced(), &answered(), post_by), None);
    }

    #[test]
    fn nothing_is_done_for_another_provider() {
        for open in [assigned(), opened(), forced()] {
            assert_eq!(next_action(&open, &ALICE, NOW, DEMANDED, &answered()), None);
        }
    }
}
