//! `cargo bench -p lattice-setup --bench phase2`: what a contributor and a checker spend their time
//! on, at the size of LeNet-5 (a domain of 2^18, 190,000 witness variables).
//!
//! Target: a contribution in at most 25 s on two cores. The start's cost is measured by the example
//! `ceremony`, since it takes too long to repeat.

use ark_bn254::{g1, g2, Fr, G1Affine, G2Affine};
use ark_ec::short_weierstrass::{Affine, SWCurveConfig};
use ark_ff::{Field, UniformRand};
use criterion::{criterion_group, criterion_main, Criterion};
use lattice_setup::{
    phase2::{lagrange::lagrange, transform::multiply_state, Counts, StateWriter},
    scale::{multiply_by_one, multiply_each},
};
use lattice_verifier::ceremony::Query;
use rand::{rngs::StdRng, SeedableRng};
use std::{hint::black_box, time::Duration};

const L: u32 = 190_000;
const H: u32 = (1 << 18) - 1;

/// `τ, τ², …` times the generator.
fn powers<C>(count: usize) -> Vec<Affine<C>>
where
    C: SWCurveConfig<ScalarField = Fr> + ark_ec::scalar_mul::glv::GLVConfig,
{
    let tau = Fr::rand(&mut StdRng::seed_from_u64(1));
    let mut power = tau;
    let scalars: Vec<Fr> = (0..count)
        .map(|_| {
            power *= tau;
            power
        })
        .collect();
    multiply_each(&vec![C::GENERATOR; count], &scalars)
}

fn phase2(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a folder");
    let points: Vec<G1Affine> = powers::<g1::Config>((L + H) as usize);
    let counts = Counts {
        l: L,
        h: H,
        k: None,
    };
    let mut out = StateWriter::create(&folder.path().join("before"), counts).expect("a file");
    let (l, h) = points.split_at(L as usize);
    out.write(Query::L, l).expect("written");
    out.write(Query::H, h).expect("written");
    let (state, _) = out.finish().expect("written");
    let x = Fr::rand(&mut StdRng::seed_from_u64(2));
    let inverse = x.inverse().expect("not zero");

    let mut group = criterion.benchmark_group("phase2");
    group
        .sample_size(10)
        .warm_up_time(Duration::from_secs(1))
        .measurement_time(Duration::from_secs(60));
    group.bench_function("contribution, LeNet-5", |bencher| {
        let to = folder.path().join("after");
        bencher.iter(|| multiply_state(&state, &to, |_| black_box(inverse)).expect("written"))
    });
    group.measurement_time(Duration::from_secs(20));
    group.bench_function("one state hashed and summed, LeNet-5", |bencher| {
        bencher.iter(|| state.digest(&[1; 32]).expect("read"))
    });
    group.measurement_time(Duration::from_secs(10));
    group.bench_function("16384 points by one scalar", |bencher| {
        bencher.iter(|| multiply_by_one(black_box(&points[..1 << 14]), inverse))
    });
    group.bench_function("Lagrange basis of 4096, first group", |bencher| {
        bencher.iter(|| lagrange(points[..1 << 12].to_vec()))
    });
    let second: Vec<G2Affine> = powers::<g2::Config>(1 << 12);
    group.bench_function("Lagrange basis of 4096, second group", |bencher| {
        bencher.iter(|| lagrange(second.clone()))
    });
    group.finish();
}

criterion_group!(benches, phase2);
criterion_main!(benches);
