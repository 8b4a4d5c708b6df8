//! The two rounds: replicas commit, and then show what they committed to.
//!
//! No result is shown while somebody may still commit, and a commitment names its provider, so that
//! there is nothing to copy from.

use crate::*;
use alloc::vec::Vec;
use frame::prelude::*;
use lattice_primitives::{ReplicaAppeal, ReplicaContent, RequestId};
use pallet_compute_providers::Market;

/// A result as a replica shows it.
pub(crate) struct Shown<T: Config> {
    pub output: BoundedVec<i32, T::MaxOutputLen>,
    pub trace_root: H256,
    pub salt: [u8; 32],
}

impl<T: Config> Pallet<T> {
    pub(crate) fn do_commit(
        who: &T::AccountId,
        id: RequestId,
        commitment: H256,
    ) -> Result<(), Error<T>> {
        let mut request = Self::open_request(id)?;
        let Stage::Committing { until } = request.stage else {
            return Err(Error::NotCommitting);
        };
        ensure!(Self::now() <= until, Error::CommitTimeOver);
        let replica = request.replica_mut(who).ok_or(Error::<T>::NotReplica)?;
        ensure!(replica.progress == Progress::Drawn, Error::AlreadyCommitted);
        replica.progress = Progress::Committed(commitment);
        // It shows that the provider is alive.
        T::Providers::accept(who);
        Self::deposit_event(Event::Committed {
            request: id,
            provider: who.clone(),
            commitment,
        });
        if request.count(|progress| *progress == Progress::Drawn) == 0 {
            Self::begin_revealing(id, request);
        } else {
            Requests::<T>::insert(id, request);
        }
        Ok(())
    }

    /// Returns whether it was the last one, so that the request was tallied.
    pub(crate) fn do_reveal(
        who: &T::AccountId,
        id: RequestId,
        shown: Shown<T>,
    ) -> Result<bool, Error<T>> {
        let mut request = Self::open_request(id)?;
        let Stage::Revealing { until } = request.stage else {
            return Err(Error::NotRevealing);
        };
        ensure!(Self::now() <= until, Error::RevealTimeOver);
        let output_len = request.output_len;
        let replica = request.replica_mut(who).ok_or(Error::<T>::NotReplica)?;
        let commitment = match replica.progress {
            Progress::Committed(commitment) => commitment,
            Progress::Revealed { .. } => return Err(Error::AlreadyRevealed),
            Progress::Drawn | Progress::Late => return Err(Error::NotCommitted),
        };
        ensure!(
            shown.output.len().saturated_into::<u32>() == output_len,
            Error::WrongOutputLength
        );
        let content = ReplicaContent {
            genesis: Self::genesis(),
            request: id,
            provider: who,
            trace_root: shown.trace_root,
            output: shown.output.as_slice(),
            salt: shown.salt,
        };
        ensure!(
            content.commitment() == commitment,
            Error::CommitmentMismatch
        );
        let finding = Finding {
            output_hash: H256(shown.output.using_encoded(blake2_256)),
            trace_root: shown.trace_root,
        };
        replica.progress = Progress::Revealed {
            finding,
            appeal: ReplicaAppeal::None,
        };
        T::Providers::accept(who);
        Outputs::<T>::insert(id, who, shown.output);
        Self::deposit_event(Event::Revealed {
            request: id,
            provider: who.clone(),
            finding,
        });
        let is_last = request.count(|progress| matches!(progress, Progress::Committed(_))) == 0;
        match is_last {
            true => Self::tally(id, request),
            false => Requests::<T>::insert(id, request),
        }
        Ok(is_last)
    }

    /// Weight of showing a result, with or without the tally that may follow.
    pub(crate) fn reveal_weight(output_len: u32, is_last: bool) -> Weight {
        let weight = T::WeightInfo::reveal(output_len);
        match is_last {
            true => weight.saturating_add(T::WeightInfo::conclude()),
            false => weight,
        }
    }

    /// All have committed, or the time to commit is over and enough have.
    pub(crate) fn begin_revealing(id: RequestId, request: Request<T>) {
        let until = Self::after(T::RevealBlocks::get());
        Self::deposit_event(Event::RevealBegun { request: id, until });
        Self::enter(id, request, Stage::Revealing { until });
    }

    /// An open request.
    pub(crate) fn open_request(id: RequestId) -> Result<Request<T>, Error<T>> {
        Requests::<T>::get(id).ok_or(Error::UnknownRequest)
    }

    /// This block.
    pub(crate) fn now() -> BlockNumberFor<T> {
        frame_system::Pallet::<T>::block_number()
    }

    /// The block that is so many after this one.
    pub(crate) fn after(blocks: BlockNumberFor<T>) -> BlockNumberFor<T> {
        Self::now().saturating_add(blocks)
    }

    /// The hash of the chain's first block, as commitments name it.
    pub(crate) fn genesis() -> H256 {
        let genesis = frame_system::Pallet::<T>::block_hash(BlockNumberFor::<T>::zero());
        // Chains with 32-byte hashes use theirs as it is.
        let bytes = <[u8; 32]>::try_from(genesis.as_ref());
        H256(bytes.unwrap_or_else(|_| blake2_256(genesis.as_ref())))
    }

    /// The providers of those replicas, in the order of the lot.
    pub(crate) fn providers_of(
        request: &Request<T>,
        which: impl Fn(&Replica<T>) -> bool,
    ) -> Vec<T::AccountId> {
        let replicas = request.replicas.iter().filter(|one| which(one));
        replicas.map(|one| one.provider.clone()).collect()
    }
}
