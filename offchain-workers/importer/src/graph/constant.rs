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

    /// A single number.
    pub fn scalar(value: f64) -> Constant {
        Constant {
            shape: vec![],
            values: vec![value],
        }
    }

    /// The same shape with other numbers.
    pub fn map(&self, apply: impl Fn(f64) -> f64) -> Constant {
        Constant {
            shape: self.shape.clone(),
            values: self.values.iter().map(|&v| apply(v)).collect(),
        }
    }

    /// Broadcast to `shape` by ONNX's rule: axes are aligned from the last, and one of size 1
    /// repeats. The result has exactly that shape.
    pub fn broadcast(&self, shape: &[usize]) -> Option<Vec<f64>> {
        let missing = shape.len().checked_sub(self.shape.len())?;
        // Step of each axis through the stored values, zero where one is repeated.
        let mut steps = vec![0; shape.len()];
        let mut step = 1;
        for (axis, &size) in self.shape.iter().enumerate().rev() {
            let wanted = shape[missing + axis];
            if size != wanted && size != 1 {
                return None;
            }
            steps[missing + axis] = if size == 1 { 0 } else { step };
            step *= size;
        }
        let starts = shape
            .iter()
            .zip(&steps)
            .fold(vec![0], |starts, (&size, &step)| {
                starts
                    .iter()
                    .flat_map(|start| (0..size).map(move |i| start + i * step))
                    .collect()
            });
        starts
            .into_iter()
            .map(|at| self.values.get(at).copied())
            .collect()
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
        if let Some(tensor) = node.tensor("value") {
            return self.define(node, Value::Stored(tensor));
        }
        let constant = match (
            node.float("value_float"),
            node.int("value_int"),
            node.ints("value_ints"),
        ) {
            (Some(value), _, _) => Constant::scalar(value),
            (_, Some(value), _) => Constant::scalar(value as f64),
            (_, _, Some(values)) => Constant {
                shape: vec![values.len()],
                values: values.iter().map(|&v| v as f64).collect(),
            },
            _ => return Err(node.refused("only numeric attributes are read")),
        };
        self.define(node, Value::Constant(constant))
    }

    /// The node's operand `index` as a constant, which it must be.
    pub(super) fn needed_constant(
        &self,
        node: Node<'a>,
        index: usize,
    ) -> Result<Constant, GraphError> {
        self.constant_operand(node, index)?
            .ok_or_else(|| node.refused(&format!("operand {index} is computed")))
    }

    /// The node's operand `index` as whole numbers, as shapes and axes are.
    pub(super) fn whole_numbers(
        &self,
        node: Node<'a>,
        index: usize,
    ) -> Result<Vec<i64>, GraphError> {
        let constant = self.needed_constant(node, index)?;
        Ok(constant.values.iter().map(|&v| v as i64).collect())
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
    fn a_constant_is_broadcast_along_missing_axes_and_axes_of_one() {
        let of = |shape: &[usize], values: &[f64]| Constant {
            shape: shape.to_vec(),
            values: values.to_vec(),
        };
        let shape = [1, 2, 2];
        let columns = of(&[2], &[1.0, 2.0]).broadcast(&shape);
        assert_eq!(columns, Some(vec![1.0, 2.0, 1.0, 2.0]));
        let rows = of(&[2, 1], &[1.0, 2.0]).broadcast(&shape);
        assert_eq!(rows, Some(vec![1.0, 1.0, 2.0, 2.0]));
        assert_eq!(of(&[], &[3.0]).broadcast(&shape), Some(vec![3.0; 4]));
        assert_eq!(of(&[3], &[0.0; 3]).broadcast(&shape), None);
        assert_eq!(of(&[1, 1, 1, 1], &[0.0]).broadcast(&shape), None);
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
