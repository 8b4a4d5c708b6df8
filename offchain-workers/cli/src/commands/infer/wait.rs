//! Waiting until a request has ended.

use super::super::record::open::Open;
use anyhow::bail;
use indicatif::ProgressBar;
use lattice_chain_client::{BlockNumber, Client, Record, RequestId, Verification};

/// Deadline work may lag in a full block; after this many more, something is wrong.
const GRACE: BlockNumber = 50;

/// Waits until a request has ended, and says meanwhile how far it is.
///
/// # Errors
/// It is overdue. Without a proof disputes take the time that they take: such a request is waited for
/// as long as its tier has it.
pub async fn wait(
    client: &Client,
    request: RequestId,
    verification: &Verification,
    due: BlockNumber,
    spinner: &ProgressBar,
) -> anyhow::Result<Record> {
    let mut blocks = client.best_blocks();
    while let Some(block) = blocks.next().await {
        let block = match block {
            Ok(block) => block,
            Err(error) if error.is_fatal() => return Err(error.into()),
            // The stream reconnects by itself.
            Err(_) => continue,
        };
        let view = client.at(block.hash);
        if let Some(record) = view.record(request).await? {
            return Ok(record);
        }
        if let Some(open) = Open::of(&view, request, verification).await? {
            spinner.set_message(format!("request {request}: {}", open.progress()));
            continue;
        }
        if block.number > due.saturating_add(GRACE) {
            bail!(
                "request {request} was due in block {due} and has not ended in block {}; see \
                 `lattice record {request}` later",
                block.number
            );
        }
    }
    bail!("the node ended the subscription to blocks")
}
