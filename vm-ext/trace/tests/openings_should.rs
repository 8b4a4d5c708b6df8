//! Openings: what an element is made of, and nothing else.

mod support;

use codec::Encode;
use lattice_tensor::testing::{random_mlp, Random};
use lattice_tensor::{ModelBuilder, Placement, Range, Scale, Shape};
use lattice_trace::{
    check, worst_opening, LayoutError, Opening, Position, StepError, MAX_OPENING_BYTES,
};
use proptest::prelude::*;
use proptest::test_runner::FileFailurePersistence;
use std::collections::BTreeSet;
use support::{below, Case};

/// Opens an element and has it checked; the bytes of the opening.
fn open(case: &Case, position: Position) -> usize {
    let opening = case
        .honest
        .open(&case.model, position)
        .expect("can be opened");
    let bytes = opening.encode();
    assert_eq!(Opening::decode_strict(&bytes).as_ref(), Ok(&opening));
    let found = case.check(&case.honest.root(), position, &opening);
    let op = case.model.ops()[usize::try_from(position.op).unwrap()].name();
    assert_eq!(
        found.ok(),
        case.honest.element(position),
        "{op} {position:?}"
    );
    bytes.len()
}

#[test]
fn give_each_element_of_each_operator() {
    let mut names = BTreeSet::new();
    for seed in 0..24 {
        let case = Case::graph(seed);
        names.extend(case.model.ops().iter().map(|op| op.name()));
        let worst = worst_opening(case.model.manifest()).expect("a small model");
        for position in case.positions() {
            let bytes = open(&case, position);
            assert!(u64::try_from(bytes).unwrap() <= worst, "{bytes} {worst}");
        }
    }
    let all = [
        "Add",
        "ArgMax",
        "AvgPool2d",
        "Concat",
        "Conv2d",
        "Flatten",
        "GlobalAvgPool",
        "Linear",
        "MaxPool2d",
        "Relu",
        "Requantize",
        "Reshape",
    ];
    assert!(names.iter().eq(&all), "{names:?}");
}

#[test]
fn stay_under_the_bound_of_their_model_and_not_far_under_it() {
    let lenet = Case::lenet5();
    let dense = Case::new(
        random_mlp(1, &[1_000, 1_000, 10], Range { lo: 0, hi: 16 }),
        1,
    );
    let mut random = Random::new(5);
    for case in [lenet, dense, wide()] {
        let mut longest = 0;
        for op in 0..case.model.ops().len() {
            let elements = case.honest.trace().values[op + 1].len();
            for _ in 0..30 {
                let position = Position::new(op, below(&mut random, elements));
                longest = longest.max(open(&case, position));
            }
        }
        let worst = worst_opening(case.model.manifest()).expect("these models can be disputed");
        let longest = u64::try_from(longest).unwrap();
        assert!(
            longest <= worst && worst <= longest * 3 / 2,
            "{longest} {worst}"
        );
    }
}

/// Products over many channels of images whose rows lie in several leaves each.
fn wide() -> Case {
    let image = Shape::new([20, 30, 90]).unwrap();
    let kernels = Shape::new([8, 10, 5, 5]).unwrap();
    let placement = Placement::every(2).padded(1);
    let weights = (0..2_000).map(|index| i8::try_from(index % 251 - 125).unwrap());
    let model = ModelBuilder::new(image, Range { lo: -9, hi: 9 }, Scale::ONE)
        .relu()
        .unwrap()
        .conv2d("conv", weights.collect(), kernels, None, placement, 2)
        .unwrap()
        .max_pool2d([3, 40], Placement::DENSE)
        .unwrap()
        .build(Scale::ONE)
        .unwrap();
    Case::new(model, 1)
}

#[test]
fn hold_nothing_where_the_networks_input_is_the_operand() {
    let case = Case::chain(2, 100);
    let opening = case.honest.open(&case.model, Position::new(0, 99));
    assert_eq!(opening, Ok(Opening::default()));
    let next = case.honest.open(&case.model, Position::new(1, 99)).unwrap();
    assert_eq!((next.elements.len(), next.weights.len()), (36, 0));
}

mod refuse {
    use super::*;

    /// Changes an opening; whether there was something to change.
    type Edit = fn(&mut Opening) -> bool;

    #[test]
    fn models_whose_openings_may_become_too_long_by_their_operator() {
        let model = ModelBuilder::new(
            Shape::new([1, 300, 300]).unwrap(),
            Range { lo: -1, hi: 1 },
            Scale::ONE,
        )
        .relu()
        .unwrap()
        .global_avg_pool(1, 16)
        .unwrap()
        .build(Scale::ONE)
        .unwrap();
        let error = worst_opening(model.manifest()).unwrap_err();
        assert!(
            matches!(error, LayoutError::OpeningTooLarge { op: 1, bytes, limit: 262_144 }
                if bytes > 4 * 90_000),
            "{error}"
        );
        let case = Case::new(model, 1);
        let sum = Position::new(1, 0);
        assert_eq!(case.honest.open(&case.model, sum), Err(StepError::TooLarge));
        let found = case.check(&case.honest.root(), sum, &Opening::default());
        assert_eq!(found, Err(StepError::TooLarge));
        open(&case, Position::new(0, 5));
    }

    #[test]
    fn any_changed_byte() {
        for seed in [1, 2, 3, 5, 6, 7] {
            let case = Case::graph(seed);
            let mut random = Random::new(seed);
            for _ in 0..12 {
                let position = case.random_position(&mut random);
                let bytes = case.honest.open(&case.model, position).unwrap().encode();
                for _ in 0..60 {
                    let mut changed = bytes.clone();
                    let at = below(&mut random, bytes.len());
                    changed[at] ^= 1 << below(&mut random, 8);
                    let found = Opening::decode_strict(&changed)
                        .and_then(|opening| case.check(&case.honest.root(), position, &opening));
                    let error = found.expect_err("a changed byte");
                    assert!(error.blames_opener(), "{error}");
                }
            }
        }
    }

    #[test]
    fn elements_hashes_and_weights_that_are_dropped_doubled_or_exchanged() {
        let edits: [(&str, Edit); 12] = [
            ("drop an element", |o| o.elements.pop().is_some()),
            ("drop a leaf", |o| {
                let some = o.elements.len() > 64;
                o.elements.drain(..64.min(o.elements.len()));
                some
            }),
            ("double the operands", |o| {
                o.elements.extend(o.elements.clone());
                !o.elements.is_empty()
            }),
            ("add an element", |o| {
                o.elements.push(0);
                true
            }),
            ("exchange the halves of the operands", |o| {
                let before = o.elements.clone();
                let half = before.len() / 2;
                o.elements.rotate_left(half);
                o.elements != before
            }),
            ("drop a hash", |o| o.hashes.pop().is_some()),
            ("add a hash", |o| {
                o.hashes.push([0; 32]);
                true
            }),
            ("exchange hashes", |o| {
                o.hashes.reverse();
                o.hashes.len() > 1
            }),
            ("drop a weight", |o| o.weights.pop().is_some()),
            ("exchange weights", |o| {
                let before = o.weights.clone();
                o.weights.reverse();
                o.weights != before
            }),
            ("drop a hash of weights", |o| {
                o.weight_hashes.pop().is_some()
            }),
            ("exchange hashes of weights", |o| {
                o.weight_hashes.reverse();
                o.weight_hashes.len() > 1
            }),
        ];
        let mut random = Random::new(9);
        for (name, edit) in edits {
            let mut seen = 0;
            for seed in (1..20).cycle().take(400) {
                let case = Case::graph(seed);
                let position = case.random_position(&mut random);
                let mut opening = case.honest.open(&case.model, position).unwrap();
                if edit(&mut opening) {
                    let found = case.check(&case.honest.root(), position, &opening);
                    let error = found.expect_err(name);
                    assert!(error.blames_opener(), "{name}: {error}");
                    seen += 1;
                }
                if seen == 12 {
                    break;
                }
            }
            assert_eq!(seen, 12, "{name}");
        }
    }

    #[test]
    fn openings_of_another_trace() {
        let case = Case::graph(2);
        let target = Position::new(0, 0);
        let value = case.honest.element(target).unwrap();
        let other = case.altered(target, value.wrapping_add(1), false);
        for position in case.positions() {
            let opening = other.open(&case.model, position).unwrap();
            let found = case.check(&case.honest.root(), position, &opening);
            if !opening.elements.is_empty() {
                assert_eq!(found, Err(StepError::TraceRoot));
            }
        }
    }

    #[test]
    fn weights_of_another_model() {
        let dims = [70, 90, 3];
        let range = Range { lo: 0, hi: 16 };
        let (one, other) = (random_mlp(1, &dims, range), random_mlp(2, &dims, range));
        let case = Case::new(one, 1);
        let mut seen = 0;
        for position in case.positions() {
            let mut opening = case.honest.open(&case.model, position).unwrap();
            let foreign = case.honest.open(&other, position);
            if let (Ok(foreign), false) = (foreign, opening.weights.is_empty()) {
                opening.weights = foreign.weights;
                opening.weight_hashes = foreign.weight_hashes;
                let found = case.check(&case.honest.root(), position, &opening);
                assert!(
                    matches!(found, Err(StepError::WeightRoot | StepError::Count { .. })),
                    "{found:?}"
                );
                seen += 1;
            }
        }
        assert!(seen > 90);
    }

    #[test]
    fn operands_of_products_that_no_model_has() {
        let case = Case::new(random_mlp(1, &[5, 4, 3], Range { lo: 0, hi: 16 }), 1);
        // The second dense layer reads the first one's Requantize.
        let liar = case.altered(Position::new(1, 2), 40_000, false);
        let position = Position::new(2, 0);
        let opening = liar.open(&case.model, position).unwrap();
        let found = case.check(&liar.root(), position, &opening);
        assert_eq!(found, Err(StepError::NotQuantized { value: 40_000 }));
    }

    #[test]
    fn inputs_positions_and_manifests_without_blaming_the_opener() {
        let case = Case::chain(1, 4);
        let manifest = case.model.manifest();
        let root = case.honest.root();
        let opening = Opening::default();
        let found = |manifest, input: &[i8], op, element| {
            let error = check(manifest, &root, input, Position { op, element }, &opening);
            let error = error.expect_err("is refused");
            assert!(!error.blames_opener());
            error
        };
        assert_eq!(
            found(manifest, &[0; 5], 0, 0),
            StepError::InputLength {
                expected: 4,
                found: 5
            }
        );
        assert_eq!(
            found(manifest, &[0, 0, 10, 0], 0, 0),
            StepError::InputRange { index: 2 }
        );
        assert_eq!(found(manifest, &[0; 4], 1, 0), StepError::Position);
        assert_eq!(found(manifest, &[0; 4], 0, 4), StepError::Position);
        let mut broken = manifest.clone();
        broken.ops.clear();
        assert_eq!(found(&broken, &[0; 4], 0, 0), StepError::Manifest);
        assert!(matches!(
            worst_opening(&broken),
            Err(LayoutError::Manifest(_))
        ));
    }

    #[test]
    fn more_bytes_than_an_opening_may_have() {
        let long = vec![0; usize::try_from(MAX_OPENING_BYTES).unwrap() + 1];
        assert_eq!(Opening::decode_strict(&long), Err(StepError::Encoding));
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 96,
        failure_persistence: Some(Box::new(FileFailurePersistence::Direct("tests/openings.regressions"))),
        ..ProptestConfig::default()
    })]

    #[test]
    fn give_the_element_at_any_position(seed in 100u64..100_000, choice: u64) {
        let case = Case::graph(seed);
        let mut random = Random::new(choice);
        for _ in 0..20 {
            let position = case.random_position(&mut random);
            let bytes = open(&case, position);
            let worst = worst_opening(case.model.manifest()).expect("a small model");
            prop_assert!(u64::try_from(bytes).unwrap() <= worst);
        }
    }

    #[test]
    fn of_one_element_never_give_another_element_a_wrong_value(seed in 0u64..1_000, choice: u64) {
        let case = Case::graph(seed);
        let mut random = Random::new(choice);
        let (one, other) = (case.random_position(&mut random), case.random_position(&mut random));
        let opening = case.honest.open(&case.model, one).unwrap();
        if let Ok(value) = case.check(&case.honest.root(), other, &opening) {
            prop_assert_eq!(Some(value), case.honest.element(other));
        }
    }
}
