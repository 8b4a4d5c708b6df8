//! Conv2d: `y[o, i, j] = b[o] + Σ w · x` over a window and the channels of a group.
//!
//! # Soundness
//! A combination has no freedom: an output is what its formula says, over the integers, with the
//! weights as coefficients. Padding is zero, so it adds no term; an output at the border has fewer
//! terms, and the intervals that decide widths are those of its own terms.
//!
//! # Constraints
//! None.

use lattice_tensor::Patches;
use rayon::prelude::*;

use crate::{combination::Element, error::CircuitError};

/// What each window covers of the images of a group: positions in the image and in the row of
/// weights.
fn taps(patches: &Patches) -> Vec<Vec<(usize, usize)>> {
    let windows = patches.windows();
    let mut result = Vec::with_capacity(windows.count());
    for down in 0..windows.rows.count() {
        let row = windows.rows.overlap(down);
        for right in 0..windows.columns.count() {
            let column = windows.columns.overlap(right);
            let mut taps = Vec::with_capacity(patches.columns());
            for channel in 0..patches.group_inputs() {
                for y in 0..row.len {
                    for x in 0..column.len {
                        let image = (row.image + y) * windows.image_width() + column.image + x;
                        let kernel = (row.kernel + y) * windows.kernel_width() + column.kernel + x;
                        taps.push((
                            channel * windows.image_len() + image,
                            channel * windows.window_len() + kernel,
                        ));
                    }
                }
            }
            result.push(taps);
        }
    }
    result
}

/// The outputs, `[out, windows down, windows across]`.
pub(crate) fn convolution(
    op: usize,
    patches: &Patches,
    input: &[Element],
    weight: &[i8],
    bias: Option<&[i32]>,
) -> Result<Vec<Element>, CircuitError> {
    let taps = taps(patches);
    let rows: Vec<(usize, &[i8])> = weight
        .chunks(patches.columns().max(1))
        .enumerate()
        .collect();
    rows.par_iter()
        .flat_map(|&(channel, weights)| {
            let group = channel / patches.group_outputs().max(1);
            let images = &input[group * patches.images_len()..][..patches.images_len()];
            let bias = bias.map_or(0, |bias| i64::from(bias[channel]));
            taps.par_iter().map(move |taps| {
                let parts = taps
                    .iter()
                    .map(|&(image, kernel)| (&images[image], i64::from(weights[kernel])));
                Element::sum(parts, bias).ok_or(CircuitError::CoefficientOverflow { op })
            })
        })
        .collect()
}

/// Terms that a convolution reads.
pub(crate) fn terms(patches: &Patches, input: &[Element]) -> u64 {
    let taps = taps(patches);
    let of = |element: &Element| element.terms().len() as u64 + 1;
    input
        .chunks(patches.images_len().max(1))
        .map(|images| {
            let each = taps.iter().flatten().map(|&(image, _)| of(&images[image]));
            each.sum::<u64>()
                .saturating_mul(patches.group_outputs() as u64)
        })
        .fold(0, u64::saturating_add)
}
