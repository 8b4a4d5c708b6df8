//! Several results at once: each ends as it would alone.

mod is_refused;
mod pays;
mod weighs;

use super::fixture::served;
use crate::mock::*;
use crate::*;
use frame::testing_prelude::*;
use lattice_host::{BatchSchedule, GasSchedule};
use lattice_primitives::*;

type Open = Assignment<AccountId, Balance, u64>;

/// So many requests of model 0.
fn requests(count: usize) -> Vec<Open> {
    (0..count).map(|_| requested()).collect()
}

fn ending(assignment: &Open) -> Option<Ending> {
    Inference::execution_record(assignment.request).map(|record| record.ending)
}

/// The requests that were refused, with the reasons, in order.
fn refusals() -> Vec<(RequestId, Refusal)> {
    System::events()
        .into_iter()
        .filter_map(|record| match record.event {
            RuntimeEvent::Inference(Event::ResultRefused {
                request,
                provider,
                reason,
            }) => {
                assert_eq!(provider, BOB);
                Some((request, reason))
            }
            _ => None,
        })
        .collect()
}

/// One output changed by one.
fn falsify(result: &mut ResultSubmission<Test>) {
    result.output[0] += 1;
}

#[test]
fn of_true_proofs_settles_them_all() {
    on_a_serving_chain(|| {
        let open = requests(5);
        assert_ok!(submit_batch(&BOB, honest(0, &open)));
        for assignment in &open {
            assert_eq!(ending(assignment), Some(Ending::Settled));
        }
        assert_eq!(free(&ALICE), ENDOWMENT - 5 * TOTAL);
        assert_eq!(free(&BOB), ENDOWMENT - STAKE + 5 * PRICE);
        assert_eq!(escrowed(&ALICE), 0);
        let bob = ComputeProviders::provider_info(&BOB).unwrap();
        assert_eq!((bob.settled, bob.rejected, bob.running), (5, 0, 0));
        assert_eq!(refusals(), []);
    });
}

#[test]
fn may_be_of_several_models_and_keys() {
    on_a_serving_chain(|| {
        register_model(1, ROYALTY);
        serve(BOB, 1, PRICE);
        let open: Vec<Open> = (0..4)
            .map(|i| {
                assert_ok!(request_of(i % 2, served(0).input(u64::from(i))));
                Inference::assignment(u64::from(i)).unwrap()
            })
            .collect();
        assert_ne!(open[0].vk_id, open[1].vk_id);
        let results: Vec<_> = open
            .iter()
            .flat_map(|assignment| {
                honest(assignment.model as usize, std::slice::from_ref(assignment))
            })
            .collect();
        assert_ok!(submit_batch(&BOB, results));
        for assignment in &open {
            assert_eq!(ending(assignment), Some(Ending::Settled));
        }
    });
}

#[test]
fn leaves_the_records_that_single_results_leave() {
    on_a_serving_chain(|| {
        let open = requests(3);
        let results = honest(0, &open);
        assert_ok!(submit_batch(&BOB, results.clone()));
        let gas = GasSchedule::V1
            .batched(&BatchSchedule::V1, 3, 1)
            .settlement(results[0].proof.is_committed());
        for (assignment, result) in open.iter().zip(results) {
            let record = Inference::execution_record(assignment.request).unwrap();
            assert_eq!(record.context, assignment.context);
            assert_eq!(record.output, result.output.into_inner());
            assert_eq!(record.proof, Some(result.proof));
            let commitment = lattice_host::commit_output(&record.output).unwrap();
            assert_eq!(record.output_commitment, Some(H256(commitment)));
            assert_eq!(record.gas_used, gas);
            assert!(gas < GasSchedule::V1.settlement(false));
            System::assert_has_event(
                Event::Settled {
                    request: assignment.request,
                    requester: ALICE,
                    provider: BOB,
                    gas_used: gas,
                    price: assignment.price,
                }
                .into(),
            );
        }
    });
}

#[test]
fn with_one_false_proof_slashes_for_that_one_and_settles_the_others() {
    on_a_serving_chain(|| {
        let open = requests(4);
        let mut results = honest(0, &open);
        falsify(&mut results[2]);
        let before = free(&TREASURY);
        assert_ok!(submit_batch(&BOB, results));
        assert_eq!(ending(&open[2]), Some(Ending::ProofRejected));
        for settled in [0, 1, 3] {
            assert_eq!(ending(&open[settled]), Some(Ending::Settled));
        }
        assert_eq!(stake(&BOB), STAKE - COLLATERAL);
        assert_eq!(free(&ALICE), ENDOWMENT - 3 * TOTAL);
        assert_eq!(free(&TREASURY), before + COLLATERAL + 3 * FEE);
        System::assert_has_event(
            pallet_compute_providers::Event::Slashed {
                provider: BOB,
                amount: COLLATERAL,
                cause: Failure::FalseProof,
            }
            .into(),
        );
        assert_eq!(refusals(), []);
    });
}

#[test]
fn with_half_or_all_proofs_false_judges_each_by_itself() {
    for every in [1, 2] {
        on_a_serving_chain(|| {
            let open = requests(6);
            let mut results = honest(0, &open);
            results.iter_mut().step_by(every).for_each(falsify);
            assert_ok!(submit_batch(&BOB, results));
            let bad = 6usize.div_ceil(every);
            for (index, assignment) in open.iter().enumerate() {
                let expected = if index % every == 0 {
                    Ending::ProofRejected
                } else {
                    Ending::Settled
                };
                assert_eq!(ending(assignment), Some(expected));
            }
            assert_eq!(stake(&BOB), STAKE - COLLATERAL * bad as Balance);
        });
    }
}

/// The proof of one is put to the other's statement, and the other way round.
#[test]
fn with_two_proofs_exchanged_rejects_both() {
    on_a_serving_chain(|| {
        let open = requests(2);
        let mut results = honest(0, &open);
        let proof = results[0].proof;
        results[0].proof = results[1].proof;
        results[1].proof = proof;
        assert_ok!(submit_batch(&BOB, results));
        for assignment in &open {
            assert_eq!(ending(assignment), Some(Ending::ProofRejected));
        }
    });
}

#[test]
fn counts_the_first_result_of_a_request_and_refuses_the_others() {
    on_a_serving_chain(|| {
        let open = requests(2);
        let mut results = honest(0, &open);
        // Another proof of the same statement, as re-randomising makes it; and a false one.
        let mut other = results[0].clone();
        falsify(&mut other);
        results.extend([results[0].clone(), other]);
        assert_ok!(submit_batch(&BOB, results));
        assert_eq!(refusals(), [(0, Refusal::DuplicateResult); 2]);
        for assignment in &open {
            assert_eq!(ending(assignment), Some(Ending::Settled));
        }
        assert_eq!(free(&BOB), ENDOWMENT - STAKE + 2 * PRICE);
        assert_eq!(stake(&BOB), STAKE);
    });
}

#[test]
fn refuses_each_entry_for_its_own_reason_and_settles_the_rest() {
    on_a_serving_chain(|| {
        let mut open = requests(8);
        // One of another provider, one that has ended, one that nobody made.
        assert_ok!(ComputeProviders::remove_offer(origin(&BOB), 0));
        serve(DAVE, 0, PRICE);
        open.push(requested());
        let mut results = honest(0, &open);
        let ended = results[7].clone();
        assert_ok!(submit_batch(&BOB, vec![ended]));
        results[1].request = 99;
        results[2].context = H256([5; 32]);
        results[3].output.try_push(0).unwrap();
        results[4].proof = [0xff; 128].into();
        System::reset_events();

        assert_ok!(submit_batch(&BOB, results));
        assert_eq!(
            refusals(),
            [
                (99, Refusal::UnknownRequest),
                (2, Refusal::ContextMismatch),
                (3, Refusal::WrongOutputLength),
                (7, Refusal::RequestNotOpen),
                (8, Refusal::NotAssignedProvider),
                (4, Refusal::MalformedProof),
            ]
        );
        for settled in [0, 5, 6] {
            assert_eq!(ending(&open[settled]), Some(Ending::Settled));
        }
        for left in [1, 2, 3, 4, 8] {
            assert_eq!(ending(&open[left]), None, "{left}");
        }
        assert_eq!((stake(&BOB), stake(&DAVE)), (STAKE, STAKE));
    });
}

#[test]
fn refuses_what_is_late_and_settles_what_is_not() {
    on_a_serving_chain(|| {
        let late = requested();
        System::set_block_number(3);
        let in_time = requested();
        let results = honest(0, &[late.clone(), in_time.clone()]);
        // Without the deadline work, as in a block that had no weight left for it.
        System::set_block_number(late.deadline + 1);
        assert_ok!(submit_batch(&BOB, results));
        assert_eq!(refusals(), [(0, Refusal::DeadlinePassed)]);
        assert_eq!(ending(&in_time), Some(Ending::Settled));
        run_to(late.deadline + 2);
    });
}

#[test]
fn of_which_nothing_can_be_judged_changes_nothing() {
    on_a_serving_chain(|| {
        let open = requests(2);
        let mut results = honest(0, &open);
        for result in &mut results {
            result.proof = [0; 128].into();
        }
        assert_ok!(submit_batch(&BOB, results));
        let malformed = |id| (id, Refusal::MalformedProof);
        assert_eq!(refusals(), [malformed(0), malformed(1)]);
        assert_eq!(stake(&BOB), STAKE);
        for assignment in &open {
            assert!(Inference::assignment(assignment.request).is_some());
        }
    });
}

#[test]
fn of_one_is_as_one_alone() {
    on_a_serving_chain(|| {
        let (first, second) = (requested(), requested());
        let (output, proof) = answer(0, &first);
        assert_ok!(submit(&BOB, 0, first.context, output, proof));
        assert_ok!(submit_batch(&BOB, honest(0, std::slice::from_ref(&second))));
        let gas = |id| Inference::execution_record(id).unwrap().gas_used;
        assert_eq!(gas(0), gas(1));
        assert_eq!(ending(&second), Some(Ending::Settled));
    });
}

#[test]
fn refuses_everything_when_the_chain_gives_too_little_gas() {
    on_a_serving_chain(|| {
        let open = requests(2);
        SettlementGas::set(1);
        assert_ok!(submit_batch(&BOB, honest(0, &open)));
        SettlementGas::set(GAS_LIMIT);
        let short = |id| (id, Refusal::SettlementOutOfGas);
        assert_eq!(refusals(), [short(0), short(1)]);
        assert_eq!(stake(&BOB), STAKE);
    });
}

#[test]
fn takes_as_many_keys_as_the_host_verifies_together() {
    on_a_serving_chain(|| {
        let most = lattice_host::MAX_BATCH_KEYS as usize;
        let open = requests(most + 2);
        // As if each but the last were under a key of its own.
        for (index, assignment) in open.iter().take(most + 1).enumerate() {
            Requests::<Test>::mutate(assignment.request, |request| {
                request.as_mut().unwrap().vk_id = H256::from_low_u64_be(index as u64 + 1);
            });
        }
        let vk_id = open[0].vk_id;
        Requests::<Test>::mutate(0, |request| request.as_mut().unwrap().vk_id = vk_id);
        assert_ok!(submit_batch(&BOB, honest(0, &open)));
        let refused = refusals();
        assert_eq!(refused[0], (most as u64, Refusal::TooManyKeys));
        // Nobody has registered the others.
        for (request, reason) in &refused[1..] {
            assert_eq!(*reason, Refusal::SettlementFailed, "{request}");
        }
        assert_eq!(refused.len(), most);
        for settled in [0, most + 1] {
            assert_eq!(ending(&open[settled]), Some(Ending::Settled));
        }
    });
}

#[test]
fn leaves_the_gas_on_other_records_alone_when_a_proof_is_false() {
    on_a_serving_chain(|| {
        let (clean, spoilt) = (requests(3), requests(3));
        assert_ok!(submit_batch(&BOB, honest(0, &clean)));
        let mut results = honest(0, &spoilt);
        falsify(&mut results[0]);
        assert_ok!(submit_batch(&BOB, results));
        let gas = |assignment: &Open| {
            Inference::execution_record(assignment.request)
                .unwrap()
                .gas_used
        };
        assert_eq!(gas(&spoilt[1]), gas(&clean[1]));
        assert_eq!(gas(&spoilt[2]), gas(&clean[2]));
    });
}

/// What `submit_results` is benchmarked with: requests that are given the one context
/// under which the proofs on file are true.
#[test]
fn of_the_benchmarks_data_settles() {
    type Keys = Vec<(Vec<u8>, ProofBytes)>;
    let keys = Keys::decode(&mut &include_bytes!("../benchmarking/batch.scale")[..]).unwrap();
    let settlement = &include_bytes!("../benchmarking/settlement.scale")[..];
    let (input, output, _) = <(Vec<i8>, Vec<i32>, ProofBytes)>::decode(&mut &*settlement).unwrap();
    let context = H256::repeat_byte(1);
    on_a_serving_chain(|| {
        assert_eq!(keys.len(), lattice_host::MAX_BATCH_KEYS as usize);
        assert_ok!(ComputeProviders::remove_offer(origin(&BOB), 0));
        let mut results = Vec::new();
        for (verifying_key, proof) in keys {
            let model = register_without_key(0, ROYALTY);
            assert_ok!(ModelRegistry::register_key(
                origin(&CAROL),
                model,
                BoundedVec::truncate_from(verifying_key),
                Setup::Dev,
                lattice_host::CIRCUIT_VERSION,
                H256::zero(),
                H256::zero(),
            ));
            serve(BOB, model, PRICE);
            let request = NextRequest::<Test>::get();
            assert_ok!(request_of(model, input.clone()));
            Requests::<Test>::mutate(request, |open| open.as_mut().unwrap().context = context);
            results.push(ResultSubmission {
                request,
                context,
                output: BoundedVec::truncate_from(output.clone()),
                proof,
            });
        }
        assert_ok!(submit_batch(&BOB, results));
        let settled = Records::<Test>::iter_values()
            .filter(|record| record.ending == Ending::Settled)
            .count();
        assert_eq!(settled, lattice_host::MAX_BATCH_KEYS as usize);
    });
}
