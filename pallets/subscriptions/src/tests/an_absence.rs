use crate::mock::*;
use crate::*;
use frame::testing_prelude::*;
use lattice_primitives::SubscriptionId;

fn report(who: &AccountId, id: SubscriptionId) -> DispatchResult {
    Prepaid::report_absence(origin(who), id)
}

#[test]
fn that_is_reported_costs_the_provider_the_period() {
    on_a_serving_chain(|| {
        let id = subscribed();
        run_to(5);
        pause(&BOB, true);
        assert_ok!(report(&ALICE, id));
        System::assert_last_event(
            Event::AbsenceReported {
                subscription: id,
                index: 0,
                failures: 1,
            }
            .into(),
        );
        // To come back before the end does not help.
        pause(&BOB, false);
        run_to(21);
        let paid = 4 * COMPUTE;
        assert_eq!(
            settlements(id),
            [(0, 1, 0, WHOLE), (1, 1, paid, WHOLE - paid)]
        );
    });
}

#[test]
fn counts_in_the_period_that_runs() {
    on_a_serving_chain(|| {
        let id = subscribed();
        jump_to(10);
        HeartbeatTimeout::set(9);
        assert_noop!(report(&ALICE, id), Error::<Test>::ProviderPresent);
        jump_to(11);
        assert_ok!(report(&ALICE, id));
        let open = stored(id);
        assert_eq!((open.index, open.failures), (1, 1));
        assert_eq!(settlements(id), [(0, 1, 0, WHOLE)]);
    });
}

#[test]
fn can_be_reported_more_than_once() {
    on_a_serving_chain(|| {
        let id = subscribed();
        pause(&BOB, true);
        assert_ok!(report(&ALICE, id));
        assert_ok!(report(&ALICE, id));
        assert_eq!(stored(id).failures, 2);
        run_to(11);
        assert_eq!(settlements(id), [(0, 1, 0, WHOLE)]);
    });
}

mod is_refused {
    use super::*;

    #[test]
    fn of_a_provider_that_is_there() {
        on_a_serving_chain(|| {
            let id = subscribed();
            assert_noop!(report(&ALICE, id), Error::<Test>::ProviderPresent);
            // What its offer costs is nothing to a subscription.
            serve(BOB, 0, 1_000 * PRICE);
            assert_noop!(report(&ALICE, id), Error::<Test>::ProviderPresent);
        });
    }

    #[test]
    fn to_everybody_but_the_subscriber() {
        on_a_serving_chain(|| {
            let id = subscribed();
            pause(&BOB, true);
            for who in [BOB, EVE] {
                assert_noop!(report(&who, id), Error::<Test>::NotSubscriber);
            }
            assert_noop!(
                Prepaid::report_absence(RuntimeOrigin::none(), id),
                BadOrigin
            );
        });
    }

    #[test]
    fn after_the_end() {
        on_a_serving_chain(|| {
            let id = subscribed();
            pause(&BOB, true);
            jump_to(31);
            assert_noop!(report(&ALICE, id), Error::<Test>::SubscriptionEnded);
            run_to(32);
            assert_noop!(report(&ALICE, id), Error::<Test>::UnknownSubscription);
        });
    }
}
