//! Operators whose elements are products of a row of weights

use super::window::runs;
use super::Source;
use crate::plan::Graph;
use crate::StepError;
use alloc::{vec, vec::Vec};
use lattice_tensor::{Conv2d, Patches, TensorId};

/// `b[o] + Σ_k w[o, k] · x[k]`.
pub fn linear(
    graph: &Graph,
    [input, weight]: [u16; 2],
    bias: Option<TensorId>,
    at: usize,
    source: &mut impl Source,
) -> Result<i32, StepError> {
    let columns = graph.shape(input)?.len();
    let x = quantized(source.values(input, 0, columns)?)?;
    let row = source.weights(weight, at.saturating_mul(columns), columns)?;
    Ok(lattice_tensor::dot(&row, &x).wrapping_add(source.bias(bias, at)?))
}

/// The channel's row of weights times the patch of its group, and its bias.
pub fn conv2d(
    graph: &Graph,
    conv: &Conv2d,
    at: usize,
    source: &mut impl Source,
) -> Result<i32, StepError> {
    let image = graph.shape(conv.input)?;
    let weight = &graph.tensor(conv.weight)?.shape;
    let patches =
        Patches::new(image, weight, conv.placement, conv.groups).ok_or(StepError::Manifest)?;
    let windows = patches.windows();
    let channel = at.checked_div(windows.count()).unwrap_or(0);
    let window = at.checked_rem(windows.count()).unwrap_or(0);
    let group = channel.checked_div(patches.group_outputs()).unwrap_or(0);

    let mut patch = vec![0i16; patches.columns()];
    let mut first = group.saturating_mul(patches.images_len());
    let mut column = 0usize;
    for _ in 0..patches.group_inputs() {
        for run in runs(windows, window) {
            let start = first.saturating_add(run.image);
            let x = quantized(source.values(conv.input, start, run.len)?)?;
            let from = column.saturating_add(run.window);
            let place = patch.get_mut(from..from.saturating_add(run.len));
            place.ok_or(StepError::Manifest)?.copy_from_slice(&x);
        }
        first = first.saturating_add(windows.image_len());
        column = column.saturating_add(windows.window_len());
    }

    let columns = patches.columns();
    let row = source.weights(conv.weight, channel.saturating_mul(columns), columns)?;
    Ok(lattice_tensor::dot(&row, &patch).wrapping_add(source.bias(conv.bias, channel)?))
}

/// Operands as narrow as products take them. The model's bounds keep them within
/// -127..=127, so that only a false trace has others.
fn quantized(values: Vec<i32>) -> Result<Vec<i16>, StepError> {
    values
        .into_iter()
        .map(|value| i16::try_from(value).map_err(|_| StepError::NotQuantized { value }))
        .collect()
}
