//! A ceremony small enough to look at: five points in L, seven in H, and known trapdoors.
//! Included by two tests; neither uses all of it.
#![allow(dead_code)]

use ark_bn254::{Fr, G1Affine, G1Projective, G2Affine};
use ark_ec::{AffineRepr, CurveGroup};
use ark_ff::{Field, One, UniformRand};
use lattice_tensor::ModelId;
use lattice_verifier::ceremony::{
    merkle, start_transcript, transcript::knowledge_challenge, Binding, Contribution, Delta,
    Knowledge, Opening, Phase1, Query, Roots, Start, State,
};
use lattice_verifier::{field, CIRCUIT_VERSION};
use rand_chacha::{rand_core::SeedableRng, ChaCha20Rng};

use crate::support::bytes;

pub const GENESIS: [u8; 32] = [7; 32];
pub const CEREMONY: u64 = 3;
pub const ALICE: &[u8] = &[0xa1; 32];
pub const BOB: &[u8] = &[0xb0; 32];

pub fn rng(seed: u64) -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(seed)
}

pub fn g1(scalar: Fr) -> G1Affine {
    (G1Projective::from(G1Affine::generator()) * scalar).into_affine()
}

pub fn g2(scalar: Fr) -> G2Affine {
    (G2Affine::generator() * scalar).into_affine()
}

pub fn array<const N: usize>(value: &impl ark_serialize::CanonicalSerialize) -> [u8; N] {
    bytes(value).try_into().expect("the length of its group")
}

pub fn delta(scalar: Fr) -> Delta {
    Delta {
        g1: array(&g1(scalar)),
        g2: array(&g2(scalar)),
    }
}

/// A ceremony whose queries are small enough to look at: five points in L, seven in H.
#[derive(Clone)]
pub struct Stage {
    /// Discrete logarithm of δ.
    pub delta: Fr,
    pub l: Vec<G1Affine>,
    pub h: Vec<G1Affine>,
}

impl Stage {
    pub fn start() -> Self {
        let mut rng = rng(1);
        let mut points = |count| (0..count).map(|_| g1(Fr::rand(&mut rng))).collect();
        Self {
            delta: Fr::one(),
            l: points(5),
            h: points(7),
        }
    }

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

    pub fn query(&self, query: Query) -> &[G1Affine] {
        match query {
            Query::L => &self.l,
            Query::H => &self.h,
        }
    }

    pub fn leaves(&self, query: Query) -> Vec<[u8; 32]> {
        let leaf = |point| merkle::leaf_hash(&array(point));
        self.query(query).iter().map(leaf).collect()
    }

    pub fn roots(&self) -> Roots {
        let [l, h] = Query::ALL.map(|query| {
            let mut tree = merkle::Tree::new(query);
            self.leaves(query)
                .into_iter()
                .for_each(|leaf| tree.push(leaf));
            tree.root()
        });
        Roots { l, h }
    }

    pub fn state(&self) -> State {
        State {
            delta: delta(self.delta),
            roots: self.roots(),
        }
    }

    pub fn opening(&self, query: Query, index: u32) -> Opening {
        Opening {
            point: array(&self.query(query)[index as usize]),
            path: merkle::path(self.leaves(query), index).expect("a leaf"),
        }
    }
}

pub fn start() -> Start {
    let (alpha, beta) = (Fr::from(11u64), Fr::from(13u64));
    Start {
        model: ModelId([5; 32]),
        circuit_version: CIRCUIT_VERSION,
        phase1: Phase1 {
            power: 4,
            alpha_g1: array(&g1(alpha)),
            beta_g1: array(&g1(beta)),
            beta_g2: array(&g2(beta)),
            points: [9; 32],
        },
        gamma_abc: [2u64, 3, 5, 7].map(|n| array(&g1(Fr::from(n)))),
        l_count: 5,
        h_count: 7,
        roots: Stage::start().roots(),
    }
}

/// A contribution with secret `x`, as an honest client makes it.
pub fn contribute(previous: &Delta, after: &Stage, x: Fr, binding: &Binding) -> Contribution {
    prove(previous, after.state(), x, binding)
}

pub fn prove(previous: &Delta, state: State, x: Fr, binding: &Binding) -> Contribution {
    use ark_serialize::CanonicalDeserialize;
    let base = G1Affine::deserialize_compressed(&previous.g1[..]).expect("a point");
    let k = Fr::rand(&mut rng(77));
    let mut contribution = Contribution {
        delta: state.delta,
        knowledge: Knowledge {
            commitment: array(&(base * k).into_affine()),
            response: [0; 32],
        },
        roots: state.roots,
    };
    let c =
        field::decode(&knowledge_challenge(binding, previous, &contribution)).expect("canonical");
    contribution.knowledge.response = field::encode(&(k + c * x));
    contribution
}

pub fn first_binding(account: &[u8]) -> Binding {
    let transcript = start_transcript(&GENESIS, CEREMONY, &start());
    Binding::new(GENESIS, CEREMONY, 0, transcript, account)
}

/// The first contribution and what it was bound to.
pub fn first() -> (Contribution, Binding) {
    let x = Fr::rand(&mut rng(2));
    let binding = first_binding(ALICE);
    let contribution = contribute(&Delta::START, &Stage::start().after(x), x, &binding);
    (contribution, binding)
}
