//! What the chain pays for: verification with all decoding, commitments, key validation.
//!
//! Everything runs in a rayon pool of one thread, as in the node, whatever features arkworks has.
//! Targets (DESIGN.md): verification with decoding ≤ 1.5 ms; a batch of 64 ≤ 0.7 ms per proof under one key, ≤ 0.8 ms under eight.

#[path = "../tests/support/mod.rs"]
mod support;

use criterion::{criterion_group, criterion_main, Criterion, Throughput};
use lattice_tensor::Range;
use lattice_verifier::poseidon::{params, permute, permute_plain, WIDTH};
use lattice_verifier::testing::Trapdoors;
use lattice_verifier::{
    commit_input, commit_output, validate, verify, verify_batch, FieldBytes, Member, PreparedKey,
    Statement,
};
use std::hint::black_box;

/// Committed proofs: single ones, and the largest batch under one key.
fn committed(c: &mut Criterion) {
    let trapdoors = Trapdoors::new(1);
    let encoded = trapdoors.key().encode();
    let key = trapdoors.prepared();
    let prepared = key.encode();
    let proven: Vec<([FieldBytes; 3], Vec<u8>)> = (0..64)
        .map(|i| {
            let statement = Statement {
                context: [i; 32].map(|byte| byte & 0x1f),
                input_commitment: [0x11; 32],
                output_commitment: [0x1f; 32],
            };
            let proof = trapdoors.simulate(&statement, u64::from(i));
            (statement.inputs(), proof.to_vec())
        })
        .collect();
    let (inputs, proof) = &proven[0];
    assert_eq!(verify(&key, inputs, proof), Ok(true));

    let mut group = c.benchmark_group("committed");
    group.bench_function("verify, key and proof decoded", |b| {
        b.iter(|| {
            let key = PreparedKey::decode(black_box(&prepared)).expect("valid");
            verify(&key, black_box(inputs), black_box(proof))
        })
    });
    group.bench_function("verify, proof decoded", |b| {
        b.iter(|| verify(&key, black_box(inputs), black_box(proof)))
    });
    group.bench_function("prepared key decoded", |b| {
        b.iter(|| PreparedKey::decode(black_box(&prepared)))
    });
    group.bench_function("validate", |b| b.iter(|| validate(black_box(&encoded))));
    let batch: Vec<Member<'_>> = proven
        .iter()
        .map(|(inputs, proof)| Member {
            key: &key,
            inputs,
            proof,
        })
        .collect();
    let verdicts = verify_batch(&batch).expect("within the bounds");
    assert_eq!(verdicts.retried, 0);
    group.throughput(Throughput::Elements(batch.len() as u64));
    group.bench_function("verify_batch, 64 proofs, 1 key", |b| {
        b.iter(|| verify_batch(black_box(&batch)))
    });
    group.finish();
}

fn benchmarks(c: &mut Criterion) {
    rayon::ThreadPoolBuilder::new()
        .num_threads(1)
        .build_global()
        .expect("nothing has used rayon yet");
    let keys: Vec<_> = (1..=16).map(support::keys).collect();
    let prepared_keys: Vec<_> = keys.iter().map(support::Keys::prepared).collect();
    // Every key has as many proofs as the largest batch of so many keys takes from it, in turn.
    let members: Vec<_> = (0..64)
        .flat_map(|i| (0..16usize).map(move |key| (i, key)))
        .filter(|(i, key)| *i <= 64 / (*key as u64 + 1))
        .map(|(i, key)| (key, keys[key].prove(i, 1000 + i, i)))
        .collect();
    let prepared = validate(&keys[0].verifying)
        .expect("an honest key")
        .prepared;
    let key = PreparedKey::decode(&prepared).expect("just validated");
    let (_, (statement, proof)) = members[0];
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
        b.iter(|| validate(black_box(&keys[0].verifying)))
    });
    committed(c);

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
    for (proofs, under) in [
        (2, 1),
        (16, 1),
        (64, 1),
        (16, 4),
        (64, 8),
        (64, 16),
        (16, 16),
    ] {
        let inputs: Vec<_> = members.iter().map(|(_, (s, _))| s.inputs()).collect();
        let batch: Vec<Member<'_>> = members
            .iter()
            .zip(&inputs)
            .filter(|((key, _), _)| *key < under)
            .map(|((key, (_, proof)), inputs)| Member {
                key: &prepared_keys[*key],
                inputs,
                proof,
            })
            .take(proofs)
            .collect();
        assert_eq!(batch.len(), proofs);
        group.throughput(Throughput::Elements(proofs as u64));
        group.bench_function(format!("{proofs} proofs, {under} keys"), |b| {
            b.iter(|| verify_batch(black_box(&batch)))
        });
    }
    group.finish();
}

criterion_group!(benches, benchmarks);
criterion_main!(benches);
