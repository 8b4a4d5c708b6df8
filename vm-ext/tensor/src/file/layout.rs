//! Where each tensor stands in a model file, known from the manifest alone.

use super::{check_size, dtype, manifest, wide, FileError, MANIFEST_KEY, MAX_HEADER_BYTES};
use crate::Manifest;
use codec::Encode;
use safetensors::{
    tensor::{Metadata, TensorInfo},
    SafeTensorError,
};
use std::{
    collections::HashMap,
    fs::File,
    io::{self, Read},
    path::Path,
};

/// The places in the file that [`super::write`] makes of a model.
///
/// With it a file can be written in pieces, in any order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    /// The bytes before the first tensor.
    pub header: Vec<u8>,
    /// Where each tensor begins, by [`crate::TensorId`], in bytes from the start of the file.
    pub offsets: Vec<u64>,
    /// Bytes of the file.
    pub len: u64,
}

impl Layout {
    /// The layout of the file of a model with this manifest.
    ///
    /// # Errors
    /// Any [`crate::ModelError`] of [`Manifest::summary`]; [`FileError::Safetensors`] if the
    /// header cannot be written.
    pub fn of(manifest: &Manifest) -> Result<Self, FileError> {
        manifest.summary()?;
        let mut order: Vec<_> = manifest.tensors.iter().zip(0usize..).collect();
        // The order of safetensors: larger elements first, so that all are aligned, then by name.
        order.sort_by(|(left, _), (right, _)| {
            dtype(right.dtype)
                .cmp(&dtype(left.dtype))
                .then_with(|| left.name.cmp(&right.name))
        });
        let mut infos = Vec::with_capacity(order.len());
        let mut offsets = vec![0u64; order.len()];
        let mut end = 0usize;
        for (decl, tensor) in order {
            let start = end;
            let len = usize::try_from(decl.byte_len()).unwrap_or(usize::MAX);
            end = start
                .checked_add(len)
                .ok_or(SafeTensorError::ValidationOverflow)?;
            if let Some(offset) = offsets.get_mut(tensor) {
                *offset = wide(start);
            }
            let shape = decl.shape.dims().iter().map(|dim| crate::shape::size(*dim));
            let info = TensorInfo {
                dtype: dtype(decl.dtype),
                shape: shape.collect(),
                data_offsets: (start, end),
            };
            infos.push((decl.name.clone(), info));
        }
        let entry = (MANIFEST_KEY.to_string(), hex::encode(manifest.encode()));
        let metadata = Metadata::new(Some(HashMap::from([entry])), infos)?;
        let mut text = serde_json::to_vec(&metadata).map_err(SafeTensorError::from)?;
        text.resize(text.len().next_multiple_of(8), b' ');

        let mut header = wide(text.len()).to_le_bytes().to_vec();
        header.extend(text);
        let tensors = wide(header.len());
        for offset in &mut offsets {
            *offset = offset.saturating_add(tensors);
        }
        Ok(Self {
            header,
            offsets,
            len: tensors.saturating_add(wide(end)),
        })
    }

    /// Reads the manifest in a model file's header, and not the tensors.
    ///
    /// # Errors
    /// [`FileError::ForeignHeader`] for a file that [`super::write`] would lay out otherwise,
    /// and those of [`super::read`] that are not about tensors.
    pub fn read(path: impl AsRef<Path>) -> Result<(Manifest, Self), FileError> {
        let path = path.as_ref();
        let failed = |source: io::Error| FileError::Read {
            path: path.to_path_buf(),
            source,
        };
        let mut file = File::open(path).map_err(failed)?;
        let found = file.metadata().map_err(failed)?.len();
        let mut size = [0u8; 8];
        file.read_exact(&mut size).map_err(failed)?;
        let size = u64::from_le_bytes(size);
        check_size("header", size, MAX_HEADER_BYTES)?;
        let mut text = Vec::new();
        file.take(size).read_to_end(&mut text).map_err(failed)?;
        if wide(text.len()) != size {
            return Err(SafeTensorError::InvalidHeaderLength.into());
        }
        let metadata: Metadata = serde_json::from_slice(&text).map_err(SafeTensorError::from)?;
        let manifest = manifest(metadata.metadata().as_ref())?;
        let layout = Self::of(&manifest)?;
        if layout.header.get(8..) != Some(text.as_slice()) {
            return Err(FileError::ForeignHeader {
                path: path.to_path_buf(),
            });
        }
        if found != layout.len {
            return Err(SafeTensorError::MetadataIncompleteBuffer.into());
        }
        Ok((manifest, layout))
    }
}
