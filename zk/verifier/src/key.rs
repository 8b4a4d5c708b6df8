//! Verifying keys: validated once, stored prepared.
//!
//! # A key as it is registered ([`KEY_LEN`] bytes)
//! The `CanonicalSerialize` form of arkworks' `VerifyingKey<Bn254>` for three public inputs, points
//! compressed:
//!
//! | bytes | content |
//! |---|---|
//! | 0..32 | `alpha_g1` |
//! | 32..96 | `beta_g2` |
//! | 96..160 | `gamma_g2` |
//! | 160..224 | `delta_g2` |
//! | 224..232 | 4 as u64 LE |
//! | 232..360 | `gamma_abc_g1[0..4]` |
//!
//! # A key as it is stored ([`PREPARED_KEY_LEN`] bytes)
//! The same points uncompressed in the same order without the count (64 bytes in G1, 128 in G2),
//! then `e(α, β)` as twelve coordinates of 32 bytes. No square root, no subgroup check and no
//! pairing is left to do when it is read.
//!
//! # What validation gives
//! Soundness of Groth16 is about whoever does not know the trapdoors; no check of a key can tell
//! whether someone does (that is what the setup's transcript is for). Validation refuses keys for
//! which the argument does not hold at all: points off the curve or the subgroup, an identity (δ = 0
//! lets C be anything, IC = 0 makes a public input free), another number of inputs, a second
//! encoding of a key that is already known; and those under which *everyone* can forge and that
//! show it. With I = IC₀ + Σ xᵢ·ICᵢ and any t, every statement is proven
//! * if γ = ±δ, by A = α, B = β, C = ∓I;
//! * if β = ±γ, by A = α ± I, B = β + t·δ, C = t·A (β = γ is what a phase 1 without any
//!   contribution gives);
//! * if β = ±δ, by A = ±I, B = ±γ + δ, C = ±I ∓ α.

use ark_bn254::{g1, g2, Bn254, Fq12, G2Affine};
use ark_ec::pairing::Pairing;
use ark_ec::short_weierstrass::{Affine, SWCurveConfig};
use ark_groth16::{PreparedVerifyingKey, VerifyingKey};
use ark_serialize::{CanonicalDeserialize, CanonicalSerialize, SerializationError};

use crate::error::{KeyError, KeyPoint, PreparedKeyError};
use crate::point;
use crate::statement::{blake2_256, KEY_LEN, PREPARED_KEY_LEN, PUBLIC_INPUTS};

const G1_LEN: usize = 32;
const G2_LEN: usize = 64;
const COUNT_LEN: usize = 8;

/// What is kept of a key that was accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValidatedKey {
    /// The encoding to store, [`PREPARED_KEY_LEN`] bytes, for [`PreparedKey::decode`].
    pub prepared: Vec<u8>,
    /// Blake2-256 of `delta_g2` as it is in the key (64 bytes). Two keys with one δ come from one
    /// setup, so a registry refuses the second.
    pub delta_hash: [u8; 32],
}

/// Validates a verifying key completely; see the module for what that means.
///
/// # Errors
/// [`KeyError`] with the first thing that is wrong, in the order of the bytes.
pub fn validate(bytes: &[u8]) -> Result<ValidatedKey, KeyError> {
    let key = parse(bytes)?;
    let delta = &bytes[G1_LEN + 2 * G2_LEN..G1_LEN + 3 * G2_LEN];
    Ok(ValidatedKey {
        prepared: PreparedKey::new(key).encode(),
        delta_hash: blake2_256(&[delta]),
    })
}

/// Decodes and checks a key of exactly [`KEY_LEN`] bytes.
///
/// # Errors
/// As [`validate`].
pub fn parse(bytes: &[u8]) -> Result<VerifyingKey<Bn254>, KeyError> {
    if bytes.len() != KEY_LEN {
        return Err(KeyError::Length {
            found: u32::try_from(bytes.len()).unwrap_or(u32::MAX),
        });
    }
    let (alpha, rest) = bytes.split_at(G1_LEN);
    let (beta, rest) = rest.split_at(G2_LEN);
    let (gamma, rest) = rest.split_at(G2_LEN);
    let (delta, rest) = rest.split_at(G2_LEN);
    let (count, gamma_abc) = rest.split_at(COUNT_LEN);
    let key = VerifyingKey::<Bn254> {
        alpha_g1: key_point::<g1::Config>(KeyPoint::Alpha, alpha)?,
        beta_g2: key_point::<g2::Config>(KeyPoint::Beta, beta)?,
        gamma_g2: key_point::<g2::Config>(KeyPoint::Gamma, gamma)?,
        delta_g2: key_point::<g2::Config>(KeyPoint::Delta, delta)?,
        gamma_abc_g1: {
            let found = count
                .iter()
                .rev()
                .fold(0, |value: u64, byte| (value << 8) | u64::from(*byte));
            if usize::try_from(found) != Ok(PUBLIC_INPUTS + 1) {
                return Err(KeyError::Inputs { found });
            }
            (0u8..)
                .zip(gamma_abc.chunks_exact(G1_LEN))
                .map(|(index, bytes)| key_point::<g1::Config>(KeyPoint::GammaAbc(index), bytes))
                .collect::<Result<_, _>>()?
        },
    };
    let second_group = [
        (KeyPoint::Beta, key.beta_g2),
        (KeyPoint::Gamma, key.gamma_g2),
        (KeyPoint::Delta, key.delta_g2),
    ];
    for (index, (left, one)) in second_group.into_iter().enumerate() {
        let negated: G2Affine = -one;
        for (right, other) in second_group.into_iter().skip(index + 1) {
            if other == one || other == negated {
                return Err(KeyError::Related { left, right });
            }
        }
    }
    Ok(key)
}

fn key_point<C: SWCurveConfig>(point: KeyPoint, bytes: &[u8]) -> Result<Affine<C>, KeyError> {
    point::decode(bytes).map_err(|reason| KeyError::Point { point, reason })
}

/// A key that is ready to verify with: validated points, `e(α, β)`, and the Miller loop's lines for
/// -γ and -δ.
#[derive(Clone, Debug)]
pub struct PreparedKey {
    pub(crate) key: PreparedVerifyingKey<Bn254>,
}

impl PreparedKey {
    /// Prepares a key whose points are known to be good.
    fn new(key: VerifyingKey<Bn254>) -> Self {
        let pairing = Bn254::pairing(key.alpha_g1, key.beta_g2).0;
        Self::with_pairing(key, pairing)
    }

    fn with_pairing(key: VerifyingKey<Bn254>, pairing: Fq12) -> Self {
        Self {
            key: PreparedVerifyingKey {
                gamma_g2_neg_pc: (-key.gamma_g2).into(),
                delta_g2_neg_pc: (-key.delta_g2).into(),
                alpha_g1_beta_g2: pairing,
                vk: key,
            },
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
        if bytes.len() != PREPARED_KEY_LEN {
            return Err(PreparedKeyError::Length {
                found: u32::try_from(bytes.len()).unwrap_or(u32::MAX),
            });
        }
        let (alpha, rest) = bytes.split_at(2 * G1_LEN);
        let (beta, rest) = rest.split_at(2 * G2_LEN);
        let (gamma, rest) = rest.split_at(2 * G2_LEN);
        let (delta, rest) = rest.split_at(2 * G2_LEN);
        let (gamma_abc, pairing) = rest.split_at((PUBLIC_INPUTS + 1) * 2 * G1_LEN);
        let key = VerifyingKey::<Bn254> {
            alpha_g1: stored_point::<g1::Config>(KeyPoint::Alpha, alpha)?,
            beta_g2: stored_point::<g2::Config>(KeyPoint::Beta, beta)?,
            gamma_g2: stored_point::<g2::Config>(KeyPoint::Gamma, gamma)?,
            delta_g2: stored_point::<g2::Config>(KeyPoint::Delta, delta)?,
            gamma_abc_g1: (0u8..)
                .zip(gamma_abc.chunks_exact(2 * G1_LEN))
                .map(|(index, bytes)| stored_point::<g1::Config>(KeyPoint::GammaAbc(index), bytes))
                .collect::<Result<_, _>>()?,
        };
        let pairing = Fq12::deserialize_uncompressed_unchecked(pairing)
            .map_err(|_| PreparedKeyError::Pairing)?;
        Ok(Self::with_pairing(key, pairing))
    }

    /// The bytes that [`Self::decode`] reads, [`PREPARED_KEY_LEN`] of them.
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(PREPARED_KEY_LEN);
        let key = &self.key.vk;
        let written = (|| -> Result<(), SerializationError> {
            key.alpha_g1.serialize_uncompressed(&mut bytes)?;
            for point in [&key.beta_g2, &key.gamma_g2, &key.delta_g2] {
                point.serialize_uncompressed(&mut bytes)?;
            }
            for point in &key.gamma_abc_g1 {
                point.serialize_uncompressed(&mut bytes)?;
            }
            self.key.alpha_g1_beta_g2.serialize_uncompressed(&mut bytes)
        })();
        debug_assert!(written.is_ok(), "writing to a vector cannot fail");
        bytes
    }

    /// The points of the key; its `CanonicalSerialize` form is the key as it was registered.
    pub fn verifying_key(&self) -> &VerifyingKey<Bn254> {
        &self.key.vk
    }
}

fn stored_point<C: SWCurveConfig>(
    point: KeyPoint,
    bytes: &[u8],
) -> Result<Affine<C>, PreparedKeyError> {
    point::decode_trusted(bytes).map_err(|reason| PreparedKeyError::Point { point, reason })
}

// The layouts above are about these types.
const _: () = {
    assert!(KEY_LEN == 5 * G1_LEN + 3 * G2_LEN + COUNT_LEN);
    assert!(PREPARED_KEY_LEN == 10 * G1_LEN + 6 * G2_LEN + 12 * 32);
};
