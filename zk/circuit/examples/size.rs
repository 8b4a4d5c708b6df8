//! `cargo run --release -p lattice-circuit --example size`: constraints, variables and nonzero
//! entries of the circuits of the shapes that the targets name, and the time to build them.
//!
//! Weights are bell-shaped, the largest of a row somewhere in 64..=127, as after per-channel
//! quantization with power-of-two scales; shifts bring half of what a channel can reach to 2^7.

use lattice_circuit::{Circuit, RangeChecks, Side};
use lattice_tensor::{
    testing::{lenet5, Random},
    Clamp, Model, ModelBuilder, ModelError, Placement, Range, Scale, Shape,
};
use std::time::Instant;

/// Bell-shaped numbers with the largest magnitude of each row in 64..=127.
fn weights(random: &mut Random, rows: u32, columns: u32) -> Vec<i8> {
    let mut weights = Vec::new();
    for _ in 0..rows {
        let row: Vec<i64> = (0..columns)
            .map(|_| (0..12).map(|_| random.between(-100, 100)).sum())
            .collect();
        let largest = row.iter().map(|value| value.abs()).max();
        let largest = largest.unwrap_or(1).max(1);
        let peak = random.between(64, 127);
        weights.extend(row.iter().map(|value| (value * peak / largest) as i8));
    }
    weights
}

/// For each row the least shift that brings half of what it reaches under 2^7.
fn shifts(weights: &[i8], columns: u32, hi: i64) -> Vec<u8> {
    weights
        .chunks(columns as usize)
        .map(|row| {
            let reach: i64 = row.iter().map(|&w| i64::from(w).max(0) * hi).sum();
            (reach / 2).max(128).ilog2() as u8 - 6
        })
        .collect()
}

/// Dense layers with a fused ReLU after each but the last.
fn dense(
    mut builder: ModelBuilder,
    random: &mut Random,
    dims: &[u32],
    mut hi: i64,
) -> Result<ModelBuilder, ModelError> {
    for (layer, pair) in dims.windows(2).enumerate() {
        let (columns, rows) = (pair[0], pair[1]);
        let weights = weights(random, rows, columns);
        let shifts = shifts(&weights, columns, hi);
        let bias = vec![0; rows as usize];
        builder = builder.linear(&format!("fc{layer}"), weights, rows, Some(bias))?;
        if layer + 2 < dims.len() {
            builder = builder.requantize(shifts, Clamp::RELU)?;
            hi = 127;
        }
    }
    Ok(builder)
}

fn perceptron(dims: &[u32], hi: i8) -> Result<Model, ModelError> {
    let shape = Shape::new([dims[0]])?;
    let builder = ModelBuilder::new(shape, Range::new(0, hi)?, Scale::ONE);
    dense(builder, &mut Random::new(7), dims, hi.into())?.build(Scale::ONE)
}

/// LeNet-5 like [`lenet5`], but with the weights above.
fn bell_shaped_lenet5() -> Result<Model, ModelError> {
    let mut random = Random::new(7);
    let shape = Shape::new([1, 28, 28])?;
    let mut builder = ModelBuilder::new(shape, Range::new(0, 127)?, Scale::ONE);
    let stages = [
        ("conv1", 6u32, 1u32, Placement::DENSE.padded(2)),
        ("conv2", 16, 6, Placement::DENSE),
    ];
    for (name, out, depth, placement) in stages {
        let weights = weights(&mut random, out, depth * 25);
        let shifts = shifts(&weights, depth * 25, 127);
        let shape = Shape::new([out, depth, 5, 5])?;
        let bias = Some(vec![0; out as usize]);
        builder = builder
            .conv2d(name, weights, shape, bias, placement, 1)?
            .requantize(shifts, Clamp::RELU)?
            .max_pool2d([2, 2], Placement::every(2))?;
    }
    let builder = builder.flatten()?;
    dense(builder, &mut random, &[400, 120, 84, 10], 127)?.build(Scale::ONE)
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let models = [
        ("64-32-10", perceptron(&[64, 32, 10], 16)?),
        ("784-128-10", perceptron(&[784, 128, 10], 127)?),
        ("LeNet-5, bell-shaped", bell_shaped_lenet5()?),
        ("LeNet-5, uniform", lenet5(1)),
        ("dense 4×1000×1000", perceptron(&[1000; 5], 127)?),
    ];
    println!(
        "| model | range checks | constraints | variables | A | B | C | columns in B | build |"
    );
    println!("|---|---|---|---|---|---|---|---|---|");
    for (name, model) in models {
        for checks in [RangeChecks::Bits, RangeChecks::Lookups] {
            let start = Instant::now();
            let circuit = Circuit::with_range_checks(&model, checks)?;
            let time = start.elapsed();
            let r1cs = circuit.r1cs();
            println!(
                "| {name} | {checks:?} | {} | {} | {} | {} | {} | {} | {:.2} s |",
                r1cs.constraints(),
                r1cs.witnesses(),
                r1cs.matrix(Side::A).entries(),
                r1cs.matrix(Side::B).entries(),
                r1cs.matrix(Side::C).entries(),
                r1cs.density(Side::B),
                time.as_secs_f64(),
            );
        }
    }
    Ok(())
}
