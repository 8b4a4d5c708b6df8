use crate::mock::*;
use crate::*;
use frame::testing_prelude::*;

fn returns(call: Attempt, program: &AccountId, output: &[u8]) {
    assert_ok!(call.call(program));
    assert_eq!(ending().0, Ok(output.to_vec()));
}

#[test]
fn answers_with_its_output() {
    on_a_fresh_chain(|| {
        let program = instance();
        returns(by(&BOB).input(*b"\x00hello"), &program, b"hello");
        returns(by(&BOB), &program, b"");
    });
}

#[test]
fn finds_what_an_earlier_one_stored() {
    on_a_fresh_chain(|| {
        let program = instance();
        assert_ok!(by(&ALICE).input(*b"\x01key1value").call(&program));
        returns(by(&BOB).input(*b"\x03key1"), &program, b"value");
        assert_ok!(by(&BOB).input(*b"\x01key1other value").call(&program));
        returns(by(&BOB).input(*b"\x03key1"), &program, b"other value");
        assert_ok!(by(&BOB).input(*b"\x02key1").call(&program));
        returns(by(&BOB).input(*b"\x03key1"), &program, b"");
        assert_eq!(AiPrograms::program_storage(&program, b"key1"), None);
    });
}

#[test]
fn does_not_find_what_another_program_stored() {
    on_a_fresh_chain(|| {
        let program = instance();
        let code_hash = H256(blake2_256(everything()));
        assert_ok!(by(&ALICE).instantiate(code_hash, 2));
        let other = AiPrograms::program_account(&ALICE, &code_hash, &H256::repeat_byte(2));
        assert_ok!(by(&ALICE).input(*b"\x01key1value").call(&program));
        returns(by(&BOB).input(*b"\x03key1"), &other, b"");
    });
}

#[test]
fn leaves_events() {
    on_a_fresh_chain(|| {
        let program = instance();
        assert_ok!(by(&ALICE).input(*b"\x05news").call(&program));
        System::assert_has_event(
            Event::Emitted {
                program,
                data: b"news".to_vec(),
            }
            .into(),
        );
    });
}

#[test]
fn runs_a_model_of_its_access_list() {
    on_a_fresh_chain(|| {
        let program = instance();
        let index = store(&CAROL, model());
        let input = [3i8, 0, 16, 7];
        let output =
            lattice_tensor::execute(model(), &input.map(i32::from)).expect("the input is in range");
        let answer: Vec<u8> = output
            .iter()
            .flat_map(|value| value.to_le_bytes())
            .collect();
        returns(
            by(&ALICE).input(inference(&input)).models(&[index]),
            &program,
            &answer,
        );
        // The model is on chain all the same, and not for this call.
        assert_ok!(by(&ALICE).input(inference(&input)).call(&program));
        assert!(matches!(
            fault(),
            lattice_primitives::ProgramFault::Trap(lattice_host::ProgramTrap::Opcode {
                reason: lattice_host::Trap::UnknownModel { .. },
                ..
            })
        ));
    });
}

/// The program's input for a run of [`model`].
fn inference(input: &[i8; 4]) -> Vec<u8> {
    let elements = input
        .iter()
        .flat_map(|value| i32::from(*value).to_le_bytes());
    let mut bytes = vec![11];
    bytes.extend(model().id().0);
    bytes.extend(elements);
    bytes
}

mod is_refused {
    use super::*;

    fn refused(call: Attempt, program: &AccountId, error: impl Into<DispatchError>) {
        let result = call.call(program);
        let refusal = result.expect_err("the call is refused");
        assert_eq!(refusal.error, error.into());
        let base = crate::tests::weight::base_of(0);
        let weight = refusal.post_info.actual_weight.expect("nothing was run");
        assert!(weight.ref_time() < base.ref_time() * 2, "{weight}");
    }

    #[test]
    fn of_an_account_that_is_no_program() {
        on_a_fresh_chain(|| refused(by(&ALICE), &BOB, Error::<Test>::UnknownProgram));
    }

    #[test]
    fn with_a_gas_limit_that_no_block_has() {
        on_a_fresh_chain(|| {
            let program = instance();
            refused(
                by(&ALICE).gas(MAX_GAS + 1),
                &program,
                Error::<Test>::GasLimitTooHigh,
            );
            assert_ok!(by(&ALICE).gas(MAX_GAS).call(&program));
        });
    }

    #[test]
    fn with_a_model_that_is_not_on_chain() {
        on_a_fresh_chain(|| {
            let program = instance();
            let index = register(&CAROL, model());
            refused(
                by(&ALICE).models(&[index]),
                &program,
                Error::<Test>::ModelNotStored,
            );
            refused(
                by(&ALICE).models(&[9]),
                &program,
                Error::<Test>::ModelNotStored,
            );
        });
    }

    #[test]
    fn with_a_registration_without_key() {
        on_a_fresh_chain(|| {
            let program = instance();
            let index = store(&CAROL, model());
            let mut call = by(&ALICE);
            call.verifying_keys = vec![index];
            refused(call, &program, Error::<Test>::NoVerifyingKey);
        });
    }

    #[test]
    fn without_its_value() {
        on_a_fresh_chain(|| {
            let program = instance();
            let call = by(&NOBODY).value(1);
            refused(call, &program, TokenError::FundsUnavailable);
        });
    }
}
