//! The root that binds tensors to a manifest.
//!
//! A tensor's bytes (row-major, i32 little-endian) are cut into leaves of
//! 4 KiB, the last one shorter; no leaf is shared by two tensors. With
//! `H` = Blake2-256 and the tags below,
//!
//! ```text
//! leaf   = H(LEAF ‖ bytes)
//! node   = H(NODE ‖ left ‖ right)
//! tensor = H(TENSOR ‖ element type (u8) ‖ length in bytes (u64 LE) ‖ tree(leaves))
//! root   = H(ROOT ‖ number of tensors (u32 LE) ‖ tree(tensors))
//! ```
//!
//! `tree` joins neighbours level by level; the last hash of a level with an odd
//! number of them moves up as it is, which is the tree of RFC 6962, section
//! 2.1. So an aligned run of 2^k leaves is one subtree, whatever follows it,
//! and a larger chunk for transfer or for the chain is such a run. The tree of
//! nothing is 32 zero bytes.

use crate::hash::blake2_256;
use crate::model::{extend_i32, extend_i8};
use crate::{DType, TensorData};
use alloc::vec::Vec;

/// Bytes of a leaf.
pub const LEAF_BYTES: usize = 4_096;

/// What stands before a leaf's bytes when it is hashed.
pub const LEAF: &[u8] = b"lattice/weights/1/leaf";

const NODE: &[u8] = b"lattice/weights/1/node";
const TENSOR: &[u8] = b"lattice/weights/1/tensor";
const ROOT: &[u8] = b"lattice/weights/1/root";

/// The root of `tensors`, as it stands in [`crate::Manifest::weight_root`].
pub fn weight_root(tensors: &[TensorData]) -> [u8; 32] {
    let hashes: Vec<_> = tensors.iter().map(tensor_hash).collect();
    let count = u32::try_from(hashes.len()).unwrap_or(u32::MAX);
    root_over(count, &tree(hashes))
}

/// The root over the tree of the hashes of `count` tensors.
pub fn root_over(count: u32, tree: &[u8; 32]) -> [u8; 32] {
    blake2_256(&[ROOT, &count.to_le_bytes(), tree])
}

/// The hash of one tensor.
pub fn tensor_hash(tensor: &TensorData) -> [u8; 32] {
    let tree = tree(leaf_hashes(tensor));
    tensor_over(tensor.dtype(), tensor.byte_len(), &tree)
}

/// The hash of a tensor over the tree of its leaves.
pub fn tensor_over(dtype: DType, byte_len: u64, tree: &[u8; 32]) -> [u8; 32] {
    let tag = match dtype {
        DType::I8 => 0u8,
        DType::I32 => 1u8,
    };
    blake2_256(&[TENSOR, &[tag], &byte_len.to_le_bytes(), tree])
}

/// The hashes of a tensor's leaves, in their order.
pub fn leaf_hashes(tensor: &TensorData) -> Vec<[u8; 32]> {
    match tensor {
        TensorData::I8(values) => leaves(values, LEAF_BYTES, extend_i8),
        TensorData::I32(values) => leaves(values, LEAF_BYTES / 4, extend_i32),
    }
}

/// The hash of one leaf of at most 4 KiB.
pub fn leaf_hash(bytes: &[u8]) -> [u8; 32] {
    blake2_256(&[LEAF, bytes])
}

/// The hash of a node over its two children.
pub fn node_hash(left: &[u8; 32], right: &[u8; 32]) -> [u8; 32] {
    blake2_256(&[NODE, left, right])
}

fn leaves<T>(values: &[T], per_leaf: usize, extend: fn(&mut Vec<u8>, &[T])) -> Vec<[u8; 32]> {
    let mut buffer = Vec::with_capacity(LEAF_BYTES);
    values
        .chunks(per_leaf)
        .map(|chunk| {
            buffer.clear();
            extend(&mut buffer, chunk);
            leaf_hash(&buffer)
        })
        .collect()
}

/// The Merkle tree of RFC 6962 over hashes, with [`node_hash`] as its nodes.
pub fn tree(mut level: Vec<[u8; 32]>) -> [u8; 32] {
    while level.len() > 1 {
        level = level
            .chunks(2)
            .map(|pair| match pair {
                [left, right] => node_hash(left, right),
                [single] => *single,
                _ => [0; 32],
            })
            .collect();
    }
    level.first().copied().unwrap_or([0; 32])
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;
    use proptest::prelude::*;

    /// RFC 6962, section 2.1, as it is written there: split at the largest
    /// power of two below the number of leaves.
    fn by_recursion(leaves: &[[u8; 32]]) -> [u8; 32] {
        match leaves {
            [] => [0; 32],
            [single] => *single,
            _ => {
                let split = leaves.len().next_power_of_two() / 2;
                node_hash(
                    &by_recursion(&leaves[..split]),
                    &by_recursion(&leaves[split..]),
                )
            }
        }
    }

    fn numbered(count: u32) -> Vec<[u8; 32]> {
        (0..count)
            .map(|index| leaf_hash(&index.to_le_bytes()))
            .collect()
    }

    #[test]
    fn the_tree_is_that_of_rfc_6962() {
        for count in 0..70 {
            assert_eq!(
                tree(numbered(count)),
                by_recursion(&numbered(count)),
                "{count} leaves"
            );
        }
    }

    #[test]
    fn an_aligned_chunk_is_a_subtree_whatever_follows() {
        let chunk = tree(numbered(13)[8..12].to_vec());
        let first = tree(numbered(8));
        let last = numbered(13)[12];
        assert_eq!(
            tree(numbered(13)),
            node_hash(&first, &node_hash(&chunk, &last))
        );
    }

    #[test]
    fn tensors_share_no_leaf_and_their_borders_count() {
        let together = weight_root(&[TensorData::I8(vec![1, 2])]);
        let apart = weight_root(&[TensorData::I8(vec![1]), TensorData::I8(vec![2])]);
        let other_type = weight_root(&[TensorData::I32(vec![1, 2])]);
        assert!(together != apart && together != other_type);
        assert_ne!(weight_root(&[]), weight_root(&[TensorData::I8(vec![])]));
    }

    #[test]
    fn a_leaf_is_4096_bytes_of_either_type() {
        let ints = TensorData::I32((0..1_025).collect());
        let mut bytes = Vec::new();
        ints.extend_bytes(&mut bytes);
        let leaves = vec![
            leaf_hash(&bytes[..LEAF_BYTES]),
            leaf_hash(&bytes[LEAF_BYTES..]),
        ];
        let length = 4_100u64.to_le_bytes();
        assert_eq!(
            tensor_hash(&ints),
            blake2_256(&[TENSOR, &[1], &length, &tree(leaves)])
        );
    }

    proptest! {
        #[test]
        fn any_changed_element_changes_the_root(
            values in prop::collection::vec(any::<i8>(), 1..20_000), at in any::<prop::sample::Index>(),
        ) {
            let mut changed = values.clone();
            let index = at.index(values.len());
            changed[index] = changed[index].wrapping_add(1);
            prop_assert_ne!(
                weight_root(&[TensorData::I8(values)]),
                weight_root(&[TensorData::I8(changed)])
            );
        }
    }
}
