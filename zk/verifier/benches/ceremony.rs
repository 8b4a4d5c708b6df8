//! What a chain pays for a ceremony: a start, a contribution, a challenge.
//!
//! In a rayon pool of one thread, as in the node.

#[path = "../tests/support/ceremony.rs"]
mod ceremony;
#[path = "../tests/support/mod.rs"]
mod support;

use ceremony::{first, start};
use criterion::{criterion_group, criterion_main, Criterion};
use lattice_verifier::ceremony::testing::{Bulk, Factors};
use lattice_verifier::ceremony::{
    check_challenge, check_contribution, check_start, Challenge, Query,
};
use lattice_verifier::ProofVersion;
use std::hint::black_box;

fn benchmarks(c: &mut Criterion) {
    rayon::ThreadPoolBuilder::new()
        .num_threads(1)
        .build_global()
        .expect("nothing has used rayon yet");
    for version in ProofVersion::ALL {
        let start = start(version);
        let before = Bulk::start(version);
        let after = before.after(Factors::of(2));
        let (contribution, binding) = first(version);
        // The last query's, which is divided by the version's last trapdoor.
        let query = Query::of(version)[Query::of(version).len() - 1];
        let challenge = Challenge {
            query,
            index: 2,
            before: before.opening(query, 2),
            after: after.opening(query, 2),
        };
        let states = [before.state(), after.state()];

        let mut group = c.benchmark_group(format!("{version:?}"));
        group.bench_function("check_start", |b| b.iter(|| check_start(black_box(&start))));
        group.bench_function("check_contribution", |b| {
            b.iter(|| check_contribution(&states[0], black_box(&contribution), &binding))
        });
        // A path of two or three hashes; one of 28 costs about 15 µs more.
        group.bench_function("check_challenge", |b| {
            b.iter(|| check_challenge(&start, &states[0], &states[1], black_box(&challenge)))
        });
        group.finish();
    }
}

criterion_group!(benches, benchmarks);
criterion_main!(benches);
