//! `cargo bench -p lattice-prover`: proofs of the shapes that the targets name, commitments included.
//!
//! Weights are like those of trained networks after per-channel quantization with power-of-two
//! scales: bell-shaped, the largest of a row somewhere in 64..=127. Shifts are such that half of what a
//! channel could reach fills the clamp: in scikit-learn's digits network the largest activation
//! of the training set is 1/2.1 of the bound (median of the channels).

use criterion::{criterion_group, criterion_main, Criterion};
use lattice_circuit::{Circuit, Side};
use lattice_prover::Prover;
use lattice_setup::dev_setup;
use lattice_tensor::{testing::Random, trace, Clamp, Model, ModelBuilder, Range, Scale, Shape};
use rand::{rngs::StdRng, SeedableRng};
use std::{hint::black_box, sync::Arc, time::Duration};

/// Bell-shaped numbers with the largest magnitude of each row in 64..=127.
fn weights(random: &mut Random, rows: u32, columns: u32) -> Vec<i8> {
    let mut weights = Vec::new();
    for _ in 0..rows {
        let row: Vec<i64> = (0..columns)
            .map(|_| (0..12).map(|_| random.between(-100, 100)).sum())
            .collect();
        let largest = row
            .iter()
            .map(|value| value.abs())
            .max()
            .unwrap_or(1)
            .max(1);
        let peak = random.between(64, 127);
        weights.extend(row.iter().map(|value| (value * peak / largest) as i8));
    }
    weights
}

/// An image: most pixels dark, the rest anything.
fn image(random: &mut Random, model: &Model) -> Vec<i32> {
    let hi = i64::from(model.input_range().hi);
    (0..model.input_len())
        .map(|_| match random.between(0, 9) {
            0..=5 => 0,
            _ => random.between(0, hi) as i32,
        })
        .collect()
}

/// A three-layer perceptron with calibrated shifts.
fn perceptron(seed: u64, [inputs, hidden, outputs]: [u32; 3], range: Range) -> Model {
    let mut random = Random::new(seed);
    let first = weights(&mut random, hidden, inputs);
    let second = weights(&mut random, outputs, hidden);
    let hi = i64::from(range.hi);
    let shifts = first
        .chunks(inputs as usize)
        .map(|row| {
            let reach: i64 = row.iter().map(|&w| i64::from(w).max(0) * hi).sum();
            // The least shift that brings half of it under 2^7.
            (reach / 2).max(128).ilog2() as u8 - 6
        })
        .collect();
    let shape = Shape::new([inputs]).expect("a valid shape");
    ModelBuilder::new(shape, range, Scale::ONE)
        .linear("hidden", first, hidden, Some(vec![0; hidden as usize]))
        .and_then(|builder| builder.requantize(shifts, Clamp::RELU))
        .and_then(|builder| builder.linear("out", second, outputs, Some(vec![0; outputs as usize])))
        .and_then(|builder| builder.build(Scale::ONE))
        .expect("a valid model")
}

fn prove(criterion: &mut Criterion) {
    let cases = [
        ("64-32-10", [64, 32, 10], Range { lo: 0, hi: 16 }),
        ("784-128-10", [784, 128, 10], Range { lo: 0, hi: 127 }),
    ];
    for (name, dims, range) in cases {
        let model = Arc::new(perceptron(7, dims, range));
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
