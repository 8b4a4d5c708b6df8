//! Gemm, MatMul, Add, Relu.

use super::constant::Constant;
use super::{Node, Value, Walk};
use crate::error::GraphError;
use crate::network::{Linear, Step};

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

    /// `Add` of a constant to a matrix product: its bias.
    pub(super) fn add(&mut self, node: Node<'a>) -> Result<(), GraphError> {
        let (value, constant) = match (
            self.constant_operand(node, 0)?,
            self.constant_operand(node, 1)?,
        ) {
            (None, Some(_)) => (0, 1),
            (Some(_), None) => (1, 0),
            (None, None) => {
                return Err(node.refused("both operands are computed (a residual connection)"))
            }
            (Some(_), Some(_)) => return Err(node.refused("both operands are constants")),
        };
        let shape = self.chain(node, value)?;
        let len = self.vector_len(&shape).ok_or_else(|| {
            node.refused(&format!(
                "the value has shape {shape:?}, a batch of vectors is needed"
            ))
        })?;
        let row = self.row_operand(node, constant, len)?;
        let Some(Step::Linear(linear)) = self.steps.last_mut() else {
            return Err(node.refused("a constant can be added to a matrix product only"));
        };
        match &mut linear.bias {
            Some(bias) => bias.iter_mut().zip(&row).for_each(|(b, r)| *b += r),
            None => linear.bias = Some(row),
        }
        let version = self.version + 1;
        self.define(node, Value::Chain { version, shape })
    }

    /// `Relu`.
    pub(super) fn relu(&mut self, node: Node<'a>) -> Result<(), GraphError> {
        let shape = self.chain(node, 0)?;
        self.steps.push(Step::Relu);
        let version = self.version + 1;
        self.define(node, Value::Chain { version, shape })
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
        let constant = self
            .constant_operand(node, index)?
            .ok_or_else(|| node.refused(&format!("operand {index} is computed")))?;
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
        let shape = self.chain(node, 0)?;
        let (outputs, inputs) = (weight.shape[0], weight.shape[1]);
        if self.vector_len(&shape) != Some(inputs) {
            return Err(node.refused(&format!(
                "a value of shape {shape:?} meets weights for {inputs} inputs"
            )));
        }
        if outputs == 0 {
            return Err(node.refused("it has no outputs"));
        }
        self.steps.push(Step::Linear(Linear {
            name: node.label(),
            inputs,
            outputs,
            weight: weight.values,
            bias,
        }));
        let version = self.version + 1;
        let shape = if self.batched {
            vec![1, outputs]
        } else {
            vec![outputs]
        };
        self.define(node, Value::Chain { version, shape })
    }
}
