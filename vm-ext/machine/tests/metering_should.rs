//! Gas and limits.

mod support;

use lattice_isa::{Gas, GasSchedule, Instruction, Limits, Trap};
use proptest::prelude::*;
use support::*;

fn run_tour(limits: Limits, gas_limit: Gas) -> lattice_machine::Outcome {
    run_in(&mut World::with(&model()), limits, gas_limit, &tour())
}

#[test]
fn run_out_of_gas_at_every_instruction_boundary_and_never_use_more_than_the_limit() {
    let whole = run_tour(Limits::V1, PLENTY);
    assert_eq!(whole.result, Ok(()));
    assert_eq!(
        run_tour(Limits::V1, whole.gas_used).result,
        Ok(()),
        "exactly enough is enough"
    );
    let mut before = 0;
    for step in &whole.steps {
        let after = before + step.gas;
        assert!(step.gas >= GasSchedule::V1.step, "nothing is free");
        for limit in [before, before + 1, after - 1] {
            let outcome = run_tour(Limits::V1, limit);
            assert!(outcome.gas_used <= limit);
            assert_eq!(outcome.executed, step.instruction);
            assert!(outcome.journal.is_empty());
            let out_of_gas = matches!(outcome.result, Err(Trap::OutOfGas { .. }));
            assert!(out_of_gas, "{limit}: {:?}", outcome.result);
        }
        before = after;
    }
    assert_eq!(before, whole.gas_used);
}

/// A long program over every instruction: trained models, freed and loaded again.
fn long() -> Vec<Instruction> {
    let mut program = Vec::new();
    let mut next = 0u16;
    for round in 0..12 {
        let [pupil_handle, input] = [next, next + 1];
        program.extend([
            load(&pupil()),
            new(&[3], vec![round, 8, 16]),
            new(&[1, 3], vec![3, round, 16]),
            new(&[1, 2], vec![16_384, 100 * round]),
            train(pupil_handle, input + 1, input + 2, 6),
            execute(pupil_handle, input),
            hash(pupil_handle),
            new(&[1, 2, 2], vec![1, -2, round, 4]),
            new(&[1, 1, 1, 2], vec![3, -1]),
            convolve(input + 4, input + 5, [1, 1], [0, 1, 0, 0], 1),
            pool(input + 6, lattice_isa::Pooling::Max, [2, 1], [1, 1], [0; 4]),
            add(input, input),
            new(&[2, 1], vec![5, -6]),
            multiply(input + 9, input + 1),
            verify(TRUE_PROOF),
            commit(1),
        ]);
        if round % 2 == 0 {
            program.push(unload(pupil_handle));
        }
        next += 12;
    }
    program
}

#[test]
fn leave_nothing_wherever_a_long_program_runs_out_of_gas() {
    let run = |limit| run_in(&mut World::with(&pupil()), Limits::V1, limit, &long());
    let whole = run(PLENTY);
    assert_eq!(whole.result, Ok(()));
    assert_eq!((whole.states.len(), whole.journal.len()), (6, 24));
    assert!(whole.steps.len() > 150);
    let mut before = 0;
    for step in &whole.steps {
        let after = before + step.gas;
        let base = GasSchedule::V1.base(step.opcode);
        // Before the base, within it, between base and work, and one short.
        for limit in [before, before + base - 1, before + base, after - 1] {
            let outcome = run(limit.min(after - 1));
            assert!(outcome.gas_used <= limit);
            assert_eq!(outcome.executed, step.instruction);
            assert!(outcome.journal.is_empty() && outcome.states.is_empty());
            let out_of_gas = matches!(outcome.result, Err(Trap::OutOfGas { .. }));
            assert!(out_of_gas, "{limit}: {:?}", outcome.result);
        }
        before = after;
    }
    assert_eq!(run(before).result, Ok(()));
}

proptest! {
    #[test]
    fn never_use_more_gas_than_the_limit(limit in 0u64..10_000_000_000) {
        let outcome = run_tour(Limits::V1, limit);
        prop_assert!(outcome.gas_used <= limit);
        let total = run_tour(Limits::V1, PLENTY).gas_used;
        prop_assert_eq!(outcome.result.is_ok(), limit >= total);
    }

    #[test]
    fn charge_the_same_whatever_the_values(
        left in prop::collection::vec(any::<i32>(), 12),
        right in prop::collection::vec(any::<i32>(), 12),
        input in prop::collection::vec(any::<i32>(), 6),
    ) {
        // Also where a value makes the last instruction trap: it was charged before.
        let model = model();
        let with = |left: Vec<i32>, right: Vec<i32>, input: Vec<i32>| {
            [
                vec![new(&[3, 4], left.clone()), new(&[4, 3], right.clone()), multiply(0, 1)],
                vec![new(&[3, 4], left), new(&[3, 4], right), add(0, 1)],
                vec![load(&model), new(&[6], input), execute(0, 1)],
            ]
            .map(|program| run_in(&mut World::with(&model), Limits::V1, PLENTY, &program).gas_used)
        };
        prop_assert_eq!(with(left, right, input), with(vec![0; 12], vec![0; 12], vec![0; 6]));
    }
}

#[test]
fn charge_as_much_for_a_false_proof_as_for_a_true_one() {
    let gas = |proof| run(&[verify(proof)]).gas_used;
    assert_eq!(gas(TRUE_PROOF), gas([2; 128].into()));
    assert_eq!(gas(TRUE_PROOF), gas(MALFORMED_PROOF));
    assert_eq!(gas(TRUE_COMMITTED_PROOF), gas([2; 160].into()));
}

#[test]
fn not_verify_a_proof_that_is_not_paid_for() {
    let mut world = World::default();
    let cost = run(&[verify(TRUE_PROOF)]).gas_used;
    let outcome = run_in(&mut world, Limits::V1, cost - 1, &[verify(TRUE_PROOF)]);
    assert!(matches!(outcome.result, Err(Trap::OutOfGas { .. })));
    assert_eq!(world.verified, 0);
}

#[test]
fn cost_what_the_schedule_says_a_settlement_costs() {
    for proof in [TRUE_PROOF, TRUE_COMMITTED_PROOF] {
        let outcome = run(&[verify(proof), commit(1)]);
        let settlement = GasSchedule::V1.settlement(proof.is_committed());
        assert_eq!(outcome.gas_used, settlement);
    }
    assert!(GasSchedule::V1.settlement(true) > GasSchedule::V1.settlement(false));
}

mod limit {
    use super::*;

    fn trap(limits: Limits, program: &[Instruction]) -> Trap {
        let mut world = World::with(&model());
        run_in(&mut world, limits, PLENTY, program)
            .result
            .expect_err("must trap")
    }

    #[test]
    fn the_instructions_of_a_program() {
        let limits = Limits {
            instructions: 2,
            ..Limits::V1
        };
        let trap = trap(limits, &vec![commit(0); 3]);
        assert_eq!(trap, Trap::InstructionLimit { given: 3, limit: 2 });
    }

    #[test]
    fn the_handles_that_are_live() {
        let limits = Limits {
            live_handles: 2,
            ..Limits::V1
        };
        let program = vec![new(&[1], vec![1]); 3];
        assert_eq!(trap(limits, &program), Trap::HandleLimit { limit: 2 });
        let model = model();
        let freed = [
            load(&model),
            unload(0),
            new(&[1], vec![1]),
            new(&[1], vec![1]),
        ];
        let outcome = run_in(&mut World::with(&model), limits, PLENTY, &freed);
        assert_eq!(outcome.result, Ok(()), "a freed handle is not live");
    }

    #[test]
    fn the_memory_of_tensors_models_and_working_space() {
        let memory = |memory_bytes| Limits {
            memory_bytes,
            ..Limits::V1
        };
        let tensor = [new(&[4], vec![1; 4])];
        let needed = trap(memory(79), &tensor);
        let expected = Trap::MemoryLimit {
            needed: 80,
            limit: 79,
        };
        assert_eq!(needed, expected);
        let enough = run_in(&mut World::default(), memory(80), PLENTY, &tensor);
        assert_eq!(enough.result, Ok(()));

        // Two operands of 80 bytes, a result of 80, and two sums of 16.
        let product = [
            new(&[2, 2], vec![1; 4]),
            new(&[2, 2], vec![1; 4]),
            multiply(0, 1),
        ];
        let expected = Trap::MemoryLimit {
            needed: 272,
            limit: 271,
        };
        assert_eq!(trap(memory(271), &product), expected);

        let load = [load(&model())];
        let resident = run_tour(Limits::V1, PLENTY).steps[0].memory_bytes;
        assert_eq!(
            trap(memory(resident - 1), &load),
            Trap::MemoryLimit {
                needed: resident,
                limit: resident - 1
            }
        );
    }

    #[test]
    fn the_elements_of_a_tensor_also_of_a_result() {
        let limits = Limits {
            tensor_elements: 8,
            ..Limits::V1
        };
        let elements = Trap::TensorLimit {
            elements: 9,
            limit: 8,
        };
        assert_eq!(trap(limits, &[new(&[9], vec![1; 9])]), elements);
        let outer = [
            new(&[3, 1], vec![1; 3]),
            new(&[1, 3], vec![1; 3]),
            multiply(0, 1),
        ];
        assert_eq!(trap(limits, &outer), elements);
    }

    #[test]
    fn the_bytes_of_a_model() {
        let bytes = model().to_blob().len() as u64;
        let limits = Limits {
            model_bytes: bytes - 1,
            ..Limits::V1
        };
        let expected = Trap::ModelLimit {
            bytes,
            limit: bytes - 1,
        };
        assert_eq!(trap(limits, &[load(&model())]), expected);
    }

    #[test]
    fn the_public_inputs_of_a_proof() {
        let program = [Instruction::VerifyProof {
            key: KEY,
            inputs: vec![[0; 32]; 17],
            proof: TRUE_PROOF,
        }];
        let expected = Trap::PublicInputLimit {
            given: 17,
            limit: 16,
        };
        assert_eq!(trap(Limits::V1, &program), expected);
    }

    #[test]
    fn the_entries_of_the_journal() {
        let limits = Limits {
            journal_entries: 2,
            ..Limits::V1
        };
        let model = model();
        let program = [load(&model), commit(1), hash(0), commit(2)];
        assert_eq!(trap(limits, &program), Trap::JournalLimit { limit: 2 });
    }
}

#[test]
fn refuse_elements_that_are_not_as_many_as_the_shape_has() {
    let outcome = run(&[new(&[3], vec![1; 2])]);
    let expected = Trap::ElementCount {
        expected: 3,
        given: 2,
    };
    assert_eq!(outcome.result, Err(expected));
}
