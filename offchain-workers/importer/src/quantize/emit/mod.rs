//! The operators of the integer model.
//!
//! * this file: values, units, and the way from an operator back to its ONNX node;
//! * [`sums`]: operators that accumulate;
//! * [`moves`]: operators that keep the step of their operands.

mod moves;
mod sums;

use super::input::InputQuantization;
use super::units::{Unit, Units};
use super::LayerQuantization;
use crate::error::QuantizeError;
use crate::network::{Network, Node, Op, Origin, Window};
use lattice_tensor::{Clamp, Model, ModelBuilder, ModelError, Range, Scale, Shape, ValueId};

/// Largest quantized magnitude.
const TOP: i64 = 127;

/// A value of the integer model.
#[derive(Clone, Copy, Debug)]
struct Held {
    id: ValueId,
    /// Smallest and largest element.
    lo: i64,
    hi: i64,
}

impl Held {
    fn magnitude(&self) -> i64 {
        self.lo.abs().max(self.hi.abs())
    }
}

/// Writes the integer model of a network whose values have these steps.
pub fn model(
    network: &Network,
    units: &Units,
    steps: &[f64],
    input: &InputQuantization,
) -> Result<(Model, Vec<LayerQuantization>), QuantizeError> {
    let shape = tensor_shape(&network.input_shape)?;
    let mut emitter = Emitter {
        network,
        steps: steps.to_vec(),
        builder: ModelBuilder::new(shape, input.range, input.scale),
        origins: Vec::new(),
        held: vec![None; network.nodes.len() + 1],
        layers: Vec::new(),
        tensors: 0,
    };
    emitter.held[0] = Some(Held {
        id: 0,
        lo: input.range.lo.into(),
        hi: input.range.hi.into(),
    });
    for index in 0..network.nodes.len() {
        match units.at(index) {
            Some(unit) => emitter.unit(unit)?,
            None if units.hold(index) => {}
            None => emitter.move_elements(index)?,
        }
    }
    let Emitter {
        builder,
        origins,
        layers,
        steps,
        ..
    } = emitter;
    let scale = Scale::from_f64(steps[network.output])?;
    let model = builder
        .build(scale)
        .map_err(|error| at_node(&origins, error))?;
    Ok((model, layers))
}

/// An error of the model with the ONNX node of its operator.
fn at_node(origins: &[Origin], error: ModelError) -> QuantizeError {
    let op = match &error {
        ModelError::TooManyActivations { op, .. }
        | ModelError::ShapeMismatch { op, .. }
        | ModelError::Window { op, .. }
        | ModelError::InvalidGroups { op, .. }
        | ModelError::InvalidAverage { op, .. }
        | ModelError::InputCount { op, .. }
        | ModelError::InvalidAxis { op, .. }
        | ModelError::InvalidShift { op, .. }
        | ModelError::InvalidClamp { op, .. }
        | ModelError::NotQuantized { op, .. }
        | ModelError::BoundOverflow { op, .. } => Some(usize::from(*op)),
        _ => None,
    };
    match op.and_then(|op| origins.get(op)) {
        Some(node) => QuantizeError::Node {
            node: node.clone(),
            error: Box::new(error),
        },
        None => error.into(),
    }
}

fn tensor_shape(shape: &[usize]) -> Result<Shape, ModelError> {
    let dims = shape
        .iter()
        .map(|&size| u32::try_from(size).unwrap_or(u32::MAX));
    Shape::new(dims.collect::<Vec<u32>>())
}

struct Emitter<'a> {
    network: &'a Network,
    /// Real value of one step of each value of the network.
    steps: Vec<f64>,
    builder: ModelBuilder,
    /// For each operator the ONNX node that it comes from.
    origins: Vec<Origin>,
    /// The integer value of each value of the network that has one.
    held: Vec<Option<Held>>,
    layers: Vec<LayerQuantization>,
    /// Layers with weights so far.
    tensors: usize,
}

impl Emitter<'_> {
    /// Adds an operator on the value `on`.
    fn add(
        &mut self,
        origin: &Origin,
        on: ValueId,
        op: impl FnOnce(ModelBuilder) -> Result<ModelBuilder, ModelError>,
    ) -> Result<ValueId, QuantizeError> {
        let nothing = ModelBuilder::new(Shape::new([1])?, Range { lo: 0, hi: 1 }, Scale::ONE);
        let builder = std::mem::replace(&mut self.builder, nothing).at(on);
        self.builder = op(builder).map_err(|error| QuantizeError::Node {
            node: origin.clone(),
            error: Box::new(error),
        })?;
        self.origins.push(origin.clone());
        Ok(self.builder.current())
    }

    /// Operand `index` of a node.
    fn operand(&self, node: &Node, index: usize) -> Held {
        self.held[node.inputs[index]].expect("operands come before their readers")
    }

    /// Tensors are named by position: names of ONNX nodes may be of any length and alphabet, and
    /// the same weights from another exporter should not become another model.
    fn tensor_name(&mut self) -> String {
        self.tensors += 1;
        format!("layer{}", self.tensors - 1)
    }

    /// An accumulating operator with the maximum and the clamp behind it.
    fn unit(&mut self, unit: &Unit) -> Result<(), QuantizeError> {
        let network = self.network;
        let node = &network.nodes[unit.source];
        let first = self.operand(node, 0);
        let x_step = self.steps[node.inputs[0]];
        let sums = match &node.op {
            Op::Linear(rows) => self.weighted(unit, first, rows, None)?,
            Op::Conv(conv) => self.weighted(unit, first, &conv.rows, Some(conv))?,
            Op::Add => self.sum(unit, node)?,
            Op::Average { window, divisor } => {
                self.average(unit, first, x_step, *divisor, Some(*window))?
            }
            Op::GlobalAverage => {
                let elements = network.shape(node.inputs[0])[1..].iter().product();
                self.average(unit, first, x_step, elements, None)?
            }
            other => unreachable!("{other:?} does not accumulate"),
        };
        let mut id = sums.id;
        if let Some(window) = unit.pool {
            let origin = &network.nodes[unit.result - 1].origin;
            id = self.add(origin, id, |b| {
                b.max_pool2d(small(window), window.placement)
            })?;
        }
        let layer = LayerQuantization {
            name: node.origin.node.clone(),
            op: sums.op,
            inputs: sums.terms,
            outputs: node.shape[0],
            step: sums.step,
            shifts: least_and_most(&sums.shifts),
            coarsened: sums.coarsened,
            requantize: (!unit.raw).then_some(self.origins.len()),
        };
        self.layers.push(layer);
        self.steps[unit.result] = sums.step;
        let held = if unit.raw {
            if unit.clamp.0 == 0.0 {
                id = self.add(&node.origin, id, ModelBuilder::relu)?;
            }
            let end = 1 << 30;
            Held {
                id,
                lo: -end,
                hi: end,
            }
        } else {
            let clamp = clamp(unit.clamp, sums.step);
            id = self.add(&node.origin, id, |b| b.requantize(sums.shifts, clamp))?;
            Held {
                id,
                lo: clamp.lo.into(),
                hi: clamp.hi.into(),
            }
        };
        self.held[unit.result] = Some(held);
        Ok(())
    }
}

/// Accumulators with what is needed to requantize and to report them.
struct Sums {
    id: ValueId,
    op: &'static str,
    /// Terms of each sum.
    terms: usize,
    /// Real value of one step of the result.
    step: f64,
    /// Requantization shift of each channel; empty for raw results.
    shifts: Vec<u8>,
    coarsened: usize,
}

fn channels(shape: &[usize]) -> usize {
    shape.first().copied().unwrap_or(1)
}

fn least_and_most(shifts: &[u8]) -> Option<(u8, u8)> {
    shifts
        .iter()
        .min()
        .copied()
        .zip(shifts.iter().max().copied())
}

/// The kernel of a pool, which was checked to be at most 255 each way.
fn small(window: Window) -> [u8; 2] {
    window
        .kernel
        .map(|size| u8::try_from(size).unwrap_or(u8::MAX))
}

/// The ends of a clamp in steps.
fn clamp((lo, hi): (f64, f64), step: f64) -> Clamp {
    let top = TOP as f64;
    let lo = (lo / step).round().clamp(-top, top - 1.0);
    let hi = (hi / step).round().clamp(lo + 1.0, top);
    Clamp {
        lo: lo as i8,
        hi: hi as i8,
    }
}
