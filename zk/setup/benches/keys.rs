//! `cargo bench -p lattice-setup --bench keys`: what a worker waits for before it prepares a prover.
//!
//! Reading checks every point. Beside it stands arkworks' own validation with a second encoding, which
//! is what canonicity took before points were decoded strictly; both have the file's bytes in memory.
//! LeNet-5's key takes half a minute to make: `cargo run --release -p lattice-prover --example prove
//! -- lenet5 keys DIR`, and without `keys` the time and memory of reading it.
//!
//! Target: LeNet-5's key in less than 3 s on two cores.

use ark_bn254::{g2, G2Affine};
use ark_ec::AffineRepr;
use ark_serialize::CanonicalDeserialize;
use criterion::{criterion_group, criterion_main, Criterion};
use lattice_circuit::{Circuit, ProvingKey};
use lattice_setup::{
    decode_proving_key, dev_setup, encode_proving_key, points::subgroup::first_outside,
    scale::multiply_each,
};
use lattice_tensor::{testing::random_mlp, Range};
use rand::{rngs::StdRng, SeedableRng};
use std::{hint::black_box, time::Duration};

fn key(dims: &[u32], hi: i8) -> Vec<u8> {
    let circuit = Circuit::build(&random_mlp(1, dims, Range { lo: 0, hi })).expect("supported");
    let keys = dev_setup(&circuit, &mut StdRng::seed_from_u64(1)).expect("keys");
    encode_proving_key(&keys.proving_key).expect("bytes")
}

fn by_arkworks(bytes: &[u8]) -> ProvingKey {
    let key = ProvingKey {
        groth16: CanonicalDeserialize::deserialize_uncompressed(bytes).expect("a key"),
        commitment: None,
    };
    assert_eq!(encode_proving_key(&key).expect("bytes"), bytes);
    key
}

fn keys(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("keys");
    group
        .sample_size(10)
        .warm_up_time(Duration::from_secs(1))
        .measurement_time(Duration::from_secs(10));
    for (name, dims, hi) in [
        ("64-32-10", &[64, 32, 10][..], 16),
        ("784-128-10", &[784, 128, 10], 127),
    ] {
        let bytes = key(dims, hi);
        println!("{name}: {} bytes", bytes.len());
        group.bench_function(format!("{name} read"), |bencher| {
            bencher.iter(|| decode_proving_key(black_box(&bytes)).expect("a key"))
        });
        group.bench_function(format!("{name} read by arkworks"), |bencher| {
            bencher.iter(|| by_arkworks(black_box(&bytes)))
        });
    }
    let scalars: Vec<_> = (1..=1u64 << 14).map(Into::into).collect();
    let points: Vec<G2Affine> = multiply_each(&vec![G2Affine::generator(); 1 << 14], &scalars);
    for count in [64, 1024, 1 << 14] {
        group.bench_function(format!("{count} points, subgroup, at once"), |bencher| {
            bencher.iter(|| first_outside::<g2::Config>(black_box(&points[..count])))
        });
    }
    group.bench_function("64 points, subgroup, one by one", |bencher| {
        bencher.iter(|| {
            let inside = |point: &G2Affine| point.is_in_correct_subgroup_assuming_on_curve();
            black_box(&points[..64]).iter().all(inside)
        })
    });
    group.finish();
}

criterion_group!(benches, keys);
criterion_main!(benches);
