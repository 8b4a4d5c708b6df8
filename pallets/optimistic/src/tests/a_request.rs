use super::fixture::served;
use crate::mock::*;
use crate::*;
use frame::testing_prelude::*;
use lattice_primitives::*;
use pallet_inference::Error as Refused;

#[test]
fn holds_the_price_and_locks_the_collateral_of_the_best_provider() {
    on_a_serving_chain(|| {
        serve(DAVE, 0, PRICE + 50);
        let request = asked();
        assert_eq!(escrowed(&ALICE), TOTAL);
        assert_eq!(free(&ALICE), ENDOWMENT - TOTAL);
        let info = info(request);
        assert_eq!((info.requester, info.provider), (ALICE, BOB));
        assert_eq!(info.price.total(), Some(TOTAL));
        assert_eq!((info.collateral, info.bond), (COLLATERAL, BOND));
        assert_eq!((info.window, info.deadline), (WINDOW, 1 + DEADLINE));
        assert_eq!(info.input, served().input(11));
        assert_eq!(info.status, OptimisticStatus::Assigned);
        let bob = ComputeProviders::provider_info(&BOB).expect("he is registered");
        assert_eq!((bob.running, bob.locked), (1, COLLATERAL));
        System::assert_last_event(
            Event::Assigned {
                request,
                requester: ALICE,
                provider: BOB,
                model: 0,
                price: info.price,
                bond: BOND,
                deadline: 1 + DEADLINE,
            }
            .into(),
        );
    });
}

#[test]
fn locks_the_bond_where_it_is_more_than_the_price_demands() {
    on_a_serving_chain(|| {
        assert_ok!(ask_with(WINDOW, COLLATERAL + 1));
        assert_eq!(info(0).collateral, COLLATERAL + 1);
        assert_ok!(ask_with(WINDOW, COLLATERAL - 1));
        assert_eq!(info(1).collateral, COLLATERAL);
    });
}

#[test]
fn is_passed_to_a_provider_that_can_cover_the_bond() {
    on_a_serving_chain(|| {
        serve(DAVE, 0, PRICE + 50);
        assert_ok!(ComputeProviders::unbond(origin(&BOB), STAKE - 2_000));
        assert_ok!(ask_with(WINDOW, 2_001));
        assert_eq!(info(0).provider, DAVE);
        assert_ok!(ask_with(WINDOW, 2_000));
        assert_eq!(info(1).provider, BOB);
    });
}

#[test]
fn needs_no_key_and_shares_its_number_with_no_other_tier() {
    on_a_serving_chain(|| {
        let first = asked();
        let second = asked();
        assert_eq!((first, second), (0, 1));
        let model = ModelRegistry::model_info(0).expect("it is registered");
        assert_eq!(model.key, None);
        assert!(Inference::assignment(first).is_none());
    });
}

#[test]
fn has_the_context_of_its_number_content_and_provider() {
    on_a_serving_chain(|| {
        let (first, second) = (info(asked()), info(asked()));
        // The same wish, and another number.
        assert_eq!(first.content, second.content);
        assert_ne!(first.context, second.context);
        assert_ne!(first.context, first.content);
    });
}

#[test]
fn cannot_be_taken_back() {
    on_a_serving_chain(|| {
        let request = asked();
        assert_noop!(
            Inference::cancel(origin(&ALICE), request),
            Refused::<Test>::UnknownRequest
        );
        assert_err_ignore_postinfo!(
            Optimistic::finalize(origin(&ALICE), request),
            Error::<Test>::NotDue
        );
    });
}

mod is_refused {
    use super::*;
    use crate::tests::fixture::Served;
    use lattice_tensor::{ModelBuilder, Range, Scale, Shape};

    #[test]
    fn with_a_window_or_a_bond_out_of_range() {
        on_a_serving_chain(|| {
            for (window, bond) in [
                (0, BOND),
                (MIN_WINDOW - 1, BOND),
                (MAX_WINDOW + 1, BOND),
                (u64::from(u32::MAX), BOND),
                (WINDOW, 0),
                (WINDOW, MIN_BOND - 1),
            ] {
                assert_err_ignore_postinfo!(ask_with(window, bond), Error::<Test>::InvalidTier);
            }
            for (window, bond) in [(MIN_WINDOW, MIN_BOND), (MAX_WINDOW, BOND)] {
                assert_ok!(ask_with(window, bond));
            }
        });
    }

    #[test]
    fn with_a_bond_that_no_provider_can_cover() {
        on_a_serving_chain(|| {
            for bond in [STAKE + 1, Balance::MAX] {
                assert_err_ignore_postinfo!(ask_with(WINDOW, bond), Error::<Test>::NoProvider);
            }
        });
    }

    #[test]
    fn without_a_provider() {
        on_a_serving_chain(|| {
            assert_ok!(ComputeProviders::remove_offer(origin(&BOB), 0));
            assert_err_ignore_postinfo!(ask_with(WINDOW, BOND), Error::<Test>::NoProvider);
        });
    }

    #[test]
    fn with_a_price_that_is_too_low() {
        on_a_serving_chain(|| {
            let ask = |max_price| {
                Inference::request_inference(
                    origin(&ALICE),
                    0,
                    BoundedVec::truncate_from(served().input(11)),
                    max_price,
                    DEADLINE,
                    Verification::Optimistic {
                        window: 10,
                        bond: BOND,
                    },
                )
            };
            assert_err_ignore_postinfo!(ask(TOTAL - 1), Error::<Test>::MaxPriceTooLow);
            assert_ok!(ask(TOTAL));
        });
    }

    #[test]
    fn when_the_requester_cannot_pay() {
        on_a_serving_chain(|| {
            assert_ok!(Balances::transfer_allow_death(
                origin(&ALICE),
                CAROL,
                ENDOWMENT - TOTAL
            ));
            assert_err_ignore_postinfo!(ask_with(WINDOW, BOND), TokenError::FundsUnavailable);
            assert_eq!(
                ComputeProviders::provider_info(&BOB).map(|bob| bob.running),
                Some(0)
            );
        });
    }

    #[test]
    fn for_a_model_whose_elements_take_too_much_to_check() {
        on_a_serving_chain(|| {
            let shape = Shape::new([6u32]).expect("a shape");
            let model = ModelBuilder::new(shape, Range { lo: 0, hi: 16 }, Scale::ONE)
                .linear("wide", vec![0; 6 * 60_000], 60_000, None)
                .and_then(|builder| builder.linear("narrow", vec![0; 60_000], 1, None))
                .and_then(|builder| builder.build(Scale::ONE))
                .expect("a model");
            let model = register_model(&Served { model });
            serve(BOB, model, PRICE);
            assert_err_ignore_postinfo!(
                Inference::request_inference(
                    origin(&ALICE),
                    model,
                    BoundedVec::truncate_from(vec![1; 6]),
                    TOTAL,
                    DEADLINE,
                    Verification::Optimistic {
                        window: 10,
                        bond: BOND,
                    },
                ),
                Error::<Test>::NotDisputable
            );
        });
    }

    #[test]
    fn with_a_time_to_accept() {
        on_a_serving_chain(|| {
            let offered = RequestOptions {
                accept_within: Some(3),
                ..options(1)
            };
            assert_err_ignore_postinfo!(
                ask_by(&ALICE, TOTAL, offered),
                Refused::<Test>::InvalidAcceptDeadline
            );
            assert_ok!(ask_by(&ALICE, TOTAL, options(1)));
        });
    }
}
