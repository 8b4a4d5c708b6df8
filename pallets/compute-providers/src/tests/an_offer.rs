use crate::mock::*;
use crate::*;
use frame::testing_prelude::*;

fn ranking(model: u32) -> Vec<(u64, u128)> {
    ComputeProviders::providers_of(model, 100)
        .into_iter()
        .map(|info| {
            let offer = info.offers.iter().find(|(offered, _)| *offered == model);
            (info.account, offer.expect("it is ranked").1.price)
        })
        .collect()
}

#[test]
fn ranks_by_price_and_then_by_age() {
    on_a_fresh_chain(|| {
        for (who, price) in [(ALICE, 70), (BOB, 50), (CAROL, 70)] {
            provider(who, MIN_STAKE);
            assert_ok!(ComputeProviders::set_offer(origin(who), 0, price, 1));
        }
        assert_eq!(ranking(0), [(BOB, 50), (ALICE, 70), (CAROL, 70)]);
        assert_eq!(offers_noted(0), 3);
    });
}

#[test]
fn moves_in_the_ranking_when_it_changes() {
    on_a_fresh_chain(|| {
        for (who, price) in [(ALICE, 70), (BOB, 50)] {
            provider(who, MIN_STAKE);
            assert_ok!(ComputeProviders::set_offer(origin(who), 0, price, 1));
        }
        assert_ok!(ComputeProviders::set_offer(origin(ALICE), 0, 40, 1));
        assert_eq!(ranking(0), [(ALICE, 40), (BOB, 50)]);
        assert_eq!(offers_noted(0), 2);
    });
}

#[test]
fn goes_when_it_is_removed() {
    on_a_fresh_chain(|| {
        provider(ALICE, MIN_STAKE);
        assert_ok!(ComputeProviders::set_offer(origin(ALICE), 0, 70, 1));
        assert_ok!(ComputeProviders::remove_offer(origin(ALICE), 0));
        assert_eq!(ranking(0), []);
        assert_eq!(offers_noted(0), 0);
        assert!(!Ranking::<Test>::contains_key(0));
        assert!(!Offers::<Test>::contains_key(ALICE));
        assert_noop!(
            ComputeProviders::remove_offer(origin(ALICE), 0),
            Error::<Test>::NoOffer
        );
    });
}

#[test]
fn goes_with_its_provider() {
    on_a_fresh_chain(|| {
        provider(ALICE, MIN_STAKE);
        for model in 0..4 {
            assert_ok!(ComputeProviders::set_offer(origin(ALICE), model, 70, 1));
        }
        assert_ok!(ComputeProviders::deregister(origin(ALICE)));
        for model in 0..4 {
            assert_eq!(ranking(model), []);
            assert_eq!(offers_noted(model), 0);
        }
    });
}

mod is_refused {
    use super::*;

    #[test]
    fn for_a_model_that_is_unknown_or_deprecated() {
        on_a_fresh_chain(|| {
            provider(ALICE, MIN_STAKE);
            assert_noop!(
                ComputeProviders::set_offer(origin(ALICE), DEPRECATED + 1, 1, 1),
                Error::<Test>::UnknownModel
            );
            assert_noop!(
                ComputeProviders::set_offer(origin(ALICE), DEPRECATED, 1, 1),
                Error::<Test>::ModelDeprecated
            );
        });
    }

    #[test]
    fn beyond_the_number_that_a_provider_may_have() {
        on_a_fresh_chain(|| {
            provider(ALICE, MIN_STAKE);
            for model in 0..MAX_OFFERS {
                assert_ok!(ComputeProviders::set_offer(origin(ALICE), model, 1, 1));
            }
            assert_noop!(
                ComputeProviders::set_offer(origin(ALICE), MAX_OFFERS, 1, 1),
                Error::<Test>::TooManyOffers
            );
            assert_ok!(ComputeProviders::set_offer(origin(ALICE), 3, 2, 1));
        });
    }

    #[test]
    fn beyond_the_number_that_a_model_may_have() {
        on_a_fresh_chain(|| {
            let last = 1_000 + u64::from(MAX_PROVIDERS);
            for who in 1_000..=last {
                assert_ok!(Balances::force_set_balance(
                    RuntimeOrigin::root(),
                    who,
                    ENDOWMENT
                ));
                provider(who, MIN_STAKE);
            }
            for who in 1_000..last {
                assert_ok!(ComputeProviders::set_offer(origin(who), 0, 1, 1));
            }
            assert_noop!(
                ComputeProviders::set_offer(origin(last), 0, 1, 1),
                Error::<Test>::TooManyProviders
            );
            // A full ranking still takes changes of those that are in it.
            assert_ok!(ComputeProviders::set_offer(origin(1_007), 0, 9, 1));
        });
    }
}
