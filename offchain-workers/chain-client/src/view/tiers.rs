//! Open requests of the tiers that other pallets settle, and disputes about results.

use super::{next_page, View};
use crate::{AccountId, Dispute, DisputeId, Optimistic, Replicated, RequestId, Result};
use lattice_primitives::api::MAX_PAGE;

impl View {
    /// An open optimistic request; `None` when it has ended or is none.
    pub async fn optimistic(&self, request: RequestId) -> Result<Option<Optimistic>> {
        self.call("LatticeApi_optimistic", &request).await
    }

    /// Open optimistic requests of a provider with number ≥ `start`, ascending, at most 100.
    pub async fn optimistic_of(
        &self,
        provider: &AccountId,
        start: RequestId,
        limit: u32,
    ) -> Result<Vec<Optimistic>> {
        self.call("LatticeApi_optimistic_of", &(provider, start, limit))
            .await
    }

    /// Every open optimistic request of a provider, page by page.
    pub async fn all_optimistic_of(&self, provider: &AccountId) -> Result<Vec<Optimistic>> {
        let mut all: Vec<Optimistic> = Vec::new();
        let mut start = Some(0);
        while let Some(from) = start {
            let page = self.optimistic_of(provider, from, MAX_PAGE).await?;
            start = next_page(&page, |open| open.request);
            all.extend(page);
        }
        Ok(all)
    }

    /// Optimistic requests whose posted result is not final, with number ≥ `start`, ascending, at
    /// most 100.
    pub async fn posted(&self, start: RequestId, limit: u32) -> Result<Vec<Optimistic>> {
        self.call("LatticeApi_posted", &(start, limit)).await
    }

    /// Every optimistic request whose posted result is not final, page by page.
    pub async fn all_posted(&self) -> Result<Vec<Optimistic>> {
        let mut all: Vec<Optimistic> = Vec::new();
        let mut start = Some(0);
        while let Some(from) = start {
            let page = self.posted(from, MAX_PAGE).await?;
            start = next_page(&page, |open| open.request);
            all.extend(page);
        }
        Ok(all)
    }

    /// An open replicated request; `None` when it has ended or is none.
    pub async fn replicated(&self, request: RequestId) -> Result<Option<Replicated>> {
        self.call("LatticeApi_replicated", &request).await
    }

    /// Open requests that a provider was drawn for, with number ≥ `start`, ascending, at most 100.
    pub async fn replicas_of(
        &self,
        provider: &AccountId,
        start: RequestId,
        limit: u32,
    ) -> Result<Vec<Replicated>> {
        self.call("LatticeApi_replicas_of", &(provider, start, limit))
            .await
    }

    /// Every open request that a provider was drawn for, page by page.
    pub async fn all_replicas_of(&self, provider: &AccountId) -> Result<Vec<Replicated>> {
        let mut all: Vec<Replicated> = Vec::new();
        let mut start = Some(0);
        while let Some(from) = start {
            let page = self.replicas_of(provider, from, MAX_PAGE).await?;
            start = next_page(&page, |open| open.request);
            all.extend(page);
        }
        Ok(all)
    }

    /// An open dispute; `None` when it is decided, or never was.
    pub async fn dispute(&self, dispute: DisputeId) -> Result<Option<Dispute>> {
        self.call("LatticeApi_dispute", &dispute).await
    }

    /// Open disputes in which an account is challenger or defender, with number ≥ `start`,
    /// ascending, at most 100.
    pub async fn disputes_of(
        &self,
        account: &AccountId,
        start: DisputeId,
        limit: u32,
    ) -> Result<Vec<Dispute>> {
        self.call("LatticeApi_disputes_of", &(account, start, limit))
            .await
    }

    /// Every open dispute of an account, page by page.
    pub async fn all_disputes_of(&self, account: &AccountId) -> Result<Vec<Dispute>> {
        let mut all: Vec<Dispute> = Vec::new();
        let mut start = Some(0);
        while let Some(from) = start {
            let page = self.disputes_of(account, from, MAX_PAGE).await?;
            start = next_page(&page, |open| open.dispute);
            all.extend(page);
        }
        Ok(all)
    }
}
