use super::fixture::served;
use crate::mock::*;
use crate::*;
use frame::testing_prelude::*;
use lattice_host::trace::Commitment;
use lattice_primitives::*;
use pallet_disputes::OutputLink;

#[test]
fn opens_the_window() {
    on_a_serving_chain(|| {
        let request = asked();
        pass(3);
        let commitment = honest(request);
        assert_ok!(post(&BOB, request, &commitment));
        assert_eq!(
            info(request).status,
            OptimisticStatus::Posted {
                output: commitment.trace().output().to_vec(),
                trace_root: H256(commitment.root()),
                posted_at: 4,
                final_at: 4 + WINDOW,
                challenges: Vec::new(),
            }
        );
        System::assert_last_event(
            Event::Posted {
                request,
                provider: BOB,
                trace_root: H256(commitment.root()),
                final_at: 4 + WINDOW,
            }
            .into(),
        );
        // Nothing is paid yet.
        assert_eq!(escrowed(&ALICE), TOTAL);
        let bob = ComputeProviders::provider_info(&BOB).expect("he is registered");
        assert_eq!((bob.running, bob.last_heartbeat), (1, 4));
    });
}

#[test]
fn that_nobody_challenges_is_paid_after_the_window() {
    on_a_serving_chain(|| {
        let before = [&BOB, &CAROL, &TREASURY].map(free);
        let (request, commitment) = posted();
        run_to(1 + WINDOW);
        assert!(is_open(request));
        run_to(2 + WINDOW);
        assert!(!is_open(request));
        let after = [&BOB, &CAROL, &TREASURY].map(free);
        assert_eq!(
            after,
            [before[0] + PRICE, before[1] + ROYALTY, before[2] + FEE]
        );
        assert_eq!(free(&ALICE), ENDOWMENT - TOTAL);
        assert_eq!(stake(&BOB), STAKE);
        let bob = ComputeProviders::provider_info(&BOB).expect("he is registered");
        assert_eq!((bob.running, bob.locked, bob.settled), (0, 0, 1));
        let record = record(request);
        assert_eq!(record.ending, Ending::Settled);
        assert_eq!((record.requester, record.provider), (ALICE, BOB));
        assert_eq!(record.output, commitment.trace().output());
        assert_eq!(record.proof, None);
        assert!(record.failed.is_empty() && record.agreed.is_empty());
        assert_eq!((record.requested_at, record.ended_at), (1, 2 + WINDOW));
        let model = ModelRegistry::model_info(0).expect("it is registered");
        assert_eq!(model.total_executions, 1);
        System::assert_has_event(
            Event::Settled {
                request,
                requester: ALICE,
                provider: BOB,
                price: record.price,
            }
            .into(),
        );
    });
}

#[test]
fn is_in_time_in_the_block_of_the_deadline() {
    on_a_serving_chain(|| {
        let request = asked();
        run_to(1 + DEADLINE);
        assert_ok!(post(&BOB, request, &honest(request)));
    });
}

#[test]
fn is_paid_at_the_price_and_to_the_owner_of_the_request() {
    on_a_serving_chain(|| {
        let (request, _) = posted();
        assert_ok!(ModelRegistry::update_pricing(
            origin(&CAROL),
            0,
            Pricing { royalty: 1_000 }
        ));
        assert_ok!(ModelRegistry::transfer(origin(&CAROL), 0, EVE));
        let before = (free(&CAROL), free(&EVE));
        pass(WINDOW + 1);
        assert_eq!(record(request).ending, Ending::Settled);
        assert_eq!((free(&CAROL), free(&EVE)), (before.0 + ROYALTY, before.1));
    });
}

mod is_refused {
    use super::*;

    /// Post what is right but for what the caller makes of it.
    fn post_with(
        request: RequestId,
        change: impl FnOnce(&mut H256, &mut Vec<i32>, &mut H256, &mut OutputLink),
    ) -> DispatchResult {
        let commitment = honest(request);
        let mut context = info(request).context;
        let mut output = commitment.trace().output().to_vec();
        let mut root = H256(commitment.root());
        let mut link = commitment.output_link();
        change(&mut context, &mut output, &mut root, &mut link);
        let output = BoundedVec::truncate_from(output);
        Optimistic::post_result(origin(&BOB), request, context, output, root, link)
    }

    #[test]
    fn from_anyone_but_the_provider() {
        on_a_serving_chain(|| {
            serve(DAVE, 0, PRICE + 50);
            let request = asked();
            for who in [ALICE, CAROL, DAVE, EVE] {
                assert_noop!(
                    post(&who, request, &honest(request)),
                    Error::<Test>::NotAssignedProvider
                );
            }
        });
    }

    #[test]
    fn for_a_request_that_is_not_open() {
        on_a_serving_chain(|| {
            let (request, commitment) = posted();
            let context = info(request).context;
            pass(WINDOW + 1);
            for request in [request, 99] {
                assert_noop!(
                    Optimistic::post_result(
                        origin(&BOB),
                        request,
                        context,
                        Default::default(),
                        H256(commitment.root()),
                        commitment.output_link(),
                    ),
                    Error::<Test>::UnknownRequest
                );
            }
        });
    }

    #[test]
    fn twice() {
        on_a_serving_chain(|| {
            let (request, commitment) = posted();
            assert_noop!(
                post(&BOB, request, &commitment),
                Error::<Test>::AlreadyPosted
            );
        });
    }

    #[test]
    fn after_the_deadline() {
        on_a_serving_chain(|| {
            let request = asked();
            // The deadline work has not come to it yet.
            System::set_block_number(2 + DEADLINE);
            assert_noop!(
                post(&BOB, request, &honest(request)),
                Error::<Test>::DeadlinePassed
            );
        });
    }

    /// It was made for another fork: an error, and no slash.
    #[test]
    fn with_another_context() {
        on_a_serving_chain(|| {
            let request = asked();
            assert_noop!(
                post_with(request, |context, _, _, _| context.0[0] ^= 1),
                Error::<Test>::ContextMismatch
            );
            assert_eq!(stake(&BOB), STAKE);
            assert_ok!(post(&BOB, request, &honest(request)));
        });
    }

    #[test]
    fn with_another_number_of_elements() {
        on_a_serving_chain(|| {
            let request = asked();
            for length in [0, 2, 4] {
                assert_noop!(
                    post_with(request, |_, output, _, _| output.resize(length, 0)),
                    Error::<Test>::WrongOutputLength
                );
            }
        });
    }

    /// A true trace beside another output could not be disputed.
    #[test]
    fn with_another_output_than_the_last_one_of_its_trace() {
        on_a_serving_chain(|| {
            let request = asked();
            for element in 0..3 {
                assert_noop!(
                    post_with(request, |_, output, _, _| output[element] ^= 1),
                    Error::<Test>::OutputNotCommitted
                );
            }
            assert_noop!(
                post_with(request, |_, _, root, _| root.0[31] ^= 1),
                Error::<Test>::OutputNotCommitted
            );
            assert_noop!(
                post_with(request, |_, _, _, link| *link = OutputLink::default()),
                Error::<Test>::OutputNotCommitted
            );
            // The result of another operator is not the output, even if it had its length.
            let false_one: Commitment =
                served().altered(&honest(request), served().last_op(), 0, false);
            assert_noop!(
                post_with(request, |_, _, root, _| *root = H256(false_one.root())),
                Error::<Test>::OutputNotCommitted
            );
        });
    }
}
