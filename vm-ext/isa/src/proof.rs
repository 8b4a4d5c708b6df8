//! A proof as an operand.

use codec::{Decode, DecodeWithMemTracking, Encode, EncodeLike, MaxEncodedLen};
use core::fmt;
use scale_info::{Type, TypeInfo};

/// Bytes of a proof without and with a commitment.
pub(crate) const PLAIN: usize = 128;
pub(crate) const COMMITTED: usize = 160;

/// A Groth16 proof in arkworks' compressed form: A, B and C, and D if it has a commitment.
///
/// No other lengths exist. Which of the two a key takes, its version says; a proof of the other
/// length is malformed under it. In SCALE these are bytes with their length, as a `Vec<u8>` has
/// them, and decoding refuses other lengths.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum ProofBytes {
    /// A, B and C.
    Groth16([u8; PLAIN]),
    /// A, B, C and D.
    Committed([u8; COMMITTED]),
}

impl ProofBytes {
    /// The bytes.
    pub const fn as_slice(&self) -> &[u8] {
        match self {
            Self::Groth16(bytes) => bytes,
            Self::Committed(bytes) => bytes,
        }
    }

    /// The bytes, to change.
    pub const fn as_mut_slice(&mut self) -> &mut [u8] {
        match self {
            Self::Groth16(bytes) => bytes,
            Self::Committed(bytes) => bytes,
        }
    }

    /// Whether it has a commitment.
    pub const fn is_committed(&self) -> bool {
        matches!(self, Self::Committed(_))
    }
}

/// Bytes of a length that no proof has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a proof has {PLAIN} bytes, or {COMMITTED} with a commitment, not {found}")]
pub struct ProofLengthError {
    /// Bytes that were given.
    pub found: usize,
}

impl TryFrom<&[u8]> for ProofBytes {
    type Error = ProofLengthError;

    fn try_from(bytes: &[u8]) -> Result<Self, ProofLengthError> {
        if let Ok(bytes) = bytes.try_into() {
            return Ok(Self::Groth16(bytes));
        }
        let committed = bytes.try_into().map(Self::Committed);
        committed.map_err(|_| ProofLengthError { found: bytes.len() })
    }
}

impl From<[u8; PLAIN]> for ProofBytes {
    fn from(bytes: [u8; PLAIN]) -> Self {
        Self::Groth16(bytes)
    }
}

impl From<[u8; COMMITTED]> for ProofBytes {
    fn from(bytes: [u8; COMMITTED]) -> Self {
        Self::Committed(bytes)
    }
}

impl AsRef<[u8]> for ProofBytes {
    fn as_ref(&self) -> &[u8] {
        self.as_slice()
    }
}

impl fmt::Display for ProofBytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("0x")?;
        let mut bytes = self.as_slice().iter();
        bytes.try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for ProofBytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl Encode for ProofBytes {
    fn size_hint(&self) -> usize {
        self.as_slice().size_hint()
    }

    fn using_encoded<R, F: FnOnce(&[u8]) -> R>(&self, f: F) -> R {
        self.as_slice().using_encoded(f)
    }
}

impl EncodeLike for ProofBytes {}

impl Decode for ProofBytes {
    fn decode<I: codec::Input>(input: &mut I) -> Result<Self, codec::Error> {
        // The length is known to be one of two before any byte is read.
        match codec::Compact::<u32>::decode(input)?.0 {
            128 => Decode::decode(input).map(Self::Groth16),
            160 => Decode::decode(input).map(Self::Committed),
            _ => Err("a proof has 128 bytes, or 160 with a commitment".into()),
        }
    }
}

impl DecodeWithMemTracking for ProofBytes {}

impl MaxEncodedLen for ProofBytes {
    fn max_encoded_len() -> usize {
        let length = codec::Compact::<u32>::max_encoded_len();
        length.saturating_add(COMMITTED)
    }
}

impl TypeInfo for ProofBytes {
    type Identity = Self;

    fn type_info() -> Type {
        alloc::vec::Vec::<u8>::type_info()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::{vec, vec::Vec};
    use codec::DecodeAll;

    #[test]
    fn a_proof_is_encoded_as_bytes_and_no_other_length_is_decoded() {
        for length in 0..=200 {
            let bytes = vec![7u8; length];
            let encoded = bytes.encode();
            let decoded = ProofBytes::decode_all(&mut &encoded[..]);
            assert_eq!(decoded.is_ok(), length == PLAIN || length == COMMITTED);
            let proof = ProofBytes::try_from(&bytes[..]);
            assert_eq!(proof.ok(), decoded.clone().ok());
            if let Ok(proof) = decoded {
                assert_eq!(proof.encode(), encoded);
                assert_eq!(proof.as_slice(), bytes);
                assert!(encoded.len() <= ProofBytes::max_encoded_len());
                assert_eq!(proof.is_committed(), length == COMMITTED);
            }
        }
        let cut = &vec![7u8; PLAIN].encode()[..PLAIN];
        assert!(ProofBytes::decode(&mut &cut[..]).is_err());
    }

    #[test]
    fn a_proof_looks_like_bytes_in_metadata() {
        assert_eq!(ProofBytes::type_info(), Vec::<u8>::type_info());
    }
}
