use crate::mock::*;
use crate::*;
use frame::testing_prelude::*;
use lattice_primitives::*;

/// The record of a settlement whose output is on chain, or is not.
fn is_settled(request: RequestId, output: &[i32], on_chain: bool) {
    assert!(!is_open(request));
    let record = record(request);
    assert_eq!(record.ending, Ending::Settled);
    assert_eq!(record.output_commitment, Some(committed(output)));
    assert!(record.proof.is_some() && record.gas_used > 0);
    match on_chain {
        true => assert_eq!(record.output, output),
        false => assert!(record.output.is_empty()),
    }
}

#[test]
fn that_is_acknowledged_settles_at_once_and_stays_private() {
    on_a_serving_chain(|| {
        let before = purses();
        let (request, output) = delivered();
        let info = acknowledge(&ALICE, request).expect("the output is there");
        assert_eq!(info.pays_fee, Pays::No);
        assert_eq!(purses(), after_settling(before));
        is_settled(request, &output, false);
        let model = ModelRegistry::model_info(0).expect("it is registered");
        assert_eq!(model.total_executions, 1);
        assert_err_ignore_postinfo!(acknowledge(&ALICE, request), Error::<Test>::UnknownRequest);
    });
}

#[test]
fn of_which_nothing_is_said_settles_after_the_window() {
    on_a_serving_chain(|| {
        let before = purses();
        let (request, output) = delivered();
        run_to(1 + ACKNOWLEDGE_WINDOW);
        assert!(is_open(request));
        run_to(2 + ACKNOWLEDGE_WINDOW);
        assert_eq!(purses(), after_settling(before));
        is_settled(request, &output, false);
    });
}

#[test]
fn that_did_not_come_is_posted_when_its_requester_wants_it() {
    on_a_serving_chain(|| {
        let before = purses();
        let (request, output) = delivered();
        run_to(1 + ACKNOWLEDGE_WINDOW);
        assert_ok!(force(&ALICE, request));
        let post_by = System::block_number() + POSTING_WINDOW;
        assert_eq!(info(request).status, PrivateStatus::Forced { post_by });
        System::assert_last_event(
            Event::PostingForced {
                request,
                requester: ALICE,
                provider: bob(),
                post_by,
            }
            .into(),
        );
        run_to(post_by);
        let info = post(&bob(), request, &output, OUTPUT_BLINDING).expect("it is the output");
        assert_eq!(info.pays_fee, Pays::No);
        assert_eq!(purses(), after_settling(before));
        is_settled(request, &output, true);
        System::assert_has_event(
            Event::OutputPosted {
                request,
                provider: bob(),
                output: BoundedVec::truncate_from(output.clone()),
                blinding: OUTPUT_BLINDING,
            }
            .into(),
        );
        assert_err_ignore_postinfo!(
            post(&bob(), request, &output, OUTPUT_BLINDING),
            Error::<Test>::UnknownRequest
        );
    });
}

#[test]
fn that_is_withheld_costs_the_provider_a_fine_and_the_requester_nothing() {
    on_a_serving_chain(|| {
        let before = purses();
        let (request, output) = forced();
        run_to(1 + POSTING_WINDOW);
        assert!(is_open(request));
        run_to(2 + POSTING_WINDOW);
        assert!(!is_open(request));
        assert_eq!(purses(), after_a_fine(before));
        assert_eq!(escrowed(&ALICE), 0);
        let record = record(request);
        assert_eq!(record.ending, Ending::OutputWithheld);
        assert_eq!(record.ending.fault(), Some(Fault::Provider));
        assert_eq!(record.failed, [(bob(), Failure::OutputWithheld)]);
        assert!(record.output.is_empty() && record.proof.is_some());
        assert_eq!(record.output_commitment, Some(committed(&output)));
        let info = ComputeProviders::provider_info(&bob()).expect("he is registered");
        assert_eq!((info.running, info.late, info.settled), (0, 1, 0));
        let model = ModelRegistry::model_info(0).expect("it is registered");
        assert_eq!(model.total_executions, 0);
        System::assert_has_event(
            Event::OutputWithheld {
                request,
                requester: ALICE,
                provider: bob(),
                slashed: LATE_SLASH,
            }
            .into(),
        );
    });
}

#[test]
fn that_came_after_all_is_acknowledged_and_need_not_be_posted() {
    on_a_serving_chain(|| {
        let before = purses();
        let (request, output) = forced();
        assert_ok!(acknowledge(&ALICE, request));
        assert_eq!(purses(), after_settling(before));
        is_settled(request, &output, false);
    });
}

#[test]
fn is_posted_as_it_was_proven_or_not_at_all() {
    on_a_serving_chain(|| {
        let (request, output) = forced();
        let mut wrong = output.clone();
        wrong[0] += 1;
        for (posted, blinding, error) in [
            (&wrong[..], OUTPUT_BLINDING, Error::<Test>::OtherOutput),
            (&output[..], H256::zero(), Error::<Test>::OtherOutput),
            (
                &output[..],
                H256::repeat_byte(0xff),
                Error::<Test>::InvalidBlinding,
            ),
            (
                &output[1..],
                OUTPUT_BLINDING,
                Error::<Test>::WrongOutputLength,
            ),
        ] {
            assert_err_ignore_postinfo!(post(&bob(), request, posted, blinding), error);
            assert!(is_open(request));
        }
        assert_ok!(post(&bob(), request, &output, OUTPUT_BLINDING));
    });
}

mod is_not {
    use super::*;

    #[test]
    fn acknowledged_or_forced_by_anybody_else() {
        on_a_serving_chain(|| {
            let (request, _) = delivered();
            for who in [bob(), EVE] {
                assert_err_ignore_postinfo!(
                    acknowledge(&who, request),
                    Error::<Test>::NotRequester
                );
                assert_noop!(force(&who, request), Error::<Test>::NotRequester);
            }
        });
    }

    #[test]
    fn posted_by_anybody_but_its_provider() {
        on_a_serving_chain(|| {
            let (request, output) = forced();
            for who in [ALICE, EVE, dave()] {
                assert_err_ignore_postinfo!(
                    post(&who, request, &output, OUTPUT_BLINDING),
                    Error::<Test>::NotAssignedProvider
                );
            }
        });
    }

    /// Whether it stays private is ALICE's to say.
    #[test]
    fn posted_by_its_provider_unasked() {
        on_a_serving_chain(|| {
            let (request, output) = delivered();
            for _ in 0..=ACKNOWLEDGE_WINDOW {
                assert_err_ignore_postinfo!(
                    post(&bob(), request, &output, OUTPUT_BLINDING),
                    Error::<Test>::NotForced
                );
                pass(1);
            }
            is_settled(request, &output, false);
        });
    }

    #[test]
    fn acknowledged_or_forced_by_what_was_signed_for_another_fork() {
        on_a_serving_chain(|| {
            let ((request, _), (other, _)) = (delivered(), delivered());
            for context in [OTHER_CONTEXT, info(other).context] {
                assert_err_ignore_postinfo!(
                    PrivateRequests::acknowledge(origin(&ALICE), request, context),
                    Error::<Test>::ContextMismatch
                );
                assert_noop!(
                    PrivateRequests::force_posting(origin(&ALICE), request, context),
                    Error::<Test>::ContextMismatch
                );
            }
            assert_ok!(force(&ALICE, request));
            assert_ok!(acknowledge(&ALICE, request));
        });
    }

    #[test]
    fn there_before_its_proof() {
        on_a_serving_chain(|| {
            let request = asked(true);
            assert_err_ignore_postinfo!(acknowledge(&ALICE, request), Error::<Test>::NotDelivered);
            assert_noop!(force(&ALICE, request), Error::<Test>::NotDelivered);
            assert_err_ignore_postinfo!(
                post(&bob(), request, &[1, 2, 3], OUTPUT_BLINDING),
                Error::<Test>::NotDelivered
            );
        });
    }

    #[test]
    fn forced_twice_or_too_late() {
        on_a_serving_chain(|| {
            let (request, _) = delivered();
            let (late, _) = delivered();
            assert_ok!(force(&ALICE, request));
            assert_noop!(force(&ALICE, request), Error::<Test>::AlreadyForced);
            System::set_block_number(2 + ACKNOWLEDGE_WINDOW);
            assert_noop!(force(&ALICE, late), Error::<Test>::DeadlinePassed);
        });
    }

    #[test]
    fn posted_too_late() {
        on_a_serving_chain(|| {
            let (request, output) = forced();
            System::set_block_number(2 + POSTING_WINDOW);
            assert_err_ignore_postinfo!(
                post(&bob(), request, &output, OUTPUT_BLINDING),
                Error::<Test>::DeadlinePassed
            );
        });
    }
}
