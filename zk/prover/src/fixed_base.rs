//! Multi-scalar multiplication over points that never change.
//!
//! arkworks' `msm_bigint` knows nothing about its points, so it fills and sums up one set of buckets
//! per window of `c` bits. A proving key is used for every proof of a model, so multiples of its
//! points are computed once: with `T_{l,i} = 2^{c·g·l}·P_i` and signed digits `d_k` of `c` bits,
//!
//! `Σ_i s_i·P_i = Σ_{j<g} 2^{c·j} · Σ_i Σ_l d_{i, l·g+j} · T_{l,i}`,
//!
//! which takes `g` sets of buckets in place of one per window; with `g = 1` a single one, and no
//! doublings at all. The buckets and every curve operation are arkworks'. A table that would not
//! fit its budget gets a larger `g`; with `g` equal to the number of windows this is Pippenger's
//! algorithm again.
//!
//! Most variables of a circuit are bits, and few are wider than a byte. Points of variables that
//! the circuit keeps small have tables for their few digits only.

use ark_ec::{AffineRepr, CurveGroup, VariableBaseMSM};
use ark_ff::{BigInt, BigInteger, PrimeField};
use rayon::prelude::*;

/// A scalar in canonical form: below the group's order, which is below `2^254`.
pub type Scalar = BigInt<4>;

/// Bits of a scalar, and one for the carry of signed digits.
const SCALAR_BITS: u32 = 255;

/// Points with their multiples.
#[derive(Clone, Debug)]
pub struct FixedBase<G: CurveGroup> {
    window: u32,
    groups: u32,
    large: Table<G::Affine>,
    small: Table<G::Affine>,
    small_bits: u32,
}

/// `levels` multiples of each point, side by side.
#[derive(Clone, Debug)]
struct Table<P> {
    digits: u32,
    levels: usize,
    columns: Vec<u32>,
    points: Vec<P>,
}

impl<G: CurveGroup> FixedBase<G> {
    /// Computes the multiples, within about `budget` bytes if that is more than the points alone.
    /// Scalars of columns for which `is_small` holds must stay below `2^small_bits`.
    pub fn new(
        query: &[G::Affine],
        is_small: impl Fn(usize) -> bool,
        small_bits: u32,
        budget: usize,
    ) -> Self {
        let columns = |small: bool| -> Vec<u32> {
            (0u32..)
                .zip(query)
                .filter(|(column, point)| !point.is_zero() && is_small(*column as usize) == small)
                .map(|(column, _)| column)
                .collect()
        };
        let (large, small) = (columns(false), columns(true));
        let budget = budget / core::mem::size_of::<G::Affine>();
        let (window, groups) = shape(large.len(), small.len(), budget);
        let table = |columns: Vec<u32>, bits: u32| {
            Table::new::<G>(query, columns, bits.div_ceil(window), window, groups)
        };
        Self {
            large: table(large, SCALAR_BITS),
            small: table(small, small_bits + 1),
            small_bits,
            window,
            groups,
        }
    }

    /// `Σ scalars_i · query_i`; `None` if a scalar of a small column is not small.
    pub fn msm(&self, scalars: &[Scalar]) -> Option<G> {
        let small = |&column: &u32| fits(&scalars[column as usize], self.small_bits);
        if !self.small.columns.iter().all(small) {
            return None;
        }
        let parts = rayon::current_num_threads();
        let sum = (0..parts)
            .into_par_iter()
            .map(|part| {
                let per_group = 1usize << (self.window - 1);
                let mut buckets = vec![G::ZERO_BUCKET; self.groups as usize * per_group];
                for table in [&self.large, &self.small] {
                    self.accumulate(table, scalars, part, parts, &mut buckets);
                }
                self.collect(&buckets)
            })
            .sum();
        Some(sum)
    }

    /// Adds a part of a table to the buckets.
    fn accumulate(
        &self,
        table: &Table<G::Affine>,
        scalars: &[Scalar],
        part: usize,
        parts: usize,
        buckets: &mut [<G as VariableBaseMSM>::Bucket],
    ) {
        let half = 1u64 << (self.window - 1);
        let len = table.columns.len();
        for index in len * part / parts..len * (part + 1) / parts {
            let scalar = &scalars[table.columns[index] as usize];
            if scalar.is_zero() {
                continue;
            }
            let points = &table.points[index * table.levels..][..table.levels];
            let (mut group, mut level, mut carry) = (0, 0, 0);
            for digit in 0..table.digits {
                let raw = bits(scalar, digit * self.window, self.window) + carry;
                let negative = raw > half;
                carry = u64::from(negative);
                let magnitude = if negative { 2 * half - raw } else { raw };
                if magnitude != 0 {
                    let bucket = &mut buckets[group * half as usize + magnitude as usize - 1];
                    if negative {
                        *bucket -= &points[level];
                    } else {
                        *bucket += &points[level];
                    }
                }
                group += 1;
                if group == self.groups as usize {
                    (group, level) = (0, level + 1);
                }
            }
        }
    }

    /// `Σ_j 2^{c·j} Σ_m m·bucket_{j,m}`.
    fn collect(&self, buckets: &[<G as VariableBaseMSM>::Bucket]) -> G {
        let mut total = G::zero();
        for group in buckets.chunks(1 << (self.window - 1)).rev() {
            for _ in 0..self.window {
                total.double_in_place();
            }
            let mut running = G::ZERO_BUCKET;
            let mut sum = G::ZERO_BUCKET;
            for bucket in group.iter().rev() {
                running += bucket;
                sum += &running;
            }
            total += &sum;
        }
        total
    }
}

impl<P: AffineRepr> Table<P> {
    fn new<G: CurveGroup<Affine = P>>(
        query: &[P],
        columns: Vec<u32>,
        digits: u32,
        window: u32,
        groups: u32,
    ) -> Self {
        let levels = digits.div_ceil(groups) as usize;
        let points = columns
            .par_chunks(256)
            .flat_map_iter(|columns| {
                let mut multiples = Vec::with_capacity(columns.len() * levels);
                for &column in columns {
                    let mut point = G::from(query[column as usize]);
                    for level in 0..levels {
                        if level > 0 {
                            for _ in 0..window * groups {
                                point.double_in_place();
                            }
                        }
                        multiples.push(point);
                    }
                }
                G::normalize_batch(&multiples)
            })
            .collect();
        Self {
            digits,
            levels,
            columns,
            points,
        }
    }
}

/// Window and number of bucket sets with the fewest additions within `budget` points.
fn shape(large: usize, small: usize, budget: usize) -> (u32, u32) {
    let mut best = (4, SCALAR_BITS.div_ceil(4));
    let mut least = usize::MAX;
    for window in 4..=16u32 {
        let digits = SCALAR_BITS.div_ceil(window);
        for groups in 1..=digits {
            let levels = digits.div_ceil(groups) as usize;
            // A small variable is a bit more often than not, and a bit is zero every other time.
            let additions = large * digits as usize + small / 2;
            // Two additions per bucket, in each of two threads; a doubling costs as much as one.
            let reduction = 2 * ((groups as usize) << window) + 2 * (groups * window) as usize;
            let fits = large * levels <= budget || groups == digits;
            if fits && additions + reduction < least {
                least = additions + reduction;
                best = (window, groups);
            }
        }
    }
    best
}

/// `len ≤ 16` bits of a scalar from bit `start`; bits beyond its end are zero.
fn bits(scalar: &Scalar, start: u32, len: u32) -> u64 {
    let (limb, shift) = ((start / 64) as usize, start % 64);
    let limbs = &scalar.0;
    let Some(&low) = limbs.get(limb) else {
        return 0;
    };
    let mut value = low >> shift;
    if shift + len > 64 {
        if let Some(&high) = limbs.get(limb + 1) {
            value |= high << (64 - shift);
        }
    }
    value & ((1 << len) - 1)
}

/// Whether a scalar is below `2^bits`, for `bits < 64`.
fn fits(scalar: &Scalar, bits: u32) -> bool {
    let [low, rest @ ..] = &scalar.0;
    low >> bits == 0 && rest.iter().all(|&limb| limb == 0)
}

/// Canonical forms of field elements.
pub fn canonical<F: PrimeField<BigInt = Scalar>>(values: &[F]) -> Vec<Scalar> {
    values.par_iter().map(|value| value.into_bigint()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use ark_bn254::{Fr, G1Affine, G1Projective, G2Projective};
    use ark_ff::{AdditiveGroup, Field, UniformRand, Zero};
    use rand::{rngs::StdRng, Rng, SeedableRng};

    const SMALL_BITS: u32 = 48;

    /// Points with identities among them, scalars of every kind.
    fn setting<G: CurveGroup<ScalarField = Fr>>(seed: u64) -> (Vec<G::Affine>, Vec<Fr>) {
        let mut rng = StdRng::seed_from_u64(seed);
        (0..200)
            .map(|i| {
                let point = match i % 7 {
                    0 => G::Affine::zero(),
                    _ => G::rand(&mut rng).into_affine(),
                };
                let scalar = match (i % 2, i % 10) {
                    (0, 0) => Fr::ZERO,
                    (0, 2) => Fr::ONE,
                    (0, 4) => Fr::from((1u64 << SMALL_BITS) - 1),
                    (0, _) => Fr::from(rng.gen::<u64>() >> (64 - SMALL_BITS)),
                    (_, 1) => -Fr::ONE,
                    (_, 3) => Fr::ZERO,
                    _ => Fr::rand(&mut rng),
                };
                (point, scalar)
            })
            .unzip()
    }

    fn agrees<G: CurveGroup<ScalarField = Fr>>(seed: u64, budget: usize) {
        let (points, scalars) = setting::<G>(seed);
        let fixed = FixedBase::<G>::new(&points, |i| i % 2 == 0, SMALL_BITS, budget);
        let sum = fixed
            .msm(&canonical(&scalars))
            .expect("small columns are small");
        assert_eq!(sum, G::msm(&points, &scalars).expect("equal lengths"));
    }

    #[test]
    fn the_sum_is_that_of_arkworks_whatever_the_budget() {
        for budget in [0, 20_000, 60_000, 1 << 20] {
            for seed in 0..4 {
                agrees::<G1Projective>(seed, budget);
            }
            agrees::<G2Projective>(9, budget);
        }
    }

    #[test]
    fn a_large_scalar_on_a_small_column_is_refused() {
        let (points, mut scalars) = setting::<G1Projective>(1);
        let fixed = FixedBase::<G1Projective>::new(&points, |i| i % 2 == 0, SMALL_BITS, 0);
        scalars[2] = Fr::from(1u64 << SMALL_BITS);
        assert!(fixed.msm(&canonical(&scalars)).is_none());
    }

    #[test]
    fn an_empty_query_sums_to_the_identity() {
        let fixed = FixedBase::<G1Projective>::new(&[] as &[G1Affine], |_| false, SMALL_BITS, 0);
        assert!(fixed.msm(&[]).expect("nothing to refuse").is_zero());
    }
}
