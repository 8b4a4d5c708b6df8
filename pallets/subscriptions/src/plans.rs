//! Plans are published and taken back.

use crate::*;
use frame::prelude::*;
use lattice_primitives::{ModelIndex, PlanId};
use pallet_compute_providers::{Bill, Market, NotOffered};
use pallet_inference::{Ledger, OfferError, Offers};

impl<T: Config> Pallet<T> {
    pub(crate) fn do_set_plan(
        provider: T::AccountId,
        model: ModelIndex,
        period: BlockNumberFor<T>,
        quota: u32,
        price: BalanceOf<T>,
    ) -> DispatchResult {
        ensure!(
            period >= T::MinPeriod::get() && period <= T::MaxPeriod::get(),
            Error::<T>::InvalidPeriod
        );
        ensure!(
            (1..=T::MaxQuota::get()).contains(&quota),
            Error::<T>::InvalidQuota
        );
        // Nobody is shown a plan that cannot be billed.
        let royalty = Self::royalty_of(&provider, model)?;
        Self::unit_bill(price, quota, royalty)?;
        let plan = NextPlan::<T>::get();
        let next = plan
            .checked_add(1)
            .ok_or(Error::<T>::PlanNumbersExhausted)?;
        let replaced = PlansOf::<T>::try_mutate(&provider, |plans| {
            let position = plans
                .iter()
                .position(|(_, of, length)| *of == model && *length == period);
            let replaced = position.map(|position| plans.remove(position).0);
            plans
                .try_push((plan, model, period))
                .map_err(|_| Error::<T>::TooManyPlans)?;
            Ok::<_, DispatchError>(replaced)
        })?;

        NextPlan::<T>::put(next);
        if let Some(replaced) = replaced {
            Plans::<T>::remove(replaced);
        }
        Plans::<T>::insert(
            plan,
            Plan::<T> {
                provider: provider.clone(),
                model,
                period,
                quota,
                price,
            },
        );
        Self::deposit_event(Event::PlanSet {
            plan,
            provider,
            model,
            period,
            quota,
            price,
            replaced,
        });
        Ok(())
    }

    pub(crate) fn do_remove_plan(who: &T::AccountId, plan: PlanId) -> DispatchResult {
        let Plan {
            provider, model, ..
        } = Plans::<T>::get(plan).ok_or(Error::<T>::UnknownPlan)?;
        ensure!(
            *who == provider
                || matches!(
                    T::Providers::asked(&provider, model),
                    Err(NotOffered::NoOffer)
                ),
            Error::<T>::NotPlanProvider
        );
        PlansOf::<T>::mutate_exists(&provider, |slot| {
            if let Some(plans) = slot {
                plans.retain(|(listed, ..)| *listed != plan);
                if plans.is_empty() {
                    *slot = None;
                }
            }
        });
        Plans::<T>::remove(plan);
        Self::deposit_event(Event::PlanRemoved { plan, provider });
        Ok(())
    }

    /// The royalty of a model now, if the provider serves it.
    pub(crate) fn royalty_of(
        provider: &T::AccountId,
        model: ModelIndex,
    ) -> Result<BalanceOf<T>, Error<T>> {
        let offered = T::Offers::offered(provider, model)?;
        Ok(offered.price.royalty)
    }

    /// The bill of each request of a plan with this price and quota.
    ///
    /// `compute = ⌈price / quota⌉`: a provider is never paid less than it asks.
    pub(crate) fn unit_bill(
        price: BalanceOf<T>,
        quota: u32,
        royalty: BalanceOf<T>,
    ) -> Result<Bill<BalanceOf<T>>, Error<T>> {
        let compute = price
            .multiply_rational(One::one(), quota.into(), Rounding::Up)
            .ok_or(Error::<T>::InvalidQuota)?;
        T::Offers::bill(compute, royalty).ok_or(Error::<T>::PriceOverflow)
    }
}

impl<T> From<OfferError> for Error<T> {
    fn from(error: OfferError) -> Self {
        match error {
            OfferError::UnknownModel => Self::UnknownModel,
            OfferError::ModelDeprecated => Self::ModelDeprecated,
            OfferError::NoVerifyingKey => Self::NoVerifyingKey,
            OfferError::NoOffer => Self::NoOffer,
            OfferError::ProviderPaused => Self::ProviderPaused,
            OfferError::PriceOverflow => Self::PriceOverflow,
        }
    }
}
