use crate::mock::*;
use crate::*;
use frame::testing_prelude::*;
use lattice_primitives::Price;
use pallet_inference::{Drawn, Subscriptions as _};

#[test]
fn releases_the_price_of_one_request() {
    on_a_serving_chain(|| {
        let id = subscribed();
        assert_eq!(
            draw(id),
            Ok(Drawn {
                provider: BOB,
                price: Price {
                    compute: COMPUTE,
                    royalty: ROYALTY,
                    fee: FEE,
                },
            })
        );
        assert_eq!(held(&ALICE), PREPAID - UNIT);
        assert_eq!(free(&ALICE), ENDOWMENT - PREPAID + UNIT);
        let open = stored(id);
        assert_eq!((open.index, open.used, open.drawn), (0, 1, UNIT));
        System::assert_last_event(
            Event::Drawn {
                subscription: id,
                index: 0,
                used: 1,
            }
            .into(),
        );
    });
}

#[test]
fn ends_with_the_quota_and_begins_again_with_the_next_period() {
    on_a_serving_chain(|| {
        let id = subscribed();
        drawn(id, QUOTA);
        assert_noop!(draw(id), Error::<Test>::QuotaUsedUp);
        run_to(10);
        assert_noop!(draw(id), Error::<Test>::QuotaUsedUp);
        run_to(11);
        drawn(id, QUOTA);
        assert_noop!(draw(id), Error::<Test>::QuotaUsedUp);
        assert_eq!(stored(id).drawn, 2 * WHOLE);
    });
}

#[test]
fn carries_nothing_over() {
    on_a_serving_chain(|| {
        let id = subscribed();
        drawn(id, 1);
        run_to(11);
        drawn(id, QUOTA);
        assert_noop!(draw(id), Error::<Test>::QuotaUsedUp);
    });
}

#[test]
fn settles_what_is_over_first() {
    on_a_serving_chain(|| {
        let id = subscribed();
        drawn(id, 1);
        // Two periods, none of them settled.
        jump_to(21);
        drawn(id, 1);
        let open = stored(id);
        assert_eq!((open.index, open.used), (2, 1));
        let paid = 7 * COMPUTE;
        assert_eq!(settlements(id), [(0, 2, paid, 7 * UNIT - paid)]);
        assert_eq!(held(&ALICE), WHOLE - UNIT);
    });
}

#[test]
fn is_possible_up_to_the_last_block() {
    on_a_serving_chain(|| {
        let id = subscribed();
        run_to(30);
        drawn(id, QUOTA);
        run_to(31);
        assert_noop!(draw(id), Error::<Test>::UnknownSubscription);
    });
}

#[test]
fn of_one_subscription_never_touches_anothers_hold() {
    on_a_serving_chain(|| {
        let (first, second) = (subscribed(), subscribed());
        drawn(first, QUOTA);
        assert_noop!(draw(first), Error::<Test>::QuotaUsedUp);
        assert_eq!(stored(second).left(), PREPAID);
        drawn(second, 1);
        assert_eq!(held(&ALICE), 2 * PREPAID - WHOLE - UNIT);
    });
}

mod is_refused {
    use super::*;

    #[test]
    fn to_everybody_but_the_subscriber() {
        on_a_serving_chain(|| {
            let id = subscribed();
            for who in [BOB, CAROL, EVE] {
                assert_noop!(Prepaid::draw(id, &who, 0), Error::<Test>::NotSubscriber);
            }
        });
    }

    #[test]
    fn for_another_model() {
        on_a_serving_chain(|| {
            let id = subscribed();
            let other = register_model();
            serve(BOB, other, PRICE);
            for model in [other, 9] {
                assert_noop!(Prepaid::draw(id, &ALICE, model), Error::<Test>::WrongModel);
            }
        });
    }

    #[test]
    fn of_what_is_not_there() {
        on_a_serving_chain(|| {
            assert_noop!(draw(0), Error::<Test>::UnknownSubscription);
        });
    }

    #[test]
    fn after_the_end_even_if_that_is_not_settled() {
        on_a_serving_chain(|| {
            let id = subscribed();
            for block in [31, 32, u64::MAX] {
                jump_to(block);
                assert_noop!(draw(id), Error::<Test>::SubscriptionEnded);
            }
        });
    }

    #[test]
    fn after_a_cancellation() {
        on_a_serving_chain(|| {
            let id = subscribed();
            assert_ok!(Prepaid::cancel(origin(&ALICE), id));
            assert_noop!(draw(id), Error::<Test>::UnknownSubscription);
        });
    }
}
