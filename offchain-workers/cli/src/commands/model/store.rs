//! `lattice model store` and `lattice model clear`

use crate::args::ModelRef;
use crate::commands::provider::Signed;
use crate::failure::Failure;
use crate::output::{fields, Output};
use crate::progress;
use anyhow::{ensure, Context};
use clap::Args;
use codec::Encode;
use indicatif::ProgressBar;
use lattice_chain_client::{
    format_balance, AccountId, Balance, Call, Client, ModelIndex, ModelState, Signer, CHUNK_BYTES,
};
use lattice_tensor::{file, Model};
use serde::Serialize;
use std::path::PathBuf;

/// Chunks that are on their way at the same time; a block takes about as many.
const IN_FLIGHT: usize = 8;

const AFTER_HELP: &str = "\
Programs of the chain can load only models whose weights are on it. The weights go up in chunks of
64 KiB against a deposit per byte; the chain then checks them against the registered manifest and
keeps them for good. A command that was interrupted is given again: chunks that are there already
are not sent twice.

Example:
  lattice model register digits.lattice --dev-seed //Alice
  lattice model store digits.lattice --dev-seed //Alice";

/// Put the weights of a registered model on the chain.
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub struct Store {
    /// Model file.
    #[arg(value_name = "M.lattice")]
    pub model: PathBuf,
    /// Index of the registration [default: your oldest active one of this model].
    #[arg(long, value_name = "INDEX")]
    pub id: Option<ModelIndex>,
    #[command(flatten)]
    pub signed: Signed,
}

/// Remove weights that are not final; the deposit comes back.
#[derive(Debug, Args)]
pub struct Clear {
    /// Index of the registration, or 0x model hash.
    #[arg(value_name = "ID")]
    pub model: ModelRef,
    #[command(flatten)]
    pub signed: Signed,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Stored {
    index: ModelIndex,
    model_hash: String,
    byte_size: usize,
    /// Chunks that this command sent.
    chunks_sent: usize,
    /// Chunks of the model.
    chunks: usize,
    /// Fees of the extrinsics, in planck.
    fee: String,
}

impl Store {
    pub async fn run(self, output: &Output) -> anyhow::Result<()> {
        let model = file::read(&self.model)
            .with_context(|| format!("cannot read {}", self.model.display()))?;
        let weights = weights(&model);
        let chunks: Vec<&[u8]> = weights.chunks(CHUNK_BYTES as usize).collect();
        let signer = self.signed.signer.signer()?;
        let client = self.signed.chain.connect().await?;
        let index = registration(&client, &model, self.id, signer.account()).await?;
        let (missing, finalized) = missing(&client, index, chunks.len()).await?;

        let mut sent = Sender {
            client: &client,
            signer: &signer,
            bar: progress::bar("chunks", chunks.len() as u64),
            fee: 0,
        };
        sent.bar.inc((chunks.len() - missing.len()) as u64);
        for window in missing.chunks(IN_FLIGHT) {
            let calls = window.iter().filter_map(|&chunk| {
                Some(Call::UploadChunk {
                    model: index,
                    index: chunk,
                    bytes: chunks.get(chunk as usize)?.to_vec(),
                })
            });
            sent.send(calls.collect()).await.with_context(|| {
                format!(
                    "not all chunks are there; give the command again to go on, or `lattice model \
                     clear {index}` for the deposit"
                )
            })?;
        }
        sent.bar.finish_and_clear();
        if !finalized {
            let spinner = progress::spinner("the chain checks the model");
            sent.send(vec![Call::FinalizeModel { model: index }])
                .await?;
            spinner.finish_and_clear();
        }
        let fee = sent.fee;
        let stored = Stored {
            index,
            model_hash: model.id().to_string(),
            byte_size: weights.len(),
            chunks_sent: missing.len(),
            chunks: chunks.len(),
            fee: fee.to_string(),
        };
        output.show(&stored, || describe(&stored, fee, finalized))
    }
}

impl Clear {
    pub async fn run(self, output: &Output) -> anyhow::Result<()> {
        let client = self.signed.chain.connect().await?;
        let model = self.model.find(&client).await?.index;
        self.signed
            .submit(output, &Call::ClearChunks { model })
            .await
    }
}

/// Submits calls, counts them and adds up what they cost.
struct Sender<'a> {
    client: &'a Client,
    signer: &'a Signer,
    bar: ProgressBar,
    fee: Balance,
}

impl Sender<'_> {
    /// Submits all calls, then waits for each.
    async fn send(&mut self, calls: Vec<Call>) -> anyhow::Result<()> {
        let mut submissions = Vec::with_capacity(calls.len());
        for call in &calls {
            submissions.push(self.client.submit(self.signer, call).await?);
        }
        for mut submission in submissions {
            let included = submission.in_block().await?;
            self.fee = self.fee.saturating_add(included.fee().unwrap_or(0));
            self.bar.inc(1);
        }
        Ok(())
    }
}

/// The bytes of the tensors, as the chain keeps them: those of the model's encoding after its
/// manifest.
fn weights(model: &Model) -> Vec<u8> {
    let manifest = model.manifest().encode().encode();
    let mut weights = model.to_blob();
    weights.drain(..manifest.len().min(weights.len()));
    weights
}

/// The registration whose weights these are.
async fn registration(
    client: &Client,
    model: &Model,
    index: Option<ModelIndex>,
    owner: AccountId,
) -> anyhow::Result<ModelIndex> {
    if let Some(index) = index {
        let found = ModelRef::Index(index).find(client).await?;
        ensure!(
            found.model_hash.0 == model.id().0,
            "model {index} is {:?}, and the file holds {}",
            found.model_hash,
            model.id()
        );
        return Ok(index);
    }
    let own = client.best().all_models().await?.into_iter().find(|found| {
        found.model_hash.0 == model.id().0
            && found.owner == owner
            && found.state == ModelState::Active
    });
    own.map(|found| found.index).ok_or_else(|| {
        Failure::NotFound {
            what: format!("an active registration of model {} by {owner}", model.id()),
            hint: "see `lattice model register`",
        }
        .into()
    })
}

/// The chunks that are not on the chain yet, and whether the weights are final.
async fn missing(
    client: &Client,
    index: ModelIndex,
    chunks: usize,
) -> anyhow::Result<(Vec<u32>, bool)> {
    let stored = ModelRef::Index(index).find(client).await?.stored;
    Ok(match stored {
        Some(stored) => (stored.missing, stored.finalized),
        None => ((0..u32::try_from(chunks)?).collect(), false),
    })
}

fn describe(stored: &Stored, fee: Balance, before: bool) -> String {
    let state = match before {
        true => "final already; nothing was sent".to_owned(),
        false => format!(
            "final; {} of {} chunks sent now",
            stored.chunks_sent, stored.chunks
        ),
    };
    fields(&[
        ("id", stored.index.to_string()),
        ("model hash", stored.model_hash.clone()),
        ("weights", format!("{} bytes, {state}", stored.byte_size)),
        ("fee", format_balance(fee)),
    ])
}
