//! The start of a ceremony: everything that follows from phase 1 and the circuit.
//!
//! # Computed
//! With the Lagrange bases at τ, times 1, α and β, each query is a sum per column ([`super::qap`]);
//! `H₀ᵢ = τ^(n+i) − τⁱ` needs none. γ = δ = ε = 1: what divides a column's point later, and so in which
//! query it is, is told by the column alone; IC, L and K are one list here, cut in three.
//!
//! # Checked
//! Someone else's start is rebuilt as one random combination per query, which takes seconds and no
//! Lagrange basis. With 128-bit coefficients ρ of the checker's own, `Σ_j ρⱼ·aⱼ(τ)` is
//! `Σ_i uᵢ·Lᵢ(τ)` for `u = A·ρ`, and that is `Σ_k ũ_k·τᵏ` for the inverse transform ũ of u. So
//!
//! * `Σ ρⱼ·Aⱼ = Σ ũ_k·τᵏ`, and the same for B in both groups,
//! * `Σ ρⱼ·(IC, L and K)ⱼ = Σ ũ_k·βτᵏ + Σ ṽ_k·ατᵏ + Σ w̃_k·τᵏ`,
//! * `Σ σᵢ·Hᵢ = Σ σᵢ·τ^(n+i) − Σ σᵢ·τⁱ`.
//!
//! Every point is in a group of prime order (the second group's subgroup is checked), so a start
//! with one planted point passes with a probability of 2⁻¹²⁸ at most: it is as good as rebuilt.

use ark_bn254::{g1, g2, Fr, G1Affine, G1Projective, G2Affine};
use ark_ec::scalar_mul::glv::GLVConfig;
use ark_ec::short_weierstrass::{Affine, Projective};
use ark_ec::{CurveGroup, VariableBaseMSM};
use ark_ff::Zero;
use ark_poly::{EvaluationDomain, Radix2EvaluationDomain};
use ark_serialize::CanonicalDeserialize;
use ark_std::rand::{CryptoRng, RngCore};
use lattice_circuit::{Circuit, R1cs, Side};
use lattice_tensor::Model;
use lattice_verifier::ceremony::{
    check_start, record::G1Bytes, CommitmentStart, Query, Roots, Start,
};
use lattice_verifier::CIRCUIT_VERSION;
use std::{ops::Range, path::Path};

use super::{
    ceremony::{state_file, Ceremony},
    files::{Counts, StateFile, StateRoots, StateWriter, Sums, QUERIES},
    lagrange::lagrange,
    points::{PointFile, PointWriter, CHUNK},
    qap::{combine_columns, domain_size, Columns},
};
use crate::{
    error::Phase2Error,
    phase1::{
        check::{coefficient, compressed},
        Section, VerifiedPhase1,
    },
    points::Group,
};

/// Name of the file with the queries that never change.
pub const QUERIES_FILE: &str = "start.points";

/// A start that is known to be right: computed here, or checked.
#[derive(Debug)]
pub struct VerifiedStart {
    pub(super) record: Start,
    pub(super) queries: PointFile,
    pub(super) state: StateFile,
    /// Of the coefficients with which this process sums up states.
    pub(super) seed: [u8; 32],
    pub(super) sums: Sums,
}

impl VerifiedStart {
    /// Computes the start for a model and writes its two files into a folder.
    ///
    /// # Errors
    /// [`Phase2Error`]: phase 1 too small, the circuit, the disk.
    pub fn compute(
        model: &Model,
        phase1: &VerifiedPhase1,
        folder: &Path,
        rng: &mut (impl RngCore + CryptoRng),
    ) -> Result<Self, Phase2Error> {
        Self::compute_of_circuit(model, &Circuit::build(model)?, phase1, folder, rng)
    }

    /// [`VerifiedStart::compute`] with a circuit of the model that was built already, and may be
    /// another one than chains know.
    ///
    /// # Errors
    /// As [`VerifiedStart::compute`].
    pub fn compute_of_circuit(
        model: &Model,
        circuit: &Circuit,
        phase1: &VerifiedPhase1,
        folder: &Path,
        rng: &mut (impl RngCore + CryptoRng),
    ) -> Result<Self, Phase2Error> {
        let r1cs = circuit.r1cs();
        let shape = Shape::new(r1cs, phase1)?;
        let columns = write_queries(r1cs, &shape, phase1, folder)?;
        let (state, roots) = {
            let writer = StateWriter::create(&state_file(folder, 0), shape.counts)?;
            write_state(writer, &columns, &shape, phase1)?
        };
        let mut gamma_abc = Vec::with_capacity(shape.instances);
        gamma_abc.extend(columns[..shape.instances].iter().map(compressed));
        let record = shape.record(model, phase1, &gamma_abc, roots)?;
        check_start(&record).map_err(Phase2Error::Start)?;
        let queries = PointFile::open(&folder.join(QUERIES_FILE), QUERIES, &[shape.columns; 3])?;
        let mut seed = [0; 32];
        rng.fill_bytes(&mut seed);
        let (_, sums) = state.digest(&seed)?;
        Ok(Self {
            record,
            queries,
            state,
            seed,
            sums,
        })
    }

    /// Checks a start that someone else has computed, with its files in a folder.
    ///
    /// # Errors
    /// [`Phase2Error::ForeignStart`] if anything in it is not what phase 1 and the model give, and
    /// whatever is wrong with the files.
    pub fn check(
        record: &Start,
        model: &Model,
        phase1: &VerifiedPhase1,
        folder: &Path,
        rng: &mut (impl RngCore + CryptoRng),
    ) -> Result<Self, Phase2Error> {
        Self::check_of_circuit(record, model, &Circuit::build(model)?, phase1, folder, rng)
    }

    /// [`VerifiedStart::check`] with a circuit of the model that was built already, and may be another
    /// one than chains know.
    ///
    /// # Errors
    /// As [`VerifiedStart::check`].
    pub fn check_of_circuit(
        record: &Start,
        model: &Model,
        circuit: &Circuit,
        phase1: &VerifiedPhase1,
        folder: &Path,
        rng: &mut (impl RngCore + CryptoRng),
    ) -> Result<Self, Phase2Error> {
        check_start(record).map_err(Phase2Error::Start)?;
        let r1cs = circuit.r1cs();
        let shape = Shape::new(r1cs, phase1)?;
        let gamma_abc: Vec<G1Bytes> = record.gamma_abc().copied().collect();
        let roots = StateRoots::of(&record.state());
        if record.version() != shape.counts.version() {
            return Err(Phase2Error::ForeignStart("whether there is a commitment"));
        }
        let expected = shape.record(model, phase1, &gamma_abc, roots)?;
        for (what, same) in [
            ("the model", record.model == expected.model),
            (
                "the circuit version",
                record.circuit_version == expected.circuit_version,
            ),
            ("phase 1", record.phase1 == expected.phase1),
            ("the number of points", *record == expected),
        ] {
            if !same {
                return Err(Phase2Error::ForeignStart(what));
            }
        }
        let queries = PointFile::open(&folder.join(QUERIES_FILE), QUERIES, &[shape.columns; 3])?;
        let state = StateFile::open(&state_file(folder, 0), record)?;
        let mut seed = [0; 32];
        rng.fill_bytes(&mut seed);
        let (found, sums) = state.digest(&seed)?;
        if found != roots {
            return Err(Phase2Error::ForeignStart("the file of the state"));
        }
        shape.compare(r1cs, phase1, record, &queries, &state, rng)?;
        Ok(Self {
            record: *record,
            queries,
            state,
            seed,
            sums,
        })
    }

    /// What the chain stores of it.
    pub const fn record(&self) -> &Start {
        &self.record
    }

    /// The ceremony without contributions, under its number on a chain.
    pub fn ceremony(self, genesis: [u8; 32], number: u64) -> Ceremony {
        Ceremony::new(self, genesis, number)
    }
}

/// Sizes of a circuit's start.
struct Shape {
    size: usize,
    domain: Radix2EvaluationDomain<Fr>,
    columns: u32,
    instances: usize,
    /// Columns of K; empty without a commitment.
    committed: Range<usize>,
    counts: Counts,
}

impl Shape {
    fn new(r1cs: &R1cs, phase1: &VerifiedPhase1) -> Result<Self, Phase2Error> {
        let size = domain_size(r1cs).ok_or(Phase2Error::TooLarge)?;
        if size > 1 << phase1.power() {
            let power = phase1.power();
            return Err(crate::error::Phase1Error::TooSmall { power }.into());
        }
        let count = |value: usize| u32::try_from(value).map_err(|_| Phase2Error::TooLarge);
        let committed = r1cs.committed();
        let k = committed.as_ref().map(|columns| columns.len());
        Ok(Self {
            size,
            domain: Radix2EvaluationDomain::new(size).ok_or(Phase2Error::TooLarge)?,
            columns: count(r1cs.columns())?,
            instances: r1cs.instances(),
            counts: Counts {
                l: count(r1cs.witnesses() - k.unwrap_or(0))?,
                h: count(size - 1)?,
                k: k.map(count).transpose()?,
            },
            committed: committed.unwrap_or(0..0),
        })
    }

    /// Of a list with something for each column, what belongs to the columns of L.
    fn of_l<'a, T>(&self, columns: &'a [T]) -> [&'a [T]; 2] {
        match self.committed.is_empty() {
            true => [&columns[self.instances..], &[]],
            false => [
                &columns[self.instances..self.committed.start],
                &columns[self.committed.end..],
            ],
        }
    }

    /// What belongs to the columns of K.
    fn of_k<'a, T>(&self, columns: &'a [T]) -> &'a [T] {
        &columns[self.committed.clone()]
    }

    fn record(
        &self,
        model: &Model,
        phase1: &VerifiedPhase1,
        gamma_abc: &[G1Bytes],
        roots: StateRoots,
    ) -> Result<Start, Phase2Error> {
        let malformed = || Phase2Error::ForeignStart("IC");
        let (statement, challenge) = gamma_abc
            .split_first_chunk::<{ R1cs::STATEMENT }>()
            .ok_or_else(malformed)?;
        let commitment = match (challenge, self.counts.k, roots.k) {
            ([], None, None) => None,
            ([challenge], Some(count), Some(root)) => Some(CommitmentStart {
                gamma_abc: *challenge,
                count,
                root,
            }),
            _ => return Err(malformed()),
        };
        Ok(Start {
            model: model.id(),
            circuit_version: CIRCUIT_VERSION,
            phase1: *phase1.record(),
            gamma_abc: *statement,
            l_count: self.counts.l,
            h_count: self.counts.h,
            roots: Roots {
                l: roots.l,
                h: roots.h,
            },
            commitment,
        })
    }

    /// The combinations of the module's documentation.
    fn compare(
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
fn write_queries(
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
fn write_state(
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
