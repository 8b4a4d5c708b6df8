//! A node of the tree, as it is revealed.

use crate::hash::{branch_hash, leaf_hash, Hash};
use crate::{ARITY, LEAF_ELEMENTS};
use bounded_collections::{BoundedVec, ConstU32};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// What is revealed.
#[derive(
    Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub enum Node {
    /// Hashes of the children.
    #[codec(index = 0)]
    Branch(BoundedVec<Hash, ConstU32<16>>),
    /// Elements of a result.
    #[codec(index = 1)]
    Leaf(BoundedVec<i32, ConstU32<64>>),
}

impl Node {
    /// A branch, none of more than 16 children.
    pub(crate) fn branch(children: &[Hash]) -> Option<Self> {
        children.to_vec().try_into().ok().map(Self::Branch)
    }

    /// A leaf, none of more than 64 elements.
    pub(crate) fn leaf(elements: &[i32]) -> Option<Self> {
        elements.to_vec().try_into().ok().map(Self::Leaf)
    }

    /// What it would be expected as.
    pub(crate) fn shape(&self) -> Expected {
        match self {
            Self::Branch(children) => Expected::Branch {
                children: narrow(children.len()),
            },
            Self::Leaf(elements) => Expected::Leaf {
                elements: narrow(elements.len()),
            },
        }
    }

    pub(crate) fn hash(&self) -> Hash {
        match self {
            Self::Branch(children) => branch_hash(children),
            Self::Leaf(elements) => leaf_hash(elements),
        }
    }
}

/// The form of the node that is to be revealed.
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
)]
pub enum Expected {
    /// 2 to 16 hashes.
    #[codec(index = 0)]
    Branch {
        /// How many.
        children: u8,
    },
    /// 1 to 64 elements.
    #[codec(index = 1)]
    Leaf {
        /// How many.
        elements: u8,
    },
}

impl Expected {
    pub(crate) fn count(self) -> u8 {
        match self {
            Self::Branch { children } => children,
            Self::Leaf { elements } => elements,
        }
    }
}

/// A count of at most 64.
pub(crate) fn narrow(count: usize) -> u8 {
    u8::try_from(count).unwrap_or(u8::MAX)
}

const _: () = assert!(
    ARITY == 16 && LEAF_ELEMENTS == 64,
    "as the bounds of a node"
);
