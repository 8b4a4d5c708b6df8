use crate::mock::*;
use crate::*;
use frame::testing_prelude::*;
use lattice_primitives::*;

fn quote(
    model: ModelIndex,
    deadline: u64,
    verification: Verification,
) -> Result<Quote<AccountId, Balance>, QuoteError> {
    Inference::quote(model, deadline, verification, &Selection::default())
}

#[test]
fn ranks_the_eligible_and_says_why_of_the_others() {
    on_a_serving_chain(|| {
        serve(DAVE, 0, PRICE + 100);
        serve(CAROL, 0, 1);
        assert_ok!(ComputeProviders::set_paused(origin(&CAROL), true));
        let quote = quote(0, 10, Verification::Proven).unwrap();
        let ranking: Vec<_> = quote.ranking.iter().map(|bid| &bid.provider).collect();
        assert_eq!(ranking, [&BOB, &DAVE]);
        assert_eq!(quote.ineligible, [(CAROL, Ineligible::Paused)]);
        assert_eq!((&quote.provider, quote.total), (&BOB, TOTAL));
        // 5 % of 200, and the royalty.
        assert_eq!(quote.upper_bound, 200 + 10 + ROYALTY);
        assert_eq!(quote.collateral, COLLATERAL);
        assert_eq!(quote.gas, GAS_LIMIT);
        assert!(quote.ranking[0].score.total > quote.ranking[1].score.total);
    });
}

#[test]
fn has_a_smallest_fee() {
    on_a_serving_chain(|| {
        MinFee::set(7);
        serve(BOB, 0, 0);
        assert_eq!(quote(0, 10, Verification::Proven).unwrap().price.fee, 7);
        serve(BOB, 0, 1_000);
        assert_eq!(quote(0, 10, Verification::Proven).unwrap().price.fee, 50);
    });
}

#[test]
fn is_sufficient_even_if_the_ranking_changes() {
    on_a_serving_chain(|| {
        let quote = quote(0, 10, Verification::Proven).unwrap();
        // A better one comes that is dearer than what was quoted: it is passed over.
        serve(DAVE, 0, PRICE + 1);
        let failure = Failure::FalseProof;
        <ComputeProviders as pallet_compute_providers::Market<_, _, _>>::fail(
            &BOB,
            0,
            0,
            pallet_compute_providers::Fine::to_treasury(0),
            failure,
            1_000,
        );
        assert_ok!(Inference::request_inference(
            origin(&ALICE),
            0,
            BoundedVec::truncate_from(input()),
            quote.total,
            10,
            Verification::Proven,
        ));
        assert_eq!(Requests::<Test>::get(0).unwrap().provider, BOB);
        assert_eq!(escrowed(&ALICE), quote.total);
    });
}

#[test]
fn is_what_the_request_then_costs() {
    on_a_serving_chain(|| {
        for price in [0, 1, 19, 20, 21, 12_345, 99_999] {
            serve(BOB, 0, price);
            let quote = quote(0, 10, Verification::Proven).unwrap();
            let sum = quote.price.compute + quote.price.royalty + quote.price.fee;
            assert_eq!((quote.provider, quote.total), (BOB, sum));
            let before = escrowed(&ALICE);
            assert_ok!(Inference::request_inference(
                origin(&ALICE),
                0,
                BoundedVec::truncate_from(input()),
                quote.total,
                10,
                Verification::Proven,
            ));
            assert_eq!(escrowed(&ALICE) - before, quote.total);
        }
    });
}

#[test]
fn says_why_there_is_none() {
    on_a_serving_chain(|| {
        assert_eq!(
            quote(5, 10, Verification::Proven),
            Err(QuoteError::UnknownModel)
        );
        assert_eq!(
            quote(0, 10, Verification::ProvenByCeremony),
            Err(QuoteError::SetupNotAccepted)
        );
        assert_eq!(
            quote(0, 1, Verification::Proven),
            Err(QuoteError::NoProvider)
        );
        assert_eq!(
            Inference::ineligible(0, 1, &Selection::default()),
            [(BOB, Ineligible::DeadlineTooShort)]
        );
        for deadline in [0, MAX_DEADLINE + 1] {
            assert_eq!(
                quote(0, deadline, Verification::Proven),
                Err(QuoteError::InvalidDeadline)
            );
        }
        let keyless = register_without_key(1, 0);
        assert_eq!(
            quote(keyless, 10, Verification::Proven),
            Err(QuoteError::NoVerifyingKey)
        );
        assert_ok!(ModelRegistry::deprecate(origin(&CAROL), 0));
        assert_eq!(
            quote(0, 10, Verification::Proven),
            Err(QuoteError::ModelDeprecated)
        );
    });
}

#[test]
fn skips_an_offer_whose_bill_overflows() {
    on_a_serving_chain(|| {
        serve(BOB, 0, Balance::MAX);
        assert_eq!(
            quote(0, 10, Verification::Proven),
            Err(QuoteError::NoProvider)
        );
        assert_err_ignore_postinfo!(request_of(0, input()), Error::<Test>::NoProvider);
    });
}
