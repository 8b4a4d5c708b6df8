//! The two kinds of files of a ceremony.
//!
//! * `start.points`: the queries that never change, A and B in the first group and B in the second,
//!   a point per variable of the circuit;
//! * a file per state: L, H and, in a ceremony of committed proofs, K, whose Merkle roots are in the
//!   state's record.

use ark_bn254::{g1, Fr, G1Affine, G1Projective};
use ark_ec::VariableBaseMSM;
use ark_std::rand::SeedableRng;
use lattice_verifier::ceremony::{merkle, Query, Start, State, Trapdoor};
use lattice_verifier::ProofVersion;
use rand_chacha::ChaCha20Rng;
use rayon::prelude::*;
use std::path::Path;

use super::points::{Layout, PointFile, PointWriter, G1, G2};
use crate::{
    error::Phase2Error,
    phase1::check::{coefficient, compressed},
};

/// A, B in the first group, B in the second.
pub(super) const QUERIES: Layout = Layout {
    tag: b"lattice/start/01",
    sizes: &[G1, G1, G2],
};

/// The queries of [`Query::of`].
const fn state(version: ProofVersion) -> Layout {
    match version {
        ProofVersion::Groth16 => Layout {
            tag: b"lattice/state/01",
            sizes: &[G1; 2],
        },
        ProofVersion::Committed => Layout {
            tag: b"lattice/state/02",
            sizes: &[G1; 3],
        },
    }
}

/// Where a query is in a state's file: its place in [`Query::of`].
const fn array(query: Query) -> usize {
    match query {
        Query::L => 0,
        Query::H => 1,
        Query::K => 2,
    }
}

/// Numbers of points in the queries of a ceremony's states.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counts {
    /// In L.
    pub l: u32,
    /// In H.
    pub h: u32,
    /// In K, if the circuit has a commitment.
    pub k: Option<u32>,
}

impl Counts {
    /// Those that a start names.
    pub fn of(start: &Start) -> Self {
        Self {
            l: start.l_count,
            h: start.h_count,
            k: start.commitment.map(|commitment| commitment.count),
        }
    }

    pub(super) const fn version(&self) -> ProofVersion {
        match self.k {
            None => ProofVersion::Groth16,
            Some(_) => ProofVersion::Committed,
        }
    }

    /// In the order of [`Query::of`].
    fn arrays(&self) -> Vec<u32> {
        [self.l, self.h].into_iter().chain(self.k).collect()
    }
}

/// Merkle roots of the queries of a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StateRoots {
    /// Of L.
    pub l: [u8; 32],
    /// Of H.
    pub h: [u8; 32],
    /// Of K, if there is one.
    pub k: Option<[u8; 32]>,
}

impl StateRoots {
    /// Those that a record names.
    pub fn of(state: &State) -> Self {
        Self {
            l: state.roots.l,
            h: state.roots.h,
            k: state.commitment.map(|commitment| commitment.root),
        }
    }

    fn new(version: ProofVersion, root: impl Fn(Query) -> [u8; 32]) -> Self {
        Self {
            l: root(Query::L),
            h: root(Query::H),
            k: Query::of(version)
                .get(array(Query::K))
                .map(|query| root(*query)),
        }
    }
}

/// `Σ ρᵢ·Xᵢ` over the queries that are divided by one trapdoor, per trapdoor.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sums {
    delta: G1Projective,
    epsilon: G1Projective,
}

impl Sums {
    /// Over what is divided by this trapdoor.
    pub const fn of(&self, trapdoor: Trapdoor) -> G1Projective {
        match trapdoor {
            Trapdoor::Delta => self.delta,
            Trapdoor::Epsilon => self.epsilon,
        }
    }

    fn of_mut(&mut self, trapdoor: Trapdoor) -> &mut G1Projective {
        match trapdoor {
            Trapdoor::Delta => &mut self.delta,
            Trapdoor::Epsilon => &mut self.epsilon,
        }
    }
}

/// A state's queries.
#[derive(Debug)]
pub struct StateFile {
    version: ProofVersion,
    points: PointFile,
}

impl StateFile {
    /// Opens the file of a state of this ceremony. What is in it, nobody has checked.
    ///
    /// # Errors
    /// [`Phase2Error::Io`], [`Phase2Error::Format`].
    pub fn open(path: &Path, start: &Start) -> Result<Self, Phase2Error> {
        let version = start.version();
        let counts = Counts::of(start).arrays();
        let points = PointFile::open(path, state(version), &counts)?;
        Ok(Self { version, points })
    }

    /// Where it was opened.
    pub fn path(&self) -> &Path {
        self.points.path()
    }

    /// What it has, in order.
    pub const fn queries(&self) -> &'static [Query] {
        Query::of(self.version)
    }

    /// Points of all its queries.
    pub fn counts(&self) -> Counts {
        Counts {
            l: self.count(Query::L),
            h: self.count(Query::H),
            k: self
                .queries()
                .get(array(Query::K))
                .map(|query| self.count(*query)),
        }
    }

    /// Points of one of its queries.
    pub fn count(&self, query: Query) -> u32 {
        self.points.count(array(query))
    }

    /// A piece of a query from `first`; see [`PointFile::read`].
    ///
    /// # Errors
    /// [`Phase2Error::Io`], [`Phase2Error::Point`].
    pub fn read(&self, query: Query, first: u32) -> Result<Vec<G1Affine>, Phase2Error> {
        self.points.read::<g1::Config>(array(query), first)
    }

    /// Every piece of a query, in order.
    ///
    /// # Errors
    /// As [`StateFile::read`], and whatever `take` returns.
    pub fn each(
        &self,
        query: Query,
        take: impl FnMut(u32, Vec<G1Affine>) -> Result<(), Phase2Error>,
    ) -> Result<(), Phase2Error> {
        self.points.each::<g1::Config>(array(query), take)
    }

    /// Every piece of a query as it is in the file.
    pub(super) fn each_bytes(
        &self,
        query: Query,
        take: impl FnMut(&[u8]) -> Result<(), Phase2Error>,
    ) -> Result<(), Phase2Error> {
        self.points.each_bytes(array(query), take)
    }

    /// Hashes of all leaves of a query.
    ///
    /// # Errors
    /// As [`StateFile::read`].
    pub fn leaves(&self, query: Query) -> Result<Vec<[u8; 32]>, Phase2Error> {
        let mut leaves = Vec::with_capacity(self.count(query) as usize);
        self.each(query, |_, points| {
            leaves.extend(leaf_hashes(&points));
            Ok(())
        })?;
        Ok(leaves)
    }

    /// In one pass, the Merkle roots and, per trapdoor, `Σ ρᵢ·Xᵢ` over its queries in their order,
    /// with coefficients of 128 bits from a seed.
    ///
    /// # Errors
    /// As [`StateFile::read`].
    pub fn digest(&self, seed: &[u8; 32]) -> Result<(StateRoots, Sums), Phase2Error> {
        let mut rng = ChaCha20Rng::from_seed(*seed);
        let mut sums = Sums::default();
        let mut trees = trees(self.version);
        for (&query, tree) in self.queries().iter().zip(&mut trees) {
            let sum = sums.of_mut(query.trapdoor());
            self.each(query, |_, points| {
                leaf_hashes(&points)
                    .into_iter()
                    .for_each(|leaf| tree.push(leaf));
                let rho: Vec<Fr> = points.iter().map(|_| coefficient(&mut rng)).collect();
                *sum += G1Projective::msm_unchecked(&points, &rho);
                Ok(())
            })?;
        }
        let roots = StateRoots::new(self.version, |query| trees[array(query)].root());
        Ok((roots, sums))
    }
}

fn trees(version: ProofVersion) -> Vec<merkle::Tree> {
    let queries = Query::of(version).iter();
    queries.map(|query| merkle::Tree::new(*query)).collect()
}

/// A state's file that is being written, query after query in the order of [`Query::of`].
pub struct StateWriter {
    version: ProofVersion,
    points: PointWriter,
    trees: Vec<merkle::Tree>,
}

impl StateWriter {
    /// Begins a file with these numbers of points.
    ///
    /// # Errors
    /// [`Phase2Error::Io`].
    pub fn create(path: &Path, counts: Counts) -> Result<Self, Phase2Error> {
        let version = counts.version();
        Ok(Self {
            points: PointWriter::create(path, state(version), &counts.arrays())?,
            trees: trees(version),
            version,
        })
    }

    /// Appends points of one of the file's queries.
    ///
    /// # Errors
    /// [`Phase2Error::Io`].
    pub fn write(&mut self, query: Query, points: &[G1Affine]) -> Result<(), Phase2Error> {
        let tree = &mut self.trees[array(query)];
        leaf_hashes(points)
            .into_iter()
            .for_each(|leaf| tree.push(leaf));
        self.points.write(points)
    }

    /// Puts the file in its place.
    ///
    /// # Errors
    /// [`Phase2Error::Io`]; [`Phase2Error::Format`] if not as many points were written as announced.
    pub fn finish(self) -> Result<(StateFile, StateRoots), Phase2Error> {
        let version = self.version;
        let roots = StateRoots::new(version, |query| self.trees[array(query)].root());
        let points = self.points.finish()?;
        Ok((StateFile { version, points }, roots))
    }
}

fn leaf_hashes(points: &[G1Affine]) -> Vec<[u8; 32]> {
    points
        .par_iter()
        .with_min_len(256)
        .map(|point| merkle::leaf_hash(&compressed(point)))
        .collect()
}
