//! Operators that move elements or do nothing.

use super::constant::Constant;
use super::view::permuted;
use super::{Node, Value, Walk};
use crate::error::GraphError;
use crate::network::Op;
use tract_onnx::pb::tensor_proto::DataType;

impl<'a> Walk<'a> {
    /// `Identity`, and what has been found to be one.
    pub(super) fn pass(&mut self, node: Node<'a>) -> Result<(), GraphError> {
        match self.constant_operand(node, 0)? {
            Some(constant) => self.define(node, Value::Constant(constant)),
            None => {
                let view = self.view(node, 0)?;
                self.define(node, Value::Computed(view))
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
        let constant = self.constant_operand(node, 0)?.is_some();
        match to {
            Some(DataType::Float | DataType::Double) => self.pass(node),
            Some(DataType::Int64 | DataType::Int32) if constant => self.pass(node),
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
        let view = self.view(node, 0)?;
        let axis = node.int("axis").unwrap_or(1);
        let rank = view.shape.len() as i64;
        let at = if axis < 0 { axis + rank } else { axis };
        if !(0..=rank).contains(&at) {
            return Err(node.refused(&format!("axis {axis} of a value with {rank} axes")));
        }
        let (before, after) = view.shape.split_at(at as usize);
        let flat = vec![before.iter().product(), after.iter().product()];
        if self.batched && flat[0] != 1 {
            return Err(node.refused(&format!("axis {axis} mixes samples with the batch")));
        }
        self.define(node, Value::Computed(view.reshaped(flat)))
    }

    /// `Reshape` of a value, or of a stored tensor, to a constant shape.
    pub(super) fn reshape(&mut self, node: Node<'a>) -> Result<(), GraphError> {
        let wanted = self
            .constant_operand(node, 1)?
            .ok_or_else(|| node.refused("the new shape is computed"))?;
        let keep_zero = node.int("allowzero").unwrap_or(0) == 0;
        self.reshaped(node, |shape| {
            resolve(shape, &wanted.values, keep_zero).ok_or_else(|| {
                node.refused(&format!(
                    "shape {shape:?} does not become {:?}",
                    wanted.values
                ))
            })
        })
    }

    /// `Squeeze`: drops axes of size one, all of them unless some are named.
    pub(super) fn squeeze(&mut self, node: Node<'a>) -> Result<(), GraphError> {
        let named = self.named_axes(node)?;
        let batched = self.batched;
        self.reshaped(node, |shape| {
            let axes = positions(&named, shape.len())
                .filter(|axes| axes.iter().all(|&axis| shape[axis] == 1))
                .ok_or_else(|| node.refused(&format!("axes {named:?} of shape {shape:?}")))?;
            let drops = |axis: usize, size: usize| match axes.is_empty() {
                true => size == 1 && !(batched && axis == 0),
                false => axes.contains(&axis),
            };
            let kept = shape
                .iter()
                .enumerate()
                .filter(|(axis, size)| !drops(*axis, **size));
            Ok(kept.map(|(_, size)| *size).collect())
        })
    }

    /// `Unsqueeze`: inserts axes of size one.
    pub(super) fn unsqueeze(&mut self, node: Node<'a>) -> Result<(), GraphError> {
        let named = self.named_axes(node)?;
        self.reshaped(node, |shape| {
            let rank = shape.len() + named.len();
            let mut axes = positions(&named, rank)
                .ok_or_else(|| node.refused(&format!("axes {named:?} of shape {shape:?}")))?;
            axes.sort_unstable();
            let mut new = shape.to_vec();
            axes.into_iter()
                .for_each(|axis| new.insert(axis.min(new.len()), 1));
            Ok(new)
        })
    }

    /// `Transpose` of a stored matrix, or of a value whose batch stays first.
    pub(super) fn transpose(&mut self, node: Node<'a>) -> Result<(), GraphError> {
        let constant = self.constant_operand(node, 0)?;
        let shape = match &constant {
            Some(constant) => constant.shape.clone(),
            None => self.view(node, 0)?.shape,
        };
        let given = node.ints("perm").unwrap_or(&[]);
        let axes = match given.is_empty() {
            true => Some((0..shape.len()).rev().collect()),
            false => positions(given, shape.len()),
        };
        let permutation = axes.filter(|axes: &Vec<usize>| {
            axes.len() == shape.len() && (0..shape.len()).all(|axis| axes.contains(&axis))
        });
        let axes = permutation.ok_or_else(|| {
            node.refused(&format!(
                "perm {given:?} of a value with {} axes",
                shape.len()
            ))
        })?;
        match constant {
            Some(constant) => {
                let moved = permuted(&constant.shape, &axes);
                self.define(
                    node,
                    Value::Constant(Constant {
                        shape: axes.iter().map(|&axis| constant.shape[axis]).collect(),
                        values: moved.into_iter().map(|i| constant.values[i]).collect(),
                    }),
                )
            }
            None if self.batched && axes.first() != Some(&0) => {
                Err(node.refused("it moves the batch from the first axis"))
            }
            None => {
                let view = self.view(node, 0)?.transposed(&axes);
                self.define(node, Value::Computed(view))
            }
        }
    }

    /// `Pad` with zeros around an image.
    pub(super) fn pad(&mut self, node: Node<'a>) -> Result<(), GraphError> {
        let mode = node.string("mode").unwrap_or("constant");
        if mode != "constant" {
            return Err(node.refused(&format!("mode `{mode}`; only constant zeros are supported")));
        }
        let mut fill = node.float("value").unwrap_or(0.0);
        if node.has_input(2) {
            fill = self
                .needed_constant(node, 2)?
                .values
                .first()
                .copied()
                .unwrap_or(0.0);
        }
        if fill != 0.0 {
            return Err(node.refused(&format!("it pads with {fill}; only zeros are supported")));
        }
        let given = match node.has_input(1) {
            true => self.whole_numbers(node, 1)?,
            false => node.ints("pads").unwrap_or(&[]).to_vec(),
        };
        let mut view = self.view(node, 0)?;
        let rank = view.shape.len();
        let named = match node.has_input(3) {
            true => self.whole_numbers(node, 3)?,
            false => (0..rank as i64).collect(),
        };
        if given.iter().all(|&size| size == 0) {
            return self.pass(node);
        }
        let axes = match self.axes(&view) {
            Some(axes) => axes,
            None => {
                view = self.settle(node, &view)?;
                (0..rank - usize::from(self.batched)).collect()
            }
        };
        let refuse = || {
            node.refused(&format!(
                "pads {given:?} of a value of shape {:?}; only height and width of an image are \
             padded, by 0..=255",
                view.shape
            ))
        };
        let places = positions(&named, rank).filter(|p| 2 * p.len() == given.len());
        let stored = self.stored_shape(view.value);
        let image = <[usize; 3]>::try_from(stored).map_err(|_| refuse())?;
        let mut padding = [0u8; 4];
        for (index, &axis) in places.ok_or_else(refuse)?.iter().enumerate() {
            let sides = [given[index], given[index + named.len()]];
            if sides == [0, 0] {
                continue;
            }
            let sample = axis
                .checked_sub(usize::from(self.batched))
                .ok_or_else(refuse)?;
            let along = axes[sample].checked_sub(1).ok_or_else(refuse)?;
            padding[along] = u8::try_from(sides[0]).map_err(|_| refuse())?;
            padding[along + 2] = u8::try_from(sides[1]).map_err(|_| refuse())?;
        }
        let [top, left, bottom, right] = padding.map(usize::from);
        let shape = vec![image[0], image[1] + top + bottom, image[2] + left + right];
        let value = self.push(node, Op::Pad(padding), vec![view.value], shape);
        let view = self.along(value, &axes);
        self.define(node, Value::Computed(view))
    }

    /// The operand under another shape: no numeric change.
    fn reshaped(
        &mut self,
        node: Node<'a>,
        new: impl Fn(&[usize]) -> Result<Vec<usize>, GraphError>,
    ) -> Result<(), GraphError> {
        if let Some(mut constant) = self.constant_operand(node, 0)? {
            constant.shape = new(&constant.shape)?;
            return self.define(node, Value::Constant(constant));
        }
        let view = self.view(node, 0)?;
        let shape = new(&view.shape)?;
        if self.batched && shape.first() != Some(&1) {
            return Err(node.refused(&format!(
                "the new shape {shape:?} does not keep the batch first"
            )));
        }
        self.define(node, Value::Computed(view.reshaped(shape)))
    }

    /// Axes as an attribute (before opset 13) or as second operand.
    fn named_axes(&self, node: Node<'a>) -> Result<Vec<i64>, GraphError> {
        match node.has_input(1) {
            true => self.whole_numbers(node, 1),
            false => Ok(node.ints("axes").unwrap_or(&[]).to_vec()),
        }
    }
}

/// Axes counted from the first; negative ones count from the last.
fn positions(axes: &[i64], rank: usize) -> Option<Vec<usize>> {
    let position = |&axis: &i64| {
        let axis = if axis < 0 { axis + rank as i64 } else { axis };
        usize::try_from(axis).ok().filter(|axis| *axis < rank)
    };
    axes.iter().map(position).collect()
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
