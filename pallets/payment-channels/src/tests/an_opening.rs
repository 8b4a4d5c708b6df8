use crate::mock::*;
use crate::*;
use frame::testing_prelude::*;
use lattice_primitives::*;

#[test]
fn holds_the_deposit_and_freezes_the_price() {
    on_a_serving_chain(|| {
        pass(4);
        let before = free(&alice());
        assert_ok!(open_with(DEPOSIT, TOTAL));
        assert_eq!(held(&alice()), DEPOSIT);
        assert_eq!(free(&alice()), before - DEPOSIT);
        let price = Price {
            compute: PRICE,
            royalty: ROYALTY,
            fee: FEE,
        };
        let channel = stored(0);
        assert_eq!((channel.payer, channel.provider), (alice(), BOB));
        assert_eq!((channel.owner, channel.model), (CAROL, 0));
        assert_eq!(channel.price, price);
        assert_eq!((channel.deposit, channel.redeemed), (DEPOSIT, 0));
        assert_eq!((channel.opened_at, channel.closing), (5, None));
        System::assert_last_event(
            Event::Opened {
                channel: 0,
                payer: alice(),
                provider: BOB,
                model: 0,
                price,
                deposit: DEPOSIT,
            }
            .into(),
        );
    });
}

#[test]
fn bills_as_a_request_is_billed() {
    on_a_serving_chain(|| {
        let quote = Inference::quote(0, 10, Verification::Proven, &Selection::default())
            .expect("BOB serves the model");
        let channel = stored(opened());
        assert_eq!(channel.price, quote.price);
        assert_eq!(channel.price.total(), Some(quote.total));
        let model = ModelRegistry::model_info(0).expect("it is registered");
        assert_eq!(Some(channel.vk_id), model.key.map(|key| key.vk_id));
    });
}

#[test]
fn has_the_smallest_fee() {
    on_a_serving_chain(|| {
        MinFee::set(50);
        assert_ok!(open_with(DEPOSIT, TOTAL + 45));
        assert_eq!(stored(0).price.fee, 50);
    });
}

#[test]
fn keeps_its_terms_whatever_changes_later() {
    on_a_serving_chain(|| {
        let first = opened();
        serve(BOB, 0, PRICE + 1);
        let pricing = Pricing {
            royalty: ROYALTY + 1,
        };
        assert_ok!(ModelRegistry::update_pricing(origin(&CAROL), 0, pricing));
        assert_ok!(ModelRegistry::transfer(origin(&CAROL), 0, DAVE));
        let second = NextChannel::<Test>::get();
        assert_ok!(open_with(DEPOSIT, TOTAL + 10));
        let (before, after) = (stored(first), stored(second));
        assert_eq!(
            (before.price.compute, before.price.royalty),
            (PRICE, ROYALTY)
        );
        assert_eq!(before.owner, CAROL);
        assert_eq!(
            (after.price.compute, after.price.royalty),
            (PRICE + 1, ROYALTY + 1)
        );
        assert_eq!(after.owner, DAVE);
    });
}

#[test]
fn counts_channels_and_lists_them_for_both_parties() {
    on_a_serving_chain(|| {
        assert_eq!((opened(), opened(), opened()), (0, 1, 2));
        assert_eq!(NextChannel::<Test>::get(), 3);
        assert_eq!(held(&alice()), 3 * DEPOSIT);
        for who in [alice(), BOB] {
            assert_eq!(ChannelsOf::<Test>::iter_key_prefix(&who).count(), 3);
        }
    });
}

#[test]
fn takes_exactly_the_price_of_one_inference() {
    on_a_serving_chain(|| {
        assert_ok!(open_with(TOTAL, TOTAL));
        assert_ok!(redeem(0, TOTAL));
        assert_eq!(held(&alice()), 0);
    });
}

mod is_refused {
    use super::*;

    #[test]
    fn for_a_model_that_takes_no_requests() {
        on_a_serving_chain(|| {
            let open = |model| PaymentChannels::open(origin(&alice()), model, BOB, DEPOSIT, TOTAL);
            assert_noop!(open(9), Error::<Test>::UnknownModel);
            let keyless = register_model();
            serve(BOB, keyless, PRICE);
            assert_noop!(open(keyless), Error::<Test>::NoVerifyingKey);
            assert_ok!(ModelRegistry::deprecate(origin(&CAROL), 0));
            assert_noop!(open(0), Error::<Test>::ModelDeprecated);
        });
    }

    #[test]
    fn for_a_provider_that_does_not_serve_it() {
        on_a_serving_chain(|| {
            assert_noop!(
                PaymentChannels::open(origin(&alice()), 0, DAVE, DEPOSIT, TOTAL),
                Error::<Test>::NoOffer
            );
            assert_ok!(ComputeProviders::set_paused(origin(&BOB), true));
            assert_noop!(open_with(DEPOSIT, TOTAL), Error::<Test>::ProviderPaused);
            assert_ok!(ComputeProviders::deregister(origin(&BOB)));
            assert_noop!(open_with(DEPOSIT, TOTAL), Error::<Test>::NoOffer);
        });
    }

    #[test]
    fn to_oneself() {
        on_a_serving_chain(|| {
            assert_noop!(
                PaymentChannels::open(origin(&BOB), 0, BOB, DEPOSIT, TOTAL),
                Error::<Test>::PayerIsProvider
            );
        });
    }

    #[test]
    fn above_the_payers_limit() {
        on_a_serving_chain(|| {
            assert_noop!(
                open_with(DEPOSIT, TOTAL - 1),
                Error::<Test>::UnitPriceTooHigh
            );
        });
    }

    #[test]
    fn with_less_than_one_inference_costs() {
        on_a_serving_chain(|| {
            assert_noop!(open_with(TOTAL - 1, TOTAL), Error::<Test>::DepositTooLow);
        });
    }

    #[test]
    fn with_nothing_even_where_an_inference_costs_nothing() {
        on_a_serving_chain(|| {
            serve(BOB, 0, 0);
            let pricing = Pricing { royalty: 0 };
            assert_ok!(ModelRegistry::update_pricing(origin(&CAROL), 0, pricing));
            assert_noop!(open_with(0, 0), Error::<Test>::DepositTooLow);
            assert_ok!(open_with(1, 0));
        });
    }

    #[test]
    fn when_the_price_cannot_be_written_down() {
        on_a_serving_chain(|| {
            serve(BOB, 0, Balance::MAX);
            assert_noop!(
                open_with(DEPOSIT, Balance::MAX),
                Error::<Test>::PriceOverflow
            );
        });
    }

    #[test]
    fn when_the_payer_cannot_pay() {
        on_a_serving_chain(|| {
            for deposit in [ENDOWMENT, Balance::MAX] {
                assert_noop!(open_with(deposit, TOTAL), TokenError::FundsUnavailable);
            }
        });
    }

    #[test]
    fn when_the_chain_is_out_of_numbers() {
        on_a_serving_chain(|| {
            NextChannel::<Test>::put(ChannelId::MAX);
            assert_noop!(open_with(DEPOSIT, TOTAL), Error::<Test>::TooManyChannels);
        });
    }

    #[test]
    fn without_a_signature() {
        on_a_serving_chain(|| {
            assert_noop!(
                PaymentChannels::open(RuntimeOrigin::none(), 0, BOB, DEPOSIT, TOTAL),
                BadOrigin
            );
        });
    }
}
