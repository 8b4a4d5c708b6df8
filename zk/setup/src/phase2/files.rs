//! The two kinds of files of a ceremony.
//!
//! * `start.points`: the queries that never change, A and B in the first group and B in the second,
//!   a point per variable of the circuit;
//! * a file per state: L and H, whose Merkle roots are in the state's record.

use ark_bn254::{g1, Fr, G1Affine, G1Projective};
use ark_ec::VariableBaseMSM;
use ark_ff::Zero;
use ark_std::rand::SeedableRng;
use lattice_verifier::ceremony::{merkle, Query, Roots, Start};
use rand_chacha::ChaCha20Rng;
use rayon::prelude::*;
use std::path::Path;

use super::points::{Layout, PointFile, PointWriter, G1, G2};
use crate::{
    error::Phase2Error,
    phase1::check::{coefficient, compressed},
};

/// A, B in the first group, B in the second.
pub(super) const QUERIES: Layout<3> = Layout {
    tag: b"lattice/start/01",
    sizes: [G1, G1, G2],
};

/// L and H.
const STATE: Layout<2> = Layout {
    tag: b"lattice/state/01",
    sizes: [G1, G1],
};

/// Where a query is in a state's file.
const fn array(query: Query) -> usize {
    match query {
        Query::L => 0,
        Query::H => 1,
    }
}

/// A state's L and H.
#[derive(Debug)]
pub struct StateFile(PointFile<2>);

impl StateFile {
    /// Opens the file of a state of this ceremony. What is in it, nobody has checked.
    ///
    /// # Errors
    /// [`Phase2Error::Io`], [`Phase2Error::Format`].
    pub fn open(path: &Path, start: &Start) -> Result<Self, Phase2Error> {
        PointFile::open(path, STATE, [start.l_count, start.h_count]).map(Self)
    }

    /// Where it was opened.
    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// Points of a query.
    pub const fn count(&self, query: Query) -> u32 {
        self.0.count(array(query))
    }

    /// A piece of a query from `first`; see [`PointFile::read`].
    ///
    /// # Errors
    /// [`Phase2Error::Io`], [`Phase2Error::Point`].
    pub fn read(&self, query: Query, first: u32) -> Result<Vec<G1Affine>, Phase2Error> {
        self.0.read::<g1::Config>(array(query), first)
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
        self.0.each::<g1::Config>(array(query), take)
    }

    /// Every piece of a query as it is in the file.
    pub(super) fn each_bytes(
        &self,
        query: Query,
        take: impl FnMut(&[u8]) -> Result<(), Phase2Error>,
    ) -> Result<(), Phase2Error> {
        self.0.each_bytes(array(query), take)
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

    /// In one pass, the Merkle roots and `Σ ρᵢ·Xᵢ` over L and then H, with coefficients of 128 bits
    /// from a seed.
    ///
    /// # Errors
    /// As [`StateFile::read`].
    pub fn digest(&self, seed: &[u8; 32]) -> Result<(Roots, G1Projective), Phase2Error> {
        let mut rng = ChaCha20Rng::from_seed(*seed);
        let mut sum = G1Projective::zero();
        let mut roots = [[0; 32]; 2];
        for (root, query) in roots.iter_mut().zip(Query::ALL) {
            let mut tree = merkle::Tree::new(query);
            self.each(query, |_, points| {
                leaf_hashes(&points)
                    .into_iter()
                    .for_each(|leaf| tree.push(leaf));
                let rho: Vec<Fr> = points.iter().map(|_| coefficient(&mut rng)).collect();
                sum += G1Projective::msm_unchecked(&points, &rho);
                Ok(())
            })?;
            *root = tree.root();
        }
        let [l, h] = roots;
        Ok((Roots { l, h }, sum))
    }
}

/// A state's file that is being written: L first, then H.
pub struct StateWriter {
    points: PointWriter<2>,
    trees: [merkle::Tree; 2],
}

impl StateWriter {
    /// Begins a file with these numbers of points in L and H.
    ///
    /// # Errors
    /// [`Phase2Error::Io`].
    pub fn create(path: &Path, l_count: u32, h_count: u32) -> Result<Self, Phase2Error> {
        Ok(Self {
            points: PointWriter::create(path, STATE, [l_count, h_count])?,
            trees: Query::ALL.map(merkle::Tree::new),
        })
    }

    /// Appends points of a query.
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
    pub fn finish(self) -> Result<(StateFile, Roots), Phase2Error> {
        let [l, h] = self.trees.map(|tree| tree.root());
        Ok((StateFile(self.points.finish()?), Roots { l, h }))
    }
}

fn leaf_hashes(points: &[G1Affine]) -> Vec<[u8; 32]> {
    points
        .par_iter()
        .with_min_len(256)
        .map(|point| merkle::leaf_hash(&compressed(point)))
        .collect()
}
