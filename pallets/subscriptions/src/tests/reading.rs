use crate::mock::*;
use crate::*;
use frame::testing_prelude::*;
use lattice_primitives::{api::MAX_PAGE, PlanInfo, Price, SubscriptionId, SubscriptionInfo};

fn ids(account: &AccountId, start: SubscriptionId, limit: u32) -> Vec<SubscriptionId> {
    Prepaid::subscriptions_of(account, start, limit)
        .into_iter()
        .map(|info| info.subscription)
        .collect()
}

#[test]
fn says_everything_of_a_plan() {
    on_a_serving_chain(|| {
        assert_eq!(
            Prepaid::plan(0),
            Some(PlanInfo {
                plan: 0,
                provider: BOB,
                model: 0,
                period: PERIOD,
                quota: QUOTA,
                price: PLAN_PRICE,
                unit: Some(Price {
                    compute: COMPUTE,
                    royalty: ROYALTY,
                    fee: FEE,
                }),
            })
        );
        assert_eq!(Prepaid::plan_of(0), Prepaid::plan(0));
        assert_eq!(Prepaid::plan(1), None);
    });
}

#[test]
fn says_that_nobody_can_subscribe_now() {
    on_a_serving_chain(|| {
        pause(&BOB, true);
        let plan = Prepaid::plan(0).expect("it is there");
        assert_eq!(plan.unit, None);
    });
}

#[test]
fn lists_the_plans_of_a_provider() {
    on_a_serving_chain(|| {
        assert_ok!(set_plan(&BOB, 20, QUOTA, PLAN_PRICE));
        assert_ok!(set_plan(&BOB, PERIOD, QUOTA, PLAN_PRICE));
        let plans: Vec<_> = Prepaid::plans_of(&BOB)
            .into_iter()
            .map(|info| (info.plan, info.period))
            .collect();
        assert_eq!(plans, [(1, 20), (2, PERIOD)]);
        assert!(Prepaid::plans_of(&DAVE).is_empty());
    });
}

#[test]
fn says_everything_of_a_subscription() {
    on_a_serving_chain(|| {
        let id = subscribed();
        run_to(11);
        drawn(id, 2);
        fails(id);
        let model = ModelRegistry::model_info(0).expect("it is registered");
        let paid = 4 * COMPUTE;
        assert_eq!(
            Prepaid::subscription(id),
            Some(SubscriptionInfo {
                subscription: id,
                plan: 0,
                subscriber: ALICE,
                provider: BOB,
                model: 0,
                model_hash: model.model_hash,
                price: Price {
                    compute: COMPUTE,
                    royalty: ROYALTY,
                    fee: FEE,
                },
                period: PERIOD,
                quota: QUOTA,
                periods: PERIODS,
                subscribed_at: 1,
                index: 1,
                used: 2,
                failures: 1,
                prepaid: PREPAID,
                drawn: 2 * UNIT,
                paid,
                refunded: WHOLE - paid,
                left: 2 * WHOLE - 2 * UNIT,
                settles_at: 21,
            })
        );
        assert_eq!(Prepaid::subscription_of(id), Prepaid::subscription(id));
        assert_eq!(Prepaid::subscription(id + 1), None);
    });
}

#[test]
fn lists_the_subscriptions_of_both_parties_in_their_order() {
    on_a_serving_chain(|| {
        serve(DAVE, 0, PRICE);
        assert_ok!(set_plan(&DAVE, PERIOD, QUOTA, PLAN_PRICE));
        for _ in 0..3 {
            subscribed();
            assert_ok!(Prepaid::subscribe(origin(&ALICE), 1, PERIODS, PREPAID));
        }
        assert_eq!(ids(&ALICE, 0, 100), [0, 1, 2, 3, 4, 5]);
        assert_eq!(ids(&BOB, 0, 100), [0, 2, 4]);
        assert_eq!(ids(&DAVE, 0, 100), [1, 3, 5]);
        assert!(ids(&EVE, 0, 100).is_empty());
        assert_eq!(ids(&ALICE, 3, 2), [3, 4]);
        assert_eq!(ids(&BOB, 1, 1), [2]);
        assert!(ids(&ALICE, 6, 100).is_empty());
        assert!(ids(&ALICE, SubscriptionId::MAX, 100).is_empty());
        assert!(ids(&ALICE, 0, 0).is_empty());
        assert_ok!(Prepaid::cancel(origin(&ALICE), 2));
        assert_eq!(ids(&ALICE, 1, 3), [1, 3, 4]);
        assert_eq!(ids(&BOB, 0, 100), [0, 4]);
    });
}

#[test]
fn hands_out_a_page_at_most() {
    on_a_serving_chain(|| {
        for _ in 0..MAX_PAGE + 5 {
            subscribed();
        }
        // Beyond one byte, where a little-endian key would be in another order.
        NextSubscription::<Test>::put(256);
        subscribed();
        let first = ids(&BOB, 0, u32::MAX);
        assert_eq!(first, (0..u64::from(MAX_PAGE)).collect::<Vec<_>>());
        assert_eq!(ids(&BOB, 104, u32::MAX), [104, 256]);
    });
}
