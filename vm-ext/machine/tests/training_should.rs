//! `TRAIN_MODEL`: its arithmetic, its refusals and its accounts.

#[path = "support/lesson.rs"]
mod lesson;
mod support;

use lattice_isa::{Event, GasSchedule, Handle, Instruction, Limits, Opcode, Trap, Work};
use lattice_machine::{Machine, Outcome, ReferenceBackend, TrainedState};
use lattice_tensor::{testing, Clamp, Model, ModelBuilder, Range, Scale};
use lesson::Lesson;
use proptest::prelude::*;
use proptest::test_runner::FileFailurePersistence;
use support::*;

/// A program that trains a model by one step.
fn step(
    model: &Model,
    rows: u32,
    batch: Vec<i32>,
    targets: Vec<i32>,
    rate: u8,
) -> Vec<Instruction> {
    let per_row = |elements: &Vec<i32>| u32::try_from(elements.len()).expect("few") / rows;
    vec![
        load(model),
        new(&[rows, per_row(&batch)], batch),
        new(&[rows, per_row(&targets)], targets),
        train(0, 1, 2, rate),
    ]
}

fn run_with(model: &Model, program: &[Instruction]) -> Outcome {
    run_in(&mut World::with(model), Limits::V1, PLENTY, program)
}

fn state_after(model: &Model, program: &[Instruction]) -> TrainedState {
    let mut outcome = run_with(model, program);
    assert_eq!(outcome.result, Ok(()));
    assert_eq!(outcome.states.len(), 1);
    outcome.states.remove(0)
}

fn parameters(state: &TrainedState) -> Vec<i32> {
    let each = state.parameters.chunks_exact(4);
    each.map(|bytes| i32::from_le_bytes(bytes.try_into().expect("four bytes")))
        .collect()
}

/// One neuron on one input in 0..=16.
fn neuron(weight: i8, bias: Option<i32>) -> Model {
    ModelBuilder::new(shape(&[1]), Range { lo: 0, hi: 16 }, Scale::ONE)
        .linear("out", vec![weight], 1, bias.map(|bias| vec![bias]))
        .and_then(|builder| builder.build(Scale::ONE))
        .expect("a neuron is a model")
}

#[test]
fn do_what_the_specification_says_by_hand() {
    // e = 4, so the input 16 is 1 and a target of 2^11 more is an error of -1.
    let program = step(&neuron(10, Some(3)), 1, vec![16], vec![163 + 2048], 1);
    let state = state_after(&neuron(10, Some(3)), &program);
    // W = 10 << 9, B = 3 << 13; a = 256, d = -256; the rate is a half.
    assert_eq!(parameters(&state), [5120 + 32_768, 24_576 + (1 << 23)]);
    let model = Model::from_blob(&state.model).expect("a trained model is a model");
    // Half of 1 in the weight, and half in the bias: 64 and 1024 steps.
    assert_eq!((model.weight(0), model.bias(1)), (&[74i8][..], &[1027][..]));
    assert_eq!(lattice_tensor::execute(&model, &[16]), Ok(vec![163 + 2048]));
}

#[test]
fn round_each_parameter_once_half_up() {
    // d = -1 and a = 16: a gradient of -16 per row, and -65536 of the bias. The
    // sum is over all rows before it is rounded.
    for (rows, rate, weight) in [(1u32, 5, 0), (1, 6, 0), (3, 5, 1), (3, 6, 1), (3, 7, 0)] {
        let model = neuron(0, None);
        // 8 steps of the output are one of the error.
        let targets = vec![8; rows as usize];
        let state = state_after(
            &model,
            &step(&model, rows, vec![1; rows as usize], targets, rate),
        );
        // (-16 * rows + half) >> rate, negated.
        let exact = (-16 * i64::from(rows) + (1 << (rate - 1))) >> rate;
        assert_eq!(parameters(&state), [i32::try_from(-exact).expect("small")]);
        assert_eq!(-exact, weight, "{rows} rows, rate 2^-{rate}");
    }
}

#[test]
fn move_nothing_where_the_model_is_right() {
    let model = neuron(10, Some(3));
    let program = step(&model, 2, vec![5, 16], vec![53, 163], 1);
    let state = state_after(&model, &program);
    assert_eq!(parameters(&state), [10 << 9, 3 << 13]);
    assert_eq!(state.model, model.to_blob());
    // It has a state now, and the hash is that of the state.
    assert_ne!(state.state, model.id().0);
}

#[test]
fn make_execution_and_hash_those_of_the_trained_model() {
    let model = pupil();
    let mut program = step(&model, 1, vec![3, 8, 16], vec![16_384, 0], 3);
    program.extend([new(&[3], vec![3, 8, 16]), hash(0), execute(0, 3)]);
    let outcome = run_with(&model, &program);
    assert_eq!(outcome.result, Ok(()));
    let state = &outcome.states[0];
    let trained = Model::from_blob(&state.model).expect("a trained model is a model");
    assert_ne!(trained.id(), model.id());
    assert_ne!(trained.manifest().weight_root, model.manifest().weight_root);
    let answer = lattice_tensor::execute(&trained, &[3, 8, 16]).expect("an answer");
    assert_ne!(
        answer,
        lattice_tensor::execute(&model, &[3, 8, 16]).expect("an answer")
    );
    assert_eq!(outcome.tensors[3].1.elements(), answer);
    let event = Event::ModelHashed {
        model: model.id().0,
        state: state.state,
    };
    assert_eq!(outcome.journal, [event]);
    assert_eq!((state.base, state.handle), (model.id().0, Handle(0)));
}

#[test]
fn take_inputs_of_any_shape_with_whole_rows() {
    let model = testing::random_mlp(5, &[4, 2], Range { lo: 0, hi: 16 });
    let flat = [
        load(&model),
        new(&[2, 4], vec![7; 8]),
        new(&[2, 2], vec![9; 4]),
        train(0, 1, 2, 8),
    ];
    let images = [
        load(&model),
        new(&[2, 1, 2, 2], vec![7; 8]),
        new(&[2, 1, 2], vec![9; 4]),
        train(0, 1, 2, 8),
    ];
    assert_eq!(state_after(&model, &flat), state_after(&model, &images));
}

#[test]
fn not_depend_on_the_order_of_the_rows() {
    let model = pupil();
    let (a, b) = ([3, 8, 16], [16, 0, 1]);
    let (s, t) = ([16_384, 0], [-70, 555]);
    let there = step(&model, 2, [a, b].concat(), [s, t].concat(), 6);
    let back = step(&model, 2, [b, a].concat(), [t, s].concat(), 6);
    assert_eq!(state_after(&model, &there), state_after(&model, &back));
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 400,
        failure_persistence: Some(Box::new(FileFailurePersistence::Direct("tests/training.regressions"))),
        ..ProptestConfig::default()
    })]

    /// Against the specification once more, in 128 bits and element by element.
    #[test]
    fn train_as_the_specification_says(
        seed in any::<u64>(),
        dims in prop::collection::vec(1u32..7, 2..5),
        range in (0i8..=127, 1i8..=127).prop_map(|(lo, hi)| Range { lo: -lo, hi }),
        rows in 1u32..5,
        rate in 1u8..20,
        steps in 1usize..4,
        spread in prop_oneof![Just(100i64), Just(20_000), Just(1 << 24)],
    ) {
        let model = testing::random_mlp(seed, &dims, range);
        let mut random = testing::Random::new(seed);
        let mut lesson = Lesson::of(&model);
        let mut program = vec![load(&model)];
        let mut expected = Ok(());
        for number in 0..steps {
            let batch: Vec<i32> = (0..rows)
                .flat_map(|row| testing::random_input(seed ^ u64::from(row) ^ number as u64, &model))
                .collect();
            let targets: Vec<i32> = (0..rows * dims.last().expect("layers"))
                .map(|_| random.between(-spread, spread) as i32)
                .collect();
            expected = expected.and_then(|()| lesson.step(&batch, &targets, rate));
            program.push(new(&[rows, dims[0]], batch));
            program.push(new(&[rows, *dims.last().expect("layers")], targets));
            let first = u16::try_from(1 + 2 * number).expect("few");
            program.push(train(0, first, first + 1, rate));
        }
        let outcome = run_with(&model, &program);
        prop_assert_eq!(outcome.result, expected);
        if let Some(state) = outcome.states.first() {
            prop_assert_eq!(parameters(state), lesson.parameters());
            let trained = Model::from_blob(&state.model).expect("a trained model is a model");
            prop_assert_eq!(trained.tensors(), &lesson.quantized()[..]);
        }
    }
}

#[path = "training_should/trap.rs"]
mod trap;

#[test]
fn account_for_the_state_and_for_working_space() {
    let model = pupil();
    let mut program = step(&model, 1, vec![3, 8, 16], vec![16_384, 0], 3);
    program.push(train(0, 1, 2, 3));
    let outcome = run_with(&model, &program);
    let memory: Vec<u64> = outcome.steps.iter().map(|step| step.memory_bytes).collect();
    // 12 + 4 + 8 + 2 parameters of four bytes.
    assert_eq!(memory[3], memory[2] + 4 * 26);
    assert_eq!(memory[4], memory[3], "the next step needs no more");
    let limits = Limits {
        memory_bytes: memory[3],
        ..Limits::V1
    };
    let outcome = run_in(&mut World::with(&model), limits, PLENTY, &program);
    let refused = matches!(outcome.result, Err(Trap::MemoryLimit { .. }));
    assert!(refused, "working space counts: {:?}", outcome.result);
}

#[test]
fn charge_by_the_formula_whatever_the_values() {
    let model = pupil();
    let gas = |rows: u32, ink, target| {
        let count = rows as usize;
        let program = step(
            &model,
            rows,
            vec![ink; 3 * count],
            vec![target; 2 * count],
            8,
        );
        let outcome = run_with(&model, &program);
        outcome.steps[3].gas
    };
    assert_eq!(gas(3, 0, 0), gas(3, 16, 54_321));
    assert_eq!(gas(3, 0, 0), gas(3, 99, 0), "also where a value traps");
    let schedule = GasSchedule::V1;
    let summary = model.summary();
    for rows in [1, 3] {
        let expected = schedule.base(Opcode::TrainModel)
            + schedule.work(Work::TrainModel {
                rows,
                operators: 3,
                multiply_accumulates: 20,
                activations: summary.activations,
                parameters: 26,
            })
            + schedule.work(Work::DecodeManifest {
                bytes: codec::Encode::encode(model.manifest()).len() as u64,
            })
            + schedule.work(Work::BoundModel {
                activations: summary.activations,
            });
        assert_eq!(gas(rows as u32, 5, 5), expected);
    }
}
