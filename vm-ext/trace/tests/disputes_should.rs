//! Whole disputes: whoever lies loses, and whoever does not wins.

mod support;

use lattice_tensor::testing::Random;
use lattice_trace::{check_output, Commitment, Position};
use proptest::prelude::*;
use proptest::test_runner::FileFailurePersistence;
use support::{below, challenge, walk, Case, End};

/// Whether the opening that the asserter makes at the end of a walk gives what it
/// committed to.
fn defends(case: &Case, asserter: &Commitment, end: &End) -> bool {
    let opening = asserter.open(&case.model, end.position);
    let opening = opening.expect("the position is there");
    case.check(&asserter.root(), end.position, &opening) == Ok(end.value)
}

/// The asserter loses against an honest challenger, at the first element that is not
/// the honest one, with its own opening and with the honest one.
fn loses(case: &Case, liar: &Commitment, first: Position) {
    let end = challenge(liar, &case.honest);
    assert_eq!(end.position, first);
    assert_eq!(liar.element(first), Some(end.value));
    assert_ne!(case.honest.element(first), Some(end.value));
    assert!(end.rounds <= liar.layout().rounds());
    assert!(!defends(case, liar, &end));
    let honest = case.honest.open(&case.model, first).unwrap();
    let found = case.check(&liar.root(), first, &honest);
    assert_ne!(found, Ok(end.value));
}

#[test]
fn find_any_single_lie_in_small_models() {
    for seed in [1, 2, 4, 5] {
        let case = Case::graph(seed);
        for position in case.positions() {
            let value = case.honest.element(position).unwrap();
            loses(&case, &case.altered(position, value ^ 1, false), position);
        }
    }
}

#[test]
fn find_a_lie_in_lenet5() {
    let case = Case::lenet5();
    let mut random = Random::new(3);
    for consistently in [false, true] {
        for _ in 0..6 {
            let position = case.random_position(&mut random);
            let value = case.honest.element(position).unwrap();
            let liar = case.altered(position, value ^ 2, consistently);
            loses(&case, &liar, position);
        }
    }
    assert_eq!(case.honest.layout().rounds(), 4);
}

#[test]
fn show_a_posted_output_that_is_not_the_committed_one() {
    for seed in 1..12 {
        let case = Case::graph(seed);
        let (layout, root) = (case.honest.layout(), case.honest.root());
        let output = case.honest.trace().output();
        let link = case.honest.output_link();
        assert!(check_output(layout, &root, output, &link));

        let mut other = output.to_vec();
        other[0] = other[0].wrapping_add(1);
        assert!(!check_output(layout, &root, &other, &link));
        assert!(!check_output(
            layout,
            &root,
            &[output, &[0]].concat(),
            &link
        ));
        assert!(!check_output(layout, &root, &output[1..], &link));
        assert!(!check_output(layout, &[0; 32], output, &link));

        let mut short = link.clone();
        if short.siblings.pop().is_some() {
            assert!(!check_output(layout, &root, output, &short));
        }
        let mut long = link.clone();
        if long.siblings.try_push([0; 32]).is_ok() {
            assert!(!check_output(layout, &root, output, &long));
        }
    }
}

#[test]
fn be_won_by_whoever_opens_what_was_committed_and_by_nothing_else() {
    let case = Case::graph(2);
    let last = Position::new(case.model.ops().len() - 1, 0);
    let end = case.walk_to(last);
    assert!(defends(&case, &case.honest, &end));
    let wrong = End {
        value: end.value.wrapping_add(1),
        ..end
    };
    assert!(!defends(&case, &case.honest, &wrong));
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 128,
        failure_persistence: Some(Box::new(FileFailurePersistence::Direct("tests/disputes.regressions"))),
        ..ProptestConfig::default()
    })]

    #[test]
    fn be_lost_by_whoever_lies_once(
        seed in 0u64..100_000, choice: u64, value: i32, small: bool, consistently: bool,
    ) {
        let case = Case::graph(seed);
        let mut random = Random::new(choice);
        let position = case.random_position(&mut random);
        let honest = case.honest.element(position).unwrap();
        let value = if small { honest ^ 1 } else { value };
        prop_assume!(value != honest);
        loses(&case, &case.altered(position, value, consistently), position);
    }

    #[test]
    fn be_lost_by_whoever_lies_often(seed in 0u64..100_000, choice: u64) {
        let case = Case::graph(seed);
        let mut random = Random::new(choice);
        let mut values = case.honest.trace().values.clone();
        let mut first: Option<Position> = None;
        for _ in 0..5 {
            let position = case.random_position(&mut random);
            let op = usize::try_from(position.op).unwrap();
            let element = &mut values[op + 1][usize::try_from(position.element).unwrap()];
            let honest = case.honest.element(position).unwrap();
            *element = honest.wrapping_add(1);
            first = Some(first.map_or(position, |first| first.min(position)));
        }
        let trace = lattice_tensor::Trace { values };
        let liar = Commitment::new(&case.model, trace).unwrap();
        loses(&case, &liar, first.unwrap());
    }

    #[test]
    fn be_won_by_whoever_is_honest_whatever_the_challenger_names(
        seed in 0u64..100_000, choice: u64,
    ) {
        let case = Case::graph(seed);
        let mut random = Random::new(choice);
        for _ in 0..8 {
            let end = walk(&case.honest, |_, node| {
                let count = match node {
                    lattice_trace::Node::Branch(children) => children.len(),
                    lattice_trace::Node::Leaf(elements) => elements.len(),
                };
                u8::try_from(below(&mut random, count)).unwrap()
            });
            let end = end.expect("honest reveals fit");
            prop_assert_eq!(case.honest.element(end.position), Some(end.value));
            prop_assert!(end.rounds <= case.honest.layout().rounds());
            prop_assert!(defends(&case, &case.honest, &end));
        }
    }
}
