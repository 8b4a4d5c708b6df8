//! What a replicated request may ask for, and what it costs.

use crate::*;
use alloc::vec::Vec;
use frame::prelude::*;
use lattice_primitives::{
    Bid, ModelIndex, Preference, Price, Quote, QuoteError, Selection, Verification, MAX_REPLICAS,
};
use pallet_compute_providers::{Bill, Demand, Field, Market, Service};
use pallet_disputes::Court;
use pallet_inference::Ledger;
use pallet_model_registry::Servable;

/// How many run the model, and how many of them settle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Quorum {
    pub n: u8,
    pub k: u8,
}

impl<T: Config> Pallet<T> {
    /// The numbers of the tier: 2 ≤ n ≤ [`MAX_REPLICAS`], n / 2 < k ≤ n.
    ///
    /// More than half, so that no two results can both have enough.
    pub(crate) fn quorum(verification: Verification) -> Result<Quorum, QuoteError> {
        let Verification::Replicated { n, k } = verification else {
            return Err(QuoteError::InvalidTier);
        };
        let (most, least) = (u32::from(n), u32::from(k));
        ensure!(
            (2..=MAX_REPLICAS).contains(&most) && least <= most && least.saturating_mul(2) > most,
            QuoteError::InvalidTier
        );
        Ok(Quorum { n, k })
    }

    /// The highest bill of an offer that may be drawn.
    ///
    /// A bill has compute price, fee and royalty, and of n bills the royalty is paid once. Of any n
    /// offers with
    ///
    /// `n · bill ≤ max_price + (n − 1) · royalty`
    ///
    /// the sum to pay, `Σ bill − (n − 1) · royalty`, is at most `max_price`. This is that bound for
    /// one bill, rounded down.
    pub(crate) fn limit(max_price: BalanceOf<T>, royalty: BalanceOf<T>, n: u8) -> BalanceOf<T> {
        let unpaid = u32::from(n).saturating_sub(1);
        let royalties = royalty.saturating_mul(unpaid.into());
        // Where a sum cannot be written down, the bound is lower than it might be.
        max_price
            .saturating_add(royalties)
            .checked_div(&u32::from(n).into())
            .unwrap_or_else(Zero::zero)
    }

    /// The offers for a request, eligible for a share of `max_price` or not.
    pub(crate) fn field(
        model: ModelIndex,
        deadline: BlockNumberFor<T>,
        max_price: BalanceOf<T>,
        royalty: BalanceOf<T>,
        n: u8,
        selection: &Selection<T::AccountId>,
    ) -> Field<T::AccountId, BalanceOf<T>> {
        let demand = Demand {
            model,
            service: Service::Replicated,
            deadline,
            limit: Self::limit(max_price, royalty, n),
            selection,
            failed: &[],
        };
        T::Providers::field(&demand, |compute| T::Ledger::bill(compute, royalty))
    }

    /// The requester may only say who is not to be drawn.
    pub(crate) fn ensure_drawn(selection: &Selection<T::AccountId>) -> Result<(), QuoteError> {
        match selection.preference {
            Preference::Best => Ok(()),
            Preference::Prefer(_) | Preference::Only(_) => Err(QuoteError::ReplicasNotNamed),
        }
    }

    /// Whoever is outvoted must be able to show that it is right: by a proof or, if the model has no
    /// key, by a dispute. Without proofs nobody can settle where there is no quorum, so that one
    /// replica alone must not be able to prevent it.
    pub(crate) fn ensure_appealable(
        model: ModelIndex,
        servable: &Servable<T::AccountId, BalanceOf<T>>,
        quorum: Quorum,
    ) -> Result<(), QuoteError> {
        if servable.key.is_some() {
            return Ok(());
        }
        ensure!(quorum.k < quorum.n, QuoteError::InvalidTier);
        T::Court::layout(model)?;
        Ok(())
    }

    /// What n replicas cost, if the offers that are drawn are among the n cheapest.
    ///
    /// Who is drawn nobody knows, so that the quote says with what `max_price` n offers are eligible:
    /// n times the n-th cheapest one's price and fee, and the royalty. With more, up to
    /// `upper_bound`, dearer ones can be drawn, too; the bill is what the drawn ones ask.
    pub(crate) fn do_quote(
        model: ModelIndex,
        servable: &Servable<T::AccountId, BalanceOf<T>>,
        deadline: BlockNumberFor<T>,
        verification: Verification,
        selection: &Selection<T::AccountId>,
    ) -> Result<Quote<T::AccountId, BalanceOf<T>>, QuoteError> {
        let quorum = Self::quorum(verification)?;
        let n = quorum.n;
        Self::ensure_drawn(selection)?;
        Self::ensure_appealable(model, servable, quorum)?;
        let royalty = servable.royalty;
        let Field {
            eligible,
            ineligible,
        } = Self::field(model, deadline, Bounded::max_value(), royalty, n, selection);
        let mut cheapest: Vec<_> = eligible.iter().collect();
        cheapest.sort_by_key(|one| one.bill.total);
        let last = usize::from(n).saturating_sub(1);
        let decisive = cheapest.get(last).ok_or(QuoteError::TooFewProviders)?;
        let dearest = cheapest.last().ok_or(QuoteError::TooFewProviders)?;
        let price = Self::price_of(n, &decisive.bill);
        Ok(Quote {
            provider: decisive.provider.clone(),
            price,
            total: Self::total(&price),
            upper_bound: Self::total(&Self::price_of(n, &dearest.bill)),
            execution_gas: servable.execution_gas,
            // No proof is asked for.
            gas: 0,
            collateral: decisive.bill.collateral,
            ranking: eligible.iter().cloned().map(Bid::from).collect(),
            ineligible,
        })
    }

    /// The price of n replicas that all ask the same.
    fn price_of(n: u8, bill: &Bill<BalanceOf<T>>) -> Price<BalanceOf<T>> {
        let times: BalanceOf<T> = u32::from(n).into();
        Price {
            compute: bill.price.compute.saturating_mul(times),
            royalty: bill.price.royalty,
            fee: bill.price.fee.saturating_mul(times),
        }
    }

    /// The sum of a price. What cannot be written down nobody can pay.
    fn total(price: &Price<BalanceOf<T>>) -> BalanceOf<T> {
        price.total().unwrap_or_else(Bounded::max_value)
    }
}

impl<T> From<QuoteError> for Error<T> {
    fn from(error: QuoteError) -> Self {
        match error {
            QuoteError::ReplicasNotNamed => Self::ReplicasNotNamed,
            QuoteError::TooFewProviders | QuoteError::NoProvider => Self::TooFewProviders,
            // The others are what the inference pallet has checked.
            QuoteError::InvalidTier
            | QuoteError::UnknownModel
            | QuoteError::ModelDeprecated
            | QuoteError::NoVerifyingKey
            | QuoteError::SetupNotAccepted
            | QuoteError::InvalidDeadline => Self::InvalidTier,
            QuoteError::NotDisputable => Self::NotDisputable,
        }
    }
}
