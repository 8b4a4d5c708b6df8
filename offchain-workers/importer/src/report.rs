//! How well the integer model stands for the float one.

use crate::error::{ImportError, SamplesError};
use crate::quantize::input::{saturate_input, RangeOrigin};
use crate::quantize::Quantized;
use crate::reference::Reference;
use crate::samples::Samples;
use lattice_tensor::{trace, Model, Op, Trace};
use serde::Serialize;

/// What an import did, for people and for `--json`.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// Blake2-256 of the manifest, 0x-hex.
    pub model: String,
    pub input: InputReport,
    pub layers: Vec<LayerReport>,
    /// Operators after the logits that were dropped.
    pub dropped: Vec<String>,
    pub evaluation: Evaluation,
}

/// The model's input.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct InputReport {
    pub shape: Vec<u32>,
    pub lo: i8,
    pub hi: i8,
    /// Real value of one step.
    pub step: f64,
    pub origin: RangeOrigin,
}

/// One layer: an operator that accumulates.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LayerReport {
    pub name: String,
    /// Operator of the integer model.
    pub op: &'static str,
    /// Terms of each sum.
    pub inputs: usize,
    /// Channels of the result.
    pub outputs: usize,
    /// Real value of one step of the result.
    pub step: f64,
    /// Smallest and largest requantization shift; absent for raw results.
    pub shifts: Option<(u8, u8)>,
    /// Channels with weights coarser than 7 bits, because of the accumulator's bound.
    pub coarsened: usize,
    /// Share of results cut off by the clamp, 0 to 1; absent for raw results. What a fused
    /// ReLU sets to zero does not count.
    pub saturated: Option<f64>,
}

/// Float and integer model on the same samples.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Evaluation {
    pub samples: usize,
    /// Share of samples on which both name the same class, 0 to 1.
    pub agreement: f64,
    /// Share of correct classes of the float model, when labels were given.
    pub float_accuracy: Option<f64>,
    /// Share of correct classes of the integer model, when labels were given.
    pub integer_accuracy: Option<f64>,
    /// Largest difference of a logit, in real units.
    pub largest_logit_error: f64,
    /// Input elements moved into the declared range.
    pub moved_inputs: usize,
}

/// Index of the largest value; the lowest index on a tie, as the specification says.
pub fn argmax<T: PartialOrd>(values: &[T]) -> usize {
    let mut best = 0;
    for (index, value) in values.iter().enumerate() {
        if *value > values[best] {
            best = index;
        }
    }
    best
}

/// Runs both models over `samples` (with `labels`, one class each, when known).
pub(crate) fn evaluate(
    quantized: &Quantized,
    reference: &Reference,
    samples: &Samples,
    labels: Option<&[usize]>,
    mut progress: impl FnMut(usize, usize),
) -> Result<(Evaluation, Vec<Option<f64>>), ImportError> {
    if let Some(labels) = labels {
        if labels.len() != samples.len() {
            return Err(ImportError::Samples(SamplesError::LabelCount {
                labels: labels.len(),
                samples: samples.len(),
            }));
        }
    }
    let model = &quantized.model;
    let declared = &model.manifest().input;
    let output_step = model.manifest().output_scale.to_f64();
    let mut saturation = Saturation::new(quantized);
    let (mut agreed, mut float_right, mut integer_right) = (0usize, 0usize, 0usize);
    let (mut largest_logit_error, mut moved_inputs) = (0f64, 0);
    for (row, sample) in samples.rows().enumerate() {
        let float = reference.logits(sample)?;
        let (input, moved) = saturate_input(declared, sample).map_err(|e| {
            ImportError::Reference(format!("sample {row} does not fit the model: {e}"))
        })?;
        moved_inputs += moved;
        let trace = trace(model, &input)
            .map_err(|e| ImportError::Reference(format!("sample {row}: {e}")))?;
        saturation.add(model, &trace);
        let integer = trace.values.last().map_or(&[][..], Vec::as_slice);
        for (real, steps) in float.iter().zip(integer) {
            let error = (real - f64::from(*steps) * output_step).abs();
            largest_logit_error = largest_logit_error.max(error);
        }
        let (float_class, integer_class) = (argmax(&float), argmax(integer));
        agreed += usize::from(float_class == integer_class);
        if let Some(labels) = labels {
            float_right += usize::from(float_class == labels[row]);
            integer_right += usize::from(integer_class == labels[row]);
        }
        progress(row + 1, samples.len());
    }
    let share = |count: usize| count as f64 / samples.len() as f64;
    let evaluation = Evaluation {
        samples: samples.len(),
        agreement: share(agreed),
        float_accuracy: labels.map(|_| share(float_right)),
        integer_accuracy: labels.map(|_| share(integer_right)),
        largest_logit_error,
        moved_inputs,
    };
    Ok((evaluation, saturation.rates()))
}

/// Counts results that a layer's clamp cut off.
struct Saturation {
    /// Per layer: its `Requantize`, results cut off, and all.
    counts: Vec<(Option<usize>, u64, u64)>,
}

impl Saturation {
    fn new(quantized: &Quantized) -> Self {
        let layers = quantized.layers.iter();
        Saturation {
            counts: layers.map(|layer| (layer.requantize, 0, 0)).collect(),
        }
    }

    fn add(&mut self, model: &Model, trace: &Trace) {
        for (op, cut, all) in &mut self.counts {
            let Some(Op::Requantize {
                input,
                shifts,
                clamp,
            }) = op.and_then(|op| model.ops().get(op))
            else {
                continue;
            };
            let accumulators = &trace.values[usize::from(*input)];
            let per_channel = (accumulators.len() / shifts.len().max(1)).max(1);
            for (index, &accumulator) in accumulators.iter().enumerate() {
                let shift = shifts[index / per_channel];
                let rounded = (i64::from(accumulator) + (1 << (shift - 1))) >> shift;
                let below = clamp.lo != 0 && rounded < i64::from(clamp.lo);
                *cut += u64::from(below || rounded > i64::from(clamp.hi));
                *all += 1;
            }
        }
    }

    fn rates(&self) -> Vec<Option<f64>> {
        let rate = |&(op, cut, all): &(Option<usize>, u64, u64)| {
            op.map(|_| cut as f64 / all.max(1) as f64)
        };
        self.counts.iter().map(rate).collect()
    }
}

impl Report {
    pub(crate) fn new(
        quantized: &Quantized,
        dropped: &[String],
        evaluation: Evaluation,
        saturation: &[Option<f64>],
    ) -> Self {
        let declared = &quantized.model.manifest().input;
        let layers = quantized
            .layers
            .iter()
            .enumerate()
            .map(|(index, layer)| LayerReport {
                name: layer.name.clone(),
                op: layer.op,
                inputs: layer.inputs,
                outputs: layer.outputs,
                step: layer.step,
                shifts: layer.shifts,
                coarsened: layer.coarsened,
                saturated: saturation.get(index).copied().flatten(),
            })
            .collect();
        Report {
            model: quantized.model.id().to_string(),
            input: InputReport {
                shape: declared.shape.dims().to_vec(),
                lo: declared.range.lo,
                hi: declared.range.hi,
                step: declared.scale.to_f64(),
                origin: quantized.input.origin,
            },
            layers,
            dropped: dropped.to_vec(),
            evaluation,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::argmax;

    #[test]
    fn ties_go_to_the_lowest_index() {
        assert_eq!(argmax(&[1, 3, 3, 2]), 1);
        assert_eq!(argmax(&[0.5]), 0);
    }
}
