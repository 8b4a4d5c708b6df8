//! The one equation of a batch.

use ark_bn254::{Bn254, Fq12, Fr, G1Affine, G1Projective};
use ark_ec::pairing::Pairing;
use ark_ec::CurveGroup;
use ark_ff::biginteger::arithmetic::find_naf;
use ark_ff::{AdditiveGroup, CyclotomicMultSubgroup, Field, PrimeField};

use super::coefficients::{combination, scalar, Coefficient};
use crate::key::{Lines, PreparedKey};
use crate::proof::{combine, Claim};

/// λ, as the power of p that it is modulo r: raising a pairing's value to it is this many times the
/// Frobenius map.
const LAMBDA_FROBENIUS: usize = 4;

/// The members of one key, summed.
struct Group<'a> {
    key: &'a PreparedKey,
    /// Of Σρᵢ, the scalar of IC₀ and the exponent of e(α, β), the part without λ and that with it.
    total: (u128, u128),
    /// Σρᵢ·xᵢ, for each input of the instance.
    instance: Vec<Fr>,
    c: Vec<G1Affine>,
    /// Of a committed key one per member, else none.
    d: Vec<G1Affine>,
    coefficients: Vec<Coefficient>,
}

/// Whether the equation of the parent module holds for members with their coefficients.
pub(super) fn holds(terms: &[(&Claim<'_>, Coefficient)]) -> bool {
    let groups = groups(terms);

    let mut left: Vec<G1Projective> = terms
        .iter()
        .map(|(member, coefficient)| combination(&[member.proof.groth16.a], &[*coefficient]))
        .collect();
    let mut right: Vec<Lines> = terms
        .iter()
        .map(|(member, _)| member.proof.groth16.b.into())
        .collect();
    for (inputs, key) in statements(&groups) {
        left.push(inputs);
        right.push(key.gamma_neg.clone());
    }
    for group in &groups {
        left.push(combination(&group.c, &group.coefficients));
        right.push(group.key.delta_neg.clone());
        if let Some(lines) = &group.key.epsilon_neg {
            left.push(combination(&group.d, &group.coefficients));
            right.push(lines.clone());
        }
    }

    let left = G1Projective::normalize_batch(&left);
    let product = Bn254::final_exponentiation(Bn254::multi_miller_loop(left, right));
    product.is_some_and(|product| product.0 == expected(&groups))
}

/// The members by key, keys in the order in which they first come.
fn groups<'a>(terms: &[(&Claim<'a>, Coefficient)]) -> Vec<Group<'a>> {
    let mut groups: Vec<Group<'a>> = Vec::new();
    for (member, coefficient) in terms {
        let found = groups
            .iter()
            .position(|group| core::ptr::eq(group.key, member.key));
        let position = found.unwrap_or_else(|| {
            groups.push(Group {
                key: member.key,
                total: (0, 0),
                instance: vec![Fr::ZERO; member.instance.len()],
                c: Vec::new(),
                d: Vec::new(),
                coefficients: Vec::new(),
            });
            groups.len().saturating_sub(1)
        });
        // The position was found or made just now.
        if let Some(group) = groups.get_mut(position) {
            // At most 64 numbers of 64 bits: nothing saturates.
            let (low, high) = &mut group.total;
            *low = low.saturating_add(coefficient.low.into());
            *high = high.saturating_add(coefficient.high.into());
            let factor = coefficient.scalar();
            for (sum, input) in group.instance.iter_mut().zip(&member.instance) {
                *sum += factor * input;
            }
            group.c.push(member.proof.groth16.c);
            group.d.extend(member.proof.commitment.map(|d| d.point));
            group.coefficients.push(*coefficient);
        }
    }
    groups
}

/// `Σ ρᵢ·IC(xᵢ)` for each γ, with a key that has it.
fn statements<'a>(groups: &[Group<'a>]) -> Vec<(G1Projective, &'a PreparedKey)> {
    let mut statements: Vec<(G1Projective, &'a PreparedKey)> = Vec::new();
    for group in groups {
        let (low, high) = group.total;
        let inputs = combine(group.key, scalar(low, high), &group.instance);
        let gamma = group.key.verifying_key().groth16.gamma_g2;
        match statements
            .iter_mut()
            .find(|(_, key)| key.verifying_key().groth16.gamma_g2 == gamma)
        {
            Some((sum, _)) => *sum += inputs,
            None => statements.push((inputs, group.key)),
        }
    }
    statements
}

/// `Π e(α, β)^Σρ` over the keys, with the squarings of all exponents done once (Straus), digits in
/// non-adjacent form. An inverse is a conjugate, since the values of pairings are in the cyclotomic
/// subgroup.
fn expected(groups: &[Group<'_>]) -> Fq12 {
    let powers: Vec<(Fq12, Fq12, Vec<i8>)> = groups
        .iter()
        .flat_map(|group| {
            let base = group.key.alpha_beta;
            let (low, high) = group.total;
            [(base, low), (base.frobenius_map(LAMBDA_FROBENIUS), high)]
        })
        .map(|(base, exponent)| {
            // A pairing's value has an inverse.
            let inverse = base.cyclotomic_inverse().unwrap_or(Fq12::ONE);
            let digits = find_naf(Fr::from(exponent).into_bigint().as_ref());
            (base, inverse, digits)
        })
        .collect();
    let length = powers.iter().map(|(_, _, digits)| digits.len()).max();
    let mut product = Fq12::ONE;
    for position in (0..length.unwrap_or(0)).rev() {
        product.cyclotomic_square_in_place();
        for (base, inverse, digits) in &powers {
            match digits.get(position) {
                Some(1) => product *= base,
                Some(-1) => product *= inverse,
                _ => {}
            }
        }
    }
    product
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::VerifyingKey;
    use crate::statement::PUBLIC_INPUTS;
    use ark_bn254::G2Affine;
    use ark_ec::AffineRepr;
    use proptest::prelude::*;

    fn key(alpha: u64) -> PreparedKey {
        let alpha_g1 = (G1Affine::generator() * Fr::from(alpha)).into_affine();
        let two = G2Affine::generator();
        let groth16 = ark_groth16::VerifyingKey::<Bn254> {
            alpha_g1,
            beta_g2: two,
            gamma_g2: two,
            delta_g2: two,
            gamma_abc_g1: vec![G1Affine::generator(); PUBLIC_INPUTS + 1],
        };
        PreparedKey::new(VerifyingKey {
            groth16,
            epsilon_g2: None,
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(16))]

        #[test]
        fn the_product_of_powers_is_that_of_single_powers(
            totals in prop::collection::vec((any::<u64>(), 0u128..1 << 70, 0u128..1 << 70), 1..5),
        ) {
            let keys: Vec<PreparedKey> = totals.iter().map(|(alpha, ..)| key(*alpha | 1)).collect();
            let groups: Vec<Group<'_>> = keys
                .iter()
                .zip(&totals)
                .map(|(key, (_, low, high))| Group {
                    key,
                    total: (*low, *high),
                    instance: vec![Fr::ZERO; PUBLIC_INPUTS],
                    c: Vec::new(),
                    d: Vec::new(),
                    coefficients: Vec::new(),
                })
                .collect();
            let single = groups
                .iter()
                .map(|group| {
                    let (low, high) = group.total;
                    group.key.alpha_beta.pow(scalar(low, high).into_bigint())
                })
                .product::<Fq12>();
            prop_assert_eq!(expected(&groups), single);
        }
    }
}
