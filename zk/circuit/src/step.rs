//! The steps of the witness pass: what is read, what is computed, where it goes.

use crate::{
    error::AssignError,
    gadgets::{arg_max::ArgMax, average::Divisor, pool::MaxTree, saturate::Unit},
    witness::Writer,
};

/// Numbers that a step reads or writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wire {
    /// A value of the trace. What a step computes for it is compared with it.
    Value(usize),
    /// Numbers that no value of the model holds, in the order in which steps write them.
    Scratch(usize),
}

/// A step that writes rows.
#[derive(Clone, Debug)]
pub(crate) struct Step {
    pub(crate) op: usize,
    pub(crate) source: Wire,
    pub(crate) target: Wire,
    pub(crate) task: Task,
}

/// What is computed.
#[derive(Clone, Debug)]
pub(crate) enum Task {
    /// A saturation of each element.
    Saturation(Vec<Unit>),
    /// Maxima over windows.
    Maximum(MaxTree),
    /// Sums over the windows of images, times a factor.
    Products {
        divisor: Divisor,
        covered: Vec<Vec<usize>>,
        image: usize,
    },
    /// The index of the largest element.
    ArgMax(ArgMax),
}

impl Step {
    /// Computes the step and writes its witness.
    pub(crate) fn assign(
        &self,
        values: &[Vec<i32>],
        scratch: &mut Vec<Vec<i64>>,
        writer: &mut Writer,
    ) -> Result<(), AssignError> {
        let wide: Vec<i64>;
        let (value, source) = match self.source {
            Wire::Value(value) => {
                wide = values[value].iter().map(|&x| x.into()).collect();
                (value, &wide)
            }
            Wire::Scratch(index) => (self.op, &scratch[index]),
        };
        let result =
            self.task
                .assign(source, writer)
                .map_err(|element| AssignError::OutOfBounds {
                    value,
                    element,
                    actual: source.get(element).copied().unwrap_or_default(),
                })?;
        match self.target {
            Wire::Value(target) => compare(target, &values[target], &result),
            Wire::Scratch(_) => {
                scratch.push(result);
                Ok(())
            }
        }
    }
}

/// The trace holds what the model computes.
fn compare(value: usize, trace: &[i32], computed: &[i64]) -> Result<(), AssignError> {
    let mut pairs = trace.iter().zip(computed).enumerate();
    match pairs.find(|(_, (&actual, &expected))| i64::from(actual) != expected) {
        None => Ok(()),
        Some((element, (&actual, &expected))) => Err(AssignError::TraceMismatch {
            value,
            element,
            expected,
            actual: actual.into(),
        }),
    }
}

impl Task {
    /// The result; the error is the position of an element that leaves the planned bounds.
    pub(crate) fn assign(&self, source: &[i64], writer: &mut Writer) -> Result<Vec<i64>, usize> {
        match self {
            Self::Saturation(units) => {
                let pairs = units.iter().zip(source).enumerate();
                pairs
                    .map(|(element, (unit, &x))| match unit {
                        Unit::Constant(value) => Ok(*value),
                        Unit::Identity => Ok(x),
                        Unit::Gadget(gadget) => {
                            let number = gadget.number(x).ok_or(element)?;
                            gadget.assign(&gadget.bits(number), writer);
                            Ok(gadget.result(number))
                        }
                        Unit::LookedUp(gadget) => gadget.assign(x, writer).ok_or(element),
                    })
                    .collect()
            }
            Self::Maximum(tree) => tree.assign(source, writer),
            Self::Products {
                divisor,
                covered,
                image,
            } => Ok(divisor.evaluate(covered, *image, source)),
            Self::ArgMax(plan) => Ok(vec![plan.assign(source, writer)?]),
        }
    }
}
