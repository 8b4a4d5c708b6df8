//! Blake2-256 of chunks, with the vector instructions of the machine.
//!
//! A transfer hashes each byte several times, so the speed of the hash is the speed of the
//! transfer. The leaves of a model's chunk are hashed side by side.

use blake2b_simd::{
    many::{hash_many, HashManyJob, MAX_DEGREE},
    Hash, Params, State,
};
use lattice_tensor::weights::{tree, LEAF, LEAF_BYTES};

/// Bytes that are hashed for a leaf.
const TAGGED: usize = LEAF.len() + LEAF_BYTES;

fn params() -> Params {
    let mut params = Params::new();
    params.hash_length(32);
    params
}

fn digest(hash: &Hash) -> [u8; 32] {
    let mut digest = [0; 32];
    digest.copy_from_slice(hash.as_bytes());
    digest
}

/// Blake2b with 32 bytes of output.
pub(super) fn blake2_256(bytes: &[u8]) -> [u8; 32] {
    digest(&params().hash(bytes))
}

/// The tree over the leaves of an aligned run of a tensor's bytes, as in
/// [`lattice_tensor::weights`].
pub(super) fn subtree(bytes: &[u8]) -> [u8; 32] {
    let params = params();
    let mut tagged = [[0u8; TAGGED]; MAX_DEGREE];
    for input in &mut tagged {
        input[..LEAF.len()].copy_from_slice(LEAF);
    }
    let mut hashes = Vec::with_capacity(bytes.len().div_ceil(LEAF_BYTES));
    for group in bytes.chunks(LEAF_BYTES * MAX_DEGREE) {
        for (input, leaf) in tagged.iter_mut().zip(group.chunks(LEAF_BYTES)) {
            input[LEAF.len()..LEAF.len() + leaf.len()].copy_from_slice(leaf);
        }
        let mut jobs: Vec<_> = tagged
            .iter()
            .zip(group.chunks(LEAF_BYTES))
            .map(|(input, leaf)| HashManyJob::new(&params, &input[..LEAF.len() + leaf.len()]))
            .collect();
        hash_many(jobs.iter_mut());
        hashes.extend(jobs.iter().map(|job| digest(&job.to_hash())));
    }
    tree(hashes)
}

/// The hash of a file whose chunks come one after the other.
pub(super) struct Rolling {
    state: State,
    /// The chunk that comes next.
    pub next: u32,
}

impl Rolling {
    pub fn new() -> Self {
        Self {
            state: params().to_state(),
            next: 0,
        }
    }

    /// Takes in the chunk that comes next.
    pub fn push(&mut self, chunk: &[u8]) {
        self.state.update(chunk);
        self.next += 1;
    }

    pub fn digest(&self) -> [u8; 32] {
        digest(&self.state.finalize())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lattice_tensor::{weights, DType, TensorData};

    #[test]
    fn blake2_256_is_the_hash_that_substrate_uses() {
        assert_eq!(
            hex::encode(blake2_256(&[])),
            "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8"
        );
    }

    #[test]
    fn a_subtree_is_that_of_the_weight_root_at_every_length() {
        for len in [1, 100, 4_095, 4_096, 4_097, 16_384, 20_000, 65_536, 70_001] {
            let values: Vec<i8> = (0..len).map(|at: usize| (at % 251) as i8).collect();
            let bytes: Vec<u8> = values.iter().map(|value| *value as u8).collect();
            assert_eq!(
                weights::tensor_over(DType::I8, len as u64, &subtree(&bytes)),
                weights::tensor_hash(&TensorData::I8(values)),
                "{len} bytes"
            );
        }
    }

    #[test]
    fn chunks_one_after_the_other_have_the_hash_of_the_whole() {
        let bytes: Vec<u8> = (0..10_000u32).map(|at| (at % 255) as u8).collect();
        let mut rolling = Rolling::new();
        for chunk in bytes.chunks(999) {
            rolling.push(chunk);
        }
        assert_eq!(rolling.digest(), blake2_256(&bytes));
        assert_eq!(rolling.next, 11);
    }
}
