//! A model whose dense layers run on a device.

use crate::multiply::{Matrix, Multiplier};
use crate::{Device, ExecutorError};
use lattice_tensor::{evaluate, Model, Op, TensorId, Trace, ValueId};
use std::{ops::Range, sync::Arc};

/// Puts the matrices of a model on a device.
pub(crate) type Load = fn(Device, Vec<Matrix>) -> Result<Box<dyn Multiplier>, ExecutorError>;

/// A model and its matrices on a device.
pub(crate) struct Graph {
    model: Arc<Model>,
    device: Device,
    multiplier: Box<dyn Multiplier>,
    /// By operator; none for those that run on the host.
    layers: Vec<Option<Layer>>,
}

/// A dense layer on the device.
struct Layer {
    input: ValueId,
    bias: Option<TensorId>,
    columns: usize,
    rows: usize,
    /// Runs of columns whose float32 sums are exact, each a matrix on the device.
    slices: Vec<Slice>,
}

struct Slice {
    columns: Range<usize>,
    matrix: usize,
}

impl Graph {
    /// Prepares every layer once.
    pub fn new(model: Arc<Model>, device: Device, load: Load) -> Result<Self, ExecutorError> {
        let mut matrices = Vec::new();
        let layers = (0..model.ops().len())
            .map(|op| layer(&model, op, &mut matrices))
            .collect();
        Ok(Self {
            multiplier: load(device, matrices)?,
            model,
            device,
            layers,
        })
    }

    pub fn model(&self) -> &Model {
        &self.model
    }

    /// The traces of inputs that the model takes.
    pub fn run(&self, inputs: &[&[i32]]) -> Result<Vec<Trace>, ExecutorError> {
        let mut traces: Vec<_> = inputs
            .iter()
            .map(|input| {
                let mut values = Vec::with_capacity(self.layers.len() + 1);
                values.push(input.to_vec());
                Trace { values }
            })
            .collect();
        for (op, layer) in self.layers.iter().enumerate() {
            match layer {
                Some(layer) => self.multiply(layer, &mut traces)?,
                None => {
                    for trace in &mut traces {
                        let value = evaluate(&self.model, op, &trace.values)?;
                        trace.values.push(value);
                    }
                }
            }
        }
        Ok(traces)
    }

    /// Appends the layer's result to every trace.
    fn multiply(&self, layer: &Layer, traces: &mut [Trace]) -> Result<(), ExecutorError> {
        let batch = traces.len();
        if batch == 0 {
            return Ok(());
        }
        let bias = layer.bias.map(|bias| self.model.bias(bias));
        let mut sums: Vec<Vec<i32>> = (0..batch)
            .map(|_| bias.map_or_else(|| vec![0; layer.rows], <[i32]>::to_vec))
            .collect();
        for slice in &layer.slices {
            let mut x = Vec::with_capacity(batch * slice.columns.len());
            for trace in traces.iter() {
                let value = &trace.values[usize::from(layer.input)];
                debug_assert_eq!(value.len(), layer.columns);
                // Exact: the values are at most 127 in magnitude.
                x.extend(value[slice.columns.clone()].iter().map(|x| *x as f32));
            }
            let product = self
                .multiplier
                .multiply(slice.matrix, x, batch)
                .map_err(|reason| ExecutorError::Failed {
                    device: self.device,
                    reason,
                })?;
            for (sums, product) in sums.iter_mut().zip(product.chunks_exact(layer.rows)) {
                for (sum, product) in sums.iter_mut().zip(product) {
                    // Exact for a device that passed its golden vectors: an
                    // integer under 2^24. The bounds of the model keep the sum
                    // in 30 bits; wrapping, so that the loop vectorizes.
                    *sum = sum.wrapping_add(*product as i32);
                }
            }
        }
        for (trace, sums) in traces.iter_mut().zip(sums) {
            trace.values.push(sums);
        }
        Ok(())
    }
}

/// The layer of operator `op` if it runs on the device; its matrices are appended.
fn layer(model: &Model, op: usize, matrices: &mut Vec<Matrix>) -> Option<Layer> {
    let Op::Linear {
        input,
        weight,
        bias,
    } = model.ops().get(op)?
    else {
        return None;
    };
    let columns = model.shape(*input).len();
    let rows = model.bounds(ValueId::try_from(op + 1).ok()?).len();
    let weight = model.weight(*weight);
    let width = model.exact_columns(op)?.max(1);
    let slices = (0..columns)
        .step_by(width)
        .map(|start| {
            let slice = start..columns.min(start + width);
            let elements = weight
                .chunks_exact(columns)
                .flat_map(|row| &row[slice.clone()])
                .map(|weight| f32::from(*weight))
                .collect();
            matrices.push(Matrix {
                columns: slice.len(),
                rows,
                elements,
            });
            Slice {
                columns: slice,
                matrix: matrices.len() - 1,
            }
        })
        .collect();
    Some(Layer {
        input: *input,
        bias: *bias,
        columns,
        rows,
        slices,
    })
}
