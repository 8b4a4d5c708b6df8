//! A sign of life that carries the provider's signature, and costs nothing.
//!
//! The chain counts epochs of [`Config::HeartbeatEpoch`] blocks. In each of them a provider is owed one
//! heartbeat without a fee, if nothing else in it has shown that it is alive: the call names the epoch,
//! and whatever is later than the epoch's beginning makes it stale, itself included. So the same bytes
//! may be handed in any number of times, by anyone, and count once. The epoch is the present one, or
//! the one before it, since a block comes a moment after a signature.
//!
//! All of that is said by the state alone, so it is the same wherever the transaction is looked at: in
//! the pool of any node, by the author of a block, and by whoever imports it.

use crate::*;
use alloc::vec;
use frame::deps::sp_runtime::traits::Verify;
use frame::prelude::*;
use lattice_primitives::{heartbeat_message, NotAuthorized};

/// What the tags of these transactions begin with.
const TAG: &[u8] = b"lattice/alive";

/// Before signed transactions that give no tip, and behind results.
const PRIORITY: TransactionPriority = 1 << 19;

impl<T: Config> Pallet<T> {
    /// Whether a heartbeat is taken without a fee.
    pub(crate) fn authorize_heartbeat(
        _source: TransactionSource,
        provider: &T::AccountId,
        epoch: &BlockNumberFor<T>,
        signature: &T::Signature,
    ) -> TransactionValidityWithRefund {
        let validity = Self::check_heartbeat(provider, *epoch, signature)?;
        Ok((validity, Weight::zero()))
    }

    fn check_heartbeat(
        provider: &T::AccountId,
        epoch: BlockNumberFor<T>,
        signature: &T::Signature,
    ) -> Result<ValidTransaction, InvalidTransaction> {
        let message = heartbeat_message(&Self::genesis(), provider, &epoch);
        ensure!(
            signature.verify(&message[..], provider),
            InvalidTransaction::BadProof
        );
        let now = frame_system::Pallet::<T>::block_number();
        let current = Self::epoch_of(now);
        ensure!(epoch <= current, InvalidTransaction::Future);
        ensure!(
            current <= epoch.saturating_add(One::one()),
            InvalidTransaction::Stale
        );
        let registered = Providers::<T>::get(provider).ok_or(NotAuthorized::NotRegistered)?;
        ensure!(
            registered.last_heartbeat < Self::first_of(epoch),
            InvalidTransaction::Stale
        );
        // To the end of the epoch after it.
        let end = Self::first_of(epoch.saturating_add(2u32.into()));
        let longevity: TransactionLongevity = end.saturating_sub(now).saturated_into();
        Ok(ValidTransaction {
            priority: PRIORITY,
            requires: vec![],
            provides: vec![Self::heartbeat_tag(provider, epoch)],
            longevity: longevity.max(1),
            propagate: true,
        })
    }

    /// What excludes any other heartbeat of this provider in this epoch from the pool.
    pub(crate) fn heartbeat_tag(
        provider: &T::AccountId,
        epoch: BlockNumberFor<T>,
    ) -> TransactionTag {
        (TAG, provider, epoch).encode()
    }

    /// The number of the epoch of a block.
    pub(crate) fn epoch_of(block: BlockNumberFor<T>) -> BlockNumberFor<T> {
        // Not zero, as `integrity_test` checks.
        block
            .checked_div(&T::HeartbeatEpoch::get())
            .unwrap_or_else(Zero::zero)
    }

    /// The first block of an epoch.
    pub(crate) fn first_of(epoch: BlockNumberFor<T>) -> BlockNumberFor<T> {
        epoch.saturating_mul(T::HeartbeatEpoch::get())
    }

    /// The hash of the chain's first block, as signatures name it.
    pub(crate) fn genesis() -> [u8; 32] {
        let genesis = frame_system::Pallet::<T>::block_hash(BlockNumberFor::<T>::zero());
        // Chains with 32-byte hashes use theirs as it is.
        <[u8; 32]>::try_from(genesis.as_ref()).unwrap_or_else(|_| blake2_256(genesis.as_ref()))
    }
}
