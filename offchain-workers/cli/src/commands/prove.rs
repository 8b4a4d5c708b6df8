//! `lattice prove`

use crate::args::parse_field;
use crate::input::InputArgs;
use crate::output::{fields, hex, Output};
use crate::progress;
use anyhow::{bail, Context};
use clap::Args;
use lattice_importer::argmax;
use lattice_prover::Prover;
use lattice_setup::KeyFiles;
use lattice_tensor::{file, trace};
use lattice_verifier::{validate, verify, FieldBytes, PreparedKey, PUBLIC_INPUTS};
use serde::Serialize;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

const AFTER_HELP: &str = "\
What a worker does for a request, without a chain: the model is executed, the execution proven with
both commitments, and the proof verified from its bytes and the key's alone. Both blindings are zero,
as for posted input and output. The times show what is done once (reading, preparing) and what is
done for each proof.

Example:
  lattice prove digits.lattice --keys keys/ --input x.npy -o proof.bin
  lattice proof export --keys keys/ --proof @proof.bin --public 0x…,0x…,0x… -o evidence/";

/// Prove a local execution of a model file, without a chain.
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub struct Prove {
    /// Model file.
    #[arg(value_name = "M.lattice")]
    pub model: PathBuf,
    /// Folder of its keys.
    #[arg(long, value_name = "DIR")]
    pub keys: PathBuf,
    #[command(flatten)]
    pub input: InputArgs,
    /// First public input, 32 bytes in little-endian order [default: zero]. On a chain it names the
    /// request, so that a proof cannot be used for another.
    #[arg(long, value_name = "0xHEX", value_parser = parse_field)]
    pub context: Option<FieldBytes>,
    /// How many proofs to make, one after the other; the last one is kept.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    pub repeat: u32,
    /// File for the proof's bytes.
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Proven {
    model: String,
    constraints: usize,
    /// The integers that the proof is about.
    output: Vec<i32>,
    class: usize,
    proof: String,
    proof_bytes: usize,
    /// Context, commitment to the input, commitment to the output.
    public_inputs: [String; PUBLIC_INPUTS],
    seconds: Seconds,
}

/// What each step took.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Seconds {
    /// Model, keys and their validation.
    read: f64,
    /// Circuit, witness plan and multiples of the key's points.
    prepare: f64,
    /// The median of executing the model and proving the execution, commitments and the prover's
    /// own check included.
    prove: f64,
    /// Each of them, in order.
    proofs: Vec<f64>,
    /// One proof, from its bytes and the prepared key's.
    verify: f64,
}

impl Prove {
    pub fn run(self, output: &Output) -> anyhow::Result<()> {
        let spinner = progress::spinner("reading the keys");
        let started = Instant::now();
        let model = file::read(&self.model)
            .with_context(|| format!("cannot read {}", self.model.display()))?;
        let input = self.input.load(&model.manifest().input)?;
        let files = KeyFiles::read(&self.keys)
            .with_context(|| format!("cannot use keys {}", self.keys.display()))?;
        if files.model != model.id() {
            bail!(
                "the keys in {} are of model {}, not of {}",
                self.keys.display(),
                files.model,
                model.id()
            );
        }
        let read = started.elapsed().as_secs_f64();

        spinner.set_message("preparing the prover");
        let started = Instant::now();
        let model = Arc::new(model);
        let prover = Prover::new(model.clone(), files.proving_key)?;
        let prepare = started.elapsed().as_secs_f64();

        spinner.set_message("proving");
        let none = [0; 32];
        let context = self.context.unwrap_or(none);
        let mut proofs = Vec::new();
        let (run, proof) = loop {
            let started = Instant::now();
            let run = trace(&model, &input)?;
            let proof = prover.prove(&run, &context, &none, &none, &mut rand::rngs::OsRng)?;
            proofs.push(started.elapsed().as_secs_f64());
            if proofs.len() == self.repeat as usize {
                break (run, proof);
            }
        };

        // As the chain has it: the key was validated when it was registered.
        let key = validate(&files.verifying_key)?.prepared;
        let inputs = proof.statement.inputs();
        let started = Instant::now();
        let holds = verify(&PreparedKey::decode(&key)?, &inputs, &proof.bytes)?;
        let verified = started.elapsed().as_secs_f64();
        if !holds {
            bail!(
                "verifying.key and proving.key in {} do not belong together",
                self.keys.display()
            );
        }
        spinner.finish_and_clear();

        if let Some(path) = &self.output {
            std::fs::write(path, &proof.bytes)
                .with_context(|| format!("cannot write {}", path.display()))?;
        }
        let proven = Proven {
            model: model.id().to_string(),
            constraints: prover.constraints(),
            class: argmax(run.output()),
            output: run.output().to_vec(),
            proof_bytes: proof.bytes.len(),
            proof: hex(&proof.bytes),
            public_inputs: inputs.map(hex),
            seconds: Seconds {
                read,
                prepare,
                prove: median(&proofs),
                proofs,
                verify: verified,
            },
        };
        output.show(&proven, || describe(&proven))
    }
}

/// The middle one, the lower of two.
pub fn median(times: &[f64]) -> f64 {
    let mut sorted = times.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted
        .get((sorted.len().max(1) - 1) / 2)
        .copied()
        .unwrap_or_default()
}

fn describe(proven: &Proven) -> String {
    let seconds = &proven.seconds;
    fields(&[
        ("model", proven.model.clone()),
        ("circuit", format!("{} constraints", proven.constraints)),
        ("output", format!("{:?}", proven.output)),
        ("class", proven.class.to_string()),
        ("proof", proven.proof.clone()),
        ("public inputs", proven.public_inputs.join(",")),
        (
            "once",
            format!(
                "read {:.2} s, prepare {:.2} s",
                seconds.read, seconds.prepare
            ),
        ),
        (
            "time",
            format!(
                "prove {:.1} ms (median of {}), verify {:.2} ms",
                1e3 * seconds.prove,
                seconds.proofs.len(),
                1e3 * seconds.verify
            ),
        ),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_lower_middle() {
        assert_eq!(median(&[3.0, 1.0, 2.0]), 2.0);
        assert_eq!(median(&[4.0, 1.0, 3.0, 2.0]), 2.0);
        assert_eq!(median(&[5.0]), 5.0);
    }
}
