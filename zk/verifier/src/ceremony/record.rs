//! The records of a ceremony. Each has one encoding, its SCALE encoding, of fixed length.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use lattice_tensor::ModelId;
use scale_info::TypeInfo;

use super::merkle::Query;
use crate::statement::{blake2_256, KEY_LEN, PUBLIC_INPUTS};

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

/// Points of the IC query of every circuit.
const GAMMA_ABC: usize = PUBLIC_INPUTS + 1;

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
    /// δ in both groups.
    Delta {
        /// In the first group.
        pub g1: G1Bytes,
        /// In the second group.
        pub g2: G2Bytes,
    }
}

impl Delta {
    /// δ₀ = γ = 1: the generators of both groups.
    pub const START: Self = Self {
        g1: GENERATOR_G1,
        g2: GENERATOR_G2,
    };
}

record! {
    /// Roots of the trees over a state's queries.
    Roots {
        /// Over L.
        pub l: Hash,
        /// Over H.
        pub h: Hash,
    }
}

impl Roots {
    /// The root of one query.
    pub const fn of(&self, query: Query) -> &Hash {
        match query {
            Query::L => &self.l,
            Query::H => &self.h,
        }
    }
}

record! {
    /// Where a ceremony stands after its start or after a contribution.
    State {
        /// δ.
        pub delta: Delta,
        /// L and H.
        pub roots: Roots,
    }
}

record! {
    /// A proof of knowledge of the x in `δ′ = x·δ`; see [`super`].
    Knowledge {
        /// `R = k·δ` in the first group.
        pub commitment: G1Bytes,
        /// `s = k + c·x`, canonical and little-endian.
        pub response: [u8; 32],
    }
}

record! {
    /// A contribution as it stands on chain, [`CONTRIBUTION_LEN`] bytes.
    Contribution {
        /// δ′.
        pub delta: Delta,
        /// That its author knows x.
        pub knowledge: Knowledge,
        /// L′ and H′.
        pub roots: Roots,
    }
}

/// Length in bytes of an encoded [`Contribution`].
pub const CONTRIBUTION_LEN: usize = 224;

impl Contribution {
    /// Where the ceremony stands after it.
    pub const fn state(&self) -> State {
        State {
            delta: self.delta,
            roots: self.roots,
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
        /// Points of the L query: witness variables of the circuit.
        pub l_count: u32,
        /// Points of the H query: one less than the domain has elements.
        pub h_count: u32,
        /// L₀ and H₀.
        pub roots: Roots,
    }
}

impl Start {
    /// Where the ceremony stands before any contribution.
    pub const fn state(&self) -> State {
        State {
            delta: Delta::START,
            roots: self.roots,
        }
    }

    /// The verifying key of a state, in the layout of [`crate::key`]: phase 1's α and β, γ = 1, the
    /// δ of the last contribution, and the start's IC. Nothing in it is uploaded by anyone at the
    /// end.
    ///
    /// [`validate`](crate::key::validate) accepts it if the start and the contributions passed their
    /// checks, unless δ is ±γ or ±β: it is γ before any contribution, so that a start is never a
    /// key, and afterwards for an honest x with a chance of 2⁻²⁵².
    pub fn assemble_key(&self, last: &Delta) -> [u8; KEY_LEN] {
        let mut key = [0; KEY_LEN];
        let count = (GAMMA_ABC as u64).to_le_bytes();
        let parts: [&[u8]; 5] = [
            &self.phase1.alpha_g1,
            &self.phase1.beta_g2,
            &GENERATOR_G2,
            &last.g2,
            &count,
        ];
        let bytes = parts
            .into_iter()
            .chain(self.gamma_abc.iter().map(<[u8; 32]>::as_slice))
            .flatten();
        for (to, from) in key.iter_mut().zip(bytes) {
            *to = *from;
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

const _: () = assert!(CONTRIBUTION_LEN == 7 * 32 && KEY_LEN == 32 + 3 * 64 + 8 + GAMMA_ABC * 32);
