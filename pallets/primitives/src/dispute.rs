//! Disputes about results: who is to move, and where in the tree they are.
//!
//! A defender has committed to the results of all operators by the root of a tree; a challenger
//! that ran the model itself leads down that tree to one element in which they differ, and the
//! chain computes that element. Who does not move in time loses. Tree and moves are those of
//! `lattice-trace`, whose types stand here in their SCALE encoding, so that nobody who only reads
//! needs that crate.

use crate::{ModelIndex, RequestId};
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};
use sp_core::H256;

/// Number of a dispute, counted from zero on each chain.
pub type DisputeId = u64;

/// Why a dispute was decided.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Encode,
    Decode,
    DecodeWithMemTracking,
    MaxEncodedLen,
    TypeInfo,
    Serialize,
    Deserialize,
)]
pub enum Cause {
    /// The chain computed the element.
    Checked,
    /// A turn passed without an answer.
    Silence,
}

/// How a dispute was decided.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Encode,
    Decode,
    DecodeWithMemTracking,
    MaxEncodedLen,
    TypeInfo,
    Serialize,
    Deserialize,
)]
pub enum Verdict {
    /// For the result: the element is what was committed to, or the challenger was silent.
    Upheld(Cause),
    /// Against it: the element is another one, or all defenders were silent.
    Refuted(Cause),
}

/// A node in the tree over all operators' results.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Encode,
    Decode,
    DecodeWithMemTracking,
    MaxEncodedLen,
    TypeInfo,
    Serialize,
    Deserialize,
)]
pub enum DisputePlace {
    /// The whole trace.
    Trace,
    /// A branch over operators' results; the lowest level is 1.
    Values { level: u8, index: u32 },
    /// The whole result of an operator.
    Value { op: u32 },
    /// A node over elements of an operator's result; the leaves are level 0.
    Elements { op: u32, level: u8, index: u32 },
}

/// What is to be done next in a dispute, and by whom.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub enum DisputeTurn {
    /// A defender reveals the node at `place`.
    Reveal {
        place: DisputePlace,
        /// The encoded `Walk`.
        walk: Vec<u8>,
    },
    /// The challenger names the first child of the node at `place` that differs from its own.
    Choose {
        place: DisputePlace,
        /// The encoded `Walk`.
        walk: Vec<u8>,
        /// The encoded `Node` that was revealed.
        node: Vec<u8>,
    },
    /// A defender opens what an element is made of.
    Defend {
        /// Index of the operator.
        op: u32,
        /// Index of the element in its result, row-major.
        element: u32,
        /// What the tree says that it is.
        value: i32,
    },
}

impl DisputeTurn {
    /// Whether it is the challenger's.
    pub const fn is_challengers(&self) -> bool {
        matches!(self, Self::Choose { .. })
    }
}

/// An open dispute, as its parties need it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct DisputeInfo<AccountId, BlockNumber> {
    pub dispute: DisputeId,
    /// The request whose result is disputed; its input is there.
    pub request: RequestId,
    pub model: ModelIndex,
    /// Names a child in which its own trace differs.
    pub challenger: AccountId,
    /// Any of them may answer for the result.
    pub defenders: Vec<AccountId>,
    /// Root of the tree that is disputed.
    pub trace_root: H256,
    pub turn: DisputeTurn,
    /// The last block in which whoever's turn it is may answer.
    pub due: BlockNumber,
    pub opened_at: BlockNumber,
}
