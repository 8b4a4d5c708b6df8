//! `lattice ceremony open`

use super::bulk::{self, MODEL_FILE};
use super::records::Records;
use crate::args::{ChainArgs, SignerArgs};
use crate::failure::Failure;
use crate::output::{fields, hex, Output};
use crate::progress;
use anyhow::{bail, ensure, Context};
use clap::Args;
use lattice_chain_client::{AccountId, Call, Client, ModelIndex, ModelState};
use lattice_setup::phase1::VerifiedPhase1;
use lattice_setup::phase2::{start::QUERIES_FILE, VerifiedStart};
use lattice_tensor::{file, ModelId};
use rand::rngs::OsRng;
use serde::Serialize;
use std::path::PathBuf;
use std::time::Instant;

const AFTER_HELP: &str = "\
For the owner of a registration that has no key. The chain must pin the phase 1 of the .ptau file
and holds a bond until the ceremony ends. Afterwards the folder has to reach the contributors, who
each check that the start is what follows from the model and phase 1.";

/// Compute the start for a registered model and submit it.
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub struct Open {
    /// Model file.
    #[arg(value_name = "M.lattice")]
    pub model: PathBuf,
    /// Phase 1: snarkjs' .ptau file for BN254 with the identity that the chain pins.
    #[arg(long, value_name = "FILE")]
    pub ptau: PathBuf,
    /// Folder to write the ceremony's files to.
    #[arg(long, value_name = "FOLDER")]
    pub dir: PathBuf,
    /// The registration [default: the signer's only one of this model without a key].
    #[arg(long, value_name = "INDEX", conflicts_with = "records")]
    pub registration: Option<ModelIndex>,
    /// Write the records to a file, in place of a chain: a rehearsal.
    #[arg(long, value_name = "FILE")]
    pub records: Option<PathBuf>,
    #[command(flatten)]
    pub chain: ChainArgs,
    #[command(flatten)]
    pub signer: SignerArgs,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Opened {
    folder: PathBuf,
    /// `null` in a rehearsal.
    ceremony: Option<String>,
    model: String,
    phase1_id: String,
    /// Points of the queries that contributions change.
    l_count: u32,
    h_count: u32,
    /// `null` for a circuit without a commitment.
    k_count: Option<u32>,
    transcript: String,
    block: Option<u32>,
    seconds: f64,
}

impl Open {
    pub async fn run(self, output: &Output) -> anyhow::Result<()> {
        let started = Instant::now();
        let queries = self.dir.join(QUERIES_FILE);
        ensure!(
            !queries.exists(),
            "{} holds a ceremony already; choose another folder",
            self.dir.display()
        );
        let model = bulk::model(&self.model)?;
        let place = match &self.records {
            Some(_) => None,
            None => {
                let signer = self.signer.signer()?;
                let client = self.chain.connect().await?;
                let index = self
                    .registration(&client, &model.id(), &signer.account())
                    .await?;
                Some((client, signer, index))
            }
        };
        let phase1 = bulk::phase1(&self.ptau)?;
        if let Some((client, ..)) = &place {
            pinned(client, &phase1).await?;
        }

        let spinner = progress::spinner("computing the start");
        std::fs::create_dir_all(&self.dir)
            .with_context(|| format!("cannot write {}", self.dir.display()))?;
        let start =
            VerifiedStart::compute(&model, &phase1, &self.dir, &mut OsRng).map_err(bulk::judged)?;
        file::write(self.dir.join(MODEL_FILE), &model)?;
        let record = *start.record();

        let (ceremony, transcript, block) = match place {
            Some((client, signer, index)) => {
                spinner.set_message("waiting for a block");
                let call = Call::OpenCeremony {
                    model: index,
                    start: Box::new(record),
                };
                let included = client.submit_and_wait(&signer, &call).await?;
                let view = client.at(included.block.hash);
                let ceremony = view.ceremony_of(index).await?;
                let ceremony = ceremony.context("the chain has no ceremony after `open`")?;
                (
                    Some(ceremony.ceremony.to_string()),
                    ceremony.transcript.0,
                    Some(included.block.number),
                )
            }
            None => {
                let records = Records::rehearsal(record);
                if let Some(path) = &self.records {
                    records.write(path)?;
                }
                (None, records.transcript, None)
            }
        };
        spinner.finish_and_clear();
        let opened = Opened {
            folder: self.dir,
            ceremony,
            model: model.id().to_string(),
            phase1_id: hex(phase1.id()),
            l_count: record.l_count,
            h_count: record.h_count,
            k_count: record.commitment.map(|commitment| commitment.count),
            transcript: hex(transcript),
            block,
            seconds: started.elapsed().as_secs_f64(),
        };
        output.show(&opened, || describe(&opened))
    }

    /// The registration whose key is to be made.
    async fn registration(
        &self,
        client: &Client,
        model: &ModelId,
        owner: &AccountId,
    ) -> anyhow::Result<ModelIndex> {
        if let Some(index) = self.registration {
            return Ok(index);
        }
        let all = client.best().all_models().await?;
        let mut fitting = all.iter().filter(|m| {
            m.model_hash.0 == model.0
                && m.owner == *owner
                && m.key.is_none()
                && m.state == ModelState::Active
        });
        match (fitting.next(), fitting.next()) {
            (Some(only), None) => Ok(only.index),
            (Some(one), Some(other)) => bail!(
                "registrations {} and {} both fit; choose with --registration",
                one.index,
                other.index
            ),
            (None, _) => Err(Failure::NotFound {
                what: format!("a registration of {model} by {owner} without a key"),
                hint: "register the model without --keys first",
            }
            .into()),
        }
    }
}

/// The chain pins this phase 1.
async fn pinned(client: &Client, phase1: &VerifiedPhase1) -> anyhow::Result<()> {
    match client.best().phase1_id().await? {
        Some(pinned) if pinned.0 == phase1.id() => Ok(()),
        Some(pinned) => Err(Failure::Refused(format!(
            "it pins phase 1 {pinned:?}, the file is {}",
            hex(phase1.id())
        ))
        .into()),
        None => Err(Failure::Refused(format!(
            "it pins no phase 1 yet; for {} root has to: lattice ceremony phase1 FILE --pin",
            hex(phase1.id())
        ))
        .into()),
    }
}

fn points(opened: &Opened) -> String {
    let text = format!("{} in L, {} in H", opened.l_count, opened.h_count);
    match opened.k_count {
        Some(count) => format!("{text}, {count} in K"),
        None => text,
    }
}

fn describe(opened: &Opened) -> String {
    let number = opened.ceremony.clone();
    fields(&[
        (
            "ceremony",
            number.unwrap_or_else(|| "none: a rehearsal, on no chain".into()),
        ),
        ("folder", opened.folder.display().to_string()),
        ("model", opened.model.clone()),
        ("phase 1", opened.phase1_id.clone()),
        ("points", points(opened)),
        ("transcript", opened.transcript.clone()),
        ("time", format!("{:.1} s", opened.seconds)),
    ])
}
