//! Bringing vouchers to the chain.
//!
//! A voucher is redeemed when its channel is seen closing, or when more is outstanding than the
//! provider wants to carry. The chain takes a cumulative amount only once, so a redemption that is
//! sent twice costs a fee and nothing else; one that failed is tried again at a later block.

use super::{
    ledger::{Ledger, LedgerError, Tab},
    GatewayError,
};
use crate::{
    metrics::{Metrics, Stage},
    tasks::{Ended, Tasks},
};
use lattice_chain_client::{
    Balance, Block, BlockNumber, Call, Channel, ChannelId, Client, Error, Included, Signer,
};
use std::{collections::BTreeMap, fmt::Display, sync::Arc};
use tokio::{sync::watch, task::JoinHandle};

/// Blocks after a failure before the next attempt.
const RETRY_AFTER: BlockNumber = 5;
/// Blocks after a redemption before the channel is looked at again: a best block that is read late
/// may be older than the one with the redemption.
const SETTLE_AFTER: BlockNumber = 2;
/// How often channels are looked at in which nothing is outstanding, in blocks.
const HOUSEKEEPING: BlockNumber = 100;

/// Why a voucher is redeemed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The payer may take back the rest soon.
    Closing,
    /// More is outstanding than the provider wants to carry.
    Amount,
}

/// Why the latest voucher of a channel is due; `None` when it is not.
pub fn reason(tab: &Tab, channel: &Channel, redeem_above: Balance) -> Option<Reason> {
    let outstanding = tab.cumulative.saturating_sub(channel.redeemed);
    // A voucher above the deposit is for a top-up that this block does not have; the chain would
    // refuse it.
    if !tab.is_of(channel) || outstanding == 0 || tab.cumulative > channel.deposit {
        None
    } else if channel.closing.is_some() {
        Some(Reason::Closing)
    } else {
        (outstanding > redeem_above).then_some(Reason::Amount)
    }
}

/// Whether the chain is to be asked at a block: a worker that is owed nothing asks rarely.
fn is_time(tabs: &[(ChannelId, Tab)], block: BlockNumber) -> bool {
    let owed = tabs.iter().any(|(_, tab)| tab.outstanding() > 0);
    owed || (!tabs.is_empty() && block.is_multiple_of(HOUSEKEEPING))
}

/// Redeems vouchers as blocks come in.
#[derive(Debug)]
pub struct Redeemer {
    client: Client,
    signer: Signer,
    ledger: Arc<Ledger>,
    metrics: Metrics,
    redeem_above: Balance,
    /// Channels with a redemption under way.
    tasks: Tasks<ChannelId, (), Result<Included, Error>>,
    not_before: BTreeMap<ChannelId, BlockNumber>,
    now: BlockNumber,
}

impl Redeemer {
    /// A redeemer with nothing under way. It carries up to `redeem_above` planck per channel.
    pub fn new(
        client: Client,
        signer: Signer,
        ledger: Arc<Ledger>,
        metrics: Metrics,
        redeem_above: Balance,
    ) -> Self {
        Self {
            client,
            signer,
            ledger,
            metrics,
            redeem_above,
            tasks: Tasks::default(),
            not_before: BTreeMap::new(),
            now: 0,
        }
    }

    /// Follows best blocks until nobody announces them any more.
    pub fn start(self, best: watch::Receiver<Option<Block>>) -> JoinHandle<()> {
        tokio::spawn(self.follow(best))
    }

    async fn follow(mut self, mut best: watch::Receiver<Option<Block>>) {
        loop {
            tokio::select! {
                Some(ended) = self.tasks.next() => self.finish(ended),
                changed = best.changed() => {
                    if changed.is_err() {
                        return;
                    }
                    let block = *best.borrow_and_update();
                    let Some(block) = block else { continue };
                    if let Err(error) = self.look(block).await {
                        self.metrics.error(Stage::Chain);
                        tracing::warn!(%error, "cannot look after the channels");
                    }
                }
            }
        }
    }

    /// Compares the ledger with the chain at a block, and starts what is due.
    async fn look(&mut self, block: Block) -> Result<(), GatewayError> {
        self.now = block.number;
        let tabs = self.ledger.tabs()?;
        if !is_time(&tabs, block.number) {
            return Ok(());
        }
        // Channels in which this worker answered, and no others: anyone may open one to it.
        let view = self.client.at(block.hash);
        for (id, tab) in tabs {
            let channel = view.channel(id).await?;
            let looked = match channel.filter(|channel| tab.is_of(channel)) {
                Some(channel) => self.take_up(id, &tab, &channel).map_err(Into::into),
                None => self.forget_if_final(id, &tab).await,
            };
            // One that fails does not keep the others from their money.
            if let Err(error) = looked {
                self.metrics.error(Stage::Outbox);
                tracing::error!(channel = id, %error, "cannot look after a channel");
            }
        }
        Ok(())
    }

    fn take_up(&mut self, id: ChannelId, tab: &Tab, channel: &Channel) -> Result<(), LedgerError> {
        if tab.redeemed != channel.redeemed {
            self.ledger.note_redeemed(id, channel.redeemed)?;
        }
        let waits = self.not_before.get(&id).is_some_and(|at| self.now < *at);
        if waits || self.tasks.has(&id) {
            return Ok(());
        }
        let Some(reason) = reason(tab, channel, self.redeem_above) else {
            return Ok(());
        };
        let cumulative = tab.cumulative;
        tracing::info!(channel = id, ?reason, cumulative, "redeeming");
        let call = Call::RedeemVoucher {
            channel: id,
            cumulative,
            signature: tab.signature,
        };
        let (client, signer) = (self.client.clone(), self.signer.clone());
        self.tasks.start(id, (), async move {
            client.submit_and_wait(&signer, &call).await
        });
        Ok(())
    }

    fn finish(&mut self, ended: Ended<ChannelId, (), Result<Included, Error>>) {
        let id = ended.key;
        let failure: &dyn Display = match &ended.result {
            Ok(Ok(included)) => {
                let block = included.block.number;
                self.metrics.redemptions.inc();
                tracing::info!(channel = id, block, "redeemed");
                self.not_before
                    .insert(id, block.saturating_add(SETTLE_AFTER));
                return;
            }
            Ok(Err(error)) => error,
            // It panicked, and is tried again: it is about money.
            Err(error) => error,
        };
        self.metrics.error(Stage::Submit);
        tracing::warn!(channel = id, error = %failure, "not redeemed; trying again later");
        self.not_before
            .insert(id, self.now.saturating_add(RETRY_AFTER));
    }

    /// Forgets a channel that is gone from the finalized chain. Its opening was final before
    /// anything was answered in it, so it is closed for good.
    async fn forget_if_final(&mut self, id: ChannelId, tab: &Tab) -> Result<(), GatewayError> {
        let finalized = self.client.finalized_block().await?;
        // A node that is behind knows nothing of the channel yet.
        if finalized.number < tab.opened_at {
            return Ok(());
        }
        let known = self.client.at(finalized.hash).channel(id).await?;
        if known.is_some_and(|channel| tab.is_of(&channel)) {
            return Ok(());
        }
        let lost = tab.outstanding();
        if lost > 0 {
            tracing::warn!(
                channel = id,
                lost,
                "channel closed before its voucher was redeemed"
            );
        } else {
            tracing::info!(channel = id, "channel closed");
        }
        self.ledger.forget(id)?;
        self.not_before.remove(&id);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{channel, tab, UNIT};
    use super::*;

    #[test]
    fn a_voucher_is_due_above_the_amount_that_is_carried() {
        let (tab, channel) = (tab(3), channel());
        assert_eq!(reason(&tab, &channel, 4 * UNIT), None);
        let due = Some(Reason::Amount);
        assert_eq!(reason(&tab, &channel, 4 * UNIT - 1), due);
        assert_eq!(reason(&tab, &channel, 0), due);
    }

    #[test]
    fn a_channel_that_closes_is_due_whatever_the_amount() {
        let mut channel = channel();
        channel.closing = Some(90);
        assert_eq!(reason(&tab(0), &channel, u128::MAX), Some(Reason::Closing));
    }

    #[test]
    fn a_voucher_above_the_deposit_is_not_sent_to_be_refused() {
        let mut channel = channel();
        channel.closing = Some(90);
        channel.deposit = 3 * UNIT;
        assert_eq!(reason(&tab(3), &channel, 0), None);
        assert_eq!(reason(&tab(2), &channel, 0), Some(Reason::Closing));
    }

    #[test]
    fn what_the_chain_has_paid_is_not_due_again() {
        let mut channel = channel();
        channel.closing = Some(90);
        channel.redeemed = 4 * UNIT;
        assert_eq!(reason(&tab(3), &channel, 0), None);
        channel.closing = None;
        assert_eq!(reason(&tab(4), &channel, UNIT), None);
        assert_eq!(reason(&tab(5), &channel, UNIT), Some(Reason::Amount));
    }

    #[test]
    fn a_voucher_for_a_channel_of_another_chain_is_never_due() {
        let mut channel = channel();
        channel.opened_at += 1;
        channel.closing = Some(90);
        assert_eq!(reason(&tab(3), &channel, 0), None);
    }

    #[test]
    fn the_chain_is_asked_while_something_is_outstanding_and_rarely_otherwise() {
        assert!(!is_time(&[], 100));
        let mut tabs = [(7, tab(3))];
        assert!(is_time(&tabs, 101));
        tabs[0].1.redeemed = 4 * UNIT;
        assert!(!is_time(&tabs, 101));
        assert!(is_time(&tabs, 200));
    }
}
