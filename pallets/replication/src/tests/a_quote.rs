use crate::mock::*;
use crate::*;
use frame::testing_prelude::*;
use lattice_primitives::*;

fn quote(n: u8, k: u8) -> Result<Quote<AccountId, Balance>, QuoteError> {
    quote_for(n, k, &Selection::default())
}

fn quote_for(
    n: u8,
    k: u8,
    selection: &Selection<AccountId>,
) -> Result<Quote<AccountId, Balance>, QuoteError> {
    Inference::quote(0, WINDOW, Verification::Replicated { n, k }, selection)
}

#[test]
fn says_with_what_maximum_enough_offers_are_eligible() {
    on_a_chain_with(0, || {
        for (who, price) in PROVIDERS.iter().zip([100, 40, 200, 60, 300, 80, 20]) {
            serve(who, price);
        }
        let quote = quote(3, 2).expect("seven serve the model");
        // The third of 20, 40, 60.
        assert_eq!(quote.provider, PROVIDERS[3]);
        assert_eq!(
            quote.price,
            Price {
                compute: 180,
                royalty: ROYALTY,
                fee: 9,
            }
        );
        assert_eq!(quote.total, 180 + 9 + ROYALTY);
        assert_eq!(quote.upper_bound, 3 * (300 + 15) + ROYALTY);
        assert_eq!(quote.collateral, 200 + 10 * 60);
        assert_eq!(quote.gas, 0);
        assert_eq!(quote.ranking.len(), 7);
        assert_err_ignore_postinfo!(
            ask_with(3, 2, quote.total - 1, Selection::default()),
            Error::<Test>::TooFewProviders
        );
        assert_ok!(ask_with(3, 2, quote.total, Selection::default()));
    });
}

#[test]
fn has_an_upper_bound_with_which_everyone_can_be_drawn() {
    on_a_chain_with(0, || {
        for (who, price) in PROVIDERS.iter().zip([100, 40, 200, 60, 300, 80, 20]) {
            serve(who, price);
        }
        let quote = quote(7, 4).expect("seven serve the model");
        assert_eq!(quote.total, quote.upper_bound);
        assert_ok!(ask_with(7, 4, quote.upper_bound, Selection::default()));
        pass(1);
        assert_eq!(replicas(0).len(), 7);
    });
}

#[test]
fn names_those_that_cannot_be_drawn() {
    on_a_chain_with(4, || {
        assert_ok!(ComputeProviders::set_paused(origin(&PROVIDERS[0]), true));
        let quote = quote(3, 2).expect("three are left");
        assert_eq!(
            quote.ineligible,
            [(PROVIDERS[0].clone(), Ineligible::Paused)]
        );
    });
}

mod is_refused {
    use super::*;

    #[test]
    fn where_too_few_could_be_drawn() {
        on_a_chain_with(3, || {
            assert_eq!(quote(4, 3), Err(QuoteError::TooFewProviders));
            let selection = Selection {
                preference: Preference::Best,
                excluded: BoundedVec::truncate_from(vec![PROVIDERS[0].clone()]),
            };
            assert_eq!(
                quote_for(3, 2, &selection),
                Err(QuoteError::TooFewProviders)
            );
        });
    }

    #[test]
    fn with_numbers_that_are_no_quorum() {
        on_a_serving_chain(|| {
            for (n, k) in [(1, 1), (4, 2), (3, 4), (8, 8)] {
                assert_eq!(quote(n, k), Err(QuoteError::InvalidTier));
            }
        });
    }

    #[test]
    fn when_it_names_a_provider() {
        on_a_serving_chain(|| {
            let selection = Selection {
                preference: Preference::Only(PROVIDERS[0].clone()),
                excluded: Default::default(),
            };
            assert_eq!(
                quote_for(3, 2, &selection),
                Err(QuoteError::ReplicasNotNamed)
            );
        });
    }

    #[test]
    fn where_what_is_asked_cannot_be_written_down() {
        on_a_chain_with(0, || {
            for who in PROVIDERS.iter().take(3) {
                serve(who, Balance::MAX / 4);
            }
            assert_eq!(quote(3, 2), Err(QuoteError::TooFewProviders));
        });
    }
}
