//! The best chain, told to the ledger.

use super::ledger::{lock, Shared, BLOCKS_KEPT};
use super::send::offer_again;
use anyhow::bail;
use lattice_chain_client::{Block, Client, Error, Head, Sighting};
use std::collections::VecDeque;
use std::time::Instant;

/// Tells the ledger of every block of the best chain, through reconnections and reorganisations, and
/// hands extrinsics in again that are in none. Ends with an error only.
///
/// # Errors
/// Another chain answers at the URL, or the node was away, or was reorganised, for more blocks than can
/// be made up for.
pub async fn follow(client: Client, ledger: Shared, started: Instant) -> anyhow::Result<()> {
    let mut heads = client.heads(Head::Best);
    while let Some(sighting) = heads.next().await {
        let told = match sighting {
            Ok(Sighting::Block(head)) => catch_up(&client, &ledger, head, started).await,
            Ok(Sighting::Lost) => Ok(()),
            Err(error) => Err(error.into()),
        };
        if let Err(error) = told {
            match error.downcast_ref::<Error>() {
                // What this head did not tell, the next one does.
                Some(chain) if !chain.is_fatal() => {
                    tracing::warn!(%error, "cannot read a block yet");
                }
                _ => return Err(error),
            }
        }
    }
    bail!("the node ended the subscription to blocks")
}

async fn catch_up(
    client: &Client,
    ledger: &Shared,
    head: Block,
    started: Instant,
) -> anyhow::Result<()> {
    let untold = untold(client, ledger, head).await?;
    for block in untold {
        let events = client.events_at(block.hash).await?;
        let mut ledger = lock(ledger);
        // Nothing, unless another block of this height was told before.
        ledger.rewind(block.number);
        ledger.apply(block, &events, started.elapsed());
    }
    let overdue = lock(ledger).overdue(head.number, started.elapsed());
    for bytes in overdue {
        offer_again(client, &bytes).await;
    }
    Ok(())
}

/// The blocks after the last one of this chain that was told, up to a head, oldest first.
async fn untold(client: &Client, ledger: &Shared, head: Block) -> anyhow::Result<VecDeque<Block>> {
    let mut untold = VecDeque::new();
    let mut block = head;
    loop {
        let (known, oldest) = {
            let ledger = lock(ledger);
            (ledger.knows(block), ledger.oldest())
        };
        if known {
            return Ok(untold);
        }
        if block.number <= oldest || untold.len() >= BLOCKS_KEPT {
            bail!(
                "block {} does not follow any of the last {BLOCKS_KEPT} blocks that were seen, so it is \
                 not known what became of the requests; the node was away for too long, or its chain \
                 was replaced",
                head.number
            );
        }
        untold.push_front(block);
        let number = block.number.saturating_sub(1);
        let Some(hash) = client.block_hash(number).await? else {
            // The chain is shorter now than its head was.
            return Err(Error::UnknownBlock(number.to_string()).into());
        };
        block = Block { number, hash };
    }
}
