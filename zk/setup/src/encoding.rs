//! The bytes of a proving key.
//!
//! arkworks' uncompressed encoding: verifying key, `beta_g1`, `delta_g1`, then the queries
//! `a`, `b` in G1, `b` in G2, `h`, `l`, each with its length as u64; behind it, if the key has a
//! commitment, the commitment's query with its length, `epsilon_g1` and `epsilon_g2`. Whether it has
//! one, the number of points in `gamma_abc_g1` says, near the beginning: four, or five with a challenge.
//!
//! Uncompressed, because a square root per point would make reading take seconds; the file is twice
//! as large. A key has one encoding: what is not canonical is refused, point by point
//! ([`crate::points`]).

use ark_bn254::{Bn254, G1Affine};
use ark_ec::short_weierstrass::Affine;
use ark_groth16::{ProvingKey as Groth16Key, VerifyingKey};
use ark_serialize::{CanonicalSerialize, Compress, SerializationError};
use blake2::{digest::consts::U32, Blake2b, Digest};
use lattice_circuit::{CommitmentKey, ProvingKey};
use lattice_verifier::ProofVersion;
use std::io::{self, Read, Write};

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
/// [`SetupError::ProvingKey`] for a key whose `gamma_abc_g1` does not say whether it has a commitment.
pub fn encode_proving_key(key: &ProvingKey) -> Result<Vec<u8>, SetupError> {
    let version = match key.commitment {
        None => ProofVersion::Groth16,
        Some(_) => ProofVersion::Committed,
    };
    let found = key.groth16.vk.gamma_abc_g1.len();
    if found != version.instances() {
        return Err(SetupError::ProvingKey(wrong_instances(found)));
    }
    let commitment = key.commitment.as_ref().map_or(0, commitment_len);
    let mut bytes = Vec::with_capacity(key.groth16.serialized_size(Compress::No) + commitment);
    key.groth16
        .serialize_uncompressed(&mut bytes)
        .and_then(|()| match &key.commitment {
            None => Ok(()),
            Some(commitment) => {
                commitment.query.serialize_uncompressed(&mut bytes)?;
                write_epsilon(commitment, &mut bytes)
            }
        })
        .map_err(|error| SetupError::ProvingKey(error.to_string()))?;
    Ok(bytes)
}

/// What follows the query of a commitment.
pub(crate) fn write_epsilon(
    commitment: &CommitmentKey,
    mut out: impl Write,
) -> Result<(), SerializationError> {
    commitment.epsilon_g1.serialize_uncompressed(&mut out)?;
    commitment.epsilon_g2.serialize_uncompressed(&mut out)
}

fn commitment_len(commitment: &CommitmentKey) -> usize {
    commitment.query.serialized_size(Compress::No)
        + commitment.epsilon_g1.serialized_size(Compress::No)
        + commitment.epsilon_g2.serialized_size(Compress::No)
}

fn wrong_instances(found: usize) -> String {
    let [without, with] = ProofVersion::ALL.map(ProofVersion::instances);
    format!("gamma_abc_g1 has {found} points, not {without}, or {with} with a commitment")
}

/// Decodes a proving key: every point on its curve and in its subgroup, canonical, nothing after.
///
/// # Errors
/// [`SetupError::ProvingKey`] otherwise; [`SetupError::Unblinded`] for a key that blinds nothing.
pub fn decode_proving_key(bytes: &[u8]) -> Result<ProvingKey, SetupError> {
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
    pub key: Result<ProvingKey, SetupError>,
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
    fn proving_key(&mut self) -> Result<ProvingKey, Failure> {
        let vk = VerifyingKey {
            alpha_g1: self.point("alpha_g1")?,
            beta_g2: self.point("beta_g2")?,
            gamma_g2: self.point("gamma_g2")?,
            delta_g2: self.point("delta_g2")?,
            gamma_abc_g1: self.array("gamma_abc_g1")?,
        };
        let instances = vk.gamma_abc_g1.len();
        let version = ProofVersion::ALL
            .into_iter()
            .find(|version| version.instances() == instances)
            .ok_or_else(|| Failure::Refused(wrong_instances(instances)))?;
        let groth16 = Groth16Key::<Bn254> {
            vk,
            beta_g1: self.point("beta_g1")?,
            delta_g1: self.point("delta_g1")?,
            a_query: self.array("a_query")?,
            b_g1_query: self.array("b_g1_query")?,
            b_g2_query: self.array("b_g2_query")?,
            h_query: self.array("h_query")?,
            l_query: self.array("l_query")?,
        };
        let commitment = match version {
            ProofVersion::Groth16 => None,
            ProofVersion::Committed => Some(CommitmentKey {
                query: self.array("commitment_query")?,
                epsilon_g1: self.point("epsilon_g1")?,
                epsilon_g2: self.point("epsilon_g2")?,
            }),
        };
        match self.left {
            0 => Ok(ProvingKey {
                groth16,
                commitment,
            }),
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
///
/// The same δ₁ blinds a commitment: D carries `ρ·δ₁` with a ρ of its own, so A, B and D are uniform
/// and independent, and C follows still. ε₁, of which C is less `ρ·ε₁`, is refused as β₁ is: with an
/// identity there, no blinded proof would be true.
pub(crate) fn check_blinding(key: &ProvingKey) -> Result<(), SetupError> {
    let epsilon = key.commitment.as_ref().map(|c| c.epsilon_g1);
    for (point, value) in [
        ("delta_g1", Some(key.groth16.delta_g1)),
        ("beta_g1", Some(key.groth16.beta_g1)),
        ("epsilon_g1", epsilon),
    ] {
        if value == Some(G1Affine::identity()) {
            return Err(SetupError::Unblinded { point });
        }
    }
    Ok(())
}
