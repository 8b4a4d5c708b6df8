//! Golden vectors: what a device must compute before it may serve.

use crate::graph::{Graph, Load};
use crate::{Device, ExecutorError};
use lattice_tensor::{limits, trace, Clamp, Model, ModelBuilder, ModelError, Range, Scale, Shape};
use std::sync::Arc;

/// Runs the golden model, then the model itself on golden inputs.
pub(crate) fn run(graph: &Graph, device: Device, load: Load) -> Result<(), ExecutorError> {
    let golden = Graph::new(Arc::new(golden_model()?), device, load)?;
    check("golden", &golden, device)?;
    check("model", graph, device)
}

/// Compares every value of every trace with the reference, the inputs one by
/// one and all in one batch, as backends have other kernels for vectors.
fn check(model: &str, graph: &Graph, device: Device) -> Result<(), ExecutorError> {
    let inputs = golden_inputs(graph.model());
    let batch: Vec<_> = inputs.iter().map(|(_, input)| input.as_slice()).collect();
    let batched = graph.run(&batch)?;
    for ((name, input), batched) in inputs.iter().zip(batched) {
        let expected = trace(graph.model(), input)?;
        let alone = graph.run(&[input.as_slice()])?;
        for (kind, found) in alone
            .iter()
            .map(|found| ("alone", found))
            .chain([("batch", &batched)])
        {
            let values = expected.values.iter().zip(&found.values).enumerate();
            for (value, (expected, found)) in values {
                let elements = expected.iter().zip(found).enumerate();
                for (element, (expected, found)) in elements {
                    if expected != found {
                        return Err(ExecutorError::Inexact {
                            device,
                            vector: format!("{model}/{name}/{kind}"),
                            value,
                            element,
                            expected: *expected,
                            found: *found,
                        });
                    }
                }
            }
        }
    }
    Ok(())
}

/// Both ends, their alternations, and inputs that look random.
fn golden_inputs(model: &Model) -> Vec<(&'static str, Vec<i32>)> {
    let Range { lo, hi } = model.input_range();
    let (lo, hi) = (i32::from(lo), i32::from(hi));
    let len = model.input_len();
    let mut random = Sequence::new(0x4c41_5454);
    let mut inputs = vec![
        ("lowest", vec![lo; len]),
        ("highest", vec![hi; len]),
        (
            "alternating",
            (0..len).map(|i| if i % 2 == 0 { lo } else { hi }).collect(),
        ),
        (
            "opposite",
            (0..len).map(|i| if i % 2 == 0 { hi } else { lo }).collect(),
        ),
    ];
    for name in ["random-1", "random-2", "random-3"] {
        inputs.push((name, (0..len).map(|_| random.between(lo, hi)).collect()));
    }
    inputs
}

/// A model that asks for every bit that float32 has: sums of ±127 · 127 up to
/// 2^24 - 1, odd sums close to it that a rounding would change, a layer that is
/// cut into slices, and a second layer behind a requantization.
fn golden_model() -> Result<Model, ModelError> {
    let columns = limits::SLICE_COLUMNS + 7;
    let mut random = Sequence::new(0x4947_4f4c);
    let mut weights: Vec<i8> = Vec::new();
    let mut row = |element: &mut dyn FnMut(usize) -> i8| weights.extend((0..columns).map(element));
    row(&mut |_| 127);
    row(&mut |_| -127);
    row(&mut |column| if column % 2 == 0 { 127 } else { -127 });
    // Odd sums: the last bit of 24 is not zero.
    row(&mut |column| if column == 0 { 126 } else { 127 });
    row(&mut |column| if column < 3 { -126 } else { -127 });
    row(&mut |column| i8::from(column == columns - 1));
    for _ in 0..10 {
        row(&mut |_| i8::try_from(random.between(-127, 127)).unwrap_or(0));
    }
    let second = (0..16 * 5)
        .map(|_| i8::try_from(random.between(-127, 127)).unwrap_or(0))
        .collect();
    ModelBuilder::new(
        Shape::new([u32::try_from(columns).unwrap_or(u32::MAX)])?,
        Range::new(-127, 127)?,
        Scale::ONE,
    )
    .linear(
        "golden",
        weights,
        16,
        Some((0..16).map(|row| 1 - row).collect()),
    )?
    .requantize(vec![16; 16], Clamp::FULL)?
    .linear("second", second, 5, None)?
    .build(Scale::ONE)
}

/// Knuth's linear congruential sequence (The Art of Computer Programming, 3.3.4, MMIX).
struct Sequence(u64);

impl Sequence {
    fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number from `lo` to `hi`, both included.
    fn between(&mut self, lo: i32, hi: i32) -> i32 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let span = u64::from(hi.abs_diff(lo)) + 1;
        let offset = (self.0 >> 33) % span;
        lo.saturating_add_unsigned(u32::try_from(offset).unwrap_or(0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::multiply::{self, Matrix, Multiplier};

    /// A device that rounds its products to fewer bits, from a magnitude on.
    struct Lossy {
        inner: Box<dyn Multiplier>,
        spoil: fn(f32, usize) -> f32,
    }

    impl Multiplier for Lossy {
        fn multiply(&self, matrix: usize, x: Vec<f32>, batch: usize) -> Result<Vec<f32>, String> {
            let product = self.inner.multiply(matrix, x, batch)?;
            Ok(product
                .into_iter()
                .map(|y| (self.spoil)(y, batch))
                .collect())
        }
    }

    fn lossy(
        matrices: Vec<Matrix>,
        spoil: fn(f32, usize) -> f32,
    ) -> Result<Box<dyn Multiplier>, ExecutorError> {
        let inner = multiply::load(Device::Cpu, matrices)?;
        Ok(Box::new(Lossy { inner, spoil }))
    }

    fn test(load: Load) -> Result<(), ExecutorError> {
        let model = lattice_tensor::testing::random_mlp(1, &[4, 3], Range { lo: 0, hi: 1 });
        run(
            &Graph::new(Arc::new(model), Device::Cpu, load)?,
            Device::Cpu,
            load,
        )
    }

    #[test]
    fn the_golden_model_uses_all_24_bits() {
        let model = golden_model().unwrap();
        assert_eq!(model.exact_columns(0), Some(limits::SLICE_COLUMNS));
        let slice = limits::SLICE_COLUMNS as i64 * 127 * 127;
        assert!(slice < limits::EXACT_F32 && slice > limits::EXACT_F32 - 127 * 127);
    }

    #[test]
    fn an_exact_device_passes() {
        assert_eq!(test(multiply::load), Ok(()));
    }

    #[test]
    fn a_device_that_drops_the_last_of_24_bits_is_refused_by_name() {
        let error = test(|_, matrices| lossy(matrices, |y, _| f32::from_bits(y.to_bits() & !1)))
            .unwrap_err();
        assert!(error.to_string().starts_with("cpu misses a bit"), "{error}");
    }

    #[test]
    fn a_device_that_fails_only_on_batches_is_refused() {
        let error = test(|_, matrices| {
            lossy(
                matrices,
                |y, batch| if batch > 1 && y == 127.0 { 126.0 } else { y },
            )
        });
        assert!(
            matches!(&error, Err(ExecutorError::Inexact { vector, .. }) if vector.ends_with("/batch")),
            "{error:?}"
        );
    }

    #[test]
    fn a_device_that_computes_in_half_precision_is_refused() {
        // Half precision keeps 11 of float32's 24 significant bits.
        let error =
            test(|_, matrices| lossy(matrices, |y, _| f32::from_bits(y.to_bits() & !0x1fff)));
        assert!(
            matches!(error, Err(ExecutorError::Inexact { .. })),
            "{error:?}"
        );
    }
}
