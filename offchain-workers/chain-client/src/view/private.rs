//! Open private requests.

use super::{next_page, View};
use crate::{AccountId, Private, RequestId, Result};
use lattice_primitives::api::MAX_PAGE;

impl View {
    /// An open private request; `None` when it has ended or is none.
    pub async fn private_request(&self, request: RequestId) -> Result<Option<Private>> {
        self.call("LatticeApi_private_request", &request).await
    }

    /// Open private requests of a provider with number ≥ `start`, ascending, at most 100.
    pub async fn private_assignments(
        &self,
        provider: &AccountId,
        start: RequestId,
        limit: u32,
    ) -> Result<Vec<Private>> {
        self.call("LatticeApi_private_assignments", &(provider, start, limit))
            .await
    }

    /// Every open private request of a provider, page by page.
    pub async fn all_private_assignments(&self, provider: &AccountId) -> Result<Vec<Private>> {
        let mut all: Vec<Private> = Vec::new();
        let mut start = Some(0);
        while let Some(from) = start {
            let page = self.private_assignments(provider, from, MAX_PAGE).await?;
            start = next_page(&page, |open| open.request);
            all.extend(page);
        }
        Ok(all)
    }
}
