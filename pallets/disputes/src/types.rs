//! What is stored of a dispute.

use crate::Config;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame::deps::frame_support::stored;
use frame::prelude::*;
use lattice_host::trace::{Node, Position, Walk, MAX_OPENING_BYTES};
use lattice_primitives::{Cause, ModelIndex, RequestId, Verdict, MAX_REPLICAS};

/// The accounts that may answer for a result.
pub type Defenders<AccountId> = BoundedVec<AccountId, ConstU32<MAX_REPLICAS>>;

/// An encoded [`lattice_host::trace::Opening`].
pub type OpeningBytes = BoundedVec<u8, ConstU32<MAX_OPENING_BYTES>>;

/// What is to be done next.
#[derive(
    Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub enum Turn {
    /// A defender reveals the node that the walk has come to.
    Reveal { walk: Walk },
    /// The challenger names a child of it.
    Choose { walk: Walk, node: Node },
    /// A defender opens the element that the walk has ended at, and that is `value` in its tree.
    Defend { position: Position, value: i32 },
}

impl Turn {
    /// What is decided if nobody answers.
    pub const fn forfeit(&self) -> Verdict {
        match self {
            Self::Reveal { .. } | Self::Defend { .. } => Verdict::Refuted(Cause::Silence),
            Self::Choose { .. } => Verdict::Upheld(Cause::Silence),
        }
    }
}

/// An open dispute. Input and layout are stored beside it, since few moves read them.
#[stored]
pub struct Dispute<T: Config> {
    pub request: RequestId,
    pub model: ModelIndex,
    /// Root of the tree that the defenders posted.
    pub trace_root: H256,
    pub challenger: T::AccountId,
    /// Any of them may answer.
    pub defenders: Defenders<T::AccountId>,
    pub turn: Turn,
    /// The last block in which the turn may be taken.
    pub due: BlockNumberFor<T>,
    pub opened_at: BlockNumberFor<T>,
}

impl<T: Config> Dispute<T> {
    /// Everybody who has a turn in it.
    pub fn parties(&self) -> impl Iterator<Item = &T::AccountId> {
        self.defenders
            .iter()
            .chain(core::iter::once(&self.challenger))
    }
}
