//! Many proofs of one key, checked together.
//!
//! With a coefficient ρᵢ per proof, all of
//! `e(Aᵢ, Bᵢ) = e(α, β) · e(IC(xᵢ), γ) · e(Cᵢ, δ)` hold if
//!
//! `Π e(ρᵢ·Aᵢ, Bᵢ) · e(Σ ρᵢ·IC(xᵢ), -γ) · e(Σ ρᵢ·Cᵢ, -δ) = e(α, β)^Σρᵢ`
//!
//! and, if one of them does not, with probability at most 2⁻¹²⁸ over coefficients of 128 bits: the
//! quotients of the two sides lie in a group of prime order r > 2¹²⁸ (every point is in its
//! subgroup), so for all but one value of the ρᵢ of a false member the product is wrong. The
//! coefficients are Blake2-256 of everything that is checked, so nobody can choose a proof after
//! its coefficient, and every node computes the same ones.
//!
//! The saving is one final exponentiation for all, and γ's and δ's part of the Miller loop once.

use ark_bn254::{Bn254, Fr, G1Affine, G1Projective};
use ark_ec::pairing::Pairing;
use ark_ec::{CurveGroup, VariableBaseMSM};
use ark_ff::{AdditiveGroup, CyclotomicMultSubgroup, PrimeField};
use ark_groth16::Proof;

use crate::error::{BatchError, VerifyError};
use crate::key::PreparedKey;
use crate::proof::{combine, decode_inputs, decode_proof};
use crate::statement::{blake2_256, Statement, PROOF_LEN, PUBLIC_INPUTS};

/// Domain of the transcript's hash.
const TRANSCRIPT_DOMAIN: &[u8; 16] = b"lattice/batch/v1";
/// Domain of the coefficients.
const COEFFICIENT_DOMAIN: &[u8; 16] = b"lattice/coeff/v1";

/// Checks proofs of one key together: `Ok(true)` if [`verify`](crate::verify) accepts every one of
/// them, `Ok(false)` if all are well-formed and at least one is false (which one, only single checks
/// tell). An empty batch is true.
///
/// # Errors
/// [`BatchError`] with the first malformed member.
pub fn verify_batch(
    key: &PreparedKey,
    members: &[(Statement, [u8; PROOF_LEN])],
) -> Result<bool, BatchError> {
    let decoded = (0u32..)
        .zip(members)
        .map(|(index, (statement, proof))| {
            decode(statement, proof).map_err(|reason| BatchError { index, reason })
        })
        .collect::<Result<Vec<_>, _>>()?;
    let coefficients = coefficients(key, members);

    let mut total = Fr::ZERO;
    let mut inputs = [Fr::ZERO; PUBLIC_INPUTS];
    for ((scalars, _), coefficient) in decoded.iter().zip(&coefficients) {
        total += coefficient;
        for (sum, scalar) in inputs.iter_mut().zip(scalars) {
            *sum += *coefficient * scalar;
        }
    }
    let scaled: Vec<G1Projective> = decoded
        .iter()
        .zip(&coefficients)
        .map(|((_, proof), coefficient)| G1Projective::from(proof.a) * coefficient)
        .collect();
    let c: Vec<G1Affine> = decoded.iter().map(|(_, proof)| proof.c).collect();

    let mut left = G1Projective::normalize_batch(&scaled);
    left.push(combine(key, total, &inputs).into_affine());
    left.push(G1Projective::msm_unchecked(&c, &coefficients).into_affine());
    let right = decoded
        .iter()
        .map(|(_, proof)| proof.b.into())
        .chain([
            key.key.gamma_g2_neg_pc.clone(),
            key.key.delta_g2_neg_pc.clone(),
        ])
        .collect::<Vec<<Bn254 as Pairing>::G2Prepared>>();
    let product = Bn254::final_exponentiation(Bn254::multi_miller_loop(left, right));
    let expected = key.key.alpha_g1_beta_g2.cyclotomic_exp(total.into_bigint());
    Ok(product.is_some_and(|product| product.0 == expected))
}

fn decode(
    statement: &Statement,
    proof: &[u8; PROOF_LEN],
) -> Result<([Fr; PUBLIC_INPUTS], Proof<Bn254>), VerifyError> {
    Ok((decode_inputs(&statement.inputs())?, decode_proof(proof)?))
}

/// One coefficient of 128 bits per member, from a transcript of the key and all members. Each part
/// of the transcript has a fixed length, so it determines what was checked.
fn coefficients(key: &PreparedKey, members: &[(Statement, [u8; PROOF_LEN])]) -> Vec<Fr> {
    let key = key.encode();
    let inputs: Vec<_> = members
        .iter()
        .map(|(statement, _)| statement.inputs())
        .collect();
    let mut parts: Vec<&[u8]> = vec![TRANSCRIPT_DOMAIN, &key];
    for (inputs, (_, proof)) in inputs.iter().zip(members) {
        parts.extend(inputs.iter().map(<[u8; 32]>::as_slice));
        parts.push(proof);
    }
    let transcript = blake2_256(&parts);
    (0u64..)
        .zip(members)
        .map(|(index, _)| {
            let hash = blake2_256(&[COEFFICIENT_DOMAIN, &transcript, &index.to_le_bytes()]);
            let low = hash.iter().take(16).rev();
            Fr::from(low.fold(0u128, |value, byte| (value << 8) | u128::from(*byte)))
        })
        .collect()
}
