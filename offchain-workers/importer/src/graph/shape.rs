//! Operators that move elements or do nothing.

use super::{Node, Value, Walk};
use crate::error::GraphError;
use tract_onnx::pb::tensor_proto::DataType;

impl<'a> Walk<'a> {
    /// `Identity`, and what has been found to be one.
    pub(super) fn pass(&mut self, node: Node<'a>) -> Result<(), GraphError> {
        match self.constant_operand(node, 0)? {
            Some(constant) => self.define(node, Value::Constant(constant)),
            None => {
                let shape = self.chain(node, 0)?;
                self.reshaped(node, shape)
            }
        }
    }

    /// `Dropout`, which inference leaves out.
    pub(super) fn dropout(&mut self, node: Node<'a>) -> Result<(), GraphError> {
        if node.has_input(2) {
            let training = self.constant_operand(node, 2)?;
            if training.is_none_or(|t| t.values.iter().any(|&v| v != 0.0)) {
                return Err(node.refused("it is in training mode; export the model for inference"));
            }
        }
        self.pass(node)
    }

    /// `Cast` to a float type: values are real numbers here anyway.
    pub(super) fn cast(&mut self, node: Node<'a>) -> Result<(), GraphError> {
        let to = node.int("to").and_then(|t| i32::try_from(t).ok());
        let to = to.and_then(|t| DataType::try_from(t).ok());
        match to {
            Some(DataType::Float | DataType::Double) => self.pass(node),
            other => {
                let name = other.map_or("an unknown type", |t| t.as_str_name());
                Err(node.refused(&format!(
                    "it casts to {name}; only FLOAT and DOUBLE change nothing"
                )))
            }
        }
    }

    /// `Flatten`: axes from `axis` on become one.
    pub(super) fn flatten(&mut self, node: Node<'a>) -> Result<(), GraphError> {
        let shape = self.chain(node, 0)?;
        let axis = node.int("axis").unwrap_or(1);
        let rank = shape.len() as i64;
        let at = if axis < 0 { axis + rank } else { axis };
        if !(0..=rank).contains(&at) {
            return Err(node.refused(&format!("axis {axis} of a value with {rank} axes")));
        }
        let (before, after) = shape.split_at(at as usize);
        let flat = vec![before.iter().product(), after.iter().product()];
        if self.batched && flat[0] != 1 {
            return Err(node.refused(&format!("axis {axis} mixes samples with the batch")));
        }
        self.reshaped(node, flat)
    }

    /// `Reshape` of a value, or of a stored tensor, to a constant shape.
    pub(super) fn reshape(&mut self, node: Node<'a>) -> Result<(), GraphError> {
        let wanted = self
            .constant_operand(node, 1)?
            .ok_or_else(|| node.refused("the new shape is computed"))?;
        let constant = self.constant_operand(node, 0)?;
        let shape = match &constant {
            Some(constant) => constant.shape.clone(),
            None => self.chain(node, 0)?,
        };
        let keep_zero = node.int("allowzero").unwrap_or(0) == 0;
        let new = resolve(&shape, &wanted.values, keep_zero).ok_or_else(|| {
            node.refused(&format!(
                "shape {shape:?} does not become {:?}",
                wanted.values
            ))
        })?;
        match constant {
            Some(mut constant) => {
                constant.shape = new;
                self.define(node, Value::Constant(constant))
            }
            None if self.batched && new.first() != Some(&1) => Err(node.refused(&format!(
                "the new shape {new:?} does not keep the batch first"
            ))),
            None => self.reshaped(node, new),
        }
    }

    /// `Transpose` of a stored matrix, as exporters write `W^T`.
    pub(super) fn transpose(&mut self, node: Node<'a>) -> Result<(), GraphError> {
        let constant = self
            .constant_operand(node, 0)?
            .ok_or_else(|| node.refused("only stored matrices are transposed"))?;
        if !matches!(node.ints("perm"), None | Some([] | [1, 0])) {
            return Err(node.refused("only the permutation [1, 0] is supported"));
        }
        let transposed = constant
            .transposed()
            .ok_or_else(|| node.refused("only stored matrices are transposed"))?;
        self.define(node, Value::Constant(transposed))
    }

    /// The chain's value under another shape: no numeric change.
    fn reshaped(&mut self, node: Node<'a>, shape: Vec<usize>) -> Result<(), GraphError> {
        let version = self.version;
        self.define(node, Value::Chain { version, shape })
    }
}

/// ONNX's shape rule: one -1 is inferred, and 0 keeps a size (unless `allowzero`).
fn resolve(shape: &[usize], wanted: &[f64], keep_zero: bool) -> Option<Vec<usize>> {
    let total: usize = shape.iter().product();
    let mut sizes: Vec<Option<usize>> = Vec::new();
    for (axis, &size) in wanted.iter().enumerate() {
        sizes.push(match size {
            -1.0 => None,
            0.0 if keep_zero => Some(*shape.get(axis)?),
            s if s > 0.0 => Some(s as usize),
            _ => return None,
        });
    }
    let known = sizes
        .iter()
        .flatten()
        .try_fold(1usize, |product, &d| product.checked_mul(d))?;
    let inferred = match sizes.iter().filter(|s| s.is_none()).count() {
        0 => 1,
        1 if known > 0 => total / known,
        _ => return None,
    };
    let new: Vec<usize> = sizes.into_iter().map(|s| s.unwrap_or(inferred)).collect();
    (known.checked_mul(inferred)? == total).then_some(new)
}

#[cfg(test)]
mod tests {
    use super::resolve;

    #[test]
    fn reshape_follows_the_onnx_rule() {
        assert_eq!(resolve(&[1, 8, 8], &[1.0, -1.0], true), Some(vec![1, 64]));
        assert_eq!(
            resolve(&[1, 64], &[0.0, 8.0, 8.0], true),
            Some(vec![1, 8, 8])
        );
        assert_eq!(resolve(&[1, 64], &[-1.0, -1.0], true), None);
        assert_eq!(resolve(&[1, 64], &[-1.0, 10.0], true), None);
        assert_eq!(resolve(&[1, 64], &[0.0, 64.0], false), None);
        assert_eq!(resolve(&[1, 64], &[1.0, 63.0], true), None);
    }
}
