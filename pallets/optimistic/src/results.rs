//! A result is posted.

use crate::*;
use frame::prelude::*;
use lattice_primitives::RequestId;
use pallet_compute_providers::Market;
use pallet_disputes::{Court, OutputLink};
use pallet_inference::OrderedId;

impl<T: Config> Pallet<T> {
    /// Weight of posting an output of this length.
    pub(crate) fn post_weight(output_len: u32) -> Weight {
        T::WeightInfo::post_result(output_len)
            .saturating_add(T::Court::is_last_value_weight(output_len))
    }

    pub(crate) fn do_post(
        who: &T::AccountId,
        id: RequestId,
        context: H256,
        output: BoundedVec<i32, T::MaxOutputLen>,
        trace_root: H256,
        link: &OutputLink,
    ) -> DispatchResult {
        let mut request = Self::open_request(id)?;
        ensure!(
            request.has_provider() && *who == request.provider,
            Error::<T>::NotAssignedProvider
        );
        ensure!(request.posted.is_none(), Error::<T>::AlreadyPosted);
        let now = frame_system::Pallet::<T>::block_number();
        ensure!(now <= request.deadline, Error::<T>::DeadlinePassed);
        ensure!(context == request.context, Error::<T>::ContextMismatch);
        ensure!(
            output.len().saturated_into::<u32>() == request.output_len,
            Error::<T>::WrongOutputLength
        );
        let is_last = T::Court::is_last_value(request.model, trace_root, &output, link)
            .map_err(Error::<T>::from)?;
        ensure!(is_last, Error::<T>::OutputNotCommitted);

        let final_at = now.saturating_add(request.window);
        Self::unlist_due(id, &request);
        request.posted = Some(Posted {
            output,
            trace_root,
            posted_at: now,
            final_at,
            challenges: Default::default(),
        });
        Self::list_due(id, &request);
        Results::<T>::insert(OrderedId::from(id), ());
        Requests::<T>::insert(id, request);
        T::Providers::accept(who);
        Self::deposit_event(Event::Posted {
            request: id,
            provider: who.clone(),
            trace_root,
            final_at,
        });
        Ok(())
    }
}
