//! Integer matrix products on a device.

use super::super::prove::median;
use indicatif::ProgressBar;
use lattice_executor::{BurnExecutor, Device};
use lattice_tensor::{Model, ModelBuilder, ModelError, Range, Scale, Shape};
use rand::{rngs::StdRng, Rng, SeedableRng};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Fewest products that a figure is the median of.
const MIN_RUNS: usize = 5;
/// Most of them: small products would be counted in millions.
const MAX_RUNS: usize = 10_000;

/// What a product with a square matrix took, all that the executor does for it included.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Product {
    /// Rows, and columns, of the matrix.
    pub size: u32,
    /// Inputs that were multiplied at once.
    pub batch: u32,
    /// The median, for the whole batch.
    pub seconds: f64,
    /// Integer multiplications and additions together.
    pub operations_per_second: f64,
}

/// Measures one product for about so long.
///
/// # Errors
/// The device cannot be used, or breaks down.
pub fn measure(
    device: Device,
    size: u32,
    batch: u32,
    least: Duration,
    bar: &ProgressBar,
) -> anyhow::Result<Product> {
    let executor = BurnExecutor::on(device, Arc::new(square(size)?))?;
    let mut random = StdRng::from_entropy();
    let inputs: Vec<Vec<i32>> = (0..batch)
        .map(|_| (0..size).map(|_| random.gen_range(-127..=127)).collect())
        .collect();
    let inputs: Vec<&[i32]> = inputs.iter().map(Vec::as_slice).collect();
    // A device compiles its kernel for the first product.
    executor.trace_batch(&inputs)?;
    let started = Instant::now();
    let mut times = Vec::new();
    while times.len() < MIN_RUNS || (started.elapsed() < least && times.len() < MAX_RUNS) {
        let run = Instant::now();
        executor.trace_batch(&inputs)?;
        times.push(run.elapsed().as_secs_f64());
    }
    bar.inc(1);
    let seconds = median(&times);
    let operations = 2.0 * f64::from(size) * f64::from(size) * f64::from(batch);
    Ok(Product {
        size,
        batch,
        seconds,
        operations_per_second: operations / seconds.max(f64::MIN_POSITIVE),
    })
}

/// One dense layer with random weights, none of them zero.
fn square(size: u32) -> Result<Model, ModelError> {
    let count = u64::from(size) * u64::from(size);
    ModelBuilder::new(Shape::new([size])?, Range::new(-127, 127)?, Scale::ONE)
        .linear("layer", weights(count), size, None)?
        .build(Scale::ONE)
}

/// Random weights without zeros.
pub fn weights(count: u64) -> Vec<i8> {
    let mut random = StdRng::from_entropy();
    (0..count)
        .map(|_| {
            let magnitude: i8 = random.gen_range(1..=127);
            match random.gen::<bool>() {
                true => -magnitude,
                false => magnitude,
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_weight_is_zero() {
        let weights = weights(2_000);
        assert_eq!(weights.len(), 2_000);
        assert!(weights.iter().all(|weight| *weight != 0));
        assert!(weights.iter().any(|weight| *weight < 0));
    }

    #[test]
    fn operations_are_counted_for_the_whole_batch() {
        let bar = ProgressBar::hidden();
        let product = measure(Device::Cpu, 8, 4, Duration::ZERO, &bar).expect("it is measured");
        assert_eq!((product.size, product.batch), (8, 4));
        let operations = product.operations_per_second * product.seconds;
        assert!((operations - 512.0).abs() < 1e-6, "{operations}");
    }
}
