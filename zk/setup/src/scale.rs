//! Many points times scalars, in affine coordinates.
//!
//! `k·P = k₁·P + k₂·φ(P)` with halves of 127 bits, by the curve's endomorphism φ; each half as signed
//! odd digits (width-4 non-adjacent form). All points of a batch take their doublings and additions
//! together, so that one field inversion serves the batch: then a doubling takes two
//! multiplications and two squarings, an addition two and one, and three more for the shared
//! inversion, where projective coordinates take eleven for an addition. That is what a set-up
//! spends its time on: a contribution multiplies every point of L and H by one scalar, and a
//! Fourier transform of points multiplies half of them by roots of unity, level by level.
//!
//! Sums of products, many of them with the same points, share the doublings instead
//! ([`OddMultiples`]): a circuit's hash has rows with dozens of large coefficients.
//!
//! The time depends on the scalars. A contribution's secret lives for one process, on the
//! contributor's own machine; whoever can time it there could read it.

use ark_bn254::Fr;
use ark_ec::scalar_mul::glv::GLVConfig;
use ark_ec::short_weierstrass::{Affine, Projective, SWCurveConfig};
use ark_ec::{AffineRepr, CurveGroup};
use ark_ff::{serial_batch_inversion_and_mul, AdditiveGroup, Field, PrimeField, Zero};
use rayon::prelude::*;

/// Points that share an inversion: enough to hide it, few enough for the cache.
const BATCH: usize = 512;
/// Bits of a digit, of points that are multiplied once.
const WIDTH: u32 = 4;
/// Bits of a digit, of points with many products.
const WIDTH_OF_MANY: u32 = 6;
/// Digits of a half.
const DIGITS: usize = 130;

/// Multiples 1, 3, 5, … of a point that digits of some bits take.
const fn odd_multiples(width: u32) -> usize {
    1 << (width - 2)
}

/// A scalar as `k₁ + λ·k₂`.
#[derive(Clone, Copy, Debug)]
pub struct Split([(bool, u128); 2]);

impl Split {
    /// Of a scalar, for one of the two groups (their λ differ).
    pub fn new<C: GLVConfig<ScalarField = Fr>>(scalar: Fr) -> Self {
        let (first, second) = C::scalar_decomposition(scalar);
        Self([first, second].map(|(positive, half)| {
            let [low, high, ..] = half.into_bigint().0;
            // Zero counts as negative there.
            (!positive, (u128::from(high) << 64) | u128::from(low))
        }))
    }

    fn digits(&self, width: u32) -> [[i8; DIGITS]; 2] {
        self.0.map(|(negative, half)| {
            let mut digits = non_adjacent(half, width);
            if negative {
                digits.iter_mut().for_each(|digit| *digit = -*digit);
            }
            digits
        })
    }
}

/// Digits of a number below 2¹²⁷, least first: zero or odd, below 2^(width−1) in magnitude. The width
/// is at most 7.
fn non_adjacent(mut value: u128, width: u32) -> [i8; DIGITS] {
    let mut digits = [0; DIGITS];
    let modulus = 1u128 << width;
    for digit in &mut digits {
        if value & 1 == 1 {
            let low = value & (modulus - 1);
            if low < modulus / 2 {
                *digit = low as i8;
                value -= low;
            } else {
                *digit = -((modulus - low) as i8);
                value += modulus - low;
            }
        }
        value >>= 1;
    }
    digits
}

/// `scalar · P` of all points, in parallel.
pub fn multiply_by_one<C: GLVConfig<ScalarField = Fr>>(
    points: &[Affine<C>],
    scalar: Fr,
) -> Vec<Affine<C>> {
    let split = Split::new::<C>(scalar);
    points
        .par_chunks(BATCH)
        .flat_map_iter(|points| multiply_batch(points, &vec![split; points.len()]))
        .collect()
}

/// `scalars_i · P_i`, in parallel.
pub fn multiply_each<C: GLVConfig<ScalarField = Fr>>(
    points: &[Affine<C>],
    scalars: &[Fr],
) -> Vec<Affine<C>> {
    points
        .par_chunks(BATCH)
        .zip(scalars.par_chunks(BATCH))
        .flat_map_iter(|(points, scalars)| {
            let splits: Vec<_> = scalars.iter().map(|s| Split::new::<C>(*s)).collect();
            multiply_batch(points, &splits)
        })
        .collect()
}

/// `k_i · P_i` of as many points as there are scalars, on one thread.
pub fn multiply_batch<C: GLVConfig>(points: &[Affine<C>], scalars: &[Split]) -> Vec<Affine<C>> {
    let mut batch = Batch::default();
    let odd = odd_multiples_of(points, WIDTH, &mut batch);
    // Position by position, as they are read.
    let count = points.len();
    let mut digits = vec![0i8; DIGITS * 2 * count];
    for (index, scalar) in scalars.iter().enumerate() {
        for (half, values) in scalar.digits(WIDTH).into_iter().enumerate() {
            for (position, digit) in values.into_iter().enumerate() {
                digits[(position * 2 + half) * count + index] = digit;
            }
        }
    }
    let mut sums = vec![Affine::<C>::identity(); points.len()];
    let mut terms = Vec::with_capacity(points.len());
    for position in (0..DIGITS).rev() {
        batch.double::<C>(&mut sums);
        for half in 0..2 {
            terms.clear();
            let row = &digits[(position * 2 + half) * count..][..count];
            for (index, &digit) in row.iter().enumerate() {
                if digit == 0 {
                    continue;
                }
                let mut point = odd[usize::from(digit.unsigned_abs() / 2)][index];
                if half == 1 {
                    point = C::endomorphism_affine(&point);
                }
                terms.push((index, if digit < 0 { -point } else { point }));
            }
            batch.add(&mut sums, &terms);
        }
    }
    sums
}

/// Each odd multiple of all points.
fn odd_multiples_of<C: SWCurveConfig>(
    points: &[Affine<C>],
    width: u32,
    batch: &mut Batch<C::BaseField>,
) -> Vec<Vec<Affine<C>>> {
    let mut doubles = points.to_vec();
    batch.double::<C>(&mut doubles);
    let doubles: Vec<_> = (0..).zip(doubles).collect();
    let mut odd: Vec<Vec<Affine<C>>> = vec![points.to_vec()];
    for multiple in 1..odd_multiples(width) {
        let mut next = odd[multiple - 1].clone();
        batch.add(&mut next, &doubles);
        odd.push(next);
    }
    odd
}

/// A scalar as [`OddMultiples::sum`] wants it.
#[derive(Clone, Debug)]
pub struct Digits([[i8; DIGITS]; 2]);

impl Digits {
    /// Of a scalar, for one of the two groups.
    pub fn new<C: GLVConfig<ScalarField = Fr>>(scalar: Fr) -> Self {
        Self(Split::new::<C>(scalar).digits(WIDTH_OF_MANY))
    }
}

/// Points with the multiples that sums of products need; every point in several of them.
#[derive(Clone, Debug)]
pub struct OddMultiples<C: SWCurveConfig>(Vec<Vec<Affine<C>>>);

impl<C: GLVConfig<ScalarField = Fr>> OddMultiples<C> {
    /// Computes them, in parallel; as much memory as sixteen times the points.
    pub fn new(points: &[Affine<C>]) -> Self {
        let odd = points
            .par_chunks(BATCH)
            .flat_map_iter(|points| {
                let odd = odd_multiples_of(points, WIDTH_OF_MANY, &mut Batch::default());
                (0..points.len()).map(move |point| odd.iter().map(|row| row[point]).collect())
            })
            .collect();
        Self(odd)
    }

    /// `Σ kᵢ·Pᵢ` over positions of points and scalars, on one thread.
    pub fn sum(&self, terms: &[(usize, &Digits)]) -> Projective<C> {
        let mut sum = Projective::<C>::zero();
        for position in (0..DIGITS).rev() {
            sum.double_in_place();
            for (point, Digits(halves)) in terms {
                for (half, digits) in halves.iter().enumerate() {
                    let digit = digits[position];
                    if digit == 0 {
                        continue;
                    }
                    let mut multiple = self.0[*point][usize::from(digit.unsigned_abs() / 2)];
                    if half == 1 {
                        multiple = C::endomorphism_affine(&multiple);
                    }
                    sum += if digit < 0 { -multiple } else { multiple };
                }
            }
        }
        sum
    }
}

/// `(a_i + b_i, a_i − b_i)`, on one thread.
pub fn sums_and_differences<C: SWCurveConfig>(
    a: Vec<Affine<C>>,
    b: &[Affine<C>],
) -> Vec<(Affine<C>, Affine<C>)> {
    let mut batch = Batch::default();
    let mut differences = a.clone();
    let mut sums = a;
    let mut terms: Vec<_> = (0..).zip(b.iter().copied()).collect();
    batch.add(&mut sums, &terms);
    terms.iter_mut().for_each(|(_, term)| *term = -*term);
    batch.add(&mut differences, &terms);
    sums.into_iter().zip(differences).collect()
}

/// Room for a batch's denominators.
pub(crate) struct Batch<F>(Vec<F>);

impl<F> Default for Batch<F> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<F: Field> Batch<F> {
    /// Doubles every point. No point has order two, so y = 0 is the identity alone; the shared
    /// inversion passes over zeros.
    fn double<C: SWCurveConfig<BaseField = F>>(&mut self, points: &mut [Affine<C>]) {
        self.0.clear();
        self.0
            .extend(points.iter().map(|point| match point.is_zero() {
                true => F::zero(),
                false => point.y.double(),
            }));
        serial_batch_inversion_and_mul(&mut self.0, &F::one());
        for (point, inverse) in points.iter_mut().zip(&self.0) {
            if point.is_zero() {
                continue;
            }
            let square = point.x.square();
            let slope = (square.double() + square) * inverse;
            let x = slope.square() - point.x.double();
            point.y = slope * (point.x - x) - point.y;
            point.x = x;
        }
    }

    /// Adds terms to the points of their positions, each position at most once.
    pub(crate) fn add<C: SWCurveConfig<BaseField = F>>(
        &mut self,
        points: &mut [Affine<C>],
        terms: &[(usize, Affine<C>)],
    ) {
        self.0.clear();
        self.0.extend(terms.iter().map(|(index, term)| {
            let point = &points[*index];
            match point.is_zero() || term.is_zero() {
                true => F::zero(),
                false => term.x - point.x,
            }
        }));
        serial_batch_inversion_and_mul(&mut self.0, &F::one());
        for ((index, term), inverse) in terms.iter().zip(&self.0) {
            let point = &mut points[*index];
            if term.is_zero() {
                continue;
            }
            if point.is_zero() {
                *point = *term;
                continue;
            }
            if inverse.is_zero() {
                // Equal or opposite.
                *point = (point.into_group() + term).into_affine();
                continue;
            }
            let slope = (term.y - point.y) * inverse;
            let x = slope.square() - point.x - term.x;
            point.y = slope * (point.x - x) - point.y;
            point.x = x;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ark_bn254::{g1, g2};
    use ark_ff::{One, UniformRand};
    use rand::{rngs::StdRng, SeedableRng};

    fn agrees<C: GLVConfig<ScalarField = Fr>>() {
        let mut rng = StdRng::seed_from_u64(5);
        let special = [0u64, 1, 2, 3, 7, 8, 15, 16, 17].map(Fr::from);
        let mut scalars: Vec<Fr> = special.iter().flat_map(|s| [*s, -*s]).collect();
        scalars.extend([C::LAMBDA, -C::LAMBDA, C::LAMBDA + Fr::one()]);
        scalars.resize_with(BATCH + 300, || Fr::rand(&mut rng));
        let mut points: Vec<Affine<C>> = scalars
            .iter()
            .map(|_| Projective::<C>::rand(&mut rng).into_affine())
            .collect();
        points[30] = Affine::identity();
        let expected: Vec<Projective<C>> = points
            .iter()
            .zip(&scalars)
            .map(|(point, scalar)| point.mul_bigint(scalar.into_bigint()))
            .collect();
        let expected = Projective::normalize_batch(&expected);
        assert_eq!(multiply_each(&points, &scalars), expected);
        for scalar in [scalars[0], scalars[3], scalars[100]] {
            let expected: Vec<_> = points
                .iter()
                .map(|point| point.mul_bigint(scalar.into_bigint()).into_affine())
                .collect();
            assert_eq!(multiply_by_one(&points, scalar), expected);
        }
        let digits: Vec<_> = scalars.iter().map(|s| Digits::new::<C>(*s)).collect();
        let multiples = OddMultiples::new(&points);
        for count in [0, 1, 2, 31, points.len()] {
            // The last ones first, and some twice.
            let places = (0..count).rev().chain(0..count / 2);
            let terms: Vec<_> = places
                .clone()
                .map(|place| (place, &digits[place]))
                .collect();
            let sum: Projective<C> = places.map(|place| expected[place]).sum();
            assert_eq!(multiples.sum(&terms), sum, "{count}");
        }
    }

    #[test]
    fn products_are_those_of_double_and_add_in_the_first_group() {
        agrees::<g1::Config>();
    }

    #[test]
    fn products_are_those_of_double_and_add_in_the_second_group() {
        agrees::<g2::Config>();
    }

    #[test]
    fn halves_have_as_many_bits_as_there_are_digits_for() {
        let mut rng = StdRng::seed_from_u64(6);
        for _ in 0..200 {
            let Split(halves) = Split::new::<g1::Config>(Fr::rand(&mut rng));
            assert!(halves.iter().all(|(_, half)| half >> 127 == 0));
            let Split(halves) = Split::new::<g2::Config>(Fr::rand(&mut rng));
            assert!(halves.iter().all(|(_, half)| half >> 127 == 0));
        }
    }
}
