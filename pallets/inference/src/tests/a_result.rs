use super::fixture::served;
use crate::mock::*;
use crate::*;
use frame::testing_prelude::*;
use lattice_primitives::*;

#[test]
fn with_a_true_proof_settles_and_pays_everyone() {
    on_a_serving_chain(|| {
        let assignment = requested();
        let before = [free(&BOB), free(&CAROL), free(&TREASURY)];
        let (output, proof) = answer(0, &assignment);
        assert_ok!(submit(&BOB, 0, assignment.context, output, proof));

        assert_eq!(free(&ALICE), ENDOWMENT - TOTAL);
        assert_eq!(free(&BOB), before[0] + PRICE);
        assert_eq!(free(&CAROL), before[1] + ROYALTY);
        assert_eq!(free(&TREASURY), before[2] + FEE);
        assert_eq!(escrowed(&ALICE), 0);

        let bob = ComputeProviders::provider_info(&BOB).unwrap();
        assert_eq!((bob.stake, bob.locked, bob.running), (STAKE, 0, 0));
        assert_eq!((bob.settled, bob.late, bob.rejected), (1, 0, 0));
        let model = ModelRegistry::model_info(0).unwrap();
        assert_eq!(model.total_executions, 1);
        assert_eq!(Inference::assignment(0), None);
    });
}

#[test]
fn leaves_a_record_that_anyone_can_check() {
    on_a_serving_chain(|| {
        let assignment = requested();
        let (output, proof) = answer(0, &assignment);
        System::set_block_number(3);
        assert_ok!(submit(&BOB, 0, assignment.context, output.clone(), proof));
        let record = Inference::execution_record(0).unwrap();
        assert!(record.gas_used > 0 && record.gas_used <= GAS_LIMIT);
        assert_eq!(
            record,
            ExecutionRecord {
                request: 0,
                requester: ALICE,
                provider: BOB,
                model: 0,
                model_hash: H256(served(0).model.id().0),
                vk_id: assignment.vk_id,
                context: assignment.context,
                input_commitment: assignment.input_commitment,
                output_commitment: Some(H256(lattice_host::commit_output(&output).unwrap())),
                output,
                proof: Some(proof),
                gas_used: record.gas_used,
                price: assignment.price,
                verification: Verification::Proven,
                agreed: Vec::new(),
                ending: Ending::Settled,
                failed: Vec::new(),
                requested_at: 1,
                ended_at: 3,
            }
        );
        System::assert_has_event(
            Event::Settled {
                request: 0,
                requester: ALICE,
                provider: BOB,
                gas_used: record.gas_used,
                price: record.price,
            }
            .into(),
        );
    });
}

#[test]
fn is_in_time_in_the_deadlines_own_block() {
    on_a_serving_chain(|| {
        let assignment = requested();
        let (output, proof) = answer(0, &assignment);
        run_to(assignment.deadline);
        assert_ok!(submit(&BOB, 0, assignment.context, output, proof));
        let record = Inference::execution_record(0).unwrap();
        assert_eq!(record.ending, Ending::Settled);
    });
}

#[test]
fn settles_at_the_price_of_the_request_whatever_changed_since() {
    on_a_serving_chain(|| {
        let assignment = requested();
        assert_ok!(ModelRegistry::update_pricing(
            origin(&CAROL),
            0,
            Pricing { royalty: 9_999 }
        ));
        assert_ok!(ModelRegistry::deprecate(origin(&CAROL), 0));
        assert_ok!(ModelRegistry::transfer(origin(&CAROL), 0, DAVE));
        assert_ok!(ComputeProviders::remove_offer(origin(&BOB), 0));
        let before = [free(&CAROL), free(&DAVE)];
        let (output, proof) = answer(0, &assignment);
        assert_ok!(submit(&BOB, 0, assignment.context, output, proof));
        assert_eq!(free(&ALICE), ENDOWMENT - TOTAL);
        assert_eq!(
            [free(&CAROL), free(&DAVE)],
            [before[0] + ROYALTY, before[1]]
        );
    });
}

#[test]
fn weighs_at_least_its_verification_and_its_gas_limit() {
    let weight = Pallet::<Test>::submission_weight(3).ref_time();
    assert!(weight >= 2_000_000_000 + GAS_LIMIT);
}

#[test]
fn is_charged_for_what_it_used_in_the_end() {
    on_a_serving_chain(|| {
        let assignment = requested();
        let (output, proof) = answer(0, &assignment);
        let info = submit(&BOB, 0, assignment.context, output, proof).unwrap();
        let charged = info.actual_weight.unwrap();
        let gas = Inference::execution_record(0).unwrap().gas_used;
        assert!(charged.ref_time() >= gas);
        let reserved = Pallet::<Test>::submission_weight(3);
        assert_eq!(reserved.ref_time(), charged.ref_time() + GAS_LIMIT);
    });
}

mod is_refused {
    use super::*;

    #[test]
    fn for_a_request_that_was_never_made() {
        on_a_serving_chain(|| {
            assert_err_ignore_postinfo!(
                submit(&BOB, 7, H256::zero(), vec![], [0; 128].into()),
                Error::<Test>::UnknownRequest
            );
        });
    }

    #[test]
    fn the_second_time() {
        on_a_serving_chain(|| {
            let assignment = requested();
            let (output, proof) = answer(0, &assignment);
            let again = || submit(&BOB, 0, assignment.context, output.clone(), proof);
            assert_ok!(again());
            let paid = free(&BOB);
            assert_err_ignore_postinfo!(again(), Error::<Test>::RequestNotOpen);
            assert_eq!(free(&BOB), paid);
        });
    }

    #[test]
    fn from_a_stranger() {
        on_a_serving_chain(|| {
            let assignment = requested();
            let (output, proof) = answer(0, &assignment);
            for who in [ALICE, CAROL, DAVE] {
                assert_err_ignore_postinfo!(
                    submit(&who, 0, assignment.context, output.clone(), proof),
                    Error::<Test>::NotAssignedProvider
                );
            }
        });
    }

    #[test]
    fn after_the_deadline() {
        on_a_serving_chain(|| {
            let assignment = requested();
            let (output, proof) = answer(0, &assignment);
            // Without the deadline work, as in a block that had no weight left for it.
            System::set_block_number(assignment.deadline + 1);
            assert_err_ignore_postinfo!(
                submit(&BOB, 0, assignment.context, output.clone(), proof),
                Error::<Test>::DeadlinePassed
            );
            run_to(assignment.deadline + 2);
            assert_err_ignore_postinfo!(
                submit(&BOB, 0, assignment.context, output, proof),
                Error::<Test>::RequestNotOpen
            );
        });
    }

    #[test]
    fn without_a_slash_when_it_is_of_another_fork() {
        on_a_serving_chain(|| {
            let assignment = requested();
            let (output, proof) = served(0).prove(&assignment.input, &H256([5; 32]));
            assert_err_ignore_postinfo!(
                submit(&BOB, 0, H256([5; 32]), output, proof),
                Error::<Test>::ContextMismatch
            );
            assert_eq!(stake(&BOB), STAKE);
            assert!(Inference::assignment(0).is_some());
        });
    }

    #[test]
    fn with_an_output_of_the_wrong_length() {
        on_a_serving_chain(|| {
            let assignment = requested();
            let (mut output, proof) = answer(0, &assignment);
            output.push(0);
            assert_err_ignore_postinfo!(
                submit(&BOB, 0, assignment.context, output.clone(), proof),
                Error::<Test>::WrongOutputLength
            );
            output.truncate(1);
            assert_err_ignore_postinfo!(
                submit(&BOB, 0, assignment.context, output, proof),
                Error::<Test>::WrongOutputLength
            );
        });
    }

    /// Each a proof of a length that some proofs have, and not those of the request's key.
    #[test]
    fn without_a_slash_when_the_proof_is_of_the_other_version() {
        on_a_serving_chain(|| {
            let assignment = requested();
            let (output, proof) = answer(0, &assignment);
            let bytes = proof.as_slice();
            let other: ProofBytes = match proof {
                ProofBytes::Groth16(_) => {
                    let longer = [bytes, &bytes[..32]].concat();
                    ProofBytes::try_from(&longer[..]).unwrap()
                }
                ProofBytes::Committed(_) => ProofBytes::try_from(&bytes[..128]).unwrap(),
            };
            assert_err_ignore_postinfo!(
                submit(&BOB, 0, assignment.context, output.clone(), other),
                Error::<Test>::MalformedProof
            );
            assert_eq!(stake(&BOB), STAKE);
            assert_ok!(submit(&BOB, 0, assignment.context, output, proof));
        });
    }

    #[test]
    fn without_a_slash_when_the_proof_is_no_curve_points() {
        on_a_serving_chain(|| {
            let assignment = requested();
            let (output, proof) = answer(0, &assignment);
            // A, B and C, each overwritten by a value that is no canonical coordinate.
            for part in [0..32, 32..96, 96..128] {
                let mut malformed = proof;
                malformed.as_mut_slice()[part].fill(0xff);
                assert_err_ignore_postinfo!(
                    submit(&BOB, 0, assignment.context, output.clone(), malformed),
                    Error::<Test>::MalformedProof
                );
            }
            assert_eq!(stake(&BOB), STAKE);
            assert_ok!(submit(&BOB, 0, assignment.context, output, proof));
        });
    }

    #[test]
    fn without_a_slash_when_the_chain_gives_too_little_gas() {
        on_a_serving_chain(|| {
            let assignment = requested();
            let (output, proof) = answer(0, &assignment);
            SettlementGas::set(1);
            assert_err_ignore_postinfo!(
                submit(&BOB, 0, assignment.context, output.clone(), proof),
                Error::<Test>::SettlementOutOfGas
            );
            SettlementGas::set(GAS_LIMIT);
            assert_eq!(stake(&BOB), STAKE);
            assert_ok!(submit(&BOB, 0, assignment.context, output, proof));
        });
    }
}
