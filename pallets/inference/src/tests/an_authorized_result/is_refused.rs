//! Before anything is judged, and whoever hands it in.

use super::*;

/// What becomes of ERIN's honest result of one request, with this change to the call.
fn changed(change: impl FnOnce(&mut AccountId, &mut Results, &mut MultiSignature)) {
    on_erins_chain(|| {
        let open = requests(1);
        let mut call = honest_call(&open);
        let Call::submit_authorized {
            provider,
            results,
            signature,
        } = &mut call
        else {
            panic!("it is this call");
        };
        change(provider, results, signature);
        assert_eq!(authorize(&call), Err(InvalidTransaction::BadProof));
    });
}

/// Results that ERIN has signed are not taken, for this reason.
fn for_reason(results: Vec<ResultSubmission<Test>>, reason: NotAuthorized) {
    let refused = InvalidTransaction::from(reason);
    assert_eq!(authorize(&call_of(ERIN, results)), Err(refused));
}

#[test]
fn with_the_signature_of_another() {
    changed(|_, results, signature| *signature = signed(FRED, results));
    changed(|_, results, signature| {
        // Of the very same bytes.
        let message = results_message(&Inference::genesis(), &erin(), results);
        *signature = sign(FRED, &message);
    });
}

#[test]
fn with_a_broken_signature() {
    changed(|_, _, signature| *signature = MultiSignature::Sr25519(Default::default()));
    changed(|_, _, signature| *signature = MultiSignature::Ed25519(Default::default()));
    changed(|_, _, signature| *signature = MultiSignature::Ecdsa(Default::default()));
}

#[test]
fn in_the_name_of_another() {
    changed(|provider, _, _| *provider = fred());
}

#[test]
fn of_another_chain() {
    changed(|_, results, signature| {
        let message = results_message(&[0xfe; 32], &erin(), results);
        *signature = sign(ERIN, &message);
    });
}

#[test]
fn when_anything_in_it_was_tampered_with() {
    changed(|_, results, _| results[0].request += 1);
    changed(|_, results, _| results[0].context = H256::zero());
    changed(|_, results, _| results[0].output[2] += 1);
    changed(|_, results, _| results[0].proof.as_mut_slice()[0] ^= 1);
    changed(|_, results, _| {
        let again = results[0].clone();
        results.try_push(again).expect("there is room");
    });
    changed(|_, results, signature| {
        let more = results.clone();
        *signature = signed(ERIN, &bounded([&more[..], &more[..]].concat()));
    });
}

#[test]
fn without_results() {
    on_erins_chain(|| for_reason(vec![], NotAuthorized::EmptyBatch));
}

#[test]
fn of_a_request_that_nobody_has_made() {
    on_erins_chain(|| {
        let mut results = honest(0, &requests(1));
        results[0].request = 99;
        for_reason(results, NotAuthorized::UnknownRequest);
    });
}

#[test]
fn of_another_providers_request() {
    on_erins_chain(|| {
        let open = requests(1);
        serve(fred(), 0, PRICE);
        let call = call_of(FRED, honest(0, &open));
        let reason = NotAuthorized::NotAssignedProvider.into();
        assert_eq!(authorize(&call), Err(reason));
    });
}

#[test]
fn of_a_request_that_waits() {
    on_erins_chain(|| {
        let open = requests(1);
        Requests::<Test>::mutate(0, |request| {
            request.as_mut().unwrap().status = RequestStatus::Waiting { since: 1 };
        });
        for_reason(honest(0, &open), NotAuthorized::NotAssignedProvider);
        Requests::<Test>::mutate(0, |request| {
            request.as_mut().unwrap().status = RequestStatus::Assigned;
        });
    });
}

#[test]
fn when_it_is_late() {
    on_erins_chain(|| {
        let open = requests(1);
        let call = honest_call(&open);
        System::set_block_number(open[0].deadline);
        assert!(authorize(&call).is_ok());
        // Without the deadline work, as in a block that had no weight left for it.
        System::set_block_number(open[0].deadline + 1);
        let reason = NotAuthorized::DeadlinePassed.into();
        assert_eq!(authorize(&call), Err(reason));
        run_to(open[0].deadline + 2);
        assert_eq!(authorize(&call), Err(InvalidTransaction::Stale));
    });
}

#[test]
fn when_it_was_made_for_another_fork() {
    on_erins_chain(|| {
        let mut results = honest(0, &requests(1));
        results[0].context = H256::repeat_byte(5);
        for_reason(results, NotAuthorized::ContextMismatch);
    });
}

#[test]
fn with_an_output_of_the_wrong_length() {
    on_erins_chain(|| {
        let results = honest(0, &requests(1));
        let mut long = results.clone();
        long[0].output.try_push(0).unwrap();
        for_reason(long, NotAuthorized::WrongOutputLength);
        let mut short = results;
        short[0].output.pop();
        for_reason(short, NotAuthorized::WrongOutputLength);
    });
}

#[test]
fn with_a_proof_that_is_no_coordinates() {
    on_erins_chain(|| {
        let results = honest(0, &requests(1));
        // A, B and C, each overwritten by a value that is no canonical coordinate.
        for part in [0..32, 32..64, 64..96, 96..128] {
            let mut malformed = results.clone();
            malformed[0].proof.as_mut_slice()[part].fill(0xff);
            for_reason(malformed, NotAuthorized::MalformedProof);
        }
        assert!(!free_try_used(0));
    });
}

#[test]
fn with_two_results_of_one_request() {
    on_erins_chain(|| {
        let mut results = honest(0, &requests(2));
        results.push(results[0].clone());
        for_reason(results, NotAuthorized::DuplicateResult);
    });
}

#[test]
fn under_more_keys_than_a_batch_may_have() {
    on_erins_chain(|| {
        let most = lattice_host::MAX_BATCH_KEYS as usize;
        let open = requests(most + 1);
        // As if each were under a key of its own.
        for (index, assignment) in open.iter().enumerate() {
            Requests::<Test>::mutate(assignment.request, |request| {
                request.as_mut().unwrap().vk_id = H256::from_low_u64_be(index as u64 + 1);
            });
        }
        for_reason(honest(0, &open), NotAuthorized::TooManyKeys);
        assert!(authorize(&honest_call(&open[..most])).is_ok());
    });
}

#[test]
fn for_one_bad_entry_among_good_ones() {
    on_erins_chain(|| {
        let mut results = honest(0, &requests(3));
        results[2].context = H256::repeat_byte(5);
        for_reason(results, NotAuthorized::ContextMismatch);
    });
}

#[test]
fn as_a_call_that_nobody_has_authorized() {
    on_erins_chain(|| {
        let call = honest_call(&requests(1));
        for origin in [
            origin(&erin()),
            RuntimeOrigin::none(),
            RuntimeOrigin::root(),
        ] {
            assert_err_ignore_postinfo!(
                RuntimeCall::from(call.clone()).dispatch(origin),
                DispatchError::BadOrigin
            );
        }
    });
}

#[test]
fn in_place_of_the_signed_calls() {
    on_erins_chain(|| {
        let results = bounded(honest(0, &requests(1)));
        let origin: RuntimeOrigin = frame_system::RawOrigin::Authorized.into();
        assert_err_ignore_postinfo!(
            Inference::submit_results(origin, results.clone()),
            DispatchError::BadOrigin
        );
        let call = Call::<Test>::submit_results { results };
        assert!(call.authorize(TransactionSource::External).is_none());
    });
}
