//! From the ONNX protocol buffer to a [`Network`].
//!
//! * [`node`]: a node with its attributes and a name for error texts;
//! * [`constant`]: stored tensors;
//! * [`arithmetic`]: the arithmetic on shapes and paddings that exporters leave in a graph;
//! * [`input`]: the input's shape, and what of it may be dynamic;
//! * [`view`]: how an ONNX value lies on a value of the network, whatever was transposed;
//! * [`linear`]: Gemm, MatMul;
//! * [`conv`]: Conv and the pools, on the [`window`] attributes that they share;
//! * [`elementwise`]: Add and its kin, BatchNormalization, Relu, Clip, Concat;
//! * [`shape`]: operators that move elements or do nothing: Flatten, Reshape, Transpose, Pad,
//!   Identity, Dropout, Cast;
//! * [`tail`]: what stands after the logits and is dropped.

mod arithmetic;
mod constant;
mod conv;
mod elementwise;
mod input;
mod linear;
mod node;
mod shape;
mod tail;
mod view;
mod window;

use crate::error::GraphError;
use crate::network::{self, Network, Op, ValueId};
use constant::Constant;
use node::Node;
use std::collections::{HashMap, HashSet};
use tract_onnx::pb;
use view::View;

/// Operators that the importer reads. The last row is accepted after the logits only.
#[rustfmt::skip]
pub const SUPPORTED: &[&str] = &[
    "Gemm", "MatMul", "Conv", "BatchNormalization", "Add", "Sub", "Mul", "Div",
    "Relu", "Clip", "MaxPool", "AveragePool", "GlobalAveragePool", "GlobalMaxPool", "ReduceMean",
    "Concat", "Flatten", "Reshape", "Transpose", "Squeeze", "Unsqueeze", "Pad",
    "Identity", "Dropout", "Cast", "Constant", "Shape", "Gather", "Slice", "ConstantOfShape",
    "Softmax", "LogSoftmax", "ArgMax", "ZipMap", "ArrayFeatureExtractor",
];

const NO_LAYER: &str = "layer (Gemm, MatMul or Conv): nothing to prove";

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
    let logits = walk.logits(graph)?;
    let settled = walk.settle_logits(&logits)?;
    let mut network = Network {
        input: input.name.to_string(),
        input_shape: input.sample_shape,
        output: settled,
        nodes: walk.nodes,
        dropped: walk.dropped,
    };
    network.simplify();
    let weighs = |node: &network::Node| matches!(node.op, Op::Linear(_) | Op::Conv(_));
    if !network.nodes.iter().any(weighs) {
        return Err(GraphError::Missing(NO_LAYER));
    }
    let numeric = cut(model, graph, &walk.kept, &walk.automatic, logits.name);
    Ok(Reading {
        network,
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
    /// A value of the network.
    Computed(View),
    /// Something after the logits.
    Tail,
}

/// The value that the network yields, with its name in the file.
struct Logits<'a> {
    name: &'a str,
    view: View,
}

/// The state of the walk: a network, grown node by node.
struct Walk<'a> {
    values: HashMap<&'a str, Value<'a>>,
    /// The first axis is the batch.
    batched: bool,
    /// Shape of one sample of the input.
    input_shape: Vec<usize>,
    nodes: Vec<network::Node>,
    /// Nodes that are not after the logits.
    kept: Vec<&'a pb::NodeProto>,
    /// Padding of the nodes that ask for it by `auto_pad`, by their outputs.
    automatic: HashMap<&'a str, [u8; 4]>,
    /// What the tail reads.
    tail: Option<Logits<'a>>,
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
        let view = View {
            value: 0,
            shape: input.onnx_shape.clone(),
            order: None,
        };
        values.insert(input.name, Value::Computed(view));
        Walk {
            values,
            batched: input.batched,
            input_shape: input.sample_shape.clone(),
            nodes: Vec::new(),
            kept: Vec::new(),
            automatic: HashMap::new(),
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
            "Conv" => self.conv(node)?,
            "BatchNormalization" => self.batch_normalization(node)?,
            "Add" => self.add(node)?,
            "Sub" => self.sub(node)?,
            "Mul" => self.mul(node)?,
            "Div" => self.div(node)?,
            "Relu" => self.relu(node)?,
            "Clip" => self.clip(node)?,
            "MaxPool" => self.max_pool(node)?,
            "AveragePool" => self.average_pool(node)?,
            "GlobalAveragePool" => self.global_average(node)?,
            "GlobalMaxPool" => self.global_max(node)?,
            "ReduceMean" => self.reduce_mean(node)?,
            "Concat" if self.is_constant(node, 0)? => self.shape_arithmetic(node)?,
            "Concat" => self.concat(node)?,
            "Flatten" => self.flatten(node)?,
            "Reshape" => self.reshape(node)?,
            "Transpose" => self.transpose(node)?,
            "Squeeze" => self.squeeze(node)?,
            "Unsqueeze" => self.unsqueeze(node)?,
            "Pad" => self.pad(node)?,
            "Identity" => self.pass(node)?,
            "Dropout" => self.dropout(node)?,
            "Cast" => self.cast(node)?,
            "Constant" => self.constant(node)?,
            "Shape" => self.shape_of(node)?,
            "Gather" | "Slice" | "ConstantOfShape" => self.shape_arithmetic(node)?,
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
        self.values.insert(name, value);
        Ok(())
    }

    /// Binds a node's first output to a value of the network, in its own shape and order.
    fn define_settled(&mut self, node: Node<'a>, value: ValueId) -> Result<(), GraphError> {
        let shape = self.batch_of(self.stored_shape(value));
        self.define_view(node, value, shape)
    }

    /// Binds a node's first output to a value of the network in its own order.
    fn define_view(
        &mut self,
        node: Node<'a>,
        value: ValueId,
        shape: Vec<usize>,
    ) -> Result<(), GraphError> {
        let order = None;
        self.define(
            node,
            Value::Computed(View {
                value,
                shape,
                order,
            }),
        )
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
            Value::Computed(_) | Value::Tail => Ok(None),
        }
    }

    fn is_constant(&self, node: Node<'a>, index: usize) -> Result<bool, GraphError> {
        let value = &self.values[node.input(index)?];
        Ok(matches!(value, Value::Stored(_) | Value::Constant(_)))
    }

    /// The one value that every output is, or comes from.
    fn logits(&mut self, graph: &'a pb::GraphProto) -> Result<Logits<'a>, GraphError> {
        let mut logits = self.tail.take();
        for output in &graph.output {
            match self.values.get(output.name.as_str()) {
                Some(Value::Tail) => {}
                Some(Value::Computed(view)) => {
                    let known = logits.get_or_insert_with(|| Logits {
                        name: &output.name,
                        view: view.clone(),
                    });
                    if known.view.value != view.value {
                        return Err(GraphError::Branch {
                            value: output.name.clone(),
                        });
                    }
                }
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
        logits.ok_or(GraphError::Missing("output"))
    }

    /// The network's value that holds the logits in order and shape of the file.
    fn settle_logits(&mut self, logits: &Logits<'a>) -> Result<ValueId, GraphError> {
        let last = self.kept.last().ok_or(GraphError::Missing(NO_LAYER))?;
        Ok(self.settle(Node(last), &logits.view)?.value)
    }
}

/// The node as tract takes it.
///
/// It has the name of its output: ONNX lets two nodes share a name, tract does not. And its padding
/// is spelled out: tract 0.23 moves the stride of a 1x1 convolution into the convolution before it
/// without regard to the padding that "SAME" stands for there.
fn for_tract(node: &pb::NodeProto, automatic: &HashMap<&str, [u8; 4]>) -> pb::NodeProto {
    let name = node.output.first().cloned().unwrap_or_default();
    let mut node = node.clone();
    if let Some(padding) = automatic.get(name.as_str()) {
        node.attribute.retain(|a| a.name != "auto_pad");
        node.attribute.push(pb::AttributeProto {
            name: "pads".into(),
            r#type: pb::attribute_proto::AttributeType::Ints as i32,
            ints: padding.map(i64::from).to_vec(),
            ..Default::default()
        });
    }
    node.name = name;
    node
}

/// The same model, cut at the logits and without what only the tail reads.
fn cut(
    model: &pb::ModelProto,
    graph: &pb::GraphProto,
    kept: &[&pb::NodeProto],
    automatic: &HashMap<&str, [u8; 4]>,
    logits: &str,
) -> pb::ModelProto {
    let read: HashSet<&str> = kept
        .iter()
        .flat_map(|n| n.input.iter().map(String::as_str))
        .collect();
    let numeric = pb::GraphProto {
        node: kept.iter().map(|n| for_tract(n, automatic)).collect(),
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
            name: logits.to_string(),
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
