//! `lattice ceremony phase1`

use super::bulk;
use crate::args::{ChainArgs, SignerArgs};
use crate::failure::Failure;
use crate::output::{fields, hex, Output};
use crate::progress;
use clap::Args;
use lattice_chain_client::{Call, H256};
use serde::Serialize;
use std::path::PathBuf;
use std::time::Instant;

const AFTER_HELP: &str = "\
Every point and every relation of the file is checked. The identity is what a chain pins: in its
genesis (`ceremonies.phase1Id`), or afterwards by root. What no check can show is that the secrets
were forgotten; whoever pins a phase 1 decides whom of its contributors to believe.

  lattice ceremony phase1 pot.ptau                           (no chain is asked)
  lattice ceremony phase1 pot.ptau --pin --key-file sudo     (for the holder of the sudo key)";

/// Check a phase 1 and say its identity, or have the chain pin it.
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub struct Phase1 {
    /// snarkjs' .ptau file for BN254.
    #[arg(value_name = "FILE")]
    pub ptau: PathBuf,
    /// Let new ceremonies of the chain start from it. Takes the sudo key.
    #[arg(long)]
    pub pin: bool,
    #[command(flatten)]
    pub chain: ChainArgs,
    #[command(flatten)]
    pub signer: SignerArgs,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Checked {
    file: PathBuf,
    phase1_id: String,
    /// Circuits of up to 2^power rows fit.
    power: u8,
    /// The block that pins it; `null` if that was not asked for.
    block: Option<u32>,
    seconds: f64,
}

impl Phase1 {
    pub async fn run(self, output: &Output) -> anyhow::Result<()> {
        let started = Instant::now();
        // What can be refused at once is, before the long check.
        let place = match self.pin {
            true => Some((self.signer.signer()?, self.chain.connect().await?)),
            false => None,
        };
        let phase1 = bulk::phase1(&self.ptau)?;
        let mut block = None;
        if let Some((signer, client)) = place {
            let spinner = progress::spinner("waiting for a block");
            let phase1_id = H256(phase1.id());
            let included = client
                .submit_and_wait(&signer, &Call::PinPhase1 { phase1_id })
                .await?;
            spinner.finish_and_clear();
            let pinned = client.at(included.block.hash).phase1_id().await?;
            if pinned != Some(phase1_id) {
                return Err(Failure::Refused(
                    "the chain does not pin it: root refused the call".into(),
                )
                .into());
            }
            block = Some(included.block.number);
        }
        let checked = Checked {
            file: self.ptau,
            phase1_id: hex(phase1.id()),
            power: phase1.power(),
            block,
            seconds: started.elapsed().as_secs_f64(),
        };
        output.show(&checked, || describe(&checked))
    }
}

fn describe(checked: &Checked) -> String {
    fields(&[
        ("file", checked.file.display().to_string()),
        ("phase 1", checked.phase1_id.clone()),
        ("rows", format!("up to 2^{}", checked.power)),
        (
            "pinned",
            match checked.block {
                Some(block) => format!("in block {block}"),
                None => "not asked for".into(),
            },
        ),
        ("time", format!("{:.1} s", checked.seconds)),
    ])
}
