//! `lattice ceremony finalize`

use super::bulk::{self, BulkArgs};
use super::records::Ledger;
use super::Which;
use crate::args::SignerArgs;
use crate::failure::Failure;
use crate::output::{fields, hex, Output};
use crate::progress;
use anyhow::bail;
use clap::Args;
use lattice_chain_client::{Call, Ceremony as OnChain, H256};
use lattice_setup::files::{KeyNames, PROVING_KEY_FILE};
use serde::Serialize;
use std::path::PathBuf;
use std::time::Instant;

/// Name of the records in a folder of keys.
pub const RECORDS_FILE: &str = "ceremony.json";

const AFTER_HELP: &str = "\
Everything is checked as by `verify`, then the folder of keys is written, with the ceremony's
records in ceremony.json. The chain assembles its verifying key itself, from the start and the last
contribution, and takes the proving key's hash from here. For the owner of the registration.
With --keys-only anyone, such as a provider, writes the same folder; once the ceremony is finalized
the proving key has to have the hash that the chain names.";

/// Assemble the keys, and let the chain assemble and register its own.
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub struct Finalize {
    #[command(flatten)]
    pub which: Which,
    #[command(flatten)]
    pub bulk: BulkArgs,
    /// Folder to write the keys to.
    #[arg(long, short, value_name = "DIR")]
    pub output: PathBuf,
    /// Write the keys and submit nothing.
    #[arg(long)]
    pub keys_only: bool,
    /// Replace keys that are there already.
    #[arg(long)]
    pub force: bool,
    #[command(flatten)]
    pub signer: SignerArgs,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Finalized {
    folder: PathBuf,
    model: String,
    vk_id: String,
    phase1_id: String,
    proving_key_hash: String,
    contributions: usize,
    /// The block with the extrinsic; `null` if nothing was submitted.
    block: Option<u32>,
    seconds: f64,
}

impl Finalize {
    pub async fn run(self, output: &Output) -> anyhow::Result<()> {
        let started = Instant::now();
        if self.output.join(PROVING_KEY_FILE).exists() && !self.force {
            bail!(
                "{} holds keys already; proofs under them need them, so replace them with --force only",
                self.output.display()
            );
        }
        let (ledger, records) = self.which.read().await?;
        let signer = match (&ledger, self.keys_only) {
            (Ledger::Chain(client, on_chain), false) => {
                let now = client.best_block().await?.number;
                ready(on_chain, now)?;
                Some(self.signer.signer()?)
            }
            _ => None,
        };
        let ceremony = self.bulk.check(&records)?;
        let spinner = progress::spinner("writing the keys");
        let names = ceremony.write_keys(&self.output).map_err(bulk::judged)?;
        records.write(&self.output.join(RECORDS_FILE))?;
        let mut block = None;
        if let Ledger::Chain(client, on_chain) = &ledger {
            if let Some(signer) = signer {
                spinner.set_message("waiting for a block");
                let call = Call::FinalizeCeremony {
                    ceremony: records.ceremony,
                    proving_key_hash: H256(names.proving_key_hash),
                };
                let included = client.submit_and_wait(&signer, &call).await?;
                block = Some(included.block.number);
                let view = client.at(included.block.hash);
                if let Some(after) = view.ceremony(records.ceremony).await? {
                    attested(&after, &names)?;
                }
            } else {
                attested(on_chain, &names)?;
            }
        }
        spinner.finish_and_clear();
        let finalized = Finalized {
            folder: self.output,
            model: names.model.to_string(),
            vk_id: hex(names.vk_id),
            phase1_id: hex(names.phase1_id),
            proving_key_hash: hex(names.proving_key_hash),
            contributions: records.entries.len(),
            block,
            seconds: started.elapsed().as_secs_f64(),
        };
        output.show(&finalized, || describe(&finalized))
    }
}

/// The chain would finalize now; asked before the long check.
fn ready(on_chain: &OnChain, now: u32) -> anyhow::Result<()> {
    let refused = |reason: String| Err(Failure::Refused(reason).into());
    if on_chain.outcome.is_some() {
        return refused("the ceremony was finalized; --keys-only writes its keys".into());
    }
    if on_chain.contributors < on_chain.required {
        return refused(format!(
            "{} contributors besides the opener, {} are needed",
            on_chain.contributors, on_chain.required
        ));
    }
    // The extrinsic is in the next block at the earliest.
    if now.saturating_add(1) < on_chain.final_from {
        return refused(format!(
            "the ceremony may be challenged until block {}, now is {now}",
            on_chain.final_from
        ));
    }
    Ok(())
}

/// What the chain says of a finalized ceremony is what was written.
pub fn attested(on_chain: &OnChain, names: &KeyNames) -> anyhow::Result<()> {
    let Some(outcome) = &on_chain.outcome else {
        return Ok(());
    };
    for (what, theirs, ours) in [
        ("key", outcome.vk_id.0, names.vk_id),
        (
            "proving key hash",
            outcome.proving_key_hash.0,
            names.proving_key_hash,
        ),
    ] {
        if theirs != ours {
            return Err(Failure::Evidence(format!(
                "the chain's {what} is {}, the ceremony's files give {}",
                hex(theirs),
                hex(ours)
            ))
            .into());
        }
    }
    Ok(())
}

fn describe(finalized: &Finalized) -> String {
    let block = finalized.block;
    fields(&[
        ("written", finalized.folder.display().to_string()),
        ("model", finalized.model.clone()),
        ("key", finalized.vk_id.clone()),
        ("phase 1", finalized.phase1_id.clone()),
        ("proving key", finalized.proving_key_hash.clone()),
        ("contributions", finalized.contributions.to_string()),
        (
            "registered",
            block.map_or_else(|| "nothing was submitted".into(), |b| format!("block {b}")),
        ),
        ("time", format!("{:.1} s", finalized.seconds)),
    ])
}
