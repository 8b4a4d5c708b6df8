//! Steps that are refused, and what they leave as it was.

use super::*;

fn trap(model: &Model, program: &[Instruction]) -> Trap {
    let outcome = run_with(model, program);
    assert!(outcome.states.is_empty() && outcome.journal.is_empty());
    outcome.result.expect_err("must trap")
}

#[test]
fn on_a_graph_that_cannot_be_trained() {
    let model = testing::random_residual(1);
    let rows = |count: usize| u32::try_from(count).expect("few");
    let program = [
        load(&model),
        new(&[1, rows(model.input_len())], vec![0; model.input_len()]),
        new(&[1, rows(model.output_len())], vec![0; model.output_len()]),
        train(0, 1, 2, 8),
    ];
    let trap = trap(&model, &program);
    let refused = matches!(trap, Trap::NotTrainable { model: of, .. } if of == model.id().0);
    assert!(refused, "{trap}");
}

#[test]
fn on_a_rate_shift_that_no_step_has() {
    for given in [0, 33, 255] {
        let program = step(&pupil(), 1, vec![0; 3], vec![0; 2], given);
        let expected = Trap::RateShift {
            given,
            least: 1,
            most: 32,
        };
        assert_eq!(trap(&pupil(), &program), expected);
    }
}

#[test]
fn on_a_batch_or_targets_of_another_size() {
    let with = |batch: &[u32], targets: &[u32]| {
        let zeros = |dims: &[u32]| new(dims, vec![0; dims.iter().product::<u32>() as usize]);
        let program = [
            load(&pupil()),
            zeros(batch),
            zeros(targets),
            train(0, 1, 2, 8),
        ];
        run_with(&pupil(), &program).result
    };
    assert_eq!(with(&[2, 3], &[2, 2]), Ok(()));
    let batch = |rows, expected, given| {
        Err(Trap::BatchShape {
            rows,
            expected,
            given,
        })
    };
    let target = |rows, expected, given| {
        Err(Trap::TargetShape {
            rows,
            expected,
            given,
        })
    };
    assert_eq!(with(&[2, 4], &[2, 2]), batch(2, 6, 8));
    assert_eq!(with(&[6], &[2, 2]), batch(6, 18, 6));
    assert_eq!(with(&[2, 3], &[2, 3]), target(2, 4, 6));
    assert_eq!(with(&[2, 3], &[1, 2]), target(2, 4, 2));
    assert_eq!(with(&[2, 3], &[4]), target(2, 4, 4));
}

#[test]
fn on_an_input_out_of_range_by_its_place_in_the_batch() {
    let program = step(&pupil(), 2, vec![0, 16, 3, 0, 17, -1], vec![0; 4], 8);
    let expected = Trap::InputRange {
        element: 4,
        value: 17,
    };
    assert_eq!(trap(&pupil(), &program), expected);
}

#[test]
fn on_errors_that_are_too_large_to_be_summed() {
    // 2^31 steps of the output, 2^28 of the error each: eight rows are enough.
    let with = |rows: u32| {
        let count = rows as usize;
        let model = neuron(0, None);
        let program = step(&model, rows, vec![0; count], vec![i32::MIN; count], 8);
        run_with(&model, &program).result
    };
    assert_eq!(with(8), Ok(()));
    assert_eq!(with(9), Err(Trap::TrainingOverflow { op: 0 }));
}

#[test]
fn on_a_parameter_that_leaves_32_bits() {
    let model = neuron(0, Some(0));
    // The weight's gradient is zero for an input of zero.
    let program = step(&model, 1, vec![0], vec![i32::MAX], 8);
    assert_eq!(trap(&model, &program), Trap::StateOverflow { parameter: 1 });
    let program = step(&model, 1, vec![16], vec![i32::MAX], 1);
    assert_eq!(trap(&model, &program), Trap::StateOverflow { parameter: 0 });
    // A bias that has no state to begin with: 2^20 << 13.
    let model = neuron(0, Some(1 << 20));
    let program = step(&model, 1, vec![0], vec![0], 8);
    assert_eq!(trap(&model, &program), Trap::StateOverflow { parameter: 1 });
}

/// A model whose bias has a unit so small that a step can take it to 2^30.
fn steep() -> Model {
    ModelBuilder::new(shape(&[1]), Range { lo: -127, hi: 127 }, Scale::ONE)
        .linear("out", vec![1], 1, Some(vec![0]))
        .and_then(|builder| builder.requantize(vec![16], Clamp::FULL))
        .and_then(|builder| builder.build(Scale::ONE))
        .expect("a model")
}

#[test]
fn on_a_state_that_is_no_model() {
    let target = (1 << 30) - (1 << 15);
    let program = step(&steep(), 1, vec![0], vec![target], 16);
    let expected = Trap::StateRefused {
        model: steep().id().0,
    };
    assert_eq!(trap(&steep(), &program), expected);
    let program = step(&steep(), 1, vec![0], vec![target - (1 << 16)], 16);
    assert_eq!(run_with(&steep(), &program).result, Ok(()));
}

#[test]
fn and_leave_the_state_as_it_was() {
    let model = neuron(10, Some(3));
    let mut world = World::with(&model);
    let backend = ReferenceBackend;
    let mut machine = Machine::new(GasSchedule::V1, Limits::V1, PLENTY, &mut world, &backend);
    for instruction in step(&model, 1, vec![16], vec![163 + 2048], 1) {
        machine
            .execute(&instruction)
            .expect("the first step is taken");
    }
    let before = machine.hash_model(Handle(0)).expect("a hash");
    let memory = machine.memory_bytes();
    machine
        .execute(&new(&[1, 1], vec![i32::MAX]))
        .expect("a tensor");
    let refused = machine.execute(&train(0, 1, 3, 1));
    assert_eq!(refused, Err(Trap::StateOverflow { parameter: 0 }));
    assert_eq!(machine.hash_model(Handle(0)), Ok(before));
    machine.free_tensor(Handle(3)).expect("it is a tensor");
    assert_eq!(machine.memory_bytes(), memory);
    let outcome = machine.finish(Ok(()));
    assert_eq!(outcome.states[0].state, before);
}
