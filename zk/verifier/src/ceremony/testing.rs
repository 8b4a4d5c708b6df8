//! Ceremonies small enough to look at, with known trapdoors, as honest and dishonest clients hold
//! them. For tests, of other crates too.

use ark_bn254::{Fr, G1Affine, G1Projective, G2Affine};
use ark_ec::{AffineRepr, CurveGroup};
use ark_ff::{Field, One, UniformRand};
use ark_serialize::{CanonicalDeserialize, CanonicalSerialize};
use lattice_tensor::ModelId;
use rand_chacha::{rand_core::SeedableRng, ChaCha20Rng};
use std::vec::Vec;

use super::{
    merkle, transcript::knowledge_challenge, Binding, Challenge, CommitmentContribution,
    CommitmentStart, CommitmentState, Contribution, Knowledge, Opening, Phase1, Query, Roots,
    Start, State, TrapdoorPoints,
};
use crate::{field, ProofVersion, CIRCUIT_VERSION};

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

/// A trapdoor in both groups.
pub fn trapdoor(scalar: Fr) -> TrapdoorPoints {
    TrapdoorPoints {
        g1: array(&g1(scalar)),
        g2: array(&g2(scalar)),
    }
}

/// What a contributor multiplies into the trapdoors.
#[derive(Clone, Copy, Debug)]
pub struct Factors {
    /// Of δ.
    pub x: Fr,
    /// Of ε, in a ceremony that has one.
    pub e: Fr,
}

impl Factors {
    /// Those of this seed.
    pub fn of(seed: u64) -> Self {
        let mut rng = rng(seed);
        let [x, e] = [(); 2].map(|()| Fr::rand(&mut rng));
        Self { x, e }
    }
}

/// The bulk of a ceremony after some contributions: five points in L, seven in H, and three in K if
/// there is a commitment.
#[derive(Clone, Debug)]
pub struct Bulk {
    /// Whether it has a commitment.
    pub version: ProofVersion,
    /// Discrete logarithms of δ and ε.
    pub trapdoors: Factors,
    /// Of the witness variables that are not committed to.
    pub l: Vec<G1Affine>,
    /// Of the quotient.
    pub h: Vec<G1Affine>,
    /// Of the witness variables that are committed to.
    pub k: Vec<G1Affine>,
}

impl Bulk {
    /// Before any contribution.
    pub fn start(version: ProofVersion) -> Self {
        let mut rng = rng(1);
        let mut points = |count| (0..count).map(|_| g1(Fr::rand(&mut rng))).collect();
        let (x, e) = (Fr::one(), Fr::one());
        Self {
            version,
            trapdoors: Factors { x, e },
            l: points(5),
            h: points(7),
            k: points(match version {
                ProofVersion::Groth16 => 0,
                ProofVersion::Committed => 3,
            }),
        }
    }

    /// After an honest contribution.
    pub fn after(&self, Factors { x, e }: Factors) -> Self {
        let divide = |points: &[G1Affine], by: Fr| {
            let inverse = by.inverse().expect("not zero");
            let points = points.iter();
            points.map(|p| (*p * inverse).into_affine()).collect()
        };
        Self {
            version: self.version,
            trapdoors: Factors {
                x: self.trapdoors.x * x,
                e: self.trapdoors.e * e,
            },
            l: divide(&self.l, x),
            h: divide(&self.h, x),
            k: divide(&self.k, e),
        }
    }

    /// With a point in a query that does not belong there.
    pub fn planted(mut self, query: Query, at: u32) -> Self {
        let points = match query {
            Query::L => &mut self.l,
            Query::H => &mut self.h,
            Query::K => &mut self.k,
        };
        points[at as usize] = g1(Fr::from(3u64));
        self
    }

    /// The points of a query.
    pub fn query(&self, query: Query) -> &[G1Affine] {
        match query {
            Query::L => &self.l,
            Query::H => &self.h,
            Query::K => &self.k,
        }
    }

    /// The leaves of a query's tree.
    pub fn leaves(&self, query: Query) -> Vec<[u8; 32]> {
        let leaf = |point| merkle::leaf_hash(&array(point));
        self.query(query).iter().map(leaf).collect()
    }

    /// The root of a query's tree.
    pub fn root(&self, query: Query) -> [u8; 32] {
        let mut tree = merkle::Tree::new(query);
        self.leaves(query)
            .into_iter()
            .for_each(|leaf| tree.push(leaf));
        tree.root()
    }

    /// What a record says of it.
    pub fn state(&self) -> State {
        State {
            delta: trapdoor(self.trapdoors.x),
            roots: Roots {
                l: self.root(Query::L),
                h: self.root(Query::H),
            },
            commitment: match self.version {
                ProofVersion::Groth16 => None,
                ProofVersion::Committed => Some(CommitmentState {
                    epsilon: trapdoor(self.trapdoors.e),
                    root: self.root(Query::K),
                }),
            },
        }
    }

    /// The factors that lead from here to a later bulk.
    pub fn factors_to(&self, after: &Self) -> Factors {
        Factors {
            x: after.trapdoors.x / self.trapdoors.x,
            e: after.trapdoors.e / self.trapdoors.e,
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

/// A ceremony's start for a model. Its IC are 2, 3, 5 and 7, that of the challenge is 17.
pub fn start(model: ModelId, version: ProofVersion) -> Start {
    let bulk = Bulk::start(version);
    let state = bulk.state();
    Start {
        model,
        circuit_version: CIRCUIT_VERSION,
        phase1: phase1(),
        gamma_abc: [2u64, 3, 5, 7].map(|n| array(&g1(Fr::from(n)))),
        l_count: 5,
        h_count: 7,
        roots: state.roots,
        commitment: state.commitment.map(|commitment| CommitmentStart {
            gamma_abc: array(&g1(Fr::from(17u64))),
            count: 3,
            root: commitment.root,
        }),
    }
}

/// The record of a contribution with these factors that leaves a state, as an honest client makes it.
pub fn contribute(
    previous: &State,
    state: &State,
    factors: Factors,
    binding: &Binding,
) -> Contribution {
    let nonces = Factors::of(77);
    let commit = |base: &TrapdoorPoints, nonce: Fr| {
        let base = G1Affine::deserialize_compressed(&base.g1[..]).expect("a point");
        Knowledge {
            commitment: array(&(base * nonce).into_affine()),
            response: [0; 32],
        }
    };
    let epsilon = previous.commitment.map(|before| before.epsilon);
    let mut contribution = Contribution {
        delta: state.delta,
        knowledge: commit(&previous.delta, nonces.x),
        roots: state.roots,
        commitment: state.commitment.map(|after| CommitmentContribution {
            epsilon: after.epsilon,
            // On a state without ε, where the contribution is refused as it is.
            knowledge: commit(&epsilon.unwrap_or(TrapdoorPoints::START), nonces.e),
            root: after.root,
        }),
    };
    let c = knowledge_challenge(binding, previous, &contribution);
    let c = field::decode(&c).expect("canonical");
    contribution.knowledge.response = field::encode(&(nonces.x + c * factors.x));
    if let Some(commitment) = &mut contribution.commitment {
        commitment.knowledge.response = field::encode(&(nonces.e + c * factors.e));
    }
    contribution
}
