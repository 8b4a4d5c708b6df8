//! `lattice subscribe` and `lattice subscription …`, and what `lattice infer --subscription` needs.
//!
//! * [`subscribe`]: paying periods of a plan in advance;
//! * [`show`]: what the chain says of subscriptions;
//! * [`end`]: ending one.

mod end;
mod show;
pub mod subscribe;

use super::provider::Signed;
use crate::failure::Failure;
use crate::output::Output;
use clap::{Args, Subcommand};
use lattice_chain_client::{Balance, Call, Subscription, SubscriptionId, View};

const ABSENCE_HELP: &str = "\
The chain notes it if the provider could not be given a request now: it is paused, silent, without an
offer or short of stake. A failure in a period means that the provider has nothing for requests that
you did not make in it. Requests that fail are noted without this.";

/// Look at subscriptions, and end them. `lattice subscribe` makes one.
#[derive(Debug, Subcommand)]
pub enum SubscriptionCommand {
    /// Show a subscription.
    Show(show::Show),
    /// List the open subscriptions of an account.
    List(show::List),
    /// End a subscription, as its subscriber; what is left for blocks to come is refunded.
    Cancel(end::Cancel),
    /// End a subscription, as its provider; all that was not used is refunded to the subscriber.
    Terminate(end::Terminate),
    /// Have it noted that the provider cannot be given a request now.
    ReportAbsence(ReportAbsence),
}

/// Have it noted that the provider cannot be given a request now.
#[derive(Debug, Args)]
#[command(after_help = ABSENCE_HELP)]
pub struct ReportAbsence {
    /// Number of the subscription.
    #[arg(value_name = "SUBSCRIPTION")]
    pub subscription: SubscriptionId,
    #[command(flatten)]
    pub signed: Signed,
}

impl SubscriptionCommand {
    pub async fn run(self, output: &Output) -> anyhow::Result<()> {
        match self {
            SubscriptionCommand::Show(command) => command.run(output).await,
            SubscriptionCommand::List(command) => command.run(output).await,
            SubscriptionCommand::Cancel(command) => command.run(output).await,
            SubscriptionCommand::Terminate(command) => command.run(output).await,
            SubscriptionCommand::ReportAbsence(ReportAbsence {
                subscription,
                signed,
            }) => {
                let call = Call::ReportAbsence { subscription };
                signed.submit(output, &call).await
            }
        }
    }
}

/// An open subscription, or an error that says that there is none.
pub async fn find(view: &View, subscription: SubscriptionId) -> anyhow::Result<Subscription> {
    view.subscription(subscription).await?.ok_or_else(|| {
        Failure::NotFound {
            what: format!("subscription {subscription}"),
            hint: "it was never made, or it has ended; see `lattice subscription list`",
        }
        .into()
    })
}

/// What one request costs in all, in planck. What cannot be counted is more than anybody has.
pub fn unit_price(subscription: &Subscription) -> Balance {
    subscription.price.total().unwrap_or(Balance::MAX)
}
