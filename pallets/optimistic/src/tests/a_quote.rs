use crate::mock::*;
use frame::testing_prelude::*;
use lattice_primitives::*;

fn quote(window: u32, bond: Balance) -> Result<Quote<AccountId, Balance>, QuoteError> {
    let verification = Verification::Optimistic { window, bond };
    Inference::quote(0, DEADLINE, verification, &Selection::default())
}

#[test]
fn is_what_a_request_costs_then() {
    on_a_serving_chain(|| {
        serve(DAVE, 0, PRICE + 100);
        let quote = quote(10, BOND).expect("two providers are eligible");
        assert_eq!((&quote.provider, quote.total), (&BOB, TOTAL));
        assert_eq!(quote.collateral, COLLATERAL);
        // 5 % of 200, and the royalty.
        assert_eq!(quote.upper_bound, 200 + 10 + ROYALTY);
        let ranking: Vec<_> = quote.ranking.iter().map(|bid| &bid.provider).collect();
        assert_eq!(ranking, [&BOB, &DAVE]);
        let request = asked();
        assert_eq!(info(request).price, quote.price);
        assert_eq!(info(request).collateral, quote.collateral);
    });
}

#[test]
fn has_the_bond_as_collateral_where_it_is_more() {
    on_a_serving_chain(|| {
        let quote = quote(10, 7_000).expect("BOB is eligible");
        assert_eq!((quote.total, quote.collateral), (TOTAL, 7_000));
    });
}

#[test]
fn is_refused_for_the_same_reasons_as_a_request() {
    on_a_serving_chain(|| {
        assert_eq!(quote(0, BOND), Err(QuoteError::InvalidTier));
        assert_eq!(quote(10, MIN_BOND - 1), Err(QuoteError::InvalidTier));
        assert_eq!(quote(10, STAKE + 1), Err(QuoteError::NoProvider));
        assert_ok!(ModelRegistry::deprecate(origin(&CAROL), 0));
        assert_eq!(quote(10, BOND), Err(QuoteError::ModelDeprecated));
    });
}
