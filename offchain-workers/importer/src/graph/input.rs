//! The input's shape, and what of it may be dynamic.

use crate::error::GraphError;
use std::collections::HashMap;
use tract_onnx::pb::tensor_shape_proto::dimension::Value as Size;
use tract_onnx::pb::{type_proto, GraphProto, TensorProto};

/// Largest number of elements of one sample, as in a manifest.
const MAX_ELEMENTS: usize = 1 << 24;

/// The one input that is not a stored tensor.
pub struct GraphInput<'a> {
    pub name: &'a str,
    /// Shape with a batch of one.
    pub onnx_shape: Vec<usize>,
    /// Shape of one sample.
    pub sample_shape: Vec<usize>,
    /// Axis 0 is the batch (always, except for a single fixed axis).
    pub batched: bool,
}

/// Finds the input and fixes its shape: a dynamic batch becomes one.
pub fn of<'a>(
    graph: &'a GraphProto,
    initializers: &HashMap<&str, &TensorProto>,
) -> Result<GraphInput<'a>, GraphError> {
    let mut inputs = graph
        .input
        .iter()
        // Old exporters list stored tensors as inputs too.
        .filter(|i| !initializers.contains_key(i.name.as_str()));
    let input = inputs.next().ok_or(GraphError::Missing("input"))?;
    let refuse = |reason: String| GraphError::Input {
        value: input.name.clone(),
        reason,
    };
    if let Some(second) = inputs.next() {
        return Err(GraphError::Input {
            value: second.name.clone(),
            reason: format!(
                "is a second input beside `{}`; one is supported",
                input.name
            ),
        });
    }
    let Some(type_proto::Value::TensorType(tensor)) =
        input.r#type.as_ref().and_then(|t| t.value.as_ref())
    else {
        return Err(refuse("is not a tensor".into()));
    };
    let shape = tensor
        .shape
        .as_ref()
        .ok_or_else(|| refuse("declares no shape; export the model with one".into()))?;
    let batched = shape.dim.len() > 1;
    let mut onnx_shape = Vec::new();
    for (axis, dim) in shape.dim.iter().enumerate() {
        let is_batch = batched && axis == 0;
        let dynamic = |name: &str| GraphError::DynamicShape {
            value: input.name.clone(),
            axis,
            dimension: name.to_string(),
        };
        let size = match &dim.value {
            _ if is_batch && !matches!(dim.value, Some(Size::DimValue(1..))) => 1,
            Some(Size::DimValue(size @ 1..)) => *size as usize,
            Some(Size::DimParam(name)) if !name.is_empty() => return Err(dynamic(name)),
            // skl2onnx and older exporters write an unknown size as nothing, zero or -1.
            _ => return Err(dynamic("?")),
        };
        if is_batch && size != 1 {
            return Err(refuse(format!(
                "has a fixed batch of {size}; export the model with batch 1 or a dynamic batch"
            )));
        }
        onnx_shape.push(size);
    }
    let sample_shape = onnx_shape[usize::from(batched)..].to_vec();
    let elements = sample_shape
        .iter()
        .try_fold(1usize, |product, &d| product.checked_mul(d));
    if !(1..=4).contains(&sample_shape.len()) || elements.is_none_or(|n| n > MAX_ELEMENTS) {
        return Err(refuse(format!(
            "has shape {sample_shape:?}; 1 to 4 axes and at most {MAX_ELEMENTS} elements are supported"
        )));
    }
    Ok(GraphInput {
        name: &input.name,
        onnx_shape,
        sample_shape,
        batched,
    })
}
