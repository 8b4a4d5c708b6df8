//! From the registrations of an access list to where the host finds models and keys.
//!
//! A program names models by hash and keys by id, and registrations are named by index:
//! several may have the same content. The list says which registration is meant, and
//! bounds what a run can reach before it starts.

use crate::*;
use alloc::vec::Vec;
use frame::prelude::*;
use lattice_host::ModelLocation;
use lattice_isa::{KeyId, ModelHash};
use lattice_primitives::ModelIndex;
use pallet_model_registry::{ModelStore, Registry};

/// What a run may load and verify with.
#[derive(Clone, Debug, Default)]
pub(crate) struct Access {
    /// Hash and place of each model.
    pub models: Vec<(ModelHash, ModelLocation)>,
    /// Id and storage key of each verifying key.
    pub keys: Vec<(KeyId, Vec<u8>)>,
}

impl Access {
    /// Find everything that an access list names.
    ///
    /// # Errors
    /// [`Error::ModelNotStored`], [`Error::NoVerifyingKey`].
    pub fn resolve<T: Config>(
        models: &[ModelIndex],
        verifying_keys: &[ModelIndex],
    ) -> Result<Self, Error<T>> {
        let models = models
            .iter()
            .map(|model| T::Registry::location(*model).ok_or(Error::ModelNotStored))
            .collect::<Result<_, Error<T>>>()?;
        let keys = verifying_keys
            .iter()
            .map(|model| {
                let id = T::Registry::key_id(*model).ok_or(Error::NoVerifyingKey)?;
                Ok((id.0, T::Registry::prepared_key_location(&id)))
            })
            .collect::<Result<_, Error<T>>>()?;
        Ok(Self { models, keys })
    }
}

impl<T: Config> Pallet<T> {
    /// The registration of an access list that a model of this hash was loaded from: one
    /// of the caller's, if there is one, since only its owner can add to it.
    pub(crate) fn parent_of(
        model_hash: &ModelHash,
        models: &[ModelIndex],
        caller: &T::AccountId,
    ) -> Option<ModelIndex> {
        let mut candidates = models
            .iter()
            .copied()
            .filter(|model| {
                T::Registry::location(*model).is_some_and(|(hash, _)| hash == *model_hash)
            })
            .peekable();
        let first = candidates.peek().copied();
        candidates
            .find(|model| T::Registry::servable(*model).is_some_and(|info| info.owner == *caller))
            .or(first)
    }
}
