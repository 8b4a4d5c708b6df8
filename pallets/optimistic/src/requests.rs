//! A request is made, as `pallet_inference` orders it.

use crate::terms::Terms;
use crate::*;
use frame::prelude::*;
use frame::traits::fungible::MutateHold;
use lattice_primitives::{ModelIndex, Quote, QuoteError, RequestId, Selection, Verification};
use pallet_compute_providers::{Candidate, Demand, Market, NoneEligible};
use pallet_disputes::{Court, CourtError};
use pallet_inference::{Ledger, Order, OrderedId, Tier};
use pallet_model_registry::Servable;

/// An order in this runtime's types.
type OrderOf<T> = Order<<T as frame_system::Config>::AccountId, BalanceOf<T>, BlockNumberFor<T>>;

impl<T: Config> Tier<T::AccountId, BalanceOf<T>, BlockNumberFor<T>> for Pallet<T> {
    const FAILS_OVER: bool = true;

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
            deadline: patience,
            verification,
            selection,
            attempts,
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
                deadline: patience,
                limit: max_price,
                selection: &selection,
                failed: &[],
            },
            Self::bill_with(servable.royalty, terms.bond),
        );
        let Terms { window, bond } = terms;
        let Candidate { provider, bill, .. } = field.best().map_err(Error::<T>::from)?;
        let now = frame_system::Pallet::<T>::block_number();
        let deadline = now
            .checked_add(&patience)
            .ok_or(ArithmeticError::Overflow)?;
        // Whoever may try next must be covered before anybody begins.
        let escrow = match attempts {
            1 => bill.total,
            _ => max_price,
        };
        T::Currency::hold(&HoldReason::Escrow.into(), &requester, escrow)?;
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
            escrow,
            collateral: bill.collateral,
            bond,
            window,
            verification,
            requested_at: now,
            deadline,
            patience,
            posted: None,
            waiting_since: None,
            attempts_left: attempts.saturating_sub(1),
            selection,
            failed: Default::default(),
        };
        Self::list(id, &open);
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

    /// List a request that a provider has by that provider, and by what is due for it.
    pub(crate) fn list(id: RequestId, request: &Request<T>) {
        AssignedTo::<T>::insert(&request.provider, OrderedId::from(id), ());
        Self::list_due(id, request);
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

impl<T> From<NoneEligible> for Error<T> {
    fn from(reason: NoneEligible) -> Self {
        match reason {
            NoneEligible::TooDear => Self::MaxPriceTooLow,
            NoneEligible::NoProvider => Self::NoProvider,
        }
    }
}
