//! That an output is the last result under a root.

use crate::hash::{leaf_hash, root_hash, value_hash, Hash};
use crate::layout::size;
use crate::tree::{Join, Tree};
use crate::{Layout, LEAF_ELEMENTS};
use alloc::vec;
use bounded_collections::{BoundedVec, ConstU32};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// Most hashes of a link: 15 on each of the three levels over 4096 results.
pub const MAX_LINK: u32 = 45;

/// The hashes from the last result to the root of a trace, level by level,
/// ascending.
#[derive(
    Clone,
    Debug,
    Default,
    PartialEq,
    Eq,
    Encode,
    Decode,
    DecodeWithMemTracking,
    MaxEncodedLen,
    TypeInfo,
)]
pub struct OutputLink {
    /// The hashes.
    pub siblings: BoundedVec<Hash, ConstU32<MAX_LINK>>,
}

/// Whether `output` is the result of the last operator under `root`.
pub fn check_output(layout: &Layout, root: &Hash, output: &[i32], link: &OutputLink) -> bool {
    root_over(layout, output, link).is_some_and(|found| found == *root)
}

fn root_over(layout: &Layout, output: &[i32], link: &OutputLink) -> Option<Hash> {
    let last = layout.ops().checked_sub(1)?;
    let length = layout.length(last)?;
    if output.len() != size(length) {
        return None;
    }
    let value = value_hash(last, length, &elements_tree(output).top());
    let mut siblings = link.siblings.iter().copied();
    let top = layout
        .values()
        .fold(vec![(size(last), value)], &mut siblings)?;
    let complete = siblings.next().is_none();
    complete.then(|| root_hash(layout.ops(), &top))
}

/// The tree over the leaves of a result.
pub(crate) fn elements_tree(elements: &[i32]) -> Tree {
    let leaves = elements.chunks(LEAF_ELEMENTS).map(leaf_hash).collect();
    Tree::new(Join::Trace, leaves)
}
