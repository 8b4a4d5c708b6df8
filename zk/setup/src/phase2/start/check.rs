//! Checking a start that someone else has computed.
//!
//! It is rebuilt as one random combination per query, which takes seconds and no Lagrange basis. With
//! 128-bit coefficients ρ of the checker's own, `Σ_j ρⱼ·aⱼ(τ)` is `Σ_i uᵢ·Lᵢ(τ)` for `u = A·ρ`, and that
//! is `Σ_k ũ_k·τᵏ` for the inverse transform ũ of u. So
//!
//! * `Σ ρⱼ·Aⱼ = Σ ũ_k·τᵏ`, and the same for B in both groups,
//! * `Σ ρⱼ·(IC, L and K)ⱼ = Σ ũ_k·βτᵏ + Σ ṽ_k·ατᵏ + Σ w̃_k·τᵏ`,
//! * `Σ σᵢ·Hᵢ = Σ σᵢ·τ^(n+i) − Σ σᵢ·τⁱ`.
//!
//! Every point is in a group of prime order (the second group's subgroup is checked), so a start
//! with one planted point passes with a probability of 2⁻¹²⁸ at most: it is as good as rebuilt.

use ark_bn254::{g1, g2, Fr, G1Affine, G1Projective};
use ark_ec::{short_weierstrass::Projective, VariableBaseMSM};
use ark_ff::Zero;
use ark_poly::EvaluationDomain;
use ark_serialize::CanonicalDeserialize;
use ark_std::rand::RngCore;
use lattice_circuit::{R1cs, Side};
use lattice_verifier::ceremony::{Query, Start};

use super::Shape;
use crate::{
    error::Phase2Error,
    phase1::{check::coefficient, Section, VerifiedPhase1},
    phase2::{
        files::StateFile,
        points::{PointFile, CHUNK},
        qap::combine_columns,
    },
    points::Group,
};

impl Shape {
    /// The combinations of the module's documentation.
    pub(super) fn compare(
        &self,
        r1cs: &R1cs,
        phase1: &VerifiedPhase1,
        record: &Start,
        queries: &PointFile,
        state: &StateFile,
        rng: &mut impl RngCore,
    ) -> Result<(), Phase2Error> {
        let rho: Vec<Fr> = (0..self.columns).map(|_| coefficient(rng)).collect();
        let interpolated = |side| {
            let mut rows = combine_columns(r1cs, side, &rho, self.size);
            self.domain.ifft_in_place(&mut rows);
            rows
        };
        let same = |what, same: bool| match same {
            true => Ok(()),
            false => Err(Phase2Error::ForeignStart(what)),
        };
        let (u, v, w) = (
            interpolated(Side::A),
            interpolated(Side::B),
            interpolated(Side::C),
        );
        let g1 = |section, coefficients: &[Fr]| -> Result<G1Projective, Phase2Error> {
            combination::<g1::Config>(phase1, section, 0, coefficients)
        };
        let a = query_sum::<g1::Config>(queries, 0, &rho)?;
        same("the A query", a == g1(Section::TauG1, &u)?)?;
        let b = query_sum::<g1::Config>(queries, 1, &rho)?;
        same(
            "the B query in the first group",
            b == g1(Section::TauG1, &v)?,
        )?;
        let b_g2 = query_sum::<g2::Config>(queries, 2, &rho)?;
        let expected = combination::<g2::Config>(phase1, Section::TauG2, 0, &v)?;
        same("the B query in the second group", b_g2 == expected)?;

        let mut columns = G1Projective::zero();
        for (bytes, rho) in record.gamma_abc().zip(&rho) {
            // Decoded once already, by the check of the record.
            let point = G1Affine::deserialize_compressed(&bytes[..])
                .map_err(|_| Phase2Error::ForeignStart("IC"))?;
            columns += point * rho;
        }
        columns += state_sum(state, Query::L, &self.of_l(&rho).concat())?;
        if self.counts.k.is_some() {
            columns += state_sum(state, Query::K, self.of_k(&rho))?;
        }
        let expected =
            g1(Section::BetaTauG1, &u)? + g1(Section::AlphaTauG1, &v)? + g1(Section::TauG1, &w)?;
        same("IC, L or K", columns == expected)?;

        let sigma: Vec<Fr> = (0..self.counts.h).map(|_| coefficient(rng)).collect();
        let h = state_sum(state, Query::H, &sigma)?;
        let upper = combination::<g1::Config>(phase1, Section::TauG1, self.size as u64, &sigma)?;
        same("H", h == upper - g1(Section::TauG1, &sigma)?)
    }
}

/// `Σ ρᵢ·Xᵢ` over a query of a state.
fn state_sum(state: &StateFile, query: Query, rho: &[Fr]) -> Result<G1Projective, Phase2Error> {
    let mut sum = G1Projective::zero();
    state.each(query, |first, points| {
        let rho = &rho[first as usize..][..points.len()];
        sum += G1Projective::msm_unchecked(&points, rho);
        Ok(())
    })?;
    Ok(sum)
}

/// `Σ ρⱼ·Xⱼ` over an array of a file.
fn query_sum<C: Group<ScalarField = Fr>>(
    queries: &PointFile,
    array: usize,
    rho: &[Fr],
) -> Result<Projective<C>, Phase2Error> {
    let mut sum = Projective::<C>::zero();
    queries.each::<C>(array, |first, points| {
        let rho = &rho[first as usize..][..points.len()];
        sum += Projective::<C>::msm_unchecked(&points, rho);
        Ok(())
    })?;
    Ok(sum)
}

/// `Σ cᵢ·Pᵢ` over the points of a section from `first`.
fn combination<C: Group<ScalarField = Fr>>(
    phase1: &VerifiedPhase1,
    section: Section,
    first: u64,
    coefficients: &[Fr],
) -> Result<Projective<C>, Phase2Error> {
    let mut sum = Projective::<C>::zero();
    for (index, coefficients) in coefficients.chunks(CHUNK).enumerate() {
        let first = first + (index * CHUNK) as u64;
        let points = phase1.points::<C>(section, first, coefficients.len())?;
        sum += Projective::<C>::msm_unchecked(&points, coefficients);
    }
    Ok(sum)
}
