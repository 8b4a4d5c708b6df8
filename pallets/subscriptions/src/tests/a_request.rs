//! Requests through the inference pallet, with real proofs.

use crate::mock::*;
use crate::*;
use frame::testing_prelude::*;
use lattice_primitives::*;
use pallet_inference::Error as InferenceError;

const UNIT_PRICE: Price<Balance> = Price {
    compute: COMPUTE,
    royalty: ROYALTY,
    fee: FEE,
};

/// What everybody but ALICE has.
fn others() -> [Balance; 3] {
    [free(&BOB), free(&CAROL), free(&TREASURY)]
}

fn ending(request: RequestId) -> Ending {
    Inference::execution_record(request)
        .expect("the request has ended")
        .ending
}

#[test]
fn moves_its_price_from_the_subscription_to_its_escrow() {
    on_a_serving_chain(|| {
        let id = subscribed();
        let assignment = asked(id);
        assert_eq!((assignment.provider, assignment.price), (BOB, UNIT_PRICE));
        assert_eq!((held(&ALICE), escrowed(&ALICE)), (PREPAID - UNIT, UNIT));
        assert_eq!(free(&ALICE), ENDOWMENT - PREPAID);
        assert_eq!(stored(id).used, 1);
    });
}

#[test]
fn that_is_proven_pays_everybody_the_subscriptions_price() {
    on_a_serving_chain(|| {
        let [bob, carol, treasury] = others();
        let id = subscribed();
        let assignment = asked(id);
        assert_ok!(answer(&assignment, 0));
        assert_eq!(ending(assignment.request), Ending::Settled);
        assert_eq!(others(), [bob + COMPUTE, carol + ROYALTY, treasury + FEE]);
        assert_eq!((held(&ALICE), escrowed(&ALICE)), (PREPAID - UNIT, 0));
        assert_eq!(free(&ALICE), ENDOWMENT - PREPAID);
        // And what was not used is the provider's, too.
        run_to(31);
        let paid = 11 * COMPUTE;
        assert_eq!(free(&BOB), bob + COMPUTE + paid);
        assert_eq!(free(&ALICE), ENDOWMENT - UNIT - paid);
        assert_eq!(
            ended(id),
            Some((
                SubscriptionEnd::Completed,
                UNIT,
                paid,
                PREPAID - UNIT - paid
            ))
        );
    });
}

#[test]
fn goes_to_the_subscriptions_provider_whatever_offers_cost() {
    on_a_serving_chain(|| {
        let id = subscribed();
        serve(BOB, 0, 1_000 * PRICE);
        serve(DAVE, 0, 1);
        let assignment = asked(id);
        assert_eq!((assignment.provider, assignment.price), (BOB, UNIT_PRICE));
    });
}

#[test]
fn pays_the_royalty_of_the_subscriptions_time() {
    on_a_serving_chain(|| {
        let id = subscribed();
        let pricing = Pricing {
            royalty: 5 * ROYALTY,
        };
        assert_ok!(ModelRegistry::update_pricing(origin(&CAROL), 0, pricing));
        let carol = free(&CAROL);
        assert_ok!(answer(&asked(id), 0));
        assert_eq!(free(&CAROL), carol + ROYALTY);
    });
}

#[test]
fn that_is_late_gives_its_escrow_back_and_what_its_period_has_unused() {
    on_a_serving_chain(|| {
        let bob = free(&BOB);
        let id = subscribed();
        let assignment = asked(id);
        run_to(assignment.deadline + 1);
        assert_eq!(ending(assignment.request), Ending::Expired);
        // As free money, not to the subscription.
        assert_eq!((held(&ALICE), escrowed(&ALICE)), (PREPAID - UNIT, 0));
        assert_eq!(free(&ALICE), ENDOWMENT - PREPAID + UNIT);
        let open = stored(id);
        assert_eq!((open.used, open.failures), (1, 1));
        System::assert_has_event(
            Event::FailureNoted {
                subscription: id,
                index: 0,
                failures: 1,
            }
            .into(),
        );
        run_to(11);
        assert_eq!(settlements(id), [(0, 1, 0, 3 * UNIT)]);
        assert_eq!(free(&ALICE), ENDOWMENT - PREPAID + WHOLE);
        assert_eq!(free(&BOB), bob);
        // The next period has none.
        run_to(21);
        assert_eq!(
            settlements(id).last(),
            Some(&(1, 1, 4 * COMPUTE, WHOLE - 4 * COMPUTE))
        );
        assert_eq!(free(&BOB), bob + 4 * COMPUTE);
    });
}

#[test]
fn that_is_answered_falsely_counts_as_a_failure() {
    on_a_serving_chain(|| {
        let id = subscribed();
        let assignment = asked(id);
        assert_ok!(answer(&assignment, 1));
        assert_eq!(ending(assignment.request), Ending::ProofRejected);
        assert_eq!(stored(id).failures, 1);
        assert_eq!(free(&ALICE), ENDOWMENT - PREPAID + UNIT);
    });
}

#[test]
fn that_is_not_accepted_counts_as_a_failure() {
    on_a_serving_chain(|| {
        let id = subscribed();
        let mut options = options(id);
        options.accept_within = Some(2);
        assert_ok!(ask_with(&ALICE, Verification::Proven, options));
        run_to(4);
        assert_eq!(ending(0), Ending::NotAccepted);
        assert_eq!(stored(id).failures, 1);
    });
}

#[test]
fn that_fails_counts_in_the_period_in_which_it_does() {
    on_a_serving_chain(|| {
        let id = subscribed();
        run_to(10);
        let assignment = asked(id);
        run_to(assignment.deadline + 1);
        let open = stored(id);
        assert_eq!((open.index, open.used, open.failures), (1, 0, 1));
        run_to(21);
        let paid = 3 * COMPUTE;
        assert_eq!(
            settlements(id),
            [(0, 1, paid, 3 * UNIT - paid), (1, 1, 0, WHOLE)]
        );
    });
}

#[test]
fn that_fails_before_its_period_is_settled_counts_in_the_next_one() {
    on_a_serving_chain(|| {
        let id = subscribed();
        run_to(8);
        let assignment = asked(id);
        // The chain is behind.
        jump_to(assignment.deadline + 1);
        assert_ok!(Inference::expire(origin(&EVE), assignment.request));
        let paid = 3 * COMPUTE;
        assert_eq!(settlements(id), [(0, 1, paid, 3 * UNIT - paid)]);
        let open = stored(id);
        assert_eq!((open.index, open.failures), (1, 1));
    });
}

#[test]
fn that_fails_after_the_end_gives_its_escrow_back() {
    on_a_serving_chain(|| {
        let id = subscribed();
        run_to(30);
        let assignment = asked(id);
        run_to(31);
        let before = free(&ALICE);
        assert!(!Subscriptions::<Test>::contains_key(id));
        run_to(assignment.deadline + 1);
        assert_eq!(ending(assignment.request), Ending::Expired);
        assert_eq!(free(&ALICE), before + UNIT);
    });
}

#[test]
fn that_is_under_way_does_not_notice_a_cancellation() {
    on_a_serving_chain(|| {
        let bob = free(&BOB);
        let id = subscribed();
        let (first, second) = (asked(id), asked(id));
        assert_ok!(Prepaid::cancel(origin(&ALICE), id));
        assert_eq!((held(&ALICE), escrowed(&ALICE)), (0, 2 * UNIT));
        assert_ok!(answer(&first, 0));
        assert_eq!(free(&BOB), bob + COMPUTE);
        run_to(second.deadline + 1);
        assert_eq!(ending(second.request), Ending::Expired);
        assert_eq!(free(&ALICE), ENDOWMENT - UNIT);
    });
}

mod is_refused {
    use super::*;

    /// Whatever was tried, the subscription is as it was.
    fn unused(id: SubscriptionId) {
        let open = stored(id);
        assert_eq!((open.index, open.used, open.drawn), (0, 0, 0));
        assert_eq!((held(&ALICE), escrowed(&ALICE)), (PREPAID, 0));
    }

    #[test]
    fn with_more_than_one_attempt() {
        on_a_serving_chain(|| {
            let id = subscribed();
            for attempts in [2, 4] {
                let mut options = options(id);
                options.attempts = attempts;
                assert_err_ignore_postinfo!(
                    ask_with(&ALICE, Verification::Proven, options),
                    InferenceError::<Test>::SubscriptionNotApplicable
                );
            }
            unused(id);
        });
    }

    #[test]
    fn in_another_tier() {
        on_a_serving_chain(|| {
            let id = subscribed();
            let replicated = Verification::Replicated { n: 3, k: 2 };
            let optimistic = Verification::Optimistic {
                window: 10,
                bond: 1_000,
            };
            for tier in [replicated, optimistic] {
                assert_err_ignore_postinfo!(
                    ask_with(&ALICE, tier, options(id)),
                    InferenceError::<Test>::SubscriptionNotApplicable
                );
            }
            unused(id);
        });
    }

    #[test]
    fn to_others_than_the_subscriber() {
        on_a_serving_chain(|| {
            let id = subscribed();
            assert_err_ignore_postinfo!(ask(&EVE, id), Error::<Test>::NotSubscriber);
            assert_err_ignore_postinfo!(ask(&EVE, id + 1), Error::<Test>::UnknownSubscription);
            unused(id);
        });
    }

    #[test]
    fn for_another_model() {
        on_a_serving_chain(|| {
            // A subscription to what the request does not ask for.
            let id = subscribed();
            Subscriptions::<Test>::mutate(id, |slot| {
                if let Some(open) = slot {
                    open.model = 1;
                }
            });
            assert_err_ignore_postinfo!(ask(&ALICE, id), Error::<Test>::WrongModel);
            unused(id);
        });
    }

    #[test]
    fn when_the_quota_is_used_up() {
        on_a_serving_chain(|| {
            let id = subscribed();
            for _ in 0..QUOTA {
                asked(id);
            }
            assert_err_ignore_postinfo!(ask(&ALICE, id), Error::<Test>::QuotaUsedUp);
            assert_eq!(escrowed(&ALICE), WHOLE);
        });
    }

    #[test]
    fn after_the_end() {
        on_a_serving_chain(|| {
            let id = subscribed();
            jump_to(31);
            assert_err_ignore_postinfo!(ask(&ALICE, id), Error::<Test>::SubscriptionEnded);
            unused(id);
        });
    }

    #[test]
    fn below_the_subscriptions_price() {
        on_a_serving_chain(|| {
            let id = subscribed();
            assert_err_ignore_postinfo!(
                Inference::request_inference_with(
                    origin(&ALICE),
                    0,
                    BoundedVec::truncate_from(input()),
                    UNIT - 1,
                    DEADLINE,
                    Verification::Proven,
                    options(id),
                ),
                InferenceError::<Test>::MaxPriceTooLow
            );
            unused(id);
        });
    }

    #[test]
    fn when_the_provider_cannot_be_given_it() {
        on_a_serving_chain(|| {
            let id = subscribed();
            serve(DAVE, 0, PRICE);
            pause(&BOB, true);
            assert_err_ignore_postinfo!(ask(&ALICE, id), InferenceError::<Test>::NoProvider);
            unused(id);
        });
    }

    #[test]
    fn without_settling_a_period_that_is_over() {
        on_a_serving_chain(|| {
            let id = subscribed();
            jump_to(11);
            pause(&BOB, true);
            assert_err_ignore_postinfo!(ask(&ALICE, id), InferenceError::<Test>::NoProvider);
            // All of it was taken back.
            unused(id);
            assert!(settlements(id).is_empty());
        });
    }
}
