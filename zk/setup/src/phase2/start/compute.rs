//! Computing a start.
//!
//! With the Lagrange bases at τ, times 1, α and β, each query is a sum per column ([`crate::phase2::qap`]);
//! `H₀ᵢ = τ^(n+i) − τⁱ` needs none. γ = δ = ε = 1: what divides a column's point later, and so in which
//! query it is, is told by the column alone; IC, L and K are one list here, cut in three.

use ark_bn254::{g1, g2, Fr, G1Affine, G1Projective, G2Affine};
use ark_ec::{
    scalar_mul::glv::GLVConfig,
    short_weierstrass::{Affine, Projective},
    CurveGroup,
};
use ark_ff::Zero;
use lattice_circuit::{R1cs, Side};
use lattice_verifier::ceremony::Query;
use std::path::Path;

use super::{Shape, QUERIES_FILE};
use crate::{
    error::Phase2Error,
    phase1::{Section, VerifiedPhase1},
    phase2::{
        files::{StateFile, StateRoots, StateWriter, QUERIES},
        lagrange::lagrange,
        points::{PointWriter, CHUNK},
        qap::Columns,
    },
    points::Group,
};

/// The Lagrange basis, times what the section's powers are times.
fn basis<C: Group + GLVConfig<ScalarField = Fr>>(
    phase1: &VerifiedPhase1,
    section: Section,
    size: usize,
) -> Result<Vec<Affine<C>>, Phase2Error> {
    let powers = phase1.points::<C>(section, 0, size)?;
    lagrange(powers).ok_or(Phase2Error::TooLarge)
}

/// Writes A and B, and computes `β·aᵢ(τ) + α·bᵢ(τ) + cᵢ(τ)` of every column: IC, L and K. One Lagrange
/// basis is in memory at a time.
pub(super) fn write_queries(
    r1cs: &R1cs,
    shape: &Shape,
    phase1: &VerifiedPhase1,
    folder: &Path,
) -> Result<Vec<G1Affine>, Phase2Error> {
    let counts = [shape.columns; 3];
    let mut out = PointWriter::create(&folder.join(QUERIES_FILE), QUERIES, &counts)?;
    let instance = |sums: &mut [G1Projective], lagrange: &[G1Affine]| {
        let rows = &lagrange[r1cs.constraints()..];
        for (sum, row) in sums.iter_mut().zip(rows).take(shape.instances) {
            *sum += row;
        }
    };
    let a = Columns::new(r1cs, Side::A);
    let b = Columns::new(r1cs, Side::B);

    let ones = basis::<g1::Config>(phase1, Section::TauG1, shape.size)?;
    let mut sums = a.evaluate(&ones);
    instance(&mut sums, &ones);
    out.write(&G1Projective::normalize_batch(&sums))?;
    out.write(&G1Projective::normalize_batch(&b.evaluate(&ones)))?;
    let mut columns = Columns::new(r1cs, Side::C).evaluate(&ones);
    drop(ones);

    let betas = basis::<g1::Config>(phase1, Section::BetaTauG1, shape.size)?;
    let mut sums = a.evaluate(&betas);
    instance(&mut sums, &betas);
    drop((betas, a));
    let alphas = basis::<g1::Config>(phase1, Section::AlphaTauG1, shape.size)?;
    for ((column, beta_a), alpha_b) in columns.iter_mut().zip(sums).zip(b.evaluate(&alphas)) {
        *column += beta_a + alpha_b;
    }
    drop(alphas);

    let ones: Vec<G2Affine> = basis::<g2::Config>(phase1, Section::TauG2, shape.size)?;
    let sums = b.evaluate(&ones);
    out.write(&Projective::<g2::Config>::normalize_batch(&sums))?;
    out.finish()?;

    Ok(G1Projective::normalize_batch(&columns))
}

/// Writes L, H and K.
pub(super) fn write_state(
    mut out: StateWriter,
    columns: &[G1Affine],
    shape: &Shape,
    phase1: &VerifiedPhase1,
) -> Result<(StateFile, StateRoots), Phase2Error> {
    for l in shape
        .of_l(columns)
        .into_iter()
        .flat_map(|l| l.chunks(CHUNK))
    {
        out.write(Query::L, l)?;
    }
    let mut position = 0;
    while position < shape.counts.h as usize {
        let len = (shape.counts.h as usize - position).min(CHUNK);
        let powers = |first: usize| phase1.points::<g1::Config>(Section::TauG1, first as u64, len);
        let differences: Vec<G1Projective> = powers(position + shape.size)?
            .iter()
            .zip(powers(position)?)
            .map(|(upper, lower)| G1Projective::from(*upper) - lower)
            .collect();
        // τⁿ = 1: the quotient would be worth nothing.
        if differences.iter().any(Zero::is_zero) {
            return Err(Phase2Error::Degenerate);
        }
        out.write(Query::H, &G1Projective::normalize_batch(&differences))?;
        position += len;
    }
    for k in shape.of_k(columns).chunks(CHUNK) {
        out.write(Query::K, k)?;
    }
    out.finish()
}
