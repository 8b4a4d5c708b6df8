//! Disputes about traces, as pallets have them settled. What an opening shows is
//! `lattice-trace`'s to test; here it is that the host hands on what it is given, and
//! what it is told.

use codec::{Decode, Encode};
use lattice_host::interface::lattice_vm;
use lattice_host::trace::{Commitment, Position, Step, StepError, Walk, MAX_OPENING_BYTES};
use lattice_host::{check_step, trace_layout, HostError, ManifestFault, StepCheck, TraceFault};
use lattice_tensor::{testing, trace, Model, ModelBuilder, Range, Scale, Shape};

fn model() -> Model {
    testing::random_mlp(1, &[6, 5, 3], Range { lo: 0, hi: 16 })
}

const INPUT: [i8; 6] = [0, 3, 16, 7, 1, 9];

const LAST: Position = Position { op: 2, element: 1 };

fn commitment() -> Commitment {
    let model = model();
    let trace = trace(&model, &INPUT.map(i32::from)).expect("the input fits");
    Commitment::new(&model, trace).expect("a trace of the model")
}

/// The check of the element at the end of a dispute.
fn check() -> StepCheck {
    let commitment = commitment();
    let opening = commitment.open(&model(), LAST).expect("is there");
    StepCheck {
        manifest: model().manifest().encode(),
        root: commitment.root(),
        input: INPUT.to_vec(),
        position: LAST,
        opening: opening.encode(),
    }
}

#[test]
fn start_from_the_layout_of_a_manifest() {
    let layout = trace_layout(&model().manifest().encode());
    assert_eq!(layout.as_ref(), Ok(commitment().layout()));
    assert_eq!(layout.map(|layout| layout.ops()), Ok(3));
}

#[test]
fn start_from_the_longest_layout_as_well() {
    let shape = Shape::new([1]).expect("a shape");
    let mut builder = ModelBuilder::new(shape, Range { lo: 0, hi: 1 }, Scale::ONE);
    for _ in 0..4_096 {
        builder = builder.relu().expect("another operator");
    }
    let model = builder.build(Scale::ONE).expect("a model");
    let layout = trace_layout(&model.manifest().encode());
    assert_eq!(layout.map(|layout| layout.ops()), Ok(4_096));
}

#[test]
fn end_with_the_element_that_the_walk_came_to() {
    let commitment = commitment();
    let layout = commitment.layout();
    let mut walk = Walk::start(commitment.root());
    let committed = loop {
        let node = commitment.reveal(&walk).expect("a place that there is");
        let choice = match walk.place() {
            lattice_host::trace::Place::Trace => 2,
            _ => 1,
        };
        match walk.descend(layout, &node, choice).expect("fits") {
            Step::Down(next) => walk = next,
            Step::Element { position, value } => {
                assert_eq!(position, LAST);
                break value;
            }
        }
    };
    assert_eq!(check_step(&check()), Ok(Ok(committed)));
}

mod reject {
    use super::*;

    #[test]
    fn openings_that_are_none_or_of_another_root() {
        let mut garbage = check();
        garbage.opening.push(0);
        assert_eq!(check_step(&garbage), Ok(Err(StepError::Encoding)));
        garbage.opening = vec![0; usize::try_from(MAX_OPENING_BYTES).expect("fits") + 1];
        assert_eq!(check_step(&garbage), Ok(Err(StepError::Encoding)));

        let mut other = check();
        other.root[0] ^= 1;
        assert_eq!(check_step(&other), Ok(Err(StepError::TraceRoot)));
    }

    #[test]
    fn inputs_and_positions_that_the_model_does_not_have() {
        let mut short = check();
        short.input.pop();
        let error = StepError::InputLength {
            expected: 6,
            found: 5,
        };
        assert_eq!(check_step(&short), Ok(Err(error)));
        let mut beyond = check();
        beyond.position.op = 3;
        assert_eq!(check_step(&beyond), Ok(Err(StepError::Position)));
    }

    #[test]
    fn manifests_that_are_none() {
        let mut broken = check();
        broken.manifest.push(0);
        let encoding = HostError::Manifest(ManifestFault::Encoding);
        assert_eq!(check_step(&broken), Err(encoding));
        assert_eq!(trace_layout(&broken.manifest), Err(encoding));

        let mut manifest = model().manifest().clone();
        manifest.ops.truncate(1);
        let graph = HostError::Manifest(ManifestFault::Graph);
        broken.manifest = manifest.encode();
        assert_eq!(check_step(&broken), Err(graph));
        assert_eq!(trace_layout(&broken.manifest), Err(graph));
    }

    #[test]
    fn models_whose_openings_may_become_too_long() {
        let shape = Shape::new([1, 300, 300]).expect("a shape");
        let model = ModelBuilder::new(shape, Range { lo: -1, hi: 1 }, Scale::ONE)
            .relu()
            .and_then(|builder| builder.global_avg_pool(1, 16))
            .and_then(|builder| builder.build(Scale::ONE))
            .expect("a model");
        let found = trace_layout(&model.manifest().encode());
        assert!(matches!(
            found,
            Err(HostError::Trace(TraceFault::OpeningTooLarge { op: 1, .. }))
        ));
    }

    #[test]
    fn bytes_that_are_no_call() {
        let mut reply = [0; 64];
        let length = lattice_vm::check_step(&[1, 2, 3], &mut reply);
        let length = usize::try_from(length).expect("a short reply");
        let found = Result::<Result<i32, StepError>, HostError>::decode(&mut &reply[..length]);
        assert_eq!(found, Ok(Err(HostError::Protocol)));
    }
}
