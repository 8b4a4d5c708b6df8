use super::fixture::Case;
use crate::mock::*;
use crate::*;
use frame::testing_prelude::*;
use lattice_host::trace::{Position, Walk};
use lattice_primitives::{api::MAX_PAGE, *};

fn ids(account: &AccountId, start: DisputeId, limit: u32) -> Vec<DisputeId> {
    PalletDisputes::disputes_of(account, start, limit)
        .into_iter()
        .map(|info| info.dispute)
        .collect()
}

fn turn(dispute: DisputeId) -> DisputeTurn {
    let info = PalletDisputes::dispute(dispute);
    info.expect("the dispute is open").turn
}

#[test]
fn says_everything_of_a_dispute() {
    let case = Case::perceptron();
    on_a_chain_with(&[&case], || {
        let mut claim = claim(&case, &case.honest);
        claim.defenders = BoundedVec::truncate_from(vec![BOB, DAVE]);
        let dispute = open(claim).expect("the claim is in order");
        let info = PalletDisputes::dispute(dispute).expect("the dispute is open");
        assert_eq!(
            (info.dispute, info.request, info.model),
            (dispute, REQUEST, 0)
        );
        assert_eq!((info.challenger, info.defenders), (ALICE, vec![BOB, DAVE]));
        assert_eq!(info.trace_root, H256(case.honest.root()));
        assert_eq!((info.opened_at, info.due), (1, 1 + TURN));
        assert!(!info.turn.is_challengers());
        assert_eq!(PalletDisputes::dispute(dispute + 1), None);
    });
}

/// With what is read, and its own trace, a party can take every turn.
#[test]
fn says_of_each_turn_all_that_it_needs() {
    let case = Case::perceptron();
    on_a_chain_with(&[&case], || {
        let posted = case.off_by_one(0, 65, true);
        let dispute = opened(&case, &posted);
        let mut places = Vec::new();
        let position = loop {
            match turn(dispute) {
                DisputeTurn::Reveal { place, walk } => {
                    places.push(place);
                    let walk = Walk::decode(&mut &walk[..]).expect("it is a walk");
                    let node = posted.reveal(&walk).expect("the tree has the place");
                    assert_ok!(PalletDisputes::reveal(origin(&BOB), dispute, node));
                }
                DisputeTurn::Choose { place, walk, node } => {
                    assert_eq!(places.last(), Some(&place));
                    assert!(turn(dispute).is_challengers());
                    let walk = Walk::decode(&mut &walk[..]).expect("it is a walk");
                    let node = Node::decode(&mut &node[..]).expect("it is a node");
                    let child = case.honest.first_difference(&walk, &node);
                    let child = child.expect("they differ");
                    assert_ok!(PalletDisputes::choose(origin(&ALICE), dispute, child));
                }
                DisputeTurn::Defend { op, element, value } => {
                    let position = Position { op, element };
                    assert_eq!(posted.element(position), Some(value));
                    break position;
                }
            }
        };
        assert_eq!(position, Position { op: 0, element: 65 });
        assert_eq!(
            places,
            [
                DisputePlace::Trace,
                DisputePlace::Value { op: 0 },
                DisputePlace::Elements {
                    op: 0,
                    level: 0,
                    index: 1
                }
            ]
        );
    });
}

#[test]
fn lists_the_disputes_of_all_parties_in_their_order() {
    let case = Case::smallest();
    on_a_chain_with(&[&case], || {
        for _ in 0..3 {
            opened(&case, &case.honest);
            let mut claim = claim(&case, &case.honest);
            claim.defenders = BoundedVec::truncate_from(vec![BOB, DAVE]);
            claim.challenger = CAROL;
            assert_ok!(open(claim));
        }
        assert_eq!(ids(&BOB, 0, 100), [0, 1, 2, 3, 4, 5]);
        assert_eq!(ids(&ALICE, 0, 100), [0, 2, 4]);
        assert_eq!(ids(&DAVE, 0, 100), [1, 3, 5]);
        assert_eq!(ids(&CAROL, 2, 100), [3, 5]);
        assert_eq!(ids(&BOB, 2, 2), [2, 3]);
        assert!(ids(&BOB, 6, 100).is_empty());
        assert!(ids(&BOB, 0, 0).is_empty());
        <PalletDisputes as Court<AccountId>>::close(1);
        assert_eq!(ids(&BOB, 0, 100), [0, 2, 3, 4, 5]);
        assert_eq!(ids(&DAVE, 0, 100), [3, 5]);
    });
}

#[test]
fn hands_out_a_page_at_most() {
    let case = Case::smallest();
    on_a_chain_with(&[&case], || {
        for _ in 0..MAX_PAGE + 5 {
            opened(&case, &case.honest);
        }
        // Beyond one byte, where a little-endian key would be in another order.
        NextDispute::<Test>::put(256);
        opened(&case, &case.honest);
        let first = ids(&BOB, 0, u32::MAX);
        assert_eq!(first, (0..u64::from(MAX_PAGE)).collect::<Vec<_>>());
        assert_eq!(ids(&BOB, 104, u32::MAX), [104, 256]);
    });
}
