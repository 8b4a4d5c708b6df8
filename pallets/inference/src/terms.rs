//! What a request costs now, and who would serve it.

use crate::*;
use alloc::vec::Vec;
use frame::prelude::*;
use lattice_primitives::{
    Ineligible, ModelIndex, ModelState, Price, Quote, QuoteError, Selection, Setup, Verification,
};
use pallet_compute_providers::{Bill, Demand, Market, Service};
use pallet_model_registry::{Registry, Servable};

/// What the registry says of a model, in this runtime's types.
type ServableOf<T> = Servable<<T as frame_system::Config>::AccountId, BalanceOf<T>>;

impl<T: Config> Pallet<T> {
    /// What a request with this deadline, in blocks, would cost, who would serve it, and why no
    /// other.
    pub fn quote(
        model: ModelIndex,
        deadline: BlockNumberFor<T>,
        verification: Verification,
        selection: &Selection<T::AccountId>,
    ) -> Result<Quote<T::AccountId, BalanceOf<T>>, QuoteError> {
        ensure!(
            Self::is_valid_deadline(deadline),
            QuoteError::InvalidDeadline
        );
        match verification {
            Verification::Replicated { .. } => {
                let servable = Self::orderable(model)?;
                return T::Replicated::quote(model, &servable, deadline, verification, selection);
            }
            Verification::Optimistic { .. } => {
                let servable = Self::orderable(model)?;
                return T::Optimistic::quote(model, &servable, deadline, verification, selection);
            }
            Verification::Proven | Verification::ProvenByCeremony | Verification::Direct => {}
        }
        let (servable, _) = Self::servable(model, verification)?;
        let demand = Demand {
            model,
            service: Service::Proven,
            deadline,
            limit: Bounded::max_value(),
            selection,
            failed: &[],
        };
        let field = T::Providers::field(&demand, Self::bill_with(servable.royalty));
        field.quote(servable.execution_gas, T::SettlementGas::get())
    }

    /// Why no provider with an offer would serve a request; empty where none has one.
    pub fn ineligible(
        model: ModelIndex,
        deadline: BlockNumberFor<T>,
        selection: &Selection<T::AccountId>,
    ) -> Vec<(T::AccountId, Ineligible)> {
        let demand = Demand {
            model,
            service: Service::Proven,
            deadline,
            limit: Bounded::max_value(),
            selection,
            failed: &[],
        };
        let royalty = T::Registry::servable(model).map_or(Zero::zero(), |model| model.royalty);
        T::Providers::field(&demand, Self::bill_with(royalty)).ineligible
    }

    /// Whether the chain takes requests with this deadline, in blocks.
    pub(crate) fn is_valid_deadline(deadline: BlockNumberFor<T>) -> bool {
        !deadline.is_zero() && deadline <= T::MaxDeadline::get()
    }

    /// A model that takes requests, whether it has a key or not.
    pub(crate) fn orderable(model: ModelIndex) -> Result<ServableOf<T>, QuoteError> {
        let servable = T::Registry::servable(model).ok_or(QuoteError::UnknownModel)?;
        match servable.state {
            ModelState::Active => Ok(servable),
            ModelState::Deprecated => Err(QuoteError::ModelDeprecated),
        }
    }

    /// A model that takes requests which providers prove, and the key of their proofs.
    pub(crate) fn servable(
        model: ModelIndex,
        verification: Verification,
    ) -> Result<(ServableOf<T>, H256), QuoteError> {
        let servable = Self::orderable(model)?;
        // The chain answers, and nobody bids.
        if verification == Verification::Direct {
            return Err(QuoteError::NoProvider);
        }
        let (vk_id, setup) = servable.key.ok_or(QuoteError::NoVerifyingKey)?;
        if verification == Verification::ProvenByCeremony && setup != Setup::Ceremony {
            return Err(QuoteError::SetupNotAccepted);
        }
        Ok((servable, vk_id))
    }

    /// The bills of a model with this royalty, by the provider's price.
    pub(crate) fn bill_with(
        royalty: BalanceOf<T>,
    ) -> impl Fn(BalanceOf<T>) -> Option<Bill<BalanceOf<T>>> {
        move |compute| Self::bill(compute, royalty)
    }

    /// The bill for a provider's price and a royalty; `None` when a sum overflows.
    ///
    /// `fee = max(⌈ProtocolFee · compute⌉, MinFee)`,
    /// `collateral = MinCollateral + CollateralPerPrice · compute`.
    pub(crate) fn bill(compute: BalanceOf<T>, royalty: BalanceOf<T>) -> Option<Bill<BalanceOf<T>>> {
        let fee = T::ProtocolFee::get()
            .mul_ceil(compute)
            .max(T::MinFee::get());
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
            QuoteError::InvalidDeadline => Self::InvalidDeadline,
            QuoteError::InvalidTier => Self::InvalidTier,
            QuoteError::NotDisputable => Self::NotDisputable,
            QuoteError::TooFewProviders => Self::TooFewProviders,
            QuoteError::ReplicasNotNamed => Self::ReplicasNotNamed,
        }
    }
}
