//! A request is made, as `pallet_inference` orders it.

use crate::terms::Terms;
use crate::*;
use frame::prelude::*;
use frame::traits::fungible::MutateHold;
use lattice_primitives::{
    Ineligible, ModelIndex, Quote, QuoteError, RequestId, Selection, Verification,
};
use pallet_compute_providers::{Candidate, Demand, Field, Market};
use pallet_disputes::{Court, CourtError};
use pallet_inference::{Ledger, Order, OrderedId, Tier};
use pallet_model_registry::Servable;

/// An order in this runtime's types.
type OrderOf<T> = Order<<T as frame_system::Config>::AccountId, BalanceOf<T>, BlockNumberFor<T>>;

impl<T: Config> Tier<T::AccountId, BalanceOf<T>, BlockNumberFor<T>> for Pallet<T> {
    fn open_weight() -> Weight {
        T::Court::layout_weight().saturating_add(T::WeightInfo::open())
    }

    fn open(order: OrderOf<T>) -> DispatchResult {
        Self::do_open(order)
    }

    fn quote(
        model: ModelIndex,
        servable: &Servable<T::AccountId, BalanceOf<T>>,
        deadline: BlockNumberFor<T>,
        verification: Verification,
        selection: &Selection<T::AccountId>,
    ) -> Result<Quote<T::AccountId, BalanceOf<T>>, QuoteError> {
        Self::quote_for(model, servable, deadline, verification, selection)
    }
}

impl<T: Config> Pallet<T> {
    fn do_open(order: OrderOf<T>) -> DispatchResult {
        let Order {
            request: id,
            requester,
            model,
            servable,
            input,
            input_commitment,
            content,
            max_price,
            deadline,
            verification,
            selection,
        } = order;
        let terms = Self::terms(verification).ok_or(Error::<T>::InvalidTier)?;
        let input = BoundedVec::<i8, T::MaxInputLen>::try_from(input)
            .map_err(|_| Error::<T>::InputTooLong)?;
        let output_len = servable.interface.output_len;
        ensure!(
            output_len <= T::MaxOutputLen::get(),
            Error::<T>::OutputTooLong
        );
        T::Court::layout(model).map_err(Error::<T>::from)?;
        let field = T::Providers::field(
            &Demand {
                model,
                service: terms.service(),
                deadline,
                limit: max_price,
                selection: &selection,
                failed: &[],
            },
            Self::bill_with(servable.royalty, terms.bond),
        );
        let Terms { window, bond } = terms;
        let Candidate { provider, bill, .. } = Self::best_of(field)?;
        let now = frame_system::Pallet::<T>::block_number();
        let deadline = now
            .checked_add(&deadline)
            .ok_or(ArithmeticError::Overflow)?;
        T::Currency::hold(&HoldReason::Escrow.into(), &requester, bill.total)?;
        T::Providers::assign(&provider, model, bill.collateral)?;

        let open = Request::<T> {
            requester: requester.clone(),
            context: T::Ledger::context(id, &content, &provider, &servable.model_hash),
            provider: provider.clone(),
            owner: servable.owner,
            model,
            model_hash: servable.model_hash,
            input,
            input_commitment,
            content,
            output_len,
            price: bill.price,
            escrow: bill.total,
            collateral: bill.collateral,
            bond,
            window,
            verification,
            requested_at: now,
            deadline,
            posted: None,
        };
        AssignedTo::<T>::insert(&provider, OrderedId::from(id), ());
        Self::list_due(id, &open);
        Requests::<T>::insert(id, open);
        Self::deposit_event(Event::Assigned {
            request: id,
            requester,
            provider,
            model,
            price: bill.price,
            bond,
            deadline,
        });
        Ok(())
    }

    /// The first of the eligible offers, or why there is none.
    fn best_of(
        field: Field<T::AccountId, BalanceOf<T>>,
    ) -> Result<Candidate<T::AccountId, BalanceOf<T>>, Error<T>> {
        let Field {
            eligible,
            ineligible,
        } = field;
        eligible.into_iter().next().ok_or_else(|| {
            let is_too_dear = |(_, reason): &(_, Ineligible)| *reason == Ineligible::PriceTooHigh;
            match ineligible.iter().any(is_too_dear) {
                true => Error::MaxPriceTooLow,
                false => Error::NoProvider,
            }
        })
    }

    /// List a request by what is due for it, if it is not disputed.
    pub(crate) fn list_due(id: RequestId, request: &Request<T>) {
        if let Some(due) = request.due() {
            Due::<T>::insert(due, OrderedId::from(id), ());
        }
    }

    /// Take a request off the list of what is due, if it is on it.
    pub(crate) fn unlist_due(id: RequestId, request: &Request<T>) {
        if let Some(due) = request.due() {
            Due::<T>::remove(due, OrderedId::from(id));
        }
    }

    /// An open request.
    pub(crate) fn open_request(id: RequestId) -> Result<Request<T>, Error<T>> {
        Requests::<T>::get(id).ok_or(Error::UnknownRequest)
    }
}

impl<T> From<CourtError> for Error<T> {
    fn from(error: CourtError) -> Self {
        match error {
            CourtError::UnknownModel => Self::UnknownModel,
            CourtError::NotDisputable => Self::NotDisputable,
        }
    }
}
