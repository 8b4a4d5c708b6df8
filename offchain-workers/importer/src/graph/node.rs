//! A node with its attributes and a name for error texts.

use crate::error::GraphError;
use crate::network::Origin;
use tract_onnx::pb::{AttributeProto, NodeProto, TensorProto};

/// An ONNX node.
#[derive(Clone, Copy)]
pub struct Node<'a>(pub &'a NodeProto);

impl<'a> Node<'a> {
    /// Operator, as written in the file.
    pub fn op(&self) -> &'a str {
        &self.0.op_type
    }

    /// The operator belongs to the ONNX standard, not to a vendor.
    pub fn is_standard(&self) -> bool {
        matches!(self.0.domain.as_str(), "" | "ai.onnx" | "ai.onnx.ml")
    }

    /// The node's name, or that of its output when it has none.
    pub fn label(&self) -> String {
        match self.0.name.as_str() {
            "" => self.0.output.first().cloned().unwrap_or_default(),
            name => name.to_string(),
        }
    }

    /// Where an operator of the network comes from.
    pub fn origin(&self) -> Origin {
        Origin {
            node: self.label(),
            op: self.op().to_string(),
        }
    }

    /// Names of the operands that are present.
    pub fn inputs(&self) -> impl Iterator<Item = &'a str> {
        self.0
            .input
            .iter()
            .map(String::as_str)
            .filter(|n| !n.is_empty())
    }

    /// Operand `index` is present.
    pub fn has_input(&self, index: usize) -> bool {
        self.0.input.get(index).is_some_and(|n| !n.is_empty())
    }

    /// Name of operand `index`.
    pub fn input(&self, index: usize) -> Result<&'a str, GraphError> {
        match self.0.input.get(index).map(String::as_str) {
            Some(name) if !name.is_empty() => Ok(name),
            _ => Err(self.refused(&format!("operand {index} is missing"))),
        }
    }

    /// Name of the first output.
    pub fn output(&self) -> Result<&'a str, GraphError> {
        match self.0.output.first().map(String::as_str) {
            Some(name) if !name.is_empty() => Ok(name),
            _ => Err(self.refused("it has no output")),
        }
    }

    /// The operator is none of the supported ones.
    pub fn unsupported(&self) -> GraphError {
        let op = match self.0.domain.as_str() {
            "" | "ai.onnx" => self.op().to_string(),
            domain => format!("{domain}.{}", self.op()),
        };
        GraphError::UnsupportedOp {
            op,
            node: self.label(),
        }
    }

    /// The operator is supported, but not like this.
    pub fn refused(&self, reason: &str) -> GraphError {
        GraphError::UnsupportedUse {
            op: self.op().to_string(),
            node: self.label(),
            reason: reason.to_string(),
        }
    }

    fn attribute(&self, name: &str) -> Option<&'a AttributeProto> {
        self.0.attribute.iter().find(|a| a.name == name)
    }

    /// An integer attribute.
    pub fn int(&self, name: &str) -> Option<i64> {
        self.attribute(name).map(|a| a.i)
    }

    /// A float attribute.
    pub fn float(&self, name: &str) -> Option<f64> {
        self.attribute(name).map(|a| f64::from(a.f))
    }

    /// A list of integers.
    pub fn ints(&self, name: &str) -> Option<&'a [i64]> {
        self.attribute(name).map(|a| a.ints.as_slice())
    }

    /// A text attribute.
    pub fn string(&self, name: &str) -> Option<&'a str> {
        let text = self.attribute(name).map(|a| a.s.as_slice());
        text.and_then(|text| std::str::from_utf8(text).ok())
    }

    /// A tensor attribute.
    pub fn tensor(&self, name: &str) -> Option<&'a TensorProto> {
        self.attribute(name).and_then(|a| a.t.as_ref())
    }
}
