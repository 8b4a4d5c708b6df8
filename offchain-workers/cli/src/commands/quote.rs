//! `lattice quote`

use crate::args::{ChainArgs, ModelRef};
use crate::output::{fields, table, Output};
use anyhow::Context;
use clap::Args;
use lattice_chain_client::{
    format_balance, AccountId, BlockNumber, Error, Ineligible, ModelIndex, Preference, Quote,
    QuoteError, Selection, Verification, View, MAX_EXCLUDED,
};
use serde_json::json;

use super::tier::{self, TierArgs};

const AFTER_HELP: &str = "\
A quote of a replicated request is for all replicas: what the N-th cheapest provider asks, N times, and
the royalty once. With so much as --max-price exactly the N cheapest can be drawn; with more, up to
the upper bound, dearer ones can, too, and the lot is harder to foresee. The bill is what those that
agreed ask.

Examples:
  lattice quote --model 0
  lattice quote --model 0 --verification replicated --replicas 5 --quorum 3
  lattice quote --model 0 --verification optimistic --window 100 --bond 50";

/// Say what a request would cost now, who would serve it, and why no other provider.
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub struct QuoteCommand {
    /// Index of the registration, or 0x model hash.
    #[arg(long, value_name = "ID")]
    pub model: ModelRef,
    /// Blocks within which the result must be there.
    #[arg(long, value_name = "BLOCKS", default_value_t = 20)]
    pub deadline: BlockNumber,
    #[command(flatten)]
    pub tier: TierArgs,
    #[command(flatten)]
    pub selection: SelectionArgs,
    #[command(flatten)]
    pub chain: ChainArgs,
}

/// Who is to serve a request.
#[derive(Clone, Debug, Default, Args)]
pub struct SelectionArgs {
    /// This provider or none.
    #[arg(long, value_name = "ACCOUNT", conflicts_with = "prefer")]
    pub provider: Option<AccountId>,
    /// This provider if it is eligible, whatever its score.
    #[arg(long, value_name = "ACCOUNT")]
    pub prefer: Option<AccountId>,
    /// Never this provider; may be given several times.
    #[arg(long, value_name = "ACCOUNT")]
    pub exclude: Vec<AccountId>,
}

impl SelectionArgs {
    /// As the chain takes it.
    ///
    /// # Errors
    /// More accounts are excluded than a request may exclude.
    pub fn selection(&self) -> anyhow::Result<Selection> {
        let preference = match (self.provider, self.prefer) {
            (Some(provider), _) => Preference::Only(provider),
            (None, Some(provider)) => Preference::Prefer(provider),
            (None, None) => Preference::Best,
        };
        let count = self.exclude.len();
        let excluded = self.exclude.clone().try_into().ok().with_context(|| {
            format!("--exclude is given {count} times; a request excludes at most {MAX_EXCLUDED}")
        })?;
        Ok(Selection {
            preference,
            excluded,
        })
    }

    fn as_json(&self) -> serde_json::Value {
        let text = |account: &Option<AccountId>| account.as_ref().map(AccountId::to_string);
        let exclude: Vec<String> = self.exclude.iter().map(AccountId::to_string).collect();
        json!({ "only": text(&self.provider), "prefer": text(&self.prefer), "exclude": exclude })
    }
}

impl QuoteCommand {
    pub async fn run(self, output: &Output) -> anyhow::Result<()> {
        let client = self.chain.connect().await?;
        let model = self.model.find(&client).await?.index;
        let selection = self.selection.selection()?;
        let verification = self.tier.verification();
        let quote = ask(
            &client.best(),
            model,
            self.deadline,
            verification,
            &selection,
        )
        .await?;
        if output.is_json() {
            let params = vec![
                json!(model),
                json!(self.deadline),
                json!(verification),
                self.selection.as_json(),
            ];
            return output.show(&client.rpc("lattice_quote", params).await?, String::new);
        }
        output.show(&(), || describe(&quote, &verification))
    }
}

/// What a request would cost. Where nobody would serve it, or too few, the error says why of each
/// provider.
pub async fn ask(
    view: &View,
    model: ModelIndex,
    deadline: BlockNumber,
    verification: Verification,
    selection: &Selection,
) -> anyhow::Result<Quote> {
    match view.quote(model, deadline, verification, selection).await {
        Err(Error::Quote(reason @ (QuoteError::NoProvider | QuoteError::TooFewProviders))) => {
            let why = view.ineligible(model, deadline, selection).await?;
            let error = anyhow::Error::new(Error::Quote(reason));
            Err(match reason {
                // All that there are may be eligible.
                QuoteError::TooFewProviders if why.is_empty() => error,
                _ => error.context(nobody(&why)),
            })
        }
        other => Ok(other?),
    }
}

/// Why nobody would serve a request.
fn nobody(ineligible: &[(AccountId, Ineligible)]) -> String {
    if ineligible.is_empty() {
        return "no provider has an offer for this model".into();
    }
    let reasons: Vec<String> = ineligible
        .iter()
        .map(|(provider, reason)| format!("{provider} {reason}"))
        .collect();
    reasons.join("; ")
}

fn describe(quote: &Quote, verification: &Verification) -> String {
    let price = &quote.price;
    let (who, more) = match verification {
        Verification::Replicated { n, .. } => (
            format!("{n} of the {} eligible ones, by lot", quote.ranking.len()),
            "so that any can be drawn",
        ),
        _ => (quote.provider.to_string(), "with failover"),
    };
    let rows = [
        ("tier", tier::name(verification)),
        ("provider", who),
        (
            "price",
            format!(
                "{} = {} compute + {} royalty + {} fee",
                format_balance(quote.total),
                format_balance(price.compute),
                format_balance(price.royalty),
                format_balance(price.fee)
            ),
        ),
        (
            more,
            format!("at most {}", format_balance(quote.upper_bound)),
        ),
        ("collateral", format_balance(quote.collateral)),
        ("execution", format!("{} gas", quote.execution_gas)),
        ("gas", format!("at most {}", quote.gas)),
    ];
    let percent = |parts: u32| format!("{:.1} %", f64::from(parts) / 10_000.0);
    let ranking: Vec<Vec<String>> = quote
        .ranking
        .iter()
        .map(|bid| {
            vec![
                bid.provider.to_string(),
                format_balance(bid.total),
                percent(bid.score.total),
                percent(bid.score.price),
                percent(bid.score.capacity),
                percent(bid.score.reputation),
                percent(bid.score.stake),
                percent(bid.score.residency),
            ]
        })
        .collect();
    let header = [
        "provider",
        "total",
        "score",
        "price",
        "capacity",
        "reputation",
        "stake",
        "in memory",
    ];
    let mut text = format!("{}\n{}", fields(&rows), table(&header, &ranking));
    for (provider, reason) in &quote.ineligible {
        text += &format!("{provider} {reason}\n");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_exclusions_than_the_chain_takes_are_refused_with_their_number() {
        let many = SelectionArgs {
            exclude: vec![AccountId([1; 32]); 17],
            ..Default::default()
        };
        let error = many.selection().expect_err("too many");
        assert!(error.to_string().contains("17 times"), "{error}");
    }

    #[test]
    fn a_named_provider_is_the_only_one() {
        let account = AccountId([1; 32]);
        let named = SelectionArgs {
            provider: Some(account),
            ..Default::default()
        };
        let selection = named.selection().expect("it can be meant");
        assert_eq!(selection.preference, Preference::Only(account));
    }

    #[test]
    fn nobody_means_that_each_has_a_reason() {
        let account = AccountId([1; 32]);
        let text = nobody(&[
            (account, Ineligible::AtCapacity),
            (account, Ineligible::Offline),
        ]);
        assert!(text.contains("has no free slot; "), "{text}");
        assert!(text.ends_with("its last heartbeat is too old"), "{text}");
    }
}
