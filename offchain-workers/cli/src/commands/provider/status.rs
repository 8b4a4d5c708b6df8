//! `lattice provider status`

use super::{plan, shortage, Signed};
use crate::failure::Failure;
use crate::output::{fields, table, Output};
use anyhow::Context;
use clap::Args;
use lattice_chain_client::{
    format_balance, stake, AccountId, Error, Ineligible, ModelIndex, Plan, Provider, QuoteError,
    Selection, Verification, View,
};
use serde::Serialize;
use serde_json::json;
use std::collections::BTreeMap;
use std::fmt;

/// Show a provider, with its offers and plans.
#[derive(Debug, Args)]
pub struct Status {
    /// Account of the provider [default: that of --key-file or --dev-seed].
    #[arg(value_name = "ACCOUNT")]
    pub account: Option<AccountId>,
    #[command(flatten)]
    pub signed: Signed,
}

impl Status {
    pub async fn run(self, output: &Output) -> anyhow::Result<()> {
        let account = match self.account {
            Some(account) => account,
            None => self
                .signed
                .signer
                .signer()
                .context("name a provider's account, or")?
                .account(),
        };
        let client = self.signed.chain.connect().await?;
        let provider =
            client
                .best()
                .provider(&account)
                .await?
                .ok_or_else(|| Failure::NotFound {
                    what: format!("provider {account}"),
                    hint: "see `lattice provider register`",
                })?;
        let passed_over = passed_over(&client.best(), &provider).await?;
        if output.is_json() {
            let account = vec![json!(account.to_string())];
            let mut shown = client.rpc("lattice_provider", account.clone()).await?;
            if let Some(shown) = shown.as_object_mut() {
                let plans = client.rpc("lattice_plansOf", account).await?;
                shown.insert("plans".to_owned(), plans);
                let demanded = stake::demanded(provider.capacity).to_string();
                shown.insert("stakeDemanded".to_owned(), json!(demanded));
                let models = passed_over
                    .iter()
                    .map(|(model, reason)| json!({ "model": model, "reason": reason }))
                    .collect();
                shown.insert("passedOver".to_owned(), models);
            }
            return output.show(&shown, String::new);
        }
        let plans = client.best().plans_of(&account).await?;
        output.show(&(), || describe(&provider, &passed_over, &plans))
    }
}

/// Why the chain gives a provider no request of a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
enum PassedOver {
    /// By its choice among the providers.
    Ineligible(Ineligible),
    /// Nobody is given one.
    NotAsked(QuoteError),
}

impl fmt::Display for PassedOver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PassedOver::Ineligible(reason) => write!(f, "it {reason}"),
            PassedOver::NotAsked(refusal) => Error::Quote(*refusal).fmt(f),
        }
    }
}

/// The models of which the chain would give it no proven request now, by the chain's own answers.
async fn passed_over(
    view: &View,
    provider: &Provider,
) -> anyhow::Result<Vec<(ModelIndex, PassedOver)>> {
    let mut models = Vec::new();
    for (model, offer) in &provider.offers {
        // It is no reason that the deadline is too short for it.
        let (deadline, anybody) = (offer.min_deadline.max(1), Selection::default());
        let quote = view
            .quote(*model, deadline, Verification::Proven, &anybody)
            .await;
        match quote {
            Ok(_) | Err(Error::Quote(QuoteError::NoProvider)) => {}
            Err(Error::Quote(refusal)) => {
                models.push((*model, PassedOver::NotAsked(refusal)));
                continue;
            }
            Err(error) => return Err(error.into()),
        }
        let reasons = view.ineligible(*model, deadline, &anybody).await?;
        let own = reasons
            .into_iter()
            .find(|(account, _)| *account == provider.account);
        models.extend(own.map(|(_, reason)| (*model, PassedOver::Ineligible(reason))));
    }
    Ok(models)
}

/// Each reason with its models. Too small a stake may have been told by [`shortage`], with its figures.
fn reasons(passed_over: &[(ModelIndex, PassedOver)], stake_is_told: bool) -> Vec<String> {
    let mut models_by_reason: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (model, reason) in passed_over {
        if !(stake_is_told && *reason == PassedOver::Ineligible(Ineligible::StakeTooLow)) {
            let models = models_by_reason.entry(reason.to_string()).or_default();
            models.push(model.to_string());
        }
    }
    models_by_reason
        .into_iter()
        .map(|(reason, models)| format!("none now for model {}: {reason}", models.join(", ")))
        .collect()
}

fn describe(
    provider: &Provider,
    passed_over: &[(ModelIndex, PassedOver)],
    plans: &[Plan],
) -> String {
    let hardware = &provider.hardware;
    let mut rows = vec![
        ("account", provider.account.to_string()),
        (
            "stake",
            format!(
                "{}, of it {} locked and {} to be slashed",
                format_balance(provider.stake),
                format_balance(provider.locked),
                format_balance(provider.pending)
            ),
        ),
        (
            "assignments",
            format!(
                "{} of {} running; its capacity is {}{}",
                provider.running,
                provider.slots,
                provider.capacity,
                if provider.paused { "; paused" } else { "" }
            ),
        ),
        (
            "record",
            format!(
                "{} settled, {} late, {} rejected, {} not accepted, {} disputed",
                provider.settled,
                provider.late,
                provider.rejected,
                provider.not_accepted,
                provider.disputed
            ),
        ),
        (
            "reputation",
            format!(
                "{:.1} % (a new account has 50 %)",
                f64::from(provider.reputation) / 10_000.0
            ),
        ),
        (
            "hardware",
            format!(
                "{} cores, {} MiB, {} accelerators with {} MiB",
                hardware.cpu_cores,
                hardware.memory_mib,
                hardware.accelerators,
                hardware.accelerator_memory_mib
            ),
        ),
        ("registered", format!("block {}", provider.registered_at)),
        ("heartbeat", format!("block {}", provider.last_heartbeat)),
    ];
    let shortage = shortage::of(provider);
    let reasons = reasons(passed_over, shortage.is_some());
    for reason in shortage.into_iter().chain(reasons) {
        rows.push(("work", reason));
    }
    for (amount, block) in &provider.unbonding {
        rows.push((
            "unbonding",
            format!("{} from block {block}", format_balance(*amount)),
        ));
    }
    for endpoint in &provider.endpoints {
        rows.push(("endpoint", String::from_utf8_lossy(endpoint).into_owned()));
    }
    let offers: Vec<Vec<String>> = provider
        .offers
        .iter()
        .map(|(model, offer)| {
            vec![
                model.to_string(),
                format_balance(offer.price),
                format_balance(offer.per_million_gas),
                offer.min_deadline.to_string(),
                offer.capacity.map_or("-".to_owned(), |n| n.to_string()),
                if offer.resident { "yes" } else { "no" }.to_owned(),
                offer.replicated.map_or("-".to_owned(), format_balance),
                offer.optimistic.map_or("-".to_owned(), |terms| {
                    format!(
                        "{} (window {}, bond {})",
                        format_balance(terms.price),
                        terms.max_window,
                        format_balance(terms.max_bond)
                    )
                }),
            ]
        })
        .collect();
    if offers.is_empty() {
        rows.push(("offers", "none; see `lattice provider offer`".into()));
    }
    let mut text = fields(&rows);
    if !offers.is_empty() {
        let header = [
            "model",
            "price",
            "per million gas",
            "min deadline",
            "capacity",
            "in memory",
            "replicated",
            "optimistic",
        ];
        text += &format!("\n{}", table(&header, &offers));
    }
    if !plans.is_empty() {
        text += &format!("\n{}", plan::list(plans));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use lattice_chain_client::{samples, UNIT};

    fn provider(stake: u128) -> Provider {
        Provider {
            stake: stake * UNIT,
            capacity: 4,
            ..samples::provider(AccountId([2; 32]), &[])
        }
    }

    #[test]
    fn a_provider_that_is_given_no_work_is_told_why() {
        let passed_over = [
            (0, PassedOver::Ineligible(Ineligible::StakeTooLow)),
            (3, PassedOver::Ineligible(Ineligible::Paused)),
            (4, PassedOver::NotAsked(QuoteError::ModelDeprecated)),
            (5, PassedOver::Ineligible(Ineligible::Paused)),
        ];
        let text = describe(&provider(99), &passed_over, &[]);
        let low =
            "given no work: stake 99 LAT is below 100 LAT for 4 slots; best add 41 LAT by lattice";
        assert_eq!(text.matches(low).count(), 1, "{text}");
        assert!(
            text.contains("none now for model 4: no quote: the model is deprecated"),
            "{text}"
        );
        assert!(
            text.contains("none now for model 3, 5: it is paused"),
            "{text}"
        );
    }

    #[test]
    fn a_stake_that_a_newer_chain_finds_too_low_is_told_in_its_words() {
        let passed_over = [(0, PassedOver::Ineligible(Ineligible::StakeTooLow))];
        let text = describe(&provider(1_000), &passed_over, &[]);
        let told = format!("none now for model 0: it {}", Ineligible::StakeTooLow);
        assert!(text.contains(&told), "{text}");
    }

    #[test]
    fn a_provider_that_is_given_work_is_told_nothing_of_it() {
        let text = describe(&provider(1_000), &[], &[]);
        assert!(!text.contains("\nwork"), "{text}");
    }
}
