//! Images, and what all pools share: their shape rule and the walk over windows

use super::{Placement, ShapeContext, ValueId, Windows};
use crate::{ModelError, Shape};
use alloc::vec::Vec;

/// Channels, height and width of a value that an operator takes as an image.
pub fn required(
    context: &ShapeContext,
    name: &'static str,
    value: ValueId,
) -> Result<[u32; 3], ModelError> {
    let shape = context.value(value)?;
    dims(shape).ok_or_else(|| ModelError::ShapeMismatch {
        op: context.op,
        name,
        expected: "an image [channels, height, width]".into(),
        found: shape.clone(),
    })
}

/// Channels, height and width of an image.
pub fn dims(shape: &Shape) -> Option<[u32; 3]> {
    shape.dims().try_into().ok()
}

/// The windows of a pool over a value whose shape has been checked.
pub fn pool(shape: &Shape, kernel: [u8; 2], placement: Placement) -> Option<Windows> {
    let [_, height, width] = dims(shape)?;
    Windows::meeting([height, width], kernel.map(u32::from), placement).ok()
}

/// The result of a pool: `[channels, windows down, windows across]`.
pub fn pooled(
    context: &ShapeContext,
    name: &'static str,
    input: ValueId,
    kernel: [u8; 2],
    placement: Placement,
) -> Result<Shape, ModelError> {
    let [channels, height, width] = required(context, name, input)?;
    let windows = Windows::meeting([height, width], kernel.map(u32::from), placement)
        .map_err(|error| context.window(name, error))?;
    result(channels, &windows)
}

/// `[channels, windows down, windows across]`.
pub fn result(channels: u32, windows: &Windows) -> Result<Shape, ModelError> {
    let narrow = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    Shape::new([
        channels,
        narrow(windows.rows.count()),
        narrow(windows.columns.count()),
    ])
}

/// Elements that the windows of a pool cover.
pub fn pool_work(
    context: &ShapeContext,
    input: ValueId,
    kernel: [u8; 2],
    placement: Placement,
) -> u64 {
    context
        .value(input)
        .ok()
        .and_then(|shape| Some((dims(shape)?[0], pool(shape, kernel, placement)?)))
        .map_or(0, |(channels, windows)| windows.work(channels))
}

/// For each image of `values` and each window on it, row-major, the fold
/// of the elements that the window covers, without padding.
pub fn fold_windows(
    windows: &Windows,
    values: &[i32],
    start: i32,
    fold: impl Fn(i32, i32) -> i32 + Copy,
    finish: impl Fn(i32) -> i32,
) -> Vec<i32> {
    let image_len = windows.image_len().max(1);
    let images = values.len().checked_div(image_len).unwrap_or(0);
    let mut result = Vec::with_capacity(images.saturating_mul(windows.count()));
    let columns: Vec<_> = (0..windows.columns.count())
        .map(|index| windows.columns.overlap(index))
        .collect();
    let width = windows.image_width();
    for image in values.chunks_exact(image_len) {
        for index in 0..windows.rows.count() {
            let row = windows.rows.overlap(index);
            let top = row.image.saturating_mul(width);
            result.extend(columns.iter().map(|column| {
                let mut state = start;
                let mut place = top.saturating_add(column.image);
                for _ in 0..row.len {
                    let run = image.get(place..place.saturating_add(column.len));
                    for x in run.unwrap_or_default() {
                        state = fold(state, *x);
                    }
                    place = place.saturating_add(width);
                }
                finish(state)
            }));
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    #[test]
    fn folds_each_window_of_each_image_in_turn() {
        let windows = Windows::new([2, 3], [2, 2], Placement::DENSE).unwrap();
        let values = [1, 2, 3, 4, 5, 6, -1, -2, -3, -4, -5, -6];
        let sums = fold_windows(&windows, &values, 0, |a, b| a + b, |sum| 10 * sum);
        assert_eq!(sums, vec![120, 160, -120, -160]);
    }
}
