//! `lattice verify`

mod checks;
#[cfg(test)]
pub mod fixture;
pub mod reference;
mod request;

use super::infer::manifest;
use super::model::fetch;
use super::{record, tier};
use crate::args::{ChainArgs, ModelRef};
use crate::failure::Failure;
use crate::output::{fields, Output};
use crate::progress;
use anyhow::Context;
use checks::Evidence;
use clap::Args;
use lattice_chain_client::{
    Client, Ending, Model as Registration, Record, RequestId, Verification,
};
use lattice_tensor::Model;
use reference::Check;
use request::Asked;
use serde::Serialize;
use serde_json::json;
use std::path::PathBuf;

const AFTER_HELP: &str = "\
Read from the chain are the execution record, the model's manifest, its verifying key and the block
that holds the request; everything else is computed here: the model's hash, the key's identity, the
commitments to input and output, the context that ties the proof to this chain, request and
provider, and the Groth16 equation. With --model-file the input is executed again as well.

A proof says that the posted output is what this model computes on this input. It says nothing of
whether the model is any good, and a development key could have been used to forge it.

A replicated or optimistic request has no proof. Then the model is run again on the input, from
--model-file or from the weights on the chain, and its output compared with the recorded one; without
either nothing can be checked, and the command says so and ends with status 4.

Examples:
  lattice verify 7
  lattice verify 8 --model-file digits.lattice";

/// Re-check a request off chain: its proof, or, where the tier has none, by running the model
/// again.
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub struct Verify {
    /// Number of the request.
    #[arg(value_name = "REQUEST")]
    pub request: RequestId,
    /// Model file: execute the input again and compare the output.
    #[arg(long, value_name = "M.lattice")]
    pub model_file: Option<PathBuf>,
    #[command(flatten)]
    pub chain: ChainArgs,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Verified {
    request: String,
    /// The evidence on which the chain settled.
    verification: Verification,
    /// There is a proof to check in this tier.
    proven: bool,
    /// Every check holds.
    valid: bool,
    /// How the chain ended the request.
    ending: Ending,
    setup: String,
    genesis: String,
    checks: Vec<Check>,
}

impl Verify {
    pub async fn run(self, output: &Output) -> anyhow::Result<()> {
        let local = self.model_file.as_deref().map(fetch::read).transpose()?;
        let client = self.chain.connect().await?;
        let spinner = progress::spinner("reading the chain");
        let record = record::find(&client, self.request).await?;
        let model = ModelRef::Index(record.model).find(&client).await?;
        let manifest = manifest(&model)?;
        let proven = tier::is_proven(&record.verification);
        let local = match local {
            None if !proven => Some(run_again(&client, &record, &model).await?),
            local => local,
        };
        let asked = asked(&client, &record, model.interface.input_len).await?;
        spinner.set_message("checking");
        let evidence = Evidence {
            genesis: client.genesis(),
            record: &record,
            model: &model,
            manifest: &manifest,
            asked: &asked,
            local: local.as_ref(),
        };
        let checks = match &local {
            Some(model) if !proven => evidence.checks_without_proof(model),
            _ => evidence.checks(),
        };
        spinner.finish_and_clear();
        let verified = Verified {
            request: self.request.to_string(),
            verification: record.verification,
            proven,
            valid: checks.iter().all(|check| check.holds),
            ending: record.ending,
            setup: model
                .key
                .as_ref()
                .map_or("none".into(), |key| format!("{:?}", key.setup)),
            genesis: crate::output::hex(client.genesis()),
            checks,
        };
        output.show(&verified, || describe(&verified))?;
        if verified.valid {
            return Ok(());
        }
        Err(Failure::Evidence(format!(
            "request {} {}; what fails: {}",
            self.request,
            match proven {
                true => "is not proven",
                false => "does not agree with its model",
            },
            Check::failing(&verified.checks).join(", ")
        ))
        .into())
    }
}

/// The model of a record without proof, from the chain.
///
/// # Errors
/// There is nothing to compare with it, or the weights are not on the chain.
async fn run_again(
    client: &Client,
    record: &Record,
    registration: &Registration,
) -> anyhow::Result<Model> {
    let (request, tier) = (record.request, tier::name(&record.verification));
    if record.output_commitment.is_none() {
        let ending = record::ending(record);
        return Err(Failure::Evidence(format!(
            "request {request} ({tier}) left no result to check; {ending}"
        ))
        .into());
    }
    let model = fetch::stored(client, registration).await?;
    model.ok_or_else(|| {
        Failure::Evidence(format!(
            "request {request} has no proof, since its tier has none: {tier}. To check its output \
             the model has to be run again, and its weights are not on the chain: give its file \
             with --model-file"
        ))
        .into()
    })
}

/// The candidates for what was asked, from the block of the request.
async fn asked(client: &Client, record: &Record, input_len: u32) -> anyhow::Result<Vec<Asked>> {
    let number = record.requested_at;
    let hash = client
        .block_hash(number)
        .await?
        .with_context(|| format!("the node does not know block {number}"))?;
    let block = client
        .rpc("chain_getBlock", vec![json!(format!("{hash:?}"))])
        .await?;
    let extrinsics = block["block"]["extrinsics"]
        .as_array()
        .with_context(|| format!("the node no longer keeps block {number}; ask an archive node"))?;
    let mut found = Vec::new();
    for extrinsic in extrinsics {
        let digits = extrinsic.as_str().unwrap_or_default();
        let bytes = hex::decode(digits.trim_start_matches("0x"))
            .with_context(|| format!("block {number} holds an extrinsic that is no hex text"))?;
        found.extend(request::candidates(&bytes, record.model, input_len));
    }
    Ok(found)
}

fn describe(verified: &Verified) -> String {
    let mut rows: Vec<(&str, String)> = verified.checks.iter().map(Check::row).collect();
    let verdict = match (verified.proven, verified.valid, verified.setup.as_str()) {
        (true, false, _) => "not proven",
        (true, true, "Dev") => "proven, under a development key (its maker could forge)",
        (true, true, _) => "proven",
        (false, false, _) => "the model, run again here, does not agree; this tier has no proof",
        (false, true, _) => "the model, run again here, agrees; this tier has no proof",
    };
    rows.push(("tier", tier::name(&verified.verification)));
    rows.push((
        "verdict",
        format!("request {}: {verdict}", verified.request),
    ));
    fields(&rows)
}
