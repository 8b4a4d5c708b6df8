//! What a chain checks of a ceremony. Every function is deterministic, bounded and never panics.

use alloc::vec::Vec;
use ark_bn254::{g1, g2, Bn254, Fr, G1Affine, G1Projective, G2Affine};
use ark_ec::pairing::Pairing;
use ark_ec::short_weierstrass::{Affine, SWCurveConfig};
use ark_ec::AffineRepr;
use ark_ff::Zero;

use super::error::{CeremonyError, CeremonyPoint, OpeningError, Side};
use super::merkle::{check_opening, Challenge};
use super::record::{Contribution, G1Bytes, Start, State, Trapdoor, MAX_POWER};
use super::transcript::{knowledge_challenge, Binding};
use crate::error::PointError;
use crate::statement::FieldBytes;
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
    for (index, bytes) in (0u8..).zip(start.gamma_abc()) {
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
    // A circuit has a row per variable of a query at least, or the variable would be free: what it
    // commits to, it looks up, each in a row with a variable of L.
    let possible = |count: u32| count > 0 && count <= start.h_count;
    let k = start.commitment.map(|commitment| commitment.count);
    if !reached || !possible(start.l_count) || !k.is_none_or(possible) {
        return Err(CeremonyError::Counts {
            l: start.l_count,
            h: start.h_count,
            k,
        });
    }
    Ok(())
}

/// Checks a contribution on top of `previous`: it is of the ceremony's version, and each trapdoor is
/// in the right subgroups and not the identity, is not the previous one or its negative, is one
/// number in both groups, and the author knows the quotient, as bound to `binding`. Two pairings
/// and two multiplications per trapdoor.
///
/// The trapdoors are checked one by one. A random combination of both would save a pairing where all
/// is well, and not say which of them is wrong where it is not.
///
/// The bulk is not seen here: its roots are part of what is proven to be meant, and a false leaf is
/// [`check_challenge`]'s.
///
/// # Errors
/// [`CeremonyError`] with the first thing that is wrong.
pub fn check_contribution(
    previous: &State,
    contribution: &Contribution,
    binding: &Binding,
) -> Result<(), CeremonyError> {
    let (expected, found) = (previous.version(), contribution.version());
    if expected != found {
        return Err(CeremonyError::Version { expected, found });
    }
    // All that is malformed before the first multiplication.
    let parts = Trapdoor::ALL
        .into_iter()
        .filter_map(|trapdoor| Part::decode(trapdoor, previous, contribution).transpose())
        .collect::<Result<Vec<Part>, _>>()?;
    let challenge = knowledge_challenge(binding, previous, contribution);
    parts.iter().try_for_each(|part| part.check(&challenge))
}

/// What a contribution says of one trapdoor, with what it was before.
struct Part {
    trapdoor: Trapdoor,
    base: G1Affine,
    next_g1: G1Affine,
    next_g2: G2Affine,
    commitment: G1Affine,
    response: Fr,
}

impl Part {
    /// `None` for a trapdoor that the version of both does not have.
    fn decode(
        trapdoor: Trapdoor,
        previous: &State,
        contribution: &Contribution,
    ) -> Result<Option<Self>, CeremonyError> {
        let state = contribution.state();
        let (Some(base), Some(next), Some(knowledge)) = (
            previous.trapdoor(trapdoor),
            state.trapdoor(trapdoor),
            contribution.knowledge(trapdoor),
        ) else {
            return Ok(None);
        };
        let commitment = CeremonyPoint::Commitment(trapdoor);
        let part = Self {
            trapdoor,
            base: decode::<g1::Config>(CeremonyPoint::PreviousG1(trapdoor), &base.g1)?,
            next_g1: decode::<g1::Config>(CeremonyPoint::NextG1(trapdoor), &next.g1)?,
            next_g2: decode::<g2::Config>(CeremonyPoint::NextG2(trapdoor), &next.g2)?,
            commitment: decode::<g1::Config>(commitment, &knowledge.commitment)?,
            response: field::decode(&knowledge.response)
                .ok_or(CeremonyError::Response { trapdoor })?,
        };
        if part.next_g1 == part.base || part.next_g1 == -part.base {
            return Err(CeremonyError::Unchanged { trapdoor });
        }
        Ok(Some(part))
    }

    fn check(&self, challenge: &FieldBytes) -> Result<(), CeremonyError> {
        let trapdoor = self.trapdoor;
        // Canonical by construction.
        let challenge = field::decode(challenge).ok_or(CeremonyError::Knowledge { trapdoor })?;
        if mul(self.base, self.response) != mul(self.next_g1, challenge) + self.commitment {
            return Err(CeremonyError::Knowledge { trapdoor });
        }
        if !same_ratio(
            (self.next_g1, G2Affine::generator()),
            (G1Affine::generator(), self.next_g2),
        ) {
            return Err(CeremonyError::Inconsistent { trapdoor });
        }
        Ok(())
    }
}

/// Judges a challenge of the contribution that led from `before` to `after`: `Ok(true)` if it is
/// upheld, that is, if the opened leaf is no canonical point of the curve or
/// `e(X′ᵢ, δ′) ≠ e(Xᵢ, δ)`, with ε in place of δ for a leaf of K; `Ok(false)` if the contribution is right about this leaf.
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
    let trapdoor = query.trapdoor();
    let opening = |side, reason| CeremonyError::Opening { side, reason };
    // K, where there is none.
    let missing = |side| opening(side, OpeningError::Index { index, count: 0 });
    for (side, state, shown) in [
        (Side::Before, before, &challenge.before),
        (Side::After, after, &challenge.after),
    ] {
        let root = state.root(query).ok_or_else(|| missing(side))?;
        check_opening(root, query, query.count(start), index, shown)
            .map_err(|reason| opening(side, reason))?;
    }
    let divisor = |side, state: &State, point| {
        let points = state.trapdoor(trapdoor).ok_or_else(|| missing(side))?;
        decode::<g2::Config>(point, &points.g2)
    };
    let before_g2 = divisor(Side::Before, before, CeremonyPoint::PreviousG2(trapdoor))?;
    let after_g2 = divisor(Side::After, after, CeremonyPoint::NextG2(trapdoor))?;
    let point = leaf(&challenge.before.point)
        .map_err(|reason| CeremonyError::PreviousMalformed { reason })?;
    let Ok(point_after) = leaf(&challenge.after.point) else {
        return Ok(true);
    };
    Ok(!same_ratio((point_after, after_g2), (point, before_g2)))
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
