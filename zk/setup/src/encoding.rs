//! The bytes of a proving key.
//!
//! arkworks' uncompressed encoding: verifying key, `beta_g1`, `delta_g1`, then the queries
//! `a`, `b` in G1, `b` in G2, `h`, `l`, each with its length as u64. Uncompressed, because a square
//! root per point would make reading take seconds; the file is twice as large. A key has one encoding:
//! what is not canonical is refused, point by point ([`crate::points`]).

use ark_bn254::{Bn254, G1Affine};
use ark_ec::short_weierstrass::Affine;
use ark_groth16::{ProvingKey, VerifyingKey};
use ark_serialize::{CanonicalSerialize, Compress};
use blake2::{digest::consts::U32, Blake2b, Digest};
use std::io::{self, Read};

use crate::{
    error::SetupError,
    points::{decode, format::Uncompressed, Group, Refused},
};

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
/// [`SetupError::ProvingKey`] otherwise; [`SetupError::Unblinded`] for a key that blinds nothing.
pub fn decode_proving_key(bytes: &[u8]) -> Result<ProvingKey<Bn254>, SetupError> {
    match read_proving_key(bytes, bytes.len() as u64) {
        Ok(read) => read.key,
        Err(error) => Err(SetupError::ProvingKey(error.to_string())),
    }
}

/// A proving key's file, read to its end.
#[derive(Debug)]
pub struct ReadKey {
    /// Blake2-256 of the bytes that were decoded.
    pub hash: [u8; 32],
    /// The key, if it is one; see [`decode_proving_key`].
    pub key: Result<ProvingKey<Bn254>, SetupError>,
}

/// Reads a proving key of `len` bytes, once and in pieces: memory is the key's own and a piece's.
///
/// Not by a memory map: what is decoded is what was hashed even if somebody else writes to the file
/// meanwhile, a file that shrinks is an error and no signal, and reading takes a small part of the
/// time that the points' checks do.
///
/// # Errors
/// What the reader gives, and its end before `len` bytes. An encoding that is refused is not an
/// error here: it has a hash.
pub fn read_proving_key(reader: impl Read, len: u64) -> io::Result<ReadKey> {
    let mut source = Source {
        reader,
        left: len,
        hasher: Blake2b::new(),
        piece: Vec::new(),
    };
    let key = match source.proving_key() {
        Ok(key) => check_blinding(&key).map(|()| key),
        Err(Failure::Refused(reason)) => Err(SetupError::ProvingKey(reason)),
        Err(Failure::Io(error)) => return Err(error),
    };
    while source.left > 0 {
        let len = source.left.min(PIECE_LEN as u64) as usize;
        source.fill(len)?;
        source.hasher.update(&source.piece);
    }
    Ok(ReadKey {
        hash: source.hasher.finalize().into(),
        key,
    })
}

/// Bytes of a file in memory at a time: enough for the batched checks of the second group.
const PIECE_LEN: usize = 8 << 20;

enum Failure {
    Io(io::Error),
    Refused(String),
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// A proving key on its way in. Every byte that is taken from the reader is hashed.
struct Source<R> {
    reader: R,
    /// Bytes that are still to be read.
    left: u64,
    hasher: Blake2b<U32>,
    piece: Vec<u8>,
}

impl<R: Read> Source<R> {
    fn proving_key(&mut self) -> Result<ProvingKey<Bn254>, Failure> {
        let key = ProvingKey {
            vk: VerifyingKey {
                alpha_g1: self.point("alpha_g1")?,
                beta_g2: self.point("beta_g2")?,
                gamma_g2: self.point("gamma_g2")?,
                delta_g2: self.point("delta_g2")?,
                gamma_abc_g1: self.array("gamma_abc_g1")?,
            },
            beta_g1: self.point("beta_g1")?,
            delta_g1: self.point("delta_g1")?,
            a_query: self.array("a_query")?,
            b_g1_query: self.array("b_g1_query")?,
            b_g2_query: self.array("b_g2_query")?,
            h_query: self.array("h_query")?,
            l_query: self.array("l_query")?,
        };
        match self.left {
            0 => Ok(key),
            left => Err(Failure::Refused(format!("{left} bytes after its end"))),
        }
    }

    /// The next bytes of the file, as the current piece; not hashed yet.
    fn fill(&mut self, len: usize) -> io::Result<()> {
        self.piece.resize(len, 0);
        self.reader.read_exact(&mut self.piece)?;
        self.left = self.left.saturating_sub(len as u64);
        Ok(())
    }

    fn point<C: Group>(&mut self, what: &str) -> Result<Affine<C>, Failure> {
        let point = self.points(what, 1)?.pop();
        point.ok_or_else(|| Failure::Refused(format!("without {what}")))
    }

    /// Points behind their number.
    fn array<C: Group>(&mut self, what: &str) -> Result<Vec<Affine<C>>, Failure> {
        let mut count = [0; 8];
        if self.left < count.len() as u64 {
            return Err(Failure::Refused(format!("truncated before {what}")));
        }
        self.fill(count.len())?;
        self.hasher.update(&self.piece);
        count.copy_from_slice(&self.piece);
        self.points(what, u64::from_le_bytes(count))
    }

    fn points<C: Group>(&mut self, what: &str, count: u64) -> Result<Vec<Affine<C>>, Failure> {
        let len = count.checked_mul(C::POINT_LEN as u64);
        // Before anything is allocated: a false number of points costs nothing.
        let count = match usize::try_from(count) {
            Ok(count) if len.is_some_and(|len| len <= self.left) => count,
            _ => {
                let reason = format!("truncated: {what} is to have {count} points");
                return Err(Failure::Refused(reason));
            }
        };
        let mut points = Vec::with_capacity(count);
        while points.len() < count {
            let first = points.len();
            let more = (count - first).min(PIECE_LEN / C::POINT_LEN);
            self.fill(more * C::POINT_LEN)?;
            let (hasher, piece) = (&mut self.hasher, &self.piece);
            let ((), decoded) = rayon::join(
                || hasher.update(piece),
                || decode::<Uncompressed, C>(piece, &mut points),
            );
            decoded.map_err(|Refused { index, reason }| {
                Failure::Refused(format!("{what}, point {}: {reason}", first + index))
            })?;
        }
        Ok(points)
    }
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
