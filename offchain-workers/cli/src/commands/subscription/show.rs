//! `lattice subscription show` and `lattice subscription list`

use super::{find, unit_price};
use crate::args::ChainArgs;
use crate::commands::provider::Signed;
use crate::output::{fields, table, Output};
use clap::Args;
use lattice_chain_client::{format_balance, AccountId, Subscription, SubscriptionId};
use serde::Serialize;
use serde_json::json;

/// Show a subscription.
#[derive(Debug, Args)]
pub struct Show {
    /// Number of the subscription.
    #[arg(value_name = "SUBSCRIPTION")]
    pub subscription: SubscriptionId,
    #[command(flatten)]
    pub chain: ChainArgs,
}

/// List the open subscriptions of an account.
#[derive(Debug, Args)]
pub struct List {
    /// The account, as subscriber or provider [default: that of --key-file or --dev-seed].
    #[arg(value_name = "ACCOUNT")]
    pub account: Option<AccountId>,
    #[command(flatten)]
    pub signed: Signed,
}

/// A subscription in a list; amounts in planck.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    subscription: String,
    plan: String,
    subscriber: String,
    provider: String,
    model: u32,
    unit_price: String,
    period: u32,
    quota: u32,
    periods: u32,
    /// The first period that is not settled, counted from zero.
    index: u32,
    used: u32,
    failures: u32,
    left: String,
    settles_at: u32,
}

#[derive(Serialize)]
struct Listed {
    account: String,
    subscriptions: Vec<Row>,
}

impl Row {
    fn of(subscription: &Subscription) -> Self {
        Self {
            subscription: subscription.subscription.to_string(),
            plan: subscription.plan.to_string(),
            subscriber: subscription.subscriber.to_string(),
            provider: subscription.provider.to_string(),
            model: subscription.model,
            unit_price: unit_price(subscription).to_string(),
            period: subscription.period,
            quota: subscription.quota,
            periods: subscription.periods,
            index: subscription.index,
            used: subscription.used,
            failures: subscription.failures,
            left: subscription.left.to_string(),
            settles_at: subscription.settles_at,
        }
    }
}

impl Show {
    pub async fn run(self, output: &Output) -> anyhow::Result<()> {
        let client = self.chain.connect().await?;
        let subscription = find(&client.best(), self.subscription).await?;
        if output.is_json() {
            // As a decimal string: JSON's numbers do not hold every u64.
            let number = vec![json!(self.subscription.to_string())];
            let shown = client.rpc("lattice_subscription", number).await?;
            return output.show(&shown, String::new);
        }
        output.show(&(), || describe(&subscription))
    }
}

impl List {
    pub async fn run(self, output: &Output) -> anyhow::Result<()> {
        let account = match self.account {
            Some(account) => account,
            None => self.signed.signer.signer()?.account(),
        };
        let client = self.signed.chain.connect().await?;
        let subscriptions = client.best().all_subscriptions_of(&account).await?;
        let listed = Listed {
            account: account.to_string(),
            subscriptions: subscriptions.iter().map(Row::of).collect(),
        };
        output.show(&listed, || list(&account, &subscriptions))
    }
}

/// The period that runs, and how much of it is used.
fn period(subscription: &Subscription) -> String {
    format!(
        "{} of {}: {} of {} requests made; settled in block {}",
        subscription.index.saturating_add(1),
        subscription.periods,
        subscription.used,
        subscription.quota,
        subscription.settles_at
    )
}

fn describe(subscription: &Subscription) -> String {
    let price = &subscription.price;
    fields(&[
        ("subscription", subscription.subscription.to_string()),
        ("plan", subscription.plan.to_string()),
        ("subscriber", subscription.subscriber.to_string()),
        ("provider", subscription.provider.to_string()),
        (
            "model",
            format!("{} {:?}", subscription.model, subscription.model_hash),
        ),
        (
            "one request",
            format!(
                "{} = {} compute + {} royalty + {} fee",
                format_balance(unit_price(subscription)),
                format_balance(price.compute),
                format_balance(price.royalty),
                format_balance(price.fee)
            ),
        ),
        ("period", period(subscription)),
        (
            "failures",
            match subscription.failures {
                0 => "none in this period".to_owned(),
                n => format!("{n} in this period: what is not used comes back"),
            },
        ),
        ("prepaid", format_balance(subscription.prepaid)),
        (
            "of it",
            format!(
                "{} for requests, {} to the provider for others, {} refunded, {} on hold",
                format_balance(subscription.drawn),
                format_balance(subscription.paid),
                format_balance(subscription.refunded),
                format_balance(subscription.left)
            ),
        ),
        (
            "since",
            format!(
                "block {}, in periods of {} blocks",
                subscription.subscribed_at, subscription.period
            ),
        ),
    ])
}

fn list(account: &AccountId, subscriptions: &[Subscription]) -> String {
    if subscriptions.is_empty() {
        return format!("{account} has no open subscriptions; see `lattice subscribe`");
    }
    let header = [
        "subscription",
        "as",
        "with",
        "model",
        "one request",
        "left",
        "period",
    ];
    let rows: Vec<Vec<String>> = subscriptions
        .iter()
        .map(|subscription| {
            let (role, other) = match subscription.subscriber == *account {
                true => ("subscriber", subscription.provider),
                false => ("provider", subscription.subscriber),
            };
            vec![
                subscription.subscription.to_string(),
                role.to_string(),
                other.to_string(),
                subscription.model.to_string(),
                format_balance(unit_price(subscription)),
                format_balance(subscription.left),
                period(subscription),
            ]
        })
        .collect();
    table(&header, &rows)
}

#[cfg(test)]
mod tests {
    use super::*;
    use lattice_chain_client::{Price, H256, UNIT};

    fn subscription() -> Subscription {
        Subscription {
            subscription: 8,
            plan: 4,
            subscriber: AccountId([1; 32]),
            provider: AccountId([2; 32]),
            model: 3,
            model_hash: H256([5; 32]),
            price: Price {
                compute: UNIT,
                royalty: UNIT / 2,
                fee: 0,
            },
            period: 100,
            quota: 10,
            periods: 4,
            subscribed_at: 7,
            index: 1,
            used: 3,
            failures: 0,
            prepaid: 60 * UNIT,
            drawn: 6 * UNIT,
            paid: 5 * UNIT,
            refunded: 4 * UNIT,
            left: 45 * UNIT,
            settles_at: 207,
        }
    }

    #[test]
    fn the_running_period_is_told_with_what_is_used_of_it() {
        let text = describe(&subscription());
        for expected in [
            "2 of 4: 3 of 10 requests made; settled in block 207",
            "1.5 LAT = 1 LAT compute",
            "none in this period",
            "45 LAT on hold",
        ] {
            assert!(text.contains(expected), "{expected} is missing:\n{text}");
        }
    }

    #[test]
    fn a_list_names_the_other_party() {
        let (subscriber, provider) = (AccountId([1; 32]), AccountId([2; 32]));
        let text = list(&subscriber, &[subscription()]);
        assert!(text.contains(&provider.to_string()), "{text}");
        let text = list(&provider, &[subscription()]);
        assert!(text.contains(&subscriber.to_string()), "{text}");
        let text = list(&provider, &[]);
        assert!(text.contains("no open subscriptions"), "{text}");
    }
}
