//! `lattice model import`

use crate::output::{fields, table, Output};
use crate::progress;
use anyhow::{bail, Context};
use clap::Args;
use lattice_importer::{read_labels, Array, Options, Report, Samples, Source};
use lattice_tensor::{file, Range};
use serde::Serialize;
use std::path::{Path, PathBuf};

const AFTER_HELP: &str = "\
Read are perceptrons, convolutional and residual networks as scikit-learn (skl2onnx), PyTorch
(either exporter) and Keras (tf2onnx) export them: Gemm, MatMul, Conv, BatchNormalization, Add, Sub,
Mul and Div by constants, Relu, Clip, the pools, ReduceMean over an image, Concat, Pad with zeros,
and what only moves elements: Flatten, Reshape, Transpose, Squeeze, Identity, Dropout, Cast.
Softmax, ArgMax and what follows are dropped: the model's output is its integer logits. Anything
else is refused by name.

Samples have the layout of the ONNX input: [n, ...] or flat rows of as many elements, for an input
[batch, 1, 8, 8] for example [n, 64], [n, 8, 8] or [n, 1, 8, 8].

Calibration data decides the steps of the activations and the range of the input: some hundred
typical samples, one per row. Whole numbers within -127..=127 are taken as they are; anything else
is quantized onto -127..=127 (0..=127 when nothing is negative).

Example:
  lattice model import digits.onnx --calibration train.npy \\
    --evaluate test.npy --labels test_labels.npy -o digits.lattice";

/// Turn an ONNX file into a quantized model file.
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub struct Import {
    /// ONNX file.
    #[arg(value_name = "M.onnx")]
    pub onnx: PathBuf,
    /// Calibration samples: a NumPy array with one sample per row.
    #[arg(long, value_name = "X.npy")]
    pub calibration: PathBuf,
    /// Samples on which float and integer model are compared [default: the calibration samples].
    #[arg(long, value_name = "X.npy")]
    pub evaluate: Option<PathBuf>,
    /// Classes of the samples of --evaluate (or --calibration), for the accuracies in the report.
    #[arg(long, value_name = "Y.npy")]
    pub labels: Option<PathBuf>,
    /// Model file to write.
    #[arg(long, short, value_name = "M.lattice")]
    pub output: PathBuf,
    /// Integer range of the input, both ends included [default: that of the calibration samples].
    #[arg(long, value_name = "LO:HI", value_parser = parse_range, allow_hyphen_values = true)]
    pub input_range: Option<Range>,
    /// Percentile of calibration activations that still fits; larger ones saturate.
    #[arg(long, value_name = "P", default_value_t = 100.0)]
    pub percentile: f64,
    /// Refuse the import when the integer accuracy is more than this many points below float.
    #[arg(long, value_name = "POINTS", requires = "labels")]
    pub max_loss: Option<f64>,
}

/// Reads `0:16` or `-127:127`.
fn parse_range(text: &str) -> Result<Range, String> {
    let (lo, hi) = text
        .split_once(':')
        .ok_or("expected LO:HI, for example 0:16")?;
    let end = |text: &str| -> Result<i8, String> {
        match text.trim().parse::<i8>() {
            Ok(value) if value >= -127 => Ok(value),
            _ => Err(format!("`{text}` is not an integer in -127..=127")),
        }
    };
    let range = Range {
        lo: end(lo)?,
        hi: end(hi)?,
    };
    if range.lo < range.hi {
        Ok(range)
    } else {
        Err(format!(
            "the lower end {} is not below {}",
            range.lo, range.hi
        ))
    }
}

#[derive(Serialize)]
struct Imported<'a> {
    file: &'a Path,
    #[serde(flatten)]
    report: &'a Report,
}

impl Import {
    pub fn run(self, output: &Output) -> anyhow::Result<()> {
        let source = Source::open(&self.onnx)
            .with_context(|| format!("cannot import {}", self.onnx.display()))?;
        let calibration = samples(&self.calibration, &source)?;
        let evaluation = match &self.evaluate {
            Some(path) => samples(path, &source)?,
            None => calibration.clone(),
        };
        let classes = source.network().output_len();
        let labels = self
            .labels
            .as_ref()
            .map(|path| {
                read_labels(path, evaluation.len(), classes)
                    .with_context(|| format!("cannot use {}", path.display()))
            })
            .transpose()?;
        let options = Options {
            input_range: self.input_range,
            percentile: self.percentile,
        };
        let spinner = progress::spinner("quantizing");
        let quantized = source
            .quantize(&calibration, &options)
            .with_context(|| format!("cannot quantize {}", self.onnx.display()))?;
        spinner.finish_and_clear();
        let bar = progress::bar("evaluating", evaluation.len() as u64);
        let report = source.evaluate(&quantized, &evaluation, labels.as_deref(), |done, _| {
            bar.set_position(done as u64)
        })?;
        bar.finish_and_clear();
        self.check_loss(&report)?;
        file::write(&self.output, &quantized.model)
            .with_context(|| format!("cannot write {}", self.output.display()))?;
        let imported = Imported {
            file: &self.output,
            report: &report,
        };
        output.show(&imported, || describe(&imported))
    }

    fn check_loss(&self, report: &Report) -> anyhow::Result<()> {
        let evaluation = &report.evaluation;
        let (Some(limit), Some(float), Some(integer)) = (
            self.max_loss,
            evaluation.float_accuracy,
            evaluation.integer_accuracy,
        ) else {
            return Ok(());
        };
        let loss = 100.0 * (float - integer);
        if loss > limit {
            bail!(
                "integer accuracy {} is {loss:.2} points below float {}; at most {limit} were \
                 allowed (nothing was written)",
                percent(integer),
                percent(float)
            );
        }
        Ok(())
    }
}

fn samples(path: &Path, source: &Source) -> anyhow::Result<Samples> {
    Array::read_npy(path)?
        .into_samples_of(&source.network().input_shape)
        .with_context(|| format!("cannot use {}", path.display()))
}

fn percent(share: f64) -> String {
    format!("{:.2} %", 100.0 * share)
}

fn describe(imported: &Imported<'_>) -> String {
    let report = imported.report;
    let input = &report.input;
    let evaluation = &report.evaluation;
    let mut rows = vec![
        ("written", imported.file.display().to_string()),
        ("model", report.model.clone()),
        (
            "input",
            format!(
                "shape {:?}, integers {}..={}, one step is {}",
                input.shape, input.lo, input.hi, input.step
            ),
        ),
    ];
    if !report.dropped.is_empty() {
        rows.push(("dropped", report.dropped.join(", ")));
    }
    rows.push(("samples", evaluation.samples.to_string()));
    rows.push((
        "agreement",
        format!(
            "{} of classes equal in float and integer",
            percent(evaluation.agreement)
        ),
    ));
    if let (Some(float), Some(integer)) = (evaluation.float_accuracy, evaluation.integer_accuracy) {
        rows.push((
            "accuracy",
            format!("float {}, integer {}", percent(float), percent(integer)),
        ));
    }
    if evaluation.moved_inputs > 0 {
        rows.push((
            "clipped",
            format!(
                "{} input elements lay outside the range",
                evaluation.moved_inputs
            ),
        ));
    }
    let layers: Vec<Vec<String>> = report
        .layers
        .iter()
        .map(|layer| {
            vec![
                layer.name.clone(),
                layer.op.to_string(),
                format!("{} -> {}", layer.inputs, layer.outputs),
                match layer.shifts {
                    Some((least, most)) => format!("{least}..={most}"),
                    None => "-".into(),
                },
                layer.saturated.map_or("-".into(), percent),
                layer.coarsened.to_string(),
            ]
        })
        .collect();
    let header = [
        "layer",
        "operator",
        "size",
        "shifts",
        "saturated",
        "coarsened",
    ];
    format!("{}\n{}", fields(&rows), table(&header, &layers))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_and_bad_ones_refused() {
        let range = parse_range("-127:127").unwrap();
        assert_eq!((range.lo, range.hi), (-127, 127));
        for text in ["16", "0:300", "-128:0", "5:5", "a:b"] {
            assert!(parse_range(text).is_err(), "{text}");
        }
    }
}
