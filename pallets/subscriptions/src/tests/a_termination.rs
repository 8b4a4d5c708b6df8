use crate::mock::*;
use crate::*;
use frame::testing_prelude::*;
use lattice_primitives::{SubscriptionEnd, SubscriptionId};

fn terminate(who: &AccountId, id: SubscriptionId) -> DispatchResult {
    Prepaid::terminate(origin(who), id)
}

#[test]
fn gives_back_all_that_was_not_used() {
    on_a_serving_chain(|| {
        let (alice, bob) = (free(&ALICE), free(&BOB));
        let id = subscribed();
        drawn(id, 1);
        run_to(10);
        assert_ok!(terminate(&BOB, id));
        assert_eq!((free(&ALICE), held(&ALICE)), (alice, 0));
        assert_eq!(free(&BOB), bob);
        System::assert_last_event(
            Event::Ended {
                subscription: id,
                subscriber: ALICE,
                provider: BOB,
                reason: SubscriptionEnd::Terminated,
                drawn: UNIT,
                paid: 0,
                refunded: PREPAID - UNIT,
            }
            .into(),
        );
        assert_eq!(SubscriptionsOf::<Test>::iter().count(), 0);
        assert_eq!(Due::<Test>::iter().count(), 0);
    });
}

#[test]
fn settles_the_periods_that_are_over_first() {
    on_a_serving_chain(|| {
        let bob = free(&BOB);
        let id = subscribed();
        jump_to(15);
        assert_ok!(terminate(&BOB, id));
        let paid = 4 * COMPUTE;
        assert_eq!(free(&BOB), bob + paid);
        assert_eq!(
            ended(id),
            Some((SubscriptionEnd::Terminated, 0, paid, PREPAID - paid))
        );
    });
}

#[test]
fn leaves_requests_under_way_to_be_paid() {
    on_a_serving_chain(|| {
        let bob = free(&BOB);
        let id = subscribed();
        let assignment = asked(id);
        assert_ok!(terminate(&BOB, id));
        assert_eq!((held(&ALICE), escrowed(&ALICE)), (0, UNIT));
        assert_ok!(answer(&assignment, 0));
        assert_eq!(free(&BOB), bob + COMPUTE);
    });
}

#[test]
fn is_possible_for_who_is_no_provider_any_more() {
    on_a_serving_chain(|| {
        let id = subscribed();
        assert_ok!(ComputeProviders::deregister(origin(&BOB)));
        assert_ok!(terminate(&BOB, id));
        assert_eq!(free(&ALICE), ENDOWMENT);
    });
}

mod is_refused {
    use super::*;

    #[test]
    fn to_everybody_but_the_provider() {
        on_a_serving_chain(|| {
            let id = subscribed();
            for who in [ALICE, CAROL, DAVE] {
                assert_noop!(terminate(&who, id), Error::<Test>::NotProvider);
            }
            assert_noop!(Prepaid::terminate(RuntimeOrigin::none(), id), BadOrigin);
        });
    }

    #[test]
    fn of_what_is_not_there() {
        on_a_serving_chain(|| {
            assert_noop!(terminate(&BOB, 0), Error::<Test>::UnknownSubscription);
        });
    }
}
