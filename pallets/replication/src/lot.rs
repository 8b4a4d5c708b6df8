//! Which providers run the model: drawn by lot, in a block after the request's.
//!
//! All eligible offers are put in the order of Blake2-256(parent block's hash, request's number,
//! account), and the first n whose stake still covers the collateral are the replicas, each at its
//! own offer's price. Price, reputation and stake count for nothing here: a provider that asks less
//! is not drawn more often, so that nobody buys its way into a quorum with a low price.
//!
//! # What can be ground
//! The hash is that of the block before the draw, as a rule that of the request's own block. Neither
//! requester nor providers know it when they sign. Whoever *authors* that block does: it may vary
//! what it includes until the lot falls as it likes, some thousand times in a slot, and so nearly
//! choose the replicas among the eligible ones; the next author can only withhold a block. Aura has
//! no randomness that would be better. So against block authors that are, or are paid by, at least k
//! eligible providers, the lot protects nothing, and only an honest replica among the others does,
//! by an appeal: put n and k where a quorum of one party's accounts leaves room for one.
//!
//! The chain draws in the order of the requests and nobody may call for it: who chose the block would
//! choose the hash.

use crate::endings::Fate;
use crate::*;
use alloc::vec::Vec;
use frame::prelude::*;
use lattice_primitives::{Ending, RequestId};
use pallet_compute_providers::{Candidate, Market};
use pallet_inference::OrderedId;

impl<T: Config> Pallet<T> {
    /// Draw the replicas of a request that waits, or end it where too few are left.
    pub(crate) fn draw(id: RequestId, mut request: Request<T>) {
        let field = Self::field(
            request.model,
            request.window,
            request.escrow,
            request.royalty,
            request.n,
            &request.selection(),
        );
        let wanted = usize::from(request.n);
        for candidate in Self::in_lot_order(id, field.eligible) {
            if request.replicas.len() >= wanted {
                break;
            }
            let Candidate { provider, bill, .. } = candidate;
            // One whose stake is gone meanwhile leaves its place to the next.
            if T::Providers::assign(&provider, request.model, bill.collateral).is_err() {
                continue;
            }
            let replica = Replica {
                provider,
                compute: bill.price.compute,
                fee: bill.price.fee,
                collateral: bill.collateral,
                progress: Progress::Drawn,
            };
            // No tier has more replicas than there are places.
            let placed = request.replicas.try_push(replica);
            debug_assert!(placed.is_ok(), "more replicas than places");
        }
        if request.replicas.len() < wanted {
            for replica in &request.replicas {
                T::Providers::release(&replica.provider, request.model, replica.collateral);
            }
            request.replicas = Default::default();
            return Self::conclude(id, request, Ending::Unserved, |_| Fate::Free);
        }
        for replica in &request.replicas {
            ReplicasOf::<T>::insert(&replica.provider, OrderedId::from(id), ());
        }
        let until = Self::after(request.window);
        Self::deposit_event(Event::Drawn {
            request: id,
            replicas: Self::providers_of(&request, |_| true),
            until,
        });
        Self::enter(id, request, Stage::Committing { until });
    }

    /// Candidates in the order in which the lot draws them in this block.
    fn in_lot_order(
        id: RequestId,
        candidates: Vec<Candidate<T::AccountId, BalanceOf<T>>>,
    ) -> Vec<Candidate<T::AccountId, BalanceOf<T>>> {
        let parent = frame_system::Pallet::<T>::parent_hash();
        let mut drawn: Vec<_> = candidates
            .into_iter()
            .map(|candidate| {
                let lot = (parent, id, &candidate.provider).using_encoded(blake2_256);
                (lot, candidate)
            })
            .collect();
        drawn.sort_by_key(|(lot, _)| *lot);
        drawn.into_iter().map(|(_, candidate)| candidate).collect()
    }
}
