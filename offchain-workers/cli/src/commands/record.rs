//! `lattice record`

pub mod open;

use super::tier;
use crate::args::ChainArgs;
use crate::failure::Failure;
use crate::output::{fields, hex, Output};
use clap::Args;
use lattice_chain_client::{
    self as chain, format_balance, Client, Ending, Record, RequestId, Verification, H256,
};
use lattice_importer::argmax;
use open::Open;
use serde_json::json;

const AFTER_HELP: &str = "\
A request leaves its record when it ends. One that is replicated, optimistic or private is shown while
it is open, too: who has done what, and until when the next step is due (with --json as the node's
lattice_replicated, lattice_optimistic or lattice_privateRequest gives it, which has no `ending`).

Example:
  lattice record 7";

/// Show the execution record of a request, or how far one without proof, or a private one, has come.
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
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
        // At one block: a request must not end between two looks.
        let block = client.best_block().await?.hash;
        let view = client.at(block);
        let Some(record) = view.record(self.request).await? else {
            return match Open::find(&view, self.request).await? {
                Some(open) => show_open(&client, self.request, block, &open, output).await,
                None => Err(missing(&client, self.request).await),
            };
        };
        if output.is_json() {
            return output.show(&as_json(&client, self.request).await?, String::new);
        }
        output.show(&(), || describe(&record))
    }
}

/// Shows a request that has left no record yet.
async fn show_open(
    client: &Client,
    request: RequestId,
    block: H256,
    open: &Open,
    output: &Output,
) -> anyhow::Result<()> {
    if output.is_json() {
        let params = vec![json!(request), json!(format!("{block:?}"))];
        let shown = client.rpc(open.method(), params).await?;
        return output.show(&shown, String::new);
    }
    output.show(&(), || open.describe())
}

/// The record of an ended request.
pub async fn find(client: &Client, request: RequestId) -> anyhow::Result<Record> {
    match client.best().record(request).await? {
        Some(record) => Ok(record),
        None => Err(missing(client, request).await),
    }
}

/// Why a request has no record.
async fn missing(client: &Client, request: RequestId) -> anyhow::Error {
    match is_open(client, request).await {
        Ok(is_open) => Failure::NotFound {
            what: format!("the execution record of request {request}"),
            hint: match is_open {
                true => "the request is still open, so there is none yet",
                false => "no request has this number",
            },
        }
        .into(),
        Err(error) => error.into(),
    }
}

async fn is_open(client: &Client, request: RequestId) -> chain::Result<bool> {
    let view = client.best();
    Ok(view.assignment(request).await?.is_some() || Open::find(&view, request).await?.is_some())
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
        ("ended as", ending(record)),
        ("tier", tier::name(&record.verification)),
        (
            "blocks",
            format!(
                "requested {}, ended {}",
                record.requested_at, record.ended_at
            ),
        ),
        ("requester", record.requester.to_string()),
    ];
    match record.agreed.is_empty() {
        true => rows.push(("provider", record.provider.to_string())),
        false => {
            let agreed = record.agreed.iter();
            rows.extend(agreed.map(|provider| ("agreed", provider.to_string())));
        }
    }
    rows.push(("model", format!("{} {:?}", record.model, record.model_hash)));
    let proven = tier::is_proven(&record.verification);
    if proven {
        rows.push(("key", format!("{:?}", record.vk_id)));
    }
    rows.extend([
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
        ("context", format!("{:?}", record.context)),
        ("input", format!("{:?}", record.input_commitment)),
    ]);
    if proven {
        rows.push(("gas", record.gas_used.to_string()));
    }
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
        chain::Failure::FalseClaim => "it denied an input that it had signed for",
        chain::Failure::OutputWithheld => "it did not post the private output that it had proven",
    }
}

/// An ending in words.
pub fn ending(record: &Record) -> String {
    let text = match record.ending {
        Ending::Settled => match record.verification {
            Verification::Proven | Verification::ProvenByCeremony | Verification::Direct => {
                "settled: the proof was accepted and everyone was paid"
            }
            Verification::Replicated { n, .. } => {
                let agreed = record.agreed.len();
                return format!("settled: {agreed} of {n} replicas agreed, and were paid");
            }
            Verification::Optimistic { .. } => {
                "settled: nobody refuted the result in its window, and everyone was paid"
            }
        },
        Ending::ProofRejected => "proof rejected: provider slashed, requester refunded",
        Ending::Expired => "expired: no result came in time, requester refunded",
        Ending::NotAccepted => "not accepted: no provider bound itself in time, requester refunded",
        Ending::Cancelled => "cancelled: taken back while no provider was bound to it",
        Ending::Unserved => "unserved: no eligible provider was left to try, requester refunded",
        Ending::NoQuorum => "no quorum: too few of the results were equal, requester refunded",
        Ending::Refuted => {
            "refuted: the result did not stand, provider slashed, requester refunded"
        }
        Ending::InputNotOpened => {
            "input not opened: the provider had none, and was paid for its time"
        }
        Ending::FalseClaim => {
            "false claim: the provider denied an input that it had signed for, and was fined; \
             requester refunded"
        }
        Ending::OutputWithheld => {
            "output withheld: the provider did not post it, and was fined; requester refunded"
        }
    };
    text.into()
}
