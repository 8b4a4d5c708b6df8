use super::fixture::served;
use crate::mock::*;
use crate::*;
use frame::testing_prelude::*;
use lattice_primitives::*;
use pallet_inference::Error as Refused;

#[test]
fn holds_the_price_and_locks_the_collateral_of_the_best_provider() {
    on_a_serving_chain(|| {
        serve(dave(), 0, PRICE + 50);
        let request = asked(true);
        assert_eq!(escrowed(&ALICE), TOTAL);
        assert_eq!(free(&ALICE), ENDOWMENT - TOTAL);
        let info = info(request);
        assert_eq!((info.requester, info.provider), (ALICE, bob()));
        assert_eq!(info.price.total(), Some(TOTAL));
        assert_eq!(info.deadline, 1 + DEADLINE);
        assert_eq!(info.status, PrivateStatus::Assigned);
        assert!(info.output_private && info.opened.is_none());
        assert_eq!(info.output_commitment, None);
        let bob = ComputeProviders::provider_info(&bob()).expect("he is registered");
        assert_eq!((bob.running, bob.locked), (1, COLLATERAL));
        System::assert_last_event(
            Event::Assigned {
                request,
                requester: ALICE,
                provider: bob.account,
                model: 0,
                input_commitment: commitment_to(&input()),
                output_private: true,
                price: info.price,
                deadline: 1 + DEADLINE,
            }
            .into(),
        );
    });
}

/// The context says what a posted request's does, and so the circuit is the same.
#[test]
fn has_the_content_of_a_proven_request_with_this_commitment() {
    on_a_serving_chain(|| {
        let request = info(asked(false));
        let content = RequestContent {
            requester: &ALICE,
            model: 0,
            input_commitment: commitment_to(&input()),
            max_price: MOST,
            deadline: DEADLINE,
            verification: Verification::Proven,
        };
        assert_eq!(request.content.0, content.hash());
        let context = lattice_host::context(
            &System::block_hash(0).0,
            request.request,
            &content.hash(),
            &bob().encode(),
            &served().model.id(),
        );
        assert_eq!(request.context.0, context);
        let model = ModelRegistry::model_info(0).expect("it is registered");
        assert_eq!(request.model_hash, model.model_hash);
        assert_eq!(model.key.map(|key| key.vk_id), Some(request.vk_id));
    });
}

#[test]
fn shares_its_number_with_no_other_tier() {
    on_a_serving_chain(|| {
        assert_eq!(asked(false), 0);
        assert_ok!(Inference::request_inference(
            origin(&ALICE),
            0,
            BoundedVec::truncate_from(input()),
            MOST,
            DEADLINE,
            Verification::Proven,
        ));
        assert_eq!(asked(true), 2);
        assert!(Inference::assignment(0).is_none() && Inference::assignment(1).is_some());
        assert!(PrivateRequests::private_request(1).is_none());
        assert_ne!(info(0).context, info(2).context);
        pass(MAX_DEADLINE);
        assert_eq!(escrowed(&ALICE), 0);
    });
}

#[test]
fn goes_to_the_provider_that_is_named() {
    on_a_serving_chain(|| {
        serve(dave(), 0, PRICE + 50);
        let selection = Selection {
            preference: Preference::Only(dave()),
            ..Default::default()
        };
        assert_ok!(PrivateRequests::request_private(
            origin(&ALICE),
            0,
            commitment_to(&input()),
            MOST,
            DEADLINE,
            Verification::Proven,
            false,
            selection,
        ));
        assert_eq!(info(0).provider, dave());
    });
}

/// BOB's offer demands two blocks.
#[test]
fn leaves_its_provider_as_long_as_it_demands_when_half_of_the_deadline_is_over() {
    on_a_serving_chain(|| {
        let ask = |deadline| ask_by(&ALICE, commitment_to(&input()), MOST, deadline, false);
        for deadline in 1..4 {
            assert_err_ignore_postinfo!(ask(deadline), Error::<Test>::NoProvider);
        }
        assert_ok!(ask(4));
        assert_eq!(info(0).deadline, 1 + 4);
    });
}

#[test]
fn has_a_number_that_was_given_out_and_no_record_while_it_is_open() {
    use pallet_inference::{NextRequest, Records};
    on_a_serving_chain(|| {
        let (open, ended) = (asked(false), asked(false));
        answered(ended);
        let next = NextRequest::<Test>::get();
        NextRequest::<Test>::put(open);
        assert!(PrivateRequests::check_invariants().is_err());
        NextRequest::<Test>::put(next);
        assert_ok!(PrivateRequests::check_invariants());
        let record = Records::<Test>::get(ended).expect("it has ended");
        Records::<Test>::insert(open, record);
        assert!(PrivateRequests::check_invariants().is_err());
        Records::<Test>::remove(open);
    });
}

#[test]
fn weighs_the_offers_that_were_looked_at() {
    on_a_serving_chain(|| {
        let weigh = crate::weights::SubstrateWeight::<Test>::request_private;
        let ask = || ask_by(&ALICE, commitment_to(&input()), MOST, DEADLINE, false);
        let info = ask().expect("it is in order");
        assert_eq!(info.actual_weight, Some(weigh(1)));
        serve(dave(), 0, PRICE);
        let info = ask().expect("it is in order");
        assert_eq!(info.actual_weight, Some(weigh(2)));
    });
}

#[test]
fn cannot_be_taken_back() {
    on_a_serving_chain(|| {
        let request = asked(false);
        assert_noop!(
            Inference::cancel(origin(&ALICE), request),
            Refused::<Test>::UnknownRequest
        );
        assert_err_ignore_postinfo!(expire(request), Error::<Test>::NotDue);
    });
}

mod is_refused {
    use super::*;

    /// ALICE's call for a model.
    fn ask(
        model: ModelIndex,
        deadline: u64,
        verification: Verification,
    ) -> DispatchResultWithPostInfo {
        PrivateRequests::request_private(
            origin(&ALICE),
            model,
            commitment_to(&input()),
            MOST,
            deadline,
            verification,
            false,
            Selection::default(),
        )
    }

    #[test]
    fn in_a_tier_that_needs_the_input() {
        on_a_serving_chain(|| {
            for verification in [
                Verification::Direct,
                Verification::Replicated { n: 3, k: 2 },
                Verification::Optimistic {
                    window: 10,
                    bond: 500,
                },
            ] {
                assert_err_ignore_postinfo!(
                    ask(0, DEADLINE, verification),
                    Error::<Test>::TierNotPrivate
                );
            }
        });
    }

    #[test]
    fn with_a_key_of_another_kind_than_is_demanded() {
        on_a_serving_chain(|| {
            assert_err_ignore_postinfo!(
                ask(0, DEADLINE, Verification::ProvenByCeremony),
                Error::<Test>::SetupNotAccepted
            );
        });
    }

    #[test]
    fn of_a_model_that_takes_none() {
        on_a_serving_chain(|| {
            assert_err_ignore_postinfo!(
                ask(1, DEADLINE, Verification::Proven),
                Error::<Test>::UnknownModel
            );
            let keyless = lattice_testing::register_model::<Test>(&served().manifest, ROYALTY);
            assert_err_ignore_postinfo!(
                ask(keyless, DEADLINE, Verification::Proven),
                Error::<Test>::NoVerifyingKey
            );
            assert_ok!(ModelRegistry::deprecate(origin(&CAROL), 0));
            assert_err_ignore_postinfo!(
                ask(0, DEADLINE, Verification::Proven),
                Error::<Test>::ModelDeprecated
            );
        });
    }

    #[test]
    fn with_a_deadline_that_is_none() {
        on_a_serving_chain(|| {
            for deadline in [0, MAX_DEADLINE + 1, u64::MAX] {
                assert_err_ignore_postinfo!(
                    ask(0, deadline, Verification::Proven),
                    Error::<Test>::InvalidDeadline
                );
            }
            assert_ok!(ask(0, MAX_DEADLINE, Verification::Proven));
        });
    }

    #[test]
    fn with_bytes_that_are_no_commitment() {
        on_a_serving_chain(|| {
            let none = H256::repeat_byte(0xff);
            assert_err_ignore_postinfo!(
                ask_by(&ALICE, none, MOST, DEADLINE, false),
                Error::<Test>::NotACommitment
            );
        });
    }

    #[test]
    fn without_a_provider_or_with_a_price_that_is_too_low() {
        on_a_serving_chain(|| {
            let ask = |price| ask_by(&ALICE, commitment_to(&input()), price, DEADLINE, false);
            assert_err_ignore_postinfo!(ask(TOTAL - 1), Error::<Test>::MaxPriceTooLow);
            assert_ok!(ComputeProviders::remove_offer(origin(&bob()), 0));
            assert_err_ignore_postinfo!(ask(TOTAL), Error::<Test>::NoProvider);
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
            assert_err_ignore_postinfo!(
                ask_by(&ALICE, commitment_to(&input()), TOTAL, DEADLINE, false),
                TokenError::FundsUnavailable
            );
            assert_eq!(Requests::<Test>::iter_keys().count(), 0);
        });
    }
}
