//! `cargo bench -p lattice-prover`: proofs of the shapes that the targets name, commitments included.

use criterion::{criterion_group, criterion_main, Criterion};
use lattice_circuit::{Circuit, Side};
use lattice_prover::Prover;
use lattice_setup::dev_setup;
use lattice_tensor::{testing::Random, trace, Range};
use rand::{rngs::StdRng, SeedableRng};
use std::{hint::black_box, sync::Arc, time::Duration};

mod common;
use common::{image, perceptron};

fn prove(criterion: &mut Criterion) {
    let cases = [
        ("64-32-10", [64, 32, 10], Range { lo: 0, hi: 16 }),
        ("784-128-10", [784, 128, 10], Range { lo: 0, hi: 127 }),
    ];
    for (name, dims, range) in cases {
        let model = Arc::new(perceptron(7, &dims, range));
        let circuit = Circuit::build(&model).expect("supported");
        let r1cs = circuit.r1cs();
        println!(
            "{name}: {} constraints, {} witness variables, {} columns in A, {} in B, domain {}",
            r1cs.constraints(),
            r1cs.witnesses(),
            r1cs.density(Side::A),
            r1cs.density(Side::B),
            (r1cs.constraints() + 4).next_power_of_two(),
        );
        let mut rng = StdRng::seed_from_u64(1);
        let keys = dev_setup(&circuit, &mut rng).expect("a key");
        let prover = Prover::new(model.clone(), keys.proving_key).expect("the key fits");
        let input = image(&mut Random::new(3), &model);
        let trace = trace(&model, &input).expect("in range");
        let zero = [0; 32];
        let mut group = criterion.benchmark_group("prove");
        group
            .sample_size(20)
            .measurement_time(Duration::from_secs(5));
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                prover
                    .prove(black_box(&trace), &zero, &zero, &zero, &mut rng)
                    .expect("a proof")
            })
        });
        group.finish();
        criterion.bench_function(&format!("witness/{name}"), |bencher| {
            bencher.iter(|| {
                circuit
                    .assign(black_box(&trace), &zero, &zero, &zero)
                    .expect("a witness")
            })
        });
    }
}

criterion_group!(benches, prove);
criterion_main!(benches);
