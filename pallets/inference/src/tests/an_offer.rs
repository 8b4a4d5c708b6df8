//! What one inference costs with a provider of the payer's choice.

use super::fixture::served;
use crate::mock::*;
use crate::*;
use frame::testing_prelude::*;
use lattice_primitives::*;

fn offered(
    provider: &AccountId,
    model: ModelIndex,
) -> Result<Offered<AccountId, Balance>, OfferError> {
    <Inference as Offers<_, _>>::offered(provider, model)
}

#[test]
fn is_billed_as_a_request_is() {
    on_a_serving_chain(|| {
        let quote = Inference::quote(0, 10, Verification::Proven, &Selection::default())
            .expect("BOB serves the model");
        let offered = offered(&BOB, 0).expect("BOB serves the model");
        assert_eq!(offered.price, quote.price);
        assert_eq!(offered.total, quote.total);
        assert_eq!(offered.price.total(), Some(TOTAL));
        assert_eq!(offered.owner, CAROL);
        assert_eq!(offered.vk_id, requested().vk_id);
    });
}

#[test]
fn has_the_smallest_fee_that_a_request_has() {
    on_a_serving_chain(|| {
        MinFee::set(7);
        serve(BOB, 0, 0);
        let price = offered(&BOB, 0).expect("BOB serves the model").price;
        assert_eq!((price.compute, price.royalty, price.fee), (0, ROYALTY, 7));
    });
}

#[test]
fn is_that_of_the_provider_and_not_the_best_one() {
    on_a_serving_chain(|| {
        serve(DAVE, 0, PRICE + 100);
        let offered = offered(&DAVE, 0).expect("DAVE serves the model");
        assert_eq!(offered.price.compute, PRICE + 100);
    });
}

#[test]
fn needs_a_model_that_takes_requests() {
    on_a_serving_chain(|| {
        assert_eq!(offered(&BOB, 9), Err(OfferError::UnknownModel));
        let keyless = register_without_key(1, ROYALTY);
        serve(BOB, keyless, PRICE);
        assert_eq!(offered(&BOB, keyless), Err(OfferError::NoVerifyingKey));
        register_key(keyless, served(1), Setup::Dev, H256::zero());
        assert!(offered(&BOB, keyless).is_ok());
        assert_ok!(ModelRegistry::deprecate(origin(&CAROL), 0));
        assert_eq!(offered(&BOB, 0), Err(OfferError::ModelDeprecated));
    });
}

#[test]
fn needs_a_provider_that_offers_it() {
    on_a_serving_chain(|| {
        assert_eq!(offered(&ALICE, 0), Err(OfferError::NoOffer));
        assert_ok!(ComputeProviders::set_paused(origin(&BOB), true));
        assert_eq!(offered(&BOB, 0), Err(OfferError::ProviderPaused));
    });
}

#[test]
fn is_none_when_the_bill_cannot_be_written_down() {
    on_a_serving_chain(|| {
        serve(BOB, 0, Balance::MAX);
        assert_eq!(offered(&BOB, 0), Err(OfferError::PriceOverflow));
    });
}
