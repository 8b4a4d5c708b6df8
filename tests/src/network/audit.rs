//! Whether anything was lost: every request that is on chain, and every account's money.

use super::books::{final_block, Books, Ledger};
use super::{private, Network};
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

/// Looks at every request since genesis, and at the accounts: of these requesters, and of those of private
/// requests.
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
    let private = private::accounts()?;
    let mut ledger = Ledger::default();
    for request in RequestId::MIN.. {
        let Some(record) = view.record(request).await? else {
            // Private ones are numbered with the others.
            let is_open = view.assignment(request).await?.is_some()
                || view.private_request(request).await?.is_some();
            if !is_open {
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
        audit.count(&record, private.contains(&record.requester));
        ledger.enter(&record);
    }
    for account in requesters.iter().chain(&private) {
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
    /// Counts a request that has ended, whose output may have been to stay off the chain.
    fn count(&mut self, record: &Record, is_private: bool) {
        let request = record.request;
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
                let has_output = match is_private {
                    true => record.output_commitment.is_some(),
                    false => !record.output.is_empty(),
                };
                if !has_output || record.proof.is_none() {
                    let loss = format!("request {request} settled without a result");
                    self.losses.push(loss);
                }
                if is_private && !record.output.is_empty() {
                    let loss = format!("the private output of request {request} is on the chain");
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

#[cfg(test)]
mod tests {
    use super::*;
    use lattice_chain_client::samples;

    fn losses(record: &Record, is_private: bool) -> usize {
        let mut audit = Audit::default();
        audit.count(record, is_private);
        audit.losses.len()
    }

    #[test]
    fn a_private_output_is_a_commitment_and_another_is_there() {
        let public = samples::record();
        let private = Record {
            output: Vec::new(),
            ..samples::record()
        };
        assert_eq!((losses(&public, false), losses(&private, true)), (0, 0));
        assert_eq!((losses(&public, true), losses(&private, false)), (1, 1));
    }

    #[test]
    fn nothing_settles_without_a_result() {
        let unproven = Record {
            proof: None,
            ..samples::record()
        };
        let nothing = Record {
            output: Vec::new(),
            output_commitment: None,
            ..samples::record()
        };
        assert_eq!(losses(&unproven, false), 1);
        assert_eq!((losses(&nothing, false), losses(&nothing, true)), (1, 1));
    }
}
