use crate::mock::*;
use crate::*;
use frame::testing_prelude::*;
use lattice_primitives::PlanId;

fn listed(who: &AccountId) -> Vec<PlanId> {
    PlansOf::<Test>::get(who)
        .into_iter()
        .map(|(plan, ..)| plan)
        .collect()
}

fn remove(who: &AccountId, plan: PlanId) -> DispatchResult {
    Prepaid::remove_plan(origin(who), plan)
}

#[test]
fn is_published_under_a_number() {
    on_a_serving_chain(|| {
        assert_ok!(set_plan(&BOB, 20, 7, 700));
        assert_eq!(
            Plans::<Test>::get(1),
            Some(Plan::<Test> {
                provider: BOB,
                model: 0,
                period: 20,
                quota: 7,
                price: 700,
            })
        );
        assert_eq!(listed(&BOB), [0, 1]);
        System::assert_last_event(
            Event::PlanSet {
                plan: 1,
                provider: BOB,
                model: 0,
                period: 20,
                quota: 7,
                price: 700,
                replaced: None,
            }
            .into(),
        );
    });
}

#[test]
fn replaces_the_one_of_the_same_period_under_another_number() {
    on_a_serving_chain(|| {
        assert_ok!(set_plan(&BOB, 20, 7, 700));
        assert_ok!(set_plan(&BOB, PERIOD, 1, PLAN_PRICE));
        assert!(!Plans::<Test>::contains_key(0));
        assert_eq!(listed(&BOB), [1, 2]);
        System::assert_last_event(
            Event::PlanSet {
                plan: 2,
                provider: BOB,
                model: 0,
                period: PERIOD,
                quota: 1,
                price: PLAN_PRICE,
                replaced: Some(0),
            }
            .into(),
        );
        // Nobody gets one request where it has seen four.
        assert_noop!(subscribe(PERIODS, PREPAID), Error::<Test>::UnknownPlan);
    });
}

#[test]
fn replaces_no_other_providers() {
    on_a_serving_chain(|| {
        serve(DAVE, 0, PRICE);
        assert_ok!(set_plan(&DAVE, PERIOD, QUOTA, PLAN_PRICE));
        assert_eq!((listed(&BOB), listed(&DAVE)), (vec![0], vec![1]));
    });
}

#[test]
fn can_be_as_small_and_as_large_as_the_chain_says() {
    on_a_serving_chain(|| {
        assert_ok!(set_plan(&BOB, MIN_PERIOD, 1, 0));
        assert_ok!(set_plan(&BOB, MAX_PERIOD, MAX_QUOTA, Balance::MAX));
    });
}

#[test]
fn is_taken_back_by_its_provider() {
    on_a_serving_chain(|| {
        assert_ok!(remove(&BOB, 0));
        assert!(!Plans::<Test>::contains_key(0));
        assert!(!PlansOf::<Test>::contains_key(BOB));
        System::assert_last_event(
            Event::PlanRemoved {
                plan: 0,
                provider: BOB,
            }
            .into(),
        );
        assert_noop!(subscribe(PERIODS, PREPAID), Error::<Test>::UnknownPlan);
        // The number is never given again.
        assert_ok!(set_plan(&BOB, PERIOD, QUOTA, PLAN_PRICE));
        assert_eq!(listed(&BOB), [1]);
    });
}

#[test]
fn is_taken_back_by_anyone_once_its_provider_has_no_offer() {
    on_a_serving_chain(|| {
        assert_noop!(remove(&EVE, 0), Error::<Test>::NotPlanProvider);
        pause(&BOB, true);
        assert_noop!(remove(&EVE, 0), Error::<Test>::NotPlanProvider);
        assert_ok!(ComputeProviders::remove_offer(origin(&BOB), 0));
        assert_ok!(remove(&EVE, 0));
        assert!(listed(&BOB).is_empty());
    });
}

#[test]
fn that_is_gone_leaves_its_subscriptions_as_they_are() {
    on_a_serving_chain(|| {
        let (first, second) = (subscribed(), subscribed());
        assert_ok!(set_plan(&BOB, PERIOD, 1, 10_000));
        assert_ok!(remove(&BOB, 1));
        run_to(2);
        let price = draw(first).map(|drawn| drawn.price);
        assert_eq!(price, draw(second).map(|drawn| drawn.price));
        assert_eq!(price, Ok(stored(first).price));
        run_to(31);
        for id in [first, second] {
            let paid = 11 * COMPUTE;
            let ending = (
                lattice_primitives::SubscriptionEnd::Completed,
                UNIT,
                paid,
                PREPAID - UNIT - paid,
            );
            assert_eq!(ended(id), Some(ending));
        }
    });
}

mod is_refused {
    use super::*;

    #[test]
    fn to_those_who_do_not_serve_the_model() {
        on_a_serving_chain(|| {
            let set = |who: &AccountId| set_plan(who, 20, QUOTA, PLAN_PRICE);
            assert_noop!(set(&DAVE), Error::<Test>::NoOffer);
            pause(&BOB, true);
            assert_noop!(set(&BOB), Error::<Test>::ProviderPaused);
            assert_ok!(ComputeProviders::deregister(origin(&BOB)));
            assert_noop!(set(&BOB), Error::<Test>::NoOffer);
        });
    }

    #[test]
    fn for_a_model_that_takes_no_requests() {
        on_a_serving_chain(|| {
            let set = |model| Prepaid::set_plan(origin(&BOB), model, PERIOD, QUOTA, PLAN_PRICE);
            assert_noop!(set(9), Error::<Test>::UnknownModel);
            let keyless = register_model();
            serve(BOB, keyless, PRICE);
            assert_noop!(set(keyless), Error::<Test>::NoVerifyingKey);
            assert_ok!(ModelRegistry::deprecate(origin(&CAROL), 0));
            assert_noop!(set(0), Error::<Test>::ModelDeprecated);
        });
    }

    #[test]
    fn with_a_period_out_of_range() {
        on_a_serving_chain(|| {
            for period in [0, MIN_PERIOD - 1, MAX_PERIOD + 1, u64::MAX] {
                assert_noop!(
                    set_plan(&BOB, period, QUOTA, PLAN_PRICE),
                    Error::<Test>::InvalidPeriod
                );
            }
        });
    }

    #[test]
    fn with_a_quota_out_of_range() {
        on_a_serving_chain(|| {
            for quota in [0, MAX_QUOTA + 1, u32::MAX] {
                assert_noop!(
                    set_plan(&BOB, PERIOD, quota, PLAN_PRICE),
                    Error::<Test>::InvalidQuota
                );
            }
        });
    }

    #[test]
    fn with_a_price_whose_bill_cannot_be_written_down() {
        on_a_serving_chain(|| {
            for (quota, price) in [(1, Balance::MAX), (1, Balance::MAX / 10), (2, Balance::MAX)] {
                assert_noop!(
                    set_plan(&BOB, PERIOD, quota, price),
                    Error::<Test>::PriceOverflow
                );
            }
        });
    }

    #[test]
    fn beyond_the_number_that_a_provider_may_have() {
        on_a_serving_chain(|| {
            for period in 21..20 + u64::from(MAX_PLANS) {
                assert_ok!(set_plan(&BOB, period, QUOTA, PLAN_PRICE));
            }
            assert_noop!(
                set_plan(&BOB, 50, QUOTA, PLAN_PRICE),
                Error::<Test>::TooManyPlans
            );
            // In place of another one there is room.
            assert_ok!(set_plan(&BOB, PERIOD, QUOTA, PLAN_PRICE + 1));
        });
    }

    #[test]
    fn when_the_chain_is_out_of_numbers() {
        on_a_serving_chain(|| {
            NextPlan::<Test>::put(PlanId::MAX);
            assert_noop!(
                set_plan(&BOB, 20, QUOTA, PLAN_PRICE),
                Error::<Test>::PlanNumbersExhausted
            );
        });
    }

    #[test]
    fn to_be_taken_back_where_there_is_none() {
        on_a_serving_chain(|| {
            assert_noop!(remove(&BOB, 1), Error::<Test>::UnknownPlan);
            assert_ok!(remove(&BOB, 0));
            assert_noop!(remove(&BOB, 0), Error::<Test>::UnknownPlan);
        });
    }

    #[test]
    fn without_a_signature() {
        on_a_serving_chain(|| {
            assert_noop!(
                Prepaid::set_plan(RuntimeOrigin::none(), 0, PERIOD, QUOTA, PLAN_PRICE),
                BadOrigin
            );
            assert_noop!(Prepaid::remove_plan(RuntimeOrigin::none(), 0), BadOrigin);
        });
    }
}
