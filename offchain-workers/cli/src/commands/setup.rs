//! `lattice setup …`

use crate::output::{fields, hex, Output};
use crate::progress;
use anyhow::{bail, Context};
use clap::{Args, Subcommand};
use lattice_circuit::Circuit;
use lattice_setup::KeyFiles;
use lattice_tensor::file;
use serde::Serialize;
use std::path::PathBuf;
use std::time::Instant;

/// Make proving and verifying keys.
#[derive(Debug, Subcommand)]
pub enum SetupCommand {
    /// Make keys for development: this machine knows the trapdoors and could forge proofs.
    Dev(Dev),
}

const AFTER_HELP: &str = "\
Whoever runs this could forge proofs for the model, so only chains that allow development keys
accept them, and a request may demand keys from a ceremony. The folder holds proving.key (for
providers), verifying.key and key.json (for `lattice model register --keys`).

Example:
  lattice setup dev digits.lattice -o keys/";

/// Make keys for development.
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub struct Dev {
    /// Model file.
    #[arg(value_name = "M.lattice")]
    pub model: PathBuf,
    /// Folder to write.
    #[arg(long, short, value_name = "DIR")]
    pub output: PathBuf,
    /// Replace keys that are there already.
    #[arg(long)]
    pub force: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Made {
    folder: PathBuf,
    model: String,
    vk_id: String,
    circuit_version: u16,
    constraints: usize,
    proving_key_hash: String,
    seconds: f64,
}

impl SetupCommand {
    pub fn run(self, output: &Output) -> anyhow::Result<()> {
        match self {
            SetupCommand::Dev(command) => command.run(output),
        }
    }
}

impl Dev {
    fn run(self, output: &Output) -> anyhow::Result<()> {
        let model = file::read(&self.model)
            .with_context(|| format!("cannot read {}", self.model.display()))?;
        if self.output.join("proving.key").exists() && !self.force {
            bail!(
                "{} holds keys already; proofs under them need them, so replace them with --force only",
                self.output.display()
            );
        }
        let started = Instant::now();
        let spinner = progress::spinner("building the circuit");
        let circuit = Circuit::build(&model)?;
        let constraints = circuit.r1cs().constraints();
        spinner.set_message(format!("making keys for {constraints} constraints"));
        let keys = lattice_setup::dev_setup(&circuit, &mut rand::rngs::OsRng)?;
        let files = KeyFiles::dev(model.id(), keys)?;
        files
            .write(&self.output)
            .with_context(|| format!("cannot write {}", self.output.display()))?;
        spinner.finish_and_clear();
        let made = Made {
            folder: self.output,
            model: model.id().to_string(),
            vk_id: hex(files.vk_id),
            circuit_version: files.circuit_version,
            constraints,
            proving_key_hash: hex(files.proving_key_hash),
            seconds: started.elapsed().as_secs_f64(),
        };
        output.show(&made, || describe(&made))
    }
}

fn describe(made: &Made) -> String {
    fields(&[
        ("written", made.folder.display().to_string()),
        ("model", made.model.clone()),
        ("key", made.vk_id.clone()),
        (
            "circuit",
            format!(
                "{} constraints, version {}",
                made.constraints, made.circuit_version
            ),
        ),
        ("proving key", made.proving_key_hash.clone()),
        (
            "setup",
            "development: never use these keys where forged proofs would matter".into(),
        ),
        ("time", format!("{:.1} s", made.seconds)),
    ])
}
