//! `lattice ceremony contribute`

use super::bulk::{self, BulkArgs};
use super::records::Ledger;
use super::Which;
use crate::args::SignerArgs;
use crate::failure::Failure;
use crate::output::{fields, hex, Output};
use crate::progress;
use anyhow::Context;
use clap::Args;
use codec::Encode;
use lattice_chain_client::{Call, Client, Error, Signer, H256};
use lattice_setup::phase2::{Ceremony, Entry};
use lattice_verifier::ceremony::Contribution;
use rand::rngs::OsRng;
use serde::Serialize;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

const AFTER_HELP: &str = "\
Everything before is checked first: phase 1, the start, and each contribution's record and file; a
contribution on planted points could not be taken back. The secrets (one, or two where the circuit
commits to a part of its witness) are from the system's randomness, exist in this process only, and
are overwritten. Afterwards the new file has to reach the others:
who withholds it can lose the bond.";

/// Check the start and every contribution so far, contribute and submit.
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub struct Contribute {
    #[command(flatten)]
    pub which: Which,
    #[command(flatten)]
    pub bulk: BulkArgs,
    /// File whose bytes are mixed into the system's randomness: dice, keystrokes, a photograph.
    #[arg(long, value_name = "FILE")]
    pub entropy: Option<PathBuf>,
    #[command(flatten)]
    pub signer: SignerArgs,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Contributed {
    account: String,
    index: u32,
    file: PathBuf,
    /// Of all contributions, this one included.
    transcript: String,
    /// `null` in a rehearsal.
    block: Option<u32>,
    check_seconds: f64,
    contribute_seconds: f64,
}

impl Contribute {
    pub async fn run(self, output: &Output) -> anyhow::Result<()> {
        let signer = self.signer.signer()?;
        let (ledger, mut records) = self.which.read().await?;
        if let Ledger::Chain(_, on_chain) = &ledger {
            if on_chain.outcome.is_some() {
                return Err(Failure::Refused("the ceremony was finalized".into()).into());
            }
        }
        if records.has(&signer.account()) {
            let who = signer.account();
            return Err(Failure::Refused(format!("{who} contributed already")).into());
        }
        let entropy = match &self.entropy {
            Some(path) => {
                fs::read(path).with_context(|| format!("cannot read {}", path.display()))?
            }
            None => Vec::new(),
        };
        let started = Instant::now();
        let mut ceremony = self.bulk.check(&records)?;
        let checked = started.elapsed();
        let (index, previous) = (ceremony.next_index(), *ceremony.transcript());
        let (entry, file) = make(&mut ceremony, &self.bulk.dir, &signer, &entropy)?;
        let made = started.elapsed() - checked;

        let block = match ledger {
            Ledger::Chain(client, _) => {
                let call = Call::Contribute {
                    ceremony: records.ceremony,
                    index,
                    previous: H256(previous),
                    contribution: Box::new(entry.contribution),
                };
                Some(submit(&client, &signer, &call, &file).await?)
            }
            Ledger::File(path) => {
                records.entries.push(entry);
                records.transcript = *ceremony.transcript();
                records.write(&path)?;
                None
            }
        };
        let contributed = Contributed {
            account: signer.account().to_string(),
            index,
            file,
            transcript: hex(ceremony.transcript()),
            block,
            check_seconds: checked.as_secs_f64(),
            contribute_seconds: made.as_secs_f64(),
        };
        output.show(&contributed, || describe(&contributed))
    }
}

/// Contributes, and checks the own contribution as others will: a bit that flipped in memory would
/// cost the bond.
fn make(
    ceremony: &mut Ceremony,
    folder: &Path,
    signer: &Signer,
    entropy: &[u8],
) -> anyhow::Result<(Entry, PathBuf)> {
    let spinner = progress::spinner("contributing");
    let number = ceremony.entries().len() + 1;
    let account = signer.account().encode();
    // In the folder itself, so that the rename stays within a file system.
    let work = tempfile::tempdir_in(folder)
        .with_context(|| format!("cannot write {}", folder.display()))?;
    let new = work.path().join("new.points");
    let contribution: Contribution = ceremony
        .contribute(&account, &new, &mut OsRng, entropy)
        .map_err(bulk::judged)?;
    let file = bulk::path(folder, number, &contribution.state());
    fs::rename(&new, &file).with_context(|| format!("cannot write {}", file.display()))?;
    spinner.set_message("checking the contribution");
    let entry = Entry {
        account,
        contribution,
    };
    ceremony
        .accept(entry.clone(), &file, &mut OsRng)
        .map_err(bulk::judged)
        .context(
            "the new contribution is wrong, and was not submitted: is this machine reliable?",
        )?;
    spinner.finish_and_clear();
    Ok((entry, file))
}

/// Submits. A file whose record the chain refuses is of no use to anyone, and is removed.
async fn submit(client: &Client, signer: &Signer, call: &Call, file: &Path) -> anyhow::Result<u32> {
    let spinner = progress::spinner("waiting for a block");
    match client.submit_and_wait(signer, call).await {
        Ok(included) => {
            spinner.finish_and_clear();
            Ok(included.block.number)
        }
        Err(error) => {
            if matches!(error, Error::Dispatch(_) | Error::Pool(_)) {
                // The refusal is the error to report.
                let _ = fs::remove_file(file);
            }
            Err(error.into())
        }
    }
}

fn describe(contributed: &Contributed) -> String {
    let block = contributed.block;
    fields(&[
        ("account", contributed.account.clone()),
        ("contribution", contributed.index.to_string()),
        ("file", contributed.file.display().to_string()),
        ("transcript", contributed.transcript.clone()),
        (
            "block",
            block.map_or_else(|| "none: a rehearsal".into(), |b| b.to_string()),
        ),
        (
            "time",
            format!(
                "{:.1} s checking all before, {:.1} s contributing",
                contributed.check_seconds, contributed.contribute_seconds
            ),
        ),
        ("next", "let the others have the file".into()),
    ])
}
