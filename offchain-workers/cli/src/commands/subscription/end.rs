//! `lattice subscription cancel` and `lattice subscription terminate`

use crate::commands::provider::Signed;
use crate::output::{fields, Output};
use crate::progress;
use anyhow::bail;
use clap::Args;
use lattice_chain_client::{format_balance, BlockNumber, Call, Event, SubscriptionId};
use serde::Serialize;

const CANCEL_HELP: &str = "\
Periods that have not begun come back whole. Of the running one the unused compute for blocks to come
comes back, and the rest is the provider's, if it has kept its capacity. Requests under way go on.";

const TERMINATE_HELP: &str = "\
All that was not used comes back to the subscriber, the running period included. Requests under way go
on.";

/// End a subscription, as its subscriber; what is left for blocks to come is refunded.
#[derive(Debug, Args)]
#[command(after_help = CANCEL_HELP)]
pub struct Cancel {
    /// Number of the subscription.
    #[arg(value_name = "SUBSCRIPTION")]
    pub subscription: SubscriptionId,
    #[command(flatten)]
    pub signed: Signed,
}

/// End a subscription, as its provider; all that was not used is refunded to the subscriber.
#[derive(Debug, Args)]
#[command(after_help = TERMINATE_HELP)]
pub struct Terminate {
    /// Number of the subscription.
    #[arg(value_name = "SUBSCRIPTION")]
    pub subscription: SubscriptionId,
    #[command(flatten)]
    pub signed: Signed,
}

/// What became of all that was prepaid, in planck.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Ended {
    subscription: String,
    subscriber: String,
    provider: String,
    drawn: String,
    paid: String,
    refunded: String,
    block: BlockNumber,
    fee: Option<String>,
}

impl Cancel {
    pub async fn run(self, output: &Output) -> anyhow::Result<()> {
        let subscription = self.subscription;
        let call = Call::CancelSubscription { subscription };
        end(&self.signed, &call, output).await
    }
}

impl Terminate {
    pub async fn run(self, output: &Output) -> anyhow::Result<()> {
        let subscription = self.subscription;
        let call = Call::TerminateSubscription { subscription };
        end(&self.signed, &call, output).await
    }
}

/// Ends a subscription, and shows what became of its money.
async fn end(signed: &Signed, call: &Call, output: &Output) -> anyhow::Result<()> {
    let signer = signed.signer.signer()?;
    let client = signed.chain.connect().await?;
    let spinner = progress::spinner("waiting for a block");
    let included = client.submit_and_wait(&signer, call).await?;
    spinner.finish_and_clear();
    let ended = included
        .events
        .iter()
        .find(|event| matches!(event, Event::SubscriptionEnded { .. }));
    let Some(Event::SubscriptionEnded {
        subscription,
        subscriber,
        provider,
        drawn,
        paid,
        refunded,
        ..
    }) = ended
    else {
        bail!("the extrinsic succeeded, but the chain reports no end of a subscription");
    };
    let shown = Ended {
        subscription: subscription.to_string(),
        subscriber: subscriber.to_string(),
        provider: provider.to_string(),
        drawn: drawn.to_string(),
        paid: paid.to_string(),
        refunded: refunded.to_string(),
        block: included.block.number,
        fee: included.fee().map(|fee| fee.to_string()),
    };
    output.show(&shown, || {
        fields(&[
            ("subscription", format!("{subscription} has ended")),
            ("for requests", format_balance(*drawn)),
            ("to the provider", format_balance(*paid)),
            ("refunded", format_balance(*refunded)),
            ("block", shown.block.to_string()),
        ])
    })
}
