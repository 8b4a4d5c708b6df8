//! Finding and opening the leaf at which a contribution is wrong.

use ark_bn254::{Fr, G1Affine, G1Projective};
use ark_ec::{CurveGroup, VariableBaseMSM};
use ark_std::rand::{CryptoRng, RngCore};
use lattice_verifier::ceremony::{check::same_ratio, merkle, Challenge, Opening, Query, State};

use super::{ceremony::trapdoor_g2, files::StateFile};
use crate::{
    error::Phase2Error,
    phase1::check::{coefficient, compressed},
};

/// The first leaf with `e(X′ᵢ, δ′) ≠ e(Xᵢ, δ)`, in K with ε in place of δ, opened under both roots;
/// `None` if there is none.
///
/// # Errors
/// Whatever is wrong with the files or with a record's trapdoors.
pub fn find(
    (before, state): (&StateFile, &State),
    (after, state_after): (&StateFile, &State),
    rng: &mut (impl RngCore + CryptoRng),
) -> Result<Option<Challenge>, Phase2Error> {
    for &query in before.queries() {
        let divisor = trapdoor_g2(state, query.trapdoor())?;
        let divisor_after = trapdoor_g2(state_after, query.trapdoor())?;
        let right = |points: &[G1Affine], points_after: &[G1Affine], rho: &[Fr]| {
            let sum = |points| G1Projective::msm_unchecked(points, rho).into_affine();
            same_ratio((sum(points_after), divisor_after), (sum(points), divisor))
        };
        let mut first = 0;
        while first < before.count(query) {
            let (x, y) = (before.read(query, first)?, after.read(query, first)?);
            let rho: Vec<Fr> = x.iter().map(|_| coefficient(rng)).collect();
            if !right(&x, &y, &rho) {
                // One of the pieces of a wrong piece is wrong; the first wrong half is followed.
                let (mut low, mut high) = (0, x.len());
                while high - low > 1 {
                    let middle = (low + high) / 2;
                    match right(&x[low..middle], &y[low..middle], &rho[low..middle]) {
                        true => low = middle,
                        false => high = middle,
                    }
                }
                return open(before, after, query, first.saturating_add(low as u32)).map(Some);
            }
            first = first.saturating_add(x.len() as u32);
        }
    }
    Ok(None)
}

/// Opens a leaf under two consecutive roots, right or wrong.
///
/// # Errors
/// Whatever is wrong with the files; [`Phase2Error::Transcript`] if there is no such leaf.
pub fn open(
    before: &StateFile,
    after: &StateFile,
    query: Query,
    index: u32,
) -> Result<Challenge, Phase2Error> {
    let opening = |file: &StateFile| -> Result<Opening, Phase2Error> {
        let point = file.read(query, index)?.first().copied();
        let path = merkle::path(file.leaves(query)?, index);
        match (point, path) {
            (Some(point), Some(path)) => Ok(Opening {
                point: compressed(&point),
                path,
            }),
            _ => Err(Phase2Error::Transcript),
        }
    };
    Ok(Challenge {
        query,
        index,
        before: opening(before)?,
        after: opening(after)?,
    })
}
