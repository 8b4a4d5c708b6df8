//! Who computes, and the integer semantics that every backend must meet.

use alloc::{vec, vec::Vec};
use lattice_tensor::{ExecError, Model};

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

/// The reference: the integer executor of `lattice-tensor` and the provided methods.
#[derive(Clone, Copy, Debug, Default)]
pub struct ReferenceBackend;

impl TensorBackend for ReferenceBackend {}
