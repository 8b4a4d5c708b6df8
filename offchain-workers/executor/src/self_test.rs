//! Golden vectors: what a device must compute before it may serve.

mod golden;

use crate::graph::{Graph, Load};
use crate::{Device, ExecutorError};
use lattice_tensor::{trace, Model, Range, Trace};
use std::sync::Arc;

/// Inputs of the golden models that run at once: more than kernels take in one tile, and odd.
const GOLDEN_BATCH: usize = 67;

/// Runs the golden models, then the model itself on golden inputs, on the graph's device.
pub(crate) fn run(graph: &Graph, load: Load) -> Result<(), ExecutorError> {
    for (name, model) in golden::models()? {
        let golden = Graph::new(Arc::new(model), graph.device(), load)?;
        check(&name, &golden, GOLDEN_BATCH)?;
    }
    // Each input once: a batch of a large model takes much memory.
    check("model", graph, 0)
}

/// Compares every value of every trace with the reference: of the inputs one by one, and of a batch
/// of so many, and of all at least, as backends have other kernels for vectors.
fn check(model: &str, graph: &Graph, batch: usize) -> Result<(), ExecutorError> {
    let inputs = golden_inputs(graph.model());
    let expected = inputs
        .iter()
        .map(|(_, input)| trace(graph.model(), input))
        .collect::<Result<Vec<_>, _>>()?;
    let judge = |input: usize, kind: &str, found: &Trace| {
        let vector = || format!("{model}/{}/{kind}", inputs[input].0);
        compare(graph.device(), vector, &expected[input], found)
    };
    for (input, (_, elements)) in inputs.iter().enumerate() {
        for found in graph.run_unchecked(&[elements.as_slice()])? {
            judge(input, "alone", &found)?;
        }
    }
    let order: Vec<_> = (0..inputs.len())
        .cycle()
        .take(batch.max(inputs.len()))
        .collect();
    let batch: Vec<_> = order
        .iter()
        .map(|input| inputs[*input].1.as_slice())
        .collect();
    for (input, found) in order.iter().zip(graph.run_unchecked(&batch)?) {
        judge(*input, "batch", &found)?;
    }
    Ok(())
}

/// The first element in which a trace is not as it should be.
fn compare(
    device: Device,
    vector: impl Fn() -> String,
    expected: &Trace,
    found: &Trace,
) -> Result<(), ExecutorError> {
    let values = expected.values.iter().zip(&found.values).enumerate();
    for (value, (expected, found)) in values {
        let elements = expected.iter().zip(found).enumerate();
        for (element, (expected, found)) in elements {
            if expected != found {
                return Err(ExecutorError::Inexact {
                    device,
                    vector: vector(),
                    value,
                    element,
                    expected: *expected,
                    found: *found,
                });
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

    /// So many weights.
    fn weights(&mut self, count: u32) -> Vec<i8> {
        (0..count)
            .map(|_| i8::try_from(self.between(-127, 127)).unwrap_or(0))
            .collect()
    }

    /// A size from `lo` to `hi`.
    fn size(&mut self, lo: i32, hi: i32) -> u32 {
        u32::try_from(self.between(lo, hi)).unwrap_or(1)
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
        run(&Graph::new(Arc::new(model), Device::Cpu, load)?, load)
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
    fn a_device_that_fails_only_on_large_batches_is_refused() {
        let error = test(|_, matrices| {
            lossy(matrices, |y, batch| {
                if batch >= 64 && y > 9_000.0 {
                    y - 1.0
                } else {
                    y
                }
            })
        });
        assert!(
            matches!(&error, Err(ExecutorError::Inexact { vector, .. }) if vector.ends_with("/batch")),
            "{error:?}"
        );
    }

    #[test]
    fn a_device_that_fails_only_on_the_sums_of_convolutions_is_refused() {
        // As many patches as only an image of the golden convolution has.
        let error =
            test(|_, matrices| lossy(matrices, |y, batch| if batch == 20 { -y } else { y }));
        assert!(
            matches!(&error, Err(ExecutorError::Inexact { vector, .. }) if vector.starts_with("convolution/")),
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
