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

#[cfg(target_arch = "x86_64")]
use crate::lanes::ifma::{
    blocks::{self, Block},
    transform::{order, Network},
    Detected,
};
use crate::{
    fixed_base::{canonical, Scalar},
    lanes::Backend,
};

/// The domain of a circuit and its coset.
#[derive(Clone, Debug)]
pub struct Quotient {
    domain: Radix2EvaluationDomain<Fr>,
    coset: Radix2EvaluationDomain<Fr>,
    half: Fr,
    #[cfg(target_arch = "x86_64")]
    wide: Option<Wide>,
}

impl Quotient {
    /// For `rows` rows, the instance's included. `None` if the field has no domain of that size.
    pub fn new(rows: usize) -> Option<Self> {
        Self::with_backend(Backend::detect(), rows)
    }

    fn with_backend(backend: Backend, rows: usize) -> Option<Self> {
        let domain = Radix2EvaluationDomain::<Fr>::new(rows)?;
        let order = u64::try_from(domain.size().checked_mul(2)?).ok()?;
        let coset = domain.get_coset(Fr::get_root_of_unity(order)?)?;
        let half = (Fr::one() + Fr::one()).inverse()?;
        Some(Self {
            #[cfg(target_arch = "x86_64")]
            wide: match backend {
                Backend::Portable => None,
                Backend::Ifma(detected) => Wide::new(detected, &domain, &coset),
            },
            domain,
            coset,
            half,
        })
    }

    /// Size of the domain.
    pub fn size(&self) -> usize {
        self.domain.size()
    }

    /// Coefficients of `h` as integers, `size − 1` of them, from the values of `a` and `b` on the
    /// domain. Missing values are zero.
    pub fn coefficients(&self, a: Vec<Fr>, b: Vec<Fr>) -> Vec<Scalar> {
        #[cfg(target_arch = "x86_64")]
        if let Some(wide) = &self.wide {
            let mut h = wide.coefficients(a, b);
            h.truncate(self.size() - 1);
            return h;
        }
        self.plain_coefficients(a, b)
    }

    fn plain_coefficients(&self, mut a: Vec<Fr>, mut b: Vec<Fr>) -> Vec<Scalar> {
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
        canonical(&on_domain)
    }
}

fn product(a: &[Fr], b: &[Fr]) -> Vec<Fr> {
    a.par_iter().zip(b).map(|(a, b)| *a * b).collect()
}

/// The same with eight elements at a time.
#[cfg(target_arch = "x86_64")]
#[derive(Clone, Debug)]
struct Wide {
    detected: Detected,
    order: Vec<u32>,
    from_domain: Network,
    to_coset: Network,
    from_coset: Network,
    /// What the interpolations from the domain and from the coset still lack.
    scale: (Fr, Fr),
}

#[cfg(target_arch = "x86_64")]
impl Wide {
    /// `None` for a domain that is too small to have lanes.
    fn new(
        detected: Detected,
        domain: &Radix2EvaluationDomain<Fr>,
        coset: &Radix2EvaluationDomain<Fr>,
    ) -> Option<Self> {
        let size = domain.size();
        let (root, inverse) = (domain.group_gen, domain.group_gen_inv);
        let shift = coset.coset_offset();
        // Values come as a sixteenth, so their product is a 256th; and each interpolation is `n`
        // times too much, of which the coset sees three.
        let base = Fr::from(256u64) * (Fr::one() + Fr::one()).inverse()? * domain.size_inv;
        Some(Self {
            detected,
            order: order(size / 8),
            from_domain: Network::new(detected, size, inverse, Fr::one())?,
            to_coset: Network::new(detected, size, root, shift)?,
            from_coset: Network::new(detected, size, inverse, shift.inverse()?)?,
            scale: (base, base * domain.size_inv.square()),
        })
    }

    fn coefficients(&self, a: Vec<Fr>, b: Vec<Fr>) -> Vec<Scalar> {
        let len = self.order.len();
        let load = |values: Vec<Fr>| blocks::values(self.detected, &values, len);
        let (mut a, mut b) = rayon::join(|| load(a), || load(b));
        let mut on_domain = blocks::products(self.detected, &a, &b);
        let to_coset = |values: &mut [Block]| {
            self.from_domain.interpolate(values);
            self.to_coset.evaluate(values);
        };
        rayon::join(|| to_coset(&mut a), || to_coset(&mut b));
        let mut on_coset = blocks::products(self.detected, &a, &b);
        drop((a, b));
        rayon::join(
            || self.from_domain.interpolate(&mut on_domain),
            || self.from_coset.interpolate(&mut on_coset),
        );
        blocks::combination(
            self.detected,
            (&on_domain, self.scale.0),
            (&on_coset, self.scale.1),
            &self.order,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ark_ff::UniformRand;
    use rand::{rngs::StdRng, SeedableRng};

    /// Every size up to where threads share the work, odd and even powers of two.
    #[test]
    fn every_arithmetic_gives_the_same_quotient() {
        let mut rng = StdRng::seed_from_u64(1);
        for log in [3, 5, 6, 7, 8, 9, 10, 12, 15, 16] {
            let rows = (1 << log) - 3;
            let mut random = |len| (0..len).map(|_| Fr::rand(&mut rng)).collect::<Vec<_>>();
            let (a, b) = (random(rows), random(rows - 1));
            let plain = Quotient::with_backend(Backend::Portable, rows).expect("a domain");
            let expected = plain.coefficients(a.clone(), b.clone());
            assert_eq!(expected.len(), (1 << log) - 1);
            for backend in Backend::available() {
                let quotient = Quotient::with_backend(backend, rows).expect("a domain");
                let ours = quotient.coefficients(a.clone(), b.clone());
                assert!(ours == expected, "{backend:?}, 2^{log}");
            }
        }
    }
}
