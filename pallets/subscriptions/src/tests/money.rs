//! Money never blocks: a payment that cannot be credited goes elsewhere, and the settlement stands.

use crate::mock::*;
use crate::*;
use frame::testing_prelude::*;
use lattice_primitives::SubscriptionId;
use lattice_testing::fill;

/// One period, of which the provider gets three planck, less than an account needs to live.
fn with_a_crumb() -> SubscriptionId {
    let plan = NextPlan::<Test>::get();
    assert_ok!(set_plan(&BOB, PERIOD, 3, 1));
    let subscription = NextSubscription::<Test>::get();
    assert_ok!(Prepaid::subscribe(origin(&ALICE), plan, 1, Balance::MAX));
    assert_eq!(stored(subscription).price.compute, 1);
    subscription
}

const CRUMB: Balance = 3;

#[test]
fn goes_to_the_treasury_when_the_provider_cannot_be_credited() {
    on_a_serving_chain(|| {
        let id = subscribed();
        fill::<Test>(&BOB);
        let before = free(&TREASURY);
        run_to(11);
        let amount = 4 * COMPUTE;
        assert_eq!(free(&BOB), Balance::MAX);
        assert_eq!(free(&TREASURY), before + amount);
        assert_eq!(held(&ALICE), 2 * WHOLE);
        System::assert_has_event(
            Event::PaymentDiverted {
                subscription: id,
                payee: BOB,
                amount,
            }
            .into(),
        );
    });
}

#[test]
fn goes_back_to_the_subscriber_when_the_treasury_cannot_be_credited_either() {
    on_a_serving_chain(|| {
        let before = free(&ALICE);
        let id = with_a_crumb();
        fill::<Test>(&BOB);
        assert_ok!(Balances::force_set_balance(
            RuntimeOrigin::root(),
            TREASURY,
            0
        ));
        run_to(11);
        assert_eq!(free(&ALICE), before);
        assert_eq!(held(&ALICE), 0);
        // It was paid all the same, and nobody could take it.
        assert_eq!(ended(id).map(|(_, _, paid, _)| paid), Some(CRUMB));
    });
}

#[test]
fn that_nobody_can_hold_is_burnt() {
    on_a_serving_chain(|| {
        let id = subscribed();
        for who in [ALICE, BOB, TREASURY] {
            fill::<Test>(&who);
        }
        let issuance = Balances::total_issuance();
        run_to(31);
        assert_eq!(Balances::total_issuance(), issuance - PREPAID);
        assert_eq!(held(&ALICE), 0);
        assert!(ended(id).is_some());
    });
}

#[test]
fn of_a_few_planck_reaches_a_provider_that_has_nothing_else() {
    on_a_serving_chain(|| {
        with_a_crumb();
        assert_ok!(Balances::transfer_all(origin(&BOB), DAVE, false));
        let before = free(&BOB);
        run_to(11);
        assert_eq!(free(&BOB), before + CRUMB);
    });
}

#[test]
fn of_a_subscriber_that_has_nothing_else_pays_its_requests() {
    on_a_serving_chain(|| {
        let id = subscribed();
        assert_ok!(Balances::transfer_all(origin(&ALICE), DAVE, false));
        let before = free(&ALICE);
        assert!(before <= EXISTENTIAL_DEPOSIT);
        let assignment = asked(id);
        assert_eq!((free(&ALICE), escrowed(&ALICE)), (before, UNIT));
        assert_ok!(answer(&assignment, 0));
        assert_ok!(Prepaid::cancel(origin(&ALICE), id));
        assert_eq!(free(&ALICE), before + PREPAID - UNIT);
    });
}

#[test]
fn can_be_paid_to_the_subscriber_as_the_models_owner() {
    on_a_serving_chain(|| {
        assert_ok!(ModelRegistry::transfer(origin(&CAROL), 0, ALICE));
        let id = subscribed();
        let before = free(&ALICE);
        assert_ok!(answer(&asked(id), 0));
        assert_eq!(free(&ALICE), before + ROYALTY);
    });
}

#[test]
fn of_one_subscription_never_pays_for_another() {
    on_a_serving_chain(|| {
        let (first, second) = (subscribed(), subscribed());
        drawn(first, QUOTA);
        run_to(5);
        assert_ok!(Prepaid::terminate(origin(&BOB), first));
        assert_eq!(held(&ALICE), PREPAID);
        assert_ok!(Prepaid::terminate(origin(&BOB), second));
        assert_eq!(held(&ALICE), 0);
        assert_eq!(free(&ALICE), ENDOWMENT);
    });
}
