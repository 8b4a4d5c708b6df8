//! `cargo bench -p lattice-prover --bench range_checks`: the same executions proven with range checks by
//! bits (Groth16, 128 bytes) and by lookups (with a commitment, 160 bytes).

use criterion::{criterion_group, criterion_main, Criterion};
use lattice_circuit::{Circuit, RangeChecks};
use lattice_prover::Prover;
use lattice_setup::dev_setup;
use lattice_tensor::{
    testing::{lenet5, Random},
    trace, Model, Range,
};
use rand::{rngs::StdRng, SeedableRng};
use std::{hint::black_box, sync::Arc, time::Duration};

mod common;
use common::{image, perceptron};

fn models() -> [(&'static str, Model); 4] {
    let pixels = Range { lo: 0, hi: 127 };
    [
        (
            "64-32-10",
            perceptron(7, &[64, 32, 10], Range { lo: 0, hi: 16 }),
        ),
        ("784-128-10", perceptron(7, &[784, 128, 10], pixels)),
        ("LeNet-5", lenet5(7)),
        ("dense 4x1000x1000", perceptron(7, &[1000; 5], pixels)),
    ]
}

fn range_checks(criterion: &mut Criterion) {
    let mut rng = StdRng::seed_from_u64(1);
    for (name, model) in models() {
        let model = Arc::new(model);
        let input = image(&mut Random::new(3), &model);
        let trace = trace(&model, &input).expect("in range");
        let mut group = criterion.benchmark_group(name);
        group
            .sample_size(20)
            .measurement_time(Duration::from_secs(5));
        for checks in [RangeChecks::Bits, RangeChecks::Lookups] {
            let circuit = Circuit::with_range_checks(&model, checks).expect("supported");
            let chosen = RangeChecks::of(&model) == checks;
            println!(
                "{name}, {checks:?}{}: {} constraints",
                if chosen { " (the model's own)" } else { "" },
                circuit.r1cs().constraints()
            );
            let keys = dev_setup(&circuit, &mut rng).expect("a key");
            let prover = Prover::of_circuit(model.clone(), circuit, keys.proving_key);
            let prover = prover.expect("the key fits");
            let zero = [0; 32];
            group.bench_function(format!("{checks:?}"), |bencher| {
                bencher.iter(|| {
                    prover
                        .prove(black_box(&trace), &zero, &zero, &zero, &mut rng)
                        .expect("a proof")
                })
            });
        }
        group.finish();
    }
}

criterion_group!(benches, range_checks);
criterion_main!(benches);
