//! From a float network and calibration data to an integer model.
//!
//! * [`input`]: range and step of the input;
//! * [`units`]: which operators become one requantized result;
//! * [`steps`]: the step of every value, on [`magnitude`]s from calibration;
//! * [`channel`]: integer weights, biases and shifts under the specification's bound;
//! * [`average`]: the multiplier and shift of a mean;
//! * [`emit`]: the operators of the integer model.

mod average;
pub mod channel;
mod emit;
pub mod input;
mod magnitude;
mod steps;
mod units;

use crate::error::QuantizeError;
use crate::network::Network;
use crate::samples::Samples;
use input::InputQuantization;
use lattice_tensor::{Model, Range};
use units::Units;

/// Choices of the user.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// The integer range of the input, instead of the one that calibration shows.
    pub input_range: Option<Range>,
    /// Which percentile of a layer's calibration activations lands on 127; above it, results
    /// saturate. 100 is the maximum.
    pub percentile: f64,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            input_range: None,
            percentile: 100.0,
        }
    }
}

/// A quantized model with how it came about.
#[derive(Clone, Debug)]
pub struct Quantized {
    pub model: Model,
    pub input: InputQuantization,
    /// One entry per layer: each operator that accumulates.
    pub layers: Vec<LayerQuantization>,
}

/// How one layer was quantized.
#[derive(Clone, Debug, PartialEq)]
pub struct LayerQuantization {
    /// Name of the ONNX node.
    pub name: String,
    /// Operator of the integer model.
    pub op: &'static str,
    /// Terms of each sum.
    pub inputs: usize,
    /// Channels of the result.
    pub outputs: usize,
    /// Real value of one step of the layer's result.
    pub step: f64,
    /// Smallest and largest requantization shift; `None` for raw results.
    pub shifts: Option<(u8, u8)>,
    /// Channels whose weights are coarser than 7 bits, because of the accumulator's bound.
    pub coarsened: usize,
    /// Index of the `Requantize` among the model's operators; `None` for raw results.
    pub requantize: Option<usize>,
}

/// Quantizes a network: specification v1 with symmetric scales, per-channel shifts in the hidden
/// layers and one common scale for the logits.
pub fn quantize(
    network: &Network,
    calibration: &Samples,
    options: &Options,
) -> Result<Quantized, QuantizeError> {
    let input = input::derive(calibration, options.input_range)?;
    let units = Units::of(network);
    let steps = steps::of(
        network,
        &units,
        calibration,
        options.percentile,
        input.scale.to_f64(),
    )?;
    let (model, layers) = emit::model(network, &units, &steps, &input)?;
    Ok(Quantized {
        model,
        input,
        layers,
    })
}
