//! Who computes, and the integer semantics that every backend must meet.

use alloc::{vec, vec::Vec};
use lattice_isa::Pooling;
use lattice_tensor::{ExecError, Model, Windows};

/// The element of a result that does not fit 32 bits.
///
/// When several do not, it is the one with the lowest index, so that backends
/// that work in another order report the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Overflow {
    /// Index of the element, last axis fastest.
    pub element: u32,
}

/// Computes what the machine has checked and charged for.
///
/// A backend may only be faster than the provided methods, never different:
/// results are part of the chain's state.
pub trait TensorBackend {
    /// The output of a model.
    ///
    /// # Errors
    /// [`ExecError`] as of [`lattice_tensor::execute`].
    fn execute(&self, model: &Model, input: &[i32]) -> Result<Vec<i32>, ExecError> {
        lattice_tensor::execute(model, input)
    }

    /// `left[i] + right[i]`; the slices are equally long.
    ///
    /// # Errors
    /// [`Overflow`] names the first sum that leaves 32 bits.
    fn add(&self, left: &[i32], right: &[i32]) -> Result<Vec<i32>, Overflow> {
        left.iter()
            .zip(right)
            .zip(0u32..)
            .map(|((left, right), element)| left.checked_add(*right).ok_or(Overflow { element }))
            .collect()
    }

    /// `sum over k of left[i][k] * right[k][j]`, as row-major `[rows, columns]`.
    ///
    /// The sum is over the integers: an element traps exactly when its value
    /// leaves 32 bits, in whatever order the products are added.
    ///
    /// # Errors
    /// [`Overflow`] names the first element that leaves 32 bits.
    fn multiply(
        &self,
        left: &[i32],
        right: &[i32],
        inner: usize,
        columns: usize,
    ) -> Result<Vec<i32>, Overflow> {
        let rows = left.len().checked_div(inner).unwrap_or(0);
        let mut out = Vec::with_capacity(rows.saturating_mul(columns));
        let mut sums = vec![0i128; columns];
        let mut elements = 0u32..;
        for row in left.chunks_exact(inner.max(1)) {
            if columns < WIDE {
                for (column, sum) in sums.iter_mut().enumerate() {
                    *sum = dot(row, right.iter().skip(column).step_by(columns));
                }
            } else {
                sums.fill(0);
                for (factor, right_row) in row.iter().zip(right.chunks_exact(columns)) {
                    accumulate(&mut sums, i64::from(*factor), right_row);
                }
            }
            for (sum, element) in sums.iter().zip(&mut elements) {
                out.push(i32::try_from(*sum).map_err(|_| Overflow { element })?);
            }
        }
        Ok(out)
    }

    /// Sums of products over windows, `[outputs, height, width]`, of an image
    /// `[channels, height, width]` and weights `[outputs, channels of a group,
    /// kernel height, kernel width]`; elements outside the image are zero.
    ///
    /// The sum is over the integers, as that of [`TensorBackend::multiply`].
    ///
    /// # Errors
    /// [`Overflow`] names the first element that leaves 32 bits.
    fn convolve(
        &self,
        input: &[i32],
        weight: &[i32],
        convolution: &Convolution,
    ) -> Result<Vec<i32>, Overflow> {
        let windows = &convolution.windows;
        let pixels = windows.count().max(1);
        let columns = convolution.columns().max(1);
        let image_len = convolution.group_inputs.saturating_mul(windows.image_len());
        let filters_len = convolution.group_outputs.saturating_mul(columns);
        let mut out = Vec::with_capacity(pixels);
        let mut patch = vec![0; columns];
        for (images, filters) in input
            .chunks_exact(image_len.max(1))
            .zip(weight.chunks_exact(filters_len.max(1)))
        {
            // One patch at a time for all filters of its group, so the result is
            // not made in the order of its elements, and the first to overflow is
            // known at the end.
            let start = out.len();
            out.resize(
                start.saturating_add(pixels.saturating_mul(convolution.group_outputs)),
                0,
            );
            let results = out.get_mut(start..).unwrap_or_default();
            let mut first_overflow: Option<usize> = None;
            for pixel in 0..pixels {
                gather(images, windows, pixel, &mut patch);
                let places = (pixel..).step_by(pixels);
                for (filter, place) in filters.chunks_exact(columns).zip(places) {
                    match (
                        i32::try_from(dot(filter, patch.iter())),
                        results.get_mut(place),
                    ) {
                        (Ok(sum), Some(result)) => *result = sum,
                        _ => first_overflow = Some(first_overflow.map_or(place, |p| p.min(place))),
                    }
                }
            }
            if let Some(place) = first_overflow {
                let element = u32::try_from(start.saturating_add(place)).unwrap_or(u32::MAX);
                return Err(Overflow { element });
            }
        }
        Ok(out)
    }

    /// The maximum of each window, or `sum * multiplier >> shift` rounded down
    /// with zeros outside the image, as `[channels, height, width]`.
    ///
    /// # Errors
    /// [`Overflow`] names the first average that leaves 32 bits.
    fn pool(
        &self,
        input: &[i32],
        pooling: Pooling,
        windows: &Windows,
    ) -> Result<Vec<i32>, Overflow> {
        let mut out = Vec::new();
        let mut elements = 0u32..;
        let columns: Vec<_> = (0..windows.columns.count())
            .map(|column| windows.columns.overlap(column))
            .collect();
        for image in input.chunks_exact(windows.image_len().max(1)) {
            for row in 0..windows.rows.count() {
                let part = windows.rows.overlap(row);
                let lines = image
                    .chunks_exact(windows.image_width().max(1))
                    .skip(part.image)
                    .take(part.len);
                for (column, element) in columns.iter().zip(&mut elements) {
                    let ends = column.image..column.image.saturating_add(column.len);
                    let lines = lines
                        .clone()
                        .map(|line| line.get(ends.clone()).unwrap_or_default());
                    out.push(match pooling {
                        Pooling::Max => lines
                            .map(|line| line.iter().fold(i32::MIN, |most, x| most.max(*x)))
                            .fold(i32::MIN, i32::max),
                        Pooling::Average { multiplier, shift } => {
                            let sum = lines.fold(0i64, |sum, line| sum.wrapping_add(total(line)));
                            average(sum, multiplier, shift).ok_or(Overflow { element })?
                        }
                    });
                }
            }
        }
        Ok(out)
    }
}

/// A convolution: where its windows lie, and how its channels are grouped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Convolution {
    /// The windows over one channel.
    pub windows: Windows,
    /// Channels of the image in one group.
    pub group_inputs: usize,
    /// Channels of the result in one group.
    pub group_outputs: usize,
}

impl Convolution {
    /// Elements of a window over all channels of a group.
    pub fn columns(&self) -> usize {
        self.group_inputs.saturating_mul(self.windows.window_len())
    }
}

/// From this many columns on a product is summed row by row; below, the rows are
/// too short to be worth a loop, and it is summed column by column.
const WIDE: usize = 8;

/// Sum of the products of a row and a column, exact for the reason given at
/// [`accumulate`].
fn dot<'a>(row: &[i32], column: impl Iterator<Item = &'a i32>) -> i128 {
    row.iter().zip(column).fold(0, |sum: i128, (left, right)| {
        let product = i64::from(*left).wrapping_mul(i64::from(*right));
        sum.wrapping_add(i128::from(product))
    })
}

/// Adds `factor * row` to the sums.
///
/// Neither step can overflow: a product of two 32-bit integers fits 63 bits, and
/// 2^24 of them fit 87. So the operators may wrap, and the loop has no branch.
fn accumulate(sums: &mut [i128], factor: i64, row: &[i32]) {
    for (sum, element) in sums.iter_mut().zip(row) {
        let product = factor.wrapping_mul(i64::from(*element));
        *sum = sum.wrapping_add(i128::from(product));
    }
}

/// Copies what one window covers of each image, with zeros outside.
fn gather(images: &[i32], windows: &Windows, pixel: usize, patch: &mut [i32]) {
    let across = windows.columns.count().max(1);
    let row = windows.rows.overlap(pixel.checked_div(across).unwrap_or(0));
    let column = windows
        .columns
        .overlap(pixel.checked_rem(across).unwrap_or(0));
    let from = column.image..column.image.saturating_add(column.len);
    let to = column.kernel..column.kernel.saturating_add(column.len);
    patch.fill(0);
    for (image, patch) in images
        .chunks_exact(windows.image_len().max(1))
        .zip(patch.chunks_exact_mut(windows.window_len().max(1)))
    {
        let lines = image.chunks_exact(windows.image_width().max(1));
        let taps = patch.chunks_exact_mut(windows.kernel_width().max(1));
        let pairs = lines.skip(row.image).zip(taps.skip(row.kernel));
        for (line, taps) in pairs.take(row.len) {
            let taps = taps.get_mut(to.clone()).unwrap_or_default();
            for (tap, x) in taps
                .iter_mut()
                .zip(line.get(from.clone()).unwrap_or_default())
            {
                *tap = *x;
            }
        }
    }
}

/// Sum of a row of a window. No window has more than 255 * 255 elements, so the
/// sum of one fits 47 bits.
fn total(line: &[i32]) -> i64 {
    line.iter()
        .fold(0, |sum: i64, x| sum.wrapping_add(i64::from(*x)))
}

/// `sum * multiplier >> shift`, if it fits. The product does not overflow:
/// 255 * 255 * 65535 is less than 2^32.
fn average(sum: i64, multiplier: u16, shift: u8) -> Option<i32> {
    let product = sum.checked_mul(i64::from(multiplier))?;
    // Beyond 63 bits nothing but the sign is left, and it stays.
    let shift = u32::from(shift).min(63);
    i32::try_from(product.checked_shr(shift)?).ok()
}

/// The reference: the integer executor of `lattice-tensor` and the provided methods.
#[derive(Clone, Copy, Debug, Default)]
pub struct ReferenceBackend;

impl TensorBackend for ReferenceBackend {}
