//! Gemm and MatMul.

use super::constant::Constant;
use super::{Node, Walk};
use crate::error::GraphError;
use crate::network::{Op, Rows};

impl<'a> Walk<'a> {
    /// `Gemm`: `alpha · x · B + beta · C`, with `B` transposed by `transB`.
    pub(super) fn gemm(&mut self, node: Node<'a>) -> Result<(), GraphError> {
        if node.int("transA").unwrap_or(0) != 0 {
            return Err(node.refused("transA is set"));
        }
        let alpha = node.float("alpha").unwrap_or(1.0);
        let beta = node.float("beta").unwrap_or(1.0);
        let stored = self.weight(node)?;
        // Lattice keeps [out, in]; ONNX keeps [in, out] unless transB.
        let mut weight = match node.int("transB").unwrap_or(0) {
            0 => stored.transposed().unwrap_or(stored),
            _ => stored,
        };
        weight.values.iter_mut().for_each(|w| *w *= alpha);
        let bias = match node.has_input(2) {
            false => None,
            true => Some(self.row_operand(node, 2, weight.shape[0])?),
        };
        let bias = bias.map(|b| b.into_iter().map(|b| b * beta).collect());
        self.push_linear(node, weight, bias)
    }

    /// `MatMul` with the weights on the right.
    pub(super) fn mat_mul(&mut self, node: Node<'a>) -> Result<(), GraphError> {
        let stored = self.weight(node)?;
        let weight = stored.transposed().unwrap_or(stored);
        self.push_linear(node, weight, None)
    }

    /// The constant matrix on the right of a product.
    fn weight(&self, node: Node<'a>) -> Result<Constant, GraphError> {
        match (
            self.constant_operand(node, 0)?,
            self.constant_operand(node, 1)?,
        ) {
            (None, Some(weight)) if weight.matrix().is_some() => Ok(weight),
            (None, Some(weight)) => Err(node.refused(&format!(
                "the weights have shape {:?}, a matrix is needed",
                weight.shape
            ))),
            (Some(_), _) => Err(node.refused("the weights must be the right operand")),
            (None, None) => Err(node.refused("both operands are computed")),
        }
    }

    /// Operand `index` as one row of `len` constants.
    fn row_operand(
        &self,
        node: Node<'a>,
        index: usize,
        len: usize,
    ) -> Result<Vec<f64>, GraphError> {
        let constant = self.needed_constant(node, index)?;
        constant.row(len).ok_or_else(|| {
            node.refused(&format!(
                "a constant of shape {:?} cannot be added to {len} channels",
                constant.shape
            ))
        })
    }

    fn push_linear(
        &mut self,
        node: Node<'a>,
        weight: Constant,
        bias: Option<Vec<f64>>,
    ) -> Result<(), GraphError> {
        let x = self.vector(node, 0)?;
        let (outputs, inputs) = (weight.shape[0], weight.shape[1]);
        if self.sample_shape(&x.shape) != [inputs] {
            return Err(node.refused(&format!(
                "a value of shape {:?} meets weights for {inputs} inputs",
                x.shape
            )));
        }
        if outputs == 0 {
            return Err(node.refused("it has no outputs"));
        }
        // The weights follow the elements into their stored order.
        let mut weights = vec![0.0; weight.values.len()];
        for (row, values) in weight.values.chunks(inputs).enumerate() {
            for (column, &w) in values.iter().enumerate() {
                weights[row * inputs + x.stored(column)] = w;
            }
        }
        let rows = Rows {
            columns: inputs,
            weights,
            bias: bias.unwrap_or_else(|| vec![0.0; outputs]),
        };
        let value = self.push(node, Op::Linear(rows), vec![x.value], vec![outputs]);
        self.define_settled(node, value)
    }
}
