//! `lattice ceremony verify`

use super::bulk::BulkArgs;
use super::records::{account_text, Ledger, Records};
use super::Which;
use crate::output::{fields, hex, table, Output};
use clap::Args;
use lattice_setup::phase2::Ceremony;
use serde::Serialize;
use std::path::PathBuf;
use std::time::Instant;

const AFTER_HELP: &str = "\
Checked are: every point and relation of phase 1; that the start is what follows from the model and
phase 1; of each contribution the subgroups, that it changed each trapdoor, the proofs of knowledge
for this chain, ceremony, place and account, and every point of its file; the transcript. What no
check can show is that a contributor forgot the secrets. Exit status 4 if anything is false.";

/// Check the start and every contribution, records and files.
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub struct Verify {
    #[command(flatten)]
    pub which: Which,
    #[command(flatten)]
    pub bulk: BulkArgs,
    /// Write the records to a file, for `lattice verify-key --records`.
    #[arg(long, value_name = "FILE")]
    pub save_records: Option<PathBuf>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Verified {
    /// `chain`, or the file's path.
    records: String,
    genesis: String,
    ceremony: String,
    model: String,
    phase1_id: String,
    contributors: Vec<String>,
    transcript: String,
    /// Contributors that count and that finalization needs; `null` without a chain.
    counting: Option<u32>,
    required: Option<u32>,
    /// First block in which the chain finalizes.
    final_from: Option<u32>,
    finalized: Option<bool>,
    seconds: f64,
}

impl Verify {
    pub async fn run(self, output: &Output) -> anyhow::Result<()> {
        let started = Instant::now();
        let (ledger, records) = self.which.read().await?;
        let ceremony = self.bulk.check(&records)?;
        if let Some(path) = &self.save_records {
            records.write(path)?;
        }
        let verified = Verified::new(&ledger, &records, &ceremony, started);
        output.show(&verified, || verified.describe())
    }
}

impl Verified {
    fn new(ledger: &Ledger, records: &Records, ceremony: &Ceremony, started: Instant) -> Self {
        let on_chain = match ledger {
            Ledger::Chain(_, on_chain) => Some(on_chain),
            Ledger::File(_) => None,
        };
        Verified {
            records: match ledger {
                Ledger::Chain(..) => "chain".into(),
                Ledger::File(path) => path.display().to_string(),
            },
            genesis: hex(records.genesis),
            ceremony: records.ceremony.to_string(),
            model: records.start.model.to_string(),
            phase1_id: hex(records.start.phase1.id()),
            contributors: ceremony
                .entries()
                .iter()
                .map(|entry| account_text(&entry.account))
                .collect(),
            transcript: hex(ceremony.transcript()),
            counting: on_chain.map(|c| c.contributors),
            required: on_chain.map(|c| c.required),
            final_from: on_chain.map(|c| c.final_from),
            finalized: on_chain.map(|c| c.outcome.is_some()),
            seconds: started.elapsed().as_secs_f64(),
        }
    }

    fn describe(&self) -> String {
        let mut rows = vec![
            ("records", self.records.clone()),
            ("ceremony", self.ceremony.clone()),
            ("model", self.model.clone()),
            ("phase 1", self.phase1_id.clone()),
            ("transcript", self.transcript.clone()),
            (
                "checked",
                format!(
                    "phase 1, start and {} contributions in {:.1} s; all are right",
                    self.contributors.len(),
                    self.seconds
                ),
            ),
        ];
        if let (Some(counting), Some(required)) = (self.counting, self.required) {
            rows.push((
                "contributors",
                format!("{counting} count, {required} needed"),
            ));
        }
        match (self.finalized, self.final_from) {
            (Some(true), _) => rows.push(("state", "finalized".into())),
            (Some(false), Some(block)) => {
                rows.push(("state", format!("open; can be final from block {block}")));
            }
            _ => {}
        }
        let contributors: Vec<Vec<String>> = self
            .contributors
            .iter()
            .enumerate()
            .map(|(index, who)| vec![index.to_string(), who.clone()])
            .collect();
        format!(
            "{}\n{}",
            fields(&rows),
            table(&["contribution", "by"], &contributors)
        )
    }
}
