//! Operators that accumulate.

use super::{channels, small, tensor_shape, Emitter, Held, Sums};
use crate::error::QuantizeError;
use crate::network::{Conv, Node, Origin, Rows, Window};
use crate::quantize::average::multiplier;
use crate::quantize::channel::{self, Place};
use crate::quantize::units::Unit;
use lattice_tensor::ValueId;

impl Emitter<'_> {
    /// A linear layer or a convolution.
    pub(super) fn weighted(
        &mut self,
        unit: &Unit,
        x: Held,
        rows: &Rows,
        conv: Option<&Conv>,
    ) -> Result<Sums, QuantizeError> {
        let network = self.network;
        let node = &network.nodes[unit.source];
        let origin = &node.origin;
        let x_step = self.steps[node.inputs[0]];
        let quantized = if unit.raw {
            let last = channel::last(origin, &rows.weights, &rows.bias, x.magnitude(), x_step)?;
            Weights {
                values: last.weights,
                biases: last.biases,
                shifts: Vec::new(),
                step: x_step * last.weight_step,
                coarsened: if last.coarsened { rows.outputs() } else { 0 },
            }
        } else {
            let y_step = self.steps[unit.result];
            let quantize = |channel| {
                let (row, bias) = (rows.row(channel), rows.bias[channel]);
                let place = Place { origin, channel };
                channel::hidden(place, row, bias, x.magnitude(), x_step, y_step)
            };
            let channels = (0..rows.outputs())
                .map(quantize)
                .collect::<Result<Vec<_>, _>>()?;
            Weights {
                biases: channels.iter().map(|c| c.bias).collect(),
                shifts: channels.iter().map(|c| c.shift).collect(),
                step: y_step,
                coarsened: channels.iter().filter(|c| c.coarsened).count(),
                values: channels.into_iter().flat_map(|c| c.weights).collect(),
            }
        };
        let name = self.tensor_name();
        let (values, biases) = (quantized.values, Some(quantized.biases));
        let id = match conv {
            None => {
                let outputs = u32::try_from(rows.outputs()).unwrap_or(u32::MAX);
                self.add(origin, x.id, |b| b.linear(&name, values, outputs, biases))?
            }
            Some(conv) => self.convolve(origin, x.id, &name, conv, values, biases)?,
        };
        Ok(Sums {
            id,
            op: if conv.is_some() { "Conv2d" } else { "Linear" },
            terms: rows.columns,
            step: quantized.step,
            shifts: quantized.shifts,
            coarsened: quantized.coarsened,
        })
    }

    pub(super) fn convolve(
        &mut self,
        origin: &Origin,
        on: ValueId,
        name: &str,
        conv: &Conv,
        values: Vec<i8>,
        biases: Option<Vec<i32>>,
    ) -> Result<ValueId, QuantizeError> {
        let [height, width] = conv.window.kernel;
        let shape = tensor_shape(&[conv.rows.outputs(), conv.group_inputs(), height, width])?;
        let groups = u16::try_from(conv.groups).unwrap_or(u16::MAX);
        let placement = conv.window.placement;
        self.add(origin, on, |b| {
            b.conv2d(name, values, shape, biases, placement, groups)
        })
    }

    /// The sum of two values, shifted to the finer of their steps, or finer still so that a
    /// requantization by at least one bit is left.
    pub(super) fn sum(&mut self, unit: &Unit, node: &Node) -> Result<Sums, QuantizeError> {
        let [left, right] = [0, 1].map(|index| self.operand(node, index));
        let base = self.steps[node.inputs[0]];
        let power = |step: f64| (step / base).log2().round() as i32;
        let [l, r] = [0, 1].map(|index| power(self.steps[node.inputs[index]]));
        let result = if unit.raw {
            l.max(r) + 1
        } else {
            power(self.steps[unit.result])
        };
        let common = l.min(r).min(result - 1);
        let shift = |power: i32| {
            let powers = power - common;
            u8::try_from(powers)
                .ok()
                .filter(|shift| *shift <= 22)
                .ok_or(QuantizeError::Apart {
                    node: node.origin.clone(),
                    powers,
                })
        };
        let (left_shift, right_shift) = (shift(l)?, shift(r)?);
        let shifts = match unit.raw {
            true => Vec::new(),
            false => vec![shift(result)?; channels(self.network.shape(unit.result))],
        };
        let step = match unit.raw {
            true => base * 2f64.powi(common),
            false => self.steps[unit.result],
        };
        let id = self.add(&node.origin, left.id, |b| {
            b.add(right.id, left_shift, right_shift)
        })?;
        Ok(Sums {
            id,
            op: "Add",
            terms: 2,
            step,
            shifts,
            coarsened: 0,
        })
    }

    /// The mean over windows, or over whole channels.
    pub(super) fn average(
        &mut self,
        unit: &Unit,
        x: Held,
        x_step: f64,
        divisor: usize,
        window: Option<Window>,
    ) -> Result<Sums, QuantizeError> {
        let network = self.network;
        let node = &network.nodes[unit.source];
        let sum_step = x_step / divisor as f64;
        let terms = window.map_or(divisor, |window| window.kernel[0] * window.kernel[1]);
        let (m, n, step) = if unit.raw {
            (1, 0, sum_step)
        } else {
            let step = self.steps[unit.result];
            let largest = (x.magnitude() * terms as i64) as f64;
            let (m, n) =
                multiplier(sum_step / step, largest).ok_or(QuantizeError::BoundOverflow {
                    node: node.origin.clone(),
                    channel: 0,
                    levels: 1,
                    largest,
                })?;
            (m, n, step)
        };
        let id = match window {
            Some(window) => self.add(&node.origin, x.id, |b| {
                b.avg_pool2d(small(window), window.placement, m, 0)
            })?,
            None => self.add(&node.origin, x.id, |b| b.global_avg_pool(m, 0))?,
        };
        let shifts = match unit.raw {
            true => Vec::new(),
            false => vec![n; channels(network.shape(unit.result))],
        };
        Ok(Sums {
            id,
            op: if window.is_some() {
                "AvgPool2d"
            } else {
                "GlobalAvgPool"
            },
            terms,
            step,
            shifts,
            coarsened: 0,
        })
    }
}

/// Quantized weights of a layer.
struct Weights {
    values: Vec<i8>,
    biases: Vec<i32>,
    shifts: Vec<u8>,
    step: f64,
    coarsened: usize,
}
