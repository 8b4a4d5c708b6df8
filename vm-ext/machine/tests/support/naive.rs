//! Convolution and pooling by their definitions: one product at a time, in 128 bits.

#![allow(dead_code)] // Each test file uses a part of it.

use lattice_isa::{Pooling, Trap};

/// An image `[channels, height, width]`.
pub struct Image<'a> {
    pub dims: [usize; 3],
    pub elements: &'a [i32],
}

/// Filters `[outputs, channels of a group, height, width]`.
pub struct Filters<'a> {
    pub dims: [usize; 4],
    pub elements: &'a [i32],
}

impl Image<'_> {
    /// An element, or none outside.
    fn at(&self, channel: usize, row: i64, column: i64) -> Option<i128> {
        let [_, height, width] = self.dims;
        let inside = (0..height as i64).contains(&row) && (0..width as i64).contains(&column);
        inside.then(|| {
            let at = (channel * height + row as usize) * width + column as usize;
            i128::from(self.elements[at])
        })
    }
}

fn windows(size: usize, kernel: usize, stride: u8, before: u8, after: u8) -> Option<usize> {
    let padded = size + usize::from(before) + usize::from(after);
    (padded >= kernel).then(|| (padded - kernel) / usize::from(stride) + 1)
}

fn place(window: usize, stride: u8, tap: usize, before: u8) -> i64 {
    (window * usize::from(stride) + tap) as i64 - i64::from(before)
}

/// Shape and sums; none if no window fits.
pub fn convolve(
    image: &Image<'_>,
    filters: &Filters<'_>,
    stride: [u8; 2],
    [top, left, bottom, right]: [u8; 4],
    groups: u16,
) -> Option<(Vec<u32>, Vec<i128>)> {
    let [outputs, inputs, kh, kw] = filters.dims;
    let down = windows(image.dims[1], kh, stride[0], top, bottom)?;
    let across = windows(image.dims[2], kw, stride[1], left, right)?;
    let per_group = outputs / usize::from(groups);
    let mut exact = Vec::new();
    for o in 0..outputs {
        for y in 0..down {
            for x in 0..across {
                let mut sum = 0;
                for c in 0..inputs {
                    for i in 0..kh {
                        for j in 0..kw {
                            let row = place(y, stride[0], i, top);
                            let column = place(x, stride[1], j, left);
                            let channel = o / per_group * inputs + c;
                            let weight = filters.elements[((o * inputs + c) * kh + i) * kw + j];
                            sum += i128::from(weight) * image.at(channel, row, column).unwrap_or(0);
                        }
                    }
                }
                exact.push(sum);
            }
        }
    }
    Some((extents(&[outputs, down, across]), exact))
}

/// Shape, results, and whether some window holds nothing but border; none if no
/// window fits.
pub fn pool(
    image: &Image<'_>,
    pooling: Pooling,
    kernel: [u8; 2],
    stride: [u8; 2],
    [top, left, bottom, right]: [u8; 4],
) -> Option<(Vec<u32>, Vec<i128>, bool)> {
    let [kh, kw] = kernel.map(usize::from);
    let [channels, height, width] = image.dims;
    let down = windows(height, kh, stride[0], top, bottom)?;
    let across = windows(width, kw, stride[1], left, right)?;
    let mut exact = Vec::new();
    let mut only_padding = false;
    for c in 0..channels {
        for y in 0..down {
            for x in 0..across {
                let mut inside = Vec::new();
                for i in 0..kh {
                    for j in 0..kw {
                        let row = place(y, stride[0], i, top);
                        let column = place(x, stride[1], j, left);
                        inside.extend(image.at(c, row, column));
                    }
                }
                only_padding |= inside.is_empty();
                exact.push(match pooling {
                    Pooling::Max => inside.iter().max().copied().unwrap_or(0),
                    Pooling::Average { multiplier, shift } => {
                        let product = inside.iter().sum::<i128>() * i128::from(multiplier);
                        product.div_euclid(1 << shift.min(100))
                    }
                });
            }
        }
    }
    Some((extents(&[channels, down, across]), exact, only_padding))
}

/// The values in 32 bits, or the trap of the first that does not fit.
pub fn fits(exact: &[i128]) -> Result<Vec<i32>, Trap> {
    exact
        .iter()
        .zip(0u32..)
        .map(|(value, element)| i32::try_from(*value).map_err(|_| Trap::Overflow { element }))
        .collect()
}

pub fn extents(dims: &[usize]) -> Vec<u32> {
    dims.iter()
        .map(|dim| u32::try_from(*dim).expect("small"))
        .collect()
}
