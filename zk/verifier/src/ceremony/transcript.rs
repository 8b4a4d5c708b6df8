//! The hash chain of a ceremony's records.
//!
//! ```text
//! t₀   = H(START ‖ genesis ‖ ceremony (u64 LE) ‖ start)
//! tᵢ₊₁ = H(NEXT ‖ binding ‖ contribution)      binding = genesis ‖ ceremony ‖ i ‖ tᵢ ‖ account
//! ```
//!
//! with the records' SCALE encodings, all of fixed length. So tᵢ determines every record before it,
//! their order and their authors.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

use super::record::{Contribution, Delta, Hash, Start};
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

/// The challenge c of a contribution's proof of knowledge: Blake2-256 of
/// `KNOWLEDGE ‖ binding ‖ δ ‖ δ′ ‖ R ‖ roots`, little-endian with its top three bits cleared, which is
/// canonical. Whatever the response is, it is not part of the hash.
pub fn knowledge_challenge(
    binding: &Binding,
    previous: &Delta,
    contribution: &Contribution,
) -> FieldBytes {
    let mut challenge = blake2_256(&[
        KNOWLEDGE,
        &binding.encode(),
        &previous.encode(),
        &contribution.delta.encode(),
        &contribution.knowledge.commitment,
        &contribution.roots.encode(),
    ]);
    challenge[31] &= 0x1f;
    challenge
}
