//! Operators that keep the step of their operands.

use super::{channels, clamp, small, tensor_shape, Emitter, Held};
use crate::error::QuantizeError;
use crate::network::{Conv, Node, Op, Origin, Rows, Window};
use lattice_tensor::{Clamp, ModelBuilder, Placement, ValueId};

impl Emitter<'_> {
    /// An operator that keeps the step of its operands.
    pub(super) fn move_elements(&mut self, index: usize) -> Result<(), QuantizeError> {
        let network = self.network;
        let node = &network.nodes[index];
        let (origin, x) = (&node.origin, self.operand(node, 0));
        let held = match &node.op {
            Op::Reshape => {
                let shape = tensor_shape(&node.shape)?;
                let id = match node.shape.len() {
                    1 => self.add(origin, x.id, ModelBuilder::flatten)?,
                    _ => self.add(origin, x.id, |b| b.reshape(shape))?,
                };
                Held { id, ..x }
            }
            Op::MaxPool(window) => {
                let id = self.add(origin, x.id, |b| {
                    b.max_pool2d(small(*window), window.placement)
                })?;
                Held { id, ..x }
            }
            Op::Clamp { lo, hi } => self.clamp(
                origin,
                x,
                clamp((*lo, *hi), self.steps[index + 1]),
                &node.shape,
            )?,
            Op::Pad(padding) => {
                let channels = network.shape(node.inputs[0])[0];
                let mut conv = Conv::pointwise(&vec![1.0; channels], &vec![0.0; channels]);
                conv.window.placement = Placement {
                    stride: [1, 1],
                    padding: *padding,
                };
                let id = self.select(origin, x.id, &conv)?;
                Held {
                    id,
                    lo: x.lo.min(0),
                    hi: x.hi.max(0),
                }
            }
            Op::Transpose { columns } => {
                let id = self.transpose(node, x.id, *columns)?;
                Held { id, ..x }
            }
            Op::Concat { axis } => self.concat(index, *axis)?,
            other => unreachable!("{other:?} accumulates"),
        };
        // What follows raw logits has their step.
        if !matches!(node.op, Op::Concat { .. }) {
            self.steps[index + 1] = self.steps[node.inputs[0]];
        }
        self.held[index + 1] = Some(held);
        Ok(())
    }

    /// A clamp of quantized values: nothing, a ReLU, or half of the doubled value.
    fn clamp(
        &mut self,
        origin: &Origin,
        x: Held,
        clamp: Clamp,
        shape: &[usize],
    ) -> Result<Held, QuantizeError> {
        let (lo, hi) = (i64::from(clamp.lo), i64::from(clamp.hi));
        if lo <= x.lo && x.hi <= hi {
            return Ok(x);
        }
        let id = if lo == 0 && x.hi <= hi {
            self.add(origin, x.id, ModelBuilder::relu)?
        } else {
            let doubled = self.add(origin, x.id, |b| b.add(x.id, 0, 0))?;
            self.add(origin, doubled, |b| {
                b.requantize(vec![1; channels(shape)], clamp)
            })?
        };
        Ok(Held {
            id,
            lo: x.lo.clamp(lo, hi),
            hi: x.hi.clamp(lo, hi),
        })
    }

    /// A convolution whose weights are ones and zeros: its sums are elements of the image.
    fn select(
        &mut self,
        origin: &Origin,
        on: ValueId,
        conv: &Conv,
    ) -> Result<ValueId, QuantizeError> {
        let name = self.tensor_name();
        let values = conv.rows.weights.iter().map(|&w| w as i8).collect();
        self.convolve(origin, on, &name, conv, values, None)
    }

    /// The transposed matrix: kernel `c` of a convolution over one channel picks column `c` of
    /// each row.
    fn transpose(
        &mut self,
        node: &Node,
        on: ValueId,
        columns: usize,
    ) -> Result<ValueId, QuantizeError> {
        let elements: usize = node.shape.iter().product();
        let matrix = tensor_shape(&[1, elements / columns, columns])?;
        let picks = |i: usize| f64::from(u8::from(i / columns == i % columns));
        let conv = Conv {
            rows: Rows {
                columns,
                weights: (0..columns * columns).map(picks).collect(),
                bias: vec![0.0; columns],
            },
            window: Window {
                kernel: [1, columns],
                placement: Placement::DENSE,
            },
            groups: 1,
        };
        let on = self.add(&node.origin, on, |b| b.reshape(matrix))?;
        let on = self.select(&node.origin, on, &conv)?;
        let shape = tensor_shape(&node.shape)?;
        self.add(&node.origin, on, |b| b.reshape(shape))
    }

    /// Operands of a finer step are requantized to that of the result.
    fn concat(&mut self, index: usize, axis: usize) -> Result<Held, QuantizeError> {
        let node = &self.network.nodes[index];
        let mut ids = Vec::new();
        let (mut lo, mut hi) = (i64::MAX, i64::MIN);
        for (position, &value) in node.inputs.iter().enumerate() {
            let mut x = self.operand(node, position);
            let powers = (self.steps[index + 1] / self.steps[value]).log2().round() as i32;
            if powers > 0 {
                let shift = u8::try_from(powers).ok().filter(|shift| *shift <= 24);
                let shift = shift.ok_or(QuantizeError::Apart {
                    node: node.origin.clone(),
                    powers,
                })?;
                let shifts = vec![shift; channels(self.network.shape(value))];
                x.id = self.add(&node.origin, x.id, |b| b.requantize(shifts, Clamp::FULL))?;
                let scaled = |end: i64| (end + (1 << (shift - 1))) >> shift;
                (x.lo, x.hi) = (scaled(x.lo), scaled(x.hi));
            }
            ids.push(x.id);
            (lo, hi) = (lo.min(x.lo), hi.max(x.hi));
        }
        let axis = u8::try_from(axis).unwrap_or(u8::MAX);
        let id = self.add(&node.origin, ids[0], |b| b.concat(ids.clone(), axis))?;
        Ok(Held { id, lo, hi })
    }
}
