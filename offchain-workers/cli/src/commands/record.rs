//! `lattice record`

use crate::args::ChainArgs;
use crate::failure::Failure;
use crate::output::{fields, hex, Output};
use clap::Args;
use lattice_chain_client::{self as chain, format_balance, Client, Ending, Record, RequestId};
use lattice_importer::argmax;
use serde_json::json;

/// Show the execution record of a request.
#[derive(Debug, Args)]
pub struct RecordCommand {
    /// Number of the request.
    #[arg(value_name = "REQUEST")]
    pub request: RequestId,
    #[command(flatten)]
    pub chain: ChainArgs,
}

impl RecordCommand {
    pub async fn run(self, output: &Output) -> anyhow::Result<()> {
        let client = self.chain.connect().await?;
        let record = find(&client, self.request).await?;
        if output.is_json() {
            return output.show(&as_json(&client, self.request).await?, String::new);
        }
        output.show(&(), || describe(&record))
    }
}

/// The record of an ended request.
pub async fn find(client: &Client, request: RequestId) -> anyhow::Result<Record> {
    let best = client.best();
    if let Some(record) = best.record(request).await? {
        return Ok(record);
    }
    let hint = match best.assignment(request).await? {
        Some(_) => "the request is still open, so there is none yet",
        None => "no request has this number",
    };
    Err(Failure::NotFound {
        what: format!("the execution record of request {request}"),
        hint,
    }
    .into())
}

/// The record as the node's `lattice_executionRecord` gives it.
pub async fn as_json(client: &Client, request: RequestId) -> anyhow::Result<serde_json::Value> {
    Ok(client
        .rpc("lattice_executionRecord", vec![json!(request)])
        .await?)
}

/// Everything of a record, for people.
pub fn describe(record: &Record) -> String {
    let price = &record.price;
    let total = price.compute + price.royalty + price.fee;
    let mut rows = vec![
        ("request", record.request.to_string()),
        ("ended as", ending(record.ending).to_string()),
        (
            "blocks",
            format!(
                "requested {}, ended {}",
                record.requested_at, record.ended_at
            ),
        ),
        ("requester", record.requester.to_string()),
        ("provider", record.provider.to_string()),
        ("model", format!("{} {:?}", record.model, record.model_hash)),
        ("key", format!("{:?}", record.vk_id)),
        (
            "price",
            format!(
                "{} = {} compute + {} royalty + {} fee",
                format_balance(total),
                format_balance(price.compute),
                format_balance(price.royalty),
                format_balance(price.fee)
            ),
        ),
        ("gas", record.gas_used.to_string()),
        ("context", format!("{:?}", record.context)),
        ("input", format!("{:?}", record.input_commitment)),
    ];
    for (provider, failure) in &record.failed {
        rows.push(("failed", format!("{provider}: {}", failed_as(*failure))));
    }
    if let Some(commitment) = record.output_commitment {
        rows.push(("output", format!("{commitment:?}")));
    }
    if !record.output.is_empty() {
        rows.push(("logits", format!("{:?}", record.output)));
        rows.push(("class", argmax(&record.output).to_string()));
    }
    if let Some(proof) = &record.proof {
        rows.push((
            "proof",
            format!("{} bytes {}", proof.as_slice().len(), hex(proof)),
        ));
    }
    fields(&rows)
}

/// How an attempt failed, in words.
const fn failed_as(failure: chain::Failure) -> &'static str {
    match failure {
        chain::Failure::FalseProof => "its proof was rejected",
        chain::Failure::Late => "its result was late",
        chain::Failure::NotAccepted => "it did not accept in time",
        chain::Failure::Refuted => "its result was challenged and could not be defended",
        chain::Failure::Outvoted => "its result differed from the one that settled",
    }
}

/// An ending in words.
pub fn ending(ending: Ending) -> &'static str {
    match ending {
        Ending::Settled => "settled: the proof was accepted and everyone was paid",
        Ending::ProofRejected => "proof rejected: provider slashed, requester refunded",
        Ending::Expired => "expired: no result came in time, requester refunded",
        Ending::NotAccepted => "not accepted: no provider bound itself in time, requester refunded",
        Ending::Cancelled => "cancelled: taken back while no provider was bound to it",
        Ending::Unserved => "unserved: no eligible provider was left to try, requester refunded",
        Ending::NoQuorum => "no quorum: too few of the results were equal, requester refunded",
        Ending::Refuted => {
            "refuted: the result did not stand, provider slashed, requester refunded"
        }
    }
}
