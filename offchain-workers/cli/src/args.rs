//! The command line, and what several commands share.

use crate::commands::{
    account, asm, ceremony, challenge, channel, disasm, disputes, hardware, history, infer, load,
    model, private, program, proof, prove, provider, quote, record, run, setup, subscription, top,
    verify, verify_key, vm,
};
use crate::failure::Failure;
use anyhow::Context;
use clap::{Args, Parser, Subcommand};
use lattice_chain_client::{Client, Model, ModelIndex, Signer, H256};
use lattice_verifier::FieldBytes;
use std::path::PathBuf;
use std::str::FromStr;

const AFTER_HELP: &str = "\
Exit status: 0 done · 1 failed · 2 wrong usage · 3 not found on the chain or in the file ·
4 the evidence does not hold (proof rejected, record not valid, request not settled) ·
5 the node cannot be reached · 6 the program trapped ·
7 the node was lost after the extrinsic was handed in: it may be in a block.

Amounts are in LAT (`1.5`) or planck (`1500000000000 planck`).
With --json, a command prints one JSON object on standard output and nothing else; u64 and u128
are decimal strings, bytes are 0x-hex. Progress bars appear on a terminal only.";

/// Proven AI inference on a Lattice chain.
#[derive(Debug, Parser)]
#[command(name = "lattice", version, about, after_help = AFTER_HELP, propagate_version = true)]
pub struct Cli {
    /// Print one JSON object instead of text.
    #[arg(long, global = true)]
    pub json: bool,
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Import, inspect, register and list models.
    #[command(subcommand)]
    Model(model::ModelCommand),
    /// Make proving and verifying keys.
    #[command(subcommand)]
    Setup(setup::SetupCommand),
    /// Make keys by several parties, of whom nobody has to be trusted.
    #[command(subcommand)]
    Ceremony(ceremony::CeremonyCommand),
    /// Check that keys are those of a model's circuit, and say what was not established.
    VerifyKey(verify_key::VerifyKey),
    /// Upload, instantiate, call and look at programs on the chain.
    #[command(subcommand)]
    Program(program::ProgramCommand),
    /// Stake, offer models and look at providers.
    #[command(subcommand)]
    Provider(provider::ProviderCommand),
    /// Look at balances and transfer.
    #[command(subcommand)]
    Account(account::AccountCommand),
    /// Say what a request would cost, who would serve it, and why no other provider.
    Quote(quote::QuoteCommand),
    /// Request an inference, settled on a proof or on other evidence.
    Infer(infer::Infer),
    /// Pay one provider for many inferences, through a payment channel.
    #[command(subcommand)]
    Channel(channel::ChannelCommand),
    /// Pay some periods of a provider's plan in advance.
    Subscribe(subscription::subscribe::Subscribe),
    /// Look at subscriptions, and end them.
    #[command(subcommand)]
    Subscription(subscription::SubscriptionCommand),
    /// Look after requests whose input is not on the chain.
    #[command(subcommand)]
    Private(private::PrivateCommand),
    /// Take back a request that no provider is bound to.
    Cancel(infer::Cancel),
    /// List disputes: who challenges whom, where in the tree, whose turn it is, and until when.
    Disputes(disputes::Disputes),
    /// Challenge the posted result of an optimistic request.
    Challenge(challenge::Challenge),
    /// Show the execution record of a request, or how far one without proof, or a private one, has
    /// come.
    Record(record::RecordCommand),
    /// List the ended requests of an account, and what they cost or earned.
    History(history::History),
    /// Watch blocks, models, providers and settlements on a terminal, or take a snapshot of them.
    Top(top::Top),
    /// Re-check a request off chain: its proof, or, where the tier has none, by running the model
    /// again.
    Verify(verify::Verify),
    /// Exchange proofs, verifying keys and public inputs with other tools.
    #[command(subcommand)]
    Proof(proof::ProofCommand),
    /// Run a model file locally, without chain and proof.
    Run(run::Run),
    /// Prove a local execution of a model file, without a chain.
    Prove(prove::Prove),
    /// Assemble a straight-line program from its text.
    Asm(asm::Asm),
    /// List a straight-line program as text.
    Disasm(disasm::Disasm),
    /// Run programs of the AI virtual machine locally.
    #[command(subcommand)]
    Vm(vm::VmCommand),
    /// Look at this machine: what it has, how fast it is, and what it could serve.
    #[command(subcommand)]
    Hardware(hardware::HardwareCommand),
    /// Make requests from many accounts, and measure how long they take to settle.
    Load(load::Load),
}

/// Which chain to talk to.
#[derive(Clone, Debug, Args)]
pub struct ChainArgs {
    /// WebSocket URL of a Lattice node.
    #[arg(
        long,
        value_name = "URL",
        env = "LATTICE_CHAIN",
        default_value = "ws://127.0.0.1:9944"
    )]
    pub chain: String,
}

impl ChainArgs {
    /// Connects, or says which node did not answer.
    pub async fn connect(&self) -> anyhow::Result<Client> {
        Client::connect(&self.chain)
            .await
            .context("cannot reach the chain (choose a node with --chain or LATTICE_CHAIN)")
    }
}

/// Who signs.
#[derive(Clone, Debug, Args)]
#[group(multiple = false)]
pub struct SignerArgs {
    /// File with the secret: a phrase or 0x seed as text, or the JSON that `subkey generate` prints.
    #[arg(long, value_name = "FILE", env = "LATTICE_KEY_FILE")]
    pub key_file: Option<PathBuf>,
    /// A well-known account of development chains, such as //Alice. Everybody knows its secret.
    #[arg(long, value_name = "SEED")]
    pub dev_seed: Option<String>,
}

impl SignerArgs {
    /// Loads the key pair.
    pub fn signer(&self) -> anyhow::Result<Signer> {
        match (&self.dev_seed, &self.key_file) {
            (Some(seed), _) => Ok(Signer::from_dev_seed(seed)?),
            (None, Some(path)) => Ok(Signer::from_key_file(path)?),
            (None, None) => Err(Failure::NoSigner.into()),
        }
    }
}

/// 32 bytes, as `0x` and 64 digits. Whether the number is below the field's order is judged by what
/// takes it.
pub fn parse_field(text: &str) -> Result<FieldBytes, String> {
    let mut bytes = [0; 32];
    let digits = text
        .strip_prefix("0x")
        .ok_or_else(|| format!("{text} does not begin with 0x"))?;
    hex::decode_to_slice(digits, &mut bytes)
        .map_err(|error| format!("{text} is not 0x and 64 hexadecimal digits: {error}"))?;
    Ok(bytes)
}

/// A registration, by index or by the hash of its content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ModelRef {
    Index(ModelIndex),
    Hash(H256),
}

impl FromStr for ModelRef {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.strip_prefix("0x") {
            Some(digits) => {
                let mut bytes = [0; 32];
                hex::decode_to_slice(digits, &mut bytes).map_err(|e| {
                    format!("a model hash is 0x and 64 hexadecimal digits: {e}")
                })?;
                Ok(ModelRef::Hash(H256(bytes)))
            }
            None => text
                .parse()
                .map(ModelRef::Index)
                .map_err(|_| "expected a registration's index (as in `lattice model list`) or its 0x model hash".into()),
        }
    }
}

impl std::fmt::Display for ModelRef {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            ModelRef::Index(index) => write!(f, "{index}"),
            ModelRef::Hash(hash) => write!(f, "{hash:?}"),
        }
    }
}

impl ModelRef {
    /// Finds the registration. A hash names content that several accounts may have registered; the
    /// oldest registration that is active and has a key is taken, else the oldest of all.
    pub async fn find(&self, client: &Client) -> anyhow::Result<Model> {
        let found = match self {
            ModelRef::Index(index) => client.best().model(*index).await?,
            ModelRef::Hash(hash) => {
                let mut same: Vec<Model> = client
                    .best()
                    .all_models()
                    .await?
                    .into_iter()
                    .filter(|m| m.model_hash.0 == hash.0)
                    .collect();
                same.sort_by_key(|m| {
                    let usable =
                        m.state == lattice_chain_client::ModelState::Active && m.key.is_some();
                    (!usable, m.index)
                });
                same.into_iter().next()
            }
        };
        found.ok_or_else(|| {
            Failure::NotFound {
                what: format!("model {self}"),
                hint: "see `lattice model list`",
            }
            .into()
        })
    }
}

#[cfg(test)]
mod tests;
