//! What stands after the logits and is dropped.
//!
//! Softmax, LogSoftmax and ArgMax keep the order of the logits, so whoever wants a class or
//! probabilities computes them from the proven integers. Labels and dictionaries of classes
//! (scikit-learn's ZipMap and ArrayFeatureExtractor) only rename.

use super::{Logits, Node, Value, Walk};
use crate::error::GraphError;

/// Operators that may follow in the tail.
const IN_TAIL: &[&str] = &[
    "Softmax",
    "LogSoftmax",
    "ArgMax",
    "ZipMap",
    "ArrayFeatureExtractor",
    "Identity",
    "Cast",
    "Flatten",
    "Reshape",
    "Squeeze",
    "Unsqueeze",
];

impl<'a> Walk<'a> {
    /// The first operator after the logits.
    pub(super) fn start_tail(&mut self, node: Node<'a>) -> Result<(), GraphError> {
        let view = self.view(node, 0)?;
        let last = view.shape.len() as i64 - 1;
        let default = if node.op() == "ArgMax" { 0 } else { last };
        let axis = node.int("axis").unwrap_or(default);
        if axis != last && axis != -1 {
            return Err(node.refused(&format!(
                "axis {axis}; only the axis of the classes keeps the order of the logits"
            )));
        }
        let logits = Logits {
            name: node.input(0)?,
            view,
        };
        let known = self.tail.get_or_insert(logits);
        if known.view.value != self.view(node, 0)?.value {
            return Err(GraphError::Branch {
                value: node.input(0)?.to_string(),
            });
        }
        self.drop_node(node)
    }

    /// A node that reads something after the logits.
    pub(super) fn follow_tail(&mut self, node: Node<'a>) -> Result<(), GraphError> {
        if !IN_TAIL.contains(&node.op()) {
            return Err(
                node.refused("it follows Softmax or ArgMax, where only the tail is dropped")
            );
        }
        for name in node.inputs() {
            if matches!(self.values[name], Value::Computed(_)) {
                return Err(GraphError::Branch {
                    value: name.to_string(),
                });
            }
        }
        self.drop_node(node)
    }

    fn drop_node(&mut self, node: Node<'a>) -> Result<(), GraphError> {
        self.dropped
            .push(format!("{} ({})", node.op(), node.label()));
        for name in node.0.output.iter().filter(|n| !n.is_empty()) {
            self.values.insert(name, Value::Tail);
        }
        Ok(())
    }
}
