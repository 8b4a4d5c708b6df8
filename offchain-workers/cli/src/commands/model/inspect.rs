//! `lattice model inspect`

use crate::output::{fields, table, Output};
use anyhow::Context;
use clap::Args;
use lattice_circuit::Circuit;
use lattice_tensor::{file, Model, Op, Placement};
use serde::Serialize;
use serde_json::{json, Value};
use std::path::PathBuf;

/// Show what a model file holds.
#[derive(Debug, Args)]
pub struct Inspect {
    /// Model file; it is checked completely.
    #[arg(value_name = "M.lattice")]
    pub model: PathBuf,
    /// Also build the proof circuit and count its constraints.
    #[arg(long)]
    pub circuit: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Inspection {
    model: String,
    spec_version: u16,
    input_shape: Vec<u32>,
    input_lo: i8,
    input_hi: i8,
    /// Real value of one input step.
    input_step: f64,
    outputs: usize,
    /// Real value of one output step.
    output_step: f64,
    weight_bytes: String,
    multiply_accumulates: String,
    activations: String,
    /// Elements that the windows of convolutions and pools cover.
    window_elements: String,
    weight_root: String,
    operators: Vec<Operator>,
    #[serde(skip_serializing_if = "Option::is_none")]
    constraints: Option<usize>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Operator {
    op: &'static str,
    /// The values that it reads: 0 is the input, n the result of the nth operator.
    inputs: Vec<u16>,
    /// The tensors that it uses, by their names in the file.
    tensors: Vec<String>,
    /// What else decides its result.
    parameters: Value,
    shape: Vec<u32>,
    /// Smallest and largest value that any input can give.
    lo: i64,
    hi: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
}

impl Inspect {
    pub fn run(self, output: &Output) -> anyhow::Result<()> {
        let model = file::read(&self.model)
            .with_context(|| format!("cannot read {}", self.model.display()))?;
        let constraints = self
            .circuit
            .then(|| Circuit::build(&model).map(|c| c.r1cs().constraints()))
            .transpose()?;
        let inspection = inspect(&model, constraints);
        output.show(&inspection, || describe(&inspection))
    }
}

fn inspect(model: &Model, constraints: Option<usize>) -> Inspection {
    let manifest = model.manifest();
    let summary = model.summary();
    let operators = model
        .ops()
        .iter()
        .zip(1u16..)
        .map(|(op, value)| {
            let bounds = model.bounds(value);
            Operator {
                op: op.name(),
                inputs: op.inputs(),
                tensors: op
                    .tensors()
                    .into_iter()
                    .filter_map(|id| manifest.tensors.get(usize::from(id)))
                    .map(|tensor| tensor.name.clone())
                    .collect(),
                parameters: parameters(op),
                shape: model.shape(value).dims().to_vec(),
                lo: bounds.iter().map(|b| b.lo).min().unwrap_or(0),
                hi: bounds.iter().map(|b| b.hi).max().unwrap_or(0),
                detail: detail(op),
            }
        })
        .collect();
    Inspection {
        model: model.id().to_string(),
        spec_version: manifest.spec_version,
        input_shape: manifest.input.shape.dims().to_vec(),
        input_lo: manifest.input.range.lo,
        input_hi: manifest.input.range.hi,
        input_step: manifest.input.scale.to_f64(),
        outputs: model.output_len(),
        output_step: manifest.output_scale.to_f64(),
        weight_bytes: summary.weight_bytes.to_string(),
        multiply_accumulates: summary.multiply_accumulates.to_string(),
        activations: summary.activations.to_string(),
        window_elements: summary.window_elements.to_string(),
        weight_root: crate::output::hex(manifest.weight_root),
        operators,
        constraints,
    }
}

/// The numbers of an operator under the names of the specification.
fn parameters(op: &Op) -> Value {
    let windows = |kernel: Option<[u8; 2]>, placement: &Placement| {
        let Placement { stride, padding } = placement;
        json!({ "kernel": kernel, "stride": stride, "padding": padding })
    };
    match op {
        Op::Conv2d(conv) => {
            json!({ "windows": windows(None, &conv.placement), "groups": conv.groups })
        }
        Op::MaxPool2d(pool) => json!({ "windows": windows(Some(pool.kernel), &pool.placement) }),
        Op::AvgPool2d(pool) => json!({
            "windows": windows(Some(pool.kernel), &pool.placement),
            "multiplier": pool.average.multiplier,
            "shift": pool.average.shift,
        }),
        Op::GlobalAvgPool(pool) => {
            json!({ "multiplier": pool.average.multiplier, "shift": pool.average.shift })
        }
        Op::Add {
            left_shift,
            right_shift,
            ..
        } => json!({ "shifts": [left_shift, right_shift] }),
        Op::Requantize { shifts, clamp, .. } => {
            json!({ "shifts": shifts, "clamp": [clamp.lo, clamp.hi] })
        }
        Op::Concat { axis, .. } => json!({ "axis": axis }),
        Op::Linear { .. }
        | Op::Relu { .. }
        | Op::Flatten { .. }
        | Op::Reshape { .. }
        | Op::ArgMax { .. } => json!({}),
    }
}

fn detail(op: &Op) -> Option<String> {
    match op {
        Op::Requantize { shifts, clamp, .. } => {
            let least = shifts.iter().min()?;
            let most = shifts.iter().max()?;
            Some(format!(
                "shifts {least}..={most}, clamp {}..={}",
                clamp.lo, clamp.hi
            ))
        }
        _ => None,
    }
}

fn describe(inspection: &Inspection) -> String {
    let mut rows = vec![
        ("model", inspection.model.clone()),
        ("specification", inspection.spec_version.to_string()),
        (
            "input",
            format!(
                "shape {:?}, integers {}..={}, one step is {}",
                inspection.input_shape,
                inspection.input_lo,
                inspection.input_hi,
                inspection.input_step
            ),
        ),
        (
            "output",
            format!(
                "{} integers, one step is {}",
                inspection.outputs, inspection.output_step
            ),
        ),
        ("weights", format!("{} bytes", inspection.weight_bytes)),
        ("weight root", inspection.weight_root.clone()),
        (
            "work",
            format!(
                "{} multiply-accumulates, {} activations, {} window elements",
                inspection.multiply_accumulates, inspection.activations, inspection.window_elements
            ),
        ),
    ];
    if let Some(constraints) = inspection.constraints {
        rows.push(("circuit", format!("{constraints} constraints")));
    }
    let operators: Vec<Vec<String>> = inspection
        .operators
        .iter()
        .map(|op| {
            vec![
                op.op.to_string(),
                format!("{:?}", op.shape),
                format!("{}..={}", op.lo, op.hi),
                op.detail.clone().unwrap_or_default(),
            ]
        })
        .collect();
    let header = ["operator", "shape", "values", ""];
    format!("{}\n{}", fields(&rows), table(&header, &operators))
}
