//! `lattice model register` and `lattice model add-key`

use crate::args::{ChainArgs, ModelRef, SignerArgs};
use crate::output::{fields, Output};
use crate::progress;
use anyhow::{ensure, Context};
use clap::Args;
use codec::Encode;
use lattice_chain_client::{
    format_balance, parse_balance, Balance, Call, Client, ModelIndex, Pricing, Requirements, Setup,
    Signer, H256,
};
use lattice_setup::{KeyFiles, SetupKind};
use lattice_tensor::{file, Model, ModelId};
use serde::Serialize;
use std::path::{Path, PathBuf};

const AFTER_HELP: &str = "\
The chain keeps the manifest and a deposit for it; weights stay with whoever serves the model.
With --keys the verifying key is registered too, and the model is open for requests as soon as a
provider offers it.

Example:
  lattice model register digits.lattice --name digits --keys keys/ --royalty 0.01 --dev-seed //Alice";

/// Register a model, and its verifying key, on the chain.
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub struct Register {
    /// Model file.
    #[arg(value_name = "M.lattice")]
    pub model: PathBuf,
    /// Name to register [default: the file's name without its ending].
    #[arg(long)]
    pub name: Option<String>,
    /// Your version number of this name.
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub model_version: u32,
    /// Folder with the model's keys, as `lattice setup` writes it.
    #[arg(long, value_name = "DIR")]
    pub keys: Option<PathBuf>,
    /// Royalty per inference to you, in LAT.
    #[arg(long, value_name = "AMOUNT", default_value = "0", value_parser = parse_balance)]
    pub royalty: Balance,
    /// Memory that a provider needs, in MiB [default: what weights and activations take].
    #[arg(long, value_name = "MIB")]
    pub memory_mib: Option<u32>,
    /// Accelerator memory that a provider needs, in MiB.
    #[arg(long, value_name = "MIB", default_value_t = 0)]
    pub accelerator_memory_mib: u32,
    /// Registration that this one follows.
    #[arg(long, value_name = "INDEX")]
    pub parent: Option<ModelIndex>,
    #[command(flatten)]
    pub chain: ChainArgs,
    #[command(flatten)]
    pub signer: SignerArgs,
}

/// Register the verifying key of a model that is registered already.
#[derive(Debug, Args)]
pub struct AddKey {
    /// Index of the registration, or 0x model hash.
    #[arg(value_name = "ID")]
    pub model: ModelRef,
    /// Folder with the model's keys, as `lattice setup` writes it.
    #[arg(long, value_name = "DIR")]
    pub keys: PathBuf,
    #[command(flatten)]
    pub chain: ChainArgs,
    #[command(flatten)]
    pub signer: SignerArgs,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Registered {
    index: ModelIndex,
    model_hash: String,
    name: String,
    owner: String,
    vk_id: Option<String>,
    block: u32,
    /// Fees of the extrinsics, in planck.
    fee: String,
}

impl Register {
    pub async fn run(self, output: &Output) -> anyhow::Result<()> {
        let model = file::read(&self.model)
            .with_context(|| format!("cannot read {}", self.model.display()))?;
        // Keys are read before anything is paid for.
        let keys = self
            .keys
            .as_deref()
            .map(|folder| read_keys(folder, model.id()))
            .transpose()?;
        let name = match &self.name {
            Some(name) => name.clone(),
            None => self
                .model
                .file_stem()
                .map(|stem| stem.to_string_lossy().into_owned())
                .context("give the model a name: --name")?,
        };
        let signer = self.signer.signer()?;
        let call = Call::RegisterModel {
            name: name.clone(),
            version: self.model_version,
            manifest: model.manifest().encode(),
            requirements: Requirements {
                memory_mib: self.memory_mib.unwrap_or_else(|| memory_mib(&model)),
                accelerator_memory_mib: self.accelerator_memory_mib,
            },
            pricing: Pricing {
                royalty: self.royalty,
            },
            parent: self.parent,
        };
        let client = self.chain.connect().await?;
        let spinner = progress::spinner("registering the model");
        let included = client.submit_and_wait(&signer, &call).await?;
        let index = included
            .model()
            .context("the extrinsic succeeded, but the chain reports no registration")?;
        let mut fee = included.fee().unwrap_or(0);
        let mut block = included.block.number;
        let mut vk_id = None;
        if let Some(keys) = &keys {
            spinner.set_message("registering the verifying key");
            let included = add_key(&client, &signer, index, keys)
                .await
                .with_context(|| {
                    format!(
                        "model {index} is registered, its key is not; try `lattice model add-key \
                         {index}` again"
                    )
                })?;
            fee += included.fee().unwrap_or(0);
            block = included.block.number;
            vk_id = Some(crate::output::hex(keys.vk_id));
        }
        spinner.finish_and_clear();
        let registered = Registered {
            index,
            model_hash: model.id().to_string(),
            name,
            owner: signer.account().to_string(),
            vk_id,
            block,
            fee: fee.to_string(),
        };
        output.show(&registered, || describe(&registered, fee))
    }
}

impl AddKey {
    pub async fn run(self, output: &Output) -> anyhow::Result<()> {
        let signer = self.signer.signer()?;
        let client = self.chain.connect().await?;
        let model = self.model.find(&client).await?;
        let keys = read_keys(&self.keys, ModelId(model.model_hash.0))?;
        let spinner = progress::spinner("registering the verifying key");
        let included = add_key(&client, &signer, model.index, &keys).await?;
        spinner.finish_and_clear();
        let fee = included.fee().unwrap_or(0);
        let registered = Registered {
            index: model.index,
            model_hash: format!("{:?}", model.model_hash),
            name: String::from_utf8_lossy(&model.name).into_owned(),
            owner: signer.account().to_string(),
            vk_id: Some(crate::output::hex(keys.vk_id)),
            block: included.block.number,
            fee: fee.to_string(),
        };
        output.show(&registered, || describe(&registered, fee))
    }
}

/// Reads a key folder and refuses one of another model.
fn read_keys(folder: &Path, model: ModelId) -> anyhow::Result<KeyFiles> {
    let keys =
        KeyFiles::read(folder).with_context(|| format!("cannot use keys {}", folder.display()))?;
    ensure!(
        keys.model == model,
        "the keys in {} belong to model {}, not to {model}; make keys with `lattice setup dev`",
        folder.display(),
        keys.model,
    );
    Ok(keys)
}

async fn add_key(
    client: &Client,
    signer: &Signer,
    model: ModelIndex,
    keys: &KeyFiles,
) -> anyhow::Result<lattice_chain_client::Included> {
    let call = Call::RegisterKey {
        model,
        verifying_key: keys.verifying_key.clone(),
        setup: match keys.setup {
            SetupKind::Dev => Setup::Dev,
            SetupKind::Ceremony => Setup::Ceremony,
        },
        circuit_version: keys.circuit_version,
        phase1_id: H256(keys.phase1_id),
        proving_key_hash: H256(keys.proving_key_hash),
    };
    Ok(client.submit_and_wait(signer, &call).await?)
}

/// Weights as i8 and as f32, twice the activations, rounded up to a MiB.
pub fn memory_mib(model: &Model) -> u32 {
    let summary = model.summary();
    let bytes = summary.weight_bytes * 5 + summary.activations * 8;
    u32::try_from(bytes.div_ceil(1 << 20)).unwrap_or(u32::MAX)
}

fn describe(registered: &Registered, fee: Balance) -> String {
    let mut rows = vec![
        ("id", registered.index.to_string()),
        ("name", registered.name.clone()),
        ("owner", registered.owner.clone()),
        ("model hash", registered.model_hash.clone()),
    ];
    rows.push((
        "key",
        match &registered.vk_id {
            Some(vk_id) => vk_id.clone(),
            None => format!("none yet; see `lattice model add-key {}`", registered.index),
        },
    ));
    rows.push(("block", registered.block.to_string()));
    rows.push(("fee", format_balance(fee)));
    fields(&rows)
}
