//! The checks of ceremonies, in the thread that all curve arithmetic runs in.

use super::{pool, LOG_TARGET};
use crate::ceremony::{ChallengeCheck, ContributionCheck, Start};
use crate::HostError;
use codec::DecodeAll;
use lattice_verifier::ceremony::{self, CeremonyError};

/// Checks a start.
pub fn start(bytes: &[u8]) -> Result<(), HostError> {
    let start: Start = decode(bytes)?;
    run(move || ceremony::check_start(&start))
}

/// Checks a contribution.
pub fn contribution(bytes: &[u8]) -> Result<(), HostError> {
    let check: ContributionCheck = decode(bytes)?;
    run(move || ceremony::check_contribution(&check.previous, &check.contribution, &check.binding))
}

/// Judges a challenge.
pub fn challenge(bytes: &[u8]) -> Result<bool, HostError> {
    let check: ChallengeCheck = decode(bytes)?;
    run(move || {
        ceremony::check_challenge(&check.start, &check.before, &check.after, &check.challenge)
    })
}

fn decode<T: DecodeAll>(mut bytes: &[u8]) -> Result<T, HostError> {
    T::decode_all(&mut bytes).map_err(|_| HostError::Protocol)
}

fn run<T: Send>(check: impl FnOnce() -> Result<T, CeremonyError> + Send) -> Result<T, HostError> {
    pool::run(check).map_err(|error| {
        log::debug!(target: LOG_TARGET, "a ceremony's record or challenge is refused: {error}");
        HostError::Ceremony(error)
    })
}
