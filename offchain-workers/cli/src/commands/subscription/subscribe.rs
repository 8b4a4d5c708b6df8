//! `lattice subscribe`

use crate::commands::provider::Signed;
use crate::failure::Failure;
use crate::output::{fields, Output};
use crate::progress;
use anyhow::{ensure, Context};
use clap::Args;
use lattice_chain_client::{
    format_balance, parse_balance, Balance, BlockNumber, Call, Event, ModelIndex, Plan, PlanId,
    SubscriptionId, View,
};
use serde::Serialize;

const AFTER_HELP: &str = "\
The price of all requests of all periods goes on hold, and stays what it is now. `lattice infer
--subscription` takes from it, one request at a time, and the plan's provider serves them. Quotas are
not carried over: at the end of a period the provider is paid for requests that you did not make, if
it could have served them and failed none; royalty and fee of these come back to you. The command
ends when the subscription is final, since until then its number is not certain.

Example (`lattice provider status ACCOUNT` lists plans):
  lattice subscribe --plan 0 --periods 4 --key-file key
  lattice infer --subscription 0 --input test_images.npy --row 3 --wait --key-file key";

/// Pay some periods of a provider's plan in advance.
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub struct Subscribe {
    /// Number of the plan, as `lattice provider status` lists them.
    #[arg(long, value_name = "PLAN")]
    pub plan: PlanId,
    /// Periods to pay, the first of which begins at once.
    #[arg(long, value_name = "N")]
    pub periods: u32,
    /// Most to put on hold, in LAT [default: what the plan says now].
    #[arg(long, value_name = "AMOUNT", value_parser = parse_balance)]
    pub max_total: Option<Balance>,
    #[command(flatten)]
    pub signed: Signed,
}

/// Amounts in planck.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Subscribed {
    subscription: String,
    subscriber: String,
    provider: String,
    model: ModelIndex,
    /// Of one request, in all.
    unit_price: String,
    quota: u32,
    period: BlockNumber,
    periods: u32,
    prepaid: String,
    block: BlockNumber,
    /// The block in which the last period is over.
    until: BlockNumber,
    fee: Option<String>,
}

impl Subscribe {
    pub async fn run(self, output: &Output) -> anyhow::Result<()> {
        let signer = self.signed.signer.signer()?;
        let client = self.signed.chain.connect().await?;
        let plan = find(&client.best(), self.plan).await?;
        let total = total(&plan, self.periods).ok_or_else(|| {
            let reason = "nobody can subscribe to it now; its provider may be paused or without \
                          an offer, or the model deprecated";
            Failure::Refused(format!("plan {}: {reason}", self.plan))
        })?;
        let max_total = self.max_total.unwrap_or(total);
        ensure!(
            max_total >= total,
            "--max-total {} is below the price of {}",
            format_balance(max_total),
            format_balance(total)
        );
        let call = Call::Subscribe {
            plan: self.plan,
            periods: self.periods,
            max_total,
        };
        let spinner = progress::spinner("waiting until the subscription is final");
        let included = client.submit_and_finalize(&signer, &call).await?;
        spinner.finish_and_clear();
        let (subscription, price, prepaid) = included
            .events
            .iter()
            .find_map(made)
            .context("the extrinsic succeeded, but the chain reports no subscription")?;
        let whole = plan.period.saturating_mul(self.periods);
        let subscribed = Subscribed {
            subscription: subscription.to_string(),
            subscriber: signer.account().to_string(),
            provider: plan.provider.to_string(),
            model: plan.model,
            unit_price: price.to_string(),
            quota: plan.quota,
            period: plan.period,
            periods: self.periods,
            prepaid: prepaid.to_string(),
            block: included.block.number,
            until: included.block.number.saturating_add(whole),
            fee: included.fee().map(|fee| fee.to_string()),
        };
        output.show(&subscribed, || {
            fields(&[
                ("subscription", subscribed.subscription.clone()),
                ("provider", subscribed.provider.clone()),
                ("model", subscribed.model.to_string()),
                ("one request", format_balance(price)),
                (
                    "terms",
                    format!(
                        "{} periods of {} blocks with {} requests each, up to block {}",
                        subscribed.periods, subscribed.period, subscribed.quota, subscribed.until
                    ),
                ),
                ("on hold", format_balance(prepaid)),
                (
                    "then",
                    format!("lattice infer --subscription {subscription} --input FILE"),
                ),
            ])
        })
    }
}

/// A plan, or an error that says that there is none.
async fn find(view: &View, plan: PlanId) -> anyhow::Result<Plan> {
    view.plan(plan).await?.ok_or_else(|| {
        Failure::NotFound {
            what: format!("plan {plan}"),
            hint:
                "it was removed or replaced, or never there; `lattice provider status` lists plans",
        }
        .into()
    })
}

/// What so many periods of a plan cost now, in planck; `None` while nobody can subscribe.
fn total(plan: &Plan, periods: u32) -> Option<Balance> {
    let unit = plan.unit.as_ref()?.total()?;
    unit.checked_mul(plan.quota.into())?
        .checked_mul(periods.into())
}

/// Number, price of one request and sum of a subscription that an event tells of.
fn made(event: &Event) -> Option<(SubscriptionId, Balance, Balance)> {
    match event {
        Event::Subscribed {
            subscription,
            price,
            prepaid,
            ..
        } => Some((
            *subscription,
            price.total().unwrap_or(Balance::MAX),
            *prepaid,
        )),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lattice_chain_client::{AccountId, Price};

    fn plan(unit: Option<Price<Balance>>) -> Plan {
        Plan {
            plan: 4,
            provider: AccountId([2; 32]),
            model: 3,
            period: 28_800,
            quota: 1_000,
            price: 5,
            unit,
        }
    }

    #[test]
    fn the_sum_is_that_of_all_requests_of_all_periods() {
        let unit = Price {
            compute: 4,
            royalty: 2,
            fee: 1,
        };
        assert_eq!(total(&plan(Some(unit)), 3), Some(21_000));
        assert_eq!(total(&plan(None), 3), None);
        let dear = Price {
            compute: Balance::MAX,
            ..Price::default()
        };
        assert_eq!(total(&plan(Some(dear)), 3), None);
    }
}
