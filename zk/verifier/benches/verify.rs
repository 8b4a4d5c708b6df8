//! What the chain pays for: verification with all decoding, commitments, key validation.
//!
//! Everything runs in a rayon pool of one thread, as in the node, whatever features arkworks has.
//! Targets (DESIGN.md): verification with decoding ≤ 1.5 ms; a batch of 64 ≤ 0.7 ms per proof.

#[path = "../tests/support/mod.rs"]
mod support;

use criterion::{criterion_group, criterion_main, Criterion, Throughput};
use lattice_tensor::Range;
use lattice_verifier::poseidon::{params, permute, permute_plain, WIDTH};
use lattice_verifier::{commit_input, commit_output, validate, verify, verify_batch, PreparedKey};
use std::hint::black_box;

fn benchmarks(c: &mut Criterion) {
    rayon::ThreadPoolBuilder::new()
        .num_threads(1)
        .build_global()
        .expect("nothing has used rayon yet");
    let keys = support::keys(1);
    let members: Vec<_> = (0..64).map(|i| keys.prove(i, 1000 + i, i)).collect();
    let prepared = validate(&keys.verifying).expect("an honest key").prepared;
    let key = PreparedKey::decode(&prepared).expect("just validated");
    let (statement, proof) = members[0];
    let inputs = statement.inputs();
    params();

    c.bench_function("verify, key and proof decoded", |b| {
        b.iter(|| {
            let key = PreparedKey::decode(black_box(&prepared)).expect("valid");
            verify(&key, black_box(&inputs), black_box(&proof))
        })
    });
    c.bench_function("verify, proof decoded", |b| {
        b.iter(|| verify(&key, black_box(&inputs), black_box(&proof)))
    });
    c.bench_function("prepared key decoded", |b| {
        b.iter(|| PreparedKey::decode(black_box(&prepared)))
    });
    c.bench_function("validate", |b| {
        b.iter(|| validate(black_box(&keys.verifying)))
    });

    let mut state = [ark_bn254::Fr::from(1u64); WIDTH];
    c.bench_function("permute", |b| b.iter(|| permute(black_box(&mut state))));
    c.bench_function("permute, plain", |b| {
        b.iter(|| permute_plain(black_box(&mut state)))
    });
    for (count, range) in [
        (64, Range { lo: 0, hi: 16 }),
        (784, Range { lo: -127, hi: 127 }),
    ] {
        let width = i32::from(range.hi) - i32::from(range.lo) + 1;
        let values: Vec<i32> = (0..count)
            .map(|i| i32::from(range.lo) + i * 7 % width)
            .collect();
        c.bench_function(&format!("commit_input, {count} values"), |b| {
            b.iter(|| commit_input(black_box(&values), range, &[0; 32]))
        });
    }
    c.bench_function("commit_output, 10 values", |b| {
        b.iter(|| commit_output(black_box(&[12345; 10]), &[0; 32]))
    });

    let mut group = c.benchmark_group("verify_batch");
    for count in [1, 16, 64] {
        group.throughput(Throughput::Elements(count as u64));
        group.bench_function(format!("{count} proofs"), |b| {
            b.iter(|| verify_batch(&key, black_box(&members[..count])))
        });
    }
    group.finish();
}

criterion_group!(benches, benchmarks);
criterion_main!(benches);
