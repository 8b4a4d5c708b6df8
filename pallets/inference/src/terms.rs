//! What a request costs now, and who would serve it.

use crate::*;
use frame::prelude::*;
use lattice_primitives::{ModelIndex, ModelState, Price, Quote, QuoteError, Setup, Verification};
use pallet_compute_providers::Market;
use pallet_model_registry::{Registry, Servable};

/// Price, its sum, and the collateral that it demands.
pub(crate) struct Bill<Balance> {
    pub price: Price<Balance>,
    pub total: Balance,
    pub collateral: Balance,
}

/// Everything that a request takes from the market when it is made.
pub(crate) struct Terms<T: Config> {
    pub model: Servable<T::AccountId, BalanceOf<T>>,
    pub vk_id: H256,
    pub provider: T::AccountId,
    pub bill: Bill<BalanceOf<T>>,
    /// Offers that were looked at.
    pub inspected: u32,
}

impl<T: Config> Pallet<T> {
    /// What a request with this deadline, in blocks, would cost, and who would serve it.
    /// Nobody serves a deadline that the chain does not take.
    pub fn quote(
        model: ModelIndex,
        deadline: BlockNumberFor<T>,
        verification: Verification,
    ) -> Result<Quote<T::AccountId, BalanceOf<T>>, QuoteError> {
        if !Self::is_valid_deadline(deadline) {
            return Err(QuoteError::NoProvider);
        }
        Self::terms(model, deadline, verification).map(|terms| Quote {
            provider: terms.provider,
            price: terms.bill.price,
            total: terms.bill.total,
        })
    }

    /// Whether the chain takes requests with this deadline, in blocks.
    pub(crate) fn is_valid_deadline(deadline: BlockNumberFor<T>) -> bool {
        !deadline.is_zero() && deadline <= T::MaxDeadline::get()
    }

    /// The terms on which a request would be made now.
    pub(crate) fn terms(
        model: ModelIndex,
        deadline: BlockNumberFor<T>,
        verification: Verification,
    ) -> Result<Terms<T>, QuoteError> {
        let servable = T::Registry::servable(model).ok_or(QuoteError::UnknownModel)?;
        if servable.state == ModelState::Deprecated {
            return Err(QuoteError::ModelDeprecated);
        }
        // The chain answers, and nobody bids.
        if verification == Verification::Direct {
            return Err(QuoteError::NoProvider);
        }
        let (vk_id, setup) = servable.key.ok_or(QuoteError::NoVerifyingKey)?;
        if verification == Verification::ProvenByCeremony && setup != Setup::Ceremony {
            return Err(QuoteError::SetupNotAccepted);
        }
        let royalty = servable.royalty;
        let choice = T::Providers::cheapest(model, deadline, |compute| {
            Self::bill(compute, royalty).map(|bill| bill.collateral)
        })
        .ok_or(QuoteError::NoProvider)?;
        // The closure above saw this price, so the bill exists.
        let bill = Self::bill(choice.price, royalty).ok_or(QuoteError::NoProvider)?;
        Ok(Terms {
            model: servable,
            vk_id,
            provider: choice.provider,
            bill,
            inspected: choice.inspected,
        })
    }

    /// The bill for a provider's price and a royalty; `None` when a sum overflows.
    ///
    /// `fee = ⌈ProtocolFee · compute⌉`,
    /// `collateral = MinCollateral + CollateralPerPrice · compute`.
    pub(crate) fn bill(compute: BalanceOf<T>, royalty: BalanceOf<T>) -> Option<Bill<BalanceOf<T>>> {
        let fee = T::ProtocolFee::get().mul_ceil(compute);
        let total = compute.checked_add(&royalty)?.checked_add(&fee)?;
        let collateral = compute
            .checked_mul(&T::CollateralPerPrice::get().into())?
            .checked_add(&T::MinCollateral::get())?;
        Some(Bill {
            price: Price {
                compute,
                royalty,
                fee,
            },
            total,
            collateral,
        })
    }
}

impl<T> From<QuoteError> for Error<T> {
    fn from(error: QuoteError) -> Self {
        match error {
            QuoteError::UnknownModel => Self::UnknownModel,
            QuoteError::ModelDeprecated => Self::ModelDeprecated,
            QuoteError::NoVerifyingKey => Self::NoVerifyingKey,
            QuoteError::SetupNotAccepted => Self::SetupNotAccepted,
            QuoteError::NoProvider => Self::NoProvider,
        }
    }
}
