use super::*;
use ark_bn254::{Fr, G1Affine, G1Projective, G2Projective};
use ark_ff::{AdditiveGroup, Field, UniformRand, Zero};
use rand::{rngs::StdRng, Rng, SeedableRng};

const SMALL_BITS: u32 = 48;

/// Points with identities among them, scalars of every kind.
fn setting<G: CurveGroup<ScalarField = Fr>>(seed: u64, len: usize) -> (Vec<G::Affine>, Vec<Fr>) {
    let mut rng = StdRng::seed_from_u64(seed);
    (0..len)
        .map(|i| {
            let point = match i % 7 {
                0 => G::Affine::zero(),
                _ => G::rand(&mut rng).into_affine(),
            };
            let scalar = match (i % 2, i % 10) {
                (0, 0) => Fr::ZERO,
                (0, 2 | 6 | 8) => Fr::ONE,
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

fn agree<G>(points: &[G::Affine], scalars: &[Fr], budget: usize)
where
    G: Curve<ScalarField = Fr> + VariableBaseMSM<MulBase = <G as CurveGroup>::Affine>,
{
    let expected = G::msm(points, scalars).expect("equal lengths");
    for backend in Backend::available() {
        let fixed =
            FixedBase::<G>::with_backend(backend, points, |i| i % 2 == 0, SMALL_BITS, budget);
        let sum = fixed
            .msm(&canonical(scalars))
            .expect("small columns are small");
        assert_eq!(sum, expected, "{backend:?}, {budget}");
    }
}

#[test]
fn the_sum_is_that_of_arkworks_whatever_the_budget() {
    for budget in [0, 20_000, 60_000, 1 << 20] {
        for seed in 0..4 {
            let (points, scalars) = setting::<G1Projective>(seed, 200);
            agree::<G1Projective>(&points, &scalars, budget);
        }
        let (points, scalars) = setting::<G2Projective>(9, 200);
        agree::<G2Projective>(&points, &scalars, budget);
    }
}

/// Long lists are cut between threads, and windows get wide.
#[test]
fn the_sum_is_that_of_arkworks_for_thousands_of_points() {
    let (points, scalars) = setting::<G1Projective>(5, 9_000);
    agree::<G1Projective>(&points, &scalars, 1 << 20);
}

#[test]
fn equal_points_add_up() {
    let (mut points, mut scalars) = setting::<G1Projective>(6, 60);
    for i in 0..20 {
        points[i] = points[1];
        scalars[i] = if i % 2 == 0 { Fr::ONE } else { -Fr::from(5u64) };
    }
    agree::<G1Projective>(&points, &scalars, 1 << 20);
    let (mut points, scalars) = setting::<G2Projective>(6, 60);
    points[2] = points[3];
    points[4] = points[3];
    agree::<G2Projective>(&points, &scalars, 1 << 20);
}

#[test]
fn opposite_points_cancel_out() {
    let (mut points, mut scalars) = setting::<G1Projective>(7, 60);
    for i in 0..20 {
        points[i] = if i % 4 < 2 { points[1] } else { -points[1] };
        scalars[i] = Fr::ONE;
    }
    agree::<G1Projective>(&points, &scalars, 1 << 20);
    agree::<G1Projective>(&points[..20], &scalars[..20], 1 << 20);
}

#[test]
fn a_large_scalar_on_a_small_column_is_refused() {
    let (points, mut scalars) = setting::<G1Projective>(1, 200);
    let fixed = FixedBase::<G1Projective>::new(&points, |i| i % 2 == 0, SMALL_BITS, 0);
    scalars[2] = Fr::from(1u64 << SMALL_BITS);
    assert!(fixed.msm(&canonical(&scalars)).is_none());
}

#[test]
fn an_empty_query_sums_to_the_identity() {
    let none: &[G1Affine] = &[];
    let fixed = FixedBase::<G1Projective>::new(none, |_| false, SMALL_BITS, 0);
    assert!(fixed.msm(&[]).expect("nothing to refuse").is_zero());
}
