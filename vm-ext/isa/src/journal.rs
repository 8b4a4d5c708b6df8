//! What a program leaves behind.

use crate::ModelHash;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// An entry of the journal.
///
/// A program that ran to its end leaves the entries in order; one that trapped
/// leaves none.
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
pub enum Event {
    /// `COMMIT_RESULT` committed a result.
    Committed { subject: [u8; 32], digest: [u8; 32] },
    /// `HASH_MODEL` took the hash of a model's state.
    ModelHashed { model: ModelHash, state: [u8; 32] },
}
