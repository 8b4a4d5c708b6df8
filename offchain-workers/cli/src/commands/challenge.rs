//! `lattice challenge`

use super::model::fetch;
use super::provider::Signed;
use crate::args::ModelRef;
use crate::failure::Failure;
use crate::output::{fields, Output};
use crate::progress;
use anyhow::{bail, ensure, Context};
use clap::Args;
use lattice_chain_client::{
    format_balance, BlockNumber, Call, Client, Optimistic, OptimisticStatus, RequestId, H256,
};
use lattice_tensor::{trace, Model};
use lattice_trace::Commitment;
use serde::Serialize;
use std::path::PathBuf;

const AFTER_HELP: &str = "\
The bond of the request goes on hold, and is lost if the result stands. So the model is run here
first, from --model-file or from the weights on the chain, and nothing is sent if output and trace are
the posted ones. What follows are turns, each due within some blocks: `lattice-worker --watch` with the
same key takes them; whoever misses one has lost. Who is right gets the bond back, and a part of what
the provider loses.

Examples:
  lattice challenge 7 --key-file key
  lattice challenge 7 --model-file digits.lattice --key-file key";

/// Challenge the posted result of an optimistic request.
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub struct Challenge {
    /// Number of the request.
    #[arg(value_name = "REQUEST")]
    pub request: RequestId,
    /// Model file, to run the model before the bond is put at stake [default: the weights on the
    /// chain].
    #[arg(long, value_name = "M.lattice")]
    pub model_file: Option<PathBuf>,
    /// Do not run the model first.
    #[arg(long, conflicts_with = "model_file")]
    pub unchecked: bool,
    #[command(flatten)]
    pub signed: Signed,
}

/// Amounts in planck.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Challenged {
    request: String,
    dispute: String,
    challenger: String,
    provider: String,
    bond: String,
    /// What the model gave here; absent where it was not run.
    #[serde(skip_serializing_if = "Option::is_none")]
    output: Option<Vec<i32>>,
    block: BlockNumber,
    fee: Option<String>,
}

/// A result, posted or one's own.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Found {
    output: Vec<i32>,
    trace_root: H256,
}

impl Challenge {
    pub async fn run(self, output: &Output) -> anyhow::Result<()> {
        let local = self.model_file.as_deref().map(fetch::read).transpose()?;
        let signer = self.signed.signer.signer()?;
        let client = self.signed.chain.connect().await?;
        let open = find(&client, self.request).await?;
        let posted = posted(&open)?;
        ensure!(
            signer.account() != open.provider,
            "{} posted this result itself",
            open.provider
        );
        let own = match self.unchecked {
            true => None,
            false => Some(run_again(&client, &open, local).await?),
        };
        if own.as_ref() == Some(&posted) {
            return Err(Failure::Evidence(format!(
                "the model gives the posted result of request {}: a challenge would cost the bond \
                 of {}",
                self.request,
                format_balance(open.bond)
            ))
            .into());
        }
        let request = self.request;
        let spinner = progress::spinner("waiting for a block");
        let call = Call::ChallengeResult {
            request,
            // Running the model takes a while, in which another provider may get the request.
            trace_root: posted.trace_root,
        };
        let included = client.submit_and_wait(&signer, &call).await?;
        spinner.finish_and_clear();
        let dispute = included
            .dispute()
            .context("the extrinsic succeeded, but the chain reports no dispute")?;
        let challenged = Challenged {
            request: request.to_string(),
            dispute: dispute.to_string(),
            challenger: signer.account().to_string(),
            provider: open.provider.to_string(),
            bond: open.bond.to_string(),
            output: own.map(|own| own.output),
            block: included.block.number,
            fee: included.fee().map(|fee| fee.to_string()),
        };
        output.show(&challenged, || {
            fields(&[
                ("request", challenged.request.clone()),
                ("dispute", challenged.dispute.clone()),
                ("challenger", challenged.challenger.clone()),
                ("provider", challenged.provider.clone()),
                ("bond", format!("{} on hold", format_balance(open.bond))),
                ("block", challenged.block.to_string()),
                (
                    "then",
                    "`lattice-worker --watch` with this key takes your turns; \
                     `lattice disputes` shows them"
                        .to_owned(),
                ),
            ])
        })
    }
}

async fn find(client: &Client, request: RequestId) -> anyhow::Result<Optimistic> {
    let open = client.best().optimistic(request).await?;
    open.ok_or_else(|| {
        Failure::NotFound {
            what: format!("open optimistic request {request}"),
            hint: "`lattice disputes --all` lists results that can be challenged",
        }
        .into()
    })
}

/// The result that is challenged.
fn posted(open: &Optimistic) -> anyhow::Result<Found> {
    match &open.status {
        OptimisticStatus::Assigned => bail!(
            "request {} has no result yet; it is due in block {}",
            open.request,
            open.deadline
        ),
        OptimisticStatus::Waiting { .. } => bail!(
            "request {} has no result yet; the next block gives it to another provider",
            open.request
        ),
        OptimisticStatus::Posted {
            output, trace_root, ..
        } => Ok(Found {
            output: output.clone(),
            trace_root: *trace_root,
        }),
    }
}

/// What the model gives here for the request's input.
async fn run_again(
    client: &Client,
    open: &Optimistic,
    local: Option<Model>,
) -> anyhow::Result<Found> {
    let model = match local {
        Some(model) => model,
        None => {
            let registration = ModelRef::Index(open.model).find(client).await?;
            fetch::stored(client, &registration)
                .await?
                .with_context(|| {
                    format!(
                        "the weights of model {} are not on the chain: give its file with \
                     --model-file, or --unchecked to put the bond at stake without running it",
                        open.model
                    )
                })?
        }
    };
    fetch::ensure_is(&model, &open.model_hash)?;
    found(&model, &open.input)
}

/// What a model gives for an input.
fn found(model: &Model, input: &[i8]) -> anyhow::Result<Found> {
    let input: Vec<i32> = input.iter().map(|&x| i32::from(x)).collect();
    let trace = trace(model, &input)?;
    let output = trace.output().to_vec();
    let commitment = Commitment::new(model, trace)?;
    Ok(Found {
        output,
        trace_root: H256(commitment.root()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::verify::fixture::tiny;
    use lattice_chain_client::samples;

    fn open(posted: Found) -> Optimistic {
        let tiny = tiny();
        let status = OptimisticStatus::Posted {
            output: posted.output,
            trace_root: posted.trace_root,
            posted_at: 12,
            final_at: 112,
            challenges: Vec::new(),
        };
        Optimistic {
            model: tiny.registration.index,
            model_hash: tiny.registration.model_hash,
            input: vec![1, 16, 0, 9],
            ..samples::optimistic(status)
        }
    }

    #[test]
    fn a_result_is_right_if_output_and_trace_are_the_models() {
        let model = &tiny().model;
        let honest = found(model, &[1, 16, 0, 9]).expect("it runs");
        let right = open(honest.clone());
        assert_eq!(posted(&right).expect("it is there"), honest);
        assert_eq!(found(model, &right.input).expect("it runs"), honest);
        let mut false_output = honest.clone();
        false_output.output[0] += 1;
        assert_ne!(posted(&open(false_output)).expect("it is there"), honest);
        let other_trace = Found {
            trace_root: H256([9; 32]),
            ..honest.clone()
        };
        assert_ne!(posted(&open(other_trace)).expect("it is there"), honest);
    }

    #[test]
    fn a_request_without_a_result_cannot_be_challenged() {
        let assigned = Optimistic {
            status: OptimisticStatus::Assigned,
            ..open(found(&tiny().model, &[0; 4]).expect("it runs"))
        };
        let error = posted(&assigned).expect_err("nothing is posted");
        assert!(error.to_string().contains("due in block 30"), "{error}");
        let waiting = Optimistic {
            status: OptimisticStatus::Waiting { since: 31 },
            ..assigned
        };
        let error = posted(&waiting).expect_err("nothing is posted");
        assert!(error.to_string().contains("another provider"), "{error}");
    }
}
