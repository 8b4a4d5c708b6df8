//! What a call may reach, as it lies in the chain's storage.

use super::{keys, pool, LOG_TARGET};
use crate::types::{MAX_CHUNKS, MAX_NAMED, MAX_STORAGE_KEY};
use crate::{HostError, ModelLocation};
use codec::DecodeAll;
use lattice_isa::{KeyId, ModelHash, ProofBytes, ProofFault, PublicInput};
use lattice_machine::VerifyFault;
use lattice_verifier::PreparedKey;
use std::sync::Arc;

/// The models and keys that a call names.
#[derive(Clone, Copy)]
pub struct Access<'a> {
    models: &'a [(ModelHash, ModelLocation)],
    keys: &'a [(KeyId, Vec<u8>)],
}

impl<'a> Access<'a> {
    /// What a call names, if it is not too much.
    pub fn new(
        models: &'a [(ModelHash, ModelLocation)],
        keys: &'a [(KeyId, Vec<u8>)],
    ) -> Result<Self, HostError> {
        within(models.len(), MAX_NAMED)?;
        within(keys.len(), MAX_NAMED)?;
        for (_, location) in models {
            check_location(location)?;
        }
        for (_, key) in keys {
            within(key.len(), MAX_STORAGE_KEY)?;
        }
        Ok(Access { models, keys })
    }

    /// A piece of a model, as `lattice_machine::Environment::model_chunk` wants it.
    pub fn model_chunk(
        &self,
        model: &ModelHash,
        index: u32,
        read: impl FnOnce(&[u8]) -> Option<Vec<u8>>,
    ) -> Option<Vec<u8>> {
        let (_, location) = self.models.iter().find(|(other, _)| other == model)?;
        match index.checked_sub(1) {
            // The machine takes the manifest as it is stored, with its length.
            None => read(&location.manifest),
            Some(chunk) => {
                let chunk = usize::try_from(chunk).ok()?;
                bytes(read(location.chunks.get(chunk)?)?)
            }
        }
    }

    /// Verifies a proof, as `lattice_machine::Environment::verify` wants it.
    pub fn verify(
        &self,
        key: &KeyId,
        inputs: &[PublicInput],
        proof: &ProofBytes,
        read: impl FnOnce(&[u8]) -> Option<Vec<u8>>,
    ) -> Result<bool, VerifyFault> {
        let prepared = self.prepared_key(key, read)?;
        pool::run(|| {
            let key = decode_key(&prepared)?;
            Ok(lattice_verifier::verify(&key, inputs, proof.as_slice())?)
        })
    }

    /// The stored form of a key that the call names.
    pub fn prepared_key(
        &self,
        key: &KeyId,
        read: impl FnOnce(&[u8]) -> Option<Vec<u8>>,
    ) -> Result<Vec<u8>, VerifyFault> {
        self.keys
            .iter()
            .find(|(other, _)| other == key)
            .and_then(|(_, storage_key)| bytes(read(storage_key)?))
            .ok_or(VerifyFault::UnknownKey)
    }
}

/// Decodes a stored key.
pub fn decode_key(prepared: &[u8]) -> Result<Arc<PreparedKey>, VerifyFault> {
    keys::decode(prepared).map_err(|error| {
        log::warn!(target: LOG_TARGET, "a stored key is corrupt: {error}");
        ProofFault::CorruptKey.into()
    })
}

/// Refuses a location that names too much.
pub fn check_location(location: &ModelLocation) -> Result<(), HostError> {
    within(location.chunks.len(), MAX_CHUNKS)?;
    within(location.manifest.len(), MAX_STORAGE_KEY)?;
    location
        .chunks
        .iter()
        .try_for_each(|key| within(key.len(), MAX_STORAGE_KEY))
}

/// Refuses a length over its limit.
pub fn within(length: usize, limit: u32) -> Result<(), HostError> {
    if u32::try_from(length).is_ok_and(|length| length <= limit) {
        Ok(())
    } else {
        Err(HostError::CallTooLarge { limit })
    }
}

/// The bytes of a stored byte vector.
pub fn bytes(value: Vec<u8>) -> Option<Vec<u8>> {
    Vec::<u8>::decode_all(&mut value.as_slice()).ok()
}
