//! A model whose dense layers and convolutions run on a device.

use crate::check::Check;
use crate::multiply::{Matrix, Multiplier};
use crate::{Device, ExecutorError};
use lattice_tensor::{evaluate, Model, Op, Patches, TensorId, Trace, ValueId};
use std::{iter::repeat_n, mem::take, ops::Range, sync::Arc};

/// Elements of the patches that are multiplied at once, 64 MiB as float32.
const BLOCK_ELEMENTS: usize = 1 << 24;

/// Convolutions whose groups have smaller matrices, depthwise ones above all,
/// are sooner computed here than sent, group by group.
const SMALLEST_MATRIX: usize = 64;

/// Puts the matrices of a model on a device.
pub(crate) type Load = fn(Device, Vec<Matrix>) -> Result<Box<dyn Multiplier>, ExecutorError>;

/// A model and its matrices on a device.
pub(crate) struct Graph {
    model: Arc<Model>,
    device: Device,
    multiplier: Box<dyn Multiplier>,
    /// By matrix; none on the processor, which is trusted as the rest of the host is.
    checks: Vec<Check>,
    /// By operator; none for those that run on the host.
    layers: Vec<Option<Layer>>,
}

/// A layer of weights on the device.
struct Layer {
    input: ValueId,
    bias: Option<TensorId>,
    /// How a convolution is cut into patches; a dense layer has one, its input.
    patches: Option<Patches>,
    /// Elements of a patch.
    columns: usize,
    /// Rows of a group's matrix.
    rows: usize,
    /// The groups of a convolution; a dense layer has one.
    groups: Vec<Vec<Slice>>,
}

/// Columns whose float32 sums are exact, as a matrix on the device.
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
        let checks = match device {
            Device::Cpu => Vec::new(),
            _ => matrices.iter().map(Check::of).collect(),
        };
        Ok(Self {
            multiplier: load(device, matrices)?,
            checks,
            model,
            device,
            layers,
        })
    }

    pub fn model(&self) -> &Arc<Model> {
        &self.model
    }

    pub fn device(&self) -> Device {
        self.device
    }

    /// The traces of inputs that the model takes, each product of an accelerator checked.
    pub fn run(&self, inputs: &[&[i32]]) -> Result<Vec<Trace>, ExecutorError> {
        self.pass(inputs, &self.checks)
    }

    /// The traces as the device computes them, for whoever compares every bit.
    pub fn run_unchecked(&self, inputs: &[&[i32]]) -> Result<Vec<Trace>, ExecutorError> {
        self.pass(inputs, &[])
    }

    fn pass(&self, inputs: &[&[i32]], checks: &[Check]) -> Result<Vec<Trace>, ExecutorError> {
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
                Some(layer) => self.multiply(layer, &mut traces, checks)?,
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
    fn multiply(
        &self,
        layer: &Layer,
        traces: &mut [Trace],
        checks: &[Check],
    ) -> Result<(), ExecutorError> {
        let pixels = layer.pixels();
        let bias = layer.bias.map(|bias| self.model.bias(bias));
        let channels = layer.rows * layer.groups.len();
        let mut sums: Vec<Vec<i32>> = traces
            .iter()
            .map(|_| {
                let bias = (0..channels).map(|channel| bias.map_or(0, |bias| bias[channel]));
                bias.flat_map(|bias| repeat_n(bias, pixels)).collect()
            })
            .collect();
        let block = (BLOCK_ELEMENTS / layer.columns).max(1);
        let patches: Vec<_> = (0..traces.len())
            .flat_map(|sample| (0..pixels).map(move |pixel| (sample, pixel)))
            .collect();
        for (group, slices) in layer.groups.iter().enumerate() {
            for patches in patches.chunks(block) {
                let mut gathered = layer.gather(group, patches, traces);
                for slice in slices {
                    let x = slice.of(&mut gathered, layer.columns);
                    let product =
                        self.product(slice.matrix, x, patches.len(), checks.get(slice.matrix))?;
                    for ((sample, pixel), product) in
                        patches.iter().zip(product.chunks_exact(layer.rows))
                    {
                        let first = group * layer.rows * pixels + pixel;
                        let sums = sums[*sample][first..].iter_mut().step_by(pixels);
                        for (sum, product) in sums.zip(product) {
                            // Exact for a device that passed its golden vectors: an
                            // integer under 2^24. The bounds of the model keep the sum
                            // in 30 bits; wrapping, so that the loop vectorizes.
                            *sum = sum.wrapping_add(*product as i32);
                        }
                    }
                }
            }
        }
        for (trace, sums) in traces.iter_mut().zip(sums) {
            trace.values.push(sums);
        }
        Ok(())
    }

    /// The product of a matrix and a batch of inputs, as the check wants it if there is one.
    fn product(
        &self,
        matrix: usize,
        x: Vec<f32>,
        batch: usize,
        check: Option<&Check>,
    ) -> Result<Vec<f32>, ExecutorError> {
        let failed = |reason| ExecutorError::Failed {
            device: self.device,
            reason,
        };
        let expected = check.map(|check| (check, check.expect(&x)));
        let product = self.multiplier.multiply(matrix, x, batch).map_err(failed)?;
        match expected {
            Some((check, expected)) if !check.holds(&expected, &product) => Err(failed(format!(
                "its product of {batch} inputs with matrix {matrix} is wrong"
            ))),
            _ => Ok(product),
        }
    }
}

impl Slice {
    /// The slice's columns of gathered patches, which it takes if it is the only one.
    fn of(&self, gathered: &mut Vec<f32>, columns: usize) -> Vec<f32> {
        if self.columns.len() == columns {
            return take(gathered);
        }
        let patches = gathered.chunks_exact(columns);
        let slices = patches.flat_map(|patch| &patch[self.columns.clone()]);
        slices.copied().collect()
    }
}

impl Layer {
    /// Patches of one input.
    fn pixels(&self) -> usize {
        self.patches.map_or(1, |patches| patches.windows().count())
    }

    /// Patches of one group, each a sample and a pixel in turn. Exact: the
    /// values are at most 127 in magnitude.
    fn gather(&self, group: usize, patches: &[(usize, usize)], traces: &[Trace]) -> Vec<f32> {
        let mut gathered = vec![0f32; patches.len() * self.columns];
        let mut rest = gathered.as_mut_slice();
        for run in patches.chunk_by(|a, b| a.0 == b.0) {
            let (sample, pixel) = run[0];
            let value = &traces[sample].values[usize::from(self.input)];
            let place;
            (place, rest) = rest.split_at_mut(run.len() * self.columns);
            match &self.patches {
                Some(patches) => {
                    let images = &value[group * patches.images_len()..][..patches.images_len()];
                    patches.gather(images, pixel, place, |x| x as f32);
                }
                None => {
                    debug_assert_eq!(value.len(), self.columns);
                    for (element, x) in place.iter_mut().zip(value) {
                        *element = *x as f32;
                    }
                }
            }
        }
        gathered
    }
}

/// The layer of operator `op` if it runs on the device; its matrices are appended.
fn layer(model: &Model, op: usize, matrices: &mut Vec<Matrix>) -> Option<Layer> {
    let (input, weight, bias, patches) = match model.ops().get(op)? {
        Op::Linear {
            input,
            weight,
            bias,
        } => (*input, *weight, *bias, None),
        Op::Conv2d(conv) => {
            let patches = Patches::of(model, conv)?;
            (conv.input, conv.weight, conv.bias, Some(patches))
        }
        _ => return None,
    };
    let weight = model.weight(weight);
    let columns = patches.map_or(model.shape(input).len(), |patches| patches.columns());
    let channels = weight.len() / columns;
    let rows = patches.map_or(channels, |patches| patches.group_outputs());
    if patches.is_some() && rows * columns < SMALLEST_MATRIX {
        return None;
    }
    let width = model.exact_columns(op)?.max(1);
    let mut cut = |weight: &[i8]| {
        (0..columns)
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
            .collect()
    };
    let groups = weight.chunks_exact(rows * columns).map(&mut cut).collect();
    Some(Layer {
        input,
        bias,
        patches,
        columns,
        rows,
        groups,
    })
}
