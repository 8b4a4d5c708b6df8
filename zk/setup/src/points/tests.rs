//! Decoding agrees with arkworks', and batched subgroup checks with single ones.

use super::{
    format::{Montgomery, Uncompressed},
    subgroup::first_outside,
    *,
};
use ark_bn254::{Fq, Fq2, Fr, G1Affine, G2Affine};
use ark_ec::{AffineRepr, CurveConfig, CurveGroup, PrimeGroup};
use ark_ff::{BigInteger, Field, PrimeField, UniformRand, Zero};
use ark_serialize::{CanonicalDeserialize, CanonicalSerialize};
use proptest::prelude::*;
use rand::{rngs::StdRng, Rng, SeedableRng};

/// The least prime factor of the second group's cofactor.
const LEAST: u64 = 10069;

/// A point of the second group's curve, outside of the subgroup with overwhelming probability.
fn anywhere(rng: &mut StdRng) -> G2Affine {
    loop {
        let x = Fq2::rand(rng);
        if let Some(point) = G2Affine::get_point_from_x_unchecked(x, rng.gen()) {
            return point;
        }
    }
}

fn inside(rng: &mut StdRng, count: usize) -> Vec<G2Affine> {
    let step = G2Affine::rand(rng);
    let mut point = G2Affine::rand(rng).into_group();
    let points: Vec<_> = (0..count)
        .map(|_| {
            point += step;
            point
        })
        .collect();
    CurveGroup::normalize_batch(&points)
}

fn remainder(limbs: &[u64], divisor: u64) -> u64 {
    let divisor = u128::from(divisor);
    let rest = limbs.iter().rev().fold(0u128, |rest, limb| {
        ((rest << 64) | u128::from(*limb)) % divisor
    });
    rest as u64
}

fn quotient(limbs: &[u64], divisor: u64) -> Vec<u64> {
    let mut rest = 0u128;
    let mut quotient: Vec<u64> = limbs
        .iter()
        .rev()
        .map(|limb| {
            let value = (rest << 64) | u128::from(*limb);
            rest = value % u128::from(divisor);
            (value / u128::from(divisor)) as u64
        })
        .collect();
    quotient.reverse();
    quotient
}

/// A point of the least order that a point outside of the subgroup can have: what a single random
/// combination would miss most often.
fn of_least_order(rng: &mut StdRng) -> G2Affine {
    let rest = quotient(g2::Config::COFACTOR, LEAST);
    loop {
        let point = anywhere(rng).mul_bigint(Fr::MODULUS).mul_bigint(&rest);
        if !point.is_zero() {
            assert!(point.mul_bigint([LEAST]).is_zero());
            return point.into_affine();
        }
    }
}

/// What the soundness of batches rests on.
#[test]
fn no_small_prime_divides_the_cofactor_nor_does_the_order() {
    let cofactor = g2::Config::COFACTOR;
    let bound = 1 << g2::Config::COFACTOR_FREE_BITS;
    assert!((2..=bound).all(|divisor| remainder(cofactor, divisor) != 0));
    assert_eq!(remainder(cofactor, LEAST), 0);
    let reduced = Fr::from_le_bytes_mod_order(
        &cofactor
            .iter()
            .flat_map(|limb| limb.to_le_bytes())
            .collect::<Vec<_>>(),
    );
    assert_eq!(reduced * g2::Config::COFACTOR_INV, Fr::ONE);
    // Together they are the order of the curve's group.
    let mut rng = StdRng::seed_from_u64(1);
    for _ in 0..4 {
        let point = anywhere(&mut rng).mul_bigint(Fr::MODULUS);
        assert!(!point.is_zero() && point.mul_bigint(cofactor).is_zero());
    }
}

#[test]
fn a_batch_inside_of_the_subgroup_is_accepted() {
    let mut rng = StdRng::seed_from_u64(2);
    let mut points = inside(&mut rng, 3000);
    points[17] = G2Affine::identity();
    points[18] = points[19];
    points[20] = -points[19];
    for count in [0, 1, 63, 64, 500, 3000] {
        assert_eq!(first_outside(&points[..count]), None, "{count}");
    }
    // Points that meet their like in every bucket.
    assert_eq!(first_outside(&[points[0]; 700]), None);
    assert_eq!(first_outside(&[G2Affine::identity(); 700]), None);
}

#[test]
fn one_point_of_least_order_is_found_wherever_it_is() {
    let mut rng = StdRng::seed_from_u64(3);
    let low = of_least_order(&mut rng);
    let honest = inside(&mut rng, 2000);
    for count in [1, 64, 2000] {
        for index in [0, count / 2, count - 1] {
            let mut points = honest[..count].to_vec();
            points[index] = low;
            assert_eq!(first_outside(&points), Some(index), "{count}");
            points[index] = (honest[index] + low).into_affine();
            assert_eq!(first_outside(&points), Some(index), "{count}");
        }
    }
}

/// Their plain sum is inside, and so is every combination that gives them equal coefficients.
#[test]
fn points_outside_that_cancel_out_are_found() {
    let mut rng = StdRng::seed_from_u64(4);
    let mut points = inside(&mut rng, 200);
    for outside in [of_least_order(&mut rng), anywhere(&mut rng)] {
        points[70] = (points[70] + outside).into_affine();
        points[150] = (points[150] - outside).into_affine();
        assert_eq!(first_outside(&points), Some(70));
    }
    let low = of_least_order(&mut rng);
    assert_eq!(first_outside(&vec![low; LEAST as usize]), Some(0));
}

/// A single round would let a point of order 10069 pass once in some thousands of times.
#[test]
fn a_batch_with_a_point_of_least_order_never_passes_in_many_attempts() {
    let mut rng = StdRng::seed_from_u64(5);
    let mut points = inside(&mut rng, 64);
    points[9] = of_least_order(&mut rng);
    assert!((0..100).all(|_| first_outside(&points) == Some(9)));
}

fn decoded<F: Format, C: Group>(bytes: &[u8]) -> Result<Vec<Affine<C>>, Refused> {
    let mut points = Vec::new();
    decode::<F, C>(bytes, &mut points).map(|()| points)
}

/// What arkworks decodes and would write like this; it is how single points are checked elsewhere.
fn strict<C: Group>(bytes: &[u8]) -> Option<Affine<C>> {
    let point = Affine::<C>::deserialize_uncompressed(bytes).ok()?;
    let mut again = Vec::new();
    point.serialize_uncompressed(&mut again).expect("to memory");
    (again == bytes).then_some(point)
}

fn uncompressed<C: Group>(points: &[Affine<C>]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for point in points {
        point.serialize_uncompressed(&mut bytes).expect("to memory");
    }
    bytes
}

/// Random points, of which some are the identity or small multiples of the generator.
fn points<C: Group>(seed: u64, count: usize) -> Vec<Affine<C>>
where
    Affine<C>: UniformRand,
{
    let mut rng = StdRng::seed_from_u64(seed);
    (0..count)
        .map(|_| match rng.gen_range(0..4) {
            0 => Affine::identity(),
            1 => (C::GENERATOR.into_group() * C::ScalarField::from(rng.gen::<u8>())).into_affine(),
            _ => Affine::rand(&mut rng),
        })
        .collect()
}

/// One edit of one point's bytes: a bit, a flag, p added to a coordinate, or the other coordinate's.
fn edit(bytes: &mut [u8], kind: u8, at: usize) {
    match kind % 4 {
        0 => bytes[at / 8 % bytes.len()] ^= 1 << (at % 8),
        1 => *bytes.last_mut().expect("a byte") ^= [0x40, 0x80, 0xc0][at % 3],
        2 => {
            let start = at % (bytes.len() / 32) * 32;
            let mut value = Fq::MODULUS;
            let mut element = [0u64; 4];
            for (limb, bytes) in element.iter_mut().zip(bytes[start..].chunks_exact(8)) {
                *limb = u64::from_le_bytes(bytes.try_into().expect("8"));
            }
            value.add_with_carry(&ark_ff::BigInt::new(element));
            bytes[start..start + 32].copy_from_slice(&value.to_bytes_le());
        }
        _ => bytes.rotate_left(32),
    }
}

fn agrees<C: Group>(seed: u64, count: usize, kind: u8, index: usize, at: usize) -> bool
where
    Affine<C>: UniformRand,
{
    let points = points::<C>(seed, count);
    let mut bytes = uncompressed(&points);
    if decoded::<Uncompressed, C>(&bytes) != Ok(points) {
        return false;
    }
    let len = C::POINT_LEN;
    let index = index % count;
    edit(&mut bytes[index * len..][..len], kind, at);
    let expected: Option<Vec<_>> = bytes.chunks(len).map(strict::<C>).collect();
    match decoded::<Uncompressed, C>(&bytes) {
        Ok(points) => Some(points) == expected,
        Err(refused) => expected.is_none() && refused.index == index,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn decoding_is_arkworks_strict_decoding(
        seed: u64, count in 1usize..80, kind: u8, index: usize, at: usize,
    ) {
        prop_assert!(agrees::<g1::Config>(seed, count, kind, index, at));
        prop_assert!(agrees::<g2::Config>(seed, count, kind, index, at));
    }
}

#[test]
fn the_identity_has_one_encoding_and_none_in_montgomery_form() {
    fn check<C: Group>() {
        let canonical = uncompressed(&[Affine::<C>::identity()]);
        assert_eq!(
            decoded::<Uncompressed, C>(&canonical),
            Ok(vec![Affine::identity()])
        );
        for (at, mask) in [(0, 1), (C::POINT_LEN - 1, 0x40), (C::POINT_LEN - 1, 0x80)] {
            let mut other = canonical.clone();
            other[at] ^= mask;
            assert!(decoded::<Uncompressed, C>(&other).is_err(), "{at} {mask}");
        }
        assert!(decoded::<Montgomery, C>(&vec![0; C::POINT_LEN]).is_err());
    }
    check::<g1::Config>();
    check::<g2::Config>();
}

#[test]
fn the_first_refused_point_is_named_and_nothing_is_appended() {
    let honest = points::<g1::Config>(6, 600);
    let mut bytes = uncompressed(&honest);
    for index in [555, 300] {
        bytes[index * 64 + 63] |= 0xc0;
        let mut all: Vec<G1Affine> = vec![G1Affine::generator()];
        let refused = decode::<Uncompressed, g1::Config>(&bytes, &mut all).expect_err("refused");
        assert_eq!(refused.index, index);
        assert_eq!(all, [G1Affine::generator()]);
    }
    // Half a point.
    assert!(decoded::<Uncompressed, g1::Config>(&uncompressed(&honest)[..100]).is_err());
}
