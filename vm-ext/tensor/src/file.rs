//! Model files: safetensors with the manifest in the header.
//!
//! The tensors stand under their names; the encoded manifest stands as hex
//! under `lattice.manifest` in the header's metadata. Any safetensors reader
//! can look at the weights; only this one says whether the file is a model.

mod layout;

pub use layout::Layout;

use crate::limits::{MAX_MANIFEST_BYTES, MAX_WEIGHT_BYTES};
use crate::{DType, Manifest, Model, ModelError, TensorData};
use codec::Encode;
use safetensors::{tensor::TensorView, Dtype, SafeTensorError, SafeTensors};
use std::{
    collections::HashMap,
    fs,
    io::{self, Read},
    path::{Path, PathBuf},
};
use thiserror::Error;

/// The metadata key under which the manifest stands.
pub const MANIFEST_KEY: &str = "lattice.manifest";

/// Longest header: the manifest as hex, and room for names, shapes and offsets.
pub const MAX_HEADER_BYTES: u64 = 2 * (MAX_MANIFEST_BYTES as u64) + (1 << 20);

/// Largest file.
pub const MAX_FILE_BYTES: u64 = MAX_WEIGHT_BYTES + MAX_HEADER_BYTES + 8;

/// Why a file is not a model, or could not be written.
#[derive(Debug, Error)]
pub enum FileError {
    /// The file cannot be read.
    #[error("cannot read {path}: {source}")]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The file cannot be written.
    #[error("cannot write {path}: {source}")]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The file or its header is larger than a model can be.
    #[error("the {part} has {found} bytes; at most {limit} are allowed")]
    TooLarge {
        /// File or header.
        part: &'static str,
        /// Its size.
        found: u64,
        /// The limit.
        limit: u64,
    },
    /// Not a safetensors file, a truncated one, or one with bytes to spare.
    #[error("not a complete safetensors file: {0}")]
    Safetensors(#[from] SafeTensorError),
    /// A safetensors file without the manifest.
    #[error("the file has no {MANIFEST_KEY} in its header: not a Lattice model")]
    NoManifest,
    /// A header entry that does not belong there.
    #[error("the header has an unknown entry {0:?}")]
    UnknownMetadata(String),
    /// The manifest is not hexadecimal text.
    #[error("the manifest in the header is not hexadecimal: {0}")]
    ManifestText(hex::FromHexError),
    /// A tensor that the manifest does not declare.
    #[error("the file holds a tensor {0:?} that the manifest does not declare")]
    UndeclaredTensor(String),
    /// A declared tensor that is not there.
    #[error("the tensor {0:?} is missing")]
    MissingTensor(String),
    /// A tensor of another type or shape than declared.
    #[error("the tensor {name:?} is {found} in the file and {expected} in the manifest")]
    TensorMismatch {
        /// Name of the tensor.
        name: String,
        /// Type and shape in the manifest.
        expected: String,
        /// Type and shape in the file.
        found: String,
    },
    /// A header that says the same in other words than [`write`] does, so that the offsets of
    /// the tensors are others.
    #[error(
        "the header of {path} was written by another program; read the model and write it again"
    )]
    ForeignHeader {
        /// The file.
        path: PathBuf,
    },
    /// The parts are readable and do not make a model.
    #[error(transparent)]
    Model(#[from] ModelError),
}

/// Writes the model to `path`, whole or not at all.
///
/// # Errors
/// [`FileError::Write`].
pub fn write(path: impl AsRef<Path>, model: &Model) -> Result<(), FileError> {
    let path = path.as_ref();
    let bytes = to_bytes(model)?;
    let failed = |source| FileError::Write {
        path: path.to_path_buf(),
        source,
    };
    // A reader never sees half a file: written beside it, then renamed.
    let mut beside = path.as_os_str().to_owned();
    beside.push(format!(".{}.partial", std::process::id()));
    let beside = PathBuf::from(beside);
    fs::write(&beside, bytes)
        .and_then(|()| fs::rename(&beside, path))
        .map_err(|source| {
            // The first error is the one to report.
            let _ = fs::remove_file(&beside);
            failed(source)
        })
}

/// Reads and checks a model.
///
/// # Errors
/// Any [`FileError`] but [`FileError::Write`].
pub fn read(path: impl AsRef<Path>) -> Result<Model, FileError> {
    let path = path.as_ref();
    let failed = |source| FileError::Read {
        path: path.to_path_buf(),
        source,
    };
    let file = fs::File::open(path).map_err(failed)?;
    let size = file.metadata().map_err(failed)?.len();
    check_size("file", size, MAX_FILE_BYTES)?;
    let mut bytes = Vec::new();
    // The limit again, as the file may grow, or be a device of no size.
    file.take(MAX_FILE_BYTES.saturating_add(1))
        .read_to_end(&mut bytes)
        .map_err(failed)?;
    from_bytes(&bytes)
}

/// The bytes of a model file.
///
/// # Errors
/// [`FileError::Safetensors`] if the header would become too large.
pub fn to_bytes(model: &Model) -> Result<Vec<u8>, FileError> {
    let manifest = model.manifest();
    let parts: Vec<_> = manifest
        .tensors
        .iter()
        .zip(model.tensors())
        .map(|(decl, data)| {
            let mut bytes = Vec::new();
            data.extend_bytes(&mut bytes);
            let shape = decl.shape.dims().iter().map(|dim| crate::shape::size(*dim));
            (
                &decl.name,
                dtype(decl.dtype),
                shape.collect::<Vec<_>>(),
                bytes,
            )
        })
        .collect();
    let mut views = Vec::with_capacity(parts.len());
    for (name, dtype, shape, bytes) in &parts {
        views.push((name, TensorView::new(*dtype, shape.clone(), bytes)?));
    }
    let metadata = HashMap::from([(MANIFEST_KEY.to_string(), hex::encode(manifest.encode()))]);
    Ok(safetensors::serialize(views, Some(metadata))?)
}

/// Checks the bytes of a model file.
///
/// # Errors
/// Any [`FileError`] but those of the file system.
pub fn from_bytes(bytes: &[u8]) -> Result<Model, FileError> {
    check_size("file", wide(bytes.len()), MAX_FILE_BYTES)?;
    let header = bytes
        .first_chunk::<8>()
        .map_or(0, |size| u64::from_le_bytes(*size));
    check_size("header", header, MAX_HEADER_BYTES)?;
    let tensors = SafeTensors::deserialize(bytes)?;
    let (_, header) = SafeTensors::read_metadata(bytes)?;
    let manifest = manifest(header.metadata().as_ref())?;

    for name in tensors.names() {
        if !manifest.tensors.iter().any(|decl| decl.name == name) {
            return Err(FileError::UndeclaredTensor(name.to_string()));
        }
    }
    let mut data = Vec::with_capacity(manifest.tensors.len());
    for decl in &manifest.tensors {
        let view = tensors
            .tensor(&decl.name)
            .map_err(|_| FileError::MissingTensor(decl.name.clone()))?;
        let same = view.dtype() == dtype(decl.dtype)
            && view.shape().len() == decl.shape.rank()
            && view
                .shape()
                .iter()
                .zip(decl.shape.dims())
                .all(|(a, b)| wide(*a) == u64::from(*b));
        if !same {
            return Err(FileError::TensorMismatch {
                name: decl.name.clone(),
                expected: format!("{} {}", decl.dtype.name(), decl.shape),
                found: format!("{:?} {:?}", view.dtype(), view.shape()),
            });
        }
        data.push(TensorData::from_bytes(decl.dtype, view.data()));
    }
    Ok(Model::new(manifest, data)?)
}

/// The manifest in the header, validated, so that nothing is read for a graph that is refused.
fn manifest(metadata: Option<&HashMap<String, String>>) -> Result<Manifest, FileError> {
    let metadata = metadata.ok_or(FileError::NoManifest)?;
    let text = metadata.get(MANIFEST_KEY).ok_or(FileError::NoManifest)?;
    if let Some(other) = metadata.keys().find(|key| *key != MANIFEST_KEY) {
        return Err(FileError::UnknownMetadata(other.clone()));
    }
    let manifest = Manifest::decode_strict(&hex::decode(text).map_err(FileError::ManifestText)?)?;
    manifest.summary()?;
    Ok(manifest)
}

fn check_size(part: &'static str, found: u64, limit: u64) -> Result<(), FileError> {
    if found > limit {
        return Err(FileError::TooLarge { part, found, limit });
    }
    Ok(())
}

fn dtype(dtype: DType) -> Dtype {
    match dtype {
        DType::I8 => Dtype::I8,
        DType::I32 => Dtype::I32,
    }
}

fn wide(size: usize) -> u64 {
    u64::try_from(size).unwrap_or(u64::MAX)
}
