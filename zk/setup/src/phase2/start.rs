//! The start of a ceremony: everything that follows from phase 1 and the circuit.
//!
//! * `compute`: it is computed, which takes Lagrange bases;
//! * `check`: someone else's is rebuilt as one random combination per query, which takes none.

mod check;
mod compute;

use ark_bn254::Fr;
use ark_poly::{EvaluationDomain, Radix2EvaluationDomain};
use ark_std::rand::{CryptoRng, RngCore};
use lattice_circuit::{Circuit, R1cs};
use lattice_tensor::Model;
use lattice_verifier::ceremony::{check_start, record::G1Bytes, CommitmentStart, Roots, Start};
use lattice_verifier::CIRCUIT_VERSION;
use std::{ops::Range, path::Path};

use super::{
    ceremony::{state_file, Ceremony},
    files::{Counts, StateFile, StateRoots, StateWriter, Sums, QUERIES},
    points::PointFile,
    qap::domain_size,
};
use crate::{
    error::Phase2Error,
    phase1::{check::compressed, VerifiedPhase1},
};
use compute::{write_queries, write_state};

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
}
