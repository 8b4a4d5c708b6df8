//! Convolutional networks as PyTorch and Keras export them, from ONNX to integer accuracy.

use lattice_executor::BurnExecutor;
use lattice_importer::{read_labels, Array, Options, Quantized, Report, Samples, Source};
use lattice_tensor::{trace, Op};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Each committed network.
const NETWORKS: [&str; 7] = [
    "lenet-pytorch",
    "lenet-pytorch-dynamo",
    "resnet-pytorch",
    "resnet-pytorch-dynamo",
    "branches-pytorch",
    "lenet-keras",
    "resnet-keras",
];

fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../tests/data")
        .join(name)
}

fn samples(name: &str) -> Samples {
    let array = Array::read_npy(&data(&format!("digits/{name}.npy"))).unwrap();
    array.into_samples(64).unwrap()
}

fn import(name: &str) -> (Quantized, Report) {
    let source = Source::open(&data(&format!("networks/{name}.onnx"))).unwrap();
    let calibration = samples("calibration");
    let quantized = source.quantize(&calibration, &Options::default()).unwrap();
    let images = samples("test_images");
    let labels = read_labels(&data("digits/test_labels.npy"), images.len(), 10).unwrap();
    let report = source
        .evaluate(&quantized, &images, Some(&labels), |_, _| {})
        .unwrap();
    (quantized, report)
}

fn count(quantized: &Quantized, name: &str) -> usize {
    let ops = quantized.model.ops().iter();
    ops.filter(|op| op.name() == name).count()
}

#[test]
fn integer_accuracy_is_within_one_point_of_float() {
    for name in NETWORKS {
        let (_, report) = import(name);
        let evaluation = &report.evaluation;
        let float = evaluation.float_accuracy.unwrap();
        let integer = evaluation.integer_accuracy.unwrap();
        println!(
            "{name}: float {float:.4}, integer {integer:.4}, agreement {:.4}, logits within {:.3}",
            evaluation.agreement, evaluation.largest_logit_error
        );
        assert!(float > 0.95, "{name}: float accuracy {float}");
        assert!(
            float - integer <= 0.01,
            "{name}: float {float}, integer {integer}"
        );
        assert!(
            evaluation.agreement > 0.98,
            "{name}: {}",
            evaluation.agreement
        );
        assert_eq!(evaluation.moved_inputs, 0);
    }
}

#[test]
fn the_executor_agrees_with_the_reference_bit_by_bit() {
    for name in NETWORKS {
        let source = Source::open(&data(&format!("networks/{name}.onnx"))).unwrap();
        let calibration = samples("calibration");
        let quantized = source.quantize(&calibration, &Options::default()).unwrap();
        let executor = BurnExecutor::new(Arc::new(quantized.model)).unwrap();
        for sample in samples("test_images").rows().take(8) {
            let input: Vec<i32> = sample.iter().map(|v| *v as i32).collect();
            let reference = trace(executor.model(), &input).unwrap();
            assert_eq!(executor.trace(&input).unwrap(), reference, "{name}");
        }
    }
}

/// Both exporters of PyTorch hold the same weights.
#[test]
fn either_exporter_gives_the_same_model() {
    for name in ["lenet-pytorch", "resnet-pytorch"] {
        let (one, _) = import(name);
        let (other, _) = import(&format!("{name}-dynamo"));
        let names = |quantized: &Quantized| -> Vec<&'static str> {
            quantized.model.ops().iter().map(Op::name).collect()
        };
        assert_eq!(names(&one), names(&other), "{name}");
    }
}

/// The division of the pixels, the normalizations, the zeros around the image and the clamps cost
/// nothing: every accumulating operator is requantized once, and a maximum comes before it.
#[test]
fn what_can_be_folded_is_folded() {
    let (lenet, report) = import("lenet-pytorch");
    let names: Vec<&str> = lenet.model.ops().iter().map(Op::name).collect();
    let want = [
        "Conv2d",
        "MaxPool2d",
        "Requantize",
        "Conv2d",
        "Requantize",
        "AvgPool2d",
        "Requantize",
        "Flatten",
        "Linear",
        "Requantize",
        "Linear",
        "Requantize",
        "Linear",
    ];
    assert_eq!(names, want);
    assert_eq!(report.dropped.len(), 1);
    assert_eq!(report.input.shape, [1, 8, 8]);

    let (resnet, _) = import("resnet-pytorch");
    let counts = ["Conv2d", "Add", "GlobalAvgPool", "Requantize", "Relu"];
    let counts = counts.map(|name| count(&resnet, name));
    // Stem, two blocks of two convolutions, one projection; no Requantize of the logits.
    assert_eq!(counts, [6, 2, 1, 9, 0]);
}

/// Channels last: one channel needs no transposition, and dense weights are permuted.
#[test]
fn keras_layouts_cost_no_transposition() {
    let (lenet, report) = import("lenet-keras");
    assert_eq!(report.input.shape, [8, 8, 1]);
    assert_eq!(count(&lenet, "Conv2d"), 2);
    let (resnet, _) = import("resnet-keras");
    assert_eq!(count(&resnet, "Conv2d"), 5);
    assert_eq!(count(&resnet, "Concat"), 1);
}

#[test]
fn arrays_of_any_shape_with_the_elements_of_a_sample_are_samples() {
    let flat = Array::read_npy(&data("digits/test_images.npy")).unwrap();
    let samples = flat.clone().into_samples(64).unwrap();
    for shape in [vec![450, 8, 8], vec![450, 1, 8, 8], vec![450, 8, 8, 1]] {
        let array = Array {
            shape,
            values: flat.values.clone(),
        };
        assert_eq!(array.into_samples(64).unwrap(), samples);
    }
}

/// Whatever byte is damaged: a model or an error, never a panic.
#[test]
fn damaged_files_do_not_panic() {
    let bytes = std::fs::read(data("networks/branches-pytorch.onnx")).unwrap();
    for at in (0..bytes.len()).step_by(41) {
        let mut damaged = bytes.clone();
        damaged[at] ^= 0x55;
        let _ = Source::from_bytes(&damaged);
    }
}
