//! The bytes of a proving key.
//!
//! arkworks' uncompressed encoding: verifying key, `beta_g1`, `delta_g1`, then the queries
//! `a`, `b` in G1, `b` in G2, `h`, `l`, each with its length as u64. Uncompressed, because a square
//! root per point would make reading take seconds; the file is twice as large.

use ark_bn254::{Bn254, G1Affine};
use ark_groth16::ProvingKey;
use ark_serialize::{CanonicalDeserialize, CanonicalSerialize, Compress, Validate};
use blake2::{digest::consts::U32, Blake2b, Digest};

use crate::error::SetupError;

/// Blake2-256, the hash by which the chain names a proving key.
pub fn hash_bytes(bytes: &[u8]) -> [u8; 32] {
    Blake2b::<U32>::digest(bytes).into()
}

/// Encodes a proving key.
///
/// # Errors
/// [`SetupError::ProvingKey`] if arkworks cannot encode it.
pub fn encode_proving_key(key: &ProvingKey<Bn254>) -> Result<Vec<u8>, SetupError> {
    let mut bytes = Vec::with_capacity(key.serialized_size(Compress::No));
    key.serialize_uncompressed(&mut bytes)
        .map_err(|error| SetupError::ProvingKey(error.to_string()))?;
    Ok(bytes)
}

/// Decodes a proving key: every point on its curve and in its subgroup, canonical, nothing after.
///
/// # Errors
/// [`SetupError::ProvingKey`] otherwise.
pub fn decode_proving_key(bytes: &[u8]) -> Result<ProvingKey<Bn254>, SetupError> {
    let refuse = |reason: String| SetupError::ProvingKey(reason);
    check_lengths(bytes).map_err(|reason| refuse(reason.into()))?;
    let mut rest = bytes;
    let key = ProvingKey::deserialize_with_mode(&mut rest, Compress::No, Validate::Yes)
        .map_err(|error| refuse(error.to_string()))?;
    if !rest.is_empty() {
        return Err(refuse(format!("{} bytes after its end", rest.len())));
    }
    // Points have spare bits; what is not written again byte for byte was not canonical.
    if encode_proving_key(&key)? != bytes {
        return Err(refuse("the encoding is not canonical".into()));
    }
    check_blinding(&key)?;
    Ok(key)
}

/// Refuses a key that blinds nothing: A carries `r·δ₁`, so with δ₁ = O it is a plain combination of
/// the witness, from which small values can be solved. With δ₁ ≠ O, A is uniform; δ₂ ≠ O, which the
/// verifying key's validation gives, makes B uniform; and C follows from the verified equation.
pub(crate) fn check_blinding(key: &ProvingKey<Bn254>) -> Result<(), SetupError> {
    for (point, value) in [("delta_g1", key.delta_g1), ("beta_g1", key.beta_g1)] {
        if value == G1Affine::identity() {
            return Err(SetupError::Unblinded { point });
        }
    }
    Ok(())
}

/// Bytes of an uncompressed point in the first group.
const G1: usize = 64;
/// Bytes of an uncompressed point in the second group.
const G2: usize = 128;

/// Walks over the length prefixes, so that a false one never makes the decoder allocate.
fn check_lengths(bytes: &[u8]) -> Result<(), &'static str> {
    let mut rest = bytes;
    let mut skip = |len: usize| -> Result<(), &'static str> {
        rest = rest.get(len..).ok_or("truncated")?;
        Ok(())
    };
    skip(G1 + 3 * G2)?;
    let mut vectors = |size: usize, fixed: usize| -> Result<(), &'static str> {
        let prefix = rest.get(..8).ok_or("truncated")?;
        let count = prefix
            .iter()
            .rev()
            .try_fold(0usize, |count, &byte| {
                Some(count.checked_mul(256)? + usize::from(byte))
            })
            .ok_or("a length that no file has")?;
        let len = count
            .checked_mul(size)
            .and_then(|len| len.checked_add(8 + fixed))
            .ok_or("a length that no file has")?;
        rest = rest.get(len..).ok_or("truncated")?;
        Ok(())
    };
    vectors(G1, 2 * G1)?;
    for size in [G1, G1, G2, G1, G1] {
        vectors(size, 0)?;
    }
    if rest.is_empty() {
        Ok(())
    } else {
        Err("bytes after its end")
    }
}
