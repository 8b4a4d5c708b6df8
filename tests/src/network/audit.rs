//! Whether anything was lost: every request that is on chain, and every account's money.

use super::books::{final_block, Books, Ledger};
use super::Network;
use anyhow::Result;
use lattice_chain_client::{AccountId, Balance, Ending, Failure, Record, RequestId};

/// What is on the chain in the end.
#[derive(Clone, Debug, Default)]
pub struct Audit {
    pub requests: u64,
    pub settled: u64,
    pub open: u64,
    /// Attempts of providers that failed, and were followed by another's.
    pub passed_on: u64,
    /// What the fines for them come to, in planck.
    pub fined: Balance,
    /// Part of that which has been taken; the rest waits.
    pub taken: Balance,
    /// What is wrong; empty when nothing was lost.
    pub losses: Vec<String>,
}

/// Looks at every request since genesis, and at the accounts.
///
/// # Errors
/// The chain cannot be read.
pub async fn audit(network: &Network, requesters: &[AccountId], books: &Books) -> Result<Audit> {
    let mut audit = Audit::default();
    let block = match final_block(network).await {
        Ok(block) => block,
        Err(error) => {
            audit.losses.push(format!("{error:#}"));
            network.client.best_block().await?
        }
    };
    let view = network.client.at(block.hash);
    let mut ledger = Ledger::default();
    for request in RequestId::MIN.. {
        let Some(record) = view.record(request).await? else {
            if view.assignment(request).await?.is_none() {
                break;
            }
            audit.requests += 1;
            audit.open += 1;
            audit
                .losses
                .push(format!("request {request} has not ended"));
            continue;
        };
        audit.requests += 1;
        audit.count(request, &record);
        ledger.enter(&record);
    }
    for account in requesters {
        let held = view.balance(account).await?.held;
        if held != 0 {
            let loss = format!("{held} planck of {account} are still on hold, without a request");
            audit.losses.push(loss);
        }
    }
    let wrong = books.compare(&network.client, block, &mut ledger).await?;
    audit.losses.extend(wrong);
    (audit.fined, audit.taken) = ledger.fines();
    Ok(audit)
}

impl Audit {
    fn count(&mut self, request: RequestId, record: &Record) {
        for (provider, failure) in &record.failed {
            self.passed_on += 1;
            if *failure == Failure::FalseProof {
                let loss = format!("a proof of {provider} for request {request} was rejected");
                self.losses.push(loss);
            }
        }
        match record.ending {
            Ending::Settled => {
                self.settled += 1;
                if record.output.is_empty() || record.proof.is_none() {
                    let loss = format!("request {request} settled without a result");
                    self.losses.push(loss);
                }
            }
            ending => {
                let loss = format!("request {request} ended as {ending:?}");
                self.losses.push(loss);
            }
        }
    }
}
