//! Decoding and checking one proof.

use ark_bn254::{g1, g2, Bn254, Fr, G1Affine, G1Projective};
use ark_ec::pairing::Pairing;
use ark_ec::short_weierstrass::{Affine, SWCurveConfig};
use ark_ec::{AffineRepr, CurveGroup};
use ark_ff::{Field, One};

use crate::error::{ProofPoint, VerifyError};
use crate::field;
use crate::key::{Lines, PreparedKey};
use crate::point;
use crate::statement::{challenge_of, FieldBytes, ProofVersion, PUBLIC_INPUTS};

const G1_LEN: usize = 32;
const G2_LEN: usize = 64;

/// Checks a proof, A (32) ‖ B (64) ‖ C (32) and for a committed key D (32), compressed, against the
/// public inputs of a [`Statement`](crate::Statement) in its order.
///
/// `Ok(true)`: the equation in the crate's documentation holds. `Ok(false)`: everything is
/// well-formed and it does not. The result depends on the arguments alone; no randomness, no clock,
/// and whether arkworks uses threads changes nothing but time.
///
/// # Errors
/// [`VerifyError`] with the first thing that is malformed: inputs first, then the proof's length
/// ([`ProofVersion::proof_len`] of the key's version), then A, B, C and D.
pub fn verify(key: &PreparedKey, inputs: &[FieldBytes], proof: &[u8]) -> Result<bool, VerifyError> {
    Ok(Claim::decode(key, inputs, proof)?.holds())
}

/// The challenge of a committed proof, from its D: the input of the circuit after the three of the
/// statement.
///
/// Blake2-256 of `"lattice/chall/v1" ‖ Blake2-256 of the stored key ‖ inputs ‖ D`, read as a
/// little-endian number with its top three bits cleared, which is canonical. The first hash is
/// [`PreparedKey::hash`]; every part has a fixed length. Whoever proves calls this with the D that
/// they will send; whoever verifies, with the one that came.
pub fn challenge(
    key: &PreparedKey,
    inputs: &[FieldBytes; PUBLIC_INPUTS],
    commitment: &[u8; G1_LEN],
) -> FieldBytes {
    challenge_of(key.hash(), inputs, commitment)
}

/// What is well-formed and may hold: decoded inputs and points, and the key that they are for.
#[derive(Clone, Debug)]
pub(crate) struct Claim<'a> {
    pub key: &'a PreparedKey,
    /// The instance without its constant: the statement, then the challenge if there is one.
    pub instance: Vec<Fr>,
    pub proof: Proof,
}

impl<'a> Claim<'a> {
    /// # Errors
    /// As [`verify`].
    pub fn decode(
        key: &'a PreparedKey,
        inputs: &[FieldBytes],
        proof: &[u8],
    ) -> Result<Self, VerifyError> {
        let (inputs, mut instance) = decode_inputs(inputs)?;
        let proof = decode_proof(key.version(), proof)?;
        if let Some(commitment) = &proof.commitment {
            let challenge = challenge(key, inputs, &commitment.bytes);
            // Canonical by construction.
            instance.push(field::decode(&challenge).unwrap_or_default());
        }
        Ok(Self {
            key,
            instance,
            proof,
        })
    }

    /// Whether the equation of the crate's documentation holds.
    pub fn holds(&self) -> bool {
        let Self {
            key,
            instance,
            proof,
        } = self;
        let statement = combine(key, Fr::ONE, instance).into_affine();
        let mut left = vec![proof.groth16.a, statement, proof.groth16.c];
        let mut right: Vec<Lines> = vec![
            proof.groth16.b.into(),
            key.gamma_neg.clone(),
            key.delta_neg.clone(),
        ];
        if let (Some(commitment), Some(lines)) = (&proof.commitment, &key.epsilon_neg) {
            left.push(commitment.point);
            right.push(lines.clone());
        }
        // The final exponentiation fails for a zero of the Miller loop alone. A line's value is zero
        // only if all its coefficients are, and the first of them is -2·Y·Z or X - x·Z of a running
        // multiple of B, γ, δ or ε: never zero for points of prime order r, which these are, since
        // no multiple below the loop's length meets the identity or ± the base.
        Bn254::final_exponentiation(Bn254::multi_miller_loop(left, right))
            .is_some_and(|product| product.0 == key.alpha_beta)
    }
}

/// `s·IC₀ + Σ xᵢ·ICᵢ` over the instance. In projective form, where arkworks multiplies by way of the
/// curve's endomorphism; its own `prepare_inputs` takes the affine, twice as slow, way to the same
/// point.
pub(crate) fn combine(key: &PreparedKey, constant: Fr, instance: &[Fr]) -> G1Projective {
    [constant]
        .iter()
        .chain(instance)
        .zip(&key.verifying_key().groth16.gamma_abc_g1)
        .map(|(scalar, point)| match scalar.is_one() {
            true => point.into_group(),
            false => point.into_group() * scalar,
        })
        .sum()
}

/// The public inputs, counted, and as scalars.
fn decode_inputs(
    inputs: &[FieldBytes],
) -> Result<(&[FieldBytes; PUBLIC_INPUTS], Vec<Fr>), VerifyError> {
    let inputs: &[FieldBytes; PUBLIC_INPUTS] =
        inputs.try_into().map_err(|_| VerifyError::Inputs {
            found: u32::try_from(inputs.len()).unwrap_or(u32::MAX),
        })?;
    let scalars = (0u8..)
        .zip(inputs)
        .map(|(index, bytes)| field::decode(bytes).ok_or(VerifyError::Input { index }))
        .collect::<Result<_, _>>()?;
    Ok((inputs, scalars))
}

/// The points of a proof.
#[derive(Clone, Debug, PartialEq)]
pub struct Proof {
    /// A, B and C.
    pub groth16: ark_groth16::Proof<Bn254>,
    /// D, of a committed proof.
    pub commitment: Option<Commitment>,
}

/// A proof's commitment to a part of the witness.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Commitment {
    /// D.
    pub point: G1Affine,
    /// Its one encoding, compressed; what [`challenge`] takes.
    pub bytes: [u8; G1_LEN],
}

/// The points of a proof of this version, each on its curve, in its subgroup and not the identity.
///
/// # Errors
/// [`VerifyError::Length`], [`VerifyError::Point`].
pub fn decode_proof(version: ProofVersion, bytes: &[u8]) -> Result<Proof, VerifyError> {
    let length = |len: usize| u32::try_from(len).unwrap_or(u32::MAX);
    let wrong_length = VerifyError::Length {
        expected: length(version.proof_len()),
        found: length(bytes.len()),
    };
    if bytes.len() != version.proof_len() {
        return Err(wrong_length);
    }
    let (a, rest) = bytes.split_at(G1_LEN);
    let (b, rest) = rest.split_at(G2_LEN);
    let (c, d) = rest.split_at(G1_LEN);
    let groth16 = ark_groth16::Proof {
        a: proof_point::<g1::Config>(ProofPoint::A, a)?,
        b: proof_point::<g2::Config>(ProofPoint::B, b)?,
        c: proof_point::<g1::Config>(ProofPoint::C, c)?,
    };
    let commitment = version
        .has_commitment()
        .then(|| {
            Ok(Commitment {
                point: proof_point::<g1::Config>(ProofPoint::D, d)?,
                bytes: d.try_into().map_err(|_| wrong_length)?,
            })
        })
        .transpose()?;
    Ok(Proof {
        groth16,
        commitment,
    })
}

fn proof_point<C: SWCurveConfig>(
    point: ProofPoint,
    bytes: &[u8],
) -> Result<Affine<C>, VerifyError> {
    point::decode(bytes).map_err(|reason| VerifyError::Point { point, reason })
}
