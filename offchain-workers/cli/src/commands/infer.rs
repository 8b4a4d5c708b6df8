//! `lattice infer`

mod direct;

use super::channel::infer::{self as through, ChannelArgs};
use super::provider::Signed;
use super::quote::{self, SelectionArgs};
use super::record;
use super::tier::{Evidence, TierArgs};
use crate::args::{ChainArgs, ModelRef, SignerArgs};
use crate::failure::Failure;
use crate::input::InputArgs;
use crate::output::{fields, Output};
use crate::progress;
use anyhow::{bail, ensure, Context};
use clap::Args;
use lattice_chain_client::{
    format_balance, parse_balance, Balance, BlockNumber, Call, Client, Ending, Model, Record,
    RequestId, RequestOptions,
};
use lattice_importer::argmax;
use lattice_tensor::Manifest;
use serde::Serialize;

const AFTER_HELP: &str = "\
The price goes into escrow. It is paid when the chain has verified the provider's proof, and comes
back when the deadline passes or the proof is rejected. With --attempts 3 up to three providers
try, one after the other, each within the deadline; then all of --max-price is in escrow, and what
the bill leaves of it comes back. With --wait the command ends when the request has ended, with
status 4 unless it settled.

With --channel the inference is paid through a payment channel instead, without a request on the
chain: the provider's gateway answers over HTTP, and the command verifies the proof before it would
ever sign for another one. Run it again if the answer was lost: that costs nothing. A result that is
false ends with status 4, and nothing more is signed in that channel.

Examples:
  lattice infer --model 0 --input test_images.npy --row 3 --wait --dev-seed //Alice
  lattice infer --channel 7 --input test_images.npy --row 3 --key-file key";

/// Request a proven inference.
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub struct Infer {
    /// Index of the registration, or 0x model hash.
    #[arg(long, value_name = "ID", required_unless_present = "channel")]
    pub model: Option<ModelRef>,
    #[command(flatten)]
    pub input: InputArgs,
    #[command(flatten)]
    pub through: ChannelArgs,
    /// Most to pay in all, in LAT [default: what the chain quotes now; with several attempts, what
    /// the dearest eligible provider asks].
    #[arg(long, value_name = "AMOUNT", value_parser = parse_balance)]
    pub max_price: Option<Balance>,
    /// Blocks within which the result must be there, for every attempt.
    #[arg(long, value_name = "BLOCKS", default_value_t = 20)]
    pub deadline: BlockNumber,
    /// Providers that may try, one after the other.
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub attempts: u32,
    /// Blocks within which a provider must accept [default: it need not].
    #[arg(long, value_name = "BLOCKS")]
    pub accept_within: Option<BlockNumber>,
    #[command(flatten)]
    pub selection: SelectionArgs,
    #[command(flatten)]
    pub tier: TierArgs,
    /// Wait until the request has ended and show its result.
    #[arg(long)]
    pub wait: bool,
    #[command(flatten)]
    pub chain: ChainArgs,
    #[command(flatten)]
    pub signer: SignerArgs,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Requested {
    request: String,
    model: u32,
    block: BlockNumber,
    /// Last block in which a result settles, whoever's it is.
    due: BlockNumber,
    provider: String,
    /// Price in escrow, in planck.
    price: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    settled: Option<bool>,
    /// Class with the largest logit.
    #[serde(skip_serializing_if = "Option::is_none")]
    class: Option<usize>,
    /// Logits in real units.
    #[serde(skip_serializing_if = "Option::is_none")]
    logits: Option<Vec<f64>>,
    /// The execution record, as the node's RPC gives it.
    #[serde(skip_serializing_if = "Option::is_none")]
    record: Option<serde_json::Value>,
}

impl Infer {
    pub async fn run(self, output: &Output) -> anyhow::Result<()> {
        if let Some(channel) = self.through.channel {
            return through::ask(&self, channel, output).await;
        }
        let signer = self.signer.signer()?;
        let model = self
            .model
            .context("name a model with --model, or a channel with --channel")?;
        let client = self.chain.connect().await?;
        let model = model.find(&client).await?;
        let manifest = manifest(&model)?;
        let input = self
            .input
            .load(&manifest.input)?
            .into_iter()
            .map(i8::try_from)
            .collect::<Result<Vec<i8>, _>>()
            .context("an input element does not fit i8")?;
        if self.tier.verification == Evidence::Direct {
            let model = (&model, &manifest);
            return direct::ask(&self, &client, &signer, model, input, output).await;
        }
        let verification = self.tier.verification();
        let selection = self.selection.selection()?;
        let view = client.best();
        let quote = quote::ask(&view, model.index, self.deadline, verification, &selection).await?;
        let max_price = self.max_price.unwrap_or(match self.attempts {
            1 => quote.total,
            _ => quote.upper_bound,
        });
        ensure!(
            max_price >= quote.total,
            "--max-price {} is below the quote: {} to provider {}",
            format_balance(max_price),
            format_balance(quote.total),
            quote.provider
        );
        let call = Call::RequestInference {
            model: model.index,
            input,
            max_price,
            deadline: self.deadline,
            verification,
            options: Box::new(RequestOptions {
                selection,
                attempts: self.attempts,
                accept_within: self.accept_within,
                subscription: None,
            }),
        };
        let spinner = progress::spinner("sending the request");
        let included = client.submit_and_wait(&signer, &call).await?;
        let request = included
            .request()
            .context("the extrinsic succeeded, but the chain reports no request")?;
        let mut requested = Requested {
            request: request.to_string(),
            model: model.index,
            block: included.block.number,
            due: included.block.number.saturating_add(self.longest()),
            provider: quote.provider.to_string(),
            price: quote.total.to_string(),
            settled: None,
            class: None,
            logits: None,
            record: None,
        };
        if !self.wait {
            spinner.finish_and_clear();
            return output.show(&requested, || {
                fields(&[
                    ("request", requested.request.clone()),
                    ("provider", requested.provider.clone()),
                    ("price", format_balance(quote.total)),
                    ("due", format!("block {}", requested.due)),
                    ("then", format!("lattice record {request}")),
                ])
            });
        }
        spinner.set_message(format!("request {request}: waiting for the proof"));
        let record = wait(&client, request, requested.due).await?;
        spinner.finish_and_clear();
        let settled = record.ending == Ending::Settled;
        requested.provider = record.provider.to_string();
        let price = &record.price;
        requested.price = (price.compute + price.royalty + price.fee).to_string();
        requested.settled = Some(settled);
        if !record.output.is_empty() {
            let step = manifest.output_scale.to_f64();
            requested.class = Some(argmax(&record.output));
            requested.logits = Some(record.output.iter().map(|&y| f64::from(y) * step).collect());
        }
        if !settled {
            return Err(Failure::Evidence(format!(
                "request {request} {}",
                record::ending(record.ending)
            ))
            .into());
        }
        if output.is_json() {
            requested.record = Some(record::as_json(&client, request).await?);
        }
        output.show(&requested, || record::describe(&record))
    }
}

impl Infer {
    /// Blocks that all attempts may take, each of which begins in the block after a failure is seen.
    fn longest(&self) -> BlockNumber {
        let pauses = self.attempts.saturating_sub(1).saturating_mul(2);
        self.deadline
            .saturating_mul(self.attempts)
            .saturating_add(pauses)
            .saturating_add(self.tier.afterwards())
    }
}

/// Take back a request that no provider is bound to: one that waits for its next provider, or whose
/// provider has not accepted in time.
#[derive(Debug, Args)]
pub struct Cancel {
    /// Number of the request.
    #[arg(value_name = "REQUEST")]
    pub request: RequestId,
    #[command(flatten)]
    pub signed: Signed,
}

impl Cancel {
    pub async fn run(self, output: &Output) -> anyhow::Result<()> {
        let request = self.request;
        self.signed.submit(output, &Call::Cancel { request }).await
    }
}

/// The manifest of a registration, checked against its hash: a node that answers with another
/// one is found out here.
pub fn manifest(model: &Model) -> anyhow::Result<Manifest> {
    let manifest = Manifest::decode_strict(&model.manifest)
        .with_context(|| format!("the chain's manifest of model {} is damaged", model.index))?;
    ensure!(
        manifest.id().0 == model.model_hash.0,
        "the node's manifest of model {} hashes to {}, not to {:?}",
        model.index,
        manifest.id(),
        model.model_hash
    );
    Ok(manifest)
}

/// Waits until a request has ended.
async fn wait(client: &Client, request: RequestId, due: BlockNumber) -> anyhow::Result<Record> {
    // Deadline work may lag in a full block; after this many more, something is wrong.
    const GRACE: BlockNumber = 50;
    let mut blocks = client.best_blocks();
    while let Some(block) = blocks.next().await {
        let block = match block {
            Ok(block) => block,
            Err(error) if error.is_fatal() => return Err(error.into()),
            // The stream reconnects by itself.
            Err(_) => continue,
        };
        if let Some(record) = client.at(block.hash).record(request).await? {
            return Ok(record);
        }
        if block.number > due.saturating_add(GRACE) {
            bail!(
                "request {request} was due in block {due} and has not ended in block {}; see \
                 `lattice record {request}` later",
                block.number
            );
        }
    }
    bail!("the node ended the subscription to blocks")
}
