//! What the worker adds to a small inference, apart from the proof itself.
//!
//! The target is 50 ms for 99 of 100 results, from seeing an assignment to its extrinsic in the pool.
//! Here is everything of it that needs no node: checking the assignment,
//! executing, checking the proof's statement and two writes to the outbox that are on
//! disk when they return. What remains are a handful of JSON-RPC calls, which
//! the metric `lattice_worker_overhead_seconds` of a running worker includes;
//! `scripts/network.sh` prints its p99.
//!
//! `cargo bench -p lattice-worker`

#[path = "../tests/fixture/mod.rs"]
mod fixture;

use criterion::{criterion_group, criterion_main, Criterion};
use fixture::{assignment, served, GENESIS, PROVIDER};
use lattice_worker::{
    disk::Disk,
    outbox::{AuthorizedExtrinsic, Entry, Outbox, State, FILE_NAME},
    pipeline::{check, execute, prove, Work},
};
use std::hint::black_box;

fn overhead(c: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let served = served(folder.path());
    served.test().expect("passes its test");
    let assignment = assignment(&served);
    let database = Disk::default().open(&folder.path().join("data"), FILE_NAME);
    let database = database.expect("opens");
    let outbox = Outbox::open(database, &[7; 32], &PROVIDER).expect("opens");
    let work = Work::of(&assignment, &served, &PROVIDER, &GENESIS).expect("fits");
    let trace = execute(&served, &work).expect("executes");
    let proof = prove(&served, &work, &trace).expect("proves");
    let entry = Entry {
        model: 0,
        context: work.context,
        output: trace.output().to_vec(),
        proof: lattice_chain_client::ProofBytes::try_from(&proof.bytes[..])
            .expect("it has a proof's length"),
        state: State::Proven,
    };
    let signed = State::Authorized(AuthorizedExtrinsic {
        bytes: vec![0; 400],
        hash: [1; 32],
        made_at: 9,
    });

    let mut group = c.benchmark_group("worker");
    group.bench_function("check the assignment", |b| {
        b.iter(|| Work::of(black_box(&assignment), &served, &PROVIDER, &GENESIS));
    });
    group.bench_function("execute", |b| {
        b.iter(|| execute(&served, black_box(&work)));
    });
    group.bench_function("check the statement", |b| {
        b.iter(|| check(&work, trace.output(), black_box(&proof)));
    });
    group.bench_function("two writes to the outbox", |b| {
        b.iter(|| {
            outbox.put(0, black_box(&entry)).expect("writes");
            outbox.advance(0, signed.clone()).expect("writes");
        });
    });
    group.bench_function("all of it, without the proof", |b| {
        b.iter(|| {
            let work =
                Work::of(black_box(&assignment), &served, &PROVIDER, &GENESIS).expect("fits");
            let trace = execute(&served, &work).expect("executes");
            check(&work, trace.output(), &proof).expect("as expected");
            outbox.put(0, &entry).expect("writes");
            outbox.advance(0, signed.clone()).expect("writes");
            trace
        });
    });
    group.finish();
}

criterion_group!(benches, overhead);
criterion_main!(benches);
