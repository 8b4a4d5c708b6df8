//! Window, bond, bills and quotes.

use crate::*;
use frame::prelude::*;
use lattice_primitives::{ModelIndex, Quote, QuoteError, Selection, Verification};
use pallet_compute_providers::{Bill, Demand, Market, Service};
use pallet_disputes::Court;
use pallet_inference::Ledger;
use pallet_model_registry::Servable;

/// The numbers of the tier, in this runtime's types.
pub(crate) struct Terms<T: Config> {
    pub window: BlockNumberFor<T>,
    pub bond: BalanceOf<T>,
}

impl<T: Config> Terms<T> {
    /// What a provider must have offered to be given such a request.
    pub(crate) fn service(&self) -> Service {
        Service::Optimistic {
            window: self.window.saturated_into(),
            bond: self.bond.saturated_into(),
        }
    }
}

impl<T: Config> Pallet<T> {
    /// The numbers of the tier; `None` where the chain does not take them.
    pub(crate) fn terms(verification: Verification) -> Option<Terms<T>> {
        let Verification::Optimistic { window, bond } = verification else {
            return None;
        };
        let window = BlockNumberFor::<T>::from(window);
        // What cannot be a balance cannot be paid.
        let bond = BalanceOf::<T>::try_from(bond).ok()?;
        let valid = window >= T::MinWindow::get()
            && window <= T::MaxWindow::get()
            && bond >= T::MinBond::get();
        valid.then_some(Terms { window, bond })
    }

    /// The bills of a model with this royalty, by the provider's price: as for any request, with a
    /// collateral of at least the bond.
    pub(crate) fn bill_with(
        royalty: BalanceOf<T>,
        bond: BalanceOf<T>,
    ) -> impl Fn(BalanceOf<T>) -> Option<Bill<BalanceOf<T>>> {
        move |compute| {
            let bill = T::Ledger::bill(compute, royalty)?;
            Some(Bill {
                collateral: bill.collateral.max(bond),
                ..bill
            })
        }
    }

    /// What a request would cost now, who would serve it, and why no other.
    ///
    /// Its gas is the reference time of posting the result.
    pub(crate) fn quote_for(
        model: ModelIndex,
        servable: &Servable<T::AccountId, BalanceOf<T>>,
        deadline: BlockNumberFor<T>,
        verification: Verification,
        selection: &Selection<T::AccountId>,
    ) -> Result<Quote<T::AccountId, BalanceOf<T>>, QuoteError> {
        let terms = Self::terms(verification).ok_or(QuoteError::InvalidTier)?;
        T::Court::layout(model)?;
        let demand = Demand {
            model,
            service: terms.service(),
            deadline,
            limit: Bounded::max_value(),
            selection,
            failed: &[],
        };
        let field = T::Providers::field(&demand, Self::bill_with(servable.royalty, terms.bond));
        let gas = Self::post_weight(servable.interface.output_len).ref_time();
        field.quote(servable.execution_gas, gas)
    }
}
