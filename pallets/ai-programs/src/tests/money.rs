use crate::mock::*;
use crate::*;
use frame::testing_prelude::*;
use lattice_primitives::ProgramFault;

fn transfer(to: &AccountId, amount: Balance) -> Vec<u8> {
    let mut input = vec![4];
    input.extend(<[u8; 32]>::from(to.clone()));
    input.extend(amount.to_le_bytes());
    input
}

fn stored_deposit(items: u32, bytes: u128) -> Balance {
    PER_ITEM * Balance::from(items) + PER_BYTE * bytes
}

#[test]
fn of_a_call_arrives_before_the_program_runs() {
    on_a_fresh_chain(|| {
        let program = instance();
        assert_ok!(by(&BOB).value(234).input([8]).call(&program));
        let balance: Balance = 10_234;
        assert_eq!(ending().0, Ok(balance.to_le_bytes().to_vec()));
        assert_eq!(free(&BOB), ENDOWMENT - 234);
    });
}

#[test]
fn goes_where_the_program_sends_it() {
    on_a_fresh_chain(|| {
        let program = instance();
        assert_ok!(by(&BOB).input(transfer(&CAROL, 4_000)).call(&program));
        let deposit = held(HoldReason::CodeDeposit, &CAROL);
        assert_eq!(free(&CAROL), ENDOWMENT - deposit + 4_000);
        assert_eq!(AiPrograms::program_info(&program).unwrap().balance, 6_000);
    });
}

#[test]
fn of_a_program_never_falls_below_the_existential_deposit() {
    on_a_fresh_chain(|| {
        let program = instance();
        assert_ok!(by(&BOB).input(transfer(&CAROL, 10_000)).call(&program));
        assert_eq!(free(&program), EXISTENTIAL_DEPOSIT);
        assert_ok!(by(&BOB).input(transfer(&CAROL, 1)).call(&program));
        assert!(matches!(fault(), ProgramFault::Trap(_)));
        assert_eq!(free(&program), EXISTENTIAL_DEPOSIT);
    });
}

#[test]
fn that_would_not_keep_its_receiver_alive_is_refused_with_the_whole_call() {
    on_a_fresh_chain(|| {
        let program = instance();
        let dust = transfer(&NOBODY, EXISTENTIAL_DEPOSIT - 1);
        assert_ok!(by(&BOB).value(50).input(dust).call(&program));
        assert_eq!(
            fault(),
            ProgramFault::EffectRefused {
                effect: 0,
                error: TokenError::BelowMinimum.into(),
            }
        );
        assert_eq!(free(&BOB), ENDOWMENT);
        assert_ok!(by(&BOB)
            .input(transfer(&NOBODY, EXISTENTIAL_DEPOSIT))
            .call(&program));
        assert_eq!(free(&NOBODY), EXISTENTIAL_DEPOSIT);
    });
}

#[test]
fn sent_by_a_program_to_itself_is_only_a_transfer() {
    on_a_fresh_chain(|| {
        let program = instance();
        let before = free(&program);
        assert_ok!(by(&BOB).input(transfer(&program, 3_000)).call(&program));
        assert_eq!(ending().0, Ok(vec![]));
        assert_eq!(free(&program), before);
        let calls = System::events()
            .into_iter()
            .filter(|record| matches!(record.event, RuntimeEvent::AiPrograms(Event::Called { .. })))
            .count();
        assert_eq!(calls, 1, "the transfer called the program");
    });
}

mod of_a_deposit {
    use super::*;

    #[test]
    fn comes_from_who_stores_and_goes_to_who_frees() {
        on_a_fresh_chain(|| {
            let program = instance();
            let alice = free(&ALICE);
            assert_ok!(by(&ALICE).input(*b"\x01key112345678").call(&program));
            let deposit = stored_deposit(1, 12);
            assert_eq!(free(&ALICE), alice - deposit);
            assert_eq!(held(HoldReason::StorageDeposit, &program), deposit);
            // A shorter value: the difference goes to who wrote it.
            assert_ok!(by(&BOB).input(*b"\x01key112").call(&program));
            assert_eq!(free(&BOB), ENDOWMENT + 6 * PER_BYTE);
            assert_ok!(by(&BOB).input(*b"\x02key1").call(&program));
            assert_eq!(free(&BOB), ENDOWMENT + deposit);
            assert_eq!(held(HoldReason::StorageDeposit, &program), 0);
            assert_eq!(AiPrograms::program_info(&program).unwrap().balance, 10_000);
        });
    }

    #[test]
    fn is_not_the_program_s_to_spend() {
        on_a_fresh_chain(|| {
            let program = instance();
            assert_ok!(by(&ALICE).input(*b"\x01key112345678").call(&program));
            assert_ok!(by(&BOB).input(transfer(&CAROL, 10_001)).call(&program));
            assert!(fault_is_a_trap());
            assert_ok!(by(&BOB).input(transfer(&CAROL, 10_000)).call(&program));
            assert!(ending().0.is_ok());
        });
    }

    fn fault_is_a_trap() -> bool {
        matches!(fault(), ProgramFault::Trap(_))
    }

    #[test]
    fn that_the_caller_cannot_pay_takes_the_call_back() {
        on_a_fresh_chain(|| {
            let program = instance();
            assert_ok!(Balances::transfer_allow_death(
                origin(&BOB),
                NOBODY,
                EXISTENTIAL_DEPOSIT + stored_deposit(1, 12) - 1
            ));
            let call = || by(&NOBODY).input(*b"\x01key112345678");
            assert_ok!(call().call(&program));
            assert_eq!(
                fault(),
                ProgramFault::DepositRefused(TokenError::FundsUnavailable.into())
            );
            assert_eq!(AiPrograms::program_storage(&program, b"key1"), None);
            assert_ok!(Balances::transfer_allow_death(origin(&BOB), NOBODY, 1));
            assert_ok!(call().call(&program));
            assert!(ending().0.is_ok());
            assert_eq!(free(&NOBODY), EXISTENTIAL_DEPOSIT);
        });
    }
}
