use crate::mock::*;
use crate::*;
use frame::testing_prelude::*;
use lattice_primitives::*;

#[test]
fn that_is_posted_settles_in_its_block() {
    on_a_serving_chain(|| {
        let before = purses();
        let request = asked(false);
        let info = info(request);
        pass(2);
        let (output, proof) = answer(request);
        assert_ok!(submit(&bob(), request, posted(&output), proof));
        assert!(!is_open(request));
        assert_eq!(purses(), after_settling(before));
        assert_eq!(escrowed(&ALICE), 0);
        let bob = ComputeProviders::provider_info(&bob()).expect("he is registered");
        assert_eq!((bob.running, bob.locked, bob.settled), (0, 0, 1));
        assert_eq!(bob.last_heartbeat, 3);
        let commitment = lattice_host::commit_output(&output).expect("there is an output");
        let record = record(request);
        assert!(record.gas_used > 0);
        assert_eq!(
            record,
            ExecutionRecord {
                request,
                requester: ALICE,
                provider: bob.account.clone(),
                model: 0,
                model_hash: info.model_hash,
                vk_id: info.vk_id,
                context: info.context,
                input_commitment: commitment_to(&input()),
                output_commitment: Some(H256(commitment)),
                output,
                proof: Some(proof),
                gas_used: record.gas_used,
                price: info.price,
                verification: Verification::Proven,
                agreed: Vec::new(),
                ending: Ending::Settled,
                failed: Vec::new(),
                requested_at: 1,
                ended_at: 3,
            }
        );
        let model = ModelRegistry::model_info(0).expect("it is registered");
        assert_eq!(model.total_executions, 1);
        System::assert_has_event(
            Event::Settled {
                request,
                requester: ALICE,
                provider: bob.account,
                gas_used: record.gas_used,
                price: record.price,
            }
            .into(),
        );
    });
}

#[test]
fn whose_output_is_private_waits_for_its_requester() {
    on_a_serving_chain(|| {
        let before = purses();
        let request = asked(true);
        pass(2);
        let output = answered(request);
        let info = info(request);
        let final_at = 3 + ACKNOWLEDGE_WINDOW;
        assert_eq!(info.status, PrivateStatus::Delivered { final_at });
        assert_eq!(info.output_commitment, Some(committed(&output)));
        // Nothing is paid yet, and what is locked stays.
        assert_eq!(escrowed(&ALICE), TOTAL);
        assert_eq!(purses()[1..], before[1..]);
        let bob = ComputeProviders::provider_info(&bob()).expect("he is registered");
        assert_eq!((bob.running, bob.locked), (1, COLLATERAL));
        assert_eq!(bob.last_heartbeat, 3);
        System::assert_last_event(
            Event::Delivered {
                request,
                requester: ALICE,
                provider: bob.account,
                output_commitment: committed(&output),
                final_at,
            }
            .into(),
        );
    });
}

#[test]
fn is_in_time_in_the_block_of_the_deadline() {
    on_a_serving_chain(|| {
        let (first, second) = (asked(false), asked(false));
        run_to(1 + DEADLINE);
        answered(first);
        // Whatever the deadline work has left.
        System::set_block_number(2 + DEADLINE);
        let (output, proof) = answer(second);
        assert_noop!(
            submit(&bob(), second, posted(&output), proof),
            Error::<Test>::DeadlinePassed
        );
    });
}

#[test]
fn is_paid_at_the_price_and_to_the_owner_of_the_request() {
    on_a_serving_chain(|| {
        let before = purses();
        let request = asked(false);
        serve(bob(), 0, PRICE * 9);
        assert_ok!(ModelRegistry::update_pricing(
            origin(&CAROL),
            0,
            Pricing {
                royalty: ROYALTY * 9
            }
        ));
        assert_ok!(ModelRegistry::transfer(origin(&CAROL), 0, EVE));
        let carol = free(&CAROL);
        answered(request);
        assert_eq!(free(&CAROL), carol + ROYALTY);
        assert_eq!(purses()[..4], after_settling(before)[..4]);
    });
}

mod is_refused {
    use super::*;

    #[test]
    fn by_anybody_but_its_provider() {
        on_a_serving_chain(|| {
            serve(dave(), 0, PRICE + 50);
            let request = asked(false);
            let (output, proof) = answer(request);
            for who in [ALICE, dave(), EVE] {
                assert_noop!(
                    submit(&who, request, posted(&output), proof),
                    Error::<Test>::NotAssignedProvider
                );
            }
        });
    }

    #[test]
    fn in_the_other_form() {
        on_a_serving_chain(|| {
            let (public, private) = (asked(false), asked(true));
            let (output, proof) = answer(public);
            assert_noop!(
                submit(
                    &bob(),
                    public,
                    PrivateOutput::Committed(committed(&output)),
                    proof
                ),
                Error::<Test>::WrongOutputForm
            );
            let (output, proof) = answer(private);
            assert_noop!(
                submit(&bob(), private, posted(&output), proof),
                Error::<Test>::WrongOutputForm
            );
        });
    }

    #[test]
    fn with_an_output_that_the_model_does_not_have() {
        on_a_serving_chain(|| {
            let (public, private) = (asked(false), asked(true));
            let (output, proof) = answer(public);
            for wrong in [
                output[1..].to_vec(),
                [output.clone(), vec![0]].concat(),
                Vec::new(),
            ] {
                assert_noop!(
                    submit(&bob(), public, posted(&wrong), proof),
                    Error::<Test>::WrongOutputLength
                );
            }
            let none = PrivateOutput::Committed(H256::repeat_byte(0xff));
            assert_noop!(
                submit(&bob(), private, none, proof),
                Error::<Test>::NotACommitment
            );
        });
    }

    #[test]
    fn with_a_proof_that_is_none() {
        on_a_serving_chain(|| {
            let request = asked(false);
            let (output, _) = answer(request);
            for proof in [[0xffu8; 128], [0; 128]] {
                assert_noop!(
                    submit(&bob(), request, posted(&output), proof.into()),
                    Error::<Test>::MalformedProof
                );
            }
        });
    }

    #[test]
    fn for_another_fork() {
        on_a_serving_chain(|| {
            let request = asked(false);
            let (output, proof) = answer(request);
            let elsewhere = H256::repeat_byte(1);
            assert_noop!(
                PrivateRequests::submit_private(
                    origin(&bob()),
                    request,
                    elsewhere,
                    posted(&output),
                    proof
                ),
                Error::<Test>::ContextMismatch
            );
        });
    }

    #[test]
    fn the_second_time() {
        on_a_serving_chain(|| {
            let settled = asked(false);
            let context = info(settled).context;
            let (output, proof) = answer(settled);
            assert_ok!(submit(&bob(), settled, posted(&output), proof));
            assert_noop!(
                PrivateRequests::submit_private(
                    origin(&bob()),
                    settled,
                    context,
                    posted(&output),
                    proof
                ),
                Error::<Test>::UnknownRequest
            );
            let waits = asked(true);
            let (output, proof) = answer(waits);
            assert_ok!(submit(&bob(), waits, form(waits, &output), proof));
            assert_noop!(
                submit(&bob(), waits, form(waits, &output), proof),
                Error::<Test>::AlreadyDelivered
            );
        });
    }
}
