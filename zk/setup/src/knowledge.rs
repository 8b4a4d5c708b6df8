//! Secrets of a contributor, and Schnorr proofs that they are known.

use ark_bn254::{Fr, G1Affine};
use ark_ec::{AffineRepr, CurveGroup};
use ark_ff::{Field, One, UniformRand, Zero};
use ark_std::rand::{CryptoRng, RngCore, SeedableRng};
use blake2::{digest::consts::U32, Blake2b, Digest};
use lattice_verifier::{ceremony::Knowledge, field, FieldBytes};
use rand_chacha::ChaCha20Rng;
use zeroize::Zeroize;

use crate::phase1::check::compressed;

/// Domain of the seed.
const SEED_DOMAIN: &[u8] = b"lattice/ceremony/1/seed";

/// A generator seeded from a source of randomness *and* from what the contributor typed: good if
/// either is.
pub(crate) fn hedged(rng: &mut (impl RngCore + CryptoRng), entropy: &[u8]) -> ChaCha20Rng {
    let mut fresh = [0; 64];
    rng.fill_bytes(&mut fresh);
    let mut seed: [u8; 32] = Blake2b::<U32>::new()
        .chain_update(SEED_DOMAIN)
        .chain_update(fresh)
        .chain_update(entropy)
        .finalize()
        .into();
    let hedged = ChaCha20Rng::from_seed(seed);
    fresh.zeroize();
    seed.zeroize();
    hedged
}

/// A contributor's number, overwritten when it is dropped. It is neither 0 nor ±1.
pub(crate) struct Secret(Fr);

impl Secret {
    pub(crate) fn sample(rng: &mut ChaCha20Rng) -> Self {
        loop {
            let value = Fr::rand(rng);
            if !value.is_zero() && !value.square().is_one() {
                return Self(value);
            }
        }
    }

    pub(crate) const fn value(&self) -> Fr {
        self.0
    }

    pub(crate) fn inverse(&self) -> Self {
        // Not zero.
        Self(self.0.inverse().unwrap_or_default())
    }

    /// A proof for one secret alone, with the challenge from `R`.
    pub(crate) fn prove(
        &self,
        base: &G1Affine,
        rng: &mut ChaCha20Rng,
        challenge: impl FnOnce(&Knowledge) -> FieldBytes,
    ) -> Option<Knowledge> {
        let statement = Statement::begin(base, rng);
        let challenge = challenge(&statement.opening());
        statement.prove(self, &challenge)
    }
}

/// A proof of knowledge before its challenge: `R = k·base` with a fresh k. The base is `δ` where the
/// statement is `δ′ = x·δ`.
pub(crate) struct Statement {
    nonce: Secret,
    commitment: [u8; 32],
}

impl Statement {
    pub(crate) fn begin(base: &G1Affine, rng: &mut ChaCha20Rng) -> Self {
        let nonce = Secret::sample(rng);
        Self {
            commitment: compressed(&(base.into_group() * nonce.0).into_affine()),
            nonce,
        }
    }

    /// What the challenge is hashed from.
    pub(crate) const fn opening(&self) -> Knowledge {
        Knowledge {
            commitment: self.commitment,
            response: [0; 32],
        }
    }

    /// `s = k + c·x`. It ends here: two answers with one k would give x away.
    pub(crate) fn prove(self, secret: &Secret, challenge: &FieldBytes) -> Option<Knowledge> {
        let challenge = field::decode(challenge)?;
        Some(Knowledge {
            commitment: self.commitment,
            response: field::encode(&(self.nonce.0 + challenge * secret.0)),
        })
    }
}

impl Drop for Secret {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}
