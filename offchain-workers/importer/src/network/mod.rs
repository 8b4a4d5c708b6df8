//! The float network that an ONNX graph stands for.
//!
//! * this file: the graph of operators, and how its values are named;
//! * [`mod@evaluate`]: every value for one sample, in f64;
//! * [`mod@simplify`]: rewrites that keep the function and make it cheaper to prove.

mod evaluate;
mod simplify;

use lattice_tensor::Placement;

/// A value of a network: 0 is the input, node `i` defines value `i + 1`.
pub type ValueId = usize;

/// A graph of operators with real weights, as read from ONNX.
#[derive(Clone, Debug, PartialEq)]
pub struct Network {
    /// Name of the ONNX input.
    pub input: String,
    /// Shape of one sample, without batch axis.
    pub input_shape: Vec<usize>,
    /// Operators, each after those that it reads.
    pub nodes: Vec<Node>,
    /// The value that the network yields.
    pub output: ValueId,
    /// Operators after the logits that were dropped, as `op (node)`.
    pub dropped: Vec<String>,
}

/// An operator with its operands.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// Where it comes from.
    pub origin: Origin,
    pub op: Op,
    pub inputs: Vec<ValueId>,
    /// Shape of the result, without batch axis; axis 0 is the channel axis.
    pub shape: Vec<usize>,
}

/// The ONNX node that an operator stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// Name of the ONNX node.
    pub node: String,
    /// Its operator, as written in the file.
    pub op: String,
}

impl std::fmt::Display for Origin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "node `{}` ({})", self.node, self.op)
    }
}

/// What a node computes.
#[derive(Clone, Debug, PartialEq)]
pub enum Op {
    /// `W x + b` of a vector.
    Linear(Rows),
    /// Convolution of an image `[channels, height, width]`.
    Conv(Conv),
    /// `scale[c] · x + offset[c]` in channel c: a normalization or a constant operand.
    Affine { scale: Vec<f64>, offset: Vec<f64> },
    /// The largest element of each window; padding is ignored.
    MaxPool(Window),
    /// The sum of each window over `divisor`; padding counts as zeros.
    Average { window: Window, divisor: usize },
    /// The mean of each channel.
    GlobalAverage,
    /// The sum of two values of one shape.
    Add,
    /// Values one after another along an axis.
    Concat { axis: usize },
    /// `min(max(x, lo), hi)`; the ends may be infinite.
    Clamp { lo: f64, hi: f64 },
    /// Zeros around an image: top, left, bottom, right.
    Pad([u8; 4]),
    /// The elements as a matrix of so many columns, transposed.
    Transpose { columns: usize },
    /// The same elements in the node's shape.
    Reshape,
}

/// Weights of a linear layer or a convolution: a row per output channel.
#[derive(Clone, Debug, PartialEq)]
pub struct Rows {
    /// Weights per row.
    pub columns: usize,
    /// `[bias.len(), columns]`, row-major.
    pub weights: Vec<f64>,
    pub bias: Vec<f64>,
}

/// A convolution; a row of weights is `[in / groups, kernel height, kernel width]`.
#[derive(Clone, Debug, PartialEq)]
pub struct Conv {
    pub rows: Rows,
    pub window: Window,
    pub groups: usize,
}

/// Size and place of windows over an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// Height and width.
    pub kernel: [usize; 2],
    pub placement: Placement,
}

impl Network {
    /// Elements of one sample.
    pub fn input_len(&self) -> usize {
        self.input_shape.iter().product()
    }

    /// Number of logits.
    pub fn output_len(&self) -> usize {
        self.shape(self.output).iter().product()
    }

    /// Shape of a value.
    pub fn shape(&self, value: ValueId) -> &[usize] {
        match value.checked_sub(1) {
            None => &self.input_shape,
            Some(node) => &self.nodes[node].shape,
        }
    }

    /// Nodes that read each value.
    pub fn readers(&self) -> Vec<Vec<usize>> {
        let mut readers = vec![Vec::new(); self.nodes.len() + 1];
        for (index, node) in self.nodes.iter().enumerate() {
            for &value in &node.inputs {
                readers[value].push(index);
            }
        }
        readers
    }

    /// The one node that reads `value`, unless it is the output or read more than once.
    pub fn sole_reader(&self, readers: &[Vec<usize>], value: ValueId) -> Option<usize> {
        match readers[value][..] {
            [reader] if value != self.output => Some(reader),
            _ => None,
        }
    }
}

impl Op {
    /// The operator accumulates: in integers its result is wider than its operands and has to be
    /// requantized.
    pub fn accumulates(&self) -> bool {
        match self {
            Op::Linear(_)
            | Op::Conv(_)
            | Op::Affine { .. }
            | Op::Average { .. }
            | Op::GlobalAverage
            | Op::Add => true,
            Op::MaxPool(_)
            | Op::Concat { .. }
            | Op::Clamp { .. }
            | Op::Pad(_)
            | Op::Transpose { .. }
            | Op::Reshape => false,
        }
    }

    /// ReLU.
    pub const RELU: Op = Op::Clamp {
        lo: 0.0,
        hi: f64::INFINITY,
    };
}

impl Rows {
    /// Number of output channels.
    pub fn outputs(&self) -> usize {
        self.bias.len()
    }

    /// Weights of one output channel.
    pub fn row(&self, channel: usize) -> &[f64] {
        &self.weights[channel * self.columns..(channel + 1) * self.columns]
    }
}

impl Conv {
    /// Output channels per group.
    pub fn group_outputs(&self) -> usize {
        self.rows.outputs() / self.groups
    }

    /// Input channels per group.
    pub fn group_inputs(&self) -> usize {
        self.rows.columns / (self.window.kernel[0] * self.window.kernel[1])
    }

    /// `scale[c] · x + offset[c]` in channel c, as a convolution with kernels of one element.
    pub fn pointwise(scale: &[f64], offset: &[f64]) -> Conv {
        Conv {
            rows: Rows {
                columns: 1,
                weights: scale.to_vec(),
                bias: offset.to_vec(),
            },
            window: Window {
                kernel: [1, 1],
                placement: Placement::DENSE,
            },
            groups: scale.len(),
        }
    }
}

impl Window {
    /// The windows over an image of this height and width.
    pub fn over(
        &self,
        image: [usize; 2],
    ) -> Result<lattice_tensor::Windows, lattice_tensor::WindowError> {
        let narrow = |sizes: [usize; 2]| sizes.map(|size| u32::try_from(size).unwrap_or(u32::MAX));
        lattice_tensor::Windows::new(narrow(image), narrow(self.kernel), self.placement)
    }
}
