//! Multi-scalar multiplication over points that never change.
//!
//! arkworks' `msm_bigint` knows nothing about its points, so it fills and sums up one set of buckets
//! per window of `c` bits. A proving key is used for every proof of a model, so multiples of its
//! points are computed once: with `T_{l,i} = 2^{c·g·l}·P_i` and signed digits `d_k` of `c` bits,
//!
//! `Σ_i s_i·P_i = Σ_{j<g} 2^{c·j} · Σ_i Σ_l d_{i, l·g+j} · T_{l,i}`,
//!
//! which takes `g` sets of buckets in place of one per window; with `g = 1` a single one, and no
//! doublings at all. A table that would not fit its budget gets a larger `g`; with `g` equal to the
//! number of windows this is Pippenger's algorithm again.
//!
//! Most variables of a circuit are bits, and few are wider than a byte. Points of variables that
//! the circuit keeps small have tables for their few digits only, and a bit is one addition or none.
//!
//! # Buckets
//! The points of a bucket are a list, and its content is the list's [sum](crate::sums): no addition
//! waits for another. The same holds for what follows. With `m − 1 = h·2^k + l` for the bucket of
//! digit `m`,
//!
//! `Σ_m m·B_m = 2^k·Σ_h h·(Σ_l B_{h,l}) + Σ_l (l + 1)·(Σ_h B_{h,l})`,
//!
//! so two more rounds of sums, one per row and one per column of buckets, leave two short sequences
//! for the usual running sums.

use ark_ec::{AffineRepr, CurveGroup, VariableBaseMSM};
use ark_ff::{BigInt, PrimeField};
use rayon::prelude::*;

use crate::{
    lanes::{Backend, Curve, Entry},
    sums::{multiplied, sums, List},
};

/// A scalar in canonical form: below the group's order, which is below `2^254`.
pub type Scalar = BigInt<4>;

/// Bits of a scalar, and one for the carry of signed digits.
const SCALAR_BITS: u32 = 255;

/// Points whose multiples are computed together.
const TABLE_BATCH: usize = 1024;

/// Points with their multiples.
#[derive(Clone, Debug)]
pub struct FixedBase<G: Curve> {
    backend: Backend,
    window: u32,
    groups: u32,
    large: Table,
    small: Table,
    small_bits: u32,
    /// Of both tables, one after the other.
    points: Vec<G::Point>,
}

/// `levels` multiples of each point, side by side.
#[derive(Clone, Debug)]
struct Table {
    /// Index of the first point.
    start: u32,
    digits: u32,
    levels: u32,
    columns: Vec<u32>,
}

impl<G: Curve> FixedBase<G>
where
    G: VariableBaseMSM<MulBase = <G as CurveGroup>::Affine>,
    G::ScalarField: PrimeField<BigInt = Scalar>,
{
    /// Computes the multiples, within about `budget` bytes if that is more than the points alone.
    /// Scalars of columns for which `is_small` holds must stay below `2^small_bits`.
    pub fn new(
        query: &[G::Affine],
        is_small: impl Fn(usize) -> bool,
        small_bits: u32,
        budget: usize,
    ) -> Self {
        Self::with_backend(Backend::detect(), query, is_small, small_bits, budget)
    }

    fn with_backend(
        backend: Backend,
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
        let budget = budget / core::mem::size_of::<G::Point>();
        let (window, groups) = shape(large.len(), (small.len(), small_bits + 1), budget);
        let mut points = Vec::new();
        let mut table = |columns: Vec<u32>, bits: u32| {
            let digits = bits.div_ceil(window);
            let table = Table {
                start: points.len() as u32,
                digits,
                levels: digits.div_ceil(groups),
                columns,
            };
            let chunks = table.columns.par_chunks(TABLE_BATCH);
            points.par_extend(chunks.flat_map_iter(|columns| {
                multiples::<G>(backend, query, columns, table.levels, window * groups)
            }));
            table
        };
        let large = table(large, SCALAR_BITS);
        let small = table(small, small_bits + 1);
        Self {
            backend,
            window,
            groups,
            large,
            small,
            small_bits,
            points,
        }
    }

    /// `Σ scalars_i · query_i`; `None` if a scalar of a small column is not small.
    pub fn msm(&self, scalars: &[Scalar]) -> Option<G> {
        let small = |&column: &u32| fits(&scalars[column as usize], self.small_bits);
        if !self.small.columns.iter().all(small) {
            return None;
        }
        let groups: Option<Vec<G>> = (0..self.groups)
            .into_par_iter()
            .map(|group| self.group(group, scalars))
            .collect();
        let Some(groups) = groups else {
            return Some(self.plain(scalars));
        };
        let mut total = G::zero();
        for group in groups.iter().rev() {
            for _ in 0..self.window {
                total.double_in_place();
            }
            total += group;
        }
        Some(total)
    }

    /// `Σ_m m·bucket_m` of one set of buckets; `None` if points of a bucket cancel out.
    fn group(&self, group: u32, scalars: &[Scalar]) -> Option<G> {
        let half = 1usize << (self.window - 1);
        let mut digits = Vec::new();
        let mut counts = vec![0u32; half];
        for table in [&self.large, &self.small] {
            table.digits(group, self, scalars, |digit| {
                digits.push(digit);
                if digit != 0 {
                    counts[digit.unsigned_abs() as usize - 1] += 1;
                }
            });
        }
        let lists = lists(&counts);
        let mut next = starts(&counts);
        let total: u32 = counts.iter().sum();
        let mut entries = vec![Entry::new(0, false); total as usize];
        let mut digit = digits.iter();
        for table in [&self.large, &self.small] {
            table.indices(group, self.groups, |index| {
                let &digit = digit.next().unwrap_or(&0);
                if digit != 0 {
                    let slot = &mut next[digit.unsigned_abs() as usize - 1];
                    entries[*slot as usize] = Entry::new(index, digit < 0);
                    *slot += 1;
                }
            });
        }
        drop(digits);
        let (ids, buckets) = sums::<G>(self.backend, &self.points, &entries, &lists)?;
        let columns = (self.window - 1).div_ceil(2);
        let (rows, columns) = rayon::join(
            || {
                gathered::<G>(self.backend, &ids, &buckets, half >> columns, |id| {
                    id >> columns
                })
            },
            || {
                gathered::<G>(self.backend, &ids, &buckets, 1 << columns, |id| {
                    id % (1 << columns)
                })
            },
        );
        let mut sum = weighted::<G>(&rows?, false);
        let columns = columns?;
        for _ in 0..columns.len().ilog2() {
            sum.double_in_place();
        }
        Some(sum + weighted::<G>(&columns, true))
    }

    /// The same sum without any table, for keys whose points cancel out.
    fn plain(&self, scalars: &[Scalar]) -> G {
        let mut bases = Vec::new();
        let mut own = Vec::new();
        for table in [&self.large, &self.small] {
            for (&column, index) in table.columns.iter().zip(0..) {
                let point = &self.points[(table.start + index * table.levels) as usize];
                bases.push(G::unpack(self.backend, point));
                own.push(scalars[column as usize]);
            }
        }
        G::msm_bigint(&bases, &own)
    }
}

/// Sums of points by a part of their numbers, of which there are `len`; `None` if points of one cancel
/// out.
pub(crate) fn gathered<G: Curve>(
    backend: Backend,
    ids: &[u32],
    points: &[G::Point],
    len: usize,
    part: impl Fn(u32) -> u32,
) -> Option<Vec<Option<G::Affine>>> {
    let mut counts = vec![0u32; len];
    for &id in ids {
        counts[part(id) as usize] += 1;
    }
    let mut next = starts(&counts);
    let mut entries = vec![Entry::new(0, false); ids.len()];
    for (&id, index) in ids.iter().zip(0..) {
        let slot = &mut next[part(id) as usize];
        entries[*slot as usize] = Entry::new(index, false);
        *slot += 1;
    }
    let (ids, sums) = sums::<G>(backend, points, &entries, &lists(&counts))?;
    let mut result: Vec<Option<G::Affine>> = vec![None; len];
    let mut cut = G::zero();
    for (position, (&id, sum)) in ids.iter().zip(&sums).enumerate() {
        let sum = G::unpack(backend, sum);
        // A list that was cut comes in parts next to each other.
        if position > 0 && ids[position - 1] == id {
            cut += sum;
            result[id as usize] = Some(cut.into_affine());
        } else {
            cut = sum.into();
            result[id as usize] = Some(sum);
        }
    }
    Some(result)
}

impl Table {
    /// The levels that a set of buckets takes of each point.
    fn levels_of(&self, group: u32, groups: u32) -> u32 {
        self.digits.saturating_sub(group).div_ceil(groups)
    }

    /// Calls with every digit of a set of buckets, point by point.
    fn digits<G: Curve>(
        &self,
        group: u32,
        base: &FixedBase<G>,
        scalars: &[Scalar],
        mut each: impl FnMut(i32),
    ) {
        let window = base.window;
        let levels = self.levels_of(group, base.groups);
        let half = 1i32 << (window - 1);
        // With `2^{c−1}·Σ 2^{c·k}` added, digit k is the plain one less `2^{c−1}`, without carries.
        let mut offset = [0u64; 5];
        for digit in 0..self.digits {
            let bit = digit * window + window - 1;
            offset[(bit / 64) as usize] |= 1 << (bit % 64);
        }
        for &column in &self.columns {
            let scalar = &scalars[column as usize];
            if fits(scalar, window - 1) {
                // Most of them: a single digit, the lowest.
                for level in 0..levels {
                    let digit = if level + group == 0 { scalar.0[0] } else { 0 };
                    each(digit as i32);
                }
                continue;
            }
            let shifted = sum(scalar, &offset);
            for level in 0..levels {
                let start = (level * base.groups + group) * window;
                each(bits(&shifted, start, window) as i32 - half);
            }
        }
    }

    /// Calls with the index of every point that [`Self::digits`] gives a digit for.
    fn indices(&self, group: u32, groups: u32, mut each: impl FnMut(u32)) {
        let levels = self.levels_of(group, groups);
        for index in 0..self.columns.len() as u32 {
            let first = self.start + index * self.levels;
            (first..first + levels).for_each(&mut each);
        }
    }
}

/// The points of a table; neighbouring levels are `bits` doublings apart.
fn multiples<G: Curve>(
    backend: Backend,
    query: &[G::Affine],
    columns: &[u32],
    levels: u32,
    bits: u32,
) -> Vec<G::Point> {
    let mut levels_of_all = Vec::with_capacity(levels as usize);
    let mut current: Vec<G::Point> = columns
        .iter()
        .map(|&column| G::pack(backend, &query[column as usize]))
        .collect();
    for _ in 1..levels {
        // Both curves have odd orders, so only what is no point at all can fail to have a double;
        // whatever stands for it then, no proof with it verifies.
        let next = multiplied::<G>(backend, &current, bits).unwrap_or_else(|| current.clone());
        levels_of_all.push(core::mem::replace(&mut current, next));
    }
    levels_of_all.push(current);
    let len = columns.len();
    (0..len)
        .flat_map(|index| levels_of_all.iter().map(move |points| points[index]))
        .collect()
}

/// `Σ (i + 1)·points_i` or `Σ i·points_i`.
fn weighted<G: CurveGroup>(points: &[Option<G::Affine>], from_one: bool) -> G {
    let (mut running, mut sum) = (G::zero(), G::zero());
    for point in points[usize::from(!from_one)..].iter().rev() {
        if let Some(point) = point {
            running += point;
        }
        sum += &running;
    }
    sum
}

fn lists(counts: &[u32]) -> Vec<List> {
    counts
        .iter()
        .zip(0..)
        .filter(|(&len, _)| len > 0)
        .map(|(&len, id)| List { id, len })
        .collect()
}

/// Where each list starts.
fn starts(counts: &[u32]) -> Vec<u32> {
    let mut start = 0;
    counts
        .iter()
        .map(|count| {
            let own = start;
            start += count;
            own
        })
        .collect()
}

/// Window and number of bucket sets with the fewest additions within `budget` points.
fn shape(large: usize, (small, small_bits): (usize, u32), budget: usize) -> (u32, u32) {
    let mut best = (4, SCALAR_BITS.div_ceil(4));
    let mut least = usize::MAX;
    for window in 4..=16u32 {
        let digits = SCALAR_BITS.div_ceil(window);
        for groups in 1..=digits {
            let levels = digits.div_ceil(groups) as usize;
            // A small variable is a bit more often than not, and a bit is zero every other time.
            let additions = large * digits as usize + small / 2;
            // Two additions per bucket. Then two per row and per column and the doublings, which
            // are alone and cost as much as eight.
            let serial = 8 * ((4usize << ((window - 1) / 2)) + window as usize);
            let reduction = groups as usize * ((1usize << window) + serial);
            let small_levels = small_bits.div_ceil(window).div_ceil(groups) as usize;
            let points = large * levels + small * small_levels;
            let fits = points <= budget || groups == digits;
            if fits && additions + reduction < least {
                least = additions + reduction;
                best = (window, groups);
            }
        }
    }
    best
}

/// `scalar + offset`, which stays below `2^320`.
fn sum(scalar: &Scalar, offset: &[u64; 5]) -> [u64; 5] {
    let mut result = *offset;
    let mut carry = 0;
    for (word, &limb) in result.iter_mut().zip(scalar.0.iter().chain(&[0])) {
        let total = u128::from(*word) + u128::from(limb) + carry;
        *word = total as u64;
        carry = total >> 64;
    }
    result
}

/// `len ≤ 16` bits of a number from bit `start`; bits beyond its end are zero.
fn bits(number: &[u64; 5], start: u32, len: u32) -> u64 {
    let (limb, shift) = ((start / 64) as usize, start % 64);
    let Some(&low) = number.get(limb) else {
        return 0;
    };
    let mut value = low >> shift;
    if shift + len > 64 {
        if let Some(&high) = number.get(limb + 1) {
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
mod tests;
