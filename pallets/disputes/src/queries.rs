//! What the runtime API reads.

use crate::*;
use alloc::vec::Vec;
use frame::prelude::*;
use lattice_host::trace::{Place, Walk};
use lattice_primitives::{api::MAX_PAGE, DisputeId, DisputeInfo, DisputePlace, DisputeTurn};
use pallet_inference::OrderedId;

/// A dispute as clients see it, in this runtime's types.
pub type DisputeInfoOf<T> = DisputeInfo<<T as frame_system::Config>::AccountId, BlockNumberFor<T>>;

impl<T: Config> Pallet<T> {
    /// An open dispute.
    pub fn dispute(dispute: DisputeId) -> Option<DisputeInfoOf<T>> {
        let open = Disputes::<T>::get(dispute)?;
        Some(DisputeInfo {
            dispute,
            request: open.request,
            model: open.model,
            challenger: open.challenger,
            defenders: open.defenders.into_inner(),
            trace_root: open.trace_root,
            turn: readable(&open.turn),
            due: open.due,
            opened_at: open.opened_at,
        })
    }

    /// Open disputes in which an account is challenger or defender, with number ≥ `start`,
    /// ascending, at most `limit` and [`MAX_PAGE`].
    pub fn disputes_of(
        account: &T::AccountId,
        start: DisputeId,
        limit: u32,
    ) -> Vec<DisputeInfoOf<T>> {
        let ids = match start.checked_sub(1) {
            None => DisputesOf::<T>::iter_key_prefix(account),
            Some(before) => DisputesOf::<T>::iter_key_prefix_from(
                account,
                DisputesOf::<T>::hashed_key_for(account, OrderedId::from(before)),
            ),
        };
        ids.take(limit.min(MAX_PAGE).saturated_into())
            .filter_map(|id| Self::dispute(id.id()))
            .collect()
    }
}

fn readable(turn: &Turn) -> DisputeTurn {
    match turn {
        Turn::Reveal { walk } => DisputeTurn::Reveal {
            place: place_of(walk),
            walk: walk.encode(),
        },
        Turn::Choose { walk, node } => DisputeTurn::Choose {
            place: place_of(walk),
            walk: walk.encode(),
            node: node.encode(),
        },
        Turn::Defend { position, value } => DisputeTurn::Defend {
            op: position.op,
            element: position.element,
            value: *value,
        },
    }
}

fn place_of(walk: &Walk) -> DisputePlace {
    match walk.place() {
        Place::Trace => DisputePlace::Trace,
        Place::Values { level, index } => DisputePlace::Values { level, index },
        Place::Value { op } => DisputePlace::Value { op },
        Place::Elements { op, level, index } => DisputePlace::Elements { op, level, index },
    }
}
