use crate::mock::*;
use crate::*;
use frame::testing_prelude::*;
use lattice_primitives::*;

#[test]
fn is_what_the_request_then_costs() {
    on_a_serving_chain(|| {
        for price in [0, 1, 19, 20, 21, 12_345, 99_999] {
            serve(BOB, 0, price);
            let quote = Inference::quote(0, 10, Verification::Proven).unwrap();
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
        let quote = |model, deadline, verification| Inference::quote(model, deadline, verification);
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
            quote(0, MAX_DEADLINE + 1, Verification::Proven),
            Err(QuoteError::NoProvider)
        );
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
            Inference::quote(0, 10, Verification::Proven),
            Err(QuoteError::NoProvider)
        );
        assert_err_ignore_postinfo!(request_of(0, input()), Error::<Test>::NoProvider);
    });
}
