//! Whole programs, run by the machine and by an interpreter that shares nothing
//! with it but the reference executor of models.

#[path = "support/interpreter.rs"]
mod interpreter;
#[path = "support/lesson.rs"]
mod lesson;
#[path = "support/naive.rs"]
mod naive;
mod support;

use interpreter::{Naive, Value};
use lattice_isa::{DecodeFault, Event, Handle, Instruction, Limits, Pooling, Program, Trap};
use lattice_tensor::{Model, ModelBuilder, Range, Scale};
use proptest::prelude::*;
use proptest::test_runner::FileFailurePersistence;
use support::*;

/// The one model of these programs: two inputs, two outputs.
fn student() -> Model {
    ModelBuilder::new(shape(&[2]), Range { lo: 0, hi: 16 }, Scale::ONE)
        .linear("a", vec![50, -70, 20, 90, -30, 60], 3, Some(vec![4, -5, 6]))
        .and_then(|builder| builder.requantize(vec![4, 5, 3], lattice_tensor::Clamp::RELU))
        .and_then(|builder| builder.linear("b", vec![9, -8, 7, 120, 5, -4], 2, None))
        .and_then(|builder| builder.build(Scale::ONE))
        .expect("a perceptron is a model")
}

fn handle() -> impl Strategy<Value = Handle> {
    (0u16..7).prop_map(Handle)
}

fn tensor() -> impl Strategy<Value = Instruction> {
    let dims = prop_oneof![
        Just(vec![2]),
        Just(vec![2, 2]),
        Just(vec![3, 2]),
        Just(vec![2, 3]),
        Just(vec![1, 3, 3]),
        Just(vec![2, 2, 3]),
        Just(vec![2, 1, 2, 2]),
        Just(vec![1, 2, 1, 2]),
    ];
    let value = prop_oneof![8 => 0..=16i32, 2 => -200..200i32, 1 => any::<i32>()];
    (dims, prop::collection::vec(value, 12)).prop_map(|(dims, values)| {
        let count = dims.iter().product::<u32>() as usize;
        new(&dims, values[..count].to_vec())
    })
}

fn instruction() -> impl Strategy<Value = Instruction> {
    let student = student().id().0;
    prop_oneof![
        2 => Just(Instruction::LoadModel { model: student }),
        8 => tensor(),
        1 => handle().prop_map(|model| Instruction::UnloadModel { model }),
        3 => (handle(), handle()).prop_map(|(model, input)| Instruction::ExecModel { model, input }),
        4 => (handle(), handle(), handle(), 1u8..16).prop_map(
            |(model, batch, targets, rate_shift)| Instruction::TrainModel {
                model,
                batch,
                targets,
                rate_shift
            }
        ),
        2 => (handle(), handle()).prop_map(|(left, right)| Instruction::TensorAdd { left, right }),
        2 => (handle(), handle()).prop_map(|(left, right)| Instruction::TensorMul { left, right }),
        4 => (handle(), handle(), [1u8..3, 1u8..3], [0u8..2, 0u8..2, 0u8..2, 0u8..2], 1u16..3).prop_map(
            |(input, weight, stride, padding, groups)| Instruction::TensorConv {
                input,
                weight,
                stride,
                padding,
                groups
            }
        ),
        3 => (
            handle(),
            prop_oneof![
                Just(Pooling::Max),
                (any::<u16>(), 0u8..32).prop_map(|(multiplier, shift)| Pooling::Average { multiplier, shift })
            ],
            [1u8..4, 1u8..4],
            [1u8..3, 1u8..3],
            [0u8..3, 0u8..3, 0u8..3, 0u8..3]
        )
            .prop_map(|(input, pooling, kernel, stride, padding)| Instruction::TensorPool {
                input,
                pooling,
                kernel,
                stride,
                padding
            }),
        1 => handle().prop_map(|model| Instruction::HashModel { model }),
        1 => any::<u8>().prop_map(commit),
        1 => Just(verify(TRUE_PROOF)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 2000,
        failure_persistence: Some(Box::new(FileFailurePersistence::Direct("tests/programs.regressions"))),
        ..ProptestConfig::default()
    })]

    #[test]
    fn end_as_the_interpreter_says(
        start in prop::collection::vec(tensor(), 3),
        program in prop::collection::vec(instruction(), 1..16),
    ) {
        let student = student();
        let program: Vec<Instruction> =
            std::iter::once(load(&student)).chain(start).chain(program).collect();
        let mut naive = Naive::default();
        let mut expected = Ok(());
        let mut executed = 0;
        for instruction in &program {
            expected = naive.run(instruction);
            if expected.is_err() {
                break;
            }
            executed += 1;
        }
        let outcome = run_in(&mut World::with(&student), Limits::V1, PLENTY, &program);
        let traps = match (outcome.result, expected) {
            // Which model it was, the interpreter does not know once it is trained.
            (Err(Trap::StateRefused { .. }), Err(Trap::StateRefused { .. })) => true,
            (found, expected) => found == expected,
        };
        prop_assert!(traps, "{:?} and not {:?}", outcome.result, expected);
        prop_assert_eq!(outcome.executed, executed);

        let tensors: Vec<_> = outcome
            .tensors
            .iter()
            .map(|(handle, tensor)| (handle.0, tensor.shape().dims().to_vec(), tensor.elements().to_vec()))
            .collect();
        let values = naive.values.iter().zip(0u16..);
        let naive_tensors: Vec<_> = values
            .clone()
            .filter_map(|(value, handle)| match value {
                Value::Tensor(dims, elements) => Some((handle, dims.clone(), elements.clone())),
                _ => None,
            })
            .collect();
        prop_assert_eq!(tensors, naive_tensors);

        if expected.is_ok() {
            for state in &outcome.states {
                let Value::Model(model) = &naive.values[usize::from(state.handle.0)] else {
                    panic!("{} is no model", state.handle);
                };
                prop_assert_eq!(&state.model, &model.0.to_blob());
            }
            let commits: Vec<_> = outcome
                .journal
                .iter()
                .filter_map(|event| match event {
                    Event::Committed { subject, .. } => Some(*subject),
                    Event::ModelHashed { .. } => None,
                })
                .collect();
            prop_assert_eq!(commits, naive.commits);
        } else {
            prop_assert!(outcome.journal.is_empty() && outcome.states.is_empty());
        }
    }

    /// Bytes that are almost a program: they decode to what they say or name where
    /// they stop, and what decodes runs to an end within its gas.
    #[test]
    fn run_or_be_refused_whatever_their_bytes(
        program in prop::collection::vec(instruction(), 1..8),
        cut in any::<prop::sample::Index>(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4),
    ) {
        let student = student();
        let whole = [vec![load(&student)], program].concat();
        let mut bytes = Program::encode(&whole).expect("it has an encoding");
        bytes.truncate(1 + cut.index(bytes.len()));
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        match Program::decode(&bytes) {
            Ok(program) => {
                prop_assert_eq!(Program::encode(&program).expect("it was decoded"), bytes);
                let gas_limit = 5_000_000_000;
                let mut world = World::with(&student);
                let outcome = run_in(&mut world, Limits::V1, gas_limit, &program);
                prop_assert!(outcome.gas_used <= gas_limit);
            }
            Err(error) => {
                prop_assert!((error.offset as usize) <= bytes.len());
                if let DecodeFault::Truncated { needed, left } = error.fault {
                    prop_assert!(needed > left);
                }
            }
        }
    }
}
