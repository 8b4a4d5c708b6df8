//! A manifest with its tensors.

use crate::graph::Graph;
use crate::ops::BoundsContext;
use crate::weights::weight_root;
use crate::{
    DType, Interval, Manifest, ModelError, ModelId, ModelSummary, Op, Range, Shape, TensorDecl,
    TensorId, ValueId,
};
use alloc::{format, string::String, vec, vec::Vec};

/// Elements of a tensor, row-major.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TensorData {
    /// Weights.
    I8(Vec<i8>),
    /// Biases.
    I32(Vec<i32>),
}

impl TensorData {
    /// Element type.
    pub fn dtype(&self) -> DType {
        match self {
            Self::I8(_) => DType::I8,
            Self::I32(_) => DType::I32,
        }
    }

    /// Number of elements.
    pub fn len(&self) -> usize {
        match self {
            Self::I8(values) => values.len(),
            Self::I32(values) => values.len(),
        }
    }

    /// Whether there are no elements.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Number of bytes.
    pub fn byte_len(&self) -> u64 {
        u64::try_from(self.len())
            .unwrap_or(u64::MAX)
            .saturating_mul(self.dtype().size())
    }

    /// Appends the elements, i32 little-endian.
    pub fn extend_bytes(&self, bytes: &mut Vec<u8>) {
        match self {
            Self::I8(values) => extend_i8(bytes, values),
            Self::I32(values) => extend_i32(bytes, values),
        }
    }

    /// Reads elements of type `dtype`; an incomplete last element is left out.
    pub(crate) fn from_bytes(dtype: DType, bytes: &[u8]) -> Self {
        match dtype {
            DType::I8 => Self::I8(
                bytes
                    .iter()
                    .map(|byte| i8::from_le_bytes([*byte]))
                    .collect(),
            ),
            DType::I32 => Self::I32(
                bytes
                    .chunks_exact(4)
                    .filter_map(|chunk| chunk.try_into().ok().map(i32::from_le_bytes))
                    .collect(),
            ),
        }
    }
}

/// Appends weights. One byte from one element, so that it is a plain copy.
pub(crate) fn extend_i8(bytes: &mut Vec<u8>, values: &[i8]) {
    bytes.extend(values.iter().map(|value| {
        let [byte] = value.to_le_bytes();
        byte
    }));
}

/// Appends biases, little-endian.
pub(crate) fn extend_i32(bytes: &mut Vec<u8>, values: &[i32]) {
    bytes.extend(values.iter().flat_map(|value| value.to_le_bytes()));
}

/// A model that can run: graph, shapes, weights and bounds have been checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Model {
    manifest: Manifest,
    tensors: Vec<TensorData>,
    summary: ModelSummary,
    shapes: Vec<Shape>,
    bounds: Vec<Vec<Interval>>,
}

impl Model {
    /// Checks a manifest and its tensors.
    ///
    /// The work is linear in the bytes of the tensors and in the number of
    /// channels of all values.
    ///
    /// # Errors
    /// Any [`ModelError`] about manifest, graph, shapes, tensors or bounds; for
    /// an accumulator that may become too large it names operator and channel.
    pub fn new(manifest: Manifest, tensors: Vec<TensorData>) -> Result<Self, ModelError> {
        let Graph { shapes, summary } = Graph::validate(&manifest)?;
        check_tensors(&manifest.tensors, &tensors)?;
        let found = weight_root(&tensors);
        if found != manifest.weight_root {
            return Err(ModelError::WeightRootMismatch {
                expected: manifest.weight_root,
                found,
            });
        }
        let bounds = bounds(&manifest, &shapes, &tensors)?;
        Ok(Self {
            manifest,
            tensors,
            summary,
            shapes,
            bounds,
        })
    }

    /// The manifest.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The hash of the manifest.
    pub fn id(&self) -> ModelId {
        self.summary.id
    }

    /// What the manifest says without the weights.
    pub fn summary(&self) -> &ModelSummary {
        &self.summary
    }

    /// The operators; operator `i` defines value `i + 1`.
    pub fn ops(&self) -> &[Op] {
        &self.manifest.ops
    }

    /// Shape of a value of this model. For an id that the model does not
    /// define it is the input's shape.
    pub fn shape(&self, value: ValueId) -> &Shape {
        self.shapes
            .get(usize::from(value))
            .unwrap_or(&self.manifest.input.shape)
    }

    /// For each channel (index on axis 0) of a value the interval that its
    /// elements lie in, whatever the input; for a vector that is one interval
    /// per element. Empty for an id that the model does not define.
    pub fn bounds(&self, value: ValueId) -> &[Interval] {
        self.bounds
            .get(usize::from(value))
            .map_or(&[], Vec::as_slice)
    }

    /// Elements of an i8 tensor, empty for any other id.
    pub fn weight(&self, tensor: TensorId) -> &[i8] {
        weight(&self.tensors, tensor)
    }

    /// Elements of an i32 tensor, empty for any other id.
    pub fn bias(&self, tensor: TensorId) -> &[i32] {
        bias(&self.tensors, tensor)
    }

    /// All tensors, by [`TensorId`].
    pub fn tensors(&self) -> &[TensorData] {
        &self.tensors
    }

    /// Elements of the input.
    pub fn input_len(&self) -> usize {
        self.manifest.input.shape.len()
    }

    /// Admissible input elements.
    pub fn input_range(&self) -> Range {
        self.manifest.input.range
    }

    /// Elements of the output.
    pub fn output_len(&self) -> usize {
        self.shapes.last().map_or(0, Shape::len)
    }

    /// The value that is the output.
    pub fn output(&self) -> ValueId {
        ValueId::try_from(self.manifest.ops.len()).unwrap_or(ValueId::MAX)
    }

    /// How many columns of the matrix of operator `op` a float32 backend may
    /// sum before it has to go over to integers; the columns of a
    /// [`Op::Conv2d`] are the elements of a window over one group's channels.
    ///
    /// All of them if Σ|x·w| + |b| stays under 2^24 in every output channel;
    /// otherwise [`crate::limits::SLICE_COLUMNS`]: the operator is then split
    /// into slices of that many columns, each exact in float32, and the slices
    /// are added in i32. None if `op` has no matrix.
    pub fn exact_columns(&self, op: usize) -> Option<usize> {
        self.ops().get(op)?.exact_columns(self)
    }
}

/// Elements of an i8 tensor, empty for any other id.
pub(crate) fn weight(tensors: &[TensorData], tensor: TensorId) -> &[i8] {
    match tensors.get(usize::from(tensor)) {
        Some(TensorData::I8(values)) => values,
        _ => &[],
    }
}

/// Elements of an i32 tensor, empty for any other id.
pub(crate) fn bias(tensors: &[TensorData], tensor: TensorId) -> &[i32] {
    match tensors.get(usize::from(tensor)) {
        Some(TensorData::I32(values)) => values,
        _ => &[],
    }
}

/// The data are what the declarations say.
fn check_tensors(decls: &[TensorDecl], tensors: &[TensorData]) -> Result<(), ModelError> {
    if decls.len() != tensors.len() {
        return Err(ModelError::TensorCount {
            expected: decls.len(),
            found: tensors.len(),
        });
    }
    for (decl, data) in decls.iter().zip(tensors) {
        if decl.dtype != data.dtype() || decl.shape.len() != data.len() {
            return Err(ModelError::TensorMismatch {
                name: decl.name.clone(),
                expected: describe(decl.dtype, decl.shape.len()),
                found: describe(data.dtype(), data.len()),
            });
        }
        if let TensorData::I8(values) = data {
            if let Some(index) = values.iter().position(|value| *value == i8::MIN) {
                return Err(ModelError::WeightOutOfRange {
                    name: decl.name.clone(),
                    index,
                });
            }
        }
    }
    Ok(())
}

fn describe(dtype: DType, elements: usize) -> String {
    format!("{elements} elements of type {}", dtype.name())
}

/// Intervals of all values, the input first.
fn bounds(
    manifest: &Manifest,
    shapes: &[Shape],
    tensors: &[TensorData],
) -> Result<Vec<Vec<Interval>>, ModelError> {
    let range = manifest.input.range;
    let input = Interval {
        lo: range.lo.into(),
        hi: range.hi.into(),
    };
    let mut bounds = Vec::with_capacity(shapes.len());
    bounds.push(vec![input; manifest.input.shape.channels()]);
    for (op, index) in manifest.ops.iter().zip(0u16..) {
        let next = op.bounds(&BoundsContext {
            op: index,
            shapes,
            bounds: &bounds,
            decls: &manifest.tensors,
            tensors,
        })?;
        bounds.push(next);
    }
    Ok(bounds)
}
