//! The committed digits files, from ONNX to integer accuracy on held-out images.

use lattice_importer::{
    quantize_input, read_labels, Array, Options, Quantized, RangeOrigin, Report, Samples, Source,
};
use lattice_tensor::{execute, Range};
use std::path::{Path, PathBuf};

fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../tests/data/digits")
        .join(name)
}

fn samples(name: &str) -> Samples {
    Array::read_npy(&data(name))
        .unwrap()
        .into_samples(64)
        .unwrap()
}

fn import(onnx: &str, options: &Options) -> (Quantized, Report) {
    let source = Source::open(&data(onnx)).unwrap();
    let quantized = source
        .quantize(&samples("calibration.npy"), options)
        .unwrap();
    let images = samples("test_images.npy");
    let labels = read_labels(&data("test_labels.npy"), images.len(), 10).unwrap();
    let report = source
        .evaluate(&quantized, &images, Some(&labels), |_, _| {})
        .unwrap();
    (quantized, report)
}

#[test]
fn integer_accuracy_is_within_half_a_point_of_float() {
    let (_, report) = import("digits.onnx", &Options::default());
    let evaluation = &report.evaluation;
    let float = evaluation.float_accuracy.unwrap();
    let integer = evaluation.integer_accuracy.unwrap();
    assert_eq!(evaluation.samples, 450);
    assert!(float > 0.95, "float accuracy {float}");
    assert!(
        (float - integer).abs() <= 0.005,
        "float {float}, integer {integer}"
    );
    assert!(evaluation.agreement > 0.99, "{}", evaluation.agreement);
    assert_eq!(evaluation.moved_inputs, 0);
}

#[test]
fn the_input_keeps_its_integer_range_and_hidden_results_hardly_saturate() {
    let (quantized, report) = import("digits.onnx", &Options::default());
    assert_eq!((report.input.lo, report.input.hi), (0, 16));
    assert_eq!(report.input.step, 1.0);
    assert_eq!(report.input.origin, RangeOrigin::WholeNumbers);
    assert_eq!(quantized.model.input_len(), 64);
    assert_eq!(quantized.model.output_len(), 10);
    let [hidden, last] = &report.layers[..] else {
        panic!("two layers expected, got {:?}", report.layers);
    };
    assert_eq!((hidden.inputs, hidden.outputs), (64, 32));
    assert!(hidden.saturated.unwrap() < 0.01);
    assert_eq!((last.outputs, last.saturated), (10, None));
}

/// scikit-learn's two tails and the PyTorch layout hold the same weights.
#[test]
fn every_exporter_layout_gives_the_same_integers() {
    let (plain, report) = import("digits.onnx", &Options::default());
    let (zipmap, zipmap_report) = import("digits-zipmap.onnx", &Options::default());
    let (pytorch, pytorch_report) = import("digits-pytorch.onnx", &Options::default());
    assert!(report.dropped.iter().any(|d| d.starts_with("ArgMax")));
    assert!(zipmap_report
        .dropped
        .iter()
        .any(|d| d.starts_with("ZipMap")));
    assert!(pytorch_report.dropped.is_empty());
    assert_eq!(pytorch_report.input.shape, [1, 8, 8]);
    assert_eq!(plain.model.id(), zipmap.model.id());
    for sample in samples("test_images.npy").rows().take(50) {
        let input = quantize_input(&plain.model.manifest().input, sample).unwrap();
        let want = execute(&plain.model, &input).unwrap();
        assert_eq!(execute(&pytorch.model, &input).unwrap(), want);
    }
}

#[test]
fn an_import_is_deterministic() {
    let (first, _) = import("digits.onnx", &Options::default());
    let (second, _) = import("digits.onnx", &Options::default());
    assert_eq!(first.model.to_blob(), second.model.to_blob());
}

#[test]
fn a_given_range_and_a_percentile_are_used() {
    let options = Options {
        input_range: Some(Range { lo: 0, hi: 20 }),
        percentile: 99.9,
    };
    let (quantized, report) = import("digits.onnx", &options);
    assert_eq!(quantized.model.input_range().hi, 20);
    assert_eq!(report.input.origin, RangeOrigin::Given);
    assert!(report.layers[0].saturated.unwrap() > 0.0);
    assert!(report.evaluation.agreement > 0.97);
}

/// Real-valued inputs take the quantizing path.
#[test]
fn real_valued_calibration_works_too() {
    let source = Source::open(&data("digits.onnx")).unwrap();
    let shift = |name: &str| {
        let values = samples(name)
            .values()
            .iter()
            .map(|v| v * 0.97 + 0.01)
            .collect();
        Samples::new(64, values).unwrap()
    };
    let quantized = source
        .quantize(&shift("calibration.npy"), &Options::default())
        .unwrap();
    assert_eq!(quantized.input.origin, RangeOrigin::Quantized);
    let report = source
        .evaluate(&quantized, &shift("test_images.npy"), None, |_, _| {})
        .unwrap();
    assert!(report.evaluation.agreement > 0.98);
    assert_eq!(report.evaluation.float_accuracy, None);
}

mod refuses {
    use super::*;
    use lattice_importer::{ImportError, SamplesError};

    #[test]
    fn a_truncated_file() {
        let bytes = std::fs::read(data("digits.onnx")).unwrap();
        for cut in [1, 100, bytes.len() / 2, bytes.len() - 1] {
            assert!(
                Source::from_bytes(&bytes[..cut]).is_err(),
                "cut at {cut} bytes"
            );
        }
    }

    /// Whatever byte is damaged: a model or an error, never a panic.
    #[test]
    fn damaged_files_without_a_panic() {
        let bytes = std::fs::read(data("digits-pytorch.onnx")).unwrap();
        for at in (0..bytes.len()).step_by(61) {
            let mut damaged = bytes.clone();
            damaged[at] ^= 0x55;
            let _ = Source::from_bytes(&damaged);
        }
    }

    #[test]
    fn a_missing_file_by_name() {
        let error = Source::open(Path::new("/nowhere/m.onnx")).err().unwrap();
        assert!(error.to_string().contains("/nowhere/m.onnx"));
    }

    #[test]
    fn labels_of_another_set() {
        let error = read_labels(&data("test_labels.npy"), 449, 10).unwrap_err();
        assert!(matches!(
            error,
            SamplesError::LabelCount {
                labels: 450,
                samples: 449
            }
        ));
        let error = read_labels(&data("test_labels.npy"), 450, 9).unwrap_err();
        assert!(matches!(error, SamplesError::Label { last: 8, .. }));
    }

    #[test]
    fn calibration_outside_the_given_range() {
        let source = Source::open(&data("digits.onnx")).unwrap();
        let options = Options {
            input_range: Some(Range { lo: 0, hi: 15 }),
            ..Options::default()
        };
        let error = source
            .quantize(&samples("calibration.npy"), &options)
            .unwrap_err();
        assert!(matches!(error, ImportError::Quantize(_)));
        assert!(error.to_string().contains("0..=15"));
    }
}
