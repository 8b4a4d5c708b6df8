//! What the host says, in this pallet's errors, and what the chain knows of itself.

use crate::{Config, Error, Pallet};
use frame::prelude::*;
use lattice_host::ceremony::{Binding, CeremonyError};
use lattice_host::HostError;
use lattice_primitives::CeremonyId;

impl<T: Config> Pallet<T> {
    /// The hash of the chain's first block, in 32 bytes.
    pub(crate) fn genesis() -> [u8; 32] {
        let genesis = frame_system::Pallet::<T>::block_hash(BlockNumberFor::<T>::zero());
        // Chains with 32-byte hashes use theirs as it is.
        <[u8; 32]>::try_from(genesis.as_ref()).unwrap_or_else(|_| blake2_256(genesis.as_ref()))
    }

    /// What a contribution's proof of knowledge is bound to.
    pub(crate) fn binding(
        ceremony: CeremonyId,
        index: u32,
        previous: &H256,
        contributor: &T::AccountId,
    ) -> Binding {
        let account = contributor.encode();
        Binding::new(Self::genesis(), ceremony, index, previous.0, &account)
    }

    /// The host's refusal in the terms of this pallet.
    pub(crate) fn refusal(error: HostError) -> Error<T> {
        log::debug!(target: "runtime::ceremonies", "refused: {error}");
        let HostError::Ceremony(error) = error else {
            return Error::HostMismatch;
        };
        match error {
            CeremonyError::Point { .. } => Error::MalformedPoint,
            CeremonyError::UntouchedPhase1 => Error::UntouchedPhase1,
            CeremonyError::BetaInconsistent => Error::InconsistentPhase1,
            CeremonyError::Counts { .. } => Error::InvalidCounts,
            CeremonyError::Version { .. } => Error::OtherProofVersion,
            CeremonyError::Unchanged { .. } => Error::TrapdoorUnchanged,
            CeremonyError::Inconsistent { .. } => Error::TrapdoorInconsistent,
            CeremonyError::Response { .. } | CeremonyError::Knowledge { .. } => {
                Error::KnowledgeNotProven
            }
            CeremonyError::Opening { .. } => Error::InvalidOpening,
            CeremonyError::PreviousMalformed { .. } => Error::EarlierContributionAtFault,
        }
    }
}
