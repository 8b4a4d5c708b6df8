//! What the runtime API reads.

use crate::*;
use alloc::vec::Vec;
use frame::prelude::*;
use lattice_primitives::{api::MAX_PAGE, OpenedInput, PrivateRequestInfo, RequestId};
use pallet_inference::OrderedId;

/// An open request as clients see it, in this runtime's types.
pub type PrivateRequestInfoOf<T> =
    PrivateRequestInfo<<T as frame_system::Config>::AccountId, BalanceOf<T>, BlockNumberFor<T>>;

impl<T: Config> Pallet<T> {
    /// An open request.
    pub fn private_request(request: RequestId) -> Option<PrivateRequestInfoOf<T>> {
        let open = Requests::<T>::get(request)?;
        Some(PrivateRequestInfo {
            request,
            requester: open.requester,
            provider: open.provider,
            model: open.model,
            model_hash: open.model_hash,
            vk_id: open.vk_id,
            input_commitment: open.input_commitment,
            content: open.content,
            context: open.context,
            output_private: open.output_private,
            price: open.price,
            deadline: open.deadline,
            status: open.status,
            opened: Inputs::<T>::get(request).map(|opened| OpenedInput {
                input: opened.input.into_inner(),
                blinding: opened.blinding,
            }),
            output_commitment: open.shown.map(|shown| shown.output_commitment),
        })
    }

    /// Open requests of a provider with number ≥ `start`, oldest first, at most `limit` and
    /// [`MAX_PAGE`].
    pub fn private_assignments(
        provider: &T::AccountId,
        start: RequestId,
        limit: u32,
    ) -> Vec<PrivateRequestInfoOf<T>> {
        let ids = match start.checked_sub(1) {
            None => AssignedTo::<T>::iter_key_prefix(provider),
            Some(before) => AssignedTo::<T>::iter_key_prefix_from(
                provider,
                AssignedTo::<T>::hashed_key_for(provider, OrderedId::from(before)),
            ),
        };
        ids.take(limit.min(MAX_PAGE).saturated_into())
            .filter_map(|id| Self::private_request(id.id()))
            .collect()
    }
}
