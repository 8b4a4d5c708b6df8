//! From the ONNX protocol buffer to a [`Network`].
//!
//! * [`node`]: a node with its attributes and a name for error texts;
//! * [`constant`]: stored tensors;
//! * [`input`]: the input's shape, and what of it may be dynamic;
//! * [`linear`]: Gemm, MatMul, Add, Relu;
//! * [`shape`]: operators that move elements or do nothing: Flatten, Reshape, Identity, Dropout,
//!   Cast, Transpose of a weight;
//! * [`tail`]: what stands after the logits and is dropped.

mod constant;
mod input;
mod linear;
mod node;
mod shape;
mod tail;

use crate::error::GraphError;
use crate::network::{Network, Step};
use constant::Constant;
use node::Node;
use std::collections::{HashMap, HashSet};
use tract_onnx::pb;

/// Operators that the importer reads. The last row is accepted after the logits only.
pub const SUPPORTED: &[&str] = &[
    "Gemm",
    "MatMul",
    "Add",
    "Relu",
    "Flatten",
    "Reshape",
    "Identity",
    "Dropout",
    "Cast",
    "Transpose",
    "Constant",
    "Softmax",
    "LogSoftmax",
    "ArgMax",
    "ZipMap",
    "ArrayFeatureExtractor",
    "Squeeze",
    "Unsqueeze",
];

/// What reading a graph yields.
pub struct Reading {
    /// The numeric network up to the logits.
    pub network: Network,
    /// The ONNX graph cut at the logits, for a float runtime.
    pub numeric: pb::ModelProto,
    /// Shape of the ONNX input with a batch of one.
    pub onnx_shape: Vec<usize>,
}

/// Reads a graph node by node, in the order of the file (which ONNX demands to be topological).
pub fn read(model: &pb::ModelProto) -> Result<Reading, GraphError> {
    let graph = model.graph.as_ref().ok_or(GraphError::Missing("graph"))?;
    let initializers: HashMap<&str, &pb::TensorProto> = graph
        .initializer
        .iter()
        .map(|t| (t.name.as_str(), t))
        .collect();
    let input = input::of(graph, &initializers)?;
    let mut walk = Walk::new(initializers, &input);
    for node in &graph.node {
        walk.visit(Node(node))?;
    }
    walk.check_outputs(graph)?;
    if !walk.steps.iter().any(|s| matches!(s, Step::Linear(_))) {
        return Err(GraphError::Missing(
            "layer (Gemm or MatMul): nothing to prove",
        ));
    }
    let numeric = cut(model, graph, &walk);
    Ok(Reading {
        network: Network {
            input: input.name.to_string(),
            input_shape: input.sample_shape,
            steps: walk.steps,
            dropped: walk.dropped,
        },
        numeric,
        onnx_shape: input.onnx_shape,
    })
}

/// What a name in the graph stands for.
enum Value<'a> {
    /// A stored tensor, decoded when an operator needs it.
    Stored(&'a pb::TensorProto),
    /// A computed constant.
    Constant(Constant),
    /// The chain's value after `version` numeric changes, with its ONNX shape (batch of one).
    Chain { version: usize, shape: Vec<usize> },
    /// Something after the logits.
    Tail,
}

/// The state of the walk: one chain of layers, grown node by node.
struct Walk<'a> {
    values: HashMap<&'a str, Value<'a>>,
    /// The first axis is the batch.
    batched: bool,
    steps: Vec<Step>,
    /// Number of numeric changes so far; a value of an older version must not be used again.
    version: usize,
    /// The newest name of the chain's value.
    last: &'a str,
    /// Nodes that are not after the logits.
    kept: Vec<&'a pb::NodeProto>,
    /// Version and name of the value that the tail reads.
    tail: Option<(usize, &'a str)>,
    dropped: Vec<String>,
}

impl<'a> Walk<'a> {
    fn new(
        initializers: HashMap<&'a str, &'a pb::TensorProto>,
        input: &input::GraphInput<'a>,
    ) -> Self {
        let mut values: HashMap<&str, Value<'_>> = initializers
            .into_iter()
            .map(|(name, tensor)| (name, Value::Stored(tensor)))
            .collect();
        values.insert(
            input.name,
            Value::Chain {
                version: 0,
                shape: input.onnx_shape.clone(),
            },
        );
        Walk {
            values,
            batched: input.batched,
            steps: Vec::new(),
            version: 0,
            last: input.name,
            kept: Vec::new(),
            tail: None,
            dropped: Vec::new(),
        }
    }

    fn visit(&mut self, node: Node<'a>) -> Result<(), GraphError> {
        if !node.is_standard() || !SUPPORTED.contains(&node.op()) {
            return Err(node.unsupported());
        }
        for name in node.inputs() {
            if !self.values.contains_key(name) {
                return Err(GraphError::Undefined {
                    node: node.label(),
                    value: name.to_string(),
                });
            }
        }
        if node.inputs().any(|n| matches!(self.values[n], Value::Tail)) {
            return self.follow_tail(node);
        }
        match node.op() {
            "Softmax" | "LogSoftmax" | "ArgMax" => return self.start_tail(node),
            "Gemm" => self.gemm(node)?,
            "MatMul" => self.mat_mul(node)?,
            "Add" => self.add(node)?,
            "Relu" => self.relu(node)?,
            "Flatten" => self.flatten(node)?,
            "Reshape" => self.reshape(node)?,
            "Identity" => self.pass(node)?,
            "Dropout" => self.dropout(node)?,
            "Cast" => self.cast(node)?,
            "Transpose" => self.transpose(node)?,
            "Constant" => self.constant(node)?,
            _ => return Err(node.refused("it is accepted after the logits only")),
        }
        self.kept.push(node.0);
        Ok(())
    }

    /// Binds a node's first output.
    fn define(&mut self, node: Node<'a>, value: Value<'a>) -> Result<(), GraphError> {
        let name = node.output()?;
        if self.values.contains_key(name) {
            return Err(GraphError::Tensor {
                tensor: name.to_string(),
                reason: format!("defined twice (node `{}`)", node.label()),
            });
        }
        if let Value::Chain { version, .. } = &value {
            self.version = *version;
            self.last = name;
        }
        self.values.insert(name, value);
        Ok(())
    }

    /// The node's operand `index` as the chain's current value: its shape.
    fn chain(&self, node: Node<'a>, index: usize) -> Result<Vec<usize>, GraphError> {
        let name = node.input(index)?;
        match &self.values[name] {
            Value::Chain { version, shape } if *version == self.version => Ok(shape.clone()),
            Value::Chain { .. } => Err(GraphError::Branch {
                value: name.to_string(),
            }),
            _ => Err(node.refused(&format!("operand {index} (`{name}`) is a constant"))),
        }
    }

    /// The node's operand `index` as a constant, if it is one.
    fn constant_operand(
        &self,
        node: Node<'a>,
        index: usize,
    ) -> Result<Option<Constant>, GraphError> {
        let name = node.input(index)?;
        match &self.values[name] {
            Value::Stored(tensor) => constant::decode(tensor).map(Some),
            Value::Constant(constant) => Ok(Some(constant.clone())),
            Value::Chain { .. } | Value::Tail => Ok(None),
        }
    }

    /// Elements of one sample in an ONNX shape, if the shape is that of a batch of vectors.
    fn vector_len(&self, shape: &[usize]) -> Option<usize> {
        match (self.batched, shape) {
            (true, [1, n]) | (false, [n]) => Some(*n),
            _ => None,
        }
    }

    /// Every output must be the logits or come from them.
    fn check_outputs(&self, graph: &pb::GraphProto) -> Result<(), GraphError> {
        if graph.output.is_empty() {
            return Err(GraphError::Missing("output"));
        }
        for output in &graph.output {
            match self.values.get(output.name.as_str()) {
                Some(Value::Tail) => {}
                Some(Value::Chain { version, .. }) if *version == self.version => {}
                Some(_) => {
                    return Err(GraphError::Branch {
                        value: output.name.clone(),
                    })
                }
                None => {
                    return Err(GraphError::Undefined {
                        node: "graph output".into(),
                        value: output.name.clone(),
                    })
                }
            }
        }
        match self.tail {
            Some((version, name)) if version != self.version => Err(GraphError::Branch {
                value: name.to_string(),
            }),
            _ => Ok(()),
        }
    }
}

/// The same model, cut at the logits and without what only the tail reads.
fn cut(model: &pb::ModelProto, graph: &pb::GraphProto, walk: &Walk<'_>) -> pb::ModelProto {
    let read: HashSet<&str> = walk
        .kept
        .iter()
        .flat_map(|n| n.input.iter().map(String::as_str))
        .collect();
    let numeric = pb::GraphProto {
        node: walk.kept.iter().map(|n| (*n).clone()).collect(),
        name: graph.name.clone(),
        initializer: graph
            .initializer
            .iter()
            .filter(|t| read.contains(t.name.as_str()))
            .cloned()
            .collect(),
        input: graph
            .input
            .iter()
            .filter(|i| !graph.initializer.iter().any(|t| t.name == i.name))
            .cloned()
            .collect(),
        output: vec![pb::ValueInfoProto {
            name: walk.last.to_string(),
            ..Default::default()
        }],
        ..Default::default()
    };
    pb::ModelProto {
        graph: Some(numeric),
        ir_version: model.ir_version,
        opset_import: model.opset_import.clone(),
        ..Default::default()
    }
}

#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
