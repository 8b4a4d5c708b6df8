//! The graph of a manifest: order, names, shapes and sizes.

use crate::limits::{
    MAX_ACTIVATIONS, MAX_CHANNELS, MAX_NAME_BYTES, MAX_OPS, MAX_TENSORS, MAX_WEIGHT_BYTES,
    SPEC_VERSION,
};
use crate::manifest::check_len;
use crate::ops::ShapeContext;
use crate::{Manifest, ModelError, ModelSummary, Shape, TensorDecl, TensorId};
use alloc::{collections::BTreeSet, vec, vec::Vec};
use codec::Encode;

/// A validated graph.
pub(crate) struct Graph {
    /// Shape of each value, the input first.
    pub shapes: Vec<Shape>,
    /// The model's summary.
    pub summary: ModelSummary,
}

impl Graph {
    /// Checks everything that can be checked without weights.
    pub fn validate(manifest: &Manifest) -> Result<Self, ModelError> {
        check_header(manifest)?;
        let weight_bytes = check_tensors(&manifest.tensors)?;
        check_uses(manifest)?;

        let mut sizes = Sizes::default();
        let mut shapes = Vec::with_capacity(manifest.ops.len().saturating_add(1));
        sizes.add(0, &manifest.input.shape)?;
        shapes.push(manifest.input.shape.clone());
        let (mut multiply_accumulates, mut window_elements) = (0u64, 0u64);
        for (op, index) in manifest.ops.iter().zip(0u16..) {
            let context = ShapeContext {
                op: index,
                shapes: &shapes,
                tensors: &manifest.tensors,
            };
            let shape = op.shape(&context)?;
            sizes.add(index, &shape)?;
            multiply_accumulates =
                multiply_accumulates.saturating_add(op.multiply_accumulates(&context));
            window_elements = window_elements.saturating_add(op.window_elements(&context));
            shapes.push(shape);
        }

        let output_len = shapes.last().map_or(0, Shape::len);
        Ok(Self {
            summary: ModelSummary {
                id: manifest.id(),
                input_len: narrow(manifest.input.shape.len()),
                input_range: manifest.input.range,
                output_len: narrow(output_len),
                weight_bytes,
                multiply_accumulates,
                window_elements,
                activations: sizes.activations,
            },
            shapes,
        })
    }
}

/// Elements of a shape, at most 2^24.
fn narrow(elements: usize) -> u32 {
    u32::try_from(elements).unwrap_or(u32::MAX)
}

/// Version, input, scales and counts.
fn check_header(manifest: &Manifest) -> Result<(), ModelError> {
    if manifest.spec_version != SPEC_VERSION {
        return Err(ModelError::UnsupportedVersion(manifest.spec_version));
    }
    if manifest.ops.is_empty() {
        return Err(ModelError::NoOps);
    }
    if manifest.ops.len() > MAX_OPS {
        return Err(ModelError::TooManyOps(manifest.ops.len()));
    }
    if manifest.tensors.len() > MAX_TENSORS {
        return Err(ModelError::TooManyTensors(manifest.tensors.len()));
    }
    check_len(manifest.encoded_size())?;
    crate::Range::new(manifest.input.range.lo, manifest.input.range.hi)?;
    manifest.input.scale.validate()?;
    manifest.output_scale.validate()
}

/// Names and sizes; the bytes of all tensors.
fn check_tensors(tensors: &[TensorDecl]) -> Result<u64, ModelError> {
    let mut names = BTreeSet::new();
    let mut bytes = 0u64;
    for (decl, tensor) in tensors.iter().zip(0u16..) {
        let name = decl.name.as_str();
        let printable = name.bytes().all(|byte| byte.is_ascii_graphic());
        // safetensors keeps its own entries under names with two underscores.
        if name.is_empty() || name.len() > MAX_NAME_BYTES || !printable || name.starts_with("__") {
            return Err(ModelError::InvalidName {
                tensor,
                name: decl.name.clone(),
            });
        }
        if !names.insert(name) {
            return Err(ModelError::DuplicateName(decl.name.clone()));
        }
        bytes = bytes.saturating_add(decl.byte_len());
    }
    if bytes > MAX_WEIGHT_BYTES {
        return Err(ModelError::WeightsTooLarge(bytes));
    }
    Ok(bytes)
}

/// Values are defined before their use and used; tensors are used once each, in order.
fn check_uses(manifest: &Manifest) -> Result<(), ModelError> {
    let mut used = vec![false; manifest.ops.len()];
    let mut next: TensorId = 0;
    for (op, index) in manifest.ops.iter().zip(0u16..) {
        for value in op.inputs() {
            match used.get_mut(usize::from(value)) {
                Some(flag) if value <= index => *flag = true,
                _ => return Err(ModelError::UnknownValue { op: index, value }),
            }
        }
        for tensor in op.tensors() {
            if usize::from(tensor) >= manifest.tensors.len() {
                return Err(ModelError::UnknownTensor { op: index, tensor });
            }
            if tensor != next {
                return Err(ModelError::TensorOrder {
                    op: index,
                    tensor,
                    expected: next,
                });
            }
            next = next.saturating_add(1);
        }
    }
    if let Some((_, value)) = used.iter().zip(0u16..).find(|(used, _)| !**used) {
        return Err(ModelError::UnusedValue(value));
    }
    match manifest.tensors.get(usize::from(next)) {
        Some(decl) => Err(ModelError::UnreferencedTensor(decl.name.clone())),
        None => Ok(()),
    }
}

/// Running totals over the values.
#[derive(Default)]
struct Sizes {
    activations: u64,
    channels: u64,
}

impl Sizes {
    fn add(&mut self, op: u16, shape: &Shape) -> Result<(), ModelError> {
        let wide = |size: usize| u64::try_from(size).unwrap_or(u64::MAX);
        self.activations = self.activations.saturating_add(wide(shape.len()));
        self.channels = self.channels.saturating_add(wide(shape.channels()));
        if self.activations > MAX_ACTIVATIONS {
            return Err(ModelError::TooManyActivations {
                op,
                what: "elements",
                limit: MAX_ACTIVATIONS,
            });
        }
        if self.channels > MAX_CHANNELS {
            return Err(ModelError::TooManyActivations {
                op,
                what: "channels",
                limit: MAX_CHANNELS,
            });
        }
        Ok(())
    }
}
