//! `lattice channel open`

use super::super::provider::Signed;
use super::super::quote;
use crate::args::ModelRef;
use crate::failure::Failure;
use crate::output::{fields, Output};
use crate::progress;
use anyhow::Context;
use clap::Args;
use lattice_chain_client::{
    format_balance, parse_balance, AccountId, Balance, BlockNumber, Event, ModelIndex, Preference,
    Selection, Verification, View,
};
use serde::Serialize;

/// A deadline that serves to ask what a provider charges, in blocks.
const ANY_DEADLINE: BlockNumber = 20;

const AFTER_HELP: &str = "\
The deposit goes on hold, and the price of one inference stays what it is now for this channel.
`lattice infer --channel` pays from it, one inference at a time; the provider collects on the chain
when it likes. What is left comes back with `lattice channel close`: an hour after it when the payer
closes, at once when the provider does. The command ends when the opening is final, since until then
the channel's number is not certain.

Example:
  lattice channel open --model 0 --provider 5FHn… --deposit 20 --key-file key
  lattice infer --channel 0 --input test_images.npy --row 3 --key-file key";

/// Open a channel.
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub struct Open {
    /// Index of the registration, or 0x model hash.
    #[arg(long, value_name = "ID")]
    pub model: ModelRef,
    /// Account of the provider.
    #[arg(long, value_name = "ACCOUNT")]
    pub provider: AccountId,
    /// Amount to put on hold, in LAT.
    #[arg(long, value_name = "AMOUNT", value_parser = parse_balance)]
    pub deposit: Balance,
    /// Most that one inference may cost in all, in LAT [default: what the chain quotes now].
    #[arg(long, value_name = "AMOUNT", value_parser = parse_balance)]
    pub max_unit_price: Option<Balance>,
    #[command(flatten)]
    pub signed: Signed,
}

/// Amounts in planck.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Opened {
    channel: String,
    payer: String,
    provider: String,
    model: ModelIndex,
    unit_price: String,
    deposit: String,
    /// Inferences that the deposit pays for.
    inferences: String,
    block: BlockNumber,
    fee: Option<String>,
}

impl Open {
    pub async fn run(self, output: &Output) -> anyhow::Result<()> {
        let signer = self.signed.signer.signer()?;
        let client = self.signed.chain.connect().await?;
        let model = self.model.find(&client).await?.index;
        let max_unit_price = match self.max_unit_price {
            Some(price) => price,
            None => price_now(&client.best(), model, self.provider).await?,
        };
        let call = lattice_chain_client::Call::OpenChannel {
            model,
            provider: self.provider,
            deposit: self.deposit,
            max_unit_price,
        };
        let spinner = progress::spinner("waiting until the channel is final");
        let included = client.submit_and_finalize(&signer, &call).await?;
        spinner.finish_and_clear();
        let (channel, price) = included
            .events
            .iter()
            .find_map(|event| match event {
                Event::ChannelOpened { channel, price, .. } => Some((*channel, *price)),
                _ => None,
            })
            .context("the extrinsic succeeded, but the chain reports no channel")?;
        let unit_price = price.total().unwrap_or(Balance::MAX);
        let inferences = self.deposit.checked_div(unit_price).unwrap_or(0);
        let opened = Opened {
            channel: channel.to_string(),
            payer: signer.account().to_string(),
            provider: self.provider.to_string(),
            model,
            unit_price: unit_price.to_string(),
            deposit: self.deposit.to_string(),
            inferences: inferences.to_string(),
            block: included.block.number,
            fee: included.fee().map(|fee| fee.to_string()),
        };
        output.show(&opened, || {
            fields(&[
                ("channel", opened.channel.clone()),
                ("provider", opened.provider.clone()),
                ("one inference", format_balance(unit_price)),
                (
                    "deposit",
                    format!("{}, good for {inferences}", format_balance(self.deposit)),
                ),
                ("block", opened.block.to_string()),
                (
                    "then",
                    format!("lattice infer --channel {channel} --input FILE"),
                ),
            ])
        })
    }
}

/// What an inference by this provider costs now, in all.
async fn price_now(view: &View, model: ModelIndex, account: AccountId) -> anyhow::Result<Balance> {
    let provider = view.provider(&account).await?;
    let provider = provider.ok_or_else(|| Failure::NotFound {
        what: format!("provider {account}"),
        hint: "`lattice quote` lists those of a model",
    })?;
    let offer = provider.offers.iter().find(|(of, _)| *of == model);
    let (_, offer) = offer.ok_or_else(|| {
        Failure::Refused(format!("provider {account} has no offer for model {model}"))
    })?;
    let selection = Selection {
        preference: Preference::Only(account),
        excluded: Default::default(),
    };
    let deadline = offer.min_deadline.max(ANY_DEADLINE);
    let quote = quote::ask(view, model, deadline, Verification::Proven, &selection)
        .await
        .context("no price to go by; say --max-unit-price")?;
    Ok(quote.total)
}
