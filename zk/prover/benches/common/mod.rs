//! Models of the shapes that the targets name.
//!
//! Weights are like those of trained networks after per-channel quantization with power-of-two
//! scales: bell-shaped, the largest of a row somewhere in 64..=127. Shifts are such that half of what a
//! channel could reach fills the clamp: in scikit-learn's digits network the largest activation
//! of the training set is 1/2.1 of the bound (median of the channels).

use lattice_tensor::{testing::Random, Clamp, Model, ModelBuilder, Range, Scale, Shape};

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
pub fn image(random: &mut Random, model: &Model) -> Vec<i32> {
    let hi = i64::from(model.input_range().hi);
    (0..model.input_len())
        .map(|_| match random.between(0, 9) {
            0..=5 => 0,
            _ => random.between(0, hi) as i32,
        })
        .collect()
}

/// A perceptron with calibrated shifts, from its widths.
pub fn perceptron(seed: u64, dims: &[u32], range: Range) -> Model {
    let mut random = Random::new(seed);
    let shape = Shape::new([dims[0]]).expect("a valid shape");
    let mut builder = ModelBuilder::new(shape, range, Scale::ONE);
    let mut hi = i64::from(range.hi);
    for (layer, sides) in dims.windows(2).enumerate() {
        let (inputs, outputs) = (sides[0], sides[1]);
        let weights = weights(&mut random, outputs, inputs);
        let shifts = weights
            .chunks(inputs as usize)
            .map(|row| {
                let reach: i64 = row.iter().map(|&w| i64::from(w).max(0) * hi).sum();
                // The least shift that brings half of it under 2^7.
                (reach / 2).max(128).ilog2() as u8 - 6
            })
            .collect();
        let name = format!("fc{layer}");
        builder = builder
            .linear(&name, weights, outputs, Some(vec![0; outputs as usize]))
            .expect("a valid layer");
        if layer + 2 < dims.len() {
            builder = builder
                .requantize(shifts, Clamp::RELU)
                .expect("valid shifts");
        }
        hi = 127;
    }
    builder.build(Scale::ONE).expect("a valid model")
}
