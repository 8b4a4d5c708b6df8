//! What the runtime API and the other pallets read.

use crate::*;
use alloc::vec::Vec;
use frame::prelude::*;
use lattice_primitives::{api::MAX_PAGE, KeyInfo, ModelIndex, ModelInfo, ModelState};

/// A registration as clients see it, in this runtime's types.
pub type ModelInfoOf<T> =
    ModelInfo<<T as frame_system::Config>::AccountId, BalanceOf<T>, BlockNumberFor<T>>;

impl<T: Config> Pallet<T> {
    /// One registration.
    pub fn model_info(index: ModelIndex) -> Option<ModelInfoOf<T>> {
        let registration = Models::<T>::get(index)?;
        let stored = Stores::<T>::get(index);
        Some(ModelInfo {
            index,
            owner: registration.owner,
            name: registration.name.into_inner(),
            version: registration.version,
            model_hash: registration.model_hash,
            byte_size: registration.byte_size,
            requirements: registration.requirements,
            pricing: registration.pricing,
            interface: registration.interface,
            execution_gas: registration.execution_gas,
            manifest: Manifests::<T>::get(index).unwrap_or_default().into_inner(),
            key: Keys::<T>::get(index).map(|key| KeyInfo {
                proof_version: key.proof_version(),
                vk_id: key.vk_id,
                setup: key.setup,
                circuit_version: key.circuit_version,
                phase1_id: key.phase1_id,
                proving_key_hash: key.proving_key_hash,
                verifying_key: key.verifying_key.into_inner(),
            }),
            state_hash: stored.as_ref().and_then(|stored| stored.state_hash),
            stored: stored.map(|stored| stored.info()),
            parent: registration.parent,
            state: registration.state,
            providers: OfferCount::<T>::get(index),
            created_at: registration.created_at,
            total_executions: Executions::<T>::get(index),
        })
    }

    /// Registrations with index ≥ `start`, ascending, at most `limit` and [`MAX_PAGE`].
    pub fn models(start: ModelIndex, limit: u32) -> Vec<ModelInfoOf<T>> {
        let end = start
            .saturating_add(limit.min(MAX_PAGE))
            .min(NextIndex::<T>::get());
        (start..end).filter_map(Self::model_info).collect()
    }
}

impl<T: Config> Registry<T::AccountId, BalanceOf<T>> for Pallet<T> {
    fn state(model: ModelIndex) -> Option<ModelState> {
        Models::<T>::get(model).map(|registration| registration.state)
    }

    fn servable(model: ModelIndex) -> Option<Servable<T::AccountId, BalanceOf<T>>> {
        let registration = Models::<T>::get(model)?;
        Some(Servable {
            owner: registration.owner,
            model_hash: registration.model_hash,
            interface: registration.interface,
            royalty: registration.pricing.royalty,
            execution_gas: registration.execution_gas,
            state: registration.state,
            key: Keys::<T>::get(model).map(|key| (key.vk_id, key.setup)),
        })
    }

    fn manifest(model: ModelIndex) -> Option<Vec<u8>> {
        Manifests::<T>::get(model).map(BoundedVec::into_inner)
    }

    fn prepared_key_location(vk_id: &H256) -> Vec<u8> {
        VerifyingKeys::<T>::hashed_key_for(vk_id)
    }

    fn note_execution(model: ModelIndex) {
        Executions::<T>::mutate(model, |count| *count = count.saturating_add(1));
    }

    fn note_offer(model: ModelIndex) {
        OfferCount::<T>::mutate(model, |count| *count = count.saturating_add(1));
    }

    fn note_offer_removed(model: ModelIndex) {
        OfferCount::<T>::mutate(model, |count| *count = count.saturating_sub(1));
    }

    #[cfg(feature = "runtime-benchmarks")]
    fn benchmark_model() -> ModelIndex {
        let owner = benchmarking::funded::<T>(1);
        benchmarking::register_manifest::<T>(&owner, benchmarking::MANIFEST.to_vec())
    }
}
