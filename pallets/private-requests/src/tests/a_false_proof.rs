//! Each is well formed, and true of something else.

use super::fixture::served;
use crate::mock::*;
use crate::*;
use frame::testing_prelude::*;
use lattice_primitives::*;

/// BOB submits; the request must end rejected: call accepted, whole collateral slashed to the treasury,
/// requester refunded, evidence on record.
fn is_rejected(request: RequestId, output: PrivateOutput<Test>, proof: ProofBytes) {
    let [alice, bobs, stake, treasury, carol] = purses();
    let held = escrowed(&ALICE);
    let rejected = ComputeProviders::provider_info(&bob()).map_or(0, |info| info.rejected);
    assert_ok!(submit(&bob(), request, output.clone(), proof));
    assert!(!is_open(request));
    assert_eq!(escrowed(&ALICE), held - TOTAL);
    assert_eq!(
        purses(),
        [
            alice + TOTAL,
            bobs,
            stake - COLLATERAL,
            treasury + COLLATERAL,
            carol
        ]
    );
    let record = record(request);
    assert_eq!(record.ending, Ending::ProofRejected);
    assert_eq!(record.ending.fault(), Some(Fault::Provider));
    assert_eq!(record.failed, [(bob(), Failure::FalseProof)]);
    assert_eq!(record.proof, Some(proof));
    match output {
        PrivateOutput::Posted(output) => assert_eq!(record.output, output.into_inner()),
        PrivateOutput::Committed(commitment) => {
            assert!(record.output.is_empty());
            assert_eq!(record.output_commitment, Some(commitment));
        }
    }
    System::assert_has_event(
        Event::Rejected {
            request,
            requester: ALICE,
            provider: bob(),
            slashed: COLLATERAL,
        }
        .into(),
    );
    let info = ComputeProviders::provider_info(&bob()).expect("he is registered");
    assert_eq!(info.rejected, rejected + 1);
}

#[test]
fn of_another_request_is_rejected() {
    on_a_serving_chain(|| {
        for private in [false, true] {
            let (first, second) = (asked(private), asked(private));
            let (output, proof) = answer(first);
            is_rejected(second, form(second, &output), proof);
            assert!(is_open(first));
        }
    });
}

#[test]
fn of_another_input_is_rejected() {
    on_a_serving_chain(|| {
        for private in [false, true] {
            let request = asked(private);
            let (context, blinding) = (info(request).context, blinding_of(request));
            let other = served().input(12);
            let (output, proof) =
                served().prove_blinded(&other, &context, &INPUT_BLINDING, &blinding);
            is_rejected(request, form(request, &output), proof);
        }
    });
}

#[test]
fn with_another_blinding_of_the_input_is_rejected() {
    on_a_serving_chain(|| {
        let request = asked(false);
        let context = info(request).context;
        let (output, proof) =
            served().prove_blinded(&input(), &context, &H256::zero(), &H256::zero());
        is_rejected(request, posted(&output), proof);
    });
}

#[test]
fn of_another_output_is_rejected() {
    on_a_serving_chain(|| {
        for private in [false, true] {
            let request = asked(private);
            let (mut output, proof) = answer(request);
            output[1] += 1;
            is_rejected(request, form(request, &output), proof);
        }
    });
}

#[test]
fn with_another_blinding_of_the_output_is_rejected() {
    on_a_serving_chain(|| {
        let request = asked(true);
        let context = info(request).context;
        let (output, proof) =
            served().prove_blinded(&input(), &context, &INPUT_BLINDING, &H256::zero());
        is_rejected(request, form(request, &output), proof);
    });
}

/// Else whoever sees a posted proof could be paid for it.
#[test]
fn of_another_provider_is_rejected() {
    on_a_serving_chain(|| {
        let bobs = asked(false);
        assert_ok!(ComputeProviders::remove_offer(origin(&bob()), 0));
        serve(dave(), 0, PRICE);
        let daves = asked(false);
        assert_eq!(info(daves).provider, dave());
        let (output, proof) = answer(bobs);
        let stake_before = stake(&dave());
        assert_ok!(submit(&dave(), daves, posted(&output), proof));
        assert_eq!(record(daves).ending, Ending::ProofRejected);
        assert_eq!(stake(&dave()), stake_before - COLLATERAL);
        // BOB's own is as good as before.
        answered(bobs);
        assert_eq!(record(bobs).ending, Ending::Settled);
    });
}

#[test]
fn leaves_nothing_of_an_input_that_was_opened() {
    on_a_serving_chain(|| {
        let request = claimed(InputClaim::NotReceived);
        assert_ok!(open(&ALICE, request, &input(), INPUT_BLINDING));
        let (mut output, proof) = answer(request);
        output[0] += 1;
        is_rejected(request, posted(&output), proof);
        assert!(!Inputs::<Test>::contains_key(request));
    });
}
