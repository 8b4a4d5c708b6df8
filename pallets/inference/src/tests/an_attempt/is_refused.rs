//! Requests that cannot be made, and results that come too late.

use super::*;

#[test]
fn in_a_number_that_the_chain_does_not_allow() {
    with_two_providers(|| {
        for attempts in [0, MAX_ATTEMPTS + 1, u32::MAX] {
            assert_err_ignore_postinfo!(ask(options(attempts)), Error::<Test>::InvalidAttempts);
        }
        assert_ok!(ask(options(MAX_ATTEMPTS)));
    });
}

#[test]
fn with_a_time_to_accept_that_is_too_short_or_beyond_the_deadline() {
    with_two_providers(|| {
        let within = |accept_within| RequestOptions {
            accept_within,
            ..Default::default()
        };
        for wrong in [0, 1, 11, u64::MAX] {
            assert_err_ignore_postinfo!(
                ask(within(Some(wrong))),
                Error::<Test>::InvalidAcceptDeadline
            );
        }
        assert_ok!(ask(within(Some(10))));
    });
}

#[test]
fn to_a_provider_that_has_failed_it() {
    with_two_providers(|| {
        let first = asked(options(2));
        let (output, proof) = answer(0, &first);
        run_to(first.deadline + 1);
        // While it waits, and when another one has it.
        for block in [first.deadline + 1, first.deadline + 2] {
            run_to(block);
            assert_err_ignore_postinfo!(
                submit(&BOB, 0, first.context, output.clone(), proof),
                Error::<Test>::NotAssignedProvider
            );
        }
    });
}

#[test]
fn without_funds_for_all_that_it_may_cost() {
    with_two_providers(|| {
        let poor = AccountId::new([77; 32]);
        let funds = MOST + EXISTENTIAL_DEPOSIT - 1;
        assert_ok!(Balances::force_set_balance(
            RuntimeOrigin::root(),
            poor.clone(),
            funds
        ));
        let ask = |attempts| {
            Inference::request_inference_with(
                origin(&poor),
                0,
                BoundedVec::truncate_from(input()),
                MOST,
                10,
                Verification::Proven,
                options(attempts),
            )
        };
        assert_err_ignore_postinfo!(ask(2), TokenError::FundsUnavailable);
        assert_ok!(ask(1));
    });
}

#[test]
fn with_a_limit_that_nobody_can_hold() {
    with_two_providers(|| {
        let ask = |attempts| {
            Inference::request_inference_with(
                origin(&ALICE),
                0,
                BoundedVec::truncate_from(input()),
                Balance::MAX,
                10,
                Verification::Proven,
                options(attempts),
            )
        };
        for attempts in 2..=MAX_ATTEMPTS {
            assert_err_ignore_postinfo!(ask(attempts), TokenError::FundsUnavailable);
        }
        assert_eq!((free(&ALICE), escrowed(&ALICE)), (ENDOWMENT, 0));
        assert_eq!(NextRequest::<Test>::get(), 0);
        // Nobody dearer follows a single attempt, so that only its bill is held.
        assert_ok!(ask(1));
        assert_eq!((free(&ALICE), escrowed(&ALICE)), (ENDOWMENT - TOTAL, TOTAL));
        settles(&assignment(0));
        assert_eq!((free(&ALICE), escrowed(&ALICE)), (ENDOWMENT - TOTAL, 0));
    });
}
