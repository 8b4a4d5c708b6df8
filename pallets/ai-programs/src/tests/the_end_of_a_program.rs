use crate::mock::*;
use crate::*;
use codec::MaxEncodedLen;
use frame::deps::frame_support::storage::child::ChildInfo;
use frame::deps::frame_support::traits::{LockableCurrency, WithdrawReasons};
use frame::deps::sp_io::default_child_storage;
use frame::testing_prelude::*;
use lattice_host::{Bounded, CallLimits, CallSchedule, ProgramTrap, TerminationFault};
use lattice_primitives::{DepositChange, DryRunError, Effect, ProgramFault, ProgramStep};

/// Ends the program in favour of an account.
fn terminate(beneficiary: &AccountId) -> Vec<u8> {
    let mut input = vec![14];
    input.extend(<[u8; 32]>::from(beneficiary.clone()));
    input
}

/// Stores, commits and leaves an event before.
fn terminate_busily(beneficiary: &AccountId) -> Vec<u8> {
    let mut input = terminate(beneficiary);
    input[0] = 15;
    input.extend(*b"key2some value");
    input
}

fn commit() -> Vec<u8> {
    [&[6][..], &[5; 64]].concat()
}

fn code_hash() -> H256 {
    H256(blake2_256(everything()))
}

fn references() -> u32 {
    Codes::<Test>::get(code_hash()).unwrap().references
}

fn storage(program: &AccountId) -> ChildInfo {
    AiPrograms::storage_of(program, Programs::<Test>::get(program).unwrap().storage)
}

fn is_empty(trie: &ChildInfo) -> bool {
    default_child_storage::next_key(trie.storage_key(), &[]).is_none()
}

#[test]
fn gives_back_all_that_it_had_on_hold_and_to_spend() {
    on_a_fresh_chain(|| {
        let program = instance();
        assert_ok!(by(&ALICE).input(*b"\x01key1value").call(&program));
        assert_ok!(by(&BOB).input(commit()).call(&program));
        let record = Record::<Test>::max_encoded_len() as Balance;
        let deposit = 2 * PER_ITEM + PER_BYTE * (9 + record);
        assert_eq!(held(HoldReason::StorageDeposit, &program), deposit);
        let (trie, carol) = (storage(&program), free(&CAROL));

        assert_ok!(by(&CAROL).value(7).input(terminate(&NOBODY)).call(&program));
        let (output, gas_used) = ending();
        assert_eq!(output, Ok(vec![]));
        let amount = EXISTENTIAL_DEPOSIT + 10_007;
        assert_eq!(free(&NOBODY), amount);
        assert_eq!(free(&CAROL), carol - 7 + deposit);
        assert_eq!(held(HoldReason::StorageDeposit, &program), 0);
        assert!(!System::account_exists(&program));
        assert!(is_empty(&trie));
        let ours: Vec<_> = System::events()
            .into_iter()
            .filter_map(|record| match record.event {
                RuntimeEvent::AiPrograms(event) => Some(event),
                _ => None,
            })
            .collect();
        let ended = Event::Terminated {
            program: program.clone(),
            code_hash: code_hash(),
            beneficiary: NOBODY,
            amount,
            deposit,
        };
        let called = Event::Called {
            program,
            caller: CAROL,
            output: vec![],
            gas_used,
        };
        assert_eq!(ours[ours.len() - 2..], [ended, called]);
    });
}

#[test]
fn lets_its_code_be_removed_once_no_other_program_runs_it() {
    on_a_fresh_chain(|| {
        let program = instance();
        assert_ok!(by(&BOB).instantiate(code_hash(), 1));
        let other = AiPrograms::program_account(&BOB, &code_hash(), &H256::repeat_byte(1));
        assert_eq!(references(), 2);
        assert_ok!(by(&ALICE).input(terminate(&ALICE)).call(&program));
        assert_eq!(references(), 1);
        assert_noop!(
            AiPrograms::remove_code(origin(&CAROL), code_hash()),
            Error::<Test>::CodeInUse
        );
        assert_ok!(by(&ALICE).input(terminate(&BOB)).call(&other));
        assert_ok!(AiPrograms::remove_code(origin(&CAROL), code_hash()));
        for who in [ALICE, BOB, CAROL] {
            assert_eq!(free(&who), ENDOWMENT);
        }
    });
}

#[test]
fn reverts_nothing_that_the_call_did_before() {
    on_a_fresh_chain(|| {
        let program = instance();
        let bob = free(&BOB);
        assert_ok!(by(&BOB).input(terminate_busily(&CAROL)).call(&program));
        assert_eq!(ending().0, Ok(vec![]));
        let committed = <[u8; 32]>::from(CAROL);
        System::assert_has_event(
            Event::Committed {
                author: program.clone(),
                subject: H256(committed),
                digest: H256(committed),
            }
            .into(),
        );
        System::assert_has_event(
            Event::Emitted {
                program: program.clone(),
                data: committed.to_vec(),
            }
            .into(),
        );
        // What was stored and committed went with the program, at no deposit.
        assert_eq!(free(&BOB), bob);
        assert!(AiPrograms::program_records(&program).is_empty());
    });
}

#[test]
fn is_seen_by_every_reader_at_once() {
    on_a_fresh_chain(|| {
        let program = instance();
        assert_ok!(by(&ALICE).input(*b"\x01key1value").call(&program));
        assert_ok!(by(&ALICE).input(commit()).call(&program));
        assert_ok!(by(&ALICE).input(terminate(&BOB)).call(&program));
        assert_eq!(AiPrograms::program_info(&program), None);
        assert_eq!(AiPrograms::program_storage(&program, b"key1"), None);
        assert!(AiPrograms::program_records(&program).is_empty());
        let again = by(&ALICE).input(*b"\x03key1");
        let refused = again.clone().call(&program).unwrap_err().error;
        assert_eq!(refused, Error::<Test>::UnknownProgram.into());
        let dry = AiPrograms::dry_run(&ALICE, &again.request(&program), None);
        assert_eq!(dry.result, Err(DryRunError::Refused(refused)));
    });
}

#[test]
fn may_be_followed_by_another_program_in_its_place_with_nothing_of_it() {
    let mut chain = new_test_ext();
    let program = chain.execute_with(|| {
        let program = instance();
        assert_ok!(by(&ALICE).input(*b"\x01key1old").call(&program));
        program
    });
    // Once its storage is in the database, and three times in one block.
    chain.commit_all().unwrap();
    chain.execute_with(|| {
        for _ in 0..3 {
            let trie = storage(&program);
            assert_ok!(by(&ALICE).input(*b"\x01key2new").call(&program));
            assert_ok!(by(&ALICE).input(terminate(&ALICE)).call(&program));
            assert!(is_empty(&trie));
            assert_ok!(by(&ALICE).value(10_000).instantiate(code_hash(), 1));
            assert_ne!(storage(&program), trie);
            for key in [b"\x03key1", b"\x03key2"] {
                assert_ok!(by(&BOB).input(*key).call(&program));
                assert_eq!(ending().0, Ok(vec![]));
            }
            assert_eq!(AiPrograms::program_info(&program).unwrap().items, 0);
            check_everything();
        }
    });
}

#[test]
fn is_what_its_dry_run_and_trace_say() {
    on_a_fresh_chain(|| {
        let program = instance();
        assert_ok!(by(&ALICE).input(*b"\x01key1value").call(&program));
        let deposit = held(HoldReason::StorageDeposit, &program);
        let call = by(&BOB).input(terminate(&CAROL));
        let trace = AiPrograms::trace(&BOB, &call.request(&program), None);
        let beneficiary = CAROL.into();
        assert_eq!(trace.run.events, [Effect::Terminated { beneficiary }]);
        assert_eq!(trace.run.deposit, DepositChange::Refunded(deposit));
        let Some(ProgramStep::Import(step)) = trace.steps.last() else {
            panic!("a program's step is an import");
        };
        let schedule = CallSchedule::V1;
        assert_eq!(step.import.name(), "terminate");
        assert_eq!(step.gas, schedule.base(step.import) + schedule.removed_item);
        let required = trace.run.gas_required;
        assert_ok!(call.clone().gas(required - 1).call(&program));
        assert_eq!(fault(), ProgramFault::Trap(ProgramTrap::OutOfGas));
        assert_eq!(references(), 1);
        assert_ok!(call.gas(required).call(&program));
        assert_eq!(ending(), (Ok(vec![]), trace.run.gas_used));
        assert_eq!(references(), 0);
    });
}

#[test]
fn takes_as_many_entries_as_one_call_removes_and_no_more() {
    let limit = CallLimits::V1.removed_items;
    let mut chain = new_test_ext();
    let program = chain.execute_with(|| {
        let program = instance();
        for number in 0..=limit {
            let input = [&[1][..], &number.to_le_bytes()].concat();
            assert_ok!(by(&ALICE).input(input).call(&program));
        }
        program
    });
    chain.commit_all().unwrap();
    chain.execute_with(|| {
        let call = || by(&BOB).input(terminate(&BOB));
        assert_ok!(call().call(&program));
        assert_eq!(
            fault(),
            ProgramFault::Trap(ProgramTrap::TooLarge {
                what: Bounded::RemovedItems,
                given: u64::from(limit) + 1,
                limit,
            })
        );
        assert_ok!(by(&BOB).input([2, 0, 0, 0, 0]).call(&program));
        let (trie, bob) = (storage(&program), free(&BOB));
        let deposit = held(HoldReason::StorageDeposit, &program);
        assert_eq!(deposit, Balance::from(limit) * (PER_ITEM + 4 * PER_BYTE));
        assert_ok!(call().call(&program));
        assert_eq!(ending().0, Ok(vec![]));
        assert!(is_empty(&trie));
        assert_eq!(free(&BOB), bob + deposit + 10_000 + EXISTENTIAL_DEPOSIT);
        check_everything();
    });
}

mod is_refused {
    use super::*;

    fn faults(fault_of: TerminationFault) {
        let expected = ProgramFault::Trap(ProgramTrap::Termination(fault_of));
        assert_eq!(fault(), expected);
    }

    #[test]
    fn while_the_program_is_being_made() {
        on_a_fresh_chain(|| {
            let code_hash = upload(everything());
            assert_ok!(by(&ALICE)
                .value(5)
                .input(terminate(&BOB))
                .instantiate(code_hash, 1));
            faults(TerminationFault::Instantiating);
            assert_eq!((references(), free(&ALICE)), (0, ENDOWMENT));
            assert_eq!(ProgramsMade::<Test>::get(), 0);
        });
    }

    #[test]
    fn in_favour_of_the_program() {
        on_a_fresh_chain(|| {
            let program = instance();
            assert_ok!(by(&BOB).value(5).input(terminate(&program)).call(&program));
            faults(TerminationFault::OwnBeneficiary);
            assert_eq!(AiPrograms::program_info(&program).unwrap().balance, 10_000);
        });
    }

    #[test]
    fn with_all_else_that_the_call_did_when_its_money_cannot_move() {
        on_a_fresh_chain(|| {
            let program = instance();
            // Nothing of this runtime locks what a program has; another one's pallet might.
            Balances::set_lock(*b"elsewher", &program, 1, WithdrawReasons::all());
            assert_ok!(by(&BOB).input(terminate_busily(&BOB)).call(&program));
            assert!(matches!(
                fault(),
                ProgramFault::EffectRefused { effect: 3, .. }
            ));
            assert_eq!(references(), 1);
            assert_eq!(AiPrograms::program_storage(&program, b"key2"), None);
        });
    }
}
