//! What a chain pays for a ceremony: a start, a contribution, a challenge.
//!
//! In a rayon pool of one thread, as in the node.

#[path = "../tests/support/ceremony.rs"]
mod ceremony;
#[path = "../tests/support/mod.rs"]
mod support;

use ark_bn254::Fr;
use ark_ff::UniformRand;
use ceremony::{first_binding, start};
use criterion::{criterion_group, criterion_main, Criterion};
use lattice_verifier::ceremony::testing::{contribute, rng, Bulk};
use lattice_verifier::ceremony::{
    check_challenge, check_contribution, check_start, Challenge, Delta, Query,
};
use std::hint::black_box;

fn benchmarks(c: &mut Criterion) {
    rayon::ThreadPoolBuilder::new()
        .num_threads(1)
        .build_global()
        .expect("nothing has used rayon yet");
    let start = start();
    let x = Fr::rand(&mut rng(2));
    let (before, after) = (Bulk::start(), Bulk::start().after(x));
    let binding = first_binding(&[0xa1; 32]);
    let contribution = contribute(&Delta::START, &after.state(), x, &binding);
    let challenge = Challenge {
        query: Query::L,
        index: 2,
        before: before.opening(Query::L, 2),
        after: after.opening(Query::L, 2),
    };
    let states = [before.state(), after.state()];

    c.bench_function("check_start", |b| b.iter(|| check_start(black_box(&start))));
    c.bench_function("check_contribution", |b| {
        b.iter(|| check_contribution(&Delta::START, black_box(&contribution), &binding))
    });
    // A path of three hashes; one of 28 costs about 15 µs more.
    c.bench_function("check_challenge", |b| {
        b.iter(|| check_challenge(&start, &states[0], &states[1], black_box(&challenge)))
    });
}

criterion_group!(benches, benchmarks);
criterion_main!(benches);
