//! The reference executor.

use crate::ops::Evaluation;
use crate::{ExecError, Model};
use alloc::vec::Vec;

/// Every value of one execution.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trace {
    /// `values[0]` is the input, `values[i + 1]` the result of operator `i`;
    /// elements are row-major.
    pub values: Vec<Vec<i32>>,
}

impl Trace {
    /// The last value.
    pub fn output(&self) -> &[i32] {
        self.values.last().map_or(&[], Vec::as_slice)
    }
}

impl Model {
    /// Whether the model takes `input`.
    ///
    /// # Errors
    /// [`ExecError::InputLength`] and [`ExecError::InputRange`].
    pub fn check_input(&self, input: &[i32]) -> Result<(), ExecError> {
        if input.len() != self.input_len() {
            return Err(ExecError::InputLength {
                expected: self.input_len(),
                found: input.len(),
            });
        }
        let range = self.input_range();
        match input.iter().position(|value| !range.contains(*value)) {
            Some(index) => Err(ExecError::InputRange {
                index,
                value: input.get(index).copied().unwrap_or_default(),
                lo: range.lo,
                hi: range.hi,
            }),
            None => Ok(()),
        }
    }
}

/// Runs the model and returns its output.
///
/// # Errors
/// [`ExecError::InputLength`] and [`ExecError::InputRange`].
pub fn execute(model: &Model, input: &[i32]) -> Result<Vec<i32>, ExecError> {
    let mut trace = trace(model, input)?;
    Ok(trace.values.pop().unwrap_or_default())
}

/// Runs the model and returns all of its values.
///
/// # Errors
/// [`ExecError::InputLength`] and [`ExecError::InputRange`].
pub fn trace(model: &Model, input: &[i32]) -> Result<Trace, ExecError> {
    model.check_input(input)?;
    let mut values = Vec::with_capacity(model.ops().len().saturating_add(1));
    values.push(input.to_vec());
    for op in 0..model.ops().len() {
        let value = evaluate(model, op, &values)?;
        values.push(value);
    }
    Ok(Trace { values })
}

/// Runs one operator on the values before it, for executors that run some
/// operators on a device and the others as they are defined here.
///
/// `values` are values of this model on an input that it takes; other values
/// give other numbers, and never a panic.
///
/// # Errors
/// [`ExecError::Inconsistent`] if there is no such operator, or if a value that
/// it reads is missing.
pub fn evaluate(model: &Model, op: usize, values: &[Vec<i32>]) -> Result<Vec<i32>, ExecError> {
    model
        .ops()
        .get(op)
        .and_then(|op| op.evaluate(&Evaluation { model, values }))
        .ok_or(ExecError::Inconsistent { op })
}
