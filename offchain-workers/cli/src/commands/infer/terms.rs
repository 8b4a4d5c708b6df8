//! Who serves a request and what it costs, as far as that is known before it is made.

use super::super::{quote, subscription, tier};
use super::Infer;
use crate::failure::Failure;
use anyhow::ensure;
use lattice_chain_client::{
    format_balance, AccountId, Balance, ModelIndex, Selection, Subscription, Verification, View,
};

/// What is known of a request before it is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    /// Who would serve it; `None` where the chain draws lots.
    pub provider: Option<AccountId>,
    /// What it would cost, in planck.
    pub total: Balance,
    /// Most to pay unless the user says otherwise, in planck.
    pub max_price: Balance,
    pub selection: Selection,
}

impl Infer {
    /// What a subscription says, or what the chain quotes now.
    ///
    /// # Errors
    /// The chain would refuse the request for what the arguments say, or `--max-price` is too low.
    pub async fn terms(
        &self,
        view: &View,
        model: ModelIndex,
        requester: AccountId,
        subscription: Option<&Subscription>,
    ) -> anyhow::Result<Terms> {
        let terms = match subscription {
            Some(subscription) => {
                let verification = self.tier.verification();
                of_subscription(&verification, subscription, model, requester)?
            }
            None => self.quoted(view, model).await?,
        };
        if let Some(max_price) = self.max_price {
            ensure!(
                max_price >= terms.total,
                "--max-price {} is below the price of {}{}",
                format_balance(max_price),
                format_balance(terms.total),
                match &terms.provider {
                    Some(provider) => format!(" by provider {provider}"),
                    None => " for all replicas".to_owned(),
                }
            );
        }
        Ok(terms)
    }

    async fn quoted(&self, view: &View, model: ModelIndex) -> anyhow::Result<Terms> {
        let verification = self.tier.verification();
        let selection = self.selection.selection()?;
        ensure!(
            self.attempts == 1 || tier::fails_over(&verification),
            "--attempts is for requests that one provider serves at a time: proven and optimistic ones"
        );
        ensure!(
            self.accept_within.is_none() || tier::is_proven(&verification),
            "--accept-within is for requests that are settled on a proof"
        );
        let quote = quote::ask(view, model, self.deadline, verification, &selection).await?;
        Ok(Terms {
            provider: match verification {
                Verification::Replicated { .. } => None,
                _ => Some(quote.provider),
            },
            total: quote.total,
            max_price: match self.attempts {
                1 => quote.total,
                _ => quote.upper_bound,
            },
            selection,
        })
    }
}

/// What a subscription pays for: its provider serves, at its price.
fn of_subscription(
    verification: &Verification,
    subscription: &Subscription,
    model: ModelIndex,
    requester: AccountId,
) -> anyhow::Result<Terms> {
    let number = subscription.subscription;
    let refused = |reason: String| Failure::Refused(format!("subscription {number} {reason}"));
    ensure!(
        tier::is_proven(verification),
        refused("pays for requests that are settled on a proof".into())
    );
    ensure!(
        subscription.subscriber == requester,
        refused(format!("is that of {}", subscription.subscriber))
    );
    ensure!(
        subscription.model == model,
        refused(format!("is for model {}", subscription.model))
    );
    let total = subscription::unit_price(subscription);
    Ok(Terms {
        provider: Some(subscription.provider),
        total,
        max_price: total,
        // The chain puts the subscription's provider here.
        selection: Selection::default(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use lattice_chain_client::{Preference, Price, H256};

    fn subscription() -> Subscription {
        Subscription {
            subscription: 8,
            plan: 4,
            subscriber: AccountId([1; 32]),
            provider: AccountId([2; 32]),
            model: 3,
            model_hash: H256([5; 32]),
            price: Price {
                compute: 7,
                royalty: 2,
                fee: 1,
            },
            period: 100,
            quota: 10,
            periods: 4,
            subscribed_at: 7,
            index: 1,
            used: 3,
            failures: 0,
            prepaid: 400,
            drawn: 60,
            paid: 0,
            refunded: 0,
            left: 340,
            settles_at: 207,
        }
    }

    #[test]
    fn a_subscription_pays_its_own_price() {
        let requester = AccountId([1; 32]);
        let terms =
            of_subscription(&Verification::Proven, &subscription(), 3, requester).expect("it pays");
        assert_eq!(terms.provider, Some(AccountId([2; 32])));
        assert_eq!((terms.total, terms.max_price), (10, 10));
        assert_eq!(terms.selection.preference, Preference::Best);
    }

    #[test]
    fn a_subscription_pays_nothing_else() {
        let requester = AccountId([1; 32]);
        let proven = Verification::Proven;
        let replicated = Verification::Replicated { n: 3, k: 2 };
        for (verification, model, requester, text) in [
            (replicated, 3, requester, "settled on a proof"),
            (proven, 4, requester, "is for model 3"),
            (proven, 3, AccountId([9; 32]), "is that of"),
        ] {
            let refused = of_subscription(&verification, &subscription(), model, requester);
            let error = refused.expect_err("the chain refuses").to_string();
            assert!(error.contains(text), "{error}");
        }
    }
}
