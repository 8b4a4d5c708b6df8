//! `lattice infer`

mod direct;
mod terms;
mod wait;

use super::channel::infer::{self as through, ChannelArgs};
use super::private::{self, PrivateArgs};
use super::provider::Signed;
use super::quote::SelectionArgs;
use super::tier::{Evidence, TierArgs};
use super::{record, subscription};
use crate::args::{ChainArgs, ModelRef, SignerArgs};
use crate::failure::Failure;
use crate::input::InputArgs;
use crate::output::{fields, Output};
use crate::progress;
use anyhow::{ensure, Context};
use clap::{ArgGroup, Args};
use lattice_chain_client::{
    format_balance, parse_balance, AccountId, Balance, BlockNumber, Call, Ending, Model, RequestId,
    RequestOptions, SubscriptionId,
};
use lattice_importer::argmax;
use lattice_tensor::Manifest;
use serde::Serialize;

const AFTER_HELP: &str = "\
The price goes into escrow. It is paid when the chain has verified the provider's proof, and comes
back when the deadline passes or the proof is rejected. With --attempts 3 up to three providers
try, one after the other, each within the deadline; then all of --max-price is in escrow, and what
the bill leaves of it comes back. That goes for proven and optimistic requests. With --wait the command ends when the request has ended, with
status 4 unless it settled.

With --verification replicated several providers run the model, drawn by the chain, and enough equal
results settle; all of --max-price is in escrow, and a higher one lets dearer providers be drawn, too.
With --verification optimistic one provider's result stands unless it is challenged in --window
blocks. Neither needs a proof, and neither can be taken back.

With --subscription the request is paid by what you have paid in advance (`lattice subscribe`), and
served by that subscription's provider at its price.

With --channel the inference is paid through a payment channel instead, without a request on the
chain: the provider's gateway answers over HTTP, and the command verifies the proof before it would
ever sign for another one. Run it again if the answer was lost: that costs nothing. A result that is
false ends with status 4, and nothing more is signed in that channel.

With --private only the input's commitment is on the chain, and with --private-output the output's; the
provider gets the input over an encrypted connection. What must not be lost is in the --state folder
before the request is sent; `lattice private resume` goes on after a crash.

Examples:
  lattice infer --model 0 --input test_images.npy --row 3 --wait --dev-seed //Alice
  lattice infer --model 0 --input x.npy --verification optimistic --window 100 --bond 50 --wait …
  lattice infer --model 0 --input x.npy --verification optimistic --attempts 2 --wait …
  lattice infer --model 0 --input x.npy --verification replicated --replicas 5 --quorum 3 --wait …
  lattice infer --model 0 --input x.npy --private --private-output --key-file key
  lattice infer --subscription 2 --input test_images.npy --row 3 --wait --key-file key
  lattice infer --channel 7 --input test_images.npy --row 3 --key-file key";

/// Request an inference, settled on a proof or on other evidence.
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
#[command(group(ArgGroup::new("kept").args(["channel", "private"]).multiple(true)))]
pub struct Infer {
    /// Index of the registration, or 0x model hash.
    #[arg(long, value_name = "ID", required_unless_present_any = ["channel", "subscription"])]
    pub model: Option<ModelRef>,
    #[command(flatten)]
    pub input: InputArgs,
    #[command(flatten)]
    pub through: ChannelArgs,
    #[command(flatten)]
    pub private: PrivateArgs,
    /// Pay with this subscription, which says the model and the provider.
    #[arg(
        long,
        value_name = "SUBSCRIPTION",
        conflicts_with_all = ["channel", "attempts", "provider", "prefer", "exclude"]
    )]
    pub subscription: Option<SubscriptionId>,
    /// Most to pay in all, in LAT [default: what the chain quotes now; with several attempts, what
    /// the dearest eligible provider asks; with a subscription, its price].
    #[arg(long, value_name = "AMOUNT", value_parser = parse_balance)]
    pub max_price: Option<Balance>,
    /// Blocks within which the result must be there, for every attempt.
    #[arg(long, value_name = "BLOCKS", default_value_t = 20)]
    pub deadline: BlockNumber,
    /// Providers that may try, one after the other; more than one for proven and optimistic requests.
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
    /// `null` until the chain has drawn replicas.
    provider: Option<String>,
    /// What it costs, in planck.
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
        if self.private.private {
            return private::ask(&self, output).await;
        }
        let signer = self.signer.signer()?;
        let client = self.chain.connect().await?;
        let view = client.best();
        let subscription = match self.subscription {
            Some(number) => Some(subscription::find(&view, number).await?),
            None => None,
        };
        let of_subscription = subscription.as_ref().map(|it| ModelRef::Index(it.model));
        let model = self.model.or(of_subscription).context(
            "name a model with --model, a channel with --channel, or a subscription with \
             --subscription",
        )?;
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
            ensure!(
                subscription.is_none(),
                "a subscription pays for requests that are settled on a proof"
            );
            let model = (&model, &manifest);
            return direct::ask(&self, &client, &signer, model, input, output).await;
        }
        let verification = self.tier.verification();
        let requester = signer.account();
        let terms = self
            .terms(&view, model.index, requester, subscription.as_ref())
            .await?;
        let call = Call::RequestInference {
            model: model.index,
            input,
            max_price: self.max_price.unwrap_or(terms.max_price),
            deadline: self.deadline,
            verification,
            options: Box::new(RequestOptions {
                selection: terms.selection,
                attempts: self.attempts,
                accept_within: self.accept_within,
                subscription: self.subscription,
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
            provider: terms.provider.as_ref().map(AccountId::to_string),
            price: terms.total.to_string(),
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
                    (
                        "provider",
                        match &requested.provider {
                            Some(provider) => provider.clone(),
                            None => "drawn by the chain in the next block".into(),
                        },
                    ),
                    ("price", format_balance(terms.total)),
                    ("due", format!("block {}", requested.due)),
                    ("then", format!("lattice record {request}")),
                ])
            });
        }
        spinner.set_message(format!("request {request}: waiting for the result"));
        let awaited = wait::Awaited {
            request,
            requester,
            model: model.index,
            verification,
            due: requested.due,
        };
        let record = wait::wait(&client, &awaited, &spinner).await?;
        spinner.finish_and_clear();
        let settled = record.ending == Ending::Settled;
        requested.provider = Some(record.provider.to_string());
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
                record::ending(&record)
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
            .saturating_add(self.tier.afterwards())
            .saturating_mul(self.attempts)
            .saturating_add(pauses)
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
