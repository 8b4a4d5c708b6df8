//! The hashes of a trace: Blake2-256 with a tag for each kind of thing.

use blake2::{
    digest::{consts::U32, Digest},
    Blake2b,
};

/// A Blake2-256 hash.
pub type Hash = [u8; 32];

const LEAF: &[u8] = b"lattice/trace/1/leaf";
const BRANCH: &[u8] = b"lattice/trace/1/branch";
const VALUE: &[u8] = b"lattice/trace/1/value";
const ROOT: &[u8] = b"lattice/trace/1/root";

/// `H(LEAF ‖ elements, i32 LE each)`.
pub fn leaf_hash(elements: &[i32]) -> Hash {
    let mut hasher = start(LEAF);
    for element in elements {
        hasher.update(element.to_le_bytes());
    }
    hasher.finalize().into()
}

/// `H(BRANCH ‖ children)`.
pub fn branch_hash(children: &[Hash]) -> Hash {
    let mut hasher = start(BRANCH);
    for child in children {
        hasher.update(child);
    }
    hasher.finalize().into()
}

/// `H(VALUE ‖ index of the operator, u32 LE ‖ number of elements, u32 LE ‖ tree)`,
/// with the top of the tree over the result's leaves.
pub fn value_hash(op: u32, length: u32, tree: &Hash) -> Hash {
    let mut hasher = start(VALUE);
    hasher.update(op.to_le_bytes());
    hasher.update(length.to_le_bytes());
    hasher.update(tree);
    hasher.finalize().into()
}

/// `H(ROOT ‖ number of operators, u32 LE ‖ tree)`, with the top of the tree over
/// the hashes of all results.
pub fn root_hash(ops: u32, tree: &Hash) -> Hash {
    let mut hasher = start(ROOT);
    hasher.update(ops.to_le_bytes());
    hasher.update(tree);
    hasher.finalize().into()
}

fn start(tag: &[u8]) -> Blake2b<U32> {
    let mut hasher = Blake2b::new();
    hasher.update(tag);
    hasher
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_bytes_under_another_tag_have_another_hash() {
        let child = [7; 32];
        let elements = [0x0707_0707; 8];
        let hashes = [
            leaf_hash(&elements),
            branch_hash(&[child]),
            value_hash(1, 2, &child),
            root_hash(1, &child),
        ];
        for (index, hash) in hashes.iter().enumerate() {
            assert!(!hashes[..index].contains(hash));
        }
        assert_ne!(value_hash(1, 2, &child), value_hash(2, 1, &child));
    }
}
