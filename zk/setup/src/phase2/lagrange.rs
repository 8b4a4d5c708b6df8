//! Lagrange bases at τ in the exponent.
//!
//! For a domain of n roots of unity, `Lᵢ(τ) = (1/n)·Σ_k ω^(−ik)·τᵏ`: an inverse discrete Fourier
//! transform, here of points. Decimation in time, with every butterfly's product by a root of unity
//! taken in batches ([`crate::scale`]).

use ark_bn254::Fr;
use ark_ec::scalar_mul::glv::GLVConfig;
use ark_ec::short_weierstrass::Affine;
use ark_ff::One;
use ark_poly::{EvaluationDomain, Radix2EvaluationDomain};
use rayon::prelude::*;

use crate::scale::{multiply_batch, multiply_by_one, sums_and_differences, Split};

/// Butterflies that share an inversion.
const BATCH: usize = 512;

/// The Lagrange basis from the first n powers; n is a power of two. `None` for any other number.
pub fn lagrange<C: GLVConfig<ScalarField = Fr>>(powers: Vec<Affine<C>>) -> Option<Vec<Affine<C>>> {
    let size = powers.len();
    let domain = Radix2EvaluationDomain::<Fr>::new(size).filter(|domain| domain.size() == size)?;
    let mut values = reversed(powers);
    let mut root = Fr::one();
    let roots: Vec<Fr> = (0..size / 2)
        .map(|_| {
            let this = root;
            root *= domain.group_gen_inv;
            this
        })
        .collect();
    let roots: Vec<Split> = roots
        .par_iter()
        .map(|root| Split::new::<C>(*root))
        .collect();

    let mut half = 1;
    while half < size {
        let stride = size / (2 * half);
        let place = |butterfly: usize| {
            let offset = butterfly % half;
            (2 * butterfly - offset, offset * stride)
        };
        let results: Vec<(Affine<C>, Affine<C>)> = (0..size / 2)
            .into_par_iter()
            .chunks(BATCH)
            .flat_map_iter(|butterflies| {
                let (mut low, mut high) = (Vec::new(), Vec::new());
                let (mut factors, mut scaled) = (Vec::new(), Vec::new());
                for butterfly in butterflies {
                    let (place, root) = place(butterfly);
                    low.push(values[place]);
                    // The first root is one.
                    if root > 0 {
                        factors.push(roots[root]);
                        scaled.push(high.len());
                    }
                    high.push(values[place + half]);
                }
                let points: Vec<_> = scaled.iter().map(|index| high[*index]).collect();
                for (index, point) in scaled.into_iter().zip(multiply_batch(&points, &factors)) {
                    high[index] = point;
                }
                sums_and_differences(low, &high)
            })
            .collect();
        for (butterfly, (sum, difference)) in results.into_iter().enumerate() {
            let (place, _) = place(butterfly);
            values[place] = sum;
            values[place + half] = difference;
        }
        half *= 2;
    }
    Some(multiply_by_one(&values, domain.size_inv))
}

/// Element i at the position whose bits are those of i backwards.
fn reversed<T: Copy>(mut values: Vec<T>) -> Vec<T> {
    let bits = values.len().trailing_zeros();
    for index in 0..values.len() {
        let other = index.reverse_bits() >> (usize::BITS - bits).min(usize::BITS - 1);
        if index < other {
            values.swap(index, other);
        }
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;
    use ark_bn254::{g1, g2, G1Affine};
    use ark_ec::short_weierstrass::Projective;
    use ark_ec::{AffineRepr, CurveGroup};
    use ark_ff::UniformRand;
    use rand::{rngs::StdRng, SeedableRng};

    fn agrees<C: GLVConfig<ScalarField = Fr>>(size: usize) {
        let tau = Fr::rand(&mut StdRng::seed_from_u64(3));
        let one = Projective::<C>::from(C::GENERATOR);
        let mut power = Fr::one();
        let powers: Vec<_> = (0..size)
            .map(|_| {
                let this = one * power;
                power *= tau;
                this.into_affine()
            })
            .collect();
        let domain = Radix2EvaluationDomain::<Fr>::new(size).expect("small");
        let expected: Vec<_> = domain
            .evaluate_all_lagrange_coefficients(tau)
            .into_iter()
            .map(|value| (one * value).into_affine())
            .collect();
        assert_eq!(lagrange(powers), Some(expected));
    }

    #[test]
    fn the_basis_is_that_of_the_field_in_the_exponent() {
        for size in [2, 4, 8, 64, 2048] {
            agrees::<g1::Config>(size);
        }
        agrees::<g2::Config>(64);
    }

    #[test]
    fn equal_and_vanishing_values_are_no_exception() {
        // All powers of τ = 1: the first basis element is one, and all others vanish.
        let basis = lagrange(vec![G1Affine::generator(); 16]).expect("a power of two");
        assert_eq!(basis[0], G1Affine::generator());
        assert!(basis[1..].iter().all(|point| point.is_zero()));
        assert_eq!(lagrange(vec![G1Affine::generator(); 3]), None);
    }
}
