//! The canonical description of a model.

use crate::graph::Graph;
use crate::hash::{blake2_256, hex};
use crate::limits::{MAX_MANIFEST_BYTES, SPEC_VERSION};
use crate::{ModelError, Op, Range, Scale, Shape};
use alloc::{
    string::{String, ToString},
    vec::Vec,
};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use core::fmt;
use scale_info::TypeInfo;

/// Blake2-256 of the SCALE-encoded manifest; through the weight root it
/// identifies the weights as well. Written as 0x-hex.
#[derive(
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Encode,
    Decode,
    DecodeWithMemTracking,
    MaxEncodedLen,
    TypeInfo,
)]
pub struct ModelId(pub [u8; 32]);

impl fmt::Display for ModelId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "0x{}", hex(&self.0))
    }
}

impl fmt::Debug for ModelId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// What a model takes.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct InputDecl {
    /// Shape of the input; elements are given row-major.
    pub shape: Shape,
    /// Admissible elements.
    pub range: Range,
    /// What a step of the input means.
    pub scale: Scale,
}

/// Element type of a tensor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub enum DType {
    /// Weights, within -127..=127.
    #[codec(index = 0)]
    I8,
    /// Biases, little-endian in files and hashes.
    #[codec(index = 1)]
    I32,
}

impl DType {
    /// Bytes per element.
    pub fn size(self) -> u64 {
        match self {
            Self::I8 => 1,
            Self::I32 => 4,
        }
    }

    /// The name in error texts.
    pub fn name(self) -> &'static str {
        match self {
            Self::I8 => "i8",
            Self::I32 => "i32",
        }
    }
}

/// A tensor that the operators may name.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct TensorDecl {
    /// 1 to 64 printable ASCII characters, unique in the model.
    pub name: String,
    /// Element type.
    pub dtype: DType,
    /// Shape; elements are stored row-major, so output channels are rows.
    pub shape: Shape,
}

impl TensorDecl {
    /// Bytes of the tensor's elements.
    pub fn byte_len(&self) -> u64 {
        u64::try_from(self.shape.len())
            .unwrap_or(u64::MAX)
            .saturating_mul(self.dtype.size())
    }
}

/// Everything about a model but its weights, to which it commits by their root.
///
/// The graph's last value is the output. Tensors are used once each, in the
/// order of their declaration, and every value is used, so that one program
/// has one manifest.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct Manifest {
    /// Version of the specification, 1.
    pub spec_version: u16,
    /// The input, value 0 of the graph.
    pub input: InputDecl,
    /// The tensors, by [`crate::TensorId`].
    pub tensors: Vec<TensorDecl>,
    /// The operators; operator `i` defines value `i + 1`.
    pub ops: Vec<Op>,
    /// What a step of the output means.
    pub output_scale: Scale,
    /// Root of the tensors, see [`crate::weights`].
    pub weight_root: [u8; 32],
}

/// What one needs to know of a model without its weights.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Encode,
    Decode,
    DecodeWithMemTracking,
    MaxEncodedLen,
    TypeInfo,
)]
pub struct ModelSummary {
    /// Hash of the manifest.
    pub id: ModelId,
    /// Elements of the input.
    pub input_len: u32,
    /// Admissible input elements.
    pub input_range: Range,
    /// Elements of the output.
    pub output_len: u32,
    /// Bytes of all tensors.
    pub weight_bytes: u64,
    /// Multiplications by a weight in one execution, those by padding included.
    pub multiply_accumulates: u64,
    /// Elements that the windows of convolutions and pools cover in one
    /// execution, padding included: those that are gathered, compared or added.
    pub window_elements: u64,
    /// Elements of all values of the graph together, the input included.
    pub activations: u64,
}

impl Manifest {
    /// Decodes exactly one manifest and nothing else.
    ///
    /// Only the encoding is judged here; [`Manifest::summary`] judges the graph.
    ///
    /// # Errors
    /// [`ModelError::ManifestTooLong`], [`ModelError::Malformed`],
    /// [`ModelError::TrailingBytes`], [`ModelError::UnsupportedVersion`],
    /// [`ModelError::NonCanonical`].
    pub fn decode_strict(bytes: &[u8]) -> Result<Self, ModelError> {
        check_len(bytes.len())?;
        // The version comes first, so that a later one is named and not called malformed.
        let version = u16::decode(&mut &bytes[..])
            .map_err(|error| ModelError::Malformed(error.to_string()))?;
        if version != SPEC_VERSION {
            return Err(ModelError::UnsupportedVersion(version));
        }
        let mut rest = bytes;
        let manifest =
            Self::decode(&mut rest).map_err(|error| ModelError::Malformed(error.to_string()))?;
        if !rest.is_empty() {
            return Err(ModelError::TrailingBytes(rest.len()));
        }
        if manifest.encode() != bytes {
            return Err(ModelError::NonCanonical);
        }
        Ok(manifest)
    }

    /// Blake2-256 of the encoding.
    pub fn id(&self) -> ModelId {
        ModelId(blake2_256(&[&self.encode()]))
    }

    /// Validates the graph and its shapes, without weights.
    ///
    /// # Errors
    /// Any [`ModelError`] about the manifest, the graph or the shapes.
    pub fn summary(&self) -> Result<ModelSummary, ModelError> {
        Graph::validate(self).map(|graph| graph.summary)
    }

    /// Validates the graph as [`Manifest::summary`] does, and gives the shape of
    /// each value, the input first.
    ///
    /// # Errors
    /// Those of [`Manifest::summary`].
    pub fn shapes(&self) -> Result<Vec<Shape>, ModelError> {
        Graph::validate(self).map(|graph| graph.shapes)
    }
}

/// Refuses a manifest of `found` bytes if that is too many.
pub(crate) fn check_len(found: usize) -> Result<(), ModelError> {
    if found > MAX_MANIFEST_BYTES {
        return Err(ModelError::ManifestTooLong {
            found,
            limit: MAX_MANIFEST_BYTES,
        });
    }
    Ok(())
}
