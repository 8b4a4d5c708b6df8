//! `cargo bench -p lattice-prover --bench components`: what an element costs in each part of a proof.

use ark_bn254::{Fr, G1Projective, G2Projective};
use ark_ec::CurveGroup;
use ark_ff::{PrimeField, UniformRand};
use criterion::{criterion_group, criterion_main, Criterion, Throughput};
use lattice_prover::{
    fixed_base::{FixedBase, Scalar},
    quotient::Quotient,
};
use rand::{rngs::StdRng, Rng, SeedableRng};
use std::{hint::black_box, time::Duration};

/// Elements of each sum.
const LEN: usize = 1 << 14;
/// Bytes of each table, as in a prover.
const BUDGET: usize = 48 << 20;

macro_rules! sums {
    ($criterion:ident, $name:literal, $group:ty, $rng:ident) => {
        let points: Vec<$group> = (0..LEN).map(|_| <$group>::rand(&mut $rng)).collect();
        let points = <$group>::normalize_batch(&points);
        let full: Vec<Scalar> = (0..LEN)
            .map(|_| Fr::rand(&mut $rng).into_bigint())
            .collect();
        let bits: Vec<Scalar> = (0..LEN)
            .map(|_| Scalar::from(u64::from($rng.gen_bool(0.5))))
            .collect();
        let mut group = $criterion.benchmark_group($name);
        group
            .sample_size(10)
            .throughput(Throughput::Elements(LEN as u64))
            .measurement_time(Duration::from_secs(2));
        for (kind, scalars) in [("full", full), ("bits", bits)] {
            let fixed = FixedBase::<$group>::new(&points, |_| kind == "bits", 1, BUDGET);
            group.bench_function(kind, |bencher| {
                bencher.iter(|| {
                    fixed
                        .msm(black_box(&scalars))
                        .expect("as small as promised")
                })
            });
        }
        group.finish();
    };
}

fn components(criterion: &mut Criterion) {
    let mut rng = StdRng::seed_from_u64(1);
    sums!(criterion, "sum in G1", G1Projective, rng);
    sums!(criterion, "sum in G2", G2Projective, rng);
    for log in [11, 14, 18] {
        let values: Vec<Fr> = (0..(1 << log) - 3).map(|_| Fr::rand(&mut rng)).collect();
        let quotient = Quotient::new(values.len()).expect("a domain");
        let mut group = criterion.benchmark_group("quotient");
        group
            .sample_size(10)
            .throughput(Throughput::Elements(1 << log))
            .measurement_time(Duration::from_secs(2));
        group.bench_function(format!("2^{log}"), |bencher| {
            bencher.iter(|| quotient.coefficients(values.clone(), values.clone()))
        });
        group.finish();
    }
}

criterion_group!(benches, components);
criterion_main!(benches);
