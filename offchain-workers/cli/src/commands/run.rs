//! `lattice run`

use crate::input::InputArgs;
use crate::output::{fields, Output};
use anyhow::Context;
use clap::{Args, ValueEnum};
use lattice_executor::BurnExecutor;
use lattice_importer::argmax;
use lattice_tensor::{execute, file};
use serde::Serialize;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Run a model file locally, without chain and proof.
#[derive(Debug, Args)]
pub struct Run {
    /// Model file.
    #[arg(value_name = "M.lattice")]
    pub model: PathBuf,
    #[command(flatten)]
    pub input: InputArgs,
    /// What executes the model; both give the same integers.
    #[arg(long, value_enum, default_value_t = Executor::Reference)]
    pub executor: Executor,
}

/// What executes a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Executor {
    /// Plain Rust, what the chain's machine runs.
    Reference,
    /// burn, what providers run.
    Burn,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Ran {
    model: String,
    executor: Executor,
    /// The integers that a proof would be about.
    output: Vec<i32>,
    /// The same in real units.
    logits: Vec<f64>,
    class: usize,
    microseconds: f64,
}

impl Run {
    pub fn run(self, output: &Output) -> anyhow::Result<()> {
        let model = file::read(&self.model)
            .with_context(|| format!("cannot read {}", self.model.display()))?;
        let input = self.input.load(&model.manifest().input)?;
        let step = model.manifest().output_scale.to_f64();
        let id = model.id().to_string();
        let (integers, time) = match self.executor {
            Executor::Reference => timed(|| Ok(execute(&model, &input)?))?,
            Executor::Burn => {
                let burn = BurnExecutor::new(Arc::new(model))?;
                timed(|| Ok(burn.execute(&input)?))?
            }
        };
        let ran = Ran {
            model: id,
            executor: self.executor,
            logits: integers.iter().map(|&y| f64::from(y) * step).collect(),
            class: argmax(&integers),
            output: integers,
            microseconds: time.as_secs_f64() * 1e6,
        };
        output.show(&ran, || {
            fields(&[
                ("model", ran.model.clone()),
                ("output", format!("{:?}", ran.output)),
                ("class", ran.class.to_string()),
                ("time", format!("{:.1} µs", ran.microseconds)),
            ])
        })
    }
}

fn timed<T>(work: impl FnOnce() -> anyhow::Result<T>) -> anyhow::Result<(T, Duration)> {
    let started = Instant::now();
    let result = work()?;
    Ok((result, started.elapsed()))
}
