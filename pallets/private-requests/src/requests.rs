//! A request is made: its commitment fixed, its price held, its provider assigned.

use crate::*;
use frame::prelude::*;
use frame::traits::fungible::MutateHold;
use lattice_primitives::{
    ModelIndex, PrivateStatus, QuoteError, RequestContent, RequestId, Selection, Verification,
};
use pallet_compute_providers::{Candidate, Demand, Market, NoneEligible, Service};
use pallet_inference::{Ledger, OrderedId, Provable};

/// What a request asks for.
pub(crate) struct Wish<T: Config> {
    pub model: ModelIndex,
    pub input_commitment: H256,
    /// In sum, in planck.
    pub max_price: BalanceOf<T>,
    /// Blocks that the provider has.
    pub deadline: BlockNumberFor<T>,
    pub verification: Verification,
    pub output_private: bool,
    pub selection: Selection<T::AccountId>,
}

impl<T: Config> Pallet<T> {
    /// Returns the number of offers that were looked at.
    pub(crate) fn do_request(requester: T::AccountId, wish: Wish<T>) -> Result<u32, DispatchError> {
        let Wish {
            model,
            input_commitment,
            max_price,
            deadline: patience,
            verification,
            output_private,
            selection,
        } = wish;
        // Anything else is in no proof, and would be the provider's to claim.
        ensure!(
            lattice_host::is_canonical(&input_commitment.0),
            Error::<T>::NotACommitment
        );
        let Provable { servable, vk_id } =
            T::Ledger::provable(model, patience, verification).map_err(Error::<T>::from)?;
        let interface = servable.interface;
        // What could not be opened or posted would leave one side at the other's mercy.
        ensure!(
            interface.input_len <= T::MaxInputLen::get(),
            Error::<T>::InputTooLong
        );
        ensure!(
            interface.output_len <= T::MaxOutputLen::get(),
            Error::<T>::OutputTooLong
        );
        // The requester has half of the time to bring the input, and what is left then must be enough
        // for the provider: else whoever brings it late could have it fined for nothing.
        let left = patience.checked_div(&2u32.into()).unwrap_or(patience);
        let field = T::Providers::field(
            &Demand {
                model,
                service: Service::Proven,
                deadline: left,
                limit: max_price,
                selection: &selection,
                failed: &[],
            },
            |compute| T::Ledger::bill(compute, servable.royalty),
        );
        let inspected = field.inspected();
        let Candidate { provider, bill, .. } = field.best().map_err(Error::<T>::from)?;
        let now = frame_system::Pallet::<T>::block_number();
        let deadline = now
            .checked_add(&patience)
            .ok_or(ArithmeticError::Overflow)?;
        T::Currency::hold(&HoldReason::Escrow.into(), &requester, bill.total)?;
        T::Providers::assign(&provider, model, bill.collateral)?;

        let id = T::Ledger::next_request()?;
        let content = H256(
            RequestContent {
                requester: &requester,
                model,
                input_commitment,
                max_price: max_price.saturated_into(),
                deadline: patience.saturated_into(),
                verification,
            }
            .hash(),
        );
        let open = Request::<T> {
            requester: requester.clone(),
            context: T::Ledger::context(id, &content, &provider, &servable.model_hash),
            provider: provider.clone(),
            owner: servable.owner,
            model,
            model_hash: servable.model_hash,
            vk_id,
            interface,
            input_commitment,
            content,
            output_private,
            price: bill.price,
            escrow: bill.total,
            collateral: bill.collateral,
            verification,
            requested_at: now,
            deadline,
            patience,
            status: PrivateStatus::Assigned,
            opened: false,
            shown: None,
        };
        AssignedTo::<T>::insert(&provider, OrderedId::from(id), ());
        Self::list_due(id, &open);
        Requests::<T>::insert(id, open);
        Self::deposit_event(Event::Assigned {
            request: id,
            requester,
            provider,
            model,
            input_commitment,
            output_private,
            price: bill.price,
            deadline,
        });
        Ok(inspected)
    }

    /// List a request by what is due for it.
    fn list_due(id: RequestId, request: &Request<T>) {
        Due::<T>::insert(request.due(), OrderedId::from(id), ());
    }

    /// Give an open request another status, and with it what is due.
    pub(crate) fn set_status(
        id: RequestId,
        mut request: Request<T>,
        status: PrivateStatus<BlockNumberFor<T>>,
    ) {
        Due::<T>::remove(request.due(), OrderedId::from(id));
        request.status = status;
        Self::list_due(id, &request);
        Requests::<T>::insert(id, request);
    }

    /// Take a request that ends off everything.
    pub(crate) fn close(id: RequestId, request: &Request<T>) {
        let ordered = OrderedId::from(id);
        Due::<T>::remove(request.due(), ordered);
        AssignedTo::<T>::remove(&request.provider, ordered);
        Inputs::<T>::remove(id);
        Requests::<T>::remove(id);
    }

    /// An open request.
    pub(crate) fn open_request(id: RequestId) -> Result<Request<T>, Error<T>> {
        Requests::<T>::get(id).ok_or(Error::UnknownRequest)
    }

    /// An open request of this account.
    pub(crate) fn own_request(who: &T::AccountId, id: RequestId) -> Result<Request<T>, Error<T>> {
        let request = Self::open_request(id)?;
        ensure!(*who == request.requester, Error::NotRequester);
        Ok(request)
    }

    /// An open request that is assigned to this account.
    pub(crate) fn assigned_request(
        who: &T::AccountId,
        id: RequestId,
    ) -> Result<Request<T>, Error<T>> {
        let request = Self::open_request(id)?;
        ensure!(*who == request.provider, Error::NotAssignedProvider);
        Ok(request)
    }

    /// The number of the present block.
    pub(crate) fn now() -> BlockNumberFor<T> {
        frame_system::Pallet::<T>::block_number()
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
            // What is asked of other tiers alone.
            QuoteError::InvalidTier
            | QuoteError::NotDisputable
            | QuoteError::TooFewProviders
            | QuoteError::ReplicasNotNamed => Self::TierNotPrivate,
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
