//! What the runtime API reads.

use crate::*;
use alloc::vec::Vec;
use frame::prelude::*;
use lattice_primitives::{api::MAX_PAGE, OptimisticInfo, OptimisticStatus, RequestId};
use pallet_inference::OrderedId;

/// An open request as clients see it, in this runtime's types.
pub type OptimisticInfoOf<T> =
    OptimisticInfo<<T as frame_system::Config>::AccountId, BalanceOf<T>, BlockNumberFor<T>>;

impl<T: Config> Pallet<T> {
    /// An open request.
    pub fn optimistic(request: RequestId) -> Option<OptimisticInfoOf<T>> {
        let open = Requests::<T>::get(request)?;
        Some(OptimisticInfo {
            request,
            requester: open.requester,
            provider: open.provider,
            model: open.model,
            model_hash: open.model_hash,
            input: open.input.into_inner(),
            input_commitment: open.input_commitment,
            content: open.content,
            context: open.context,
            price: open.price,
            collateral: open.collateral,
            bond: open.bond,
            window: open.window,
            requested_at: open.requested_at,
            deadline: open.deadline,
            attempts_left: open.attempts_left,
            failed: open.failed.into_inner(),
            status: match (open.waiting_since, open.posted) {
                (Some(since), _) => OptimisticStatus::Waiting { since },
                (None, None) => OptimisticStatus::Assigned,
                (None, Some(posted)) => OptimisticStatus::Posted {
                    output: posted.output.into_inner(),
                    trace_root: posted.trace_root,
                    posted_at: posted.posted_at,
                    final_at: posted.final_at,
                    challenges: posted
                        .challenges
                        .into_iter()
                        .map(|challenge| (challenge.challenger, challenge.dispute))
                        .collect(),
                },
            },
        })
    }

    /// Open requests of a provider with number ≥ `start`, oldest first, at most `limit` and
    /// [`MAX_PAGE`].
    pub fn optimistic_of(
        provider: &T::AccountId,
        start: RequestId,
        limit: u32,
    ) -> Vec<OptimisticInfoOf<T>> {
        let ids = match start.checked_sub(1) {
            None => AssignedTo::<T>::iter_key_prefix(provider),
            Some(before) => AssignedTo::<T>::iter_key_prefix_from(
                provider,
                AssignedTo::<T>::hashed_key_for(provider, OrderedId::from(before)),
            ),
        };
        Self::infos(ids, limit)
    }

    /// Open requests whose result is posted, with number ≥ `start`, ascending, at most `limit` and
    /// [`MAX_PAGE`].
    pub fn posted(start: RequestId, limit: u32) -> Vec<OptimisticInfoOf<T>> {
        let ids = match start.checked_sub(1) {
            None => Results::<T>::iter_keys(),
            Some(before) => {
                Results::<T>::iter_keys_from(Results::<T>::hashed_key_for(OrderedId::from(before)))
            }
        };
        Self::infos(ids, limit)
    }

    fn infos(ids: impl Iterator<Item = OrderedId>, limit: u32) -> Vec<OptimisticInfoOf<T>> {
        ids.take(limit.min(MAX_PAGE).saturated_into())
            .filter_map(|id| Self::optimistic(id.id()))
            .collect()
    }
}
