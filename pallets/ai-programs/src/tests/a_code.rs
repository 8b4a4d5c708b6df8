use crate::mock::*;
use crate::*;
use frame::testing_prelude::*;

#[test]
fn is_stored_instrumented_for_a_deposit_by_its_length() {
    on_a_fresh_chain(|| {
        let code_hash = upload(everything());
        let code = Codes::<Test>::get(code_hash).unwrap();
        let stored = PreparedCodes::<Test>::get(code_hash).unwrap();
        assert_eq!(code.prepared_len as usize, stored.len());
        assert_eq!(code.code_len as usize, everything().len());
        assert!(stored.len() > everything().len(), "nothing was injected");
        let deposit = PER_ITEM + PER_BYTE * stored.len() as Balance;
        assert_eq!(held(HoldReason::CodeDeposit, &CAROL), deposit);
        System::assert_last_event(
            Event::CodeUploaded {
                code_hash,
                owner: CAROL,
                deposit,
            }
            .into(),
        );
    });
}

#[test]
fn is_removed_by_its_owner_with_its_deposit() {
    on_a_fresh_chain(|| {
        let code_hash = upload(everything());
        assert_noop!(
            AiPrograms::remove_code(origin(&BOB), code_hash),
            Error::<Test>::NotCodeOwner
        );
        assert_ok!(AiPrograms::remove_code(origin(&CAROL), code_hash));
        assert_eq!(free(&CAROL), ENDOWMENT);
        assert!(!PreparedCodes::<Test>::contains_key(code_hash));
        assert_noop!(
            AiPrograms::remove_code(origin(&CAROL), code_hash),
            Error::<Test>::UnknownCode
        );
    });
}

#[test]
fn stays_while_a_program_runs_it() {
    on_a_fresh_chain(|| {
        instance();
        let code_hash = H256(blake2_256(everything()));
        assert_eq!(Codes::<Test>::get(code_hash).unwrap().references, 1);
        assert_noop!(
            AiPrograms::remove_code(origin(&CAROL), code_hash),
            Error::<Test>::CodeInUse
        );
    });
}

#[test]
fn may_be_removed_after_an_instantiation_that_trapped() {
    on_a_fresh_chain(|| {
        let code_hash = upload(everything());
        assert_ok!(by(&ALICE).input([10]).instantiate(code_hash, 1));
        assert!(ending().0.is_err());
        assert_ok!(AiPrograms::remove_code(origin(&CAROL), code_hash));
    });
}

mod is_refused {
    use super::*;

    const ENTRIES: &str = r#"(func (export "instantiate")) (func (export "call"))"#;

    fn refused(text: &str, error: Error<Test>) {
        let code = compile(&format!("(module {text})"));
        on_a_fresh_chain(|| {
            assert_noop!(upload_as(&CAROL, &code), error);
        });
    }

    #[test]
    fn twice() {
        on_a_fresh_chain(|| {
            upload(everything());
            assert_noop!(upload_as(&BOB, everything()), Error::<Test>::CodeExists);
        });
    }

    #[test]
    fn as_bytes_that_are_no_module() {
        on_a_fresh_chain(|| {
            for bytes in [&b""[..], b"\0asm", b"random bytes, no module", &[0xA0; 64]] {
                assert_noop!(upload_as(&CAROL, bytes), Error::<Test>::InvalidCode);
            }
            // Without its data, or the names of its functions, it still is a module.
            let length = everything().len();
            let refused = (0..length)
                .filter(|cut| upload_as(&CAROL, &everything()[..*cut]).is_err())
                .count();
            assert_eq!(refused, length - 2);
        });
    }

    #[test]
    fn with_floats() {
        refused(
            &format!("{ENTRIES} (func (drop (f32.const 1)))"),
            Error::<Test>::FloatingPoint,
        );
    }

    #[test]
    fn with_an_import_that_nobody_offers() {
        refused(
            &format!(r#"(import "lattice" "now" (func (result i64))) {ENTRIES}"#),
            Error::<Test>::UnknownImport,
        );
        refused(
            &format!(r#"(import "lattice" "input_len" (func (result i64))) {ENTRIES}"#),
            Error::<Test>::UnknownImport,
        );
    }

    #[test]
    fn without_its_entries() {
        refused(r#"(func (export "call"))"#, Error::<Test>::InvalidInterface);
        refused(
            r#"(func (export "call") (param i32)) (func (export "instantiate"))"#,
            Error::<Test>::InvalidInterface,
        );
    }

    #[test]
    fn with_more_memory_than_programs_have() {
        refused(
            &format!("{ENTRIES} (memory 65)"),
            Error::<Test>::CodeTooLarge,
        );
    }

    #[test]
    fn without_funds_for_the_deposit() {
        on_a_fresh_chain(|| {
            assert_noop!(
                upload_as(&NOBODY, everything()),
                TokenError::FundsUnavailable
            );
        });
    }
}
