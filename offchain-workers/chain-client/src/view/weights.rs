//! The weights of models that are on chain.

use super::{decode, View, STORAGE};
use crate::{client::in_time, generated, Error, ModelIndex, Result, StoredInfo, CHUNK_BYTES};

impl View {
    /// All weights of a model that is on chain for good, as they were uploaded: row-major,
    /// i32 little-endian.
    ///
    /// # Errors
    /// [`Error::Decode`] if a chunk is not there, or the chunks together are of another size.
    pub async fn stored_weights(&self, model: ModelIndex, stored: &StoredInfo) -> Result<Vec<u8>> {
        let state = self.state().await?;
        let what = |index: u32| format!("chunk {index} of model {model}");
        let mut weights = Vec::new();
        for index in 0..stored.byte_size.div_ceil(CHUNK_BYTES) {
            // Chunks are bytes, whatever else of the registry a newer chain has changed.
            let chunks = generated::storage().model_registry().chunks().unvalidated();
            let storage = state.storage();
            let chunk = storage.try_fetch(chunks, (model, index));
            let chunk = in_time(STORAGE, chunk)
                .await?
                .ok_or_else(|| Error::Decode {
                    what: what(index),
                    reason: "it is not on the chain".to_owned(),
                })?;
            weights.extend(decode::<Vec<u8>>(&what(index), chunk.bytes())?);
        }
        if u32::try_from(weights.len()) == Ok(stored.byte_size) {
            return Ok(weights);
        }
        Err(Error::Decode {
            what: format!("the weights of model {model}"),
            reason: format!(
                "they have {} bytes, and the chain says {}",
                weights.len(),
                stored.byte_size
            ),
        })
    }
}
