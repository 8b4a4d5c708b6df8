//! Models on chain: uploaded in chunks, checked as a whole, immutable afterwards.

use crate::*;
use alloc::vec::Vec;
use frame::deps::sp_runtime::ArithmeticError;
use frame::prelude::*;
use frame::traits::fungible::MutateHold;
use frame::traits::tokens::Precision;
use lattice_host::ModelLocation;
use lattice_primitives::{ModelIndex, ModelState};

impl<T: Config> Pallet<T> {
    pub(crate) fn do_upload_chunk(
        who: T::AccountId,
        model: ModelIndex,
        index: u32,
        bytes: Chunk,
    ) -> DispatchResult {
        let mut stored = Self::open_store(&who, model)?;
        let expected = stored
            .chunk_len(index)
            .ok_or(Error::<T>::InvalidChunkIndex)?;
        ensure!(
            u32::try_from(bytes.len()) == Ok(expected),
            Error::<T>::WrongChunkLength
        );
        Self::put_chunk(&who, model, &mut stored, index, bytes)?;
        let missing = stored.missing().count().saturated_into();
        Stores::<T>::insert(model, stored);
        Self::deposit_event(Event::ChunkUploaded {
            model,
            index,
            missing,
        });
        Ok(())
    }

    pub(crate) fn do_finalize(who: T::AccountId, model: ModelIndex) -> DispatchResultWithPostInfo {
        let mut stored = Self::open_store(&who, model)?;
        ensure!(stored.missing().next().is_none(), Error::<T>::ChunksMissing);
        let manifest = Manifests::<T>::get(model).ok_or(Error::<T>::UnknownModel)?;
        let summary =
            lattice_host::inspect_manifest(&manifest).map_err(|_| Error::<T>::InvalidModelBytes)?;
        ensure!(
            summary.activations <= MAX_STORED_ACTIVATIONS,
            Error::<T>::ModelTooLarge
        );
        let checked =
            lattice_host::check_model(&Self::location_of(model, &stored)).map_err(|error| {
                log::debug!(target: "runtime::model-registry", "model {model} refused: {error:?}");
                Error::<T>::InvalidModelBytes
            })?;
        ensure!(checked == summary, Error::<T>::InvalidModelBytes);

        let byte_size = stored.byte_size;
        let weight = T::WeightInfo::finalize(
            stored.chunk_count(),
            manifest.len().saturated_into(),
            summary.activations.saturated_into(),
        );
        stored.finalized = true;
        Stores::<T>::insert(model, stored);
        Self::deposit_event(Event::Finalized {
            model,
            model_hash: H256(summary.id.0),
            byte_size,
        });
        Ok(Some(weight).into())
    }

    pub(crate) fn do_clear_chunks(
        who: T::AccountId,
        model: ModelIndex,
    ) -> DispatchResultWithPostInfo {
        Self::ensure_owner(&who, model)?;
        let stored = Stores::<T>::get(model).ok_or(Error::<T>::NothingUploaded)?;
        ensure!(!stored.finalized, Error::<T>::AlreadyFinalized);
        for index in &stored.present {
            Chunks::<T>::remove(model, index);
        }
        Stores::<T>::remove(model);
        T::Currency::release(
            &HoldReason::ChunkDeposit.into(),
            &who,
            stored.deposit,
            Precision::Exact,
        )?;
        Self::deposit_event(Event::ChunksCleared {
            model,
            refund: stored.deposit,
        });
        let removed = stored.present.len().saturated_into();
        Ok(Some(T::WeightInfo::clear_chunks(removed)).into())
    }

    /// Move the deposit for a model's chunks to another account, where it stays on hold.
    pub(crate) fn move_chunk_deposit(
        model: ModelIndex,
        from: &T::AccountId,
        to: &T::AccountId,
    ) -> DispatchResult {
        let deposit = Stores::<T>::get(model).map_or_else(Zero::zero, |stored| stored.deposit);
        Self::move_hold(HoldReason::ChunkDeposit, from, to, deposit)
    }

    /// Write a chunk, and take the deposit for it unless it replaces one: the length of
    /// a chunk follows from its index. The caller writes `stored`.
    pub(crate) fn put_chunk(
        owner: &T::AccountId,
        model: ModelIndex,
        stored: &mut StoredModel<T>,
        index: u32,
        bytes: Chunk,
    ) -> DispatchResult {
        let added = stored
            .present
            .try_insert(index)
            .map_err(|_| Error::<T>::ModelTooLarge)?;
        if added {
            let amount = Self::byte_deposit(bytes.len())?;
            T::Currency::hold(&HoldReason::ChunkDeposit.into(), owner, amount)?;
            stored.deposit = stored
                .deposit
                .checked_add(&amount)
                .ok_or(ArithmeticError::Overflow)?;
        }
        Chunks::<T>::insert(model, index, bytes);
        Ok(())
    }

    /// Where the host finds the bytes of a model.
    pub(crate) fn location_of(model: ModelIndex, stored: &StoredModel<T>) -> ModelLocation {
        ModelLocation {
            manifest: Manifests::<T>::hashed_key_for(model),
            chunks: (0..stored.chunk_count())
                .map(|index| Chunks::<T>::hashed_key_for(model, index))
                .collect::<Vec<_>>(),
        }
    }

    /// What is stored of an own, active registration's model that is not final.
    fn open_store(who: &T::AccountId, model: ModelIndex) -> Result<StoredModel<T>, DispatchError> {
        let registration = Self::ensure_owner(who, model)?;
        ensure!(
            registration.state == ModelState::Active,
            Error::<T>::ModelDeprecated
        );
        let stored = Stores::<T>::get(model)
            .or_else(|| StoredModel::awaiting(registration.byte_size))
            .ok_or(Error::<T>::ModelTooLarge)?;
        ensure!(!stored.finalized, Error::<T>::AlreadyFinalized);
        Ok(stored)
    }

    fn ensure_owner(
        who: &T::AccountId,
        model: ModelIndex,
    ) -> Result<Registration<T>, DispatchError> {
        let registration = Models::<T>::get(model).ok_or(Error::<T>::UnknownModel)?;
        ensure!(registration.owner == *who, Error::<T>::NotOwner);
        Ok(registration)
    }
}
