use super::fixture::Case;
use crate::mock::*;
use crate::*;
use frame::testing_prelude::*;
use lattice_host::trace::Commitment;
use lattice_primitives::*;

fn reveal(who: &AccountId, dispute: DisputeId, node: Node) -> DispatchResult {
    PalletDisputes::reveal(origin(who), dispute, node)
}

/// The node that is to be revealed, as this commitment has it.
fn node(commitment: &Commitment, dispute: DisputeId) -> Node {
    let Turn::Reveal { walk } = stored(dispute).turn else {
        panic!("it is a defender's turn to reveal");
    };
    commitment.reveal(&walk).expect("the tree has the place")
}

#[test]
fn gives_the_turn_to_the_challenger() {
    let case = Case::perceptron();
    on_a_chain_with(&[&case], || {
        let dispute = opened(&case, &case.honest);
        let Turn::Reveal { walk } = stored(dispute).turn else {
            panic!("it is a defender's turn to reveal");
        };
        let node = node(&case.honest, dispute);
        pass(3);
        assert_ok!(reveal(&BOB, dispute, node.clone()));
        let open = stored(dispute);
        assert_eq!(open.turn, Turn::Choose { walk, node });
        assert_eq!(open.due, 4 + TURN);
        System::assert_last_event(
            Event::Revealed {
                dispute,
                defender: BOB,
                due: 4 + TURN,
            }
            .into(),
        );
        assert_ok!(PalletDisputes::check_invariants());
    });
}

#[test]
fn may_be_any_defenders() {
    let case = Case::perceptron();
    on_a_chain_with(&[&case], || {
        let mut claim = claim(&case, &case.honest);
        claim.defenders = BoundedVec::truncate_from(vec![BOB, DAVE]);
        let dispute = open(claim).expect("the claim is in order");
        assert_ok!(reveal(&DAVE, dispute, node(&case.honest, dispute)));
        assert_ok!(PalletDisputes::choose(origin(&ALICE), dispute, 1));
        assert_ok!(reveal(&BOB, dispute, node(&case.honest, dispute)));
    });
}

#[test]
fn is_in_time_in_the_last_block_of_its_turn() {
    let case = Case::smallest();
    on_a_chain_with(&[&case], || {
        let dispute = opened(&case, &case.honest);
        run_to(1 + TURN);
        assert_ok!(reveal(&BOB, dispute, node(&case.honest, dispute)));
    });
}

mod is_refused {
    use super::*;

    #[test]
    fn to_anyone_but_a_defender() {
        let case = Case::smallest();
        on_a_chain_with(&[&case], || {
            let dispute = opened(&case, &case.honest);
            for who in [ALICE, CAROL, DAVE] {
                assert_noop!(
                    reveal(&who, dispute, node(&case.honest, dispute)),
                    Error::<Test>::NotDefender
                );
            }
        });
    }

    #[test]
    fn in_a_dispute_that_is_not_open() {
        let case = Case::smallest();
        on_a_chain_with(&[&case], || {
            let node = Node::Branch(Default::default());
            assert_noop!(reveal(&BOB, 0, node), Error::<Test>::UnknownDispute);
        });
    }

    #[test]
    fn out_of_turn() {
        let case = Case::smallest();
        on_a_chain_with(&[&case], || {
            let dispute = opened(&case, &case.honest);
            let node = node(&case.honest, dispute);
            assert_ok!(reveal(&BOB, dispute, node.clone()));
            assert_noop!(
                reveal(&BOB, dispute, node.clone()),
                Error::<Test>::OtherMoveDue
            );
            assert_ok!(PalletDisputes::choose(origin(&ALICE), dispute, 0));
            assert_noop!(reveal(&BOB, dispute, node), Error::<Test>::OtherMoveDue);
        });
    }

    #[test]
    fn after_its_turn() {
        let case = Case::smallest();
        on_a_chain_with(&[&case], || {
            let dispute = opened(&case, &case.honest);
            System::set_block_number(2 + TURN);
            assert_noop!(
                reveal(&BOB, dispute, node(&case.honest, dispute)),
                Error::<Test>::TurnPassed
            );
        });
    }

    #[test]
    fn of_what_was_not_committed_to_and_the_turn_goes_on() {
        let case = Case::perceptron();
        on_a_chain_with(&[&case], || {
            // BOB posted a false trace, and would show the honest one.
            let posted = case.off_by_one(0, 3, true);
            let dispute = opened(&case, &posted);
            assert_noop!(
                reveal(&BOB, dispute, node(&case.honest, dispute)),
                Error::<Test>::WrongNode
            );
            assert_noop!(
                reveal(&BOB, dispute, Node::Leaf(Default::default())),
                Error::<Test>::OtherKindOfNode
            );
            let Node::Branch(mut children) = node(&posted, dispute) else {
                panic!("there are several results");
            };
            children.pop();
            assert_noop!(
                reveal(&BOB, dispute, Node::Branch(children)),
                Error::<Test>::WrongNodeLength
            );
            assert_ok!(reveal(&BOB, dispute, node(&posted, dispute)));
        });
    }
}
