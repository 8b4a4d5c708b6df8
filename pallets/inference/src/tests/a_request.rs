use super::fixture::served;
use crate::mock::*;
use crate::*;
use codec::Encode;
use frame::testing_prelude::*;
use lattice_primitives::*;

#[test]
fn holds_the_price_and_locks_the_collateral() {
    on_a_serving_chain(|| {
        let assignment = requested();
        assert_eq!(assignment.provider, BOB);
        assert_eq!(assignment.deadline, 11);
        assert_eq!(escrowed(&ALICE), TOTAL);
        assert_eq!(free(&ALICE), ENDOWMENT - TOTAL);
        let bob = ComputeProviders::provider_info(&BOB).unwrap();
        assert_eq!((bob.running, bob.locked), (1, COLLATERAL));
        System::assert_last_event(
            Event::Requested {
                request: 0,
                requester: ALICE,
                provider: BOB,
                model: 0,
                price: Price {
                    compute: PRICE,
                    royalty: ROYALTY,
                    fee: FEE,
                },
            }
            .into(),
        );
    });
}

#[test]
fn fixes_the_statement_as_documented() {
    on_a_serving_chain(|| {
        let assignment = requested();
        let commitment = lattice_host::commit_input(&input(), 0, 16).unwrap();
        let content = (
            ALICE,
            0u32,
            commitment,
            TOTAL * 10,
            10u64,
            Verification::Proven,
        )
            .using_encoded(blake2_256);
        let context = lattice_host::context(
            &System::block_hash(0).0,
            0,
            &content,
            &BOB.encode(),
            &served(0).model.id(),
        );
        assert_eq!(assignment.input_commitment.0, commitment);
        assert_eq!(assignment.context.0, context);
        assert_eq!(assignment.input, input());
    });
}

#[test]
fn goes_to_the_best_provider_that_is_eligible() {
    on_a_serving_chain(|| {
        serve(DAVE, 0, PRICE - 1);
        assert_eq!(requested().provider, DAVE);
        // DAVE keeps the minimum stake and what is locked, too little for another one.
        let keep = Requests::<Test>::get(0).unwrap().collateral;
        assert_ok!(ComputeProviders::unbond(origin(&DAVE), STAKE - keep));
        assert_eq!(requested().provider, BOB);
    });
}

#[test]
fn can_demand_a_ceremony() {
    on_a_serving_chain(|| {
        let demand = |model| {
            Inference::request_inference(
                origin(&ALICE),
                model,
                BoundedVec::truncate_from(input()),
                TOTAL * 10,
                10,
                Verification::ProvenByCeremony,
            )
        };
        assert_err_ignore_postinfo!(demand(0), Error::<Test>::SetupNotAccepted);
        let index = register_without_key(1, ROYALTY);
        register_key(index, served(1), Setup::Ceremony, CEREMONY);
        serve(BOB, index, PRICE);
        assert_ok!(demand(index));
    });
}

mod is_refused {
    use super::*;

    #[test]
    fn for_an_unknown_model() {
        on_a_serving_chain(|| {
            assert_err_ignore_postinfo!(request_of(9, input()), Error::<Test>::UnknownModel);
        });
    }

    #[test]
    fn for_a_deprecated_model() {
        on_a_serving_chain(|| {
            assert_ok!(ModelRegistry::deprecate(origin(&CAROL), 0));
            assert_err_ignore_postinfo!(request_of(0, input()), Error::<Test>::ModelDeprecated);
        });
    }

    #[test]
    fn for_a_model_without_a_key() {
        on_a_serving_chain(|| {
            let index = register_without_key(1, ROYALTY);
            assert_err_ignore_postinfo!(request_of(index, input()), Error::<Test>::NoVerifyingKey);
        });
    }

    #[test]
    fn without_a_provider() {
        on_a_serving_chain(|| {
            assert_ok!(ComputeProviders::remove_offer(origin(&BOB), 0));
            assert_err_ignore_postinfo!(request_of(0, input()), Error::<Test>::NoProvider);
        });
    }

    #[test]
    fn with_an_input_of_the_wrong_length() {
        on_a_serving_chain(|| {
            for length in [0, 5, 7] {
                assert_err_ignore_postinfo!(
                    request_of(0, vec![1; length]),
                    Error::<Test>::WrongInputLength
                );
            }
        });
    }

    #[test]
    fn with_an_input_out_of_the_declared_range() {
        on_a_serving_chain(|| {
            for wrong in [-1, 17, i8::MIN, i8::MAX] {
                let mut input = input();
                input[3] = wrong;
                assert_err_ignore_postinfo!(request_of(0, input), Error::<Test>::InputOutOfRange);
            }
            for edge in [0, 16] {
                let mut input = input();
                input[3] = edge;
                assert_ok!(request_of(0, input));
            }
        });
    }

    #[test]
    fn with_a_max_price_under_the_quote() {
        on_a_serving_chain(|| {
            let ask = |max_price| {
                Inference::request_inference(
                    origin(&ALICE),
                    0,
                    BoundedVec::truncate_from(input()),
                    max_price,
                    10,
                    Verification::Proven,
                )
            };
            assert_err_ignore_postinfo!(ask(TOTAL - 1), Error::<Test>::MaxPriceTooLow);
            assert_ok!(ask(TOTAL));
        });
    }

    #[test]
    fn with_a_deadline_of_nothing_or_too_long() {
        on_a_serving_chain(|| {
            let ask = |deadline| {
                Inference::request_inference(
                    origin(&ALICE),
                    0,
                    BoundedVec::truncate_from(input()),
                    TOTAL,
                    deadline,
                    Verification::Proven,
                )
            };
            assert_err_ignore_postinfo!(ask(0), Error::<Test>::InvalidDeadline);
            assert_err_ignore_postinfo!(ask(MAX_DEADLINE + 1), Error::<Test>::InvalidDeadline);
            assert_err_ignore_postinfo!(ask(u64::MAX), Error::<Test>::InvalidDeadline);
            // Shorter than BOB accepts.
            assert_err_ignore_postinfo!(ask(1), Error::<Test>::NoProvider);
            assert_ok!(ask(MAX_DEADLINE));
        });
    }

    #[test]
    fn without_the_funds() {
        on_a_serving_chain(|| {
            let poor = AccountId::new([77; 32]);
            assert_ok!(Balances::force_set_balance(
                RuntimeOrigin::root(),
                poor.clone(),
                TOTAL
            ));
            assert_err_ignore_postinfo!(
                Inference::request_inference(
                    origin(&poor),
                    0,
                    BoundedVec::truncate_from(input()),
                    TOTAL,
                    10,
                    Verification::Proven,
                ),
                TokenError::FundsUnavailable
            );
        });
    }
}
