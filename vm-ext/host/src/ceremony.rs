//! What the host checks of a ceremony, as pallets call it.
//!
//! * the functions here are safe and the same in Wasm and natively; they read no
//!   storage;
//! * [`interface`]: the versioned host functions themselves.
//!
//! The records, the hash chain over them and the final key are plain data: see
//! [`lattice_verifier::ceremony`], whose types this module hands on.

// The macro of the host interface declares and calls the Wasm imports.
#[allow(unsafe_code)]
pub mod interface;

use crate::reply::receive;
use crate::HostError;
use codec::{Decode, DecodeWithMemTracking, Encode};
use interface::lattice_ceremony;
use scale_info::TypeInfo;

pub use lattice_verifier::ceremony::merkle::MAX_PATH;
pub use lattice_verifier::ceremony::{
    next_transcript, start_transcript, Binding, CeremonyError, CeremonyPoint, Challenge,
    CommitmentContribution, CommitmentStart, CommitmentState, Contribution, Knowledge, Opening,
    OpeningError, Phase1, Query, Roots, Side, Start, State, Trapdoor, TrapdoorPoints,
};

/// Bytes that suffice for a verdict or an error.
const REPLY_LEN: usize = 256;

/// A contribution and where it claims to stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub struct ContributionCheck {
    /// Where the start or the contribution before left the ceremony.
    pub previous: State,
    /// What is checked.
    pub contribution: Contribution,
    /// Chain, ceremony, position, predecessors and account.
    pub binding: Binding,
}

/// A challenge and the states that it is about.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub struct ChallengeCheck {
    /// What the ceremony started from.
    pub start: Start,
    /// What the challenged contribution was built on.
    pub before: State,
    /// What it left.
    pub after: State,
    /// The leaf under the roots of both.
    pub challenge: Challenge,
}

/// Checks what can be checked of a start without its circuit.
///
/// # Errors
/// [`HostError::Ceremony`] with the first thing that is wrong.
pub fn check_start(start: &Start) -> Result<(), HostError> {
    receive(REPLY_LEN, |reply| {
        lattice_ceremony::check_start(&start.encode(), reply)
    })
}

/// Checks a contribution on top of the state before it.
///
/// # Errors
/// [`HostError::Ceremony`] with the first thing that is wrong.
pub fn check_contribution(check: &ContributionCheck) -> Result<(), HostError> {
    receive(REPLY_LEN, |reply| {
        lattice_ceremony::check_contribution(&check.encode(), reply)
    })
}

/// Judges a challenge: `true` if it is upheld, `false` if the contribution is right
/// about the opened leaf.
///
/// # Errors
/// [`HostError::Ceremony`] if the challenge shows nothing, or blames the wrong
/// contribution.
pub fn check_challenge(check: &ChallengeCheck) -> Result<bool, HostError> {
    receive(REPLY_LEN, |reply| {
        lattice_ceremony::check_challenge(&check.encode(), reply)
    })
}
