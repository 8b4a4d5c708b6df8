//! Scalars and their one encoding.

use ark_bn254::Fr;
use ark_ff::{BigInt, PrimeField};

use crate::statement::FieldBytes;

/// The scalar of these bytes, or `None` if they are not canonical (at or above r).
pub fn decode(bytes: &FieldBytes) -> Option<Fr> {
    let mut limbs = [0u64; 4];
    for (limb, chunk) in limbs.iter_mut().zip(bytes.chunks_exact(8)) {
        *limb = chunk
            .iter()
            .rev()
            .fold(0, |value, byte| (value << 8) | u64::from(*byte));
    }
    Fr::from_bigint(BigInt::new(limbs))
}

/// The canonical bytes of a scalar.
pub fn encode(element: &Fr) -> FieldBytes {
    let mut bytes = [0; 32];
    for (chunk, limb) in bytes
        .chunks_exact_mut(8)
        .zip(element.into_bigint().as_ref())
    {
        chunk.copy_from_slice(&limb.to_le_bytes());
    }
    bytes
}
