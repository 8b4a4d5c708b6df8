//! Operators whose elements are made of a window over one channel

use super::window::{image, runs};
use super::Source;
use crate::plan::Graph;
use crate::StepError;
use alloc::vec::Vec;
use lattice_tensor::{AvgPool2d, GlobalAvgPool, MaxPool2d, Placement, ValueId, Windows};

/// The largest element of the window.
pub fn max(
    graph: &Graph,
    pool: &MaxPool2d,
    at: usize,
    source: &mut impl Source,
) -> Result<i32, StepError> {
    let covered = covered(graph, pool.input, pool.kernel, pool.placement, at, source)?;
    Ok(covered.into_iter().fold(i32::MIN, i32::max))
}

/// The average of the window.
pub fn average(
    graph: &Graph,
    pool: &AvgPool2d,
    at: usize,
    source: &mut impl Source,
) -> Result<i32, StepError> {
    let covered = covered(graph, pool.input, pool.kernel, pool.placement, at, source)?;
    Ok(pool.average.of(covered))
}

/// The average of the channel.
pub fn global_average(
    graph: &Graph,
    pool: &GlobalAvgPool,
    at: usize,
    source: &mut impl Source,
) -> Result<i32, StepError> {
    let len = graph.shape(pool.input)?.channel_len();
    let channel = source.values(pool.input, at.saturating_mul(len), len)?;
    Ok(pool.average.of(channel))
}

/// What the window of element `at` covers of its channel.
fn covered(
    graph: &Graph,
    input: ValueId,
    kernel: [u8; 2],
    placement: Placement,
    at: usize,
    source: &mut impl Source,
) -> Result<Vec<i32>, StepError> {
    let [_, height, width] = image(graph.shape(input)?)?;
    let windows = Windows::meeting([height, width], kernel.map(u32::from), placement)
        .map_err(|_| StepError::Manifest)?;
    let (channel, window) = (
        at.checked_div(windows.count()).unwrap_or(0),
        at.checked_rem(windows.count()).unwrap_or(0),
    );
    let first = channel.saturating_mul(windows.image_len());
    let mut covered = Vec::new();
    for run in runs(&windows, window) {
        let start = first.saturating_add(run.image);
        covered.extend(source.values(input, start, run.len)?);
    }
    Ok(covered)
}
