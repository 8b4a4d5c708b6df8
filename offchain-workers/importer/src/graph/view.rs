//! How an ONNX value lies on a value of the network.
//!
//! The network keeps images as `[channels, height, width]`, and ONNX graphs from Keras transpose
//! them back and forth. So a transposition moves nothing here: it only changes the order in which
//! the ONNX value runs through the stored elements. Operators that do not care work on the stored
//! elements, weights are permuted along, and only where an image is really needed in another order
//! does the network transpose.

use super::{Node, Value, Walk};
use crate::error::GraphError;
use crate::network::{self, Op, ValueId};
use std::rc::Rc;

/// Widest kernel of ones and zeros with which the network transposes.
const MAX_TRANSPOSED_COLUMNS: usize = 1_024;

/// An ONNX value that is computed.
#[derive(Clone, Debug)]
pub struct View {
    /// The network's value.
    pub value: ValueId,
    /// ONNX shape with a batch of one.
    pub shape: Vec<usize>,
    /// For each element of the ONNX value, row-major, the stored element; `None` for their own
    /// order.
    pub order: Option<Rc<[usize]>>,
}

/// The stored element of each element of the view that permutes the axes of `shape`: axis `j` of
/// the view is axis `axes[j]`.
pub fn permuted(shape: &[usize], axes: &[usize]) -> Vec<usize> {
    let mut strides = vec![1usize; shape.len()];
    for axis in (1..shape.len()).rev() {
        strides[axis - 1] = strides[axis] * shape[axis];
    }
    axes.iter().fold(vec![0], |starts, &axis| {
        starts
            .iter()
            .flat_map(|start| (0..shape[axis]).map(move |i| (start, i)))
            .map(|(start, i)| start + i * strides[axis])
            .collect()
    })
}

/// `None` for the order in which nothing moves.
fn unless_identity(order: Vec<usize>) -> Option<Rc<[usize]>> {
    let moves = order.iter().enumerate().any(|(i, &stored)| i != stored);
    moves.then(|| order.into())
}

impl View {
    /// The stored element of element `index`.
    pub fn stored(&self, index: usize) -> usize {
        self.order.as_ref().map_or(index, |order| order[index])
    }

    /// The same elements in another ONNX shape.
    pub fn reshaped(&self, shape: Vec<usize>) -> View {
        View {
            shape,
            ..self.clone()
        }
    }

    /// The axes in another order: axis `j` of the result is axis `axes[j]`.
    pub fn transposed(&self, axes: &[usize]) -> View {
        let moved = permuted(&self.shape, axes);
        View {
            value: self.value,
            shape: axes.iter().map(|&axis| self.shape[axis]).collect(),
            order: unless_identity(moved.into_iter().map(|i| self.stored(i)).collect()),
        }
    }

    /// The columns of the stored matrix whose transposition this view is.
    fn transposed_columns(&self) -> Option<usize> {
        let order = self.order.as_ref()?;
        let columns = *order.get(1)?;
        let whole = columns > 0 && order.len().is_multiple_of(columns);
        let rows = order.len().checked_div(columns)?;
        let fits = || permuted(&[rows, columns], &[1, 0]) == order[..];
        (whole && fits()).then_some(columns)
    }
}

impl<'a> Walk<'a> {
    /// The shape of one sample of an ONNX value.
    pub(super) fn sample_shape<'b>(&self, shape: &'b [usize]) -> &'b [usize] {
        &shape[usize::from(self.batched && !shape.is_empty())..]
    }

    /// An ONNX shape for samples of this shape.
    pub(super) fn batch_of(&self, sample: &[usize]) -> Vec<usize> {
        let batch = self.batched.then_some(1);
        batch.into_iter().chain(sample.iter().copied()).collect()
    }

    /// The node's operand `index`, which must be computed.
    pub(super) fn view(&self, node: Node<'a>, index: usize) -> Result<View, GraphError> {
        let name = node.input(index)?;
        match &self.values[name] {
            Value::Computed(view) => Ok(view.clone()),
            _ => Err(node.refused(&format!("operand {index} (`{name}`) is a constant"))),
        }
    }

    /// Adds an operator to the network.
    pub(super) fn push(
        &mut self,
        node: Node<'a>,
        op: Op,
        inputs: Vec<ValueId>,
        shape: Vec<usize>,
    ) -> ValueId {
        self.nodes.push(network::Node {
            origin: node.origin(),
            op,
            inputs,
            shape,
        });
        self.nodes.len()
    }

    /// Shape of a value of the network.
    pub(super) fn stored_shape(&self, value: ValueId) -> &[usize] {
        match value.checked_sub(1) {
            None => &self.input_shape,
            Some(node) => &self.nodes[node].shape,
        }
    }

    /// The network's value that holds the elements of `view` in the view's own order and shape.
    pub(super) fn settle(&mut self, node: Node<'a>, view: &View) -> Result<View, GraphError> {
        let shape = self.sample_shape(&view.shape).to_vec();
        if !(1..=4).contains(&shape.len()) {
            return Err(node.refused(&format!(
                "a value of shape {:?}; samples have 1 to 4 axes",
                view.shape
            )));
        }
        let value = match (&view.order, view.transposed_columns()) {
            (None, _) if self.stored_shape(view.value) == shape => view.value,
            (None, _) => self.push(node, Op::Reshape, vec![view.value], shape),
            (Some(_), Some(columns)) if columns <= MAX_TRANSPOSED_COLUMNS => {
                let op = Op::Transpose { columns };
                self.push(node, op, vec![view.value], shape)
            }
            _ => {
                return Err(node.refused(
                    "its operand's axes are in an order that is neither channels first nor \
                     channels last; export the model without this transposition",
                ))
            }
        };
        let settled = View {
            value,
            shape: view.shape.clone(),
            order: None,
        };
        Ok(settled)
    }

    /// Operand `index` as an image: the network's value and its channels, height and width.
    pub(super) fn image(
        &mut self,
        node: Node<'a>,
        index: usize,
    ) -> Result<(ValueId, [usize; 3]), GraphError> {
        let view = self.view(node, index)?;
        let Ok(image) = <[usize; 3]>::try_from(self.sample_shape(&view.shape)) else {
            return Err(node.refused(&format!(
                "its operand has shape {:?}; images [batch, channels, height, width] are needed",
                view.shape
            )));
        };
        let settled = self.settle(node, &view)?;
        // Other operators that read the same image need no second transposition.
        if let Some(Value::Computed(known)) = self.values.get_mut(node.input(index)?) {
            *known = settled.clone();
        }
        Ok((settled.value, image))
    }

    /// Operand `index` as a vector in its stored order.
    pub(super) fn vector(&mut self, node: Node<'a>, index: usize) -> Result<View, GraphError> {
        let view = self.view(node, index)?;
        let [len] = *self.sample_shape(&view.shape) else {
            return Err(node.refused(&format!(
                "its operand has shape {:?}, a batch of vectors is needed (a Flatten is missing)",
                view.shape
            )));
        };
        let value = match self.stored_shape(view.value) {
            [_] => view.value,
            _ => self.push(node, Op::Reshape, vec![view.value], vec![len]),
        };
        Ok(View { value, ..view })
    }

    /// The axes of the stored value that the axes of a sample of `view` are, where each is one.
    pub(super) fn axes(&self, view: &View) -> Option<Vec<usize>> {
        let stored = self.stored_shape(view.value);
        let sample = self.sample_shape(&view.shape);
        let candidates: &[&[usize]] = match stored.len() {
            3 => &[&[0, 1, 2], &[1, 2, 0], &[2, 0, 1], &[0, 2, 1]],
            2 => &[&[0, 1], &[1, 0]],
            1 => &[&[0]],
            _ => &[&[0, 1, 2, 3]],
        };
        let matches = |axes: &[usize]| {
            let shape: Vec<usize> = axes.iter().map(|&axis| stored[axis]).collect();
            shape == sample && unless_identity(permuted(stored, axes)) == view.order
        };
        let axes = candidates.iter().find(|axes| matches(axes))?;
        Some(axes.to_vec())
    }

    /// A view of `value`, whose axes stand for the axes of the stored value as in [`Walk::axes`].
    pub(super) fn along(&self, value: ValueId, axes: &[usize]) -> View {
        let stored = self.stored_shape(value);
        let sample: Vec<usize> = axes.iter().map(|&axis| stored[axis]).collect();
        View {
            value,
            shape: self.batch_of(&sample),
            order: unless_identity(permuted(stored, axes)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_transposition_moves_no_element_and_two_cancel() {
        let view = View {
            value: 0,
            shape: vec![1, 2, 3, 4],
            order: None,
        };
        let last = view.transposed(&[0, 2, 3, 1]);
        assert_eq!(last.shape, [1, 3, 4, 2]);
        assert_eq!((last.stored(0), last.stored(1), last.stored(2)), (0, 12, 1));
        let first = last.transposed(&[0, 3, 1, 2]);
        assert_eq!(first.shape, view.shape);
        assert!(first.order.is_none());
        assert_eq!(last.transposed_columns(), Some(12));
        assert_eq!(view.transposed(&[0, 2, 1, 3]).transposed_columns(), None);
        // A single channel has nothing to transpose.
        let grey = view.reshaped(vec![1, 24, 1, 1]);
        assert!(grey.transposed(&[0, 3, 1, 2]).order.is_none());
    }
}
