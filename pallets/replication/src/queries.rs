//! What the runtime API reads.

use crate::*;
use alloc::vec::Vec;
use frame::prelude::*;
use lattice_primitives::{
    api::MAX_PAGE, ReplicaInfo, ReplicaState, ReplicatedInfo, ReplicatedPhase, RequestId,
};
use pallet_inference::OrderedId;

/// An open request as clients see it, in this runtime's types.
pub type ReplicatedInfoOf<T> =
    ReplicatedInfo<<T as frame_system::Config>::AccountId, BalanceOf<T>, BlockNumberFor<T>>;

/// A replica as clients see it, in this runtime's types.
pub type ReplicaInfoOf<T> = ReplicaInfo<<T as frame_system::Config>::AccountId, BalanceOf<T>>;

impl<T: Config> Pallet<T> {
    /// An open request.
    pub fn replicated(request: RequestId) -> Option<ReplicatedInfoOf<T>> {
        let open = Requests::<T>::get(request)?;
        Some(ReplicatedInfo {
            request,
            phase: Self::phase(request, &open),
            replicas: open
                .replicas
                .iter()
                .map(|replica| Self::replica_info(request, replica))
                .collect(),
            requester: open.requester,
            model: open.model,
            model_hash: open.model_hash,
            vk_id: open.vk_id,
            input: Inputs::<T>::get(request).into_inner(),
            input_commitment: open.input_commitment,
            content: open.content,
            n: open.n,
            k: open.k,
            deadline: open.window,
            escrow: open.escrow,
            royalty: open.royalty,
            requested_at: open.requested_at,
        })
    }

    /// Open requests of which a provider is a replica, with number ≥ `start`, oldest first, at
    /// most `limit` and [`MAX_PAGE`].
    pub fn replicas_of(
        provider: &T::AccountId,
        start: RequestId,
        limit: u32,
    ) -> Vec<ReplicatedInfoOf<T>> {
        let ids = match start.checked_sub(1) {
            None => ReplicasOf::<T>::iter_key_prefix(provider),
            Some(before) => ReplicasOf::<T>::iter_key_prefix_from(
                provider,
                ReplicasOf::<T>::hashed_key_for(provider, OrderedId::from(before)),
            ),
        };
        ids.take(limit.min(MAX_PAGE).saturated_into())
            .filter_map(|id| Self::replicated(id.id()))
            .collect()
    }

    fn phase(id: RequestId, request: &Request<T>) -> ReplicatedPhase<BlockNumberFor<T>> {
        match request.stage {
            Stage::Waiting { since } => ReplicatedPhase::Waiting { since },
            Stage::Committing { until } => ReplicatedPhase::Committing { until },
            Stage::Revealing { until } => ReplicatedPhase::Revealing { until },
            Stage::Appealing { until } => {
                let majority = request.majority();
                let first = request
                    .replicas
                    .iter()
                    .find(|one| one.finding().is_some() && one.finding() == majority);
                ReplicatedPhase::Appealing {
                    until,
                    output: first.map_or_else(Vec::new, |one| Self::shown(id, one)),
                    trace_root: majority.map_or(H256::zero(), |finding| finding.trace_root),
                }
            }
        }
    }

    fn replica_info(id: RequestId, replica: &Replica<T>) -> ReplicaInfoOf<T> {
        ReplicaInfo {
            provider: replica.provider.clone(),
            compute: replica.compute,
            fee: replica.fee,
            collateral: replica.collateral,
            state: match replica.progress {
                Progress::Drawn => ReplicaState::Drawn,
                Progress::Committed(commitment) => ReplicaState::Committed(commitment),
                Progress::Revealed { finding, appeal } => ReplicaState::Revealed {
                    output: Self::shown(id, replica),
                    trace_root: finding.trace_root,
                    appeal,
                },
                Progress::Late => ReplicaState::Late,
            },
        }
    }

    /// The output that a replica has shown.
    fn shown(id: RequestId, replica: &Replica<T>) -> Vec<i32> {
        Outputs::<T>::get(id, &replica.provider).map_or_else(Vec::new, BoundedVec::into_inner)
    }
}
