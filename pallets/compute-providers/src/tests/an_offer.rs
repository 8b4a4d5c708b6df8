use crate::mock::*;
use crate::*;
use frame::testing_prelude::*;
use lattice_primitives::Offer;

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
    fn that_serves_nobody_or_never_in_time() {
        on_a_fresh_chain(|| {
            provider(ALICE, MIN_STAKE);
            let mut offer = Offer::per_inference(1, 51);
            assert_noop!(
                ComputeProviders::set_offer_with(origin(ALICE), 0, offer),
                Error::<Test>::DeadlineTooLong
            );
            offer.min_deadline = 50;
            offer.capacity = Some(0);
            assert_noop!(
                ComputeProviders::set_offer_with(origin(ALICE), 0, offer),
                Error::<Test>::CapacityZero
            );
        });
    }
}

#[test]
fn asks_by_the_gas_of_the_model_too_and_is_ranked_by_the_sum() {
    on_a_fresh_chain(|| {
        provider(ALICE, MIN_STAKE);
        provider(BOB, MIN_STAKE);
        assert_ok!(ComputeProviders::set_offer(origin(BOB), 0, 76, 1));
        // Models take 2.5 million gas here.
        let offer = Offer {
            per_million_gas: 10,
            ..Offer::per_inference(50, 1)
        };
        assert_ok!(ComputeProviders::set_offer_with(origin(ALICE), 0, offer));
        assert_eq!(ComputeProviders::asked(&ALICE, 0), Ok(75));
        assert_eq!(ranking(0), [(ALICE, 50), (BOB, 76)]);
        let offer = Offer {
            per_million_gas: 11,
            ..offer
        };
        assert_ok!(ComputeProviders::set_offer_with(origin(ALICE), 0, offer));
        // 50 + ⌈27.5⌉
        assert_eq!(ComputeProviders::asked(&ALICE, 0), Ok(78));
        assert_eq!(ranking(0), [(BOB, 76), (ALICE, 50)]);
    });
}

#[test]
fn asks_for_no_more_than_can_be_written_down() {
    for (price, per_million_gas) in [(Balance::MAX, 1), (1, Balance::MAX), (1, Balance::MAX / 2)] {
        let offer = Offer {
            per_million_gas,
            ..Offer::<Balance, u64>::per_inference(price, 1)
        };
        assert_eq!(offer.asked(u64::MAX), Balance::MAX);
    }
    let offer = Offer {
        per_million_gas: 3,
        ..Offer::<Balance, u64>::per_inference(0, 1)
    };
    assert_eq!(
        [0, 1, 1_000_000, 1_000_001].map(|gas| offer.asked(gas)),
        [0, 1, 3, 4]
    );
}

#[test]
fn may_say_that_the_model_is_in_memory() {
    on_a_fresh_chain(|| {
        provider(ALICE, MIN_STAKE);
        assert_noop!(
            ComputeProviders::set_residency(origin(ALICE), 0, true),
            Error::<Test>::NoOffer
        );
        assert_ok!(ComputeProviders::set_offer(origin(ALICE), 0, 70, 1));
        assert_ok!(ComputeProviders::set_residency(origin(ALICE), 0, true));
        assert!(Ranking::<Test>::get(0)[0].offer.resident);
        assert_ok!(ComputeProviders::set_residency(origin(ALICE), 0, false));
        assert!(!Offers::<Test>::get(ALICE)[0].1.resident);
    });
}
