use crate::mock::*;
use crate::*;
use frame::testing_prelude::*;
use lattice_isa::{Handle, Instruction, Opcode};
use lattice_primitives::{
    DepositChange, DryRunError, Effect, ProgramFault, ProgramRequest, ProgramStep,
};
use lattice_tensor::Shape;

fn dry(call: &Attempt, program: &AccountId) -> queries::DryRunOf<Test> {
    AiPrograms::dry_run(&call.who, &call.request(program), None)
}

/// The state and the events as they are.
fn state() -> Vec<u8> {
    frame::deps::sp_io::storage::root(StateVersion::V1)
}

#[test]
fn changes_nothing() {
    on_a_fresh_chain(|| {
        let program = instance();
        let before = state();
        let run = dry(&by(&BOB).value(5).input(*b"\x01key1value"), &program);
        assert!(run.result.is_ok());
        assert_eq!(state(), before);
    });
}

#[test]
fn says_what_the_call_then_does() {
    on_a_fresh_chain(|| {
        let program = instance();
        let call = by(&BOB).input(*b"\x01key1value");
        let run = dry(&call, &program);
        let deposit = PER_ITEM + PER_BYTE * 9;
        assert_eq!(run.deposit, DepositChange::Charged(deposit));
        assert_eq!(
            run.events,
            [Effect::StorageSet {
                key: b"key1".to_vec(),
                value: Some(b"value".to_vec()),
            }]
        );
        let output = run.result.unwrap();
        assert_eq!(
            (output.program, output.output),
            (Some(program.clone()), vec![])
        );
        assert_ok!(call.call(&program));
        assert_eq!(ending(), (Ok(vec![]), run.gas_used));
        assert_eq!(free(&BOB), ENDOWMENT - deposit);
    });
}

#[test]
fn gives_a_gas_limit_that_suffices_on_cold_and_on_warm_code() {
    on_a_fresh_chain(|| {
        let program = instance();
        for input in [&b"\x00output"[..], b"\x05event", b"\x09\x00\x10\x00\x00"] {
            let run = dry(&by(&BOB).input(input), &program);
            let call = || by(&BOB).input(input).gas(run.gas_required);
            next_block();
            for _cold_then_warm in 0..2 {
                assert_ok!(call().call(&program));
                let (result, gas_used) = ending();
                assert!(result.is_ok());
                assert_eq!(gas_used, run.gas_used);
            }
            assert_ok!(call().gas(run.gas_required - 1).call(&program));
            assert!(ending().0.is_err(), "less than required sufficed");
        }
    });
}

#[test]
fn gives_the_whole_limit_to_a_program_that_asks_for_its_gas() {
    on_a_fresh_chain(|| {
        let program = instance();
        let run = dry(&by(&BOB).input([12]), &program);
        assert!(run.gas_used < MAX_GAS);
        assert_eq!(run.gas_required, MAX_GAS);
    });
}

#[test]
fn costs_what_it_says_at_most() {
    on_a_fresh_chain(|| {
        let program = instance();
        let call = by(&BOB).input(*b"\x01key1value");
        let run = dry(&call, &program);
        next_block();
        let weight = call.gas(run.gas_required).call(&program).unwrap();
        let weight = weight.actual_weight.unwrap().ref_time();
        assert_eq!(weight, run.ref_time);
    });
}

#[test]
fn tells_a_trap_from_a_refusal() {
    on_a_fresh_chain(|| {
        let program = instance();
        let trapped = dry(&by(&BOB).input([10]), &program);
        assert!(matches!(
            trapped.result,
            Err(DryRunError::Failed(ProgramFault::Trap(
                lattice_host::ProgramTrap::Unreachable
            )))
        ));
        assert!(trapped.gas_used > 0);
        let refused = dry(&by(&BOB), &ALICE);
        assert_eq!(
            refused.result,
            Err(DryRunError::Refused(Error::<Test>::UnknownProgram.into()))
        );
        let too_long = dry(&by(&BOB).input(vec![0; 65_537]), &program);
        assert_eq!(
            too_long.result,
            Err(DryRunError::Refused(Error::<Test>::RequestTooLarge.into()))
        );
    });
}

#[test]
fn of_an_instantiation_names_the_account() {
    on_a_fresh_chain(|| {
        let code_hash = upload(everything());
        let request = ProgramRequest::Instantiate {
            code_hash,
            value: 10,
            input: vec![],
            salt: H256::repeat_byte(1),
            models: vec![],
            verifying_keys: vec![],
        };
        let run = AiPrograms::dry_run(&ALICE, &request, Some(GAS));
        let program = AiPrograms::program_account(&ALICE, &code_hash, &H256::repeat_byte(1));
        assert_eq!(run.result.unwrap().program, Some(program.clone()));
        assert!(!Programs::<Test>::contains_key(&program));
        let call = by(&ALICE).value(10).gas(run.gas_required);
        assert_ok!(call.instantiate(code_hash, 1));
        assert!(Programs::<Test>::contains_key(&program));
    });
}

#[test]
fn with_a_trace_gives_the_gas_of_each_import() {
    on_a_fresh_chain(|| {
        let program = instance();
        let call = by(&BOB).input(*b"\x01key1value");
        let trace = AiPrograms::trace(&BOB, &call.request(&program), None);
        let steps: Vec<_> = trace
            .steps
            .iter()
            .map(|step| match step {
                ProgramStep::Import(step) => step,
                ProgramStep::Instruction(_) => panic!("a program's step is an import"),
            })
            .collect();
        let names: Vec<_> = steps.iter().map(|step| step.import.name()).collect();
        assert_eq!(names, ["input_len", "input_read", "storage_set"]);
        let gas: u64 = steps.iter().map(|step| step.gas + step.plain_gas).sum();
        assert!(gas <= trace.run.gas_used);
        assert_eq!(trace.run, dry(&call, &program));
    });
}

#[test]
fn of_bytecode_gives_the_gas_of_each_instruction() {
    on_a_fresh_chain(|| {
        let new = Instruction::TensorNew {
            shape: Shape::new(vec![2]).unwrap(),
            elements: vec![20, 1],
        };
        let add = Instruction::TensorAdd {
            left: Handle(0),
            right: Handle(0),
        };
        let request = ProgramRequest::Execute {
            bytecode: bytecode(&[new, add]),
            models: vec![],
            verifying_keys: vec![],
            keep_states: false,
        };
        let trace = AiPrograms::trace(&BOB, &request, None);
        let steps: Vec<_> = trace
            .steps
            .iter()
            .map(|step| match step {
                ProgramStep::Instruction(step) => (step.opcode, step.gas),
                ProgramStep::Import(_) => panic!("bytecode's step is an instruction"),
            })
            .collect();
        assert_eq!(steps[0].0, Opcode::TensorNew);
        assert_eq!(steps[1].0, Opcode::TensorAdd);
        let gas: u64 = steps.iter().map(|step| step.1).sum();
        assert_eq!(gas, trace.run.gas_used);
        assert_eq!(trace.run.gas_required, gas);
    });
}
