use crate::mock::*;
use crate::*;
use frame::testing_prelude::*;
use lattice_primitives::{Hardware, Offer, SubscriptionEnd, SubscriptionId};

fn settle(id: SubscriptionId) -> DispatchResultWithPostInfo {
    Prepaid::settle_period(origin(&EVE), id)
}

/// Paid and refunded by all settlements so far.
fn sums(id: SubscriptionId) -> (Balance, Balance) {
    settlements(id)
        .into_iter()
        .fold((0, 0), |(paid, refunded), (_, _, more, back)| {
            (paid + more, refunded + back)
        })
}

/// What a provider, or the owner of its model, can do so that it is given no request.
fn absences() -> [(&'static str, fn()); 7] {
    [
        ("paused", || pause(&BOB, true)),
        ("without an offer", || {
            assert_ok!(ComputeProviders::remove_offer(origin(&BOB), 0));
        }),
        ("deregistered", || {
            assert_ok!(ComputeProviders::deregister(origin(&BOB)));
        }),
        ("too slow for any request", || {
            let slow = MAX_DEADLINE + 1;
            assert_ok!(ComputeProviders::set_offer(origin(&BOB), 0, PRICE, slow));
        }),
        ("without a capacity", || with_capacity(0)),
        ("silent", || HeartbeatTimeout::set(3)),
        ("of a deprecated model", || {
            assert_ok!(ModelRegistry::deprecate(origin(&CAROL), 0));
        }),
    ]
}

fn with_capacity(capacity: u32) {
    assert_ok!(ComputeProviders::update_profile(
        origin(&BOB),
        Hardware::default(),
        Default::default(),
        capacity,
    ));
}

#[test]
fn is_over_to_the_block() {
    on_a_serving_chain(|| {
        let id = subscribed();
        for (block, index) in [(1, 0), (10, 0), (11, 1), (20, 1), (21, 2), (30, 2)] {
            run_to(block);
            assert_eq!(stored(id).index, index);
        }
        run_to(31);
        assert!(!Subscriptions::<Test>::contains_key(id));
    });
}

#[test]
fn pays_the_provider_the_compute_of_what_was_not_used() {
    on_a_serving_chain(|| {
        let (alice, bob, treasury) = (free(&ALICE), free(&BOB), free(&TREASURY));
        let id = subscribed();
        run_to(11);
        assert_eq!(free(&BOB), bob + 4 * COMPUTE);
        assert_eq!(free(&ALICE), alice - PREPAID + 4 * (ROYALTY + FEE));
        assert_eq!(free(&TREASURY), treasury);
        assert_eq!(held(&ALICE), 2 * WHOLE);
        System::assert_has_event(
            Event::PeriodsSettled {
                subscription: id,
                first: 0,
                count: 1,
                paid: 4 * COMPUTE,
                refunded: 4 * (ROYALTY + FEE),
            }
            .into(),
        );
    });
}

#[test]
fn pays_nobody_for_what_was_used() {
    on_a_serving_chain(|| {
        let id = subscribed();
        drawn(id, QUOTA);
        let bob = free(&BOB);
        run_to(11);
        assert_eq!(settlements(id), [(0, 1, 0, 0)]);
        assert_eq!(free(&BOB), bob);
        drawn(id, 1);
        run_to(21);
        let last = settlements(id).pop();
        assert_eq!(last, Some((1, 1, 3 * COMPUTE, 3 * (ROYALTY + FEE))));
    });
}

#[test]
fn in_which_the_provider_failed_comes_back() {
    on_a_serving_chain(|| {
        let id = subscribed();
        drawn(id, 1);
        fails(id);
        fails(id);
        run_to(31);
        let paid = 4 * COMPUTE;
        assert_eq!(
            settlements(id),
            [
                (0, 1, 0, 3 * UNIT),
                (1, 1, paid, WHOLE - paid),
                (2, 1, paid, WHOLE - paid),
            ]
        );
    });
}

#[test]
fn at_whose_end_the_provider_is_absent_comes_back() {
    for (how, leave) in absences() {
        on_a_serving_chain(|| {
            let id = subscribed();
            drawn(id, 1);
            let bob = free(&BOB);
            run_to(5);
            leave();
            run_to(11);
            assert_eq!(settlements(id), [(0, 1, 0, 3 * UNIT)], "{how}");
            assert_eq!(free(&BOB), bob, "{how}");
        });
    }
}

#[test]
fn is_looked_at_when_it_is_settled_and_not_before() {
    on_a_serving_chain(|| {
        let id = subscribed();
        run_to(5);
        pause(&BOB, true);
        run_to(9);
        pause(&BOB, false);
        run_to(11);
        assert_eq!(sums(id).0, 4 * COMPUTE);
    });
}

#[test]
fn at_whose_end_the_provider_is_busy_is_paid() {
    on_a_serving_chain(|| {
        let id = subscribed();
        with_capacity(1);
        run_to(10);
        asked(id);
        run_to(11);
        assert_eq!(sums(id).0, 3 * COMPUTE);
    });
}

#[test]
fn at_whose_end_the_provider_is_busy_with_this_model_is_paid() {
    on_a_serving_chain(|| {
        let id = subscribed();
        let offer = Offer {
            capacity: Some(1),
            ..Offer::per_inference(PRICE, 2)
        };
        assert_ok!(ComputeProviders::set_offer_with(origin(&BOB), 0, offer));
        run_to(10);
        asked(id);
        run_to(11);
        assert_eq!(sums(id).0, 3 * COMPUTE);
    });
}

#[test]
fn can_be_settled_by_anyone_and_it_is_free() {
    on_a_serving_chain(|| {
        let id = subscribed();
        jump_to(10);
        assert_err_ignore_postinfo!(settle(id), Error::<Test>::PeriodNotOver);
        jump_to(11);
        let info = settle(id).expect("the period is over");
        assert_eq!(info.pays_fee, Pays::No);
        assert_eq!(free(&EVE), ENDOWMENT);
        assert_err_ignore_postinfo!(settle(id), Error::<Test>::PeriodNotOver);
        // The chain itself does not do it again.
        run_to(20);
        assert_eq!(settlements(id).len(), 1);
        assert_err_ignore_postinfo!(settle(9), Error::<Test>::UnknownSubscription);
        assert_noop!(Prepaid::settle_period(RuntimeOrigin::none(), id), BadOrigin);
    });
}

#[test]
fn is_settled_with_others_in_one_step() {
    on_a_serving_chain(|| {
        let (bob, id) = (free(&BOB), subscribed());
        drawn(id, 1);
        fails(id);
        jump_to(29);
        assert_ok!(settle(id));
        // Of the first nothing, of the second all.
        let paid = 4 * COMPUTE;
        assert_eq!(settlements(id), [(0, 2, paid, 7 * UNIT - paid)]);
        assert_eq!(free(&BOB), bob + paid);
        assert_eq!(stored(id).index, 2);
        assert!(Due::<Test>::contains_key(
            30,
            pallet_inference::OrderedId::from(id)
        ));
    });
}

#[test]
fn is_settled_with_others_as_it_is_alone() {
    for until in [12, 21, 25, 31, 1_000] {
        on_a_serving_chain(|| {
            let pairs: Vec<[SubscriptionId; 2]> = (0..=QUOTA)
                .flat_map(|used| [(used, 0), (used, 1)])
                .map(|(used, failures)| {
                    let pair = [subscribed(), subscribed()];
                    for id in pair {
                        drawn(id, used);
                        for _ in 0..failures {
                            fails(id);
                        }
                    }
                    pair
                })
                .collect();
            for block in (2..until).filter(|block| *block < 50) {
                jump_to(block);
                for [often, _] in &pairs {
                    let _ = settle(*often);
                }
            }
            jump_to(until);
            for [often, once] in pairs {
                let _ = settle(often);
                let _ = settle(once);
                assert_eq!(sums(often), sums(once));
                let index = |id| Subscriptions::<Test>::get(id).map(|open| open.index);
                assert_eq!(index(often), index(once));
                assert_eq!(ended(often), ended(once));
            }
        });
    }
}

#[test]
fn that_was_the_last_ends_the_subscription() {
    on_a_serving_chain(|| {
        let id = subscribed();
        drawn(id, 2);
        run_to(31);
        assert_eq!(Subscriptions::<Test>::iter().count(), 0);
        assert_eq!(SubscriptionsOf::<Test>::iter().count(), 0);
        assert_eq!(Due::<Test>::iter().count(), 0);
        assert_eq!(held(&ALICE), 0);
        let paid = 10 * COMPUTE;
        System::assert_last_event(
            Event::Ended {
                subscription: id,
                subscriber: ALICE,
                provider: BOB,
                reason: SubscriptionEnd::Completed,
                drawn: 2 * UNIT,
                paid,
                refunded: PREPAID - 2 * UNIT - paid,
            }
            .into(),
        );
        assert_err_ignore_postinfo!(settle(id), Error::<Test>::UnknownSubscription);
    });
}

#[test]
fn of_the_shortest_length_is_settled_every_other_block() {
    on_a_serving_chain(|| {
        assert_ok!(set_plan(&BOB, MIN_PERIOD, 1, COMPUTE));
        assert_ok!(Prepaid::subscribe(origin(&ALICE), 1, 3, 3 * UNIT));
        for (block, settled) in [(2, 0), (3, 1), (4, 1), (5, 2), (6, 2), (7, 3)] {
            run_to(block);
            assert_eq!(settlements(0).len(), settled);
        }
        assert!(ended(0).is_some());
    });
}

#[test]
fn is_never_over_too_early_however_late_it_is() {
    on_a_serving_chain(|| {
        let id = subscribed();
        let open = stored(id);
        for (block, over) in [(0, 0), (1, 0), (10, 0), (11, 1), (30, 2), (31, 3)] {
            assert_eq!((open.over(block), open.is_over(block)), (over, over == 3));
        }
        assert_eq!(open.over(u64::MAX), PERIODS);
        jump_to(u64::MAX);
        assert_ok!(settle(id));
        assert_eq!(held(&ALICE), 0);
    });
}
