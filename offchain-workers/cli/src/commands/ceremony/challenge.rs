//! `lattice ceremony challenge`

use super::bulk;
use super::records::{account_text, Ledger, Records};
use super::Which;
use crate::args::SignerArgs;
use crate::failure::Failure;
use crate::output::{fields, hex, Output};
use crate::progress;
use anyhow::Context;
use clap::Args;
use codec::Encode;
use lattice_chain_client::Call;
use lattice_setup::phase2::{dispute, StateFile};
use lattice_verifier::ceremony::{check_challenge, Challenge as Shown, Query};
use rand::rngs::OsRng;
use serde::Serialize;
use std::ops::Range;
use std::path::{Path, PathBuf};

const AFTER_HELP: &str = "\
Needs the two files around the contribution, and neither phase 1 nor the model. An upheld challenge
voids the contribution and all later ones; its bond goes partly to you. A file that is missing, or
that is not the one of its record, is withheld data, which the chain's dispute origin judges, as it
does a false start; no challenge shows these.";

/// Find a false leaf between two consecutive states and open it on the chain.
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub struct Challenge {
    #[command(flatten)]
    pub which: Which,
    /// Folder with the ceremony's files.
    #[arg(long, value_name = "FOLDER")]
    pub dir: PathBuf,
    /// Look at this contribution only, counted from 0 [default: all, in order].
    #[arg(long, value_name = "N")]
    pub index: Option<u32>,
    /// Find and show the leaf without submitting it.
    #[arg(long)]
    pub dry_run: bool,
    #[command(flatten)]
    pub signer: SignerArgs,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Challenged {
    contribution: u32,
    contributor: String,
    query: &'static str,
    leaf: u32,
    /// SCALE encoding of what is submitted.
    challenge: String,
    /// `null` if it was not submitted.
    block: Option<u32>,
}

impl Challenge {
    pub async fn run(self, output: &Output) -> anyhow::Result<()> {
        let (ledger, records) = self.which.read().await?;
        let range = match self.index {
            Some(index) => index..index.saturating_add(1),
            None => 0..u32::try_from(records.entries.len())?,
        };
        let (index, shown) = find(&records, &self.dir, range)?;
        let entry = records.entries.get(index as usize);
        let contributor = entry.map_or_else(String::new, |e| account_text(&e.account));
        let mut challenged = Challenged {
            contribution: index,
            contributor,
            query: match shown.query {
                Query::L => "L",
                Query::H => "H",
                Query::K => "K",
            },
            leaf: shown.index,
            challenge: hex(shown.encode()),
            block: None,
        };
        if let (Ledger::Chain(client, _), false) = (ledger, self.dry_run) {
            let call = Call::ChallengeContribution {
                ceremony: records.ceremony,
                index,
                challenge: Box::new(shown),
            };
            let signer = self.signer.signer()?;
            let spinner = progress::spinner("waiting for a block");
            let included = client.submit_and_wait(&signer, &call).await?;
            spinner.finish_and_clear();
            challenged.block = Some(included.block.number);
        }
        output.show(&challenged, || describe(&challenged))
    }
}

/// The first false leaf, judged as the chain will.
fn find(records: &Records, folder: &Path, range: Range<u32>) -> anyhow::Result<(u32, Shown)> {
    let spinner = progress::spinner("looking for a false leaf");
    for index in range {
        let unknown = || Failure::NotFound {
            what: format!("contribution {index}"),
            hint: "the ceremony has fewer",
        };
        let number = usize::try_from(index)?;
        let before = records.state(number).ok_or_else(unknown)?;
        let after = records.state(number + 1).ok_or_else(unknown)?;
        let open = |number, state: &lattice_verifier::ceremony::State| {
            let path = bulk::present(folder, number, state)?;
            anyhow::Ok(StateFile::open(&path, &records.start)?)
        };
        let files = (open(number, &before)?, open(number + 1, &after)?);
        let found = dispute::find((&files.0, &before), (&files.1, &after), &mut OsRng)?;
        if let Some(shown) = found {
            spinner.finish_and_clear();
            let upheld = check_challenge(&records.start, &before, &after, &shown)
                .map_err(|error| Failure::Evidence(error.to_string()))
                .with_context(|| {
                    format!("the files around contribution {index} are not those of its record")
                })?;
            anyhow::ensure!(upheld, "the leaf that was found is right after all");
            return Ok((index, shown));
        }
    }
    spinner.finish_and_clear();
    Err(Failure::NotFound {
        what: "a false leaf".into(),
        hint: "there is nothing to challenge",
    }
    .into())
}

fn describe(challenged: &Challenged) -> String {
    let submitted = match challenged.block {
        Some(block) => format!("upheld in block {block}"),
        None => "not submitted".into(),
    };
    fields(&[
        (
            "contribution",
            format!("{} by {}", challenged.contribution, challenged.contributor),
        ),
        (
            "false leaf",
            format!("{} of {}", challenged.leaf, challenged.query),
        ),
        ("challenge", submitted),
    ])
}
