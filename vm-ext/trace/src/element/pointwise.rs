//! Operators whose elements are made of few others, and the largest of a vector

use super::Source;
use crate::layout::size;
use crate::plan::Graph;
use crate::StepError;
use lattice_tensor::{Clamp, ValueId};

/// The sum of two shifted elements.
pub fn add(
    [left, right]: [ValueId; 2],
    shifts: [u8; 2],
    at: usize,
    source: &mut impl Source,
) -> Result<i32, StepError> {
    let (left, right) = (source.value(left, at)?, source.value(right, at)?);
    Ok(lattice_tensor::shifted_sum(left, right, shifts))
}

/// The element with the shift of its channel.
pub fn requantize(
    graph: &Graph,
    input: ValueId,
    shifts: &[u8],
    clamp: Clamp,
    at: usize,
    source: &mut impl Source,
) -> Result<i32, StepError> {
    let channel = at.checked_div(graph.shape(input)?.channel_len());
    let shift = channel.and_then(|channel| shifts.get(channel));
    let shift = shift.ok_or(StepError::Manifest)?;
    let acc = source.value(input, at)?;
    Ok(lattice_tensor::requantize(acc, *shift, clamp))
}

/// The element, or zero.
pub fn relu(input: ValueId, at: usize, source: &mut impl Source) -> Result<i32, StepError> {
    Ok(source.value(input, at)?.max(0))
}

/// The element of the input that it comes from: for each index of the axes before
/// `axis`, the runs of all inputs follow each other.
pub fn concat(
    graph: &Graph,
    inputs: &[ValueId],
    axis: u8,
    at: usize,
    source: &mut impl Source,
) -> Result<i32, StepError> {
    let run = |value: &ValueId| {
        let dims = graph.shape(*value)?.dims();
        let inner = dims.get(usize::from(axis)..).ok_or(StepError::Manifest)?;
        Ok(inner
            .iter()
            .fold(1usize, |product, dim| product.saturating_mul(size(*dim))))
    };
    let runs = inputs
        .iter()
        .map(run)
        .collect::<Result<alloc::vec::Vec<_>, _>>()?;
    let total = runs.iter().copied().fold(0, usize::saturating_add);
    let outer = at.checked_div(total).ok_or(StepError::Manifest)?;
    let mut within = at.checked_rem(total).ok_or(StepError::Manifest)?;
    for (value, run) in inputs.iter().zip(runs) {
        if within < run {
            return source.value(*value, outer.saturating_mul(run).saturating_add(within));
        }
        within = within.saturating_sub(run);
    }
    Err(StepError::Manifest)
}

/// The index of the largest element of the vector.
pub fn arg_max(graph: &Graph, input: ValueId, source: &mut impl Source) -> Result<i32, StepError> {
    let values = source.values(input, 0, graph.shape(input)?.len())?;
    lattice_tensor::arg_max(&values).ok_or(StepError::Manifest)
}
