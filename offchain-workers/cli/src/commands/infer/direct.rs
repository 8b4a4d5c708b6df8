//! Requests that the chain answers itself, in their own block.

use super::Infer;
use crate::output::{fields, Output};
use crate::progress;
use anyhow::{ensure, Context};
use lattice_chain_client::{
    format_balance, BlockNumber, Call, Client, Event, Model, Signer, Verification,
};
use lattice_importer::argmax;
use lattice_tensor::Manifest;
use serde::Serialize;
use serde_json::{json, Value};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Answered {
    request: String,
    model: u32,
    block: BlockNumber,
    /// The royalty, in planck.
    price: String,
    /// Fee of the extrinsic, which pays for the gas too, in planck.
    fee: Option<String>,
    gas_used: String,
    /// Class with the largest logit.
    class: usize,
    /// Logits in real units.
    logits: Vec<f64>,
    /// What the chain keeps, as the node's RPC gives it.
    record: Value,
}

/// Asks the chain, and shows its answer.
pub async fn ask(
    infer: &Infer,
    client: &Client,
    signer: &Signer,
    (model, manifest): (&Model, &Manifest),
    input: Vec<i8>,
    output: &Output,
) -> anyhow::Result<()> {
    ensure!(
        model.stored.as_ref().is_some_and(|stored| stored.finalized),
        "the chain cannot run model {}: its weights are not on it; see `lattice model store`",
        model.index
    );
    let royalty = model.pricing.royalty;
    let max_price = infer.max_price.unwrap_or(royalty);
    ensure!(
        max_price >= royalty,
        "--max-price {} is below the royalty of {}",
        format_balance(max_price),
        format_balance(royalty),
    );
    let call = Call::RequestInference {
        model: model.index,
        input,
        max_price,
        deadline: infer.deadline,
        verification: Verification::Direct,
        options: Box::default(),
    };
    let spinner = progress::spinner("the chain runs the model");
    let included = client.submit_and_wait(signer, &call).await?;
    spinner.finish_and_clear();
    let (request, logits, gas_used) = included
        .events
        .iter()
        .find_map(|event| match event {
            Event::Answered {
                request,
                output,
                gas_used,
                ..
            } => Some((*request, output, *gas_used)),
            _ => None,
        })
        .context("the extrinsic succeeded, but the chain reports no answer")?;
    let parameters = vec![json!(request.to_string())];
    let step = manifest.output_scale.to_f64();
    let answered = Answered {
        request: request.to_string(),
        model: model.index,
        block: included.block.number,
        price: royalty.to_string(),
        fee: included.fee().map(|fee| fee.to_string()),
        gas_used: gas_used.to_string(),
        class: argmax(logits),
        logits: logits.iter().map(|&y| f64::from(y) * step).collect(),
        record: match output.is_json() {
            true => client.rpc("lattice_directRecord", parameters).await?,
            false => Value::Null,
        },
    };
    output.show(&answered, || {
        let mut rows = vec![
            ("request", answered.request.clone()),
            (
                "answered",
                format!("by the chain in block {}", answered.block),
            ),
            ("class", answered.class.to_string()),
            ("logits", format!("{logits:?}")),
            ("gas used", answered.gas_used.clone()),
            ("royalty", format_balance(royalty)),
        ];
        if let Some(fee) = included.fee() {
            rows.push(("fee", format_balance(fee)));
        }
        fields(&rows)
    })
}
