//! From a float network and calibration data to an integer model.
//!
//! * [`input`]: range and step of the input;
//! * [`activation`]: the step of every hidden layer's result;
//! * [`channel`]: integer weights, biases and shifts under the specification's bound.

pub mod activation;
pub mod channel;
pub mod input;

use crate::error::QuantizeError;
use crate::network::Network;
use crate::samples::Samples;
use channel::Place;
use input::InputQuantization;
use lattice_tensor::{Clamp, Model, ModelBuilder, Range, Scale, Shape};

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
    /// One entry per linear layer.
    pub layers: Vec<LayerQuantization>,
}

/// How one linear layer was quantized.
#[derive(Clone, Debug, PartialEq)]
pub struct LayerQuantization {
    /// Name of the ONNX node.
    pub name: String,
    pub inputs: usize,
    pub outputs: usize,
    /// Real value of one step of the layer's result.
    pub step: f64,
    /// Smallest and largest requantization shift; `None` for the last layer.
    pub shifts: Option<(u8, u8)>,
    /// Channels whose weights are coarser than 7 bits, because of the accumulator's bound.
    pub coarsened: usize,
}

/// Quantizes a network: specification v1 with symmetric scales, per-channel shifts in the hidden
/// layers and one common scale for the logits.
pub fn quantize(
    network: &Network,
    calibration: &Samples,
    options: &Options,
) -> Result<Quantized, QuantizeError> {
    let input = input::derive(calibration, options.input_range)?;
    let activation_steps = activation::steps(network, calibration, options.percentile)?;
    let layers = network.layers();
    let mut report = Vec::new();
    let shape: Vec<u32> = network.input_shape.iter().map(|&d| d as u32).collect();
    let flatten = shape.len() > 1;
    let mut builder = ModelBuilder::new(Shape::new(shape)?, input.range, input.scale);
    if flatten {
        builder = builder.flatten()?;
    }
    let (mut x_lo, mut x_hi) = (i64::from(input.range.lo), i64::from(input.range.hi));
    if network.relu_on_input() {
        builder = builder.relu()?;
        (x_lo, x_hi) = (x_lo.max(0), x_hi.max(0));
    }
    let mut x_step = input.scale.to_f64();
    let hidden = layers.len().saturating_sub(1);
    for (index, (layer, &y_step)) in layers[..hidden].iter().zip(&activation_steps).enumerate() {
        let linear = layer.linear;
        let x_max = x_lo.abs().max(x_hi.abs());
        let channels = (0..linear.outputs)
            .map(|c| {
                let place = Place {
                    layer: &linear.name,
                    channel: c,
                };
                channel::hidden(
                    place,
                    linear.row(c),
                    linear.bias_of(c),
                    x_max,
                    x_step,
                    y_step,
                )
            })
            .collect::<Result<Vec<_>, _>>()?;
        let shifts: Vec<u8> = channels.iter().map(|c| c.shift).collect();
        let coarsened = channels.iter().filter(|c| c.coarsened).count();
        report.push(LayerQuantization {
            name: linear.name.clone(),
            inputs: linear.inputs,
            outputs: linear.outputs,
            step: y_step,
            shifts: shifts
                .iter()
                .min()
                .copied()
                .zip(shifts.iter().max().copied()),
            coarsened,
        });
        let clamp = if layer.relu { Clamp::RELU } else { Clamp::FULL };
        let biases = channels.iter().map(|c| c.bias).collect();
        let weights = channels.into_iter().flat_map(|c| c.weights).collect();
        builder = builder
            .linear(
                &tensor_name(index),
                weights,
                linear.outputs as u32,
                Some(biases),
            )?
            .requantize(shifts, clamp)?;
        (x_lo, x_hi) = (clamp.lo.into(), clamp.hi.into());
        x_step = y_step;
    }
    let mut output_scale = x_step;
    if let Some(layer) = layers.last() {
        let linear = layer.linear;
        let biases: Vec<f64> = (0..linear.outputs).map(|c| linear.bias_of(c)).collect();
        let x_max = x_lo.abs().max(x_hi.abs());
        let last = channel::last(&linear.name, &linear.weight, &biases, x_max, x_step)?;
        output_scale = x_step * last.weight_step;
        report.push(LayerQuantization {
            name: linear.name.clone(),
            inputs: linear.inputs,
            outputs: linear.outputs,
            step: output_scale,
            shifts: None,
            coarsened: if last.coarsened { linear.outputs } else { 0 },
        });
        builder = builder.linear(
            &tensor_name(hidden),
            last.weights,
            linear.outputs as u32,
            Some(last.biases),
        )?;
        if layer.relu {
            builder = builder.relu()?;
        }
    }
    Ok(Quantized {
        model: builder.build(Scale::from_f64(output_scale)?)?,
        input,
        layers: report,
    })
}

/// Tensors are named by position: names of ONNX nodes may be of any length and alphabet, and the
/// same weights from another exporter should not become another model.
fn tensor_name(layer: usize) -> String {
    format!("layer{layer}")
}
