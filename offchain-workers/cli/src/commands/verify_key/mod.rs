//! `lattice verify-key`

mod findings;

use super::ceremony::bulk::{self, BulkArgs};
use super::ceremony::records::{Ledger, Records};
use super::ceremony::Which;
use crate::args::ChainArgs;
use crate::failure::Failure;
use crate::output::{table, Output};
use clap::Args;
use findings::{Finding, Key, Status};
use lattice_chain_client::CeremonyId;
use lattice_setup::{KeyFiles, SetupKind};
use serde::Serialize;
use std::path::PathBuf;

const AFTER_HELP: &str = "\
The circuit is rebuilt from the model file. Each line says what was established, what was not, and
what is false. That a proving key is the circuit's can be recomputed for a ceremony's key alone,
with its files (--dir and --ptau): of a development key nobody has the secrets, so what is possible
is to prove random inputs with it. Exit status 4 if anything is false.

Examples:
  lattice verify-key m.lattice --keys keys/
  lattice verify-key m.lattice --keys keys/ --ceremony 0 --dir f --ptau pot.ptau";

/// Check that keys are those of a model's circuit, and say what was not established.
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub struct VerifyKey {
    /// Model file.
    #[arg(value_name = "M.lattice")]
    pub model: PathBuf,
    /// Folder with the keys.
    #[arg(long, value_name = "DIR")]
    pub keys: PathBuf,
    /// The ceremony on the chain that the keys are of.
    #[arg(long, value_name = "N")]
    pub ceremony: Option<CeremonyId>,
    /// File with the ceremony's records [default: ceremony.json among the keys].
    #[arg(long, value_name = "FILE", conflicts_with = "ceremony")]
    pub records: Option<PathBuf>,
    /// Folder with the ceremony's files.
    #[arg(long, value_name = "FOLDER", requires = "ptau")]
    pub dir: Option<PathBuf>,
    /// Phase 1 of the ceremony.
    #[arg(long, value_name = "FILE", requires = "dir")]
    pub ptau: Option<PathBuf>,
    #[command(flatten)]
    pub chain: ChainArgs,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Verified {
    model: String,
    vk_id: String,
    setup: SetupKind,
    /// Nothing is false. What was not established may be.
    holds: bool,
    findings: Vec<Finding>,
}

impl VerifyKey {
    pub async fn run(self, output: &Output) -> anyhow::Result<()> {
        let model = bulk::model(&self.model)?;
        let files = KeyFiles::read(&self.keys)
            .map_err(|error| Failure::Evidence(format!("{}: {error}", self.keys.display())))?;
        let source = match files.setup {
            SetupKind::Dev => None,
            SetupKind::Ceremony => self.source().await?,
        };
        let names = files.names();
        let mut key = Key::new(&model, files);
        key.check_circuit();
        key.check_transcript(source.as_ref().map(|(_, records)| records));
        key.check_ledger(source.as_ref().map(|(ledger, _)| ledger));
        let bulk = self.bulk();
        key.check_bulk(source.as_ref().map(|(_, records)| records), bulk.as_ref())?;
        key.state_trust();

        let findings = key.findings;
        let wrong = findings.iter().find(|f| f.status == Status::False);
        let wrong = wrong.map(|f| format!("{}: {}", f.what, f.detail));
        let verified = Verified {
            model: model.id().to_string(),
            vk_id: crate::output::hex(names.vk_id),
            setup: names.setup,
            holds: wrong.is_none(),
            findings,
        };
        output.show(&verified, || describe(&verified.findings))?;
        match wrong {
            None => Ok(()),
            Some(reason) => Err(Failure::Evidence(reason).into()),
        }
    }

    /// Where the ceremony's records are; none if the user named none and the folder has none.
    async fn source(&self) -> anyhow::Result<Option<(Ledger, Records)>> {
        let beside = self.keys.join(super::ceremony::RECORDS_FILE);
        let records = match (&self.records, self.ceremony) {
            (None, None) if beside.exists() => Some(beside),
            (None, None) => return Ok(None),
            (records, _) => records.clone(),
        };
        let which = Which {
            ceremony: self.ceremony,
            records,
            chain: self.chain.clone(),
        };
        which.read().await.map(Some)
    }

    fn bulk(&self) -> Option<BulkArgs> {
        Some(BulkArgs {
            dir: self.dir.clone()?,
            ptau: self.ptau.clone()?,
            model: Some(self.model.clone()),
        })
    }
}

fn describe(findings: &[Finding]) -> String {
    let rows: Vec<Vec<String>> = findings
        .iter()
        .map(|finding| {
            vec![
                finding.what.to_owned(),
                finding.status.to_string(),
                finding.detail.clone(),
            ]
        })
        .collect();
    table(&["what", "", ""], &rows)
}
