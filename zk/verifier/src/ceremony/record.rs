//! The records of a ceremony. Each has one encoding, its SCALE encoding, of one length per version
//! of the proofs.
//!
//! What a circuit with a commitment has besides, each record has in one place, its `commitment`; all
//! records of a ceremony have it, or none.

use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use core::fmt;
use lattice_tensor::ModelId;
use scale_info::TypeInfo;

use super::merkle::Query;
use crate::statement::{blake2_256, ProofVersion, COMMITTED_KEY_LEN, KEY_LEN, PUBLIC_INPUTS};

/// A Blake2-256 hash.
pub type Hash = [u8; 32];
/// A compressed point of the first group.
pub type G1Bytes = [u8; 32];
/// A compressed point of the second group.
pub type G2Bytes = [u8; 64];

/// Domain of [`Phase1::id`].
const PHASE1_DOMAIN: &[u8; 18] = b"lattice/phase1/id1";

/// Largest exponent of a domain: the scalar field has 2²⁸ roots of unity and no more.
pub const MAX_POWER: u8 = 28;

/// Points of the IC query of every circuit; with a commitment it has one more.
const GAMMA_ABC: usize = PUBLIC_INPUTS + 1;

/// A secret into which every contributor multiplies one of their own.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Encode,
    Decode,
    DecodeWithMemTracking,
    MaxEncodedLen,
    TypeInfo,
)]
pub enum Trapdoor {
    /// δ: L and H are divided by it.
    Delta,
    /// ε: K is, in a ceremony of committed proofs.
    Epsilon,
}

impl Trapdoor {
    /// Both, in the order in which they are checked.
    pub const ALL: [Self; 2] = [Self::Delta, Self::Epsilon];
}

impl fmt::Display for Trapdoor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Delta => "delta",
            Self::Epsilon => "epsilon",
        })
    }
}

const fn version<T>(commitment: &Option<T>) -> ProofVersion {
    match commitment {
        None => ProofVersion::Groth16,
        Some(_) => ProofVersion::Committed,
    }
}

/// Derives what every record here has.
macro_rules! record {
    ($(#[$meta:meta])* $name:ident { $($body:tt)* }) => {
        $(#[$meta])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking,
            MaxEncodedLen, TypeInfo,
        )]
        pub struct $name { $($body)* }
    };
}

record! {
    /// A phase 1 as a chain pins it.
    Phase1 {
        /// Domains of up to 2^power rows.
        pub power: u8,
        /// α in the first group.
        pub alpha_g1: G1Bytes,
        /// β in the first group.
        pub beta_g1: G1Bytes,
        /// β in the second group.
        pub beta_g2: G2Bytes,
        /// Blake2-256 over all of its points; which bytes, `lattice-setup` documents.
        pub points: Hash,
    }
}

impl Phase1 {
    /// The name of a phase 1: Blake2-256 of `"lattice/phase1/id1"` and the encoded record.
    pub fn id(&self) -> Hash {
        blake2_256(&[PHASE1_DOMAIN, &self.encode()])
    }
}

record! {
    /// A trapdoor in both groups.
    TrapdoorPoints {
        /// In the first group.
        pub g1: G1Bytes,
        /// In the second group.
        pub g2: G2Bytes,
    }
}

impl TrapdoorPoints {
    /// δ₀ = ε₀ = γ = 1: the generators of both groups.
    pub const START: Self = Self {
        g1: GENERATOR_G1,
        g2: GENERATOR_G2,
    };
}

record! {
    /// Roots of the trees over the queries that every state has.
    Roots {
        /// Over L.
        pub l: Hash,
        /// Over H.
        pub h: Hash,
    }
}

record! {
    /// Where a ceremony stands after its start or after a contribution.
    State {
        /// δ.
        pub delta: TrapdoorPoints,
        /// L and H.
        pub roots: Roots,
        /// ε and K.
        pub commitment: Option<CommitmentState>,
    }
}

record! {
    /// What a [`State`] has of a commitment.
    CommitmentState {
        /// ε.
        pub epsilon: TrapdoorPoints,
        /// K.
        pub root: Hash,
    }
}

impl State {
    /// Of the proofs that the ceremony is for.
    pub const fn version(&self) -> ProofVersion {
        version(&self.commitment)
    }

    /// A trapdoor, if proofs of this version have it.
    pub const fn trapdoor(&self, trapdoor: Trapdoor) -> Option<&TrapdoorPoints> {
        match (trapdoor, &self.commitment) {
            (Trapdoor::Delta, _) => Some(&self.delta),
            (Trapdoor::Epsilon, Some(commitment)) => Some(&commitment.epsilon),
            (Trapdoor::Epsilon, None) => None,
        }
    }

    /// The root of a query, if proofs of this version have it.
    pub const fn root(&self, query: Query) -> Option<&Hash> {
        match (query, &self.commitment) {
            (Query::L, _) => Some(&self.roots.l),
            (Query::H, _) => Some(&self.roots.h),
            (Query::K, Some(commitment)) => Some(&commitment.root),
            (Query::K, None) => None,
        }
    }
}

record! {
    /// A proof of knowledge of the x in `δ′ = x·δ`, or of the one in `ε′ = x·ε`; see [`super`].
    Knowledge {
        /// `R = k·δ` in the first group.
        pub commitment: G1Bytes,
        /// `s = k + c·x`, canonical and little-endian.
        pub response: [u8; 32],
    }
}

record! {
    /// A contribution as it stands on chain, [`CONTRIBUTION_LEN`] bytes, with a commitment
    /// [`COMMITTED_CONTRIBUTION_LEN`].
    Contribution {
        /// δ′.
        pub delta: TrapdoorPoints,
        /// That its author knows the factor of δ.
        pub knowledge: Knowledge,
        /// L′ and H′.
        pub roots: Roots,
        /// ε′ and K′.
        pub commitment: Option<CommitmentContribution>,
    }
}

record! {
    /// What a [`Contribution`] has of a commitment.
    CommitmentContribution {
        /// ε′.
        pub epsilon: TrapdoorPoints,
        /// That its author knows the factor of ε.
        pub knowledge: Knowledge,
        /// K′.
        pub root: Hash,
    }
}

/// Length in bytes of an encoded [`Contribution`] without a commitment.
pub const CONTRIBUTION_LEN: usize = 225;
/// Length in bytes of an encoded [`Contribution`] with a commitment.
pub const COMMITTED_CONTRIBUTION_LEN: usize = 417;

impl Contribution {
    /// Where the ceremony stands after it.
    pub const fn state(&self) -> State {
        State {
            delta: self.delta,
            roots: self.roots,
            commitment: match self.commitment {
                None => None,
                Some(CommitmentContribution { epsilon, root, .. }) => {
                    Some(CommitmentState { epsilon, root })
                }
            },
        }
    }

    /// Of the proofs that it is for.
    pub const fn version(&self) -> ProofVersion {
        version(&self.commitment)
    }

    /// The proof for a trapdoor, if proofs of this version have the trapdoor.
    pub const fn knowledge(&self, trapdoor: Trapdoor) -> Option<&Knowledge> {
        match (trapdoor, &self.commitment) {
            (Trapdoor::Delta, _) => Some(&self.knowledge),
            (Trapdoor::Epsilon, Some(commitment)) => Some(&commitment.knowledge),
            (Trapdoor::Epsilon, None) => None,
        }
    }
}

record! {
    /// What a ceremony starts from. Everything in it follows from phase 1 and the model's circuit, so
    /// anyone can recompute it; a chain cannot, and leaves disputes about it to an origin.
    Start {
        /// The model.
        pub model: ModelId,
        /// Version of the rules by which its circuit was built.
        pub circuit_version: u16,
        /// Phase 1.
        pub phase1: Phase1,
        /// IC: `β·aᵢ(τ) + α·bᵢ(τ) + cᵢ(τ)` of the constant and the public inputs (γ = 1).
        pub gamma_abc: [G1Bytes; GAMMA_ABC],
        /// Points of the L query: witness variables of the circuit that it does not commit to.
        pub l_count: u32,
        /// Points of the H query: one less than the domain has elements.
        pub h_count: u32,
        /// L₀ and H₀.
        pub roots: Roots,
        /// Of a circuit with a commitment: the challenge's point and K₀.
        pub commitment: Option<CommitmentStart>,
    }
}

record! {
    /// What a [`Start`] has of a commitment.
    CommitmentStart {
        /// IC of the challenge, the last public input.
        pub gamma_abc: G1Bytes,
        /// Points of the K query: witness variables that the circuit commits to.
        pub count: u32,
        /// K₀.
        pub root: Hash,
    }
}

impl Start {
    /// Of the proofs that the circuit has.
    pub const fn version(&self) -> ProofVersion {
        version(&self.commitment)
    }

    /// Where the ceremony stands before any contribution.
    pub const fn state(&self) -> State {
        State {
            delta: TrapdoorPoints::START,
            roots: self.roots,
            commitment: match self.commitment {
                None => None,
                Some(CommitmentStart { root, .. }) => Some(CommitmentState {
                    epsilon: TrapdoorPoints::START,
                    root,
                }),
            },
        }
    }

    /// All of IC, [`ProofVersion::instances`] points.
    pub fn gamma_abc(&self) -> impl Iterator<Item = &G1Bytes> {
        let challenge = self.commitment.iter().map(|c| &c.gamma_abc);
        self.gamma_abc.iter().chain(challenge)
    }

    /// The verifying key of a state, in the layout of [`crate::key`]: phase 1's α and β, γ = 1, the
    /// δ of the last contribution, the start's IC and, with a commitment, the last ε. Nothing in it
    /// is uploaded by anyone at the end.
    ///
    /// [`validate`](crate::key::validate) accepts it if the start and the contributions passed their
    /// checks, unless two of β, γ, δ and ε are equal up to sign: δ and ε are γ before any
    /// contribution, so that a start is never a key. Afterwards they are independent of each other
    /// and of β if one contributor was honest, and equal with a chance of 2⁻²⁵⁰; if they are equal
    /// still, no key comes of this state, and another contribution leads away from it.
    pub fn assemble_key(&self, last: &State) -> Vec<u8> {
        let mut key = Vec::with_capacity(self.version().key_len());
        key.extend(self.phase1.alpha_g1);
        key.extend(self.phase1.beta_g2);
        key.extend(GENERATOR_G2);
        key.extend(last.delta.g2);
        let count = u64::try_from(self.version().instances()).unwrap_or(u64::MAX);
        key.extend(count.to_le_bytes());
        key.extend(self.gamma_abc().flatten());
        if let Some(commitment) = &last.commitment {
            key.extend(commitment.epsilon.g2);
        }
        key
    }
}

/// The generator of the first group, (1, 2), compressed.
pub const GENERATOR_G1: G1Bytes = {
    let mut bytes = [0; 32];
    bytes[0] = 1;
    bytes
};

/// The generator of the second group, compressed.
pub const GENERATOR_G2: G2Bytes = [
    0xed, 0xf6, 0x92, 0xd9, 0x5c, 0xbd, 0xde, 0x46, 0xdd, 0xda, 0x5e, 0xf7, 0xd4, 0x22, 0x43, 0x67,
    0x79, 0x44, 0x5c, 0x5e, 0x66, 0x00, 0x6a, 0x42, 0x76, 0x1e, 0x1f, 0x12, 0xef, 0xde, 0x00, 0x18,
    0xc2, 0x12, 0xf3, 0xae, 0xb7, 0x85, 0xe4, 0x97, 0x12, 0xe7, 0xa9, 0x35, 0x33, 0x49, 0xaa, 0xf1,
    0x25, 0x5d, 0xfb, 0x31, 0xb7, 0xbf, 0x60, 0x72, 0x3a, 0x48, 0x0d, 0x92, 0x93, 0x93, 0x8e, 0x19,
];

// One byte says whether there is a commitment.
const _: () = {
    assert!(CONTRIBUTION_LEN == 7 * 32 + 1);
    assert!(COMMITTED_CONTRIBUTION_LEN == CONTRIBUTION_LEN + 6 * 32);
    assert!(KEY_LEN == 32 + 3 * 64 + 8 + GAMMA_ABC * 32);
    assert!(COMMITTED_KEY_LEN == KEY_LEN + 32 + 64);
};
