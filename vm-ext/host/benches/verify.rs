//! What a settlement costs: the measurement behind `VERIFY_PROOF`'s gas.
//!
//! `cold` decodes the prepared key each time, as the gas schedule assumes; `warm`
//! finds it decoded. Both go through the host function as the runtime does, with
//! storage read, call and reply decoded, and the change of thread.

#[path = "../tests/support/mod.rs"]
mod support;

use codec::Encode;
use criterion::{criterion_group, criterion_main, BatchSize, Criterion};
use lattice_host::{inspect_manifest, run_program, validate_key};
use lattice_tensor::{testing, Range};
use support::{fixture, Fixture};

/// More keys than the node's cache holds, used in turn: none is found there.
const COLD_KEYS: u64 = 80;

fn settlement(c: &mut Criterion) {
    let warm = fixture();
    let call = warm.settlement();
    let mut externalities = warm.externalities();
    c.bench_function("settlement, warm key", |b| {
        externalities.execute_with(|| {
            b.iter(|| {
                let outcome = run_program(&call).expect("the call is well formed");
                assert_eq!(outcome.trap, None);
            });
        });
    });

    cold(c, "settlement, cold key", Fixture::new);
    cold(c, "committed settlement, cold key", Fixture::committed);
}

fn cold(c: &mut Criterion, name: &str, fixture: fn(u64) -> Fixture) {
    let fixtures: Vec<Fixture> = (100..100 + COLD_KEYS).map(fixture).collect();
    let prepared: Vec<_> = fixtures.iter().map(|f| f.report().prepared).collect();
    let mut turn = 0usize;
    c.bench_function(name, |b| {
        sp_io::TestExternalities::default().execute_with(|| {
            b.iter_batched(
                || {
                    turn = (turn + 1) % fixtures.len();
                    sp_io::storage::set(support::STORAGE_KEY, &prepared[turn].encode());
                    fixtures[turn].settlement()
                },
                |call| {
                    let outcome = run_program(&call).expect("the call is well formed");
                    assert_eq!(outcome.trap, None);
                },
                BatchSize::PerIteration,
            );
        });
    });
}

fn registration(c: &mut Criterion) {
    let key = &fixture().verifying_key;
    c.bench_function("validate key", |b| b.iter(|| validate_key(key)));
    let digits = testing::random_mlp(1, &[64, 32, 10], Range { lo: 0, hi: 16 });
    let manifest = digits.manifest().encode();
    c.bench_function("inspect manifest 64-32-10", |b| {
        b.iter(|| inspect_manifest(&manifest));
    });
}

fn commitments(c: &mut Criterion) {
    for length in [64usize, 784] {
        let input = vec![9i8; length];
        c.bench_function(&format!("commit to {length} inputs of 5 bits"), |b| {
            b.iter(|| lattice_host::commit_input(&input, 0, 16));
        });
    }
    let output = [12_345i32; 10];
    c.bench_function("commit to 10 outputs", |b| {
        b.iter(|| lattice_host::commit_output(&output));
    });
}

criterion_group!(benches, settlement, registration, commitments);
criterion_main!(benches);
