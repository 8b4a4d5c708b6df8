//! Decoding and checking one proof.

use ark_bn254::{g1, g2, Bn254, Fr, G1Projective};
use ark_ec::short_weierstrass::{Affine, SWCurveConfig};
use ark_ec::AffineRepr;
use ark_ff::{Field, One};
use ark_groth16::{Groth16, Proof};

use crate::error::{ProofPoint, VerifyError};
use crate::field;
use crate::key::PreparedKey;
use crate::point;
use crate::statement::{FieldBytes, PROOF_LEN, PUBLIC_INPUTS};

const G1_LEN: usize = 32;
const G2_LEN: usize = 64;

/// Checks a proof of exactly [`PROOF_LEN`] bytes, A (32) ‖ B (64) ‖ C (32) compressed, against the
/// public inputs of a [`Statement`](crate::Statement) in its order.
///
/// `Ok(true)`: the equation in the crate's documentation holds. `Ok(false)`: everything is
/// well-formed and it does not. The result depends on the arguments alone; no randomness, no clock,
/// and whether arkworks uses threads changes nothing but time.
///
/// # Errors
/// [`VerifyError`] with the first thing that is malformed: inputs first, then the proof's length,
/// then A, B and C.
pub fn verify(key: &PreparedKey, inputs: &[FieldBytes], proof: &[u8]) -> Result<bool, VerifyError> {
    let inputs = decode_inputs(inputs)?;
    let proof = decode_proof(proof)?;
    Ok(holds(key, &inputs, &proof))
}

/// Whether the equation holds for decoded inputs and points.
pub(crate) fn holds(key: &PreparedKey, inputs: &[Fr; PUBLIC_INPUTS], proof: &Proof<Bn254>) -> bool {
    // arkworks unwraps the final exponentiation, which fails for a zero of the Miller loop alone.
    // A line's value is zero only if all its coefficients are, and the first of them is -2·Y·Z or
    // X - x·Z of a running multiple of B, γ or δ: never zero for points of prime order r, which
    // these are, since no multiple below the loop's length meets the identity or ± the base.
    let combined = combine(key, Fr::ONE, inputs);
    Groth16::<Bn254>::verify_proof_with_prepared_inputs(&key.key, proof, &combined).unwrap_or(false)
}

/// `s·IC₀ + Σ xᵢ·ICᵢ`. In projective form, where arkworks multiplies by way of the curve's
/// endomorphism; its own `prepare_inputs` takes the affine, twice as slow, way to the same point.
pub(crate) fn combine(
    key: &PreparedKey,
    constant: Fr,
    inputs: &[Fr; PUBLIC_INPUTS],
) -> G1Projective {
    [constant]
        .iter()
        .chain(inputs)
        .zip(&key.key.vk.gamma_abc_g1)
        .map(|(scalar, point)| match scalar.is_one() {
            true => point.into_group(),
            false => point.into_group() * scalar,
        })
        .sum()
}

/// The public inputs as scalars.
pub(crate) fn decode_inputs(inputs: &[FieldBytes]) -> Result<[Fr; PUBLIC_INPUTS], VerifyError> {
    let inputs: &[FieldBytes; PUBLIC_INPUTS] =
        inputs.try_into().map_err(|_| VerifyError::Inputs {
            found: u32::try_from(inputs.len()).unwrap_or(u32::MAX),
        })?;
    let mut scalars = [Fr::default(); PUBLIC_INPUTS];
    for ((index, bytes), scalar) in (0u8..).zip(inputs).zip(&mut scalars) {
        *scalar = field::decode(bytes).ok_or(VerifyError::Input { index })?;
    }
    Ok(scalars)
}

/// The three points of a proof, each on its curve, in its subgroup and not the identity.
///
/// # Errors
/// [`VerifyError::Length`], [`VerifyError::Point`].
pub fn decode_proof(bytes: &[u8]) -> Result<Proof<Bn254>, VerifyError> {
    if bytes.len() != PROOF_LEN {
        return Err(VerifyError::Length {
            found: u32::try_from(bytes.len()).unwrap_or(u32::MAX),
        });
    }
    let (a, rest) = bytes.split_at(G1_LEN);
    let (b, c) = rest.split_at(G2_LEN);
    Ok(Proof {
        a: proof_point::<g1::Config>(ProofPoint::A, a)?,
        b: proof_point::<g2::Config>(ProofPoint::B, b)?,
        c: proof_point::<g1::Config>(ProofPoint::C, c)?,
    })
}

fn proof_point<C: SWCurveConfig>(
    point: ProofPoint,
    bytes: &[u8],
) -> Result<Affine<C>, VerifyError> {
    point::decode(bytes).map_err(|reason| VerifyError::Point { point, reason })
}
