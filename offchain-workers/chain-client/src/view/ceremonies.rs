//! Set-up ceremonies.

use super::View;
use crate::{Ceremony, CeremonyId, Contributed, Error, ModelIndex, Result, H256};
use lattice_primitives::api::MAX_PAGE;

impl View {
    /// One ceremony, open or finalized.
    pub async fn ceremony(&self, ceremony: CeremonyId) -> Result<Option<Ceremony>> {
        self.call("LatticeApi_ceremony", &ceremony).await
    }

    /// The ceremony of a registration.
    pub async fn ceremony_of(&self, model: ModelIndex) -> Result<Option<Ceremony>> {
        self.call("LatticeApi_ceremony_of", &model).await
    }

    /// Contributions with index ≥ `start`, in order, at most 100.
    pub async fn contributions(
        &self,
        ceremony: CeremonyId,
        start: u32,
        limit: u32,
    ) -> Result<Vec<Contributed>> {
        let arguments = (ceremony, start, limit);
        self.call("LatticeApi_ceremony_contributions", &arguments)
            .await
    }

    /// The first `count` contributions, page by page.
    ///
    /// # Errors
    /// [`Error::Decode`] if the chain has fewer: some were discarded since `count` was read.
    pub async fn all_contributions(
        &self,
        ceremony: CeremonyId,
        count: u32,
    ) -> Result<Vec<Contributed>> {
        let mut all: Vec<Contributed> = Vec::new();
        let mut start = 0;
        while start < count {
            let limit = (count - start).min(MAX_PAGE);
            let page = self.contributions(ceremony, start, limit).await?;
            let next = page.last().and_then(|last| last.index.checked_add(1));
            start = next.ok_or_else(|| Error::Decode {
                what: format!("the contributions of ceremony {ceremony}"),
                reason: format!("there are {start}, of {count} that it had a moment ago"),
            })?;
            all.extend(page);
        }
        Ok(all)
    }

    /// Identity of the phase 1 from which new ceremonies start; `None` where the chain pins none.
    pub async fn phase1_id(&self) -> Result<Option<H256>> {
        self.call("LatticeApi_phase1_id", &()).await
    }
}
