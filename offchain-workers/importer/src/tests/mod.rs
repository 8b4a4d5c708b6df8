//! Random ONNX graphs, from the protocol buffer to integers.
//!
//! Three readings have to agree: tract's and the importer's of the same float graph (checked by
//! every quantization), the integer model's within what rounding costs, and the accelerated
//! executor's with the reference's bit by bit.

mod quantization;
mod random;

use crate::graph::testing as onnx;
use crate::{Options, Samples, Source};
use lattice_executor::BurnExecutor;
use lattice_tensor::trace;
use proptest::prelude::*;
use random::{random_graph, Random, INPUT};
use std::sync::Arc;

/// Samples that a network of real data would see: whole numbers 0..=16.
fn samples(seed: u64, count: usize) -> Samples {
    let mut random = Random::new(seed);
    let width = INPUT.iter().product::<usize>();
    let values = (0..width * count)
        .map(|_| random.below(17) as f64)
        .collect();
    Samples::new(width, values).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn integers_stay_close_to_the_float_graph(seed in any::<u64>()) {
        let source = Source::from_proto(&random_graph(seed)).unwrap();
        let samples = samples(seed, 12);
        let quantized = source.quantize(&samples, &Options::default()).unwrap();
        let step = quantized.model.manifest().output_scale.to_f64();
        let (mut squares, mut count, mut size) = (0f64, 0f64, 0f64);
        for sample in samples.rows() {
            let float = source.network().logits(sample);
            let input: Vec<i32> = sample.iter().map(|v| *v as i32).collect();
            let integer = lattice_tensor::execute(&quantized.model, &input).unwrap();
            prop_assert_eq!(float.len(), integer.len());
            for (real, steps) in float.iter().zip(&integer) {
                squares += (real - f64::from(*steps) * step).powi(2);
                count += 1.0;
                size = size.max(real.abs());
            }
        }
        let error = (squares / count).sqrt();
        prop_assert!(error <= 0.05 * size, "error {} of logits up to {}", error, size);
    }

    #[test]
    fn the_executor_agrees_with_the_reference_bit_by_bit(seed in any::<u64>()) {
        let source = Source::from_proto(&random_graph(seed)).unwrap();
        let samples = samples(seed, 3);
        let quantized = source.quantize(&samples, &Options::default()).unwrap();
        let executor = BurnExecutor::new(Arc::new(quantized.model)).unwrap();
        for sample in samples.rows() {
            let input: Vec<i32> = sample.iter().map(|v| *v as i32).collect();
            let reference = trace(executor.model(), &input).unwrap();
            prop_assert_eq!(executor.trace(&input).unwrap(), reference);
        }
    }
}

mod lenet5 {
    use super::*;
    use onnx::{fixed, model, node, symbol, tensor, with_ints};

    /// LeNet-5 (LeCun et al., 1998) as an ONNX graph with random weights of sensible size.
    fn graph() -> tract_onnx::pb::ModelProto {
        let mut random = Random::new(28);
        let mut stored = Vec::new();
        let mut layer = |name: &str, shape: &[i64]| {
            let columns: i64 = shape[1..].iter().product();
            let limit = (3.0 / columns as f64).sqrt();
            let values: Vec<f32> = (0..shape[0] * columns)
                .map(|_| (random.unit() * limit) as f32)
                .collect();
            stored.push(tensor(&format!("{name}.weight"), shape, &values));
            stored.push(tensor(
                &format!("{name}.bias"),
                &shape[..1],
                &vec![0.1; shape[0] as usize],
            ));
        };
        layer("c1", &[6, 1, 5, 5]);
        layer("c3", &[16, 6, 5, 5]);
        layer("f5", &[120, 400]);
        layer("f6", &[84, 120]);
        layer("f7", &[10, 84]);
        let conv = |x: &str, name: &str, y: &str, pad: i64| {
            let operands = [
                x.to_string(),
                format!("{name}.weight"),
                format!("{name}.bias"),
            ];
            let operands: Vec<&str> = operands.iter().map(String::as_str).collect();
            with_ints(node("Conv", &operands, y), "pads", &[pad; 4])
        };
        let pool = |x: &str, y: &str| {
            let node = with_ints(node("MaxPool", &[x], y), "kernel_shape", &[2, 2]);
            with_ints(node, "strides", &[2, 2])
        };
        let gemm = |x: &str, name: &str, y: &str| {
            let operands = [
                x.to_string(),
                format!("{name}.weight"),
                format!("{name}.bias"),
            ];
            let operands: Vec<&str> = operands.iter().map(String::as_str).collect();
            onnx::with_int(node("Gemm", &operands, y), "transB", 1)
        };
        let relu = |x: &str, y: &str| node("Relu", &[x], y);
        let nodes = vec![
            conv("x", "c1", "1", 2),
            relu("1", "2"),
            pool("2", "3"),
            conv("3", "c3", "4", 0),
            relu("4", "5"),
            pool("5", "6"),
            node("Flatten", &["6"], "7"),
            gemm("7", "f5", "8"),
            relu("8", "9"),
            gemm("9", "f6", "10"),
            relu("10", "11"),
            gemm("11", "f7", "logits"),
        ];
        model(
            &[symbol("N"), fixed(1), fixed(28), fixed(28)],
            nodes,
            stored,
            &["logits"],
        )
    }

    #[test]
    fn imports_with_the_maximum_before_the_rounding() {
        let source = Source::from_proto(&graph()).unwrap();
        let mut random = Random::new(1);
        // Pixels 0..=255, as the data set has them.
        let pixels = (0..784 * 6).map(|_| random.below(256) as f64).collect();
        let samples = Samples::new(784, pixels).unwrap();
        let quantized = source.quantize(&samples, &Options::default()).unwrap();
        let names: Vec<&str> = quantized.model.ops().iter().map(|op| op.name()).collect();
        let stage = ["Conv2d", "MaxPool2d", "Requantize"];
        let dense = ["Linear", "Requantize"];
        let want = [
            &stage[..],
            &stage,
            &["Flatten"],
            &dense,
            &dense,
            &["Linear"],
        ]
        .concat();
        assert_eq!(names, want);
        assert_eq!(quantized.model.summary().weight_bytes, 61_470 + 4 * 236);
        let report = source
            .evaluate(&quantized, &samples, None, |_, _| {})
            .unwrap();
        assert_eq!(report.evaluation.agreement, 1.0);
    }
}
