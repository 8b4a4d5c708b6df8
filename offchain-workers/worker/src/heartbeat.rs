//! Now and then the provider says on chain that it is alive.
//!
//! It does so without a fee, once in every epoch of the chain in which it has done nothing else that
//! shows it; see [`AuthorizedCall::Heartbeat`].

use lattice_chain_client::{AuthorizedCall, BlockNumber, Client, Error, Included, Signer};

/// Sends a heartbeat every so many blocks.
#[derive(Debug)]
pub struct Heartbeat {
    client: Client,
    signer: Signer,
    /// Zero sends none.
    every: BlockNumber,
    next: Option<BlockNumber>,
}

impl Heartbeat {
    /// A heartbeat every `every` blocks, the first so many after the last that the chain knows of.
    pub fn new(
        client: Client,
        signer: Signer,
        every: BlockNumber,
        last: Option<BlockNumber>,
    ) -> Self {
        Self {
            client,
            signer,
            every,
            next: last.map(|last| last.saturating_add(every)),
        }
    }

    /// Sends one when it is time.
    pub fn at(&mut self, block: BlockNumber) {
        let (due, next) = schedule(self.every, self.next, block);
        self.next = next;
        if !due {
            return;
        }
        let (client, signer) = (self.client.clone(), self.signer.clone());
        tokio::spawn(async move {
            match beat(&client, &signer, block).await {
                Ok(included) => tracing::debug!(block = included.block.number, "heartbeat"),
                Err(Error::Pool(refusal)) if refusal.is_stale() => {
                    tracing::debug!("the chain knows that the provider is alive");
                }
                // Not serving is what a missing heartbeat is about; this one
                // is missed and the next one tried.
                Err(error) => tracing::warn!(%error, "no heartbeat"),
            }
        });
    }
}

/// Sends the heartbeat of a block's epoch, and waits until it is in a block.
async fn beat(client: &Client, signer: &Signer, block: BlockNumber) -> Result<Included, Error> {
    let epoch = epoch(block, client.heartbeat_epoch().await?);
    let call = AuthorizedCall::Heartbeat { epoch };
    let heartbeat = client.authorize(signer, &call).await?;
    heartbeat.submit().await?.in_block().await
}

/// The number of a block's epoch, of epochs with so many blocks.
fn epoch(block: BlockNumber, blocks: BlockNumber) -> BlockNumber {
    block.checked_div(blocks).unwrap_or(0)
}

/// Whether a heartbeat is due at a block, and from which block the next one is.
fn schedule(
    every: BlockNumber,
    next: Option<BlockNumber>,
    block: BlockNumber,
) -> (bool, Option<BlockNumber>) {
    if every == 0 {
        return (false, None);
    }
    match next {
        // A development chain that was begun anew is far below what the one before had reached.
        Some(next) if block < next && next.saturating_sub(block) <= every => (false, Some(next)),
        other => (other.is_some(), Some(block.saturating_add(every))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_heartbeat_comes_after_one_interval_and_then_one_per_interval() {
        let mut next = None;
        let mut beats = Vec::new();
        for block in 50..=71 {
            let (due, following) = schedule(10, next, block);
            next = following;
            if due {
                beats.push(block);
            }
        }
        assert_eq!(beats, [60, 70]);
    }

    #[test]
    fn blocks_that_were_missed_cost_one_heartbeat_and_not_many() {
        let (due, next) = schedule(10, Some(60), 95);
        assert_eq!((due, next), (true, Some(105)));
    }

    #[test]
    fn a_chain_that_was_begun_anew_is_not_waited_for() {
        let (due, next) = schedule(10, Some(5_000), 3);
        assert_eq!((due, next), (true, Some(13)));
        // Only the next one is that near.
        assert_eq!(schedule(10, Some(13), 3), (false, Some(13)));
    }

    #[test]
    fn who_was_away_for_long_says_at_once_that_it_is_back() {
        // The last one was in block 20.
        let (due, next) = schedule(10, Some(30), 95);
        assert_eq!((due, next), (true, Some(105)));
    }

    #[test]
    fn epochs_are_counted_from_the_first_block() {
        assert_eq!(
            [0, 299, 300, 899].map(|block| epoch(block, 300)),
            [0, 0, 1, 2]
        );
        // No chain has such epochs.
        assert_eq!(epoch(7, 0), 0);
    }

    #[test]
    fn zero_means_never() {
        assert_eq!(schedule(0, None, 1_000), (false, None));
    }
}
