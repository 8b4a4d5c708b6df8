//! A private output whose proof was accepted is acknowledged, or posted.

use crate::*;
use frame::prelude::*;
use lattice_primitives::{PrivateStatus, RequestId};

impl<T: Config> Pallet<T> {
    /// The requester has the output. It may say so after it has asked for it to be posted, too.
    pub(crate) fn do_acknowledge(
        who: &T::AccountId,
        id: RequestId,
        context: H256,
    ) -> Result<(), Error<T>> {
        let mut request = Self::own_request(who, id)?;
        ensure!(context == request.context, Error::ContextMismatch);
        let shown = request.shown.take().ok_or(Error::<T>::NotDelivered)?;
        Self::settle(id, request, shown, None);
        Ok(())
    }

    /// The requester does not have the output.
    pub(crate) fn do_force_posting(
        who: &T::AccountId,
        id: RequestId,
        context: H256,
    ) -> Result<(), Error<T>> {
        let request = Self::own_request(who, id)?;
        ensure!(context == request.context, Error::ContextMismatch);
        match request.status {
            PrivateStatus::Delivered { final_at } => {
                ensure!(Self::now() <= final_at, Error::DeadlinePassed);
            }
            PrivateStatus::Forced { .. } => return Err(Error::AlreadyForced),
            PrivateStatus::Assigned | PrivateStatus::Claimed { .. } => {
                return Err(Error::NotDelivered)
            }
        }
        let post_by = Self::now().saturating_add(T::PostingWindow::get());
        Self::deposit_event(Event::PostingForced {
            request: id,
            requester: request.requester.clone(),
            provider: request.provider.clone(),
            post_by,
        });
        Self::set_status(id, request, PrivateStatus::Forced { post_by });
        Ok(())
    }

    /// The provider posts the output, as it is made to.
    pub(crate) fn do_post_output(
        who: &T::AccountId,
        id: RequestId,
        output: BoundedVec<i32, T::MaxOutputLen>,
        blinding: H256,
    ) -> Result<(), Error<T>> {
        let mut request = Self::assigned_request(who, id)?;
        match request.status {
            PrivateStatus::Forced { post_by } => {
                ensure!(Self::now() <= post_by, Error::DeadlinePassed);
            }
            // The requester may have the output, and want it to stay private.
            PrivateStatus::Delivered { .. } => return Err(Error::NotForced),
            PrivateStatus::Assigned | PrivateStatus::Claimed { .. } => {
                return Err(Error::NotDelivered)
            }
        }
        let shown = request.shown.take().ok_or(Error::<T>::NotDelivered)?;
        ensure!(
            output.len().saturated_into::<u32>() == request.interface.output_len,
            Error::WrongOutputLength
        );
        ensure!(
            lattice_host::is_canonical(&blinding.0),
            Error::InvalidBlinding
        );
        // With as many elements as a model has, and a blinding, there is a commitment.
        let commitment = lattice_host::commit_output_with(&output, &blinding.0)
            .map_err(|_| Error::<T>::OtherOutput)?;
        ensure!(commitment == shown.output_commitment.0, Error::OtherOutput);
        Self::deposit_event(Event::OutputPosted {
            request: id,
            provider: request.provider.clone(),
            output: output.clone(),
            blinding,
        });
        Self::settle(id, request, shown, Some(output));
        Ok(())
    }
}
