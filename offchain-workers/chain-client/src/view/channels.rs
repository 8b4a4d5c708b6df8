//! Payment channels.

use super::View;
use crate::{AccountId, Channel, ChannelId, Result};
use lattice_primitives::api::MAX_PAGE;

impl View {
    /// One channel; `None` when it was never opened or is closed.
    pub async fn channel(&self, channel: ChannelId) -> Result<Option<Channel>> {
        self.call("LatticeApi_channel", &channel).await
    }

    /// Channels in which an account is payer or provider, with number ≥ `start`, ascending, at
    /// most 100.
    pub async fn channels_of(
        &self,
        account: &AccountId,
        start: ChannelId,
        limit: u32,
    ) -> Result<Vec<Channel>> {
        self.call("LatticeApi_channels_of", &(account, start, limit))
            .await
    }

    /// Every channel of an account, page by page.
    pub async fn all_channels_of(&self, account: &AccountId) -> Result<Vec<Channel>> {
        let mut all: Vec<Channel> = Vec::new();
        let mut start = Some(0);
        while let Some(from) = start {
            let page = self.channels_of(account, from, MAX_PAGE).await?;
            // A page that is not full is the last one; most accounts need one.
            let full = page.len() >= MAX_PAGE as usize;
            start = page
                .last()
                .filter(|_| full)
                .and_then(|channel| channel.channel.checked_add(1));
            all.extend(page);
        }
        Ok(all)
    }
}
