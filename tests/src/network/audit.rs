//! Whether anything was lost: every request that is on chain, and every account's money.

use super::Network;
use anyhow::Result;
use lattice_chain_client::{AccountId, Balance, Ending, Failure, Record, RequestId, View};
use std::collections::BTreeMap;

/// What the providers have, to be compared later.
#[derive(Clone, Debug)]
pub struct Books {
    totals: BTreeMap<AccountId, Balance>,
}

/// What is on the chain in the end.
#[derive(Clone, Debug, Default)]
pub struct Audit {
    pub requests: u64,
    pub settled: u64,
    pub open: u64,
    /// Attempts of providers that failed, and were followed by another's.
    pub passed_on: u64,
    /// What is wrong; empty when nothing was lost.
    pub losses: Vec<String>,
}

/// Notes what the providers have.
///
/// # Errors
/// The chain cannot be read.
pub async fn open_books(network: &Network) -> Result<Books> {
    let view = network.client.best();
    let mut totals = BTreeMap::new();
    for provider in &network.providers {
        let account = provider.account()?;
        totals.insert(account, view.balance(&account).await?.total());
    }
    Ok(Books { totals })
}

/// Looks at every request since genesis, and at the accounts.
///
/// # Errors
/// The chain cannot be read.
pub async fn audit(network: &Network, requesters: &[AccountId], books: &Books) -> Result<Audit> {
    let view = network.client.best();
    let mut audit = Audit::default();
    let mut earned: BTreeMap<AccountId, Balance> = BTreeMap::new();
    let mut fined = Vec::new();
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
        audit.count(request, &record, &mut earned, &mut fined);
    }
    for account in requesters {
        let held = view.balance(account).await?.held;
        if held != 0 {
            let loss = format!("{held} planck of {account} are still on hold, without a request");
            audit.losses.push(loss);
        }
    }
    audit.settle_books(&view, books, &earned, &fined).await?;
    Ok(audit)
}

impl Audit {
    fn count(
        &mut self,
        request: RequestId,
        record: &Record,
        earned: &mut BTreeMap<AccountId, Balance>,
        fined: &mut Vec<AccountId>,
    ) {
        for (provider, failure) in &record.failed {
            self.passed_on += 1;
            fined.push(*provider);
            if *failure == Failure::FalseProof {
                let loss = format!("a proof of {provider} for request {request} was rejected");
                self.losses.push(loss);
            }
        }
        match record.ending {
            Ending::Settled => {
                self.settled += 1;
                *earned.entry(record.provider).or_default() += record.price.compute;
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

    /// Every provider that was not late has exactly what it earned more than before; what it submits
    /// costs no fee.
    async fn settle_books(
        &mut self,
        view: &View,
        books: &Books,
        earned: &BTreeMap<AccountId, Balance>,
        fined: &[AccountId],
    ) -> Result<()> {
        for (provider, before) in &books.totals {
            let now = view.balance(provider).await?.total();
            let due = before + earned.get(provider).copied().unwrap_or(0);
            let wrong = match fined.contains(provider) {
                // Lateness costs some of the stake.
                true => now > due,
                false => now != due,
            };
            if wrong {
                let loss = format!("{provider} has {now} planck and should have {due}");
                self.losses.push(loss);
            }
        }
        Ok(())
    }
}
