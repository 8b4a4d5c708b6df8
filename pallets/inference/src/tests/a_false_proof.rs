//! Each is well formed, and true of something else.

use super::fixture::served;
use crate::mock::*;
use crate::*;
use frame::testing_prelude::*;
use lattice_primitives::*;

/// Submit for request `id`; it must end rejected: call accepted, whole collateral
/// slashed to the treasury, requester refunded, evidence on record.
fn is_rejected(
    who: AccountId,
    assignment: &Assignment<AccountId, Balance, u64>,
    output: Vec<i32>,
    proof: ProofBytes,
) {
    let id = assignment.request;
    let collateral = Requests::<Test>::get(id).unwrap().collateral;
    let before = (stake(&who), free(&who), free(&TREASURY), escrowed(&ALICE));
    let earned = free(&CAROL);

    assert_ok!(submit(&who, id, assignment.context, output.clone(), proof));

    assert_eq!(stake(&who), before.0 - collateral);
    assert_eq!(free(&who), before.1);
    assert_eq!(free(&TREASURY), before.2 + collateral);
    let total = assignment.price.compute + assignment.price.royalty + assignment.price.fee;
    assert_eq!(escrowed(&ALICE), before.3 - total);
    assert_eq!(free(&CAROL), earned);
    let record = Inference::execution_record(id).unwrap();
    assert_eq!(record.ending, Ending::ProofRejected);
    assert_eq!(record.ending.fault(), Some(Fault::Provider));
    assert_eq!((record.output, record.proof), (output, Some(proof)));
    System::assert_has_event(
        Event::Rejected {
            request: id,
            requester: ALICE,
            provider: who.clone(),
            slashed: collateral,
        }
        .into(),
    );
    System::assert_has_event(
        pallet_compute_providers::Event::Slashed {
            provider: who.clone(),
            amount: collateral,
            cause: Failure::FalseProof,
        }
        .into(),
    );
    let info = ComputeProviders::provider_info(&who).unwrap();
    assert_eq!((info.settled, info.rejected), (0, 1));
}

#[test]
fn of_another_request_is_rejected() {
    on_a_serving_chain(|| {
        let (first, second) = (requested(), requested());
        assert_eq!(first.input, second.input);
        let (output, proof) = answer(0, &first);
        is_rejected(BOB, &second, output, proof);
        assert!(Inference::assignment(first.request).is_some());
    });
}

#[test]
fn of_another_provider_is_rejected() {
    on_a_serving_chain(|| {
        let bobs = requested();
        assert_ok!(ComputeProviders::remove_offer(origin(&BOB), 0));
        serve(DAVE, 0, PRICE);
        let daves = requested();
        assert_eq!(daves.provider, DAVE);
        let (output, proof) = answer(0, &bobs);
        is_rejected(DAVE, &daves, output, proof);
    });
}

#[test]
fn of_another_model_is_rejected() {
    on_a_serving_chain(|| {
        let assignment = requested();
        let (output, proof) = answer(1, &assignment);
        is_rejected(BOB, &assignment, output, proof);
    });
}

#[test]
fn of_another_input_is_rejected() {
    on_a_serving_chain(|| {
        let assignment = requested();
        let (output, proof) = served(0).prove(&served(0).input(12), &assignment.context);
        is_rejected(BOB, &assignment, output, proof);
    });
}

#[test]
fn with_one_output_changed_is_rejected() {
    on_a_serving_chain(|| {
        for element in 0..3 {
            for change in [-1, 1] {
                let assignment = requested();
                let (mut output, proof) = answer(0, &assignment);
                output[element] += change;
                let collateral = Requests::<Test>::get(assignment.request)
                    .unwrap()
                    .collateral;
                let before = stake(&BOB);
                assert_ok!(submit(
                    &BOB,
                    assignment.request,
                    assignment.context,
                    output,
                    proof
                ));
                assert_eq!(stake(&BOB), before - collateral);
                let record = Inference::execution_record(assignment.request).unwrap();
                assert_eq!(record.ending, Ending::ProofRejected);
            }
        }
        assert_eq!(free(&ALICE), ENDOWMENT);
    });
}

#[test]
fn ends_the_request_for_good() {
    on_a_serving_chain(|| {
        let assignment = requested();
        let (output, proof) = answer(0, &assignment);
        let mut wrong = output.clone();
        wrong[0] += 1;
        is_rejected(BOB, &assignment, wrong, proof);
        assert_err_ignore_postinfo!(
            submit(&BOB, 0, assignment.context, output, proof),
            Error::<Test>::RequestNotOpen
        );
    });
}

#[test]
fn cannot_be_hidden_from_by_unbonding() {
    on_a_serving_chain(|| {
        let assignment = requested();
        assert_noop!(
            ComputeProviders::unbond(origin(&BOB), STAKE - COLLATERAL + 1),
            pallet_compute_providers::Error::<Test>::StakeLocked
        );
        assert_ok!(ComputeProviders::unbond(origin(&BOB), STAKE - COLLATERAL));
        assert_err_ignore_postinfo!(
            ComputeProviders::deregister(origin(&BOB)),
            pallet_compute_providers::Error::<Test>::AssignmentsRunning
        );
        let (output, proof) = answer(1, &assignment);
        is_rejected(BOB, &assignment, output, proof);
        assert_eq!(stake(&BOB), 0);
    });
}
