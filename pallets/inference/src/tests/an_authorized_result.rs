//! Signed by its provider and by nobody else, free, and good once.

mod is_refused;
mod weighs;

use crate::mock::*;
use crate::*;
use frame::deps::sp_runtime::MultiSignature;
use frame::testing_prelude::*;
use lattice_primitives::*;

type Open = Assignment<AccountId, Balance, u64>;
type Results = BoundedVec<ResultSubmission<Test>, <Test as Config>::MaxBatch>;

/// Run a test where ERIN, who has a key, serves model 0 alone.
fn on_erins_chain(test: impl FnOnce()) {
    on_a_serving_chain(|| {
        assert_ok!(ComputeProviders::remove_offer(origin(&BOB), 0));
        serve(erin(), 0, PRICE);
        System::reset_events();
        test();
    });
}

/// So many requests, which ERIN has.
fn requests(count: usize) -> Vec<Open> {
    let open: Vec<Open> = (0..count).map(|_| requested()).collect();
    assert!(open.iter().all(|assignment| assignment.provider == erin()));
    open
}

fn bounded(results: Vec<ResultSubmission<Test>>) -> Results {
    results.try_into().expect("no more than a batch has")
}

/// A provider's signature of results.
fn signed(seed: [u8; 32], results: &Results) -> MultiSignature {
    let message = results_message(&Inference::genesis(), &account_of(seed), results);
    sign(seed, &message)
}

/// The call of the provider with this key.
fn call_of(seed: [u8; 32], results: Vec<ResultSubmission<Test>>) -> Call<Test> {
    let results = bounded(results);
    Call::submit_authorized {
        provider: account_of(seed),
        signature: signed(seed, &results),
        results,
    }
}

/// ERIN's call with what ERIN should have answered.
fn honest_call(open: &[Open]) -> Call<Test> {
    call_of(ERIN, honest(0, open))
}

/// What the pool, the author of a block and whoever imports it are told.
fn authorize(call: &Call<Test>) -> Result<ValidTransaction, InvalidTransaction> {
    let answers = [
        TransactionSource::External,
        TransactionSource::Local,
        TransactionSource::InBlock,
    ]
    .map(|source| {
        call.authorize(source)
            .expect("it is one that is authorized")
    });
    assert_eq!(answers[0], answers[1]);
    assert_eq!(answers[0], answers[2]);
    match answers[0].clone() {
        Ok((validity, unspent)) => {
            assert_eq!(unspent, Weight::zero());
            Ok(validity)
        }
        Err(TransactionValidityError::Invalid(reason)) => Err(reason),
        Err(other) => panic!("{other:?}"),
    }
}

/// Validated and dispatched, as a block does it; the weight that it took.
fn apply(call: &Call<Test>) -> Result<Option<Weight>, InvalidTransaction> {
    authorize(call)?;
    let origin = frame_system::RawOrigin::Authorized.into();
    let done = RuntimeCall::from(call.clone()).dispatch(origin);
    Ok(done.expect("nothing of it is an error").actual_weight)
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
                assert_eq!(provider, erin());
                Some((request, reason))
            }
            _ => None,
        })
        .collect()
}

/// A proof whose B is off the curve, or on it and in no group: which takes arithmetic to see.
fn off_the_curve(proof: &mut ProofBytes) {
    let b = &mut proof.as_mut_slice()[32..96];
    b.fill(0);
    b[0] = 5;
}

fn free_try_used(request: RequestId) -> bool {
    Requests::<Test>::get(request).unwrap().free_try_used
}

#[test]
fn settles_and_pays_everyone() {
    on_erins_chain(|| {
        let open = requests(1);
        let before = [free(&erin()), free(&CAROL), free(&TREASURY)];
        assert!(apply(&honest_call(&open)).is_ok());
        assert_eq!(ending(&open[0]), Some(Ending::Settled));
        assert_eq!(free(&ALICE), ENDOWMENT - TOTAL);
        // Nothing was taken of what it earned.
        assert_eq!(
            [free(&erin()), free(&CAROL), free(&TREASURY)],
            [before[0] + PRICE, before[1] + ROYALTY, before[2] + FEE]
        );
        assert_eq!(refusals(), []);
    });
}

#[test]
fn may_be_of_a_provider_without_a_coin_to_pay_fees_with() {
    on_erins_chain(|| {
        let open = requests(1);
        // All that is not on hold goes away.
        let all = free(&erin()) - EXISTENTIAL_DEPOSIT;
        assert_ok!(Balances::transfer_allow_death(origin(&erin()), BOB, all));
        assert!(apply(&honest_call(&open)).is_ok());
        assert_eq!(free(&erin()), EXISTENTIAL_DEPOSIT + PRICE);
    });
}

#[test]
fn comes_with_others_which_are_settled_together() {
    on_erins_chain(|| {
        let open = requests(5);
        assert!(apply(&honest_call(&open)).is_ok());
        for assignment in &open {
            assert_eq!(ending(assignment), Some(Ending::Settled));
        }
        let erin = ComputeProviders::provider_info(&erin()).unwrap();
        assert_eq!((erin.settled, erin.rejected, erin.running), (5, 0, 0));
    });
}

#[test]
fn excludes_any_other_of_its_request_and_provider_from_the_pool() {
    on_erins_chain(|| {
        let open = requests(3);
        let tag = |assignment: &Open| Inference::result_tag(assignment.request, &erin());
        let validity = authorize(&honest_call(&open[..2])).unwrap();
        assert_eq!(validity.provides, [tag(&open[0]), tag(&open[1])]);
        assert!(validity.requires.is_empty() && validity.propagate);
        // Whatever the result is: another one of the same request has the same tag.
        let mut other = honest(0, &open[1..]);
        other[0].output[0] += 1;
        let overlapping = authorize(&call_of(ERIN, other)).unwrap();
        assert_eq!(overlapping.provides, [tag(&open[1]), tag(&open[2])]);
        // None of them can push another one out.
        assert_eq!(overlapping.priority, validity.priority);
        assert_ne!(
            tag(&open[0]),
            Inference::result_tag(open[0].request, &fred())
        );
    });
}

#[test]
fn is_valid_until_the_earliest_of_its_deadlines() {
    on_erins_chain(|| {
        let first = requests(1).remove(0);
        run_to(4);
        let second = requests(1).remove(0);
        assert_eq!((first.deadline, second.deadline), (11, 14));
        run_to(5);
        let both = [second, first];
        assert_eq!(authorize(&honest_call(&both)).unwrap().longevity, 6);
        let second = &both[..1];
        assert_eq!(authorize(&honest_call(second)).unwrap().longevity, 9);
        run_to(14);
        assert_eq!(authorize(&honest_call(second)).unwrap().longevity, 1);
    });
}

#[test]
fn is_stale_once_it_has_settled_and_pays_nobody_twice() {
    on_erins_chain(|| {
        let open = requests(2);
        let (both, single) = (honest_call(&open), honest_call(&open[..1]));
        let signed = honest(0, &open[..1]).remove(0);
        assert!(apply(&both).is_ok());
        let after = free(&erin());
        for call in [&both, &single] {
            assert_eq!(apply(call), Err(InvalidTransaction::Stale));
        }
        // By the signed call neither.
        assert_err_ignore_postinfo!(
            submit(
                &erin(),
                0,
                signed.context,
                signed.output.into_inner(),
                signed.proof
            ),
            Error::<Test>::RequestNotOpen
        );
        assert_eq!(free(&erin()), after);
    });
}

#[test]
fn is_stale_after_a_signed_result_as_well() {
    on_erins_chain(|| {
        let open = requests(2);
        let both = honest_call(&open);
        assert_ok!(submit_batch(&erin(), honest(0, &open[..1])));
        assert_eq!(authorize(&both), Err(InvalidTransaction::Stale));
        // The other one settles by itself.
        assert!(apply(&honest_call(&open[1..])).is_ok());
        assert_eq!(ending(&open[1]), Some(Ending::Settled));
    });
}

#[test]
fn with_a_false_proof_costs_the_whole_collateral() {
    on_erins_chain(|| {
        let open = requests(3);
        let mut results = honest(0, &open);
        results[1].output[0] += 1;
        assert!(apply(&call_of(ERIN, results)).is_ok());
        assert_eq!(ending(&open[1]), Some(Ending::ProofRejected));
        for settled in [0, 2] {
            assert_eq!(ending(&open[settled]), Some(Ending::Settled));
        }
        assert_eq!(stake(&erin()), STAKE - COLLATERAL);
        assert_eq!(refusals(), []);
    });
}

#[test]
fn that_is_refused_in_the_end_uses_up_the_free_try() {
    on_erins_chain(|| {
        let open = requests(2);
        let mut results = honest(0, &open);
        off_the_curve(&mut results[0].proof);
        assert!(apply(&call_of(ERIN, results)).is_ok());
        assert_eq!(refusals(), [(0, Refusal::MalformedProof)]);
        assert_eq!(ending(&open[1]), Some(Ending::Settled));
        // Nothing was judged, and the request is still open; but not for free.
        assert!(free_try_used(0));
        assert_eq!((stake(&erin()), ending(&open[0])), (STAKE, None));
        let second = honest_call(&open[..1]);
        let reason = NotAuthorized::FreeTryUsed.into();
        assert_eq!(apply(&second), Err(reason));
        // The signed call settles it.
        assert_ok!(submit_batch(&erin(), honest(0, &open[..1])));
        assert_eq!(ending(&open[0]), Some(Ending::Settled));
    });
}

#[test]
fn that_the_chain_has_no_gas_for_uses_up_the_free_try_of_each() {
    on_erins_chain(|| {
        let open = requests(2);
        SettlementGas::set(1);
        let done = apply(&honest_call(&open));
        SettlementGas::set(GAS_LIMIT);
        assert!(done.is_ok());
        let short = |id| (id, Refusal::SettlementOutOfGas);
        assert_eq!(refusals(), [short(0), short(1)]);
        assert!(free_try_used(0) && free_try_used(1));
    });
}

#[test]
fn of_a_signed_call_that_is_refused_leaves_the_free_try() {
    on_erins_chain(|| {
        let open = requests(1);
        let mut results = honest(0, &open);
        off_the_curve(&mut results[0].proof);
        assert_ok!(submit_batch(&erin(), results));
        assert_eq!(refusals(), [(0, Refusal::MalformedProof)]);
        assert!(!free_try_used(0));
        assert!(apply(&honest_call(&open)).is_ok());
    });
}

#[test]
fn has_a_free_try_again_with_every_provider() {
    on_erins_chain(|| {
        assert_ok!(Inference::request_inference_with(
            origin(&ALICE),
            0,
            BoundedVec::truncate_from(input()),
            TOTAL * 10,
            10,
            Verification::Proven,
            RequestOptions {
                attempts: 2,
                ..Default::default()
            },
        ));
        let erins = Inference::assignment(0).unwrap();
        let mut results = honest(0, std::slice::from_ref(&erins));
        off_the_curve(&mut results[0].proof);
        assert!(apply(&call_of(ERIN, results)).is_ok());
        assert!(free_try_used(0));

        serve(fred(), 0, PRICE);
        run_to(erins.deadline + 2);
        let freds = Inference::assignment(0).unwrap();
        assert_eq!((freds.provider.clone(), free_try_used(0)), (fred(), false));
        // What was ERIN's is nobody's now.
        let reason = NotAuthorized::NotAssignedProvider.into();
        let late = honest_call(std::slice::from_ref(&erins));
        assert_eq!(authorize(&late), Err(reason));
        let results = honest(0, std::slice::from_ref(&freds));
        assert!(apply(&call_of(FRED, results)).is_ok());
        assert_eq!(ending(&freds), Some(Ending::Settled));
    });
}

#[test]
fn is_an_acceptance() {
    on_erins_chain(|| {
        assert_ok!(Inference::request_inference_with(
            origin(&ALICE),
            0,
            BoundedVec::truncate_from(input()),
            TOTAL * 10,
            10,
            Verification::Proven,
            RequestOptions {
                accept_within: Some(2),
                ..Default::default()
            },
        ));
        let offered = Inference::assignment(0).unwrap();
        assert!(apply(&honest_call(std::slice::from_ref(&offered))).is_ok());
        assert_eq!(ending(&offered), Some(Ending::Settled));
    });
}
