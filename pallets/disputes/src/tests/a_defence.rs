use super::fixture::Case;
use crate::mock::*;
use crate::*;
use frame::testing_prelude::*;
use lattice_host::trace::{Commitment, Opening, Position};
use lattice_primitives::*;

fn defend(who: &AccountId, dispute: DisputeId, opening: Vec<u8>) -> DispatchResult {
    let opening = BoundedVec::try_from(opening).expect("it is short enough");
    PalletDisputes::defend(origin(who), dispute, opening)
}

/// A dispute in which BOB is to open the element that ALICE led him to.
fn at_the_bottom(
    case: &Case,
    posted: &Commitment,
    choice: &mut dyn FnMut(&Turn) -> u8,
) -> (DisputeId, Position) {
    let dispute = opened(case, posted);
    loop {
        let turn = stored(dispute).turn;
        match turn {
            Turn::Reveal { .. } => {
                assert_ok!(answer(case, posted, dispute));
            }
            Turn::Choose { .. } => {
                let child = choice(&turn);
                assert_ok!(PalletDisputes::choose(origin(&ALICE), dispute, child));
            }
            Turn::Defend { position, .. } => return (dispute, position),
        }
    }
}

/// BOB posted a false trace, and ALICE led him to the first false element.
fn of_a_lie(case: &Case, posted: &Commitment) -> (DisputeId, Position) {
    at_the_bottom(case, posted, &mut honest_choice(case))
}

/// ALICE led BOB to an element of the last result.
fn of_the_truth(case: &Case) -> (DisputeId, Position) {
    let mut last = |turn: &Turn| {
        let Turn::Choose { node, .. } = turn else {
            panic!("it is a defender's turn");
        };
        let count = match node {
            Node::Branch(children) => children.len(),
            Node::Leaf(elements) => elements.len(),
        };
        u8::try_from(count - 1).expect("at most 64")
    };
    at_the_bottom(case, &case.honest, &mut last)
}

fn opening(case: &Case, posted: &Commitment, position: Position) -> Opening {
    let opening = posted.open(&case.model, position);
    opening.expect("the tree has the element")
}

#[test]
fn of_a_true_element_upholds_the_result() {
    let case = Case::perceptron();
    on_a_chain_with(&[&case], || {
        let (dispute, position) = of_the_truth(&case);
        assert_eq!(position, Position { op: 4, element: 2 });
        let opening = opening(&case, &case.honest, position);
        assert_ok!(defend(&BOB, dispute, opening.encode()));
        let verdict = Verdict::Upheld(Cause::Checked);
        assert_eq!(told(), [(dispute, REQUEST, ALICE, verdict)]);
        assert!(!is_open(dispute));
        System::assert_last_event(
            Event::Decided {
                dispute,
                request: REQUEST,
                challenger: ALICE,
                verdict,
            }
            .into(),
        );
    });
}

#[test]
fn of_a_false_element_refutes_the_result() {
    let case = Case::perceptron();
    on_a_chain_with(&[&case], || {
        let posted = case.off_by_one(2, 5, true);
        let (dispute, position) = of_a_lie(&case, &posted);
        assert_eq!(position, Position { op: 2, element: 5 });
        let opening = opening(&case, &posted, position);
        assert_ok!(defend(&BOB, dispute, opening.encode()));
        let verdict = Verdict::Refuted(Cause::Checked);
        assert_eq!(told(), [(dispute, REQUEST, ALICE, verdict)]);
        assert!(!is_open(dispute));
    });
}

mod is_refused {
    use super::*;

    #[test]
    fn to_anyone_but_a_defender() {
        let case = Case::perceptron();
        on_a_chain_with(&[&case], || {
            let (dispute, position) = of_the_truth(&case);
            let opening = opening(&case, &case.honest, position).encode();
            for who in [ALICE, CAROL, DAVE] {
                assert_noop!(
                    defend(&who, dispute, opening.clone()),
                    Error::<Test>::NotDefender
                );
            }
        });
    }

    #[test]
    fn in_a_dispute_that_is_not_open() {
        on_a_chain_with(&[], || {
            assert_noop!(defend(&BOB, 0, Vec::new()), Error::<Test>::UnknownDispute);
        });
    }

    #[test]
    fn out_of_turn() {
        let case = Case::smallest();
        on_a_chain_with(&[&case], || {
            let dispute = opened(&case, &case.honest);
            assert_noop!(
                defend(&BOB, dispute, Vec::new()),
                Error::<Test>::OtherMoveDue
            );
            assert_ok!(answer(&case, &case.honest, dispute));
            assert_noop!(
                defend(&BOB, dispute, Vec::new()),
                Error::<Test>::OtherMoveDue
            );
        });
    }

    #[test]
    fn after_its_turn() {
        let case = Case::smallest();
        on_a_chain_with(&[&case], || {
            let (dispute, position) = of_the_truth(&case);
            let opening = opening(&case, &case.honest, position).encode();
            System::set_block_number(2 + TURN);
            assert_noop!(defend(&BOB, dispute, opening), Error::<Test>::TurnPassed);
        });
    }

    /// Nothing that does not fit loses at once, and what fits can still be handed in.
    #[test]
    fn with_an_opening_that_does_not_fit_and_the_turn_goes_on() {
        let case = Case::perceptron();
        on_a_chain_with(&[&case], || {
            let (dispute, position) = of_the_truth(&case);
            let good = opening(&case, &case.honest, position);
            let refuse = |opening: Vec<u8>, error: Error<Test>| {
                assert_noop!(defend(&BOB, dispute, opening), error);
            };
            refuse(Vec::new(), Error::MalformedOpening);
            refuse([good.encode(), vec![0]].concat(), Error::MalformedOpening);
            refuse(vec![0xff; 262_144], Error::MalformedOpening);
            refuse(Opening::default().encode(), Error::MalformedOpening);

            let mut other = good.clone();
            other.elements.pop();
            refuse(other.encode(), Error::MalformedOpening);

            let mut other = good.clone();
            other.elements[0] ^= 1;
            refuse(other.encode(), Error::WrongOperands);

            let mut other = good.clone();
            other.weights[0] ^= 1;
            refuse(other.encode(), Error::WrongWeights);

            assert!(told().is_empty());
            assert_ok!(defend(&BOB, dispute, good.encode()));
        });
    }

    #[test]
    fn with_the_honest_operands_of_a_false_trace() {
        let case = Case::perceptron();
        on_a_chain_with(&[&case], || {
            // The second result is false; ALICE errs, and leads to the first element of the third,
            // whose operands BOB would rather have honest.
            let posted = case.off_by_one(1, 5, false);
            let mut last = |turn: &Turn| match turn {
                Turn::Choose { node, .. } => match node {
                    Node::Branch(children) => u8::try_from(children.len() - 3).expect("few"),
                    Node::Leaf(_) => 0,
                },
                _ => panic!("it is a defender's turn"),
            };
            let (dispute, position) = at_the_bottom(&case, &posted, &mut last);
            assert_eq!(position, Position { op: 2, element: 0 });
            let honest = opening(&case, &case.honest, position);
            assert_noop!(
                defend(&BOB, dispute, honest.encode()),
                Error::<Test>::WrongOperands
            );
        });
    }
}
