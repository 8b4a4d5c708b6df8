use crate::mock::*;
use crate::*;
use frame::testing_prelude::*;

#[test]
fn gets_an_account_with_what_it_may_spend() {
    on_a_fresh_chain(|| {
        let program = instance();
        assert_eq!(free(&program), EXISTENTIAL_DEPOSIT + 10_000);
        assert_eq!(free(&ALICE), ENDOWMENT - EXISTENTIAL_DEPOSIT - 10_000);
        let info = AiPrograms::program_info(&program).unwrap();
        assert_eq!(info.balance, 10_000);
        assert_eq!(info.deployer, ALICE);
        assert_eq!(info.code_hash, H256(blake2_256(everything())));
        assert_eq!((info.items, info.bytes, info.deposit), (0, 0, 0));
    });
}

#[test]
fn has_an_account_of_its_deployer_code_and_salt() {
    on_a_fresh_chain(|| {
        let program = instance();
        let code_hash = H256(blake2_256(everything()));
        let expected = blake2_256(
            &[
                &b"lattice/program"[..],
                ALICE.as_ref(),
                &code_hash.0,
                &[1; 32],
            ]
            .concat(),
        );
        assert_eq!(program, AccountId::new(expected));
        assert_ok!(by(&ALICE).instantiate(code_hash, 2));
        assert_ok!(by(&BOB).instantiate(code_hash, 1));
        assert_eq!(Programs::<Test>::iter().count(), 3);
        assert_eq!(Codes::<Test>::get(code_hash).unwrap().references, 3);
    });
}

#[test]
fn runs_its_instantiate_once() {
    on_a_fresh_chain(|| {
        let code_hash = upload(everything());
        assert_ok!(by(&ALICE).input(*b"\x01name\x2a").instantiate(code_hash, 1));
        let program = AiPrograms::program_account(&ALICE, &code_hash, &H256::repeat_byte(1));
        assert_eq!(
            AiPrograms::program_storage(&program, b"name"),
            Some(vec![42])
        );
        let (output, gas_used) = ending();
        System::assert_last_event(
            Event::Instantiated {
                program,
                code_hash,
                deployer: ALICE,
                output: output.unwrap(),
                gas_used,
            }
            .into(),
        );
    });
}

#[test]
fn may_spend_what_others_sent_before_it_was_made() {
    on_a_fresh_chain(|| {
        let code_hash = upload(everything());
        let program = AiPrograms::program_account(&ALICE, &code_hash, &H256::repeat_byte(1));
        assert_ok!(Balances::transfer_allow_death(
            origin(&BOB),
            program.clone(),
            5_000
        ));
        assert_ok!(by(&ALICE).value(1).instantiate(code_hash, 1));
        assert_eq!(AiPrograms::program_info(&program).unwrap().balance, 5_001);
    });
}

#[test]
fn leaves_nothing_when_its_instantiate_traps() {
    on_a_fresh_chain(|| {
        let code_hash = upload(everything());
        assert_ok!(by(&ALICE).value(777).input([10]).instantiate(code_hash, 1));
        let program = AiPrograms::program_account(&ALICE, &code_hash, &H256::repeat_byte(1));
        assert!(!Programs::<Test>::contains_key(&program));
        assert_eq!((free(&program), free(&ALICE)), (0, ENDOWMENT));
        let gas_used = ending().1;
        System::assert_last_event(
            Event::ProgramTrapped {
                program,
                caller: ALICE,
                trap: fault(),
                gas_used,
            }
            .into(),
        );
    });
}

mod is_refused {
    use super::*;

    #[test]
    fn under_an_account_that_is_taken() {
        on_a_fresh_chain(|| {
            instance();
            let code_hash = H256(blake2_256(everything()));
            assert_noop!(
                without_weight(by(&ALICE).instantiate(code_hash, 1)),
                Error::<Test>::ProgramExists
            );
        });
    }

    #[test]
    fn of_code_that_is_not_there() {
        on_a_fresh_chain(|| {
            assert_noop!(
                without_weight(by(&ALICE).instantiate(H256::zero(), 1)),
                Error::<Test>::UnknownCode
            );
        });
    }

    #[test]
    fn without_its_value() {
        on_a_fresh_chain(|| {
            let code_hash = upload(everything());
            let call = by(&ALICE).value(ENDOWMENT);
            assert_noop!(
                without_weight(call.instantiate(code_hash, 1)),
                TokenError::FundsUnavailable
            );
        });
    }
}

fn without_weight(result: DispatchResultWithPostInfo) -> DispatchResult {
    result.map(|_| ()).map_err(|refused| refused.error)
}
