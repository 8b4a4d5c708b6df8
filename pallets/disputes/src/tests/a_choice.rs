use super::fixture::Case;
use crate::mock::*;
use crate::*;
use frame::testing_prelude::*;
use lattice_host::trace::{Place, Position};
use lattice_primitives::*;

fn choose(who: &AccountId, dispute: DisputeId, child: u8) -> DispatchResult {
    PalletDisputes::choose(origin(who), dispute, child)
}

/// A dispute about BOB's honest trace in which ALICE is to choose.
fn revealed(case: &Case) -> DisputeId {
    let dispute = opened(case, &case.honest);
    assert_ok!(answer(case, &case.honest, dispute));
    dispute
}

#[test]
fn leads_to_the_child_that_is_named() {
    let case = Case::perceptron();
    on_a_chain_with(&[&case], || {
        let dispute = revealed(&case);
        pass(2);
        assert_ok!(choose(&ALICE, dispute, 1));
        let open = stored(dispute);
        let Turn::Reveal { walk } = open.turn else {
            panic!("a child of the trace is a result");
        };
        assert_eq!(walk.place(), Place::Value { op: 1 });
        assert_eq!(open.due, 3 + TURN);
        System::assert_last_event(
            Event::Chosen {
                dispute,
                child: 1,
                due: 3 + TURN,
            }
            .into(),
        );
        assert_ok!(PalletDisputes::check_invariants());
    });
}

#[test]
fn ends_at_an_element_with_the_value_that_was_committed_to() {
    let case = Case::smallest();
    on_a_chain_with(&[&case], || {
        let dispute = revealed(&case);
        assert_ok!(choose(&ALICE, dispute, 2));
        let position = Position { op: 0, element: 2 };
        let value = case.honest.element(position).expect("the model has it");
        assert_eq!(stored(dispute).turn, Turn::Defend { position, value });
    });
}

mod is_refused {
    use super::*;

    #[test]
    fn to_anyone_but_the_challenger() {
        let case = Case::smallest();
        on_a_chain_with(&[&case], || {
            let dispute = revealed(&case);
            for who in [BOB, CAROL, DAVE] {
                assert_noop!(choose(&who, dispute, 0), Error::<Test>::NotChallenger);
            }
        });
    }

    #[test]
    fn in_a_dispute_that_is_not_open() {
        on_a_chain_with(&[], || {
            assert_noop!(choose(&ALICE, 0, 0), Error::<Test>::UnknownDispute);
        });
    }

    #[test]
    fn out_of_turn() {
        let case = Case::smallest();
        on_a_chain_with(&[&case], || {
            let dispute = opened(&case, &case.honest);
            assert_noop!(choose(&ALICE, dispute, 0), Error::<Test>::OtherMoveDue);
            assert_ok!(answer(&case, &case.honest, dispute));
            assert_ok!(choose(&ALICE, dispute, 0));
            assert_noop!(choose(&ALICE, dispute, 0), Error::<Test>::OtherMoveDue);
        });
    }

    #[test]
    fn after_its_turn() {
        let case = Case::smallest();
        on_a_chain_with(&[&case], || {
            let dispute = revealed(&case);
            System::set_block_number(2 + TURN);
            assert_noop!(choose(&ALICE, dispute, 0), Error::<Test>::TurnPassed);
        });
    }

    #[test]
    fn of_a_child_that_is_not_there() {
        let case = Case::smallest();
        on_a_chain_with(&[&case], || {
            let dispute = revealed(&case);
            for child in [3, 63, u8::MAX] {
                assert_noop!(choose(&ALICE, dispute, child), Error::<Test>::UnknownChild);
            }
            assert_ok!(choose(&ALICE, dispute, 2));
        });
    }
}
