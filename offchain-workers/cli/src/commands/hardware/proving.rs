//! Proofs of built-in models, under keys made on the fly.

use super::super::prove::median;
use super::matmul::weights;
use anyhow::Context;
use indicatif::ProgressBar;
use lattice_circuit::Circuit;
use lattice_hardware::process;
use lattice_prover::Prover;
use lattice_setup::{dev_setup, encode_proving_key};
use lattice_tensor::{trace, Clamp, Model, ModelBuilder, ModelError, Range, Scale, Shape};
use rand::{rngs::OsRng, Rng};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use std::time::Instant;

/// What proofs of one model took.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Proofs {
    /// Widths of the perceptron, input first.
    pub layers: Vec<u32>,
    /// Rows of its circuit.
    pub constraints: u32,
    /// Making the keys, circuit included.
    pub setup_seconds: f64,
    /// Preparing the prover, circuit included; done once per model.
    pub prepare_seconds: f64,
    /// The median of the proofs.
    pub prove_seconds: f64,
    pub constraints_per_second: f64,
    /// Size of the file of the proving key, in KiB.
    pub key_kib: u32,
    /// Most memory of the whole process while it prepared and proved, in MiB; zero where the system
    /// does not tell.
    pub peak_mib: u32,
}

/// What a prover took that is at hand.
pub struct Timed {
    pub constraints: usize,
    pub prepare_seconds: f64,
    pub prove_seconds: f64,
    pub peak_mib: Option<u32>,
}

/// Measures proofs of a perceptron of these widths.
///
/// # Errors
/// Keys cannot be made, or a proof does not hold.
pub fn measure(layers: &[u32], proofs: usize, bar: &ProgressBar) -> anyhow::Result<Proofs> {
    let model = perceptron(layers).context("the model of the benchmark is refused")?;
    let started = Instant::now();
    let circuit = Circuit::build(&model)?;
    let keys = dev_setup(&circuit, &mut OsRng)?;
    let setup_seconds = started.elapsed().as_secs_f64();
    drop(circuit);
    let key_bytes = encode_proving_key(&keys.proving_key)?.len();
    bar.inc(1);
    process::reset_peak();
    let timed = time(Arc::new(model), keys.proving_key, proofs)?;
    bar.inc(1);
    Ok(Proofs {
        layers: layers.to_vec(),
        constraints: u32::try_from(timed.constraints).unwrap_or(u32::MAX),
        setup_seconds,
        prepare_seconds: timed.prepare_seconds,
        prove_seconds: timed.prove_seconds,
        constraints_per_second: timed.constraints as f64
            / timed.prove_seconds.max(f64::MIN_POSITIVE),
        key_kib: u32::try_from(key_bytes.div_ceil(1024)).unwrap_or(u32::MAX),
        peak_mib: timed.peak_mib.unwrap_or(0),
    })
}

/// Prepares a prover and makes proofs of random inputs with it.
///
/// # Errors
/// The key is not the model's, or a proof does not hold.
pub fn time(
    model: Arc<Model>,
    key: lattice_circuit::ProvingKey,
    proofs: usize,
) -> anyhow::Result<Timed> {
    let started = Instant::now();
    let prover = Prover::new(model.clone(), key)?;
    let prepare_seconds = started.elapsed().as_secs_f64();
    let none = [0; 32];
    let mut times = Vec::new();
    for _ in 0..proofs.max(1) {
        let run = trace(&model, &random_input(&model))?;
        let started = Instant::now();
        prover.prove(&run, &none, &none, &none, &mut OsRng)?;
        times.push(started.elapsed().as_secs_f64());
    }
    Ok(Timed {
        constraints: prover.constraints(),
        prepare_seconds,
        prove_seconds: median(&times),
        peak_mib: process::peak_mib(),
    })
}

/// An input anywhere in the range that the model declares.
pub fn random_input(model: &Model) -> Vec<i32> {
    let Range { lo, hi } = model.input_range();
    (0..model.input_len())
        .map(|_| OsRng.gen_range(i32::from(lo)..=i32::from(hi)))
        .collect()
}

/// A perceptron with random weights, whose shifts bring half of what a channel can reach into the
/// range of the next layer, as those of trained networks do.
fn perceptron(layers: &[u32]) -> Result<Model, ModelError> {
    let first = layers.first().copied().unwrap_or_default();
    let mut builder = ModelBuilder::new(Shape::new([first])?, Range::new(0, 127)?, Scale::ONE);
    for (layer, sides) in layers.windows(2).enumerate() {
        let [inputs, outputs] = [sides[0], sides[1]];
        let weights = weights(u64::from(inputs) * u64::from(outputs));
        let shifts: Vec<u8> = weights.chunks(inputs.max(1) as usize).map(shift).collect();
        builder = builder.linear(&format!("layer{layer}"), weights, outputs, None)?;
        if layer + 2 < layers.len() {
            builder = builder.requantize(shifts, Clamp::RELU)?;
        }
    }
    builder.build(Scale::ONE)
}

/// The least shift that brings half of the reach of a row under 2^7.
fn shift(row: &[i8]) -> u8 {
    let reach: u64 = row
        .iter()
        .map(|&weight| u64::from(weight.max(0).unsigned_abs()) * 127)
        .sum();
    let bits = (reach / 2).max(128).ilog2();
    u8::try_from(bits.saturating_sub(6)).unwrap_or(u8::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shift_brings_half_of_the_reach_into_seven_bits() {
        for row in [vec![127; 100], vec![1, -1, 5], vec![-7; 3], vec![90; 2_000]] {
            let reach: i64 = row.iter().map(|&w: &i8| i64::from(w.max(0)) * 127).sum();
            let shift = shift(&row);
            assert!((1..=24).contains(&shift));
            assert!((reach / 2) >> shift < 128, "{shift}");
        }
    }

    #[test]
    fn a_small_perceptron_is_proven() {
        let bar = ProgressBar::hidden();
        let proofs = measure(&[8, 4, 2], 1, &bar).expect("it is proven");
        assert!(proofs.constraints > 100, "{}", proofs.constraints);
        assert!(proofs.prove_seconds > 0.0 && proofs.constraints_per_second > 0.0);
        assert!(proofs.key_kib > 0);
        assert_eq!(bar.position(), 2);
    }
}
