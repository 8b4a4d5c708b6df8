//! A ceremony small enough to look at, with known trapdoors, as honest and dishonest clients hold it.
//! For tests, of other crates too.

use ark_bn254::{Fr, G1Affine, G1Projective, G2Affine};
use ark_ec::{AffineRepr, CurveGroup};
use ark_ff::{Field, One, UniformRand};
use ark_serialize::{CanonicalDeserialize, CanonicalSerialize};
use lattice_tensor::ModelId;
use rand_chacha::{rand_core::SeedableRng, ChaCha20Rng};
use std::{sync::OnceLock, vec::Vec};

use super::{
    merkle, transcript::knowledge_challenge, Binding, Challenge, Contribution, Delta, Knowledge,
    Opening, Phase1, Query, Roots, Start, State,
};
use crate::{field, CIRCUIT_VERSION};

/// The generator of this seed.
pub fn rng(seed: u64) -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(seed)
}

/// The secret of this seed.
pub fn secret(seed: u64) -> Fr {
    Fr::rand(&mut rng(seed))
}

/// A multiple of the first group's generator.
pub fn g1(scalar: Fr) -> G1Affine {
    (G1Projective::from(G1Affine::generator()) * scalar).into_affine()
}

/// A multiple of the second group's generator.
pub fn g2(scalar: Fr) -> G2Affine {
    (G2Affine::generator() * scalar).into_affine()
}

/// The compressed bytes of a point.
pub fn array<const N: usize>(point: &impl CanonicalSerialize) -> [u8; N] {
    let mut bytes = Vec::new();
    point.serialize_compressed(&mut bytes).expect("to memory");
    bytes.try_into().expect("the length of its group")
}

/// δ in both groups.
pub fn delta(scalar: Fr) -> Delta {
    Delta {
        g1: array(&g1(scalar)),
        g2: array(&g2(scalar)),
    }
}

/// The bulk of a ceremony after some contributions: five points in L, seven in H.
#[derive(Clone, Debug)]
pub struct Bulk {
    /// Discrete logarithm of δ.
    pub delta: Fr,
    /// Of the witness variables.
    pub l: Vec<G1Affine>,
    /// Of the quotient.
    pub h: Vec<G1Affine>,
}

impl Bulk {
    /// Before any contribution.
    pub fn start() -> Self {
        static START: OnceLock<Bulk> = OnceLock::new();
        let start = START.get_or_init(|| {
            let mut rng = rng(1);
            let mut points = |count| (0..count).map(|_| g1(Fr::rand(&mut rng))).collect();
            Self {
                delta: Fr::one(),
                l: points(5),
                h: points(7),
            }
        });
        start.clone()
    }

    /// After an honest contribution with secret `x`.
    pub fn after(&self, x: Fr) -> Self {
        let inverse = x.inverse().expect("not zero");
        let scale = |points: &[G1Affine]| {
            points
                .iter()
                .map(|point| (point.into_group() * inverse).into_affine())
                .collect()
        };
        Self {
            delta: self.delta * x,
            l: scale(&self.l),
            h: scale(&self.h),
        }
    }

    /// With a point in L that does not belong there.
    pub fn planted(mut self, at: u32) -> Self {
        self.l[at as usize] = g1(Fr::from(3u64));
        self
    }

    /// The points of a query.
    pub fn query(&self, query: Query) -> &[G1Affine] {
        match query {
            Query::L => &self.l,
            Query::H => &self.h,
        }
    }

    /// The leaves of a query's tree.
    pub fn leaves(&self, query: Query) -> Vec<[u8; 32]> {
        let leaf = |point| merkle::leaf_hash(&array(point));
        self.query(query).iter().map(leaf).collect()
    }

    /// What a record says of it.
    pub fn state(&self) -> State {
        let [l, h] = Query::ALL.map(|query| {
            let mut tree = merkle::Tree::new(query);
            self.leaves(query)
                .into_iter()
                .for_each(|leaf| tree.push(leaf));
            tree.root()
        });
        State {
            delta: delta(self.delta),
            roots: Roots { l, h },
        }
    }

    /// A leaf under its root.
    pub fn opening(&self, query: Query, index: u32) -> Opening {
        Opening {
            point: array(&self.query(query)[index as usize]),
            path: merkle::path(self.leaves(query), index).expect("a leaf"),
        }
    }

    /// The challenge of a leaf of `after`, which was made from this.
    pub fn challenge(&self, after: &Self, query: Query, index: u32) -> Challenge {
        Challenge {
            query,
            index,
            before: self.opening(query, index),
            after: after.opening(query, index),
        }
    }
}

/// A phase 1 with α = 11 and β = 13.
pub fn phase1() -> Phase1 {
    let beta = Fr::from(13u64);
    Phase1 {
        power: 4,
        alpha_g1: array(&g1(Fr::from(11u64))),
        beta_g1: array(&g1(beta)),
        beta_g2: array(&g2(beta)),
        points: [9; 32],
    }
}

/// A ceremony's start for a model.
pub fn start(model: ModelId) -> Start {
    Start {
        model,
        circuit_version: CIRCUIT_VERSION,
        phase1: phase1(),
        gamma_abc: [2u64, 3, 5, 7].map(|n| array(&g1(Fr::from(n)))),
        l_count: 5,
        h_count: 7,
        roots: Bulk::start().state().roots,
    }
}

/// The record of a contribution with secret `x` that leaves a state, as an honest client makes it.
pub fn contribute(previous: &Delta, state: &State, x: Fr, binding: &Binding) -> Contribution {
    let base = G1Affine::deserialize_compressed(&previous.g1[..]).expect("a point");
    let k = secret(77);
    let mut contribution = Contribution {
        delta: state.delta,
        knowledge: Knowledge {
            commitment: array(&(base * k).into_affine()),
            response: [0; 32],
        },
        roots: state.roots,
    };
    let c = knowledge_challenge(binding, previous, &contribution);
    let c = field::decode(&c).expect("canonical");
    contribution.knowledge.response = field::encode(&(k + c * x));
    contribution
}
