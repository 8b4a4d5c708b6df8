use crate::mock::*;
use crate::*;
use frame::testing_prelude::*;
use lattice_host::ProgramTrap;
use lattice_primitives::ProgramFault;

/// Call a program and expect a trap; what it was. All else stays as it is but events and
/// the note that the code was compiled.
fn traps(call: Attempt, program: &AccountId) -> ProgramFault {
    let before = (
        free(&call.who),
        free(program),
        Programs::<Test>::get(program),
    );
    let who = call.who.clone();
    let storage = AiPrograms::program_storage(program, b"key1");
    let result = call.call(program);
    assert_ok!(result);
    assert_eq!(
        before,
        (free(&who), free(program), Programs::<Test>::get(program))
    );
    assert_eq!(storage, AiPrograms::program_storage(program, b"key1"));
    let (_, gas_used) = ending();
    let trap = fault();
    System::assert_last_event(
        Event::ProgramTrapped {
            program: program.clone(),
            caller: who,
            trap: trap.clone(),
            gas_used,
        }
        .into(),
    );
    trap
}

#[test]
fn names_what_stopped_the_program() {
    on_a_fresh_chain(|| {
        let program = instance();
        assert_eq!(
            traps(by(&BOB).value(500).input([10]), &program),
            ProgramFault::Trap(ProgramTrap::Unreachable)
        );
    });
}

#[test]
fn gives_the_reason_of_a_program_that_reverts() {
    on_a_fresh_chain(|| {
        let program = instance();
        assert_eq!(
            traps(by(&BOB).value(500).input(*b"\x07too late"), &program),
            ProgramFault::Trap(ProgramTrap::Reverted {
                data: b"too late".to_vec()
            })
        );
    });
}

#[test]
fn is_out_of_gas_at_any_limit_below_what_a_call_needs() {
    on_a_fresh_chain(|| {
        let program = instance();
        let call = || by(&BOB).value(5).input(*b"\x01key1value");
        assert_ok!(call().call(&program));
        let needed = ending().1;
        for gas_limit in (0..needed)
            .step_by(usize::try_from(needed / 40).unwrap())
            .chain([needed - 1])
        {
            assert_eq!(
                traps(call().gas(gas_limit), &program),
                ProgramFault::Trap(ProgramTrap::OutOfGas),
                "with {gas_limit} of {needed}"
            );
            assert!(ending().1 <= gas_limit);
        }
        assert_ok!(call().gas(needed).call(&program));
        assert_eq!(ending(), (Ok(vec![]), needed));
    });
}

#[test]
fn costs_the_gas_used_and_not_the_limit() {
    on_a_fresh_chain(|| {
        let program = instance();
        next_block();
        let result = by(&BOB).input([10]).call(&program).unwrap();
        let base = super::weight::base_of(1);
        let (_, gas_used) = ending();
        assert!(gas_used > 0 && gas_used < GAS);
        assert_eq!(
            result.actual_weight,
            Some(base.saturating_add(Weight::from_parts(gas_used, 0)))
        );
    });
}

#[test]
fn takes_back_the_effects_before_it() {
    on_a_fresh_chain(|| {
        let program = instance();
        let mut input = vec![13];
        input.extend(<[u8; 32]>::from(BOB));
        input.extend((10_001 as Balance).to_le_bytes());
        input.extend(b"key1");
        assert!(matches!(
            traps(by(&BOB).input(input.clone()), &program),
            ProgramFault::Trap(ProgramTrap::InsufficientBalance {
                amount: 10_001,
                balance: 10_000,
            })
        ));
        // One more than it had, and the call's value pays for it.
        assert_ok!(by(&ALICE).value(1).input(input).call(&program));
        assert_eq!(AiPrograms::program_info(&program).unwrap().balance, 0);
        assert_eq!(AiPrograms::program_storage(&program, b"key1"), Some(vec![]));
    });
}
