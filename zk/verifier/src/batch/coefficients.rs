//! The coefficients of a batch: one per member, from a hash of everything.
//!
//! A coefficient is `low + high·λ` with two numbers of 64 bits, where λ is the cube root of unity by
//! which the curve's endomorphism `φ(x, y) = (β·x, y)` multiplies, so that a product of a point takes
//! 64 doublings (Gallant, Lambert and Vanstone, CRYPTO 2001, with the scalar chosen in two parts
//! instead of taken apart).
//!
//! Different pairs are different scalars: if `x + y·λ ≡ 0 (mod r)` for a difference of two pairs, then
//! multiplied by `x + y·λ²` it says `x² − x·y + y² ≡ 0`, since `λ² + λ + 1 ≡ 0`. The left side is at least
//! 0 and below 3·2¹²⁸, r is above 2²⁵³, so it is 0 as an integer, and then so are x and y.

use ark_bn254::{g1, Fr, G1Affine, G1Projective};
use ark_ec::scalar_mul::glv::GLVConfig;
use ark_ff::AdditiveGroup;

use super::Member;
use crate::statement::blake2_256;

/// Domain of the transcript's hash.
const TRANSCRIPT_DOMAIN: &[u8; 16] = b"lattice/batch/v4";
/// Domain of the coefficients.
const COEFFICIENT_DOMAIN: &[u8; 16] = b"lattice/coeff/v4";

/// The scalar `low + high·λ`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Coefficient {
    pub low: u64,
    pub high: u64,
}

impl Coefficient {
    /// The first 16 bytes of a hash, or 1 if they are all zero: a member with coefficient zero would
    /// not be checked at all.
    fn from_hash(hash: [u8; 32]) -> Self {
        let number = |bytes: &[u8]| {
            let bytes = bytes.iter().rev();
            bytes.fold(0, |number: u64, byte| (number << 8) | u64::from(*byte))
        };
        let (first, rest) = hash.split_at(8);
        let (second, _) = rest.split_at(8);
        match (number(first), number(second)) {
            (0, 0) => Self { low: 1, high: 0 },
            (low, high) => Self { low, high },
        }
    }

    pub fn scalar(self) -> Fr {
        scalar(self.low.into(), self.high.into())
    }
}

/// `low + high·λ`, for coefficients and their sums.
pub(super) fn scalar(low: u128, high: u128) -> Fr {
    Fr::from(low) + Fr::from(high) * <g1::Config as GLVConfig>::LAMBDA
}

/// `Σ ρᵢ·Pᵢ`, with the doublings of all products done once (Straus). `P + φ(P)` is `−φ²(P)`, so that
/// every digit of a coefficient is a point that has affine coordinates already.
pub(super) fn combination(points: &[G1Affine], coefficients: &[Coefficient]) -> G1Projective {
    let terms: Vec<([G1Affine; 3], Coefficient)> = points
        .iter()
        .zip(coefficients)
        .map(|(point, coefficient)| {
            let high = g1::Config::endomorphism_affine(point);
            let both = -g1::Config::endomorphism_affine(&high);
            ([*point, high, both], *coefficient)
        })
        .collect();
    let mut sum = G1Projective::ZERO;
    for position in (0..u64::BITS).rev() {
        sum.double_in_place();
        for ([low, high, both], coefficient) in &terms {
            let digit = |number: u64| number.wrapping_shr(position) & 1 == 1;
            match (digit(coefficient.low), digit(coefficient.high)) {
                (true, true) => sum += both,
                (true, false) => sum += low,
                (false, true) => sum += high,
                (false, false) => {}
            }
        }
    }
    sum
}

/// A coefficient for each well-formed member, never zero.
///
/// Each member adds its key's version (one byte) and hash, its three inputs and its proof to the
/// transcript. In a well-formed member all of them have lengths that follow from the version, so
/// the transcript determines what is checked.
pub(super) fn of<'a>(members: impl Iterator<Item = &'a Member<'a>>) -> Vec<Coefficient> {
    let lines: Vec<([u8; 1], &Member<'_>)> = members
        .map(|member| ([member.key.version().number()], member))
        .collect();
    let mut parts: Vec<&[u8]> = vec![TRANSCRIPT_DOMAIN];
    for (version, member) in &lines {
        parts.push(version);
        parts.push(member.key.hash());
        parts.extend(member.inputs.iter().map(<[u8; 32]>::as_slice));
        parts.push(member.proof);
    }
    let transcript = blake2_256(&parts);
    (0u64..)
        .zip(&lines)
        .map(|(index, _)| {
            let hash = blake2_256(&[COEFFICIENT_DOMAIN, &transcript, &index.to_le_bytes()]);
            Coefficient::from_hash(hash)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use ark_ec::{AffineRepr, CurveGroup};
    use ark_ff::{Field, PrimeField};
    use proptest::prelude::*;

    #[test]
    fn no_hash_gives_zero() {
        let of = |first: u8, second: u8, rest: u8| {
            let mut hash = [rest; 32];
            hash[..8].fill(first);
            hash[8..16].fill(second);
            Coefficient::from_hash(hash)
        };
        assert_eq!(of(0, 0, 9), Coefficient { low: 1, high: 0 });
        assert_eq!(of(0, 1, 9).high, 0x0101_0101_0101_0101);
        assert_eq!(of(0, 1, 9).low, 0);
        assert_eq!(of(0xff, 0, 0).low, u64::MAX);
    }

    #[test]
    fn lambda_is_a_root_of_what_tells_pairs_apart() {
        let lambda = <g1::Config as GLVConfig>::LAMBDA;
        assert_eq!(lambda.square() + lambda + Fr::ONE, Fr::ZERO);
        const { assert!(Fr::MODULUS_BIT_SIZE >= 254) };
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(16))]

        #[test]
        fn a_combination_is_the_sum_of_products_whatever_its_length(
            terms in prop::collection::vec(any::<(u64, u64, u64)>(), 0..10),
            low in 0u64..3,
            high in 0u64..3,
        ) {
            let one = G1Affine::generator();
            // Small ones, and the same point twice, meet the exceptions of addition.
            let terms: Vec<(u64, Coefficient)> = terms
                .iter()
                .map(|(point, low, high)| (*point, Coefficient { low: *low, high: *high }))
                .chain([(1, Coefficient { low, high }), (1, Coefficient { low: high, high: low })])
                .collect();
            let points: Vec<G1Affine> = terms
                .iter()
                .map(|(point, _)| (one * Fr::from(*point)).into_affine())
                .collect();
            let coefficients: Vec<Coefficient> = terms.iter().map(|(_, c)| *c).collect();
            let total: Fr = terms.iter().map(|(p, c)| Fr::from(*p) * c.scalar()).sum();
            prop_assert_eq!(combination(&points, &coefficients), one * total);
        }
    }
}
