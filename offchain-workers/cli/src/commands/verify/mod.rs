//! `lattice verify`

mod checks;
#[cfg(test)]
pub mod fixture;
mod private;
pub mod reference;
mod request;

use super::infer::manifest;
use super::model::fetch;
use super::private::known;
use super::{record, tier};
use crate::args::{ChainArgs, ModelRef};
use crate::failure::Failure;
use crate::output::{fields, Output};
use crate::progress;
use anyhow::{ensure, Context};
use checks::Evidence;
use clap::Args;
use lattice_chain_client::{
    BlockNumber, Client, Ending, Model as Registration, Record, RequestId, Verification,
};
use lattice_tensor::Model;
use private::{Hidden, Kept};
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

Of a private request the chain has commitments alone. The proof is checked against these, which shows
that the model was run on whatever the input is; input and output themselves are compared where the
requester's state is (--state), and executed again with --model-file only there.

Examples:
  lattice verify 7
  lattice verify 9 --state requests --model-file digits.lattice
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
    /// Folder with the requester's private requests: compare input and output with their commitments
    /// [default: if it is there, $XDG_STATE_HOME/lattice or ~/.local/state/lattice].
    #[arg(long, value_name = "DIR")]
    pub state: Option<PathBuf>,
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
    /// What of the request is on the chain as a commitment only.
    private: Vec<&'static str>,
    /// What of that is not known here, either, and was not compared.
    unseen: Vec<&'static str>,
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
        let extrinsics = extrinsics(&client, record.requested_at).await?;
        let asked = asked(&extrinsics, &record, model.interface.input_len);
        spinner.set_message("checking");
        let evidence = Evidence {
            genesis: client.genesis(),
            record: &record,
            model: &model,
            manifest: &manifest,
            asked: &asked,
            local: local.as_ref(),
        };
        let hidden = match proven && !evidence.has_input() {
            true => self.hidden(&client, &record, &extrinsics).await?,
            false => None,
        };
        ensure!(
            self.state.is_none() || hidden.is_some(),
            "request {} is not a private one, of which there would be a state: leave out --state",
            self.request
        );
        let checks = match (&hidden, &local) {
            (Some(hidden), _) => hidden.checks(&evidence),
            (None, Some(model)) if !proven => evidence.checks_without_proof(model),
            (None, _) => evidence.checks(),
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
            private: hidden
                .as_ref()
                .map_or_else(Vec::new, |hidden| hidden.private(&record)),
            unseen: hidden
                .as_ref()
                .map_or_else(Vec::new, |hidden| hidden.unseen(&record)),
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

    /// What is to be had of the request if it is private; `None` if it is not.
    async fn hidden(
        &self,
        client: &Client,
        record: &Record,
        extrinsics: &[Vec<u8>],
    ) -> anyhow::Result<Option<Hidden>> {
        let request = self.request;
        let asked = private::candidates(extrinsics, record);
        if asked.is_empty() {
            return Ok(None);
        }
        let state = known(self.state.as_deref(), &record.input_commitment.0)?;
        if state.is_none() && self.state.is_some() {
            return Err(Failure::NotFound {
                what: format!("the state of private request {request} in that folder"),
                hint: "see `lattice private list --state DIR`",
            }
            .into());
        }
        ensure!(
            state.is_some() || self.model_file.is_none(),
            "the input of request {request} is private, so it cannot be executed again here: name the \
             requester's folder with --state, or leave out --model-file"
        );
        let was_posted = !record.output.is_empty() && asked.iter().any(|it| it.output_private);
        let posted = match was_posted {
            true => private::posted(&self::extrinsics(client, record.ended_at).await?, record),
            false => Vec::new(),
        };
        Ok(Some(Hidden {
            asked,
            posted,
            kept: state.as_ref().map(Kept::of).transpose()?,
        }))
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

/// The candidates for what was asked, from the extrinsics of the request's block.
fn asked(extrinsics: &[Vec<u8>], record: &Record, input_len: u32) -> Vec<Asked> {
    extrinsics
        .iter()
        .flat_map(|bytes| request::candidates(bytes, record.model, input_len))
        .collect()
}

/// The extrinsics of a block.
async fn extrinsics(client: &Client, number: BlockNumber) -> anyhow::Result<Vec<Vec<u8>>> {
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
    let bytes = extrinsics.iter().map(|extrinsic| {
        let digits = extrinsic.as_str().unwrap_or_default();
        hex::decode(digits.trim_start_matches("0x"))
            .with_context(|| format!("block {number} holds an extrinsic that is no hex text"))
    });
    bytes.collect()
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
    if !verified.private.is_empty() {
        let private = verified.private.join(" and ");
        let seen = match verified.unseen.as_slice() {
            [] => "compared with the requester's state above".to_owned(),
            unseen => format!("{} not known here and not compared", unseen.join(" and ")),
        };
        rows.push((
            "private",
            format!("the chain has only a commitment: {private}; {seen}"),
        ));
    }
    rows.push(("tier", tier::name(&verified.verification)));
    rows.push((
        "verdict",
        format!("request {}: {verdict}", verified.request),
    ));
    fields(&rows)
}
