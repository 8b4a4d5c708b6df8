//! Verifying keys: validated once, stored prepared.
//!
//! # A key as it is registered
//! The `CanonicalSerialize` form of arkworks' `VerifyingKey<Bn254>`, points compressed, and ε after
//! it if the key is for committed proofs:
//!
//! | [`KEY_LEN`] = 360 | [`COMMITTED_KEY_LEN`] = 456 | content |
//! |---|---|---|
//! | 0..32 | 0..32 | `alpha_g1` |
//! | 32..96 | 32..96 | `beta_g2` |
//! | 96..160 | 96..160 | `gamma_g2` |
//! | 160..224 | 160..224 | `delta_g2` |
//! | 224..232 | 224..232 | the number of `gamma_abc_g1`, 4 or 5, as u64 LE |
//! | 232..360 | 232..392 | `gamma_abc_g1` |
//! | | 392..456 | `epsilon_g2` |
//!
//! The length tells the version, and the number must agree with it.
//!
//! # A key as it is stored ([`PREPARED_KEY_LEN`] or [`COMMITTED_PREPARED_KEY_LEN`] bytes)
//! The same points uncompressed in the same order without the count (64 bytes in G1, 128 in G2),
//! then `e(α, β)` as twelve coordinates of 32 bytes. No square root, no subgroup check and no
//! pairing is left to do when it is read.
//!
//! # What validation gives
//! Soundness of Groth16 is about whoever does not know the trapdoors; no check of a key can tell
//! whether someone does (that is what the setup's transcript is for). Validation refuses keys for
//! which the argument does not hold at all: points off the curve or the subgroup, an identity (δ = 0
//! lets C be anything, ε = 0 lets D be, IC = 0 makes a public input free), another number of inputs,
//! a second encoding of a key that is already known; and those under which *everyone* can forge and
//! that show it. With I = IC₀ + Σ xᵢ·ICᵢ and any t, every statement is proven without a commitment
//! * if γ = ±δ, by A = α, B = β, C = ∓I;
//! * if β = ±γ, by A = α ± I, B = β + t·δ, C = t·A (β = γ is what a phase 1 without any
//!   contribution gives);
//! * if β = ±δ, by A = ±I, B = ±γ + δ, C = ±I ∓ α.
//!
//! The same forgeries work with a commitment: D is ε-blinding alone, t·δ in the first group, and C
//! is less t·ε (both points are in every proving key); I is computed after D. And besides
//! * if β = ±ε, by D = ∓α, A = I, B = γ + t·δ, C = t·I;
//! * if δ = ±ε, C makes up for any D afterwards, so that D commits to nothing: whoever proves for a
//!   challenge of their choice moves the difference into C;
//! * if γ = ±ε, D makes up for the statement: with J the I of a statement that one can prove, D of
//!   that proof and D ± (J − I) for the other one (the challenge is hashed from the latter, and is
//!   the same in I and J, so that it is not in the difference).
//!
//! The list is of relations between points of the second group, where a comparison shows them. There
//! are others with α (α = ±δ, for one), which show by pairings if the key's bases are known and in the
//! proving key if not, and which a ceremony gives by a chance of 2⁻²⁵⁰; they are not looked for.

use ark_bn254::{g1, g2, Bn254, Fq12, G2Affine};
use ark_ec::pairing::Pairing;
use ark_ec::short_weierstrass::{Affine, SWCurveConfig};
use ark_groth16::VerifyingKey as Groth16Key;
use ark_serialize::{CanonicalDeserialize, CanonicalSerialize, SerializationError};

use crate::error::{KeyError, KeyPoint, PreparedKeyError};
use crate::point;
use crate::statement::{
    blake2_256, ProofVersion, COMMITTED_KEY_LEN, COMMITTED_PREPARED_KEY_LEN, KEY_LEN,
    PREPARED_KEY_LEN,
};

const G1_LEN: usize = 32;
const G2_LEN: usize = 64;
const COUNT_LEN: usize = 8;
/// In the last byte of a compressed point: which of the two y it has.
const SIGN: u8 = 0x80;

/// What is kept of a key that was accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValidatedKey {
    /// The encoding to store, [`ProofVersion::prepared_len`] bytes, for [`PreparedKey::decode`].
    pub prepared: Vec<u8>,
    /// Names of the key's δ and, if it has one, its ε: Blake2-256 of the point (64 bytes) without the
    /// sign of its y, since −δ is as good as δ to who knows either. Two keys that share a name in any
    /// place are not independent: with the points of one, a prover has columns in the circuit of the
    /// other that nothing constrains. So a registry refuses the second.
    pub trapdoors: Vec<[u8; 32]>,
    /// Which proofs it is for.
    pub version: ProofVersion,
}

/// Validates a verifying key completely; see the module for what that means.
///
/// # Errors
/// [`KeyError`] with the first thing that is wrong, in the order of the bytes.
pub fn validate(bytes: &[u8]) -> Result<ValidatedKey, KeyError> {
    let key = parse(bytes)?;
    Ok(ValidatedKey {
        version: key.version(),
        trapdoors: [Some(key.groth16.delta_g2), key.epsilon_g2]
            .into_iter()
            .flatten()
            .map(|point| trapdoor(&point))
            .collect(),
        prepared: PreparedKey::new(key).encode(),
    })
}

/// The name of ±`point`.
fn trapdoor(point: &G2Affine) -> [u8; 32] {
    let mut bytes = Vec::with_capacity(G2_LEN);
    let written = point.serialize_compressed(&mut bytes);
    debug_assert!(written.is_ok(), "writing to a vector cannot fail");
    if let Some(last) = bytes.last_mut() {
        *last &= !SIGN;
    }
    blake2_256(&[&bytes])
}

/// The points of a verifying key.
#[derive(Clone, Debug, PartialEq)]
pub struct VerifyingKey {
    /// Those that every key has. `gamma_abc_g1` has [`ProofVersion::instances`] points.
    pub groth16: Groth16Key<Bn254>,
    /// ε, if proofs have a commitment.
    pub epsilon_g2: Option<G2Affine>,
}

impl VerifyingKey {
    /// Which proofs the key is for.
    pub const fn version(&self) -> ProofVersion {
        match self.epsilon_g2 {
            None => ProofVersion::Groth16,
            Some(_) => ProofVersion::Committed,
        }
    }

    /// The key as it is registered, [`ProofVersion::key_len`] bytes; what [`parse`] reads.
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.version().key_len());
        let written = (|| -> Result<(), SerializationError> {
            self.groth16.serialize_compressed(&mut bytes)?;
            self.epsilon_g2
                .map_or(Ok(()), |point| point.serialize_compressed(&mut bytes))
        })();
        debug_assert!(written.is_ok(), "writing to a vector cannot fail");
        bytes
    }

    /// Its points of the second group, in the order of the pairs that [`parse`] compares.
    fn second_group(&self) -> impl Iterator<Item = (KeyPoint, G2Affine)> + Clone {
        let key = &self.groth16;
        [
            (KeyPoint::Beta, Some(key.beta_g2)),
            (KeyPoint::Gamma, Some(key.gamma_g2)),
            (KeyPoint::Delta, Some(key.delta_g2)),
            (KeyPoint::Epsilon, self.epsilon_g2),
        ]
        .into_iter()
        .filter_map(|(name, point)| point.map(|point| (name, point)))
    }
}

/// Decodes and checks a key of exactly [`KEY_LEN`] or [`COMMITTED_KEY_LEN`] bytes.
///
/// # Errors
/// As [`validate`].
pub fn parse(bytes: &[u8]) -> Result<VerifyingKey, KeyError> {
    let version = ProofVersion::of_key_len(bytes.len()).ok_or(KeyError::Length {
        found: u32::try_from(bytes.len()).unwrap_or(u32::MAX),
    })?;
    let mut rest = Reader(bytes);
    let groth16 = Groth16Key::<Bn254> {
        alpha_g1: key_point::<g1::Config>(KeyPoint::Alpha, rest.take(G1_LEN))?,
        beta_g2: key_point::<g2::Config>(KeyPoint::Beta, rest.take(G2_LEN))?,
        gamma_g2: key_point::<g2::Config>(KeyPoint::Gamma, rest.take(G2_LEN))?,
        delta_g2: key_point::<g2::Config>(KeyPoint::Delta, rest.take(G2_LEN))?,
        gamma_abc_g1: {
            let count = rest.take(COUNT_LEN).iter().rev();
            let found = count.fold(0, |value: u64, byte| (value << 8) | u64::from(*byte));
            if usize::try_from(found) != Ok(version.instances()) {
                return Err(KeyError::Inputs {
                    expected: u8::try_from(version.instances()).unwrap_or(u8::MAX),
                    found,
                });
            }
            (0u8..)
                .take(version.instances())
                .map(|index| key_point::<g1::Config>(KeyPoint::GammaAbc(index), rest.take(G1_LEN)))
                .collect::<Result<_, _>>()?
        },
    };
    let epsilon_g2 = version
        .has_commitment()
        .then(|| key_point::<g2::Config>(KeyPoint::Epsilon, rest.take(G2_LEN)))
        .transpose()?;
    let key = VerifyingKey {
        groth16,
        epsilon_g2,
    };
    let mut others = key.second_group();
    while let Some((left, one)) = others.next() {
        let negated: G2Affine = -one;
        let related = |(_, other): &(KeyPoint, G2Affine)| *other == one || *other == negated;
        if let Some((right, _)) = others.clone().find(related) {
            return Err(KeyError::Related { left, right });
        }
    }
    Ok(key)
}

fn key_point<C: SWCurveConfig>(point: KeyPoint, bytes: &[u8]) -> Result<Affine<C>, KeyError> {
    point::decode(bytes).map_err(|reason| KeyError::Point { point, reason })
}

/// A key that is ready to verify with: validated points, `e(α, β)`, and the Miller loop's lines for
/// -γ, -δ and -ε.
#[derive(Clone, Debug)]
pub struct PreparedKey {
    key: VerifyingKey,
    pub(crate) alpha_beta: Fq12,
    pub(crate) gamma_neg: Lines,
    pub(crate) delta_neg: Lines,
    pub(crate) epsilon_neg: Option<Lines>,
    hash: [u8; 32],
}

/// The lines of a Miller loop over a fixed point.
pub(crate) type Lines = <Bn254 as Pairing>::G2Prepared;

impl PreparedKey {
    /// Prepares a key whose points are known to be good.
    pub(crate) fn new(key: VerifyingKey) -> Self {
        let alpha_beta = Bn254::pairing(key.groth16.alpha_g1, key.groth16.beta_g2).0;
        let hash = blake2_256(&[&encode(&key, &alpha_beta)]);
        Self::with(key, alpha_beta, hash)
    }

    fn with(key: VerifyingKey, alpha_beta: Fq12, hash: [u8; 32]) -> Self {
        Self {
            alpha_beta,
            gamma_neg: (-key.groth16.gamma_g2).into(),
            delta_neg: (-key.groth16.delta_g2).into(),
            epsilon_neg: key.epsilon_g2.map(|point| (-point).into()),
            hash,
            key,
        }
    }

    /// Decodes what [`validate`] gave to store.
    ///
    /// Cheap, and only for bytes from such a place: coordinates and curve are checked again, the
    /// subgroup and `e(α, β)` are not.
    ///
    /// # Errors
    /// [`PreparedKeyError`] if the bytes were damaged.
    pub fn decode(bytes: &[u8]) -> Result<Self, PreparedKeyError> {
        let version =
            ProofVersion::of_prepared_len(bytes.len()).ok_or(PreparedKeyError::Length {
                found: u32::try_from(bytes.len()).unwrap_or(u32::MAX),
            })?;
        let mut rest = Reader(bytes);
        let groth16 = Groth16Key::<Bn254> {
            alpha_g1: stored_point::<g1::Config>(KeyPoint::Alpha, rest.take(2 * G1_LEN))?,
            beta_g2: stored_point::<g2::Config>(KeyPoint::Beta, rest.take(2 * G2_LEN))?,
            gamma_g2: stored_point::<g2::Config>(KeyPoint::Gamma, rest.take(2 * G2_LEN))?,
            delta_g2: stored_point::<g2::Config>(KeyPoint::Delta, rest.take(2 * G2_LEN))?,
            gamma_abc_g1: (0u8..)
                .take(version.instances())
                .map(|index| {
                    stored_point::<g1::Config>(KeyPoint::GammaAbc(index), rest.take(2 * G1_LEN))
                })
                .collect::<Result<_, _>>()?,
        };
        let epsilon_g2 = version
            .has_commitment()
            .then(|| stored_point::<g2::Config>(KeyPoint::Epsilon, rest.take(2 * G2_LEN)))
            .transpose()?;
        let alpha_beta = Fq12::deserialize_uncompressed_unchecked(rest.0)
            .map_err(|_| PreparedKeyError::Pairing)?;
        let key = VerifyingKey {
            groth16,
            epsilon_g2,
        };
        Ok(Self::with(key, alpha_beta, blake2_256(&[bytes])))
    }

    /// The bytes that [`Self::decode`] reads, [`ProofVersion::prepared_len`] of them.
    pub fn encode(&self) -> Vec<u8> {
        encode(&self.key, &self.alpha_beta)
    }

    /// Blake2-256 of the stored form. It names the key, its version included, wherever something
    /// must depend on it.
    pub const fn hash(&self) -> &[u8; 32] {
        &self.hash
    }

    /// Which proofs the key is for.
    pub const fn version(&self) -> ProofVersion {
        self.key.version()
    }

    /// The points of the key; [`VerifyingKey::encode`] gives the key as it was registered.
    pub const fn verifying_key(&self) -> &VerifyingKey {
        &self.key
    }
}

/// The stored form of a key with its `e(α, β)`.
fn encode(key: &VerifyingKey, alpha_beta: &Fq12) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(key.version().prepared_len());
    let VerifyingKey {
        groth16,
        epsilon_g2,
    } = key;
    let written = (|| -> Result<(), SerializationError> {
        groth16.alpha_g1.serialize_uncompressed(&mut bytes)?;
        for point in [&groth16.beta_g2, &groth16.gamma_g2, &groth16.delta_g2] {
            point.serialize_uncompressed(&mut bytes)?;
        }
        for point in &groth16.gamma_abc_g1 {
            point.serialize_uncompressed(&mut bytes)?;
        }
        if let Some(point) = epsilon_g2 {
            point.serialize_uncompressed(&mut bytes)?;
        }
        alpha_beta.serialize_uncompressed(&mut bytes)
    })();
    debug_assert!(written.is_ok(), "writing to a vector cannot fail");
    bytes
}

fn stored_point<C: SWCurveConfig>(
    point: KeyPoint,
    bytes: &[u8],
) -> Result<Affine<C>, PreparedKeyError> {
    point::decode_trusted(bytes).map_err(|reason| PreparedKeyError::Point { point, reason })
}

/// Takes bytes from the front. What is missing is left out; the layouts below and the lengths that
/// were checked leave nothing missing.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, len: usize) -> &'a [u8] {
        let (taken, rest) = self.0.split_at_checked(len).unwrap_or((self.0, &[]));
        self.0 = rest;
        taken
    }
}

// The layouts above are about these types.
const _: () = {
    assert!(KEY_LEN == 5 * G1_LEN + 3 * G2_LEN + COUNT_LEN);
    assert!(COMMITTED_KEY_LEN == KEY_LEN + G1_LEN + G2_LEN);
    assert!(PREPARED_KEY_LEN == 10 * G1_LEN + 6 * G2_LEN + 12 * 32);
    assert!(COMMITTED_PREPARED_KEY_LEN == PREPARED_KEY_LEN + 2 * G1_LEN + 2 * G2_LEN);
};
