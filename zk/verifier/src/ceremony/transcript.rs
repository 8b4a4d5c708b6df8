//! The hash chain of a ceremony's records.
//!
//! ```text
//! t₀   = H(START ‖ genesis ‖ ceremony (u64 LE) ‖ start)
//! tᵢ₊₁ = H(NEXT ‖ binding ‖ contribution)      binding = genesis ‖ ceremony ‖ i ‖ tᵢ ‖ account
//! ```
//!
//! with the records' SCALE encodings, which tell where they end. So tᵢ determines every record
//! before it, their order and their authors.

use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

use super::record::{Contribution, Hash, Start, State};
use crate::statement::{blake2_256, FieldBytes};

const START: &[u8] = b"lattice/ceremony/1/start";
const NEXT: &[u8] = b"lattice/ceremony/1/next";
const ACCOUNT: &[u8] = b"lattice/ceremony/1/account";
const KNOWLEDGE: &[u8] = b"lattice/ceremony/1/knowledge";

/// Where a contribution stands and whose it is. Its proof of knowledge holds nowhere else.
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
pub struct Binding {
    /// Hash of the chain's first block.
    pub genesis: Hash,
    /// Number of the ceremony.
    pub ceremony: u64,
    /// Position of the contribution, from 0.
    pub index: u32,
    /// Transcript of the start and of all contributions before this one.
    pub previous: Hash,
    /// Hash of the contributor's account; see [`Binding::new`].
    pub account: Hash,
}

impl Binding {
    /// For the contribution `index` by an account, given by its SCALE encoding of any length, on top
    /// of a transcript.
    pub fn new(genesis: Hash, ceremony: u64, index: u32, previous: Hash, account: &[u8]) -> Self {
        Self {
            genesis,
            ceremony,
            index,
            previous,
            account: blake2_256(&[ACCOUNT, account]),
        }
    }
}

/// The transcript of a ceremony without contributions.
pub fn start_transcript(genesis: &Hash, ceremony: u64, start: &Start) -> Hash {
    blake2_256(&[START, genesis, &ceremony.to_le_bytes(), &start.encode()])
}

/// The transcript after a contribution.
pub fn next_transcript(binding: &Binding, contribution: &Contribution) -> Hash {
    blake2_256(&[NEXT, &binding.encode(), &contribution.encode()])
}

/// The challenge c of a contribution's proofs of knowledge: Blake2-256 of
/// `KNOWLEDGE ‖ binding ‖ δ ‖ δ′ ‖ R ‖ roots`, followed by `ε ‖ ε′ ‖ R ‖ root` where there is a
/// commitment, little-endian with its top three bits cleared, which is canonical. Every part has a
/// fixed length, so that the length of the whole tells whether there is one. The responses are no
/// part of it.
///
/// Both proofs answer one challenge: that is the proof of both statements at once, and neither half
/// of it can be taken out of its contribution.
pub fn knowledge_challenge(
    binding: &Binding,
    previous: &State,
    contribution: &Contribution,
) -> FieldBytes {
    let epsilon = match (&previous.commitment, &contribution.commitment) {
        (Some(before), Some(after)) => (
            before.epsilon,
            after.epsilon,
            after.knowledge.commitment,
            after.root,
        )
            .encode(),
        // None has a commitment. If only one has, the contribution is refused as it is.
        _ => Vec::new(),
    };
    let mut challenge = blake2_256(&[
        KNOWLEDGE,
        &binding.encode(),
        &previous.delta.encode(),
        &contribution.delta.encode(),
        &contribution.knowledge.commitment,
        &contribution.roots.encode(),
        &epsilon,
    ]);
    challenge[31] &= 0x1f;
    challenge
}
