//! Whether a product is what the matrix says, for much less than the product.
//!
//! Freivalds' check (R. Freivalds, Probabilistic machines can use less running time, 1977): with
//! random numbers `r`, `y = W·x` has `r·y = (r·W)·x`, and `r·W` is known beforehand. All modulo 2^64,
//! of 32-bit integers: a wrong product passes with a probability under 2^-32. Golden vectors test a
//! device before it serves; this tests each product while it serves, for kernels that fail without a
//! word and for memory that forgets a bit.

use crate::multiply::Matrix;
use std::hash::{BuildHasher, RandomState};

/// What the products with one matrix are compared with.
pub(crate) struct Check {
    /// `r`, by row of the matrix.
    rows: Vec<u64>,
    /// `r·W`, by column of the matrix.
    columns: Vec<u64>,
}

impl Check {
    /// Draws the random numbers for a matrix.
    pub fn of(matrix: &Matrix) -> Self {
        // SipHash under a random key.
        let random = RandomState::new();
        let rows: Vec<u64> = (0..matrix.rows).map(|row| random.hash_one(row)).collect();
        let mut columns = vec![0u64; matrix.columns];
        for (row, r) in matrix.elements.chunks_exact(matrix.columns).zip(&rows) {
            for (sum, element) in columns.iter_mut().zip(row) {
                *sum = sum.wrapping_add(integer(*element).wrapping_mul(*r));
            }
        }
        Self { rows, columns }
    }

    /// What [`Check::holds`] asks for, of inputs `[batch, columns]`.
    pub fn expect(&self, x: &[f32]) -> Vec<u64> {
        x.chunks_exact(self.columns.len())
            .map(|x| dot(x, &self.columns))
            .collect()
    }

    /// Whether a product `[batch, rows]` is that of the inputs.
    pub fn holds(&self, expected: &[u64], product: &[f32]) -> bool {
        product.len() == expected.len() * self.rows.len()
            && product
                .chunks_exact(self.rows.len())
                .zip(expected)
                .all(|(y, expected)| dot(y, &self.rows) == *expected)
    }
}

fn dot(values: &[f32], weights: &[u64]) -> u64 {
    values
        .iter()
        .zip(weights)
        .fold(0, |sum: u64, (value, weight)| {
            sum.wrapping_add(integer(*value).wrapping_mul(*weight))
        })
}

/// The integer that the graph takes a float for, modulo 2^64.
fn integer(value: f32) -> u64 {
    i64::from(value as i32).cast_unsigned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matrix() -> Matrix {
        Matrix {
            columns: 3,
            rows: 2,
            elements: vec![127.0, -127.0, 5.0, 0.0, 1.0, -2.0],
        }
    }

    const X: [f32; 6] = [127.0, -127.0, 1.0, 0.0, 3.0, -4.0];
    const PRODUCT: [f32; 4] = [32_263.0, -129.0, -401.0, 11.0];

    #[test]
    fn right_products_pass() {
        let check = Check::of(&matrix());
        assert!(check.holds(&check.expect(&X), &PRODUCT));
        assert!(check.holds(&check.expect(&[]), &[]));
    }

    mod refuse {
        use super::*;

        #[test]
        fn products_that_differ_in_one_element_or_sign() {
            let check = Check::of(&matrix());
            let expected = check.expect(&X);
            for element in 0..PRODUCT.len() {
                for wrong in [
                    PRODUCT[element] + 1.0,
                    -PRODUCT[element],
                    0.0,
                    f32::NAN,
                    f32::INFINITY,
                ] {
                    let mut product = PRODUCT;
                    product[element] = wrong;
                    assert!(!check.holds(&expected, &product), "{element}: {wrong}");
                }
            }
        }

        #[test]
        fn products_in_another_order_or_number() {
            let check = Check::of(&matrix());
            let expected = check.expect(&X);
            let [a, b, c, d] = PRODUCT;
            assert!(!check.holds(&expected, &[c, d, a, b]));
            assert!(!check.holds(&expected, &[b, a, d, c]));
            assert!(!check.holds(&expected, &PRODUCT[..2]));
            assert!(!check.holds(&expected, &[0.0; 4]));
        }
    }
}
