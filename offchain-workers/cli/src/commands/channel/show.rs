//! `lattice channel show` and `lattice channel list`

use super::super::provider::Signed;
use super::{find, unit_price};
use crate::args::ChainArgs;
use crate::output::{fields, table, Output};
use clap::Args;
use lattice_chain_client::{
    format_balance, AccountId, BlockNumber, Channel, ChannelId, ModelIndex,
};
use serde::Serialize;

/// Show a channel.
#[derive(Debug, Args)]
pub struct Show {
    /// Number of the channel.
    #[arg(value_name = "CHANNEL")]
    pub channel: ChannelId,
    #[command(flatten)]
    pub chain: ChainArgs,
}

/// List the open channels of an account.
#[derive(Debug, Args)]
pub struct List {
    /// The account, as payer or provider [default: that of --key-file or --dev-seed].
    #[arg(value_name = "ACCOUNT")]
    pub account: Option<AccountId>,
    #[command(flatten)]
    pub signed: Signed,
}

/// All amounts in planck.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Shown {
    channel: String,
    payer: String,
    provider: String,
    model: ModelIndex,
    model_hash: String,
    vk_id: String,
    unit_price: String,
    deposit: String,
    redeemed: String,
    /// On hold still.
    left: String,
    opened_at: BlockNumber,
    /// First block in which the payer may withdraw.
    closing: Option<BlockNumber>,
}

#[derive(Serialize)]
struct Listed {
    account: String,
    channels: Vec<Shown>,
}

impl Shown {
    fn of(channel: &Channel) -> Self {
        Self {
            channel: channel.channel.to_string(),
            payer: channel.payer.to_string(),
            provider: channel.provider.to_string(),
            model: channel.model,
            model_hash: format!("{:?}", channel.model_hash),
            vk_id: format!("{:?}", channel.vk_id),
            unit_price: unit_price(channel).to_string(),
            deposit: channel.deposit.to_string(),
            redeemed: channel.redeemed.to_string(),
            left: left(channel).to_string(),
            opened_at: channel.opened_at,
            closing: channel.closing,
        }
    }
}

fn left(channel: &Channel) -> u128 {
    channel.deposit.saturating_sub(channel.redeemed)
}

impl Show {
    pub async fn run(self, output: &Output) -> anyhow::Result<()> {
        let client = self.chain.connect().await?;
        let channel = find(&client.best(), self.channel).await?;
        output.show(&Shown::of(&channel), || describe(&channel))
    }
}

impl List {
    pub async fn run(self, output: &Output) -> anyhow::Result<()> {
        let account = match self.account {
            Some(account) => account,
            None => self.signed.signer.signer()?.account(),
        };
        let client = self.signed.chain.connect().await?;
        let channels = client.best().all_channels_of(&account).await?;
        let listed = Listed {
            account: account.to_string(),
            channels: channels.iter().map(Shown::of).collect(),
        };
        output.show(&listed, || list(&account, &channels))
    }
}

fn state(channel: &Channel) -> String {
    match channel.closing {
        None => "open".into(),
        Some(block) => format!("closing; the payer may withdraw from block {block} on"),
    }
}

fn describe(channel: &Channel) -> String {
    let price = &channel.price;
    fields(&[
        ("channel", channel.channel.to_string()),
        ("state", state(channel)),
        ("payer", channel.payer.to_string()),
        ("provider", channel.provider.to_string()),
        (
            "model",
            format!("{} {:?}", channel.model, channel.model_hash),
        ),
        ("key", format!("{:?}", channel.vk_id)),
        (
            "one inference",
            format!(
                "{} = {} compute + {} royalty + {} fee",
                format_balance(unit_price(channel)),
                format_balance(price.compute),
                format_balance(price.royalty),
                format_balance(price.fee)
            ),
        ),
        ("deposit", format_balance(channel.deposit)),
        ("redeemed", format_balance(channel.redeemed)),
        ("left", format_balance(left(channel))),
        ("opened", format!("block {}", channel.opened_at)),
    ])
}

fn list(account: &AccountId, channels: &[Channel]) -> String {
    if channels.is_empty() {
        return format!("{account} has no open channels; see `lattice channel open`");
    }
    let header = ["channel", "as", "with", "model", "price", "left", "state"];
    let rows: Vec<Vec<String>> = channels
        .iter()
        .map(|channel| {
            let (role, other) = match channel.payer == *account {
                true => ("payer", channel.provider),
                false => ("provider", channel.payer),
            };
            vec![
                channel.channel.to_string(),
                role.to_string(),
                other.to_string(),
                channel.model.to_string(),
                format_balance(unit_price(channel)),
                format_balance(left(channel)),
                state(channel),
            ]
        })
        .collect();
    table(&header, &rows)
}
