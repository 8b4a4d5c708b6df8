//! Disputes, played by both sides, and turns that are whose.

use super::*;
use crate::tiers::testing::{altered, trace_of, ALICE, BOB, CHARLIE, NOW};
use lattice_chain_client::DisputePlace;
use lattice_tensor::testing::{lenet5, random_graph, random_input};
use lattice_trace::{check, Opening, Step};

/// Bob's and Charlie's result, challenged by Alice.
fn dispute(root: [u8; 32], turn: DisputeTurn) -> Dispute {
    Dispute {
        dispute: 7,
        request: 4,
        model: 0,
        challenger: ALICE,
        defenders: vec![BOB, CHARLIE],
        trace_root: H256(root),
        turn,
        due: NOW + 20,
        opened_at: NOW,
    }
}

fn reveal(walk: &Walk) -> DisputeTurn {
    DisputeTurn::Reveal {
        place: DisputePlace::Trace,
        walk: walk.encode(),
    }
}

fn choose(walk: &Walk, node: &Node) -> DisputeTurn {
    DisputeTurn::Choose {
        place: DisputePlace::Trace,
        walk: walk.encode(),
        node: node.encode(),
    }
}

/// Plays a dispute as the chain does: the end of the walk, and whether the result is upheld.
fn play(
    model: &Model,
    defender: &Commitment,
    challenger: &Commitment,
) -> Result<(Position, bool), MoveError> {
    let layout = defender.layout();
    let root = defender.root();
    let input = &defender.trace().values[0];
    let input: Vec<i8> = input.iter().map(|x| i8::try_from(*x).unwrap()).collect();
    let mut walk = Walk::start(root);
    for _ in 0..layout.rounds() {
        let turn = dispute(root, reveal(&walk));
        let Move::Reveal(node) = next_move(&turn, model, defender)? else {
            panic!("a node is to be revealed");
        };
        walk.check_reveal(layout, &node).expect("it fits");
        let turn = dispute(root, choose(&walk, &node));
        let Move::Choose(child) = next_move(&turn, model, challenger)? else {
            panic!("a child is to be chosen");
        };
        match walk.descend(layout, &node, child).expect("there is one") {
            Step::Down(next) => walk = next,
            Step::Element { position, value } => {
                let turn = DisputeTurn::Defend {
                    op: position.op,
                    element: position.element,
                    value,
                };
                let turn = dispute(root, turn);
                let Move::Defend(opening) = next_move(&turn, model, defender)? else {
                    panic!("an element is to be opened");
                };
                let opening = Opening::decode_strict(&opening).expect("an opening");
                let found = check(model.manifest(), &root, &input, position, &opening);
                return Ok((position, found == Ok(value)));
            }
        }
    }
    panic!("the walk has no end");
}

#[test]
fn whoever_is_honest_answers_every_turn_and_wins() {
    let models = (1..7).map(random_graph).chain([lenet5(1)]);
    for (model, seed) in models.zip(1..) {
        let honest = trace_of(&model, &random_input(seed, &model));
        for op in 0..model.ops().len() {
            let length = honest.trace().values[op + 1].len();
            for element in [0, length / 2, length - 1] {
                let position = Position::new(op, element);
                for consistently in [false, true] {
                    let liar = altered(&model, &honest, position, consistently);
                    let lie = play(&model, &liar, &honest);
                    assert_eq!(lie, Ok((position, false)), "{seed}");
                    let slander = play(&model, &honest, &liar);
                    assert_eq!(slander, Ok((position, true)), "{seed}");
                }
            }
        }
    }
}

#[test]
fn a_defender_that_did_not_commit_to_its_own_trace_is_silent() {
    let model = random_graph(2);
    let honest = trace_of(&model, &random_input(2, &model));
    let liar = altered(&model, &honest, Position::new(0, 0), true);
    let start = Walk::start(liar.root());
    let defend = DisputeTurn::Defend {
        op: 0,
        element: 0,
        value: 1,
    };
    for turn in [reveal(&start), defend] {
        let answer = next_move(&dispute(liar.root(), turn), &model, &honest);
        assert_eq!(answer, Err(MoveError::OtherTrace));
    }
}

#[test]
fn a_challenger_that_agrees_names_nothing() {
    let model = random_graph(2);
    let honest = trace_of(&model, &random_input(2, &model));
    let start = Walk::start(honest.root());
    let node = honest.reveal(&start).expect("the top");
    let turn = dispute(honest.root(), choose(&start, &node));
    let answer = next_move(&turn, &model, &honest);
    assert_eq!(answer, Err(MoveError::NoDifference));
}

#[test]
fn bytes_that_are_none_of_the_chain_are_told_and_not_answered() {
    let model = random_graph(2);
    let honest = trace_of(&model, &random_input(2, &model));
    let start = Walk::start(honest.root());
    let node = honest.reveal(&start).expect("the top").encode();
    let mut long = start.encode();
    long.push(0);
    let turns = [
        (long.clone(), node.clone(), "walk"),
        (start.encode(), node[1..].to_vec(), "node"),
        (Vec::new(), node.clone(), "walk"),
    ];
    for (walk, node, what) in turns {
        let place = DisputePlace::Trace;
        let turn = DisputeTurn::Choose { place, walk, node };
        let answer = next_move(&dispute(honest.root(), turn), &model, &honest);
        assert_eq!(answer, Err(MoveError::Encoding(what)));
    }
    let place = DisputePlace::Trace;
    let turn = DisputeTurn::Reveal { place, walk: long };
    let answer = next_move(&dispute(honest.root(), turn), &model, &honest);
    assert_eq!(answer, Err(MoveError::Encoding("walk")));
}

#[test]
fn an_element_that_the_model_does_not_have_is_told() {
    let model = random_graph(2);
    let honest = trace_of(&model, &random_input(2, &model));
    let turn = DisputeTurn::Defend {
        op: 5_000,
        element: 0,
        value: 1,
    };
    let answer = next_move(&dispute(honest.root(), turn), &model, &honest);
    assert_eq!(answer, Err(MoveError::Open(StepError::Position)));
}

mod a_turn {
    use super::*;

    fn defenders() -> Dispute {
        dispute([1; 32], reveal(&Walk::start([1; 32])))
    }

    #[test]
    fn is_taken_by_whose_it_is() {
        let mut turn = defenders();
        assert!(is_due(&turn, &BOB, NOW, NOW));
        assert!(!is_due(&turn, &ALICE, NOW, NOW));
        turn.turn = DisputeTurn::Choose {
            place: DisputePlace::Trace,
            walk: Vec::new(),
            node: Vec::new(),
        };
        assert!(is_due(&turn, &ALICE, NOW, NOW));
        assert!(!is_due(&turn, &BOB, NOW, NOW));
    }

    #[test]
    fn is_left_to_the_defenders_named_before_for_a_while() {
        let turn = defenders();
        assert!(!is_due(&turn, &CHARLIE, NOW, NOW + 1));
        assert!(is_due(&turn, &CHARLIE, NOW, NOW + 2));
    }

    #[test]
    fn is_left_to_nobody_when_it_ends() {
        let turn = defenders();
        let late = turn.due - LAST_BLOCKS;
        // Seen just now, by a worker that was away.
        assert!(!is_due(&turn, &CHARLIE, late - 1, late - 1));
        assert!(is_due(&turn, &CHARLIE, late, late));
    }

    #[test]
    fn that_has_passed_is_not_taken() {
        let turn = defenders();
        assert!(is_due(&turn, &BOB, NOW, turn.due - 1));
        assert!(!is_due(&turn, &BOB, NOW, turn.due));
    }

    #[test]
    fn is_seen_from_its_own_first_block_on() {
        let mut turns = Turns::default();
        let mut turn = defenders();
        assert_eq!(turns.since(&turn, NOW), NOW);
        assert_eq!(turns.since(&turn, NOW + 3), NOW);
        turn.turn = reveal(&Walk::start([2; 32]));
        assert_eq!(turns.since(&turn, NOW + 4), NOW + 4);
        turns.keep_only(&BTreeSet::new());
        assert_eq!(turns.since(&turn, NOW + 5), NOW + 5);
    }
}
