//! A provider says that it has no input, and the requester opens it or shows a receipt.

use crate::*;
use frame::deps::sp_runtime::traits::Verify;
use frame::prelude::*;
use lattice_primitives::{receipt_message, InputClaim, PrivateStatus, RequestId};
use pallet_inference::Ledger;

impl<T: Config> Pallet<T> {
    /// The provider has no input that it can use.
    pub(crate) fn do_claim(
        who: &T::AccountId,
        id: RequestId,
        context: H256,
        claim: InputClaim,
    ) -> Result<(), Error<T>> {
        let request = Self::assigned_request(who, id)?;
        ensure!(context == request.context, Error::ContextMismatch);
        match request.status {
            PrivateStatus::Assigned => {}
            PrivateStatus::Claimed { .. } => return Err(Error::AlreadyClaimed),
            PrivateStatus::Delivered { .. } | PrivateStatus::Forced { .. } => {
                return Err(Error::AlreadyDelivered)
            }
        }
        ensure!(!request.opened, Error::InputOpened);
        ensure!(Self::now() <= request.deadline, Error::DeadlinePassed);
        let open_by = Self::now().saturating_add(T::OpeningWindow::get());
        Self::deposit_event(Event::Claimed {
            request: id,
            requester: request.requester.clone(),
            provider: request.provider.clone(),
            claim,
            open_by,
        });
        Self::set_status(id, request, PrivateStatus::Claimed { claim, open_by });
        Ok(())
    }

    /// The requester opens the input on chain.
    pub(crate) fn do_open_input(
        who: &T::AccountId,
        id: RequestId,
        input: BoundedVec<i8, T::MaxInputLen>,
        blinding: H256,
    ) -> Result<(), Error<T>> {
        let mut request = Self::own_request(who, id)?;
        Self::claim_of(&request)?;
        Self::check_input(&request, &input, &blinding)?;
        let deadline = Self::now().saturating_add(request.patience);
        Self::deposit_event(Event::InputOpened {
            request: id,
            requester: request.requester.clone(),
            provider: request.provider.clone(),
            deadline,
        });
        Inputs::<T>::insert(id, Opened::<T> { input, blinding });
        request.opened = true;
        request.deadline = deadline;
        Self::set_status(id, request, PrivateStatus::Assigned);
        Ok(())
    }

    /// Whether an input is one of the model, and the one that was committed to.
    fn check_input(request: &Request<T>, input: &[i8], blinding: &H256) -> Result<(), Error<T>> {
        let interface = request.interface;
        ensure!(
            input.len().saturated_into::<u32>() == interface.input_len,
            Error::WrongInputLength
        );
        ensure!(
            input
                .iter()
                .all(|x| (interface.input_lo..=interface.input_hi).contains(x)),
            Error::InputOutOfRange
        );
        ensure!(
            lattice_host::is_canonical(&blinding.0),
            Error::InvalidBlinding
        );
        let commitment = lattice_host::commit_input_with(
            input,
            interface.input_lo,
            interface.input_hi,
            &blinding.0,
        )
        .map_err(|_| Error::<T>::OtherInput)?;
        ensure!(commitment == request.input_commitment.0, Error::OtherInput);
        Ok(())
    }

    /// The requester shows that the provider has signed for the input.
    pub(crate) fn do_refute_claim(
        who: &T::AccountId,
        id: RequestId,
        signature: &T::Signature,
    ) -> Result<(), Error<T>> {
        let request = Self::own_request(who, id)?;
        let claim = Self::claim_of(&request)?;
        let message = receipt_message(&T::Ledger::genesis(), id, &request.context.0);
        ensure!(
            signature.verify(&message[..], &request.provider),
            Error::InvalidReceipt
        );
        Self::end_false_claim(id, request, claim);
        Ok(())
    }

    /// The claim about a request whose window to answer it has not passed.
    fn claim_of(request: &Request<T>) -> Result<InputClaim, Error<T>> {
        let PrivateStatus::Claimed { claim, open_by } = request.status else {
            return Err(Error::NotClaimed);
        };
        ensure!(Self::now() <= open_by, Error::DeadlinePassed);
        Ok(claim)
    }
}
