//! The quotient `h = (a·b − c) / z` of the quadratic arithmetic program.
//!
//! `a`, `b`, `c` are the polynomials of degree below `n` that take the rows' values on the domain
//! `H` of `n` roots of unity, and `z = x^n − 1`. arkworks' libsnark reduction takes seven transforms
//! and the values of `c`. Neither is needed: `a·b = h·(x^n − 1) + c` has degree at most `2n − 2`, so
//! with `a·b = L + x^n·U` (`L`, `U` of degree below `n`) the upper half is `U = h`. On `H`, where
//! `x^n = 1`, `a·b` takes the values of `L + U`; on the coset `ω·H` with `ω^n = −1` those of
//! `L − U`. Hence
//!
//! `h = (interpolate_H(a·b) − interpolate_{ωH}(a·b)) / 2`:
//!
//! two inverse transforms of the rows' values, two transforms to the coset, two interpolations. The
//! result has the same coefficients as arkworks' for the same key, whenever every row holds; if one
//! does not, no `h` exists and the proof is false either way.

use ark_bn254::Fr;
use ark_ff::{AdditiveGroup, FftField, Field, One};
use ark_poly::{EvaluationDomain, Radix2EvaluationDomain};
use rayon::prelude::*;

/// The domain of a circuit and its coset.
#[derive(Clone, Copy, Debug)]
pub struct Quotient {
    domain: Radix2EvaluationDomain<Fr>,
    coset: Radix2EvaluationDomain<Fr>,
    half: Fr,
}

impl Quotient {
    /// For `rows` rows, the instance's included. `None` if the field has no domain of that size.
    pub fn new(rows: usize) -> Option<Self> {
        let domain = Radix2EvaluationDomain::<Fr>::new(rows)?;
        let order = u64::try_from(domain.size().checked_mul(2)?).ok()?;
        let coset = domain.get_coset(Fr::get_root_of_unity(order)?)?;
        let half = (Fr::one() + Fr::one()).inverse()?;
        Some(Self {
            domain,
            coset,
            half,
        })
    }

    /// Size of the domain.
    pub fn size(&self) -> usize {
        self.domain.size()
    }

    /// Coefficients of `h`, `size − 1` of them, from the values of `a` and `b` on the domain.
    /// Missing values are zero.
    pub fn coefficients(&self, mut a: Vec<Fr>, mut b: Vec<Fr>) -> Vec<Fr> {
        a.resize(self.size(), Fr::ZERO);
        b.resize(self.size(), Fr::ZERO);
        let mut on_domain = product(&a, &b);
        let to_coset = |values: &mut Vec<Fr>| {
            self.domain.ifft_in_place(values);
            self.coset.fft_in_place(values);
        };
        rayon::join(|| to_coset(&mut a), || to_coset(&mut b));
        let mut on_coset = product(&a, &b);
        rayon::join(
            || self.domain.ifft_in_place(&mut on_domain),
            || self.coset.ifft_in_place(&mut on_coset),
        );
        on_domain
            .par_iter_mut()
            .zip(on_coset)
            .for_each(|(sum, difference)| *sum = (*sum - difference) * self.half);
        // The degree of h is at most n − 2.
        on_domain.truncate(self.size() - 1);
        on_domain
    }
}

fn product(a: &[Fr], b: &[Fr]) -> Vec<Fr> {
    a.par_iter().zip(b).map(|(a, b)| *a * b).collect()
}
