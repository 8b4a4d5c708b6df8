//! The circuit as a quadratic arithmetic program at τ, in the exponent.
//!
//! As in arkworks' reduction (and libsnark's): rows are interpolated over the smallest domain of
//! roots of unity that holds them and one more row per instance variable, `zᵢ·0 = 0`, which makes
//! the instance's polynomials independent. So `aⱼ(τ) = Σ_i A[i,j]·Lᵢ(τ)` over the rows, and for an
//! instance variable `L_{rows + j}(τ)` on top; b and c have no such rows.

use ark_bn254::Fr;
use ark_ec::scalar_mul::glv::GLVConfig;
use ark_ec::short_weierstrass::{Affine, Projective, SWCurveConfig};
use ark_ff::{AdditiveGroup, PrimeField, Zero};
use lattice_circuit::{R1cs, Side};
use rayon::prelude::*;
use std::collections::HashMap;

use crate::scale::{Digits, OddMultiples};

/// Size of the domain of a circuit; `None` if there is none.
pub fn domain_size(r1cs: &R1cs) -> Option<usize> {
    r1cs.constraints()
        .checked_add(r1cs.instances())?
        .checked_next_power_of_two()
}

/// A coefficient as the sums below want it.
#[derive(Clone, Copy, Debug)]
enum Coefficient {
    /// Below 2⁶⁴ in magnitude: the bits to add and the bits to subtract (non-adjacent form).
    Small { plus: u128, minus: u128 },
    /// Any other.
    Large(Fr),
}

impl Coefficient {
    fn new(value: Fr) -> Self {
        let small = |value: Fr| match value.into_bigint().0 {
            [low, 0, 0, 0] => Some(u128::from(low)),
            _ => None,
        };
        let (magnitude, negative) = match (small(value), small(-value)) {
            (Some(magnitude), _) => (magnitude, false),
            (None, Some(magnitude)) => (magnitude, true),
            (None, None) => return Self::Large(value),
        };
        let triple = magnitude * 3;
        let (plus, minus) = ((triple & !magnitude) >> 1, (magnitude & !triple) >> 1);
        match negative {
            false => Self::Small { plus, minus },
            true => Self::Small {
                plus: minus,
                minus: plus,
            },
        }
    }

    fn bits(&self) -> u32 {
        match self {
            Self::Small { plus, minus } => u128::BITS - (plus | minus).leading_zeros(),
            Self::Large(_) => 0,
        }
    }
}

/// One of the matrices, column by column.
pub struct Columns {
    /// Where each column's entries begin, and the end of the last.
    starts: Vec<usize>,
    /// Row and coefficient.
    entries: Vec<(u32, u32)>,
    pool: Vec<Coefficient>,
}

impl Columns {
    /// Transposes a matrix.
    pub fn new(r1cs: &R1cs, side: Side) -> Self {
        let rows = 0..r1cs.constraints();
        let mut starts = vec![0usize; r1cs.columns() + 1];
        for row in rows.clone() {
            for (_, column) in r1cs.row(side, row) {
                starts[column + 1] += 1;
            }
        }
        for column in 1..starts.len() {
            starts[column] += starts[column - 1];
        }
        let mut next = starts.clone();
        let mut entries = vec![(0, 0); r1cs.matrix(side).entries()];
        let mut pool = Vec::new();
        let mut indices = HashMap::new();
        for (row, number) in rows.zip(0u32..) {
            for (value, column) in r1cs.row(side, row) {
                let index = *indices.entry(value).or_insert_with(|| {
                    pool.push(Coefficient::new(value));
                    // A matrix has fewer entries than 2^32.
                    pool.len() as u32 - 1
                });
                entries[next[column]] = (number, index);
                next[column] += 1;
            }
        }
        Self {
            starts,
            entries,
            pool,
        }
    }

    /// `Σ_i M[i,j]·Lᵢ` of every column j.
    pub fn evaluate<C: GLVConfig<ScalarField = Fr>>(
        &self,
        lagrange: &[Affine<C>],
    ) -> Vec<Projective<C>> {
        let large = Large::new(self, lagrange);
        self.starts
            .par_windows(2)
            .with_min_len(8)
            .map(|range| match range {
                [start, end] => self.column(&self.entries[*start..*end], lagrange, &large),
                _ => Projective::zero(),
            })
            .collect()
    }

    fn column<C: GLVConfig<ScalarField = Fr>>(
        &self,
        entries: &[(u32, u32)],
        lagrange: &[Affine<C>],
        large: &Large<C>,
    ) -> Projective<C> {
        let terms = || {
            entries
                .iter()
                .map(|&(row, index)| (&lagrange[row as usize], &self.pool[index as usize]))
        };
        let bits = terms().map(|(_, c)| c.bits()).max().unwrap_or(0);
        let mut sum = Projective::<C>::zero();
        for bit in (0..bits).rev() {
            sum.double_in_place();
            for (point, coefficient) in terms() {
                if let Coefficient::Small { plus, minus } = coefficient {
                    if (plus >> bit) & 1 == 1 {
                        sum += point;
                    } else if (minus >> bit) & 1 == 1 {
                        sum -= point;
                    }
                }
            }
        }
        sum + large.column(entries)
    }
}

/// What the large coefficients need. They are those of the hash: thousands of different ones, in the
/// few rows of its linear layers, each row with dozens of them.
struct Large<C: SWCurveConfig> {
    /// Of the pool, where a coefficient is large.
    digits: Vec<Option<Digits>>,
    /// Where a row's point is among the multiples, if the row has such a coefficient.
    places: Vec<usize>,
    multiples: OddMultiples<C>,
}

impl<C: GLVConfig<ScalarField = Fr>> Large<C> {
    fn new(columns: &Columns, lagrange: &[Affine<C>]) -> Self {
        let digits: Vec<_> = columns
            .pool
            .par_iter()
            .map(|coefficient| match coefficient {
                Coefficient::Large(value) => Some(Digits::new::<C>(*value)),
                Coefficient::Small { .. } => None,
            })
            .collect();
        let mut needed = vec![false; lagrange.len()];
        for (row, index) in &columns.entries {
            needed[*row as usize] |= digits[*index as usize].is_some();
        }
        let mut points = Vec::new();
        let places = needed
            .iter()
            .zip(lagrange)
            .map(|(needed, point)| {
                if *needed {
                    points.push(*point);
                }
                points.len().saturating_sub(1)
            })
            .collect();
        Self {
            digits,
            places,
            multiples: OddMultiples::new(&points),
        }
    }

    fn column(&self, entries: &[(u32, u32)]) -> Projective<C> {
        let terms: Vec<_> = entries
            .iter()
            .filter_map(|&(row, index)| {
                let digits = self.digits[index as usize].as_ref()?;
                Some((self.places[row as usize], digits))
            })
            .collect();
        match terms.is_empty() {
            true => Projective::zero(),
            false => self.multiples.sum(&terms),
        }
    }
}

/// `Σ_j ρⱼ·M[i,j]` of every row i, padded to the domain; for A with the instance's own rows.
pub fn combine_columns(r1cs: &R1cs, side: Side, rho: &[Fr], size: usize) -> Vec<Fr> {
    let mut rows: Vec<Fr> = (0..r1cs.constraints())
        .into_par_iter()
        .map(|row| r1cs.evaluate(side, row, rho))
        .collect();
    if side == Side::A {
        rows.extend_from_slice(&rho[..r1cs.instances()]);
    }
    rows.resize(size, Fr::zero());
    rows
}
