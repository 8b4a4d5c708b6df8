//! What a chain checks of a ceremony. Every function is deterministic, bounded and never panics.

use ark_bn254::{g1, g2, Bn254, Fr, G1Affine, G1Projective, G2Affine};
use ark_ec::pairing::Pairing;
use ark_ec::short_weierstrass::{Affine, SWCurveConfig};
use ark_ec::AffineRepr;
use ark_ff::Zero;

use super::error::{CeremonyError, CeremonyPoint, Side};
use super::merkle::{check_opening, Challenge};
use super::record::{Contribution, Delta, G1Bytes, Start, State, MAX_POWER};
use super::transcript::{knowledge_challenge, Binding};
use crate::error::PointError;
use crate::{field, point};

/// Checks what can be checked of a start without its circuit: that every point is one and none is
/// the identity, that β is one number in both groups and not that of a phase 1 without
/// contributions, and that the counts are those of a domain that phase 1 reaches. Its roots and IC
/// are anyone's to recompute.
///
/// # Errors
/// [`CeremonyError`] with the first thing that is wrong.
pub fn check_start(start: &Start) -> Result<(), CeremonyError> {
    let phase1 = &start.phase1;
    let _ = decode::<g1::Config>(CeremonyPoint::AlphaG1, &phase1.alpha_g1)?;
    let beta_g1 = decode::<g1::Config>(CeremonyPoint::BetaG1, &phase1.beta_g1)?;
    let beta_g2 = decode::<g2::Config>(CeremonyPoint::BetaG2, &phase1.beta_g2)?;
    for (index, bytes) in (0u8..).zip(&start.gamma_abc) {
        let _ = decode::<g1::Config>(CeremonyPoint::GammaAbc(index), bytes)?;
    }
    let one = G1Affine::generator();
    if beta_g1 == one || beta_g1 == -one {
        return Err(CeremonyError::UntouchedPhase1);
    }
    if !same_ratio(
        (beta_g1, G2Affine::generator()),
        (G1Affine::generator(), beta_g2),
    ) {
        return Err(CeremonyError::BetaInconsistent);
    }
    let domain = start.h_count.checked_add(1);
    let reached = (1u32..=u32::from(phase1.power.min(MAX_POWER))).any(|power| {
        // At most 2^28.
        1u32.checked_shl(power) == domain
    });
    // A circuit has a row per variable at least, or the variable would be free.
    if !reached || start.l_count == 0 || start.l_count > start.h_count {
        return Err(CeremonyError::Counts {
            l: start.l_count,
            h: start.h_count,
        });
    }
    Ok(())
}

/// Checks a contribution on top of `previous`: δ′ is in the right subgroups and not the identity,
/// it is not ±δ, it is one number in both groups, and its author knows the quotient, as bound to
/// `binding`. About two pairings and two multiplications.
///
/// The bulk is not seen here: its roots are part of what is proven to be meant, and a false leaf is
/// [`check_challenge`]'s.
///
/// # Errors
/// [`CeremonyError`] with the first thing that is wrong.
pub fn check_contribution(
    previous: &Delta,
    contribution: &Contribution,
    binding: &Binding,
) -> Result<(), CeremonyError> {
    let base = decode::<g1::Config>(CeremonyPoint::PreviousDeltaG1, &previous.g1)?;
    let delta_g1 = decode::<g1::Config>(CeremonyPoint::DeltaG1, &contribution.delta.g1)?;
    let delta_g2 = decode::<g2::Config>(CeremonyPoint::DeltaG2, &contribution.delta.g2)?;
    let knowledge = &contribution.knowledge;
    let commitment = decode::<g1::Config>(CeremonyPoint::Commitment, &knowledge.commitment)?;
    if delta_g1 == base || delta_g1 == -base {
        return Err(CeremonyError::Unchanged);
    }
    let response = field::decode(&knowledge.response).ok_or(CeremonyError::Response)?;
    let challenge = knowledge_challenge(binding, previous, contribution);
    // Canonical by construction.
    let challenge = field::decode(&challenge).ok_or(CeremonyError::Knowledge)?;
    if mul(base, response) != mul(delta_g1, challenge) + commitment {
        return Err(CeremonyError::Knowledge);
    }
    if !same_ratio(
        (delta_g1, G2Affine::generator()),
        (G1Affine::generator(), delta_g2),
    ) {
        return Err(CeremonyError::DeltaInconsistent);
    }
    Ok(())
}

/// Judges a challenge of the contribution that led from `before` to `after`: `Ok(true)` if it is
/// upheld, that is, if the opened leaf is no canonical point of the curve or
/// `e(X′ᵢ, δ′) ≠ e(Xᵢ, δ)`; `Ok(false)` if the contribution is right about this leaf.
///
/// Both states must have been accepted by [`check_contribution`] or be the start's, and be
/// consecutive. The identity is a leaf like any other here: an honest L has one for a variable that
/// no row mentions.
///
/// # Errors
/// [`CeremonyError::Opening`] if the challenge shows nothing,
/// [`CeremonyError::PreviousMalformed`] if the leaf was no point before either, so that an earlier
/// contribution is to blame, and [`CeremonyError::Point`] for states that were never checked.
pub fn check_challenge(
    start: &Start,
    before: &State,
    after: &State,
    challenge: &Challenge,
) -> Result<bool, CeremonyError> {
    let (query, index) = (challenge.query, challenge.index);
    for (side, state, opening) in [
        (Side::Before, before, &challenge.before),
        (Side::After, after, &challenge.after),
    ] {
        let root = state.roots.of(query);
        check_opening(root, query, query.count(start), index, opening)
            .map_err(|reason| CeremonyError::Opening { side, reason })?;
    }
    let delta = decode::<g2::Config>(CeremonyPoint::PreviousDeltaG2, &before.delta.g2)?;
    let delta_after = decode::<g2::Config>(CeremonyPoint::DeltaG2, &after.delta.g2)?;
    let point = leaf(&challenge.before.point)
        .map_err(|reason| CeremonyError::PreviousMalformed { reason })?;
    let Ok(point_after) = leaf(&challenge.after.point) else {
        return Ok(true);
    };
    Ok(!same_ratio((point_after, delta_after), (point, delta)))
}

/// Whether `e(a, b) = e(c, d)`, for points in their subgroups. A pairing with the identity is one.
pub fn same_ratio((a, b): (G1Affine, G2Affine), (c, d): (G1Affine, G2Affine)) -> bool {
    let lines = Bn254::multi_miller_loop([a, -c], [b, d]);
    // There is no result for a zero of the Miller loop alone, which points of order r never give;
    // see `proof::verify`.
    Bn254::final_exponentiation(lines).is_some_and(|product| product.is_zero())
}

/// A leaf: a point that may be the identity, in its one encoding.
fn leaf(bytes: &G1Bytes) -> Result<G1Affine, PointError> {
    match point::decode::<g1::Config>(bytes) {
        Err(PointError::Identity) => Ok(G1Affine::zero()),
        other => other,
    }
}

fn decode<C: SWCurveConfig>(
    point: CeremonyPoint,
    bytes: &[u8],
) -> Result<Affine<C>, CeremonyError> {
    point::decode(bytes).map_err(|reason| CeremonyError::Point { point, reason })
}

/// In projective form, where arkworks multiplies by way of the curve's endomorphism.
fn mul(point: G1Affine, scalar: Fr) -> G1Projective {
    point.into_group() * scalar
}
