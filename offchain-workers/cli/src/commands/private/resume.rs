//! `lattice private resume`

use super::super::infer::manifest;
use super::report;
use super::session::Session;
use super::state::{self, State, Store};
use super::DealArgs;
use crate::args::{parse_field, ChainArgs, ModelRef, SignerArgs};
use crate::failure::Failure;
use crate::output::{hex, Output};
use crate::progress;
use anyhow::{bail, ensure, Context};
use clap::Args;
use lattice_chain_client::{submit::MORTALITY, BlockNumber, Client, Event, RequestId};
use lattice_verifier::FieldBytes;
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// Blocks between the writing of the state and the signing of the request, at most.
const SLACK: BlockNumber = 16;

const AFTER_HELP: &str = "\
What `lattice infer --private` does until the request has ended is done here from wherever it was
left: the input is delivered unless there is a receipt, a false claim is refuted with the receipt, the
output is collected, verified and acknowledged, or has to be posted if it does not come. Input, blinding
and receipt are read from the state folder, without which nothing can be done.

If the process was killed before it learnt the request's number, name the input's commitment, as
`lattice private list` shows it.

Examples:
  lattice private resume 7 --key-file key
  lattice private resume 7 --open --dev-seed //Alice";

/// Go on with a private request: deliver, answer a claim, collect, acknowledge.
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub struct Resume {
    /// Number of the request, or 0x and its input commitment.
    #[arg(value_name = "REQUEST")]
    pub which: Which,
    #[command(flatten)]
    pub deal: DealArgs,
    /// Folder with private requests [default: $XDG_STATE_HOME/lattice or ~/.local/state/lattice].
    #[arg(long, value_name = "DIR")]
    pub state: Option<PathBuf>,
    #[command(flatten)]
    pub chain: ChainArgs,
    #[command(flatten)]
    pub signer: SignerArgs,
}

/// A private request, by its number or by its input's commitment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    Number(RequestId),
    Commitment(FieldBytes),
}

impl FromStr for Which {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text.starts_with("0x") {
            return parse_field(text).map(Self::Commitment);
        }
        text.parse().map(Self::Number).map_err(|_| {
            format!("`{text}` is neither a request's number nor 0x and 64 hexadecimal digits")
        })
    }
}

impl Resume {
    pub async fn run(self, output: &Output) -> anyhow::Result<()> {
        let signer = self.signer.signer()?;
        let folder = super::folder(&self.state)?;
        let client = self.chain.connect().await?;
        let commitment = self.commitment(&folder, &client).await?;
        let store = Store::open(&folder, &commitment)?;
        let mut state = self.known(&store)?;
        ensure!(
            state.genesis == hex(client.genesis()),
            "the request is of the chain with genesis {}, and this one has {}",
            state.genesis,
            hex(client.genesis())
        );
        ensure!(
            state.requester == signer.account().to_string(),
            "the request is that of {}, and {} would sign",
            state.requester,
            signer.account()
        );
        let spinner = progress::spinner("reading the chain");
        let known = match state.request()? {
            Some(request) => is_numbered(&client, request, &commitment)
                .await?
                .then_some(request),
            None => None,
        };
        let request = match known {
            Some(request) => request,
            None => find(&client, &state, &store).await?,
        };
        if known.is_none() {
            state.request = Some(request.to_string());
            store.save(&state)?;
        }
        let model = ModelRef::Index(state.model).find(&client).await?;
        let manifest = manifest(&model)?;
        let mut session = Session::new(
            (&client, &signer),
            request,
            (&store, state),
            self.deal.clone(),
            !output.is_json(),
            spinner.clone(),
        );
        let ended = session.run().await;
        spinner.finish_and_clear();
        let of = (session.state(), store.path());
        report::show(&client, request, of, &manifest, ended?, output).await
    }

    /// The commitment under which the request is kept.
    async fn commitment(&self, folder: &Path, client: &Client) -> anyhow::Result<FieldBytes> {
        let number = match self.which {
            Which::Commitment(commitment) => return Ok(commitment),
            Which::Number(number) => number,
        };
        let genesis = hex(client.genesis());
        for state in state::all(folder)? {
            if state.genesis == genesis && state.request()? == Some(number) {
                return state.commitment();
            }
        }
        // The process may have been killed before it knew the number.
        let view = client.best();
        if let Some(open) = view.private_request(number).await? {
            return Ok(open.input_commitment.0);
        }
        match view.record(number).await? {
            Some(record) => Ok(record.input_commitment.0),
            None => Err(self.missing()),
        }
    }

    fn known(&self, store: &Store) -> anyhow::Result<State> {
        store.read()?.ok_or_else(|| self.missing())
    }

    fn missing(&self) -> anyhow::Error {
        let which = match &self.which {
            Which::Number(number) => number.to_string(),
            Which::Commitment(commitment) => hex(commitment),
        };
        Failure::NotFound {
            what: format!("the state of private request {which}"),
            hint: "see `lattice private list`, and name its folder with --state",
        }
        .into()
    }
}

/// Whether a number is still that of the request with this commitment.
async fn is_numbered(
    client: &Client,
    request: RequestId,
    commitment: &FieldBytes,
) -> anyhow::Result<bool> {
    let view = client.best();
    let open = view.private_request(request).await?;
    let found = match open {
        Some(open) => Some(open.input_commitment),
        None => {
            let record = view.record(request).await?;
            record.map(|record| record.input_commitment)
        }
    };
    Ok(found.is_some_and(|found| found.0 == *commitment))
}

/// Looks for the number of a request in the blocks in which it can have been made.
async fn find(client: &Client, state: &State, store: &Store) -> anyhow::Result<RequestId> {
    let wanted = state.commitment()?;
    let best = client.best_block().await?.number;
    let last = state.sent_after.saturating_add(MORTALITY + SLACK);
    for number in state.sent_after..=last.min(best) {
        let hash = client
            .block_hash(number)
            .await?
            .with_context(|| format!("the node does not know block {number}"))?;
        let events = client.events_at(hash).await?;
        let found = events.into_iter().find_map(|event| match event {
            Event::PrivateAssigned {
                request,
                input_commitment,
                ..
            } => (input_commitment.0 == wanted).then_some(request),
            _ => None,
        });
        if let Some(request) = found {
            return Ok(request);
        }
    }
    let file = store.path().display();
    if best <= last {
        bail!("the request is in no block yet; until block {last} it may come to be in one");
    }
    bail!("the request was never in a block, and nothing was paid for it; remove {file}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_named_by_number_or_commitment() {
        assert_eq!("7".parse(), Ok(Which::Number(7)));
        let text = format!("0x{}", "ab".repeat(32));
        assert_eq!(text.parse(), Ok(Which::Commitment([0xab; 32])));
        for text in ["", "-1", "seven", "0x", "0xabc"] {
            assert!(text.parse::<Which>().is_err(), "{text}");
        }
    }
}
