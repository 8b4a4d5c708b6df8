use crate::mock::*;
use crate::*;
use frame::testing_prelude::*;
use lattice_primitives::{Price, Pricing, SubscriptionId};
use pallet_inference::Ledger;

const UNIT_PRICE: Price<Balance> = Price {
    compute: COMPUTE,
    royalty: ROYALTY,
    fee: FEE,
};

/// ALICE subscribes to a plan that BOB publishes for it.
fn subscribed_to(period: u64, quota: u32, price: Balance, periods: u32) -> SubscriptionId {
    let plan = NextPlan::<Test>::get();
    assert_ok!(set_plan(&BOB, period, quota, price));
    let subscription = NextSubscription::<Test>::get();
    assert_ok!(Prepaid::subscribe(
        origin(&ALICE),
        plan,
        periods,
        Balance::MAX
    ));
    subscription
}

#[test]
fn holds_all_of_its_requests_and_freezes_the_terms() {
    on_a_serving_chain(|| {
        jump_to(5);
        assert_ok!(subscribe(PERIODS, PREPAID));
        assert_eq!(held(&ALICE), PREPAID);
        assert_eq!(free(&ALICE), ENDOWMENT - PREPAID);
        assert_eq!(
            Subscriptions::<Test>::get(0),
            Some(Subscription::<Test> {
                subscriber: ALICE,
                provider: BOB,
                model: 0,
                plan: 0,
                price: UNIT_PRICE,
                period: PERIOD,
                quota: QUOTA,
                periods: PERIODS,
                subscribed_at: 5,
                index: 0,
                used: 0,
                failures: 0,
                drawn: 0,
                paid: 0,
                refunded: 0,
            })
        );
        System::assert_last_event(
            Event::Subscribed {
                subscription: 0,
                plan: 0,
                subscriber: ALICE,
                provider: BOB,
                model: 0,
                price: UNIT_PRICE,
                period: PERIOD,
                quota: QUOTA,
                periods: PERIODS,
                prepaid: PREPAID,
            }
            .into(),
        );
    });
}

#[test]
fn bills_each_request_as_a_request_is_billed() {
    on_a_serving_chain(|| {
        let bill = <Inference as Ledger<AccountId, Balance, u64>>::bill(COMPUTE, ROYALTY);
        let price = stored(subscribed()).price;
        assert_eq!(bill.map(|bill| bill.price), Some(price));
    });
}

#[test]
fn has_the_smallest_fee_with_each_request() {
    on_a_serving_chain(|| {
        MinFee::set(50);
        assert_ok!(subscribe(1, Balance::MAX));
        assert_eq!(stored(0).price.fee, 50);
        assert_eq!(held(&ALICE), 4 * (COMPUTE + ROYALTY + 50));
    });
}

#[test]
fn rounds_up_so_that_the_provider_has_its_price() {
    on_a_serving_chain(|| {
        for (quota, price, compute) in [(7, 100, 15), (7, 98, 14), (100, 1, 1), (3, 0, 0)] {
            let subscription = stored(subscribed_to(20, quota, price, 1));
            assert_eq!(subscription.price.compute, compute);
            let whole = compute * Balance::from(quota);
            assert!((price..price + Balance::from(quota)).contains(&whole));
        }
    });
}

#[test]
fn costs_what_its_plan_says_and_never_more() {
    on_a_serving_chain(|| {
        let unit = Prepaid::plan(0).and_then(|plan| plan.unit);
        assert_eq!(unit, Some(UNIT_PRICE));
        assert_noop!(subscribe(PERIODS, PREPAID - 1), Error::<Test>::TotalTooHigh);
        assert_ok!(subscribe(PERIODS, PREPAID));
        // All requests together take all of it.
        for block in [1, 11, 21] {
            run_to(block);
            drawn(0, QUOTA);
        }
        assert_eq!(held(&ALICE), 0);
        assert_eq!(stored(0).drawn, PREPAID);
    });
}

#[test]
fn keeps_its_terms_whatever_changes_later() {
    on_a_serving_chain(|| {
        let first = subscribed();
        serve(BOB, 0, 10 * PRICE);
        let pricing = Pricing {
            royalty: ROYALTY + 1,
        };
        assert_ok!(ModelRegistry::update_pricing(origin(&CAROL), 0, pricing));
        MinFee::set(50);
        let second = subscribed_to(PERIOD, QUOTA, 2 * PLAN_PRICE, PERIODS);
        assert_eq!(draw(first).map(|drawn| drawn.price), Ok(UNIT_PRICE));
        assert_eq!(
            draw(second).map(|drawn| drawn.price),
            Ok(Price {
                compute: 2 * COMPUTE,
                royalty: ROYALTY + 1,
                fee: 50,
            })
        );
    });
}

#[test]
fn is_counted_and_listed_for_both_parties() {
    on_a_serving_chain(|| {
        assert_eq!((subscribed(), subscribed(), subscribed()), (0, 1, 2));
        assert_eq!(NextSubscription::<Test>::get(), 3);
        assert_eq!(held(&ALICE), 3 * PREPAID);
        for who in [ALICE, BOB] {
            assert_eq!(SubscriptionsOf::<Test>::iter_key_prefix(&who).count(), 3);
        }
        assert_eq!(Due::<Test>::iter_key_prefix(10).count(), 3);
    });
}

#[test]
fn can_have_as_many_periods_as_the_chain_says() {
    on_a_serving_chain(|| {
        assert_ok!(subscribe(1, Balance::MAX));
        assert_ok!(subscribe(MAX_PERIODS, Balance::MAX));
    });
}

mod is_refused {
    use super::*;

    #[test]
    fn to_no_plan() {
        on_a_serving_chain(|| {
            assert_noop!(
                Prepaid::subscribe(origin(&ALICE), 1, PERIODS, PREPAID),
                Error::<Test>::UnknownPlan
            );
        });
    }

    #[test]
    fn with_oneself() {
        on_a_serving_chain(|| {
            assert_noop!(
                Prepaid::subscribe(origin(&BOB), 0, PERIODS, PREPAID),
                Error::<Test>::SubscriberIsProvider
            );
        });
    }

    #[test]
    fn for_no_period_or_too_many() {
        on_a_serving_chain(|| {
            for periods in [0, MAX_PERIODS + 1, u32::MAX] {
                assert_noop!(
                    subscribe(periods, Balance::MAX),
                    Error::<Test>::InvalidPeriods
                );
            }
        });
    }

    #[test]
    fn above_the_subscribers_limit() {
        on_a_serving_chain(|| {
            for most in [0, WHOLE - 1] {
                assert_noop!(subscribe(1, most), Error::<Test>::TotalTooHigh);
            }
        });
    }

    #[test]
    fn for_nothing() {
        on_a_serving_chain(|| {
            assert_ok!(set_plan(&BOB, PERIOD, QUOTA, 0));
            let free_of_charge = || Prepaid::subscribe(origin(&ALICE), 1, 1, Balance::MAX);
            let pricing = Pricing { royalty: 0 };
            assert_ok!(ModelRegistry::update_pricing(origin(&CAROL), 0, pricing));
            assert_noop!(free_of_charge(), Error::<Test>::NothingToPrepay);
            MinFee::set(1);
            assert_ok!(free_of_charge());
            assert_eq!(held(&ALICE), 4);
        });
    }

    #[test]
    fn when_the_sum_cannot_be_written_down() {
        on_a_serving_chain(|| {
            // Each request can be, a period cannot.
            assert_ok!(set_plan(&BOB, PERIOD, MAX_QUOTA, Balance::MAX));
            assert_noop!(
                Prepaid::subscribe(origin(&ALICE), 1, 1, Balance::MAX),
                Error::<Test>::PriceOverflow
            );
            // A period can be, twelve cannot.
            assert_ok!(set_plan(&BOB, PERIOD, MAX_QUOTA, Balance::MAX / 2));
            assert_noop!(
                Prepaid::subscribe(origin(&ALICE), 2, MAX_PERIODS, Balance::MAX),
                Error::<Test>::PriceOverflow
            );
        });
    }

    #[test]
    fn when_the_subscriber_cannot_pay() {
        on_a_serving_chain(|| {
            assert_ok!(set_plan(&BOB, PERIOD, MAX_QUOTA, Balance::MAX / 2));
            assert_noop!(
                Prepaid::subscribe(origin(&ALICE), 1, 1, Balance::MAX),
                TokenError::FundsUnavailable
            );
        });
    }

    #[test]
    fn when_it_would_end_after_the_last_block() {
        on_a_serving_chain(|| {
            let last_start = u64::MAX - PERIOD * u64::from(PERIODS);
            jump_to(last_start + 1);
            assert_noop!(subscribe(PERIODS, PREPAID), ArithmeticError::Overflow);
            jump_to(last_start);
            assert_ok!(subscribe(PERIODS, PREPAID));
        });
    }

    #[test]
    fn when_the_provider_takes_no_work() {
        on_a_serving_chain(|| {
            pause(&BOB, true);
            assert_noop!(subscribe(PERIODS, PREPAID), Error::<Test>::ProviderPaused);
            assert_ok!(ComputeProviders::remove_offer(origin(&BOB), 0));
            assert_noop!(subscribe(PERIODS, PREPAID), Error::<Test>::NoOffer);
        });
    }

    #[test]
    fn when_the_model_takes_no_requests() {
        on_a_serving_chain(|| {
            assert_ok!(ModelRegistry::deprecate(origin(&CAROL), 0));
            assert_noop!(subscribe(PERIODS, PREPAID), Error::<Test>::ModelDeprecated);
        });
    }

    #[test]
    fn when_the_chain_is_out_of_numbers() {
        on_a_serving_chain(|| {
            NextSubscription::<Test>::put(SubscriptionId::MAX);
            assert_noop!(
                subscribe(PERIODS, PREPAID),
                Error::<Test>::TooManySubscriptions
            );
        });
    }

    #[test]
    fn without_a_signature() {
        on_a_serving_chain(|| {
            assert_noop!(
                Prepaid::subscribe(RuntimeOrigin::none(), 0, PERIODS, PREPAID),
                BadOrigin
            );
        });
    }
}
