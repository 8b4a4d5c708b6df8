//! Requests that cannot be made, and results that come too late.

use super::*;
use lattice_testing::MAX_ATTEMPTS;
use pallet_inference::Error as Refused;

#[test]
fn in_a_number_that_the_chain_does_not_allow() {
    with_two_providers(|| {
        for attempts in [0, MAX_ATTEMPTS + 1, u32::MAX] {
            assert_err_ignore_postinfo!(
                ask_by(&ALICE, MOST, options(attempts)),
                Refused::<Test>::InvalidAttempts
            );
        }
        assert_ok!(ask_by(&ALICE, MOST, options(MAX_ATTEMPTS)));
    });
}

#[test]
fn to_a_provider_that_has_failed_it() {
    with_two_providers(|| {
        let request = tried_by(2);
        let (context, commitment) = (info(request).context, honest(request));
        let post_again = || {
            Optimistic::post_result(
                origin(&BOB),
                request,
                context,
                BoundedVec::truncate_from(commitment.trace().output().to_vec()),
                H256(commitment.root()),
                commitment.output_link(),
            )
        };
        // While it waits, when another one has it, and when that one has posted.
        run_to(LATE);
        assert_noop!(post_again(), Error::<Test>::NotAssignedProvider);
        pass(1);
        assert_noop!(post_again(), Error::<Test>::NotAssignedProvider);
        assert_ok!(post(&DAVE, request, &commitment));
        assert_noop!(post_again(), Error::<Test>::NotAssignedProvider);
    });
}

#[test]
fn without_funds_for_all_that_it_may_cost() {
    with_two_providers(|| {
        let poor = AccountId::new([77; 32]);
        assert_ok!(Balances::force_set_balance(
            RuntimeOrigin::root(),
            poor.clone(),
            MOST + EXISTENTIAL_DEPOSIT - 1
        ));
        assert_err_ignore_postinfo!(
            ask_by(&poor, MOST, options(2)),
            TokenError::FundsUnavailable
        );
        assert_ok!(ask_by(&poor, MOST, options(1)));
    });
}
