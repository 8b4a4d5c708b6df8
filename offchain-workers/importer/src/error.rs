//! Why an import is refused.

use crate::network::Origin;
use lattice_tensor::ModelError;
use std::path::PathBuf;
use thiserror::Error;

/// Why an ONNX file does not become a Lattice model.
#[derive(Debug, Error)]
pub enum ImportError {
    /// The file cannot be opened or read.
    #[error("cannot read {path}: {source}")]
    Read {
        path: PathBuf,
        source: std::io::Error,
    },
    /// The file is larger than any model that fits the chain's limits.
    #[error("{path} has {size} bytes; at most {limit} are accepted")]
    TooLarge {
        path: PathBuf,
        size: u64,
        limit: u64,
    },
    /// The bytes are not an ONNX protocol buffer.
    #[error("not an ONNX file, or a truncated one: {0}")]
    NotOnnx(String),
    /// The graph cannot be expressed.
    #[error(transparent)]
    Graph(#[from] GraphError),
    /// Calibration, evaluation or inference data cannot be used.
    #[error(transparent)]
    Samples(#[from] SamplesError),
    /// The network cannot be quantized.
    #[error(transparent)]
    Quantize(#[from] QuantizeError),
    /// tract could not run the graph for the float reference.
    #[error("the float reference (tract) cannot run this graph: {0}")]
    Reference(String),
    /// Two readings of one graph differ: the importer's and tract's.
    #[error(
        "the importer's reading of the graph differs from tract's on calibration row {row}: \
         logit {index} is {ours} here and {theirs} there; please report this file"
    )]
    ReferenceDiffers {
        row: usize,
        index: usize,
        ours: f64,
        theirs: f64,
    },
}

/// Why a graph cannot be expressed as a Lattice model.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum GraphError {
    /// The operator is not in the supported list.
    #[error("unsupported operator `{op}` (node `{node}`); supported are {}", crate::graph::SUPPORTED.join(", "))]
    UnsupportedOp { op: String, node: String },
    /// The operator is supported, but not in this use.
    #[error("operator `{op}` (node `{node}`) is not supported in this use: {reason}")]
    UnsupportedUse {
        op: String,
        node: String,
        reason: String,
    },
    /// A size is not known before run time.
    #[error(
        "input `{value}` has a dynamic size on axis {axis} (`{dimension}`); only the batch axis 0 \
         may be dynamic: export the model with a fixed size"
    )]
    DynamicShape {
        value: String,
        axis: usize,
        dimension: String,
    },
    /// The input's declared shape cannot be used.
    #[error("input `{value}` {reason}")]
    Input { value: String, reason: String },
    /// A stored tensor cannot be used.
    #[error("tensor `{tensor}`: {reason}")]
    Tensor { tensor: String, reason: String },
    /// A node reads a value that no earlier node, input or initializer defines.
    #[error("node `{node}` reads `{value}`, which nothing before it defines")]
    Undefined { node: String, value: String },
    /// An output is, or a tail reads, another value than the logits.
    #[error(
        "`{value}` is a second result beside the logits; export the model with the logits as its \
         only output"
    )]
    Branch { value: String },
    /// The file holds no graph or the graph no layer.
    #[error("the ONNX file holds no {0}")]
    Missing(&'static str),
}

/// Why numbers from a file cannot be used as samples.
#[derive(Debug, Error)]
pub enum SamplesError {
    /// The file cannot be read as NumPy array or JSON.
    #[error("cannot read {path}: {reason}")]
    Read { path: PathBuf, reason: String },
    /// The number of elements does not divide into samples.
    #[error("shape {shape:?} does not hold samples of {width} elements each")]
    Shape { shape: Vec<usize>, width: usize },
    /// The axes of a sample are there, but in another order.
    #[error(
        "shape {shape:?} holds samples with axes in another order than the model's {sample:?}; \
         transpose them (channels first or last)"
    )]
    Layout {
        shape: Vec<usize>,
        sample: Vec<usize>,
    },
    /// There is no sample.
    #[error("there is no sample")]
    Empty,
    /// An element is NaN or infinite.
    #[error("row {row}, element {index}: {value} is not a finite number")]
    NotFinite {
        row: usize,
        index: usize,
        value: f64,
    },
    /// There are not as many labels as samples.
    #[error("{labels} labels for {samples} samples")]
    LabelCount { labels: usize, samples: usize },
    /// A label names no output.
    #[error("label {row} is {label}; the model's classes are 0..={last}")]
    Label { row: usize, label: f64, last: usize },
}

/// Why real numbers are not an input of a model.
#[derive(Debug, Error, PartialEq)]
pub enum InputError {
    /// The number of elements is wrong.
    #[error("the input has {got} elements, the model takes {want}")]
    Length { got: usize, want: usize },
    /// An element is outside the declared range.
    #[error(
        "input element {index} is {value}; the model takes {lo}..={hi} (integers {range_lo}..={range_hi} \
         in steps of {step})"
    )]
    OutOfRange {
        index: usize,
        value: f64,
        lo: f64,
        hi: f64,
        range_lo: i8,
        range_hi: i8,
        step: f64,
    },
    /// The model takes whole numbers and the element is none.
    #[error(
        "input element {index} is {value}; this model takes whole numbers {range_lo}..={range_hi}"
    )]
    NotWhole {
        index: usize,
        value: f64,
        range_lo: i8,
        range_hi: i8,
    },
}

/// Why a network cannot be quantized under the specification's bounds.
#[derive(Debug, Error)]
pub enum QuantizeError {
    /// The wanted input range does not fit i8, or is empty.
    #[error("input range {lo}..={hi} is refused: both ends must be in -127..=127 and lo below hi")]
    Range { lo: i64, hi: i64 },
    /// Calibration data lies outside the wanted range.
    #[error(
        "calibration row {row}, element {index} is {value}, outside the input range {lo}..={hi}"
    )]
    CalibrationOutOfRange {
        row: usize,
        index: usize,
        value: f64,
        lo: i8,
        hi: i8,
    },
    /// All calibration elements are equal, so they say nothing of the range.
    #[error("every calibration element is {value}; give --input-range lo:hi")]
    ConstantCalibration { value: f64 },
    /// The accumulator of a channel reaches 2^24 at any useful weight resolution.
    #[error(
        "{node}, channel {channel}: x_max * sum|w| + |b| stays at or above 2^24 unless its \
         weights are rounded to fewer than {levels} levels (largest {largest}); use fewer inputs \
         per channel or smaller weights"
    )]
    BoundOverflow {
        node: Origin,
        channel: usize,
        levels: i64,
        largest: f64,
    },
    /// A weight moves the output by so many steps that no shift is left.
    #[error(
        "{node}, channel {channel}: one step of the input moves the output by more than {limit} \
         steps; the calibration data does not excite this layer enough"
    )]
    Gain {
        node: Origin,
        channel: usize,
        limit: f64,
    },
    /// Two operands of a sum are so different in size that no shift brings them together.
    #[error(
        "{node}: its operands differ by 2^{powers} in size, which no sum of integers can hold; \
         scale one of them"
    )]
    Apart { node: Origin, powers: i32 },
    /// The percentile of the calibration is not in (0, 100].
    #[error("percentile {0} is refused: it must be above 0 and at most 100")]
    Percentile(f64),
    /// An operator of the finished model breaks a rule of the specification.
    #[error("{node}: {error}")]
    Node {
        node: Origin,
        error: Box<ModelError>,
    },
    /// The finished model as a whole breaks a rule of the specification.
    #[error(transparent)]
    Model(#[from] ModelError),
}
