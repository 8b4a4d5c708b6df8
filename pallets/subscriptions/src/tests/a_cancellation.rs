use crate::mock::*;
use crate::*;
use frame::testing_prelude::*;
use lattice_primitives::{SubscriptionEnd, SubscriptionId};
use rand_chacha::rand_core::{RngCore, SeedableRng};
use rand_chacha::ChaCha20Rng;

fn cancel(who: &AccountId, id: SubscriptionId) -> DispatchResult {
    Prepaid::cancel(origin(who), id)
}

/// What was drawn, paid and refunded.
fn sums(id: SubscriptionId) -> (Balance, Balance, Balance) {
    let (reason, drawn, paid, refunded) = ended(id).expect("it has ended");
    assert_eq!(reason, SubscriptionEnd::Cancelled);
    (drawn, paid, refunded)
}

#[test]
fn gives_back_all_in_the_first_block() {
    on_a_serving_chain(|| {
        let before = free(&ALICE);
        let id = subscribed();
        assert_ok!(cancel(&ALICE, id));
        assert_eq!((free(&ALICE), held(&ALICE)), (before, 0));
        assert_eq!(Subscriptions::<Test>::iter().count(), 0);
        assert_eq!(SubscriptionsOf::<Test>::iter().count(), 0);
        assert_eq!(Due::<Test>::iter().count(), 0);
        System::assert_last_event(
            Event::Ended {
                subscription: id,
                subscriber: ALICE,
                provider: BOB,
                reason: SubscriptionEnd::Cancelled,
                drawn: 0,
                paid: 0,
                refunded: PREPAID,
            }
            .into(),
        );
    });
}

#[test]
fn gives_back_what_is_to_come_to_the_block() {
    on_a_serving_chain(|| {
        let ids: Vec<_> = (1..=10u32).map(|_| subscribed()).collect();
        for (passed, id) in (0u32..).zip(ids) {
            jump_to(1 + u64::from(passed));
            let bob = free(&BOB);
            assert_ok!(cancel(&ALICE, id));
            // A tenth of the period's compute for every block that is over.
            let paid = 24 * Balance::from(passed);
            assert_eq!(sums(id), (0, paid, PREPAID - paid));
            assert_eq!(free(&BOB), bob + paid);
        }
        assert_eq!(held(&ALICE), 0);
    });
}

#[test]
fn is_about_what_is_unused_of_the_running_period() {
    on_a_serving_chain(|| {
        let id = subscribed();
        drawn(id, 3);
        run_to(15);
        drawn(id, 2);
        assert_ok!(cancel(&ALICE, id));
        // One of the first, and four tenths of two of the second.
        let paid = COMPUTE + 2 * COMPUTE * 4 / 10;
        assert_eq!(sums(id), (5 * UNIT, paid, PREPAID - 5 * UNIT - paid));
    });
}

#[test]
fn rounds_in_the_subscribers_favour() {
    on_a_serving_chain(|| {
        assert_ok!(set_plan(&BOB, 7, 3, 1_000));
        let compute = 334;
        let ids: Vec<_> = (0..21)
            .map(|_| {
                let id = NextSubscription::<Test>::get();
                assert_ok!(Prepaid::subscribe(origin(&ALICE), 1, 2, Balance::MAX));
                id
            })
            .collect();
        for (case, id) in (0u32..).zip(ids) {
            let (passed, used) = (case / 3, case % 3);
            jump_to(1);
            drawn(id, used);
            jump_to(1 + u64::from(passed));
            assert_ok!(cancel(&ALICE, id));
            let unused = compute * Balance::from(3 - used);
            let to_come = Balance::from(7 - passed);
            let paid = unused - (unused * to_come).div_ceil(7);
            assert_eq!(sums(id).1, paid);
        }
    });
}

#[test]
fn settles_the_periods_that_are_over_first() {
    on_a_serving_chain(|| {
        let id = subscribed();
        fails(id);
        jump_to(26);
        assert_ok!(cancel(&ALICE, id));
        // The first failed, the second is paid, and of the third five of ten blocks are over.
        assert_eq!(
            settlements(id),
            [(0, 2, 4 * COMPUTE, 2 * WHOLE - 4 * COMPUTE)]
        );
        let paid = 6 * COMPUTE;
        assert_eq!(sums(id), (0, paid, PREPAID - paid));
    });
}

#[test]
fn after_a_failure_gives_back_all_of_the_period() {
    on_a_serving_chain(|| {
        let id = subscribed();
        drawn(id, 1);
        fails(id);
        run_to(10);
        assert_ok!(cancel(&ALICE, id));
        assert_eq!(sums(id), (UNIT, 0, PREPAID - UNIT));
    });
}

#[test]
fn while_the_provider_is_absent_gives_back_all_of_the_period() {
    on_a_serving_chain(|| {
        let id = subscribed();
        run_to(10);
        pause(&BOB, true);
        assert_ok!(cancel(&ALICE, id));
        assert_eq!(sums(id), (0, 0, PREPAID));
    });
}

#[test]
fn after_the_last_period_finds_it_completed() {
    on_a_serving_chain(|| {
        let id = subscribed();
        jump_to(31);
        assert_ok!(cancel(&ALICE, id));
        let paid = 12 * COMPUTE;
        assert_eq!(
            ended(id),
            Some((SubscriptionEnd::Completed, 0, paid, PREPAID - paid))
        );
    });
}

#[test]
fn leaves_nothing_due() {
    on_a_serving_chain(|| {
        let (first, second) = (subscribed(), subscribed());
        run_to(5);
        assert_ok!(cancel(&ALICE, first));
        run_to(31);
        assert!(settlements(first).is_empty());
        assert_eq!(settlements(second).len(), 3);
    });
}

#[test]
fn adds_up_whatever_the_terms() {
    on_a_serving_chain(|| {
        let mut rng = ChaCha20Rng::seed_from_u64(7);
        let mut below = |bound: u64| rng.next_u64() % bound;
        for _ in 0..60 {
            let period = MIN_PERIOD + below(20);
            let quota = 1 + u32::try_from(below(9)).expect("small");
            let plan = NextPlan::<Test>::get();
            assert_ok!(set_plan(&BOB, period, quota, below(5_000).into()));
            let periods = 1 + u32::try_from(below(5)).expect("small");
            let id = NextSubscription::<Test>::get();
            assert_ok!(Prepaid::subscribe(
                origin(&ALICE),
                plan,
                periods,
                Balance::MAX
            ));
            // So that the next one has room.
            assert_ok!(Prepaid::remove_plan(origin(&BOB), plan));
            let prepaid = stored(id).prepaid();
            let used = u32::try_from(below(u64::from(quota) + 1)).expect("small");
            drawn(id, used);
            if below(3) == 0 {
                fails(id);
            }
            let (alice, bob) = (free(&ALICE), free(&BOB));
            jump_to(System::block_number() + below(period * u64::from(periods) + 5));
            assert_ok!(cancel(&ALICE, id));
            let (_, drawn, paid, refunded) = ended(id).expect("it has ended");
            assert_eq!(drawn + paid + refunded, prepaid);
            assert_eq!(free(&ALICE), alice + refunded);
            assert_eq!(free(&BOB), bob + paid);
            assert_eq!(held(&ALICE), 0);
        }
    });
}

mod is_refused {
    use super::*;

    #[test]
    fn to_everybody_but_the_subscriber() {
        on_a_serving_chain(|| {
            let id = subscribed();
            for who in [BOB, CAROL, EVE] {
                assert_noop!(cancel(&who, id), Error::<Test>::NotSubscriber);
            }
            assert_noop!(Prepaid::cancel(RuntimeOrigin::none(), id), BadOrigin);
        });
    }

    #[test]
    fn twice() {
        on_a_serving_chain(|| {
            let id = subscribed();
            assert_ok!(cancel(&ALICE, id));
            assert_noop!(cancel(&ALICE, id), Error::<Test>::UnknownSubscription);
        });
    }
}
