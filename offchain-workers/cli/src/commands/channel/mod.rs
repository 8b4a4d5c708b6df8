//! `lattice channel …`, and what `lattice infer --channel` is made of.
//!
//! * [`open`]: opening one;
//! * [`show`]: what the chain says of them;
//! * [`infer`]: an inference in one, from voucher to verified result;
//! * [`state`]: what this client signed and verified, on disk;
//! * [`gateway`]: the provider's gateway, over HTTP;
//! * [`answer`]: whether an answer is proven.

mod answer;
mod gateway;
pub mod infer;
mod open;
mod show;
mod state;

pub use state::default_folder;

use super::provider::Signed;
use crate::failure::Failure;
use crate::output::Output;
use clap::{Args, Subcommand};
use lattice_chain_client::{parse_balance, Balance, Call, Channel, ChannelId, View};

/// Pay one provider for many inferences: open, fund, close and look at payment channels.
#[derive(Debug, Subcommand)]
pub enum ChannelCommand {
    /// Open a channel: put a deposit on hold for inferences of one model by one provider.
    Open(open::Open),
    /// Add to the deposit of a channel.
    TopUp(TopUp),
    /// Close a channel: as its payer after a grace period, as its provider at once.
    Close(OfChannel),
    /// Take back what is left in a channel whose grace period is over.
    Withdraw(OfChannel),
    /// Show a channel.
    Show(show::Show),
    /// List the open channels of an account.
    List(show::List),
}

/// Add to the deposit of a channel.
#[derive(Debug, Args)]
pub struct TopUp {
    /// Number of the channel.
    #[arg(value_name = "CHANNEL")]
    pub channel: ChannelId,
    /// Amount, in LAT.
    #[arg(value_name = "AMOUNT", value_parser = parse_balance)]
    pub amount: Balance,
    #[command(flatten)]
    pub signed: Signed,
}

/// A channel that is to end.
#[derive(Debug, Args)]
pub struct OfChannel {
    /// Number of the channel.
    #[arg(value_name = "CHANNEL")]
    pub channel: ChannelId,
    #[command(flatten)]
    pub signed: Signed,
}

impl ChannelCommand {
    pub async fn run(self, output: &Output) -> anyhow::Result<()> {
        match self {
            ChannelCommand::Open(command) => command.run(output).await,
            ChannelCommand::TopUp(TopUp {
                channel,
                amount,
                signed,
            }) => {
                let call = Call::TopUpChannel { channel, amount };
                signed.submit(output, &call).await
            }
            ChannelCommand::Close(OfChannel { channel, signed }) => {
                signed.submit(output, &Call::CloseChannel { channel }).await
            }
            ChannelCommand::Withdraw(OfChannel { channel, signed }) => {
                let call = Call::WithdrawChannel { channel };
                signed.submit(output, &call).await
            }
            ChannelCommand::Show(command) => command.run(output).await,
            ChannelCommand::List(command) => command.run(output).await,
        }
    }
}

/// An open channel, or an error that says that there is none.
async fn find(view: &View, channel: ChannelId) -> anyhow::Result<Channel> {
    view.channel(channel).await?.ok_or_else(|| {
        Failure::NotFound {
            what: format!("channel {channel}"),
            hint: "it was never opened, or it is closed; see `lattice channel list`",
        }
        .into()
    })
}

/// What one inference costs in all, in planck. What cannot be counted is more than any deposit.
fn unit_price(channel: &Channel) -> Balance {
    channel.price.total().unwrap_or(Balance::MAX)
}
