//! What is shown of a private request that has ended, in the form of `lattice infer`.

use super::super::record;
use super::session::Ended;
use super::state::State;
use crate::failure::Failure;
use crate::output::{fields, Output};
use anyhow::Context;
use lattice_chain_client::{BlockNumber, Client, Ending, RequestId};
use lattice_importer::argmax;
use lattice_tensor::Manifest;
use serde::Serialize;
use std::path::Path;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Reported {
    request: String,
    model: u32,
    /// Block of the request.
    block: BlockNumber,
    provider: String,
    /// What it cost, in planck.
    price: String,
    settled: bool,
    /// Class with the largest logit.
    #[serde(skip_serializing_if = "Option::is_none")]
    class: Option<usize>,
    /// Logits in real units.
    #[serde(skip_serializing_if = "Option::is_none")]
    logits: Option<Vec<f64>>,
    /// The integers that the proof is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    output: Option<Vec<i32>>,
    /// Whether the output is not on the chain.
    output_private: bool,
    /// File with input, blindings and receipt.
    state: String,
    /// The execution record, as the node's RPC gives it.
    #[serde(skip_serializing_if = "Option::is_none")]
    record: Option<serde_json::Value>,
}

/// Shows how a request ended.
///
/// # Errors
/// It did not settle, or settled with an output that could not be collected.
pub async fn show(
    client: &Client,
    request: RequestId,
    (state, path): (&State, &Path),
    manifest: &Manifest,
    ended: Ended,
    output: &Output,
) -> anyhow::Result<()> {
    let Ended { record, integers } = ended;
    if record.ending != Ending::Settled {
        let how = record::ending(&record);
        return Err(Failure::Evidence(format!("request {request} {how}")).into());
    }
    let integers = integers.with_context(|| {
        format!(
            "request {request} settled, and its output could not be collected: ask again with \
             `lattice private resume {request}`, as long as the provider keeps it"
        )
    })?;
    let step = manifest.output_scale.to_f64();
    let price = &record.price;
    let reported = Reported {
        request: request.to_string(),
        model: record.model,
        block: record.requested_at,
        provider: record.provider.to_string(),
        price: (price.compute + price.royalty + price.fee).to_string(),
        settled: true,
        class: Some(argmax(&integers)),
        logits: Some(integers.iter().map(|&y| f64::from(y) * step).collect()),
        output_private: state.output_private && record.output.is_empty(),
        state: path.display().to_string(),
        record: match output.is_json() {
            true => Some(record::as_json(client, request).await?),
            false => None,
        },
        output: Some(integers),
    };
    output.show(&reported, || {
        let mut text = record::describe(&record);
        let mut rows = Vec::new();
        if reported.output_private {
            rows.push((
                "logits",
                format!("{:?}", reported.output.as_deref().unwrap_or(&[])),
            ));
            if let Some(class) = reported.class {
                rows.push(("class", class.to_string()));
            }
        }
        rows.push(("state", reported.state.clone()));
        text += &fields(&rows);
        text
    })
}
