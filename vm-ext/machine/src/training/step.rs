//! Forward pass, backward pass and update.
//!
//! The operators wrap in form only: "Why nothing overflows" in
//! [`crate::training`] says why none of them does.

use super::parameters::Parameters;
use super::plan::{Layer, Output, Plan, Stage, WEIGHT_BITS};
use super::{round, TrainingFault};
use alloc::{vec, vec::Vec};

/// Most that the magnitudes of one sum's activations, or of a layer's errors, may
/// add up to.
const MOST: u64 = 1 << 31;

/// What a step learns from.
#[derive(Clone, Copy, Debug)]
pub struct Batch<'a> {
    /// Inputs within the model's range, row after row.
    pub inputs: &'a [i32],
    /// Elements of one input.
    pub input_len: usize,
    /// Targets, row after row.
    pub targets: &'a [i32],
    /// Elements of one target.
    pub output_len: usize,
    /// The learning rate is 2^-rate_shift; one of [`super::RATE_SHIFTS`].
    pub rate_shift: u8,
}

/// The parameters after one step.
///
/// # Errors
/// [`TrainingFault::Sums`] and [`TrainingFault::Parameter`].
pub fn step(
    plan: &Plan,
    parameters: &Parameters,
    batch: &Batch<'_>,
) -> Result<Parameters, TrainingFault> {
    let mut gradient = Gradient::of(plan, parameters);
    let inputs = batch.inputs.chunks_exact(batch.input_len.max(1));
    let targets = batch.targets.chunks_exact(batch.output_len.max(1));
    for (input, target) in inputs.zip(targets) {
        let pass = forward(plan, parameters, input)?;
        backward(plan, parameters, pass, target, &mut gradient)?;
    }
    update(parameters, &gradient, batch.rate_shift)
}

/// What the backward pass of a row needs of its forward pass.
struct Pass {
    /// Per stage: the activations before a dense layer, or for an operator that
    /// rectifies one where an element was positive and zero where it was not.
    kept: Vec<Vec<i32>>,
    output: Vec<i64>,
}

fn forward(plan: &Plan, parameters: &Parameters, input: &[i32]) -> Result<Pass, TrainingFault> {
    let mut kept = Vec::with_capacity(plan.stages.len());
    let mut values: Vec<i64> = input
        .iter()
        .map(|x| i64::from(*x).wrapping_shl(plan.input_shift.into()))
        .collect();
    for stage in &plan.stages {
        let mut positive = Vec::new();
        match stage {
            Stage::Pass => {}
            Stage::Linear(layer) => {
                if magnitude(&values) > MOST {
                    return Err(TrainingFault::Sums { op: layer.op });
                }
                let activations: Vec<i32> = narrow(&values);
                values = sums(layer, parameters, &activations);
                positive = activations;
            }
            Stage::Relu => {
                positive = signs(&values);
                for value in &mut values {
                    *value = (*value).max(0);
                }
            }
            Stage::Requantize { lo, hi, rectifies } => {
                if *rectifies {
                    positive = signs(&values);
                }
                for value in &mut values {
                    *value = round(*value, WEIGHT_BITS).max(*lo).min(*hi);
                }
            }
        }
        kept.push(positive);
    }
    Ok(Pass {
        kept,
        output: values,
    })
}

/// `B[o] + sum over k of W[o][k] * a[k]`
fn sums(layer: &Layer, parameters: &Parameters, activations: &[i32]) -> Vec<i64> {
    let bias = layer.bias.map_or(&[][..], |bias| parameters.tensor(bias));
    layer
        .rows(parameters)
        .enumerate()
        .map(|(row, weights)| {
            let start = bias.get(row).copied().map_or(0, i64::from);
            weights
                .iter()
                .zip(activations)
                .fold(start, |sum, (weight, activation)| {
                    sum.wrapping_add(i64::from(*weight).wrapping_mul(i64::from(*activation)))
                })
        })
        .collect()
}

/// The sums of the gradients over the rows of a batch.
struct Gradient {
    /// Per tensor: of a weight Q16, of a bias Q8.
    tensors: Vec<Vec<i64>>,
    /// Per tensor: left shift to the fraction bits of its parameters.
    shifts: Vec<u8>,
    /// Per tensor of weights: the magnitude of the errors so far.
    errors: Vec<u64>,
}

impl Gradient {
    fn of(plan: &Plan, parameters: &Parameters) -> Self {
        let tensors = &parameters.tensors;
        let mut shifts = vec![0; tensors.len()];
        for bias in plan.layers().filter_map(|layer| layer.bias) {
            if let Some(shift) = shifts.get_mut(usize::from(bias)) {
                *shift = WEIGHT_BITS;
            }
        }
        Gradient {
            tensors: tensors.iter().map(|tensor| vec![0; tensor.len()]).collect(),
            shifts,
            errors: vec![0; tensors.len()],
        }
    }

    /// Adds what one row says about a layer.
    fn add(
        &mut self,
        layer: &Layer,
        activations: &[i32],
        errors: &[i64],
    ) -> Result<(), TrainingFault> {
        let refused = TrainingFault::Sums { op: layer.op };
        let weight = usize::from(layer.weight);
        let total = self.errors.get_mut(weight).ok_or(refused)?;
        *total = total.saturating_add(magnitude(errors));
        if *total > MOST {
            return Err(refused);
        }
        let rows = self.tensors.get_mut(weight).ok_or(refused)?;
        for (row, error) in rows.chunks_exact_mut(layer.columns.max(1)).zip(errors) {
            // Where the gradient does not pass there is nothing to add.
            if *error != 0 {
                for (sum, activation) in row.iter_mut().zip(activations) {
                    *sum = sum.wrapping_add(error.wrapping_mul(i64::from(*activation)));
                }
            }
        }
        let bias = layer
            .bias
            .and_then(|bias| self.tensors.get_mut(usize::from(bias)));
        for (sum, error) in bias.into_iter().flatten().zip(errors) {
            *sum = sum.wrapping_add(*error);
        }
        Ok(())
    }
}

fn backward(
    plan: &Plan,
    parameters: &Parameters,
    pass: Pass,
    target: &[i32],
    gradient: &mut Gradient,
) -> Result<(), TrainingFault> {
    let mut errors = errors(plan, pass.output, target);
    for (stage, kept) in plan.stages.iter().zip(&pass.kept).rev() {
        match stage {
            Stage::Linear(layer) => {
                gradient.add(layer, kept, &errors)?;
                // Nothing before the first layer learns.
                if layer.weight > 0 {
                    errors = back(layer, parameters, &errors);
                }
            }
            // Nothing is kept where the gradient passes everywhere.
            Stage::Pass | Stage::Relu | Stage::Requantize { .. } => {
                for (error, positive) in errors.iter_mut().zip(kept) {
                    *error = error.wrapping_mul(i64::from(*positive));
                }
            }
        }
    }
    Ok(())
}

/// Output less target, Q8.
fn errors(plan: &Plan, output: Vec<i64>, target: &[i32]) -> Vec<i64> {
    let pairs = output.into_iter().zip(target);
    match &plan.output {
        Output::Sums(shifts) => pairs
            .zip(shifts)
            .map(|((sum, target), shift)| {
                let target = i64::from(*target).wrapping_shl((*shift).into());
                round(sum.wrapping_sub(target), WEIGHT_BITS)
            })
            .collect(),
        Output::Activations(shift) => pairs
            .map(|(activation, target)| {
                let target = i64::from(*target).wrapping_shl((*shift).into());
                activation.wrapping_sub(target)
            })
            .collect(),
    }
}

/// `round(sum over o of W[o][k] * d[o], 16)`
fn back(layer: &Layer, parameters: &Parameters, errors: &[i64]) -> Vec<i64> {
    let mut sums = vec![0i64; layer.columns];
    for (weights, error) in layer.rows(parameters).zip(errors) {
        if *error != 0 {
            for (sum, weight) in sums.iter_mut().zip(weights) {
                *sum = sum.wrapping_add(error.wrapping_mul(i64::from(*weight)));
            }
        }
    }
    for sum in &mut sums {
        *sum = round(*sum, WEIGHT_BITS);
    }
    sums
}

/// `W - ((G + 2^(s-1)) >> s)` for each parameter.
fn update(
    parameters: &Parameters,
    gradient: &Gradient,
    rate_shift: u8,
) -> Result<Parameters, TrainingFault> {
    let mut position = 0u32..;
    let mut tensors = Vec::with_capacity(parameters.tensors.len());
    let gradients = gradient.tensors.iter().zip(&gradient.shifts);
    for (tensor, (gradient, shift)) in parameters.tensors.iter().zip(gradients) {
        let mut next = Vec::with_capacity(tensor.len());
        for ((value, slope), parameter) in tensor.iter().zip(gradient).zip(&mut position) {
            let change = round(slope.wrapping_shl((*shift).into()), rate_shift);
            let value = i64::from(*value).wrapping_sub(change);
            next.push(i32::try_from(value).map_err(|_| TrainingFault::Parameter { parameter })?);
        }
        tensors.push(next);
    }
    Ok(Parameters { tensors })
}

/// One for a positive element, zero for any other.
fn signs(values: &[i64]) -> Vec<i32> {
    values.iter().map(|value| i32::from(*value > 0)).collect()
}

/// Sum of the magnitudes.
fn magnitude(values: &[i64]) -> u64 {
    values.iter().fold(0, |sum: u64, value| {
        sum.saturating_add(value.unsigned_abs())
    })
}

/// Activations are under 2^15 in magnitude; the pass before has clamped them.
fn narrow(values: &[i64]) -> Vec<i32> {
    values
        .iter()
        .map(|value| i32::try_from(*value).unwrap_or(i32::MAX))
        .collect()
}

/// Working space of one step, in bytes: for each value element the value itself,
/// what is kept of it, its error and room for the next ones; for each parameter
/// its gradient and its successor.
pub const fn working_bytes(activations: u64, parameters: u64) -> u64 {
    activations
        .saturating_mul(32)
        .saturating_add(parameters.saturating_mul(12))
}
