//! Merkle trees over the points of a query.
//!
//! With `H` = Blake2-256 and the tags below,
//!
//! ```text
//! leaf = H(LEAF ‖ compressed point, 32 bytes)
//! node = H(NODE ‖ left ‖ right)
//! root = H(ROOT ‖ query (u8: 0 for L, 1 for H, 2 for K) ‖ number of points (u32 LE) ‖ tree(leaves))
//! ```
//!
//! where `tree` is that of RFC 6962, section 2.1, as for a model's weights: neighbours are joined
//! level by level, and the last hash of a level with an odd number of them moves up as it is. The
//! number of points is in the root, so that the shape of a path follows from the leaf's index.

use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

use super::error::OpeningError;
use super::record::{G1Bytes, Hash, Start, Trapdoor};
use crate::statement::{blake2_256, ProofVersion};

const LEAF: &[u8] = b"lattice/ceremony/1/leaf";
const NODE: &[u8] = b"lattice/ceremony/1/node";
const ROOT: &[u8] = b"lattice/ceremony/1/root";

/// Longest path of an opening, in hashes.
pub const MAX_PATH: u32 = 32;

/// One of the queries that depend on a trapdoor.
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
pub enum Query {
    /// `(β·aᵢ + α·bᵢ + cᵢ)/δ`, a point per witness variable that is not committed to.
    L,
    /// `τⁱ·(τⁿ − 1)/δ`, a point less than the domain has elements.
    H,
    /// `(β·aᵢ + α·bᵢ + cᵢ)/ε`, a point per witness variable that is committed to.
    K,
}

impl Query {
    /// Those of a ceremony, in the order in which they are stored.
    pub const fn of(version: ProofVersion) -> &'static [Self] {
        match version {
            ProofVersion::Groth16 => &[Self::L, Self::H],
            ProofVersion::Committed => &[Self::L, Self::H, Self::K],
        }
    }

    /// What it is divided by.
    pub const fn trapdoor(self) -> Trapdoor {
        match self {
            Self::L | Self::H => Trapdoor::Delta,
            Self::K => Trapdoor::Epsilon,
        }
    }

    const fn tag(self) -> u8 {
        match self {
            Self::L => 0,
            Self::H => 1,
            Self::K => 2,
        }
    }

    /// Points of this query in a ceremony; none of K without a commitment.
    pub const fn count(self, start: &Start) -> u32 {
        match (self, &start.commitment) {
            (Self::L, _) => start.l_count,
            (Self::H, _) => start.h_count,
            (Self::K, Some(commitment)) => commitment.count,
            (Self::K, None) => 0,
        }
    }
}

/// A leaf and the hashes beside its way to the root, from the bottom.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub struct Opening {
    /// The compressed point.
    pub point: G1Bytes,
    /// The neighbours, at most [`MAX_PATH`].
    pub path: Vec<Hash>,
}

/// A leaf under two consecutive roots.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub struct Challenge {
    /// Which tree.
    pub query: Query,
    /// Position of the leaf, from 0.
    pub index: u32,
    /// Under the root that the challenged contribution was built on.
    pub before: Opening,
    /// Under the challenged contribution's root.
    pub after: Opening,
}

/// The hash of a leaf.
pub fn leaf_hash(point: &G1Bytes) -> Hash {
    blake2_256(&[LEAF, point])
}

/// The hash of a node over its two children.
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    blake2_256(&[NODE, left, right])
}

/// The root over a tree of `count` leaves.
pub fn root_hash(query: Query, count: u32, tree: &Hash) -> Hash {
    blake2_256(&[ROOT, &[query.tag()], &count.to_le_bytes(), tree])
}

/// Checks that an opening shows leaf `index` of `count` under `root`. At most [`MAX_PATH`] hashes are
/// computed, whatever is given.
///
/// # Errors
/// [`OpeningError`] with the first thing that is wrong: index, length of the path, root.
pub fn check_opening(
    root: &Hash,
    query: Query,
    count: u32,
    index: u32,
    opening: &Opening,
) -> Result<(), OpeningError> {
    if index >= count {
        return Err(OpeningError::Index { index, count });
    }
    let expected = path_length(index, count);
    let found = u32::try_from(opening.path.len()).unwrap_or(u32::MAX);
    if found != expected {
        return Err(OpeningError::PathLength { expected, found });
    }
    let mut siblings = opening.path.iter();
    let mut hash = leaf_hash(&opening.point);
    for step in steps(index, count) {
        hash = match (step, siblings.next()) {
            (Step::Left, Some(sibling)) => node_hash(&hash, sibling),
            (Step::Right, Some(sibling)) => node_hash(sibling, &hash),
            // Cannot happen: the length has been compared.
            (_, None) => return Err(OpeningError::Root),
        };
    }
    match root_hash(query, count, &hash) == *root {
        true => Ok(()),
        false => Err(OpeningError::Root),
    }
}

/// Hashes in the path of a leaf.
pub fn path_length(index: u32, count: u32) -> u32 {
    steps(index, count).fold(0, |length, _| length.saturating_add(1))
}

/// Where the own hash stands in a node.
enum Step {
    Left,
    Right,
}

/// The nodes on the way from a leaf to the top of its tree; where a hash moves up as it is, none.
fn steps(index: u32, count: u32) -> impl Iterator<Item = Step> {
    let (mut index, mut width) = (index, count);
    core::iter::from_fn(move || {
        while width > 1 {
            let last = index.saturating_add(1) >= width;
            let step = match (index & 1, last) {
                (0, true) => None,
                (0, false) => Some(Step::Left),
                _ => Some(Step::Right),
            };
            index >>= 1;
            width = width.div_ceil(2);
            if step.is_some() {
                return step;
            }
        }
        None
    })
}

/// A tree that is built from left to right, with a hash per level in memory.
#[derive(Clone, Debug)]
pub struct Tree {
    query: Query,
    count: u32,
    /// Complete subtrees from left to right, each with the exponent of its number of leaves.
    subtrees: Vec<(u32, Hash)>,
}

impl Tree {
    /// Without leaves.
    pub const fn new(query: Query) -> Self {
        Self {
            query,
            count: 0,
            subtrees: Vec::new(),
        }
    }

    /// Appends a leaf. Leaves beyond the first 2³² − 1 are not counted; no query has as many.
    pub fn push(&mut self, leaf: Hash) {
        self.count = self.count.saturating_add(1);
        let mut top = (0u32, leaf);
        while let Some((level, left)) = self.subtrees.pop() {
            if level != top.0 {
                self.subtrees.push((level, left));
                break;
            }
            top = (level.saturating_add(1), node_hash(&left, &top.1));
        }
        self.subtrees.push(top);
    }

    /// The root over what was pushed; the tree of nothing is 32 zero bytes under the root's hash.
    pub fn root(&self) -> Hash {
        let tree = self
            .subtrees
            .iter()
            .rev()
            .map(|(_, hash)| *hash)
            .reduce(|right, left| node_hash(&left, &right))
            .unwrap_or([0; 32]);
        root_hash(self.query, self.count, &tree)
    }
}

/// The path of leaf `index` among all leaves' hashes; `None` if there is no such leaf.
pub fn path(mut level: Vec<Hash>, index: u32) -> Option<Vec<Hash>> {
    let mut index = usize::try_from(index).ok()?;
    level.get(index)?;
    let mut path = Vec::new();
    while level.len() > 1 {
        if let Some(sibling) = level.get(index ^ 1) {
            path.push(*sibling);
        }
        level = level
            .chunks(2)
            .map(|pair| match pair {
                [left, right] => node_hash(left, right),
                [single] => *single,
                _ => [0; 32],
            })
            .collect();
        index /= 2;
    }
    Some(path)
}
