use crate::mock::*;
use crate::*;
use codec::MaxEncodedLen;
use frame::testing_prelude::*;
use lattice_isa::Instruction;

fn commit(number: u8) -> Vec<u8> {
    let mut input = vec![6];
    input.extend([number; 32]);
    input.extend([number + 100; 32]);
    input
}

fn subjects(author: &AccountId) -> Vec<u8> {
    AiPrograms::program_records(author)
        .iter()
        .map(|record| record.subject.0[0])
        .collect()
}

fn deposit(records: u128) -> Balance {
    records * (PER_ITEM + PER_BYTE * Record::<Test>::max_encoded_len() as Balance)
}

#[test]
fn are_kept_under_the_program_that_committed_them() {
    on_a_fresh_chain(|| {
        let program = instance();
        assert_ok!(by(&BOB).input(commit(5)).call(&program));
        let records = AiPrograms::program_records(&program);
        assert_eq!(records.len(), 1);
        assert_eq!(records[0].subject, H256::repeat_byte(5));
        assert_eq!(records[0].digest, H256::repeat_byte(105));
        assert_eq!((&records[0].caller, records[0].at), (&BOB, 1));
        assert_eq!(held(HoldReason::StorageDeposit, &program), deposit(1));
        assert_eq!(free(&BOB), ENDOWMENT - deposit(1));
        System::assert_has_event(
            Event::Committed {
                author: program,
                subject: H256::repeat_byte(5),
                digest: H256::repeat_byte(105),
            }
            .into(),
        );
    });
}

#[test]
fn are_the_latest_ones() {
    on_a_fresh_chain(|| {
        let program = instance();
        for number in 0..6 {
            assert_ok!(by(&BOB).input(commit(number)).call(&program));
        }
        assert_eq!(subjects(&program), [2, 3, 4, 5]);
        assert_eq!(free(&BOB), ENDOWMENT - deposit(4));
    });
}

#[test]
fn of_bytecode_are_its_account_s_until_it_clears_them() {
    on_a_fresh_chain(|| {
        let program: Vec<_> = (0..6)
            .map(|number| Instruction::CommitResult {
                subject: [number; 32],
                digest: [0; 32],
            })
            .collect();
        assert_ok!(by(&BOB).execute(&program, false));
        assert_eq!(subjects(&BOB), [2, 3, 4, 5]);
        assert_eq!(held(HoldReason::StorageDeposit, &BOB), deposit(4));
        assert_ok!(AiPrograms::clear_records(origin(&BOB)));
        assert_eq!(free(&BOB), ENDOWMENT);
        assert!(subjects(&BOB).is_empty());
        assert_noop!(
            AiPrograms::clear_records(origin(&BOB)),
            Error::<Test>::NoRecords
        );
    });
}

#[test]
fn settle_nothing() {
    on_a_fresh_chain(|| {
        let program = instance();
        let executions = pallet_model_registry::Executions::<Test>::iter().count();
        assert_ok!(by(&BOB).input(commit(1)).call(&program));
        assert_eq!(
            pallet_model_registry::Executions::<Test>::iter().count(),
            executions
        );
    });
}
