//! What instructions do.

mod support;

use lattice_isa::{Event, Handle, Instruction, Limits, Opcode, Trap};
use lattice_tensor::{testing, Range};
use proptest::prelude::*;
use support::*;

fn elements(outcome: &lattice_machine::Outcome, handle: u16) -> Vec<i32> {
    let (_, tensor) = outcome
        .tensors
        .iter()
        .find(|(other, _)| *other == Handle(handle))
        .expect("the handle is a live tensor");
    tensor.elements().to_vec()
}

fn matrix(rows: u32, columns: u32) -> impl Strategy<Value = Vec<i32>> {
    prop::collection::vec(
        prop_oneof![any::<i32>(), -100..100i32],
        (rows * columns) as usize,
    )
}

proptest! {
    #[test]
    fn multiply_as_integers_do(
        (m, k, n, left, right) in (1u32..5, 1u32..5, 1u32..5).prop_flat_map(|(m, k, n)| {
            (Just(m), Just(k), Just(n), matrix(m, k), matrix(k, n))
        })
    ) {
        let outcome = run(&[new(&[m, k], left.clone()), new(&[k, n], right.clone()), multiply(0, 1)]);
        let (k, n) = (k as usize, n as usize);
        // Column by column, unlike the machine.
        let exact: Vec<i128> = (0..left.len() / k * n)
            .map(|at| {
                (0..k).map(|i| i128::from(left[at / n * k + i]) * i128::from(right[i * n + at % n])).sum()
            })
            .collect();
        match exact.iter().position(|value| i32::try_from(*value).is_err()) {
            None => {
                let product: Vec<i128> = elements(&outcome, 2).iter().map(|value| i128::from(*value)).collect();
                prop_assert_eq!(product, exact);
            }
            Some(element) => {
                prop_assert_eq!(outcome.result, Err(Trap::Overflow { element: element as u32 }));
            }
        }
    }

    #[test]
    fn add_as_integers_do(pairs in prop::collection::vec((any::<i32>(), any::<i32>()), 1..20)) {
        let (left, right): (Vec<i32>, Vec<i32>) = pairs.iter().copied().unzip();
        let length = pairs.len() as u32;
        let outcome = run(&[new(&[length], left), new(&[length], right), add(0, 1)]);
        match pairs.iter().position(|(left, right)| left.checked_add(*right).is_none()) {
            None => {
                let sums: Vec<i32> = pairs.iter().map(|(left, right)| left + right).collect();
                prop_assert_eq!(elements(&outcome, 2), sums);
            }
            Some(element) => {
                prop_assert_eq!(outcome.result, Err(Trap::Overflow { element: element as u32 }));
            }
        }
    }

    #[test]
    fn execute_models_as_the_reference_does(seed in any::<u64>()) {
        let model = testing::random_mlp(seed, &[7, 6, 4], Range { lo: -5, hi: 16 });
        let input = testing::random_input(seed, &model);
        let program = [load(&model), new(&[7], input.clone()), execute(0, 1)];
        let outcome = run_in(&mut World::with(&model), Limits::V1, PLENTY, &program);
        prop_assert_eq!(outcome.result, Ok(()));
        prop_assert_eq!(elements(&outcome, 2), lattice_tensor::execute(&model, &input).unwrap());
    }
}

#[test]
fn run_the_tour_to_its_end() {
    let model = model();
    let outcome = run_in(&mut World::with(&model), Limits::V1, PLENTY, &tour());
    assert_eq!(outcome.result, Ok(()));
    assert_eq!(outcome.executed as usize, tour().len());
    assert_eq!(elements(&outcome, 5), [58, -48, -139, 90]);
    assert_eq!(elements(&outcome, 6), [2, -4, 6, -8, 10, -12]);
    assert_eq!(
        elements(&outcome, 9),
        [37, 47, 67, 77, 23, 26, 4, 4, 4, 4, -7, -8]
    );
    assert_eq!(elements(&outcome, 10), [77, 77, 4, 4]);
    assert_eq!(elements(&outcome, 11), [5]);
    let id = model.id().0;
    let Event::ModelHashed { state, .. } = outcome.journal[1] else {
        panic!("the second entry is the trained state");
    };
    assert_ne!(state, id);
    assert_eq!(
        outcome.journal,
        [
            Event::ModelHashed {
                model: id,
                state: id
            },
            Event::ModelHashed { model: id, state },
            Event::Committed {
                subject: [9; 32],
                digest: [9; 32]
            },
        ]
    );
}

#[test]
fn record_a_handle_for_just_the_instructions_that_give_one() {
    let outcome = run_in(&mut World::with(&model()), Limits::V1, PLENTY, &tour());
    let mut given = 0;
    for step in &outcome.steps {
        let expected = step.opcode.gives().map(|_| {
            given += 1;
            Handle(given - 1)
        });
        assert_eq!(step.result, Ok(expected), "{}", step.opcode);
    }
    for opcode in Opcode::ALL {
        let toured = outcome.steps.iter().any(|step| step.opcode == *opcode);
        assert!(toured, "{opcode} is not in the tour");
    }
}

#[test]
fn run_the_empty_program_for_nothing() {
    let outcome = run(&[]);
    assert_eq!((outcome.result, outcome.gas_used), (Ok(()), 0));
}

#[test]
fn sum_products_exactly_where_64_bits_would_overflow_on_the_way() {
    let least = i32::MIN;
    let outcome = run(&[
        new(&[1, 4], vec![least, least, least, least]),
        new(&[4, 1], vec![least, least, i32::MAX, i32::MAX]),
        new(&[1, 6], vec![least; 6]),
        new(
            &[6, 1],
            vec![least, least, least, i32::MAX, i32::MAX, i32::MAX],
        ),
        multiply(0, 1),
    ]);
    // 2 * 2^62 - 2 * 2^31 * (2^31 - 1) = 2^32: one bit too much.
    assert_eq!(outcome.result, Err(Trap::Overflow { element: 0 }));

    let outcome = run(&[
        new(&[1, 5], vec![least, least, least, least, 2]),
        new(&[5, 1], vec![least, least, i32::MAX, i32::MAX, -(1 << 30)]),
        multiply(0, 1),
    ]);
    // The same, less 2^31, is 2^31: still one too much. Its negative fits.
    assert_eq!(outcome.result, Err(Trap::Overflow { element: 0 }));

    let outcome = run(&[
        new(&[1, 3], vec![least, least, 4]),
        new(&[3, 1], vec![least, i32::MAX, -(1 << 30)]),
        multiply(0, 1),
    ]);
    // 2^62 - 2^31 * (2^31 - 1) - 2^32 = -2^31.
    assert_eq!(outcome.result, Ok(()));
    assert_eq!(elements(&outcome, 2), [least]);
}

#[test]
fn name_the_first_element_that_overflows() {
    let outcome = run(&[new(&[3], vec![1, i32::MAX, i32::MIN]), add(0, 0)]);
    assert_eq!(outcome.result, Err(Trap::Overflow { element: 1 }));
}

#[test]
fn number_handles_in_order_and_never_twice() {
    let model = model();
    let program = [load(&model), unload(0), load(&model), new(&[1], vec![5])];
    let outcome = run_in(&mut World::with(&model), Limits::V1, PLENTY, &program);
    let handles: Vec<_> = outcome.steps.iter().map(|step| step.result).collect();
    assert_eq!(
        handles,
        [
            Ok(Some(Handle(0))),
            Ok(None),
            Ok(Some(Handle(1))),
            Ok(Some(Handle(2)))
        ]
    );
}

#[test]
fn give_memory_back_when_a_model_is_unloaded() {
    let model = model();
    let program = [load(&model), unload(0), hash(0)];
    let outcome = run_in(&mut World::with(&model), Limits::V1, PLENTY, &program);
    let memory: Vec<u64> = outcome.steps.iter().map(|s| s.memory_bytes).collect();
    assert!(memory[0] > 0);
    assert_eq!(memory[1..], [0, 0]);
    assert_eq!(outcome.result, Err(Trap::UnknownHandle(Handle(0))));
}

#[test]
fn record_a_step_for_each_instruction_that_began() {
    let outcome = run(&[new(&[1], vec![1]), add(0, 9), commit(1)]);
    assert_eq!(outcome.steps.len(), 2);
    assert_eq!(outcome.steps[1].result, Err(Trap::UnknownHandle(Handle(9))));
    let charged: u64 = outcome.steps.iter().map(|step| step.gas).sum();
    assert_eq!(charged, outcome.gas_used);
    assert_eq!(outcome.steps[1].gas_left, PLENTY - outcome.gas_used);
}

mod trap {
    use super::*;
    use lattice_isa::ProofFault;

    fn result(program: &[Instruction]) -> Trap {
        let model = model();
        let outcome = run_in(&mut World::with(&model), Limits::V1, PLENTY, program);
        assert!(outcome.journal.is_empty(), "a trap leaves no journal");
        outcome.result.expect_err("must trap")
    }

    #[test]
    fn on_a_false_proof_and_drop_the_journal() {
        let program = [commit(1), verify([2; 128].into()), commit(2)];
        assert_eq!(result(&program), Trap::ProofRejected);
    }

    #[test]
    fn on_a_malformed_proof_otherwise_than_on_a_false_one() {
        let malformed = Trap::InvalidProof(ProofFault::MalformedProof);
        assert_eq!(result(&[verify(MALFORMED_PROOF)]), malformed);
    }

    #[test]
    fn on_a_key_that_the_program_may_not_have() {
        let key = [8; 32];
        let program = [Instruction::VerifyProof {
            key,
            inputs: vec![],
            proof: TRUE_PROOF,
        }];
        assert_eq!(result(&program), Trap::UnknownKey { key });
    }

    #[test]
    fn on_a_handle_of_the_wrong_kind() {
        let model = model();
        let tensor_first = [new(&[6], vec![1; 6]), load(&model), execute(0, 1)];
        assert_eq!(result(&tensor_first), Trap::NotAModel(Handle(0)));
        let model_twice = [load(&model), execute(0, 0)];
        assert_eq!(result(&model_twice), Trap::NotATensor(Handle(0)));
        assert_eq!(
            result(&[load(&model), add(0, 0)]),
            Trap::NotATensor(Handle(0))
        );
        assert_eq!(
            result(&[new(&[1], vec![1]), unload(0)]),
            Trap::NotAModel(Handle(0))
        );
    }

    #[test]
    fn on_shapes_that_do_not_fit() {
        let mismatch = |opcode| Trap::ShapeMismatch {
            opcode,
            left: Handle(0),
            right: Handle(1),
        };
        let pair = |left: &[u32], right: &[u32], last: Instruction| {
            let ones = |dims: &[u32]| vec![1; dims.iter().product::<u32>() as usize];
            result(&[new(left, ones(left)), new(right, ones(right)), last])
        };
        assert_eq!(
            pair(&[2, 3], &[3, 2], add(0, 1)),
            mismatch(Opcode::TensorAdd)
        );
        assert_eq!(pair(&[6], &[2, 3], add(0, 1)), mismatch(Opcode::TensorAdd));
        assert_eq!(
            pair(&[2, 3], &[2, 3], multiply(0, 1)),
            mismatch(Opcode::TensorMul)
        );
        assert_eq!(
            pair(&[3], &[3, 1], multiply(0, 1)),
            mismatch(Opcode::TensorMul)
        );
    }

    #[test]
    fn on_an_input_of_another_shape_or_out_of_range() {
        let model = model();
        let short = [load(&model), new(&[5], vec![1; 5]), execute(0, 1)];
        let shape = Trap::InputShape {
            expected: 6,
            given: 5,
        };
        assert_eq!(result(&short), shape);
        let high = [
            load(&model),
            new(&[6], vec![0, 16, 17, -1, 0, 0]),
            execute(0, 1),
        ];
        let range = Trap::InputRange {
            element: 2,
            value: 17,
        };
        assert_eq!(result(&high), range);
    }
}
