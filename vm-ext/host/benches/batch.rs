//! What settlements in batches cost: the measurement behind `BatchSchedule`.
//!
//! Through the host function as the runtime calls it, on the one thread that the node verifies on.
//! `true` batches settle; `one false` is the worst case, where each proof is checked alone after
//! all: the difference is the price of the retries. Keys are always cold, as the gas schedule
//! assumes: each batch names keys that are no longer in the node's cache.

#[path = "../tests/support/mod.rs"]
mod support;

use codec::Encode;
use criterion::{criterion_group, criterion_main, BatchSize, Criterion, Throughput};
use lattice_host::{settle_batch, settlement_program, SettlementBatch};
use support::{Fixture, PLENTY};

/// More keys than the node's cache holds, used in turn: none is found there.
const COLD_KEYS: usize = 80;
/// Proofs of each key.
const PROOFS: usize = 64;

/// A key, and its settlement programs.
struct Cold {
    id: [u8; 32],
    location: Vec<u8>,
    prepared: Vec<u8>,
    programs: Vec<Vec<u8>>,
    falsified: Vec<u8>,
}

impl Cold {
    fn new(index: usize, fixture: fn(u64) -> Fixture) -> Self {
        let fixture = fixture(200 + index as u64);
        let mut id = [0; 32];
        id[..8].copy_from_slice(&index.to_le_bytes());
        let proofs = (0..PROOFS as u64).map(|i| fixture.prove([i + 1, 5, 1 + i]));
        let programs = proofs
            .map(|(statement, proof)| settlement_program(id, &statement, &proof))
            .collect();
        let mut statement = fixture.statement;
        statement.output_commitment[0] ^= 1;
        Self {
            id,
            location: format!("key/{index}").into_bytes(),
            prepared: fixture.report().prepared.encode(),
            programs,
            falsified: settlement_program(id, &statement, &fixture.proof),
        }
    }
}

fn settlements(c: &mut Criterion) {
    batches(c, "settle_batch", Fixture::new);
    batches(c, "settle_batch, committed", Fixture::committed);
}

fn batches(c: &mut Criterion, name: &str, fixture: fn(u64) -> Fixture) {
    let keys: Vec<Cold> = (0..COLD_KEYS)
        .map(|index| Cold::new(index, fixture))
        .collect();
    let mut externalities = sp_io::TestExternalities::default();
    externalities.execute_with(|| {
        for key in &keys {
            sp_io::storage::set(&key.location, &key.prepared);
        }
    });
    let mut group = c.benchmark_group(name);
    let mut turn = 0;
    for (proofs, under, bad) in [
        (2, 1, false),
        (16, 1, false),
        (64, 1, false),
        (64, 8, false),
        (64, 16, false),
        (16, 16, false),
        (16, 1, true),
        (64, 1, true),
    ] {
        let mut next = || {
            let own: Vec<&Cold> = (0..under).map(|i| &keys[(turn + i) % COLD_KEYS]).collect();
            turn = (turn + under) % COLD_KEYS;
            let mut programs: Vec<_> = (0..proofs)
                .map(|i| own[i % under].programs[i / under].clone())
                .collect();
            if bad {
                programs[0] = own[0].falsified.clone();
            }
            SettlementBatch {
                programs,
                gas_limit: PLENTY,
                keys: own
                    .iter()
                    .map(|key| (key.id, key.location.clone()))
                    .collect(),
            }
        };
        group.throughput(Throughput::Elements(proofs as u64));
        let kind = if bad { "one false" } else { "true" };
        group.bench_function(format!("{proofs} proofs, {under} keys, {kind}"), |b| {
            externalities.execute_with(|| {
                b.iter_batched(
                    &mut next,
                    |batch| {
                        let outcome = settle_batch(&batch).expect("the batch is well formed");
                        assert_eq!(outcome.retry_gas > 0, bad);
                    },
                    BatchSize::PerIteration,
                );
            });
        });
    }
    group.finish();
}

criterion_group!(benches, settlements);
criterion_main!(benches);
