//! A model as one string of bytes, as the chain and its machine hold it.
//!
//! `SCALE(Vec<u8>: the encoded manifest) ‖ bytes of the tensors in their order`

use crate::manifest::check_len;
use crate::shape::size;
use crate::{Manifest, Model, ModelError, TensorData};
use alloc::{string::ToString, vec::Vec};
use codec::{Compact, Decode, Encode};

impl Model {
    /// The model as one string of bytes.
    pub fn to_blob(&self) -> Vec<u8> {
        let manifest = self.manifest().encode();
        let weights = usize::try_from(self.summary().weight_bytes).unwrap_or(0);
        let mut blob = Vec::with_capacity(manifest.len().saturating_add(weights).saturating_add(4));
        manifest.encode_to(&mut blob);
        for tensor in self.tensors() {
            tensor.extend_bytes(&mut blob);
        }
        blob
    }

    /// Reads what [`Model::to_blob`] writes, and nothing else.
    ///
    /// Nothing is allocated for the tensors before their declared sizes have
    /// been compared with the bytes at hand.
    ///
    /// # Errors
    /// [`ModelError::Truncated`], [`ModelError::TrailingBytes`], and those of
    /// [`Manifest::decode_strict`] and [`Model::new`].
    pub fn from_blob(blob: &[u8]) -> Result<Self, ModelError> {
        let mut rest = blob;
        let Compact(len) = Compact::<u32>::decode(&mut rest)
            .map_err(|error| ModelError::Malformed(error.to_string()))?;
        let len = size(len);
        check_len(len)?;
        let (manifest, mut rest) = split(rest, len)?;
        let manifest = Manifest::decode_strict(manifest)?;
        let declared = manifest.summary()?.weight_bytes;
        let declared = usize::try_from(declared).unwrap_or(usize::MAX);
        split(rest, declared)?;
        let mut tensors = Vec::with_capacity(manifest.tensors.len());
        for decl in &manifest.tensors {
            let bytes = usize::try_from(decl.byte_len()).unwrap_or(usize::MAX);
            let (data, tail) = split(rest, bytes)?;
            tensors.push(TensorData::from_bytes(decl.dtype, data));
            rest = tail;
        }
        if !rest.is_empty() {
            return Err(ModelError::TrailingBytes(rest.len()));
        }
        Self::new(manifest, tensors)
    }
}

/// The first `len` bytes and the others.
fn split(bytes: &[u8], len: usize) -> Result<(&[u8], &[u8]), ModelError> {
    bytes.split_at_checked(len).ok_or(ModelError::Truncated {
        missing: len.saturating_sub(bytes.len()),
    })
}
