//! `lattice provider plan` and `lattice provider plan-remove`

use super::Signed;
use crate::args::ModelRef;
use crate::output::{fields, table, Output};
use crate::progress;
use anyhow::Context;
use clap::Args;
use lattice_chain_client::{
    format_balance, parse_balance, Balance, BlockNumber, Call, Event, ModelIndex, Plan, PlanId,
};
use serde::Serialize;

const SET_HELP: &str = "\
Whoever subscribes pays periods in advance and may make so many requests in each, at a price that
stays. It needs an offer for the model. A plan of the same model and period is replaced, under a new
number; subscriptions that exist keep their terms. Of requests that a subscriber does not make, the
price is yours at the end of a period, if you could have served them and failed none in it.

Example (28,800 blocks are a day):
  lattice provider plan --model 0 --period 28800 --quota 1000 --price 40 --dev-seed //Bob
  lattice provider plan-remove 0 --dev-seed //Bob";

/// Publish a plan for requests that are paid in advance.
#[derive(Debug, Args)]
#[command(after_help = SET_HELP)]
pub struct Set {
    /// Index of the registration, or 0x model hash.
    #[arg(long, value_name = "ID")]
    pub model: ModelRef,
    /// Blocks of a period.
    #[arg(long, value_name = "BLOCKS")]
    pub period: BlockNumber,
    /// Requests of a period.
    #[arg(long, value_name = "N")]
    pub quota: u32,
    /// Price of a period, in LAT; royalty and fee come on top, for each request.
    #[arg(long, value_name = "AMOUNT", value_parser = parse_balance)]
    pub price: Balance,
    #[command(flatten)]
    pub signed: Signed,
}

/// Take a plan back; subscriptions to it go on.
#[derive(Debug, Args)]
pub struct Remove {
    /// Number of the plan.
    #[arg(value_name = "PLAN")]
    pub plan: PlanId,
    #[command(flatten)]
    pub signed: Signed,
}

/// Amounts in planck.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Published {
    plan: String,
    provider: String,
    model: ModelIndex,
    period: BlockNumber,
    quota: u32,
    price: String,
    /// The plan in whose place it is.
    replaced: Option<String>,
    block: BlockNumber,
    fee: Option<String>,
}

impl Set {
    pub async fn run(self, output: &Output) -> anyhow::Result<()> {
        let signer = self.signed.signer.signer()?;
        let client = self.signed.chain.connect().await?;
        let model = self.model.find(&client).await?.index;
        let call = Call::SetPlan {
            model,
            period: self.period,
            quota: self.quota,
            price: self.price,
        };
        let spinner = progress::spinner("waiting for a block");
        let included = client.submit_and_wait(&signer, &call).await?;
        spinner.finish_and_clear();
        let (plan, replaced) = included
            .events
            .iter()
            .find_map(|event| match event {
                Event::PlanSet { plan, replaced, .. } => Some((*plan, *replaced)),
                _ => None,
            })
            .context("the extrinsic succeeded, but the chain reports no plan")?;
        let published = Published {
            plan: plan.to_string(),
            provider: signer.account().to_string(),
            model,
            period: self.period,
            quota: self.quota,
            price: self.price.to_string(),
            replaced: replaced.map(|plan| plan.to_string()),
            block: included.block.number,
            fee: included.fee().map(|fee| fee.to_string()),
        };
        output.show(&published, || {
            let mut rows = vec![
                ("plan", published.plan.clone()),
                ("model", published.model.to_string()),
                (
                    "terms",
                    terms(published.quota, published.period, self.price),
                ),
            ];
            if let Some(replaced) = &published.replaced {
                rows.push(("in place of", format!("plan {replaced}")));
            }
            rows.push(("block", published.block.to_string()));
            rows.push((
                "then",
                format!("lattice subscribe --plan {plan} --periods N"),
            ));
            fields(&rows)
        })
    }
}

impl Remove {
    pub async fn run(self, output: &Output) -> anyhow::Result<()> {
        let call = Call::RemovePlan { plan: self.plan };
        self.signed.submit(output, &call).await
    }
}

/// What a plan offers for what, in words.
fn terms(quota: u32, period: BlockNumber, price: Balance) -> String {
    format!(
        "{quota} requests in {period} blocks for {}",
        format_balance(price)
    )
}

/// The plans of a provider as a table.
pub fn list(plans: &[Plan]) -> String {
    let header = ["plan", "model", "period", "quota", "price", "one request"];
    let rows: Vec<Vec<String>> = plans
        .iter()
        .map(|plan| {
            let unit = plan.unit.as_ref().and_then(|unit| unit.total());
            vec![
                plan.plan.to_string(),
                plan.model.to_string(),
                format!("{} blocks", plan.period),
                plan.quota.to_string(),
                format_balance(plan.price),
                unit.map_or("closed for now".to_owned(), format_balance),
            ]
        })
        .collect();
    table(&header, &rows)
}

#[cfg(test)]
mod tests {
    use super::*;
    use lattice_chain_client::{AccountId, Price, UNIT};

    #[test]
    fn a_plan_that_nobody_can_subscribe_to_says_so() {
        let open = Plan {
            plan: 4,
            provider: AccountId([2; 32]),
            model: 3,
            period: 28_800,
            quota: 1_000,
            price: 40 * UNIT,
            unit: Some(Price {
                compute: UNIT / 25,
                royalty: UNIT / 100,
                fee: 0,
            }),
        };
        let closed = Plan {
            plan: 5,
            unit: None,
            ..open.clone()
        };
        let text = list(&[open, closed]);
        assert!(text.contains("0.05 LAT"), "{text}");
        assert!(text.contains("closed for now"), "{text}");
    }
}
