//! Waiting until a request has ended.

use super::super::record::open::Open;
use crate::failure::is_transient;
use anyhow::{bail, ensure};
use indicatif::ProgressBar;
use lattice_chain_client::{
    AccountId, Block, BlockNumber, Client, Head, ModelIndex, Record, RequestId, Sighting,
    Verification,
};
use std::io::Write;

/// Deadline work may lag in a full block; after this many more, something is wrong.
const GRACE: BlockNumber = 50;

/// A request that is waited for.
pub struct Awaited {
    pub request: RequestId,
    pub requester: AccountId,
    pub model: ModelIndex,
    pub verification: Verification,
    /// The block in which it is over at the latest, disputes aside.
    pub due: BlockNumber,
}

/// Waits until a request has ended, and says meanwhile how far it is, also while the node is away.
///
/// # Errors
/// It is overdue, or the chain has lost it: the block in which it was is none of this chain any more.
/// Without a proof disputes take the time that they take: such a request is waited for as long as its
/// tier has it.
pub async fn wait(
    client: &Client,
    awaited: &Awaited,
    spinner: &ProgressBar,
) -> anyhow::Result<Record> {
    let request = awaited.request;
    let mut heads = client.heads(Head::Best);
    while let Some(sighting) = heads.next().await {
        let looked = match sighting {
            Ok(Sighting::Block(block)) => awaited.look(client, block, spinner).await,
            Ok(Sighting::Lost) => {
                let url = client.url();
                spinner.suspend(|| {
                    // Nobody may be reading.
                    let _ = writeln!(
                        std::io::stderr().lock(),
                        "request {request}: the connection to {url} was lost; waiting for it"
                    );
                });
                continue;
            }
            Err(error) => Err(error.into()),
        };
        match looked {
            Ok(Some(record)) => return Ok(record),
            Ok(None) => {}
            // The stream reconnects by itself, and what this block did not tell, the next one does.
            Err(error) if is_transient(&error) => {}
            Err(error) => return Err(error),
        }
    }
    bail!("the node ended the subscription to blocks")
}

impl Awaited {
    /// The record that a block shows.
    async fn look(
        &self,
        client: &Client,
        block: Block,
        spinner: &ProgressBar,
    ) -> anyhow::Result<Option<Record>> {
        let Self { request, due, .. } = *self;
        let view = client.at(block.hash);
        if let Some(record) = view.record(request).await? {
            self.check_is(&record)?;
            return Ok(Some(record));
        }
        if let Some(open) = Open::of(&view, request, &self.verification).await? {
            spinner.set_message(format!("request {request}: {}", open.progress()));
            return Ok(None);
        }
        ensure!(
            block.number <= due.saturating_add(GRACE),
            "request {request} was due in block {due} and has not ended in block {}; see \
             `lattice record {request}` later",
            block.number
        );
        Ok(None)
    }

    /// A node that lost its last blocks, or a development chain that was begun anew, may have given the
    /// number to another request.
    fn check_is(&self, record: &Record) -> anyhow::Result<()> {
        ensure!(
            (record.requester, record.model) == (self.requester, self.model),
            "request {} is another one now, of {} for model {}: the chain has lost the block in which \
             yours was; ask again",
            self.request,
            record.requester,
            record.model
        );
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lattice_chain_client::samples;

    #[test]
    fn the_record_of_another_request_with_the_number_is_not_taken() {
        let record = samples::record();
        let awaited = |requester, model| Awaited {
            request: record.request,
            requester,
            model,
            verification: record.verification,
            due: record.ended_at,
        };
        let ours = awaited(record.requester, record.model);
        assert!(ours.check_is(&record).is_ok());
        let another = AccountId([0xee; 32]);
        for other in [
            awaited(another, record.model),
            awaited(record.requester, record.model + 1),
        ] {
            let refused = other.check_is(&record).expect_err("is another's");
            assert!(refused.to_string().contains("ask again"), "{refused}");
        }
    }
}
