//! Whoever posts something false loses against an honest challenger, and whoever does not wins
//! against any.

use super::fixture::Case;
use crate::mock::*;
use crate::*;
use lattice_host::trace::{Commitment, Position};
use lattice_primitives::*;
use lattice_tensor::testing::{lenet5, Random};

/// BOB loses to an honest ALICE, in no more turns than there may be.
fn loses(case: &Case, posted: &Commitment) {
    let dispute = opened(case, posted);
    let turns = play(case, posted, dispute, honest_choice(case));
    assert!(turns <= 2 * posted.layout().rounds() + 1);
    let verdict = Verdict::Refuted(Cause::Checked);
    assert_eq!(told(), [(dispute, REQUEST, ALICE, verdict)]);
}

/// BOB wins, whatever ALICE chooses.
fn wins(case: &Case, choose: impl FnMut(&Turn) -> u8) {
    let dispute = opened(case, &case.honest);
    let turns = play(case, &case.honest, dispute, choose);
    assert!(turns <= 2 * case.honest.layout().rounds() + 1);
    let verdict = Verdict::Upheld(Cause::Checked);
    assert_eq!(told(), [(dispute, REQUEST, ALICE, verdict)]);
}

/// Any child that there is.
fn at_random(random: &mut Random) -> impl FnMut(&Turn) -> u8 + '_ {
    move |turn: &Turn| {
        let Turn::Choose { node, .. } = turn else {
            panic!("it is a defender's turn");
        };
        let count = match node {
            Node::Branch(children) => children.len(),
            Node::Leaf(elements) => elements.len(),
        };
        let last = i64::try_from(count - 1).expect("few");
        u8::try_from(random.between(0, last)).expect("few")
    }
}

#[test]
fn is_lost_by_any_single_false_element() {
    for case in [Case::smallest(), Case::perceptron(), Case::graph(2)] {
        on_a_chain_with(&[&case], || {
            for Position { op, element } in case.positions() {
                loses(&case, &case.off_by_one(op, element, false));
            }
        });
    }
}

#[test]
fn is_lost_by_false_elements_with_all_their_consequences_in_any_model() {
    let mut random = Random::new(1);
    for seed in 0..24 {
        let case = Case::graph(seed);
        on_a_chain_with(&[&case], || {
            let positions = case.positions();
            for _ in 0..8 {
                let last = i64::try_from(positions.len() - 1).expect("few");
                let index = usize::try_from(random.between(0, last)).expect("few");
                let Position { op, element } = positions[index];
                loses(&case, &case.off_by_one(op, element, true));
            }
        });
    }
}

#[test]
fn is_lost_by_another_output_whatever_is_in_front_of_it() {
    for seed in 0..12 {
        let case = Case::graph(seed);
        on_a_chain_with(&[&case], || {
            let last = case.honest.layout().ops() - 1;
            loses(&case, &case.off_by_one(last, 0, false));
        });
    }
}

#[test]
fn is_lost_by_the_trace_of_another_input() {
    let case = Case::perceptron();
    let mut other: Vec<i32> = case.input.iter().map(|x| i32::from(*x)).collect();
    other[0] = if other[0] == 0 { 16 } else { 0 };
    let trace = lattice_tensor::trace(&case.model, &other).expect("it is within the range");
    let posted = Commitment::new(&case.model, trace).expect("the trace is the model's");
    on_a_chain_with(&[&case], || loses(&case, &posted));
}

#[test]
fn is_won_by_the_honest_trace_against_any_choices() {
    let mut random = Random::new(2);
    for seed in 0..24 {
        let case = Case::graph(seed);
        on_a_chain_with(&[&case], || {
            for _ in 0..8 {
                wins(&case, at_random(&mut random));
            }
        });
    }
}

#[test]
fn about_a_convolutional_network_takes_few_turns() {
    let case = Case::new(lenet5(1), 1);
    on_a_chain_with(&[&case], || {
        let last = case.honest.layout().ops() - 1;
        loses(&case, &case.off_by_one(0, 2_000, false));
        loses(&case, &case.off_by_one(last, 9, false));
        wins(&case, at_random(&mut Random::new(3)));
        assert!(case.honest.layout().rounds() <= 5);
    });
}

/// What the challenger posts matters to nobody: it never claims a value.
#[test]
fn can_be_lost_by_a_challenger_that_is_right_and_errs() {
    let case = Case::perceptron();
    on_a_chain_with(&[&case], || {
        // The last element but one is false, and ALICE chooses the first.
        let posted = case.off_by_one(4, 1, false);
        let dispute = opened(&case, &posted);
        play(&case, &posted, dispute, |_| 0);
        let verdict = Verdict::Upheld(Cause::Checked);
        assert_eq!(told(), [(dispute, REQUEST, ALICE, verdict)]);
    });
}
