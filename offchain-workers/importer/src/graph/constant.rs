//! Stored tensors.

use super::{Node, Value, Walk};
use crate::error::GraphError;
use tract_onnx::data_resolver::MmapDataResolver;
use tract_onnx::pb::tensor_proto::DataLocation;
use tract_onnx::pb::TensorProto;
use tract_onnx::prelude::Tensor;

/// Largest number of elements in one stored tensor, as in a manifest.
const MAX_ELEMENTS: usize = 1 << 24;

/// A constant tensor, row-major.
#[derive(Clone, Debug, PartialEq)]
pub struct Constant {
    pub shape: Vec<usize>,
    pub values: Vec<f64>,
}

impl Constant {
    /// The two sizes of a matrix.
    pub fn matrix(&self) -> Option<(usize, usize)> {
        match self.shape[..] {
            [rows, columns] => Some((rows, columns)),
            _ => None,
        }
    }

    /// The transposed matrix.
    pub fn transposed(&self) -> Option<Constant> {
        let (rows, columns) = self.matrix()?;
        let values = (0..columns)
            .flat_map(|c| (0..rows).map(move |r| (r, c)))
            .map(|(r, c)| self.values[r * columns + c])
            .collect();
        Some(Constant {
            shape: vec![columns, rows],
            values,
        })
    }

    /// Broadcast to a row of `len` elements: a scalar, `[len]` or `[1, len]`.
    pub fn row(&self, len: usize) -> Option<Vec<f64>> {
        let leading_ones = self.shape.iter().rev().skip(1).all(|&d| d == 1);
        match self.values.len() {
            _ if !leading_ones => None,
            1 => Some(vec![self.values[0]; len]),
            n if n == len => Some(self.values.clone()),
            _ => None,
        }
    }
}

/// Decodes a stored tensor of any numeric type.
pub fn decode(tensor: &TensorProto) -> Result<Constant, GraphError> {
    let refuse = |reason: String| GraphError::Tensor {
        tensor: tensor.name.clone(),
        reason,
    };
    if tensor.data_location == Some(DataLocation::External as i32) {
        return Err(refuse(
            "its data is in another file; export the model as one file".into(),
        ));
    }
    let shape: Vec<usize> = tensor
        .dims
        .iter()
        .map(|&d| usize::try_from(d).map_err(|_| refuse(format!("negative size {d}"))))
        .collect::<Result<_, _>>()?;
    let elements = shape
        .iter()
        .try_fold(1usize, |product, &d| product.checked_mul(d))
        .filter(|&n| n <= MAX_ELEMENTS)
        .ok_or_else(|| {
            refuse(format!(
                "shape {shape:?} has more than {MAX_ELEMENTS} elements"
            ))
        })?;
    let values = numbers(tensor).map_err(|e| refuse(format!("{e:#}")))?;
    if values.len() != elements {
        return Err(refuse(format!(
            "{} elements for shape {shape:?}",
            values.len()
        )));
    }
    if let Some(index) = values.iter().position(|v| !v.is_finite()) {
        return Err(refuse(format!(
            "element {index} is {}, not a finite number",
            values[index]
        )));
    }
    Ok(Constant { shape, values })
}

fn numbers(tensor: &TensorProto) -> Result<Vec<f64>, tract_onnx::prelude::TractError> {
    let tensor: Tensor = tract_onnx::tensor::load_tensor(&MmapDataResolver, tensor, None)?;
    let tensor = tensor.cast_to::<f64>()?;
    let view = tensor.to_plain_array_view::<f64>()?;
    Ok(view.iter().copied().collect())
}

impl<'a> Walk<'a> {
    /// `Constant`: a tensor kept in a node.
    pub(super) fn constant(&mut self, node: Node<'a>) -> Result<(), GraphError> {
        let tensor = node
            .tensor("value")
            .ok_or_else(|| node.refused("only the attribute `value` is read"))?;
        self.define(node, Value::Stored(tensor))
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::tensor;
    use super::*;

    fn refusal(tensor: &TensorProto) -> String {
        decode(tensor).expect_err("must be refused").to_string()
    }

    #[test]
    fn a_matrix_is_read_and_transposed() {
        let c = decode(&tensor("w", &[2, 3], &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0])).unwrap();
        assert_eq!(
            c.transposed().unwrap().values,
            [1.0, 4.0, 2.0, 5.0, 3.0, 6.0]
        );
    }

    #[test]
    fn a_row_is_broadcast_from_scalars_and_rows_only() {
        let of = |shape: &[usize], n: usize| Constant {
            shape: shape.to_vec(),
            values: vec![2.0; n],
        };
        assert_eq!(of(&[], 1).row(3), Some(vec![2.0; 3]));
        assert_eq!(of(&[1, 3], 3).row(3), Some(vec![2.0; 3]));
        assert_eq!(of(&[3, 1], 3).row(3), None);
        assert_eq!(of(&[2], 2).row(3), None);
    }

    #[test]
    fn bad_tensors_are_refused_by_name() {
        let mut short = tensor("w", &[2, 2], &[1.0; 4]);
        short.raw_data.pop();
        assert!(refusal(&short).starts_with("tensor `w`"));
        let huge = tensor("w", &[1 << 40, 1 << 40], &[]);
        assert!(refusal(&huge).contains("more than"));
        let negative = tensor("w", &[-1], &[1.0]);
        assert!(refusal(&negative).contains("negative size -1"));
        let nan = tensor("w", &[2], &[0.0, f32::NAN]);
        assert!(refusal(&nan).contains("element 1"));
        let mut external = tensor("w", &[1], &[1.0]);
        external.data_location = Some(DataLocation::External as i32);
        assert!(refusal(&external).contains("another file"));
    }
}
