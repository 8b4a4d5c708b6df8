//! Trained states, stored as new versions of the model that was trained.

use crate::*;
use alloc::vec::Vec;
use frame::deps::frame_support::storage::with_storage_layer;
use frame::prelude::*;
use lattice_host::{ModelLocation, TrainedState};
use lattice_primitives::{ModelIndex, CHUNK_BYTES};

/// How many version numbers are tried beyond the largest that the owner registered.
/// Those may be taken only by registrations that others transferred to the owner, who
/// gets past any number of them by registering a larger version.
pub const VERSION_TRIES: u32 = 16;

impl<T: Config> ModelStore<T::AccountId> for Pallet<T> {
    fn location(model: ModelIndex) -> Option<([u8; 32], ModelLocation)> {
        let stored = Stores::<T>::get(model).filter(|stored| stored.finalized)?;
        let registration = Models::<T>::get(model)?;
        Some((registration.model_hash.0, Self::location_of(model, &stored)))
    }

    fn key_id(model: ModelIndex) -> Option<H256> {
        Keys::<T>::get(model).map(|key| key.vk_id)
    }

    fn store_state(
        owner: &T::AccountId,
        parent: ModelIndex,
        state: TrainedState,
    ) -> Result<ModelIndex, DispatchError> {
        // Whatever the caller makes of an error, half a version never stays.
        with_storage_layer(|| Self::do_store_state(owner, parent, state))
    }

    fn store_state_weight(bytes: u32) -> Weight {
        T::WeightInfo::store_state(
            bytes.min(T::MaxManifestLen::get()),
            bytes.div_ceil(CHUNK_BYTES).min(MaxChunks::<T>::get()),
        )
    }

    #[cfg(feature = "runtime-benchmarks")]
    fn benchmark_stored_model(model: &lattice_tensor::Model) -> ModelIndex {
        let owner = benchmarking::funded::<T>(1);
        benchmarking::stored::finalized::<T>(&owner, model)
    }
}

impl<T: Config> Pallet<T> {
    fn do_store_state(
        owner: &T::AccountId,
        parent: ModelIndex,
        state: TrainedState,
    ) -> Result<ModelIndex, DispatchError> {
        let trained = Models::<T>::get(parent).ok_or(Error::<T>::UnknownParent)?;
        ensure!(trained.owner == *owner, Error::<T>::ParentNotOwned);
        ensure!(
            trained.model_hash.0 == state.base,
            Error::<T>::StateOfAnotherModel
        );

        let mut tensors = state.model.as_slice();
        let manifest = BoundedVec::<u8, T::MaxManifestLen>::decode(&mut tensors)
            .map_err(|_| Error::<T>::InvalidManifest)?;
        let version = Self::next_version(&trained)?;
        let model = Self::add_registration(
            owner.clone(),
            trained.name,
            version,
            manifest,
            trained.requirements,
            trained.pricing,
            Some(parent),
        )?;
        let byte_size = Models::<T>::get(model).map(|registration| registration.byte_size);
        ensure!(
            byte_size == Some(tensors.len().saturated_into()),
            Error::<T>::InvalidModelBytes
        );

        let bytes = [tensors, &state.parameters].concat();
        let state_hash = H256(state.state);
        Self::store_final(owner, model, &bytes, state_hash)?;
        Self::deposit_event(Event::StateStored {
            model,
            parent,
            state_hash,
        });
        Ok(model)
    }

    /// Store all bytes of a trained model, finalized.
    fn store_final(
        owner: &T::AccountId,
        model: ModelIndex,
        bytes: &[u8],
        state_hash: H256,
    ) -> DispatchResult {
        let mut stored =
            StoredModel::awaiting(bytes.len().saturated_into()).ok_or(Error::<T>::ModelTooLarge)?;
        let chunk_bytes = usize::try_from(CHUNK_BYTES).unwrap_or(usize::MAX);
        for (index, piece) in (0..).zip(bytes.chunks(chunk_bytes)) {
            let chunk =
                Chunk::try_from(Vec::from(piece)).map_err(|_| Error::<T>::WrongChunkLength)?;
            Self::put_chunk(owner, model, &mut stored, index, chunk)?;
        }
        stored.finalized = true;
        stored.state_hash = Some(state_hash);
        Stores::<T>::insert(model, stored);
        Ok(())
    }

    /// The version number of the next state that is trained from a registration: above
    /// it and above all that its owner registered under the name.
    fn next_version(trained: &Registration<T>) -> Result<u32, DispatchError> {
        let last = LastVersions::<T>::get((&trained.owner, &trained.name)).max(trained.version);
        (1..=VERSION_TRIES)
            .map_while(|step| last.checked_add(step))
            .find(|version| !Names::<T>::contains_key((&trained.owner, &trained.name, version)))
            .ok_or_else(|| Error::<T>::NoFreeVersion.into())
    }
}
