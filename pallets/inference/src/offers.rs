//! What one inference costs with a provider that the payer chose itself.
//!
//! For whoever pays a provider without a request, as payment channels do: the same bill as
//! a request's, without the market in between.

use crate::*;
use frame::prelude::*;
use lattice_primitives::{ModelIndex, ModelState, Price};
use pallet_compute_providers::{Market, NotOffered};
use pallet_model_registry::Registry;

/// A provider's offer for one inference of a model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offered<AccountId, Balance> {
    /// Receives the royalty: the owner of the model.
    pub owner: AccountId,
    /// The verifying key that a proof must satisfy.
    pub vk_id: H256,
    pub price: Price<Balance>,
    /// Sum of the price's parts.
    pub total: Balance,
}

/// Why there is no such offer now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OfferError {
    UnknownModel,
    ModelDeprecated,
    /// The registration has no verifying key yet.
    NoVerifyingKey,
    /// The provider does not serve the model.
    NoOffer,
    /// The provider takes no new work for now.
    ProviderPaused,
    /// The provider's price is so high that the bill cannot be written down.
    PriceOverflow,
}

/// The offers of providers, with all that comes on top of their price.
pub trait Offers<AccountId, Balance> {
    /// What one inference of a model by a provider costs now: the bill that a request would
    /// have which this provider gets.
    ///
    /// # Errors
    /// The model takes no requests, or the provider no new work for it.
    fn offered(
        provider: &AccountId,
        model: ModelIndex,
    ) -> Result<Offered<AccountId, Balance>, OfferError>;
}

impl<T: Config> Offers<T::AccountId, BalanceOf<T>> for Pallet<T> {
    fn offered(
        provider: &T::AccountId,
        model: ModelIndex,
    ) -> Result<Offered<T::AccountId, BalanceOf<T>>, OfferError> {
        let servable = T::Registry::servable(model).ok_or(OfferError::UnknownModel)?;
        ensure!(
            servable.state == ModelState::Active,
            OfferError::ModelDeprecated
        );
        let (vk_id, _) = servable.key.ok_or(OfferError::NoVerifyingKey)?;
        let compute = T::Providers::asked(provider, model)?;
        let bill = Self::bill(compute, servable.royalty).ok_or(OfferError::PriceOverflow)?;
        Ok(Offered {
            owner: servable.owner,
            vk_id,
            price: bill.price,
            total: bill.total,
        })
    }
}

impl From<NotOffered> for OfferError {
    fn from(reason: NotOffered) -> Self {
        match reason {
            NotOffered::NoOffer => Self::NoOffer,
            NotOffered::Paused => Self::ProviderPaused,
        }
    }
}
