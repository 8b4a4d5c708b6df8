//! Well-known accounts: what they have on a chain, and what they paid there.

use anyhow::{Context, Result};
use lattice_chain_client::{AccountId, BlockNumber, Client, Event, Provider, Signer, H256};

/// The account of a development seed.
pub fn account(seed: &str) -> Result<AccountId> {
    Ok(Signer::from_dev_seed(seed)?.account())
}

/// A provider at the best block.
pub async fn provider(client: &Client, seed: &str) -> Result<Provider> {
    let provider = client.best().provider(&account(seed)?).await?;
    provider.with_context(|| format!("{seed} is no provider"))
}

/// What an account has in all, and what of it is on hold, as of a block.
pub async fn money(client: &Client, seed: &str, block: H256) -> Result<(u128, u128)> {
    let balance = client.at(block).balance(&account(seed)?).await?;
    Ok((balance.total(), balance.held))
}

/// All events of the blocks after `first` up to `last`.
pub async fn events_between(
    client: &Client,
    first: BlockNumber,
    last: BlockNumber,
) -> Result<Vec<Event>> {
    let mut all = Vec::new();
    for number in first + 1..=last {
        let hash = client.block_hash(number).await?;
        let hash = hash.with_context(|| format!("no block {number}"))?;
        all.extend(client.events_at(hash).await?);
    }
    Ok(all)
}

/// What an account paid in fees.
pub fn fees(events: &[Event], seed: &str) -> Result<u128> {
    let payer = account(seed)?;
    let fees = events.iter().filter_map(|event| match event {
        Event::FeePaid { payer: who, amount } if *who == payer => Some(*amount),
        _ => None,
    });
    Ok(fees.sum())
}
