//! Plans for requests that are paid in advance, and subscriptions to them.

use super::{next_page, View};
use crate::{AccountId, Plan, PlanId, Result, Subscription, SubscriptionId};
use lattice_primitives::api::MAX_PAGE;

impl View {
    /// A plan; `None` when it was removed or replaced, or never was.
    pub async fn plan(&self, plan: PlanId) -> Result<Option<Plan>> {
        self.call("LatticeApi_plan", &plan).await
    }

    /// The plans of a provider, in the order of their numbers.
    pub async fn plans_of(&self, provider: &AccountId) -> Result<Vec<Plan>> {
        self.call("LatticeApi_plans_of", provider).await
    }

    /// An open subscription; `None` when it has ended, or never was.
    pub async fn subscription(&self, subscription: SubscriptionId) -> Result<Option<Subscription>> {
        self.call("LatticeApi_subscription", &subscription).await
    }

    /// Open subscriptions in which an account is subscriber or provider, with number ≥ `start`,
    /// ascending, at most 100.
    pub async fn subscriptions_of(
        &self,
        account: &AccountId,
        start: SubscriptionId,
        limit: u32,
    ) -> Result<Vec<Subscription>> {
        self.call("LatticeApi_subscriptions_of", &(account, start, limit))
            .await
    }

    /// Every open subscription of an account, page by page.
    pub async fn all_subscriptions_of(&self, account: &AccountId) -> Result<Vec<Subscription>> {
        let mut all: Vec<Subscription> = Vec::new();
        let mut start = Some(0);
        while let Some(from) = start {
            let page = self.subscriptions_of(account, from, MAX_PAGE).await?;
            start = next_page(&page, |open| open.subscription);
            all.extend(page);
        }
        Ok(all)
    }
}
