//! `lattice infer --channel`: from a voucher to a result that is verified.

use super::super::infer::{manifest, Infer};
use super::super::verify::reference::Check;
use super::answer::{reference, Answered};
use super::gateway::{endpoint, Answer, Asked, Gateway, Reply};
use super::state::{default_folder, Identity, State, Step, Store, Unsigned};
use super::{find, unit_price};
use crate::args::ModelRef;
use crate::failure::Failure;
use crate::output::{fields, hex, Output};
use crate::progress;
use anyhow::{bail, ensure, Context};
use clap::Args;
use lattice_chain_client::{
    format_balance, Balance, Channel, ChannelId, Client, Model, Signer, Voucher, H256,
};
use lattice_importer::argmax;
use lattice_tensor::Manifest;
use serde::Serialize;
use std::path::PathBuf;

/// Paying through a channel.
#[derive(Debug, Args)]
pub struct ChannelArgs {
    /// Pay through this payment channel: its provider answers over HTTP, and the result is verified
    /// here. The channel says which model.
    #[arg(
        long,
        value_name = "CHANNEL",
        conflicts_with_all = [
            "model", "max_price", "deadline", "attempts", "accept_within", "verification",
            "provider", "prefer", "exclude",
        ]
    )]
    pub channel: Option<ChannelId>,
    /// The provider's gateway [default: its first http(s) endpoint on the chain].
    // A requirement is not looked at where it conflicts with what is given.
    #[arg(
        long,
        value_name = "URL",
        requires = "channel",
        conflicts_with = "model"
    )]
    pub gateway: Option<String>,
    /// Folder with what was signed and verified in channels, or with private requests [default:
    /// $XDG_STATE_HOME/lattice or ~/.local/state/lattice].
    #[arg(long, value_name = "DIR", requires = "kept")]
    pub state: Option<PathBuf>,
}

/// Amounts in planck.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Inferred {
    channel: String,
    sequence: String,
    provider: String,
    gateway: String,
    /// The answer was made and paid for earlier, and had been lost on its way.
    repeated: bool,
    /// What the channel has paid with this one.
    cumulative: String,
    price: String,
    /// Class with the largest logit.
    class: usize,
    /// Logits in real units.
    logits: Vec<f64>,
    output: Vec<i32>,
    proof: String,
    checks: Vec<Check>,
}

/// Why nothing is signed, with its exit status.
pub fn unsigned(reason: Unsigned) -> anyhow::Error {
    match reason {
        Unsigned::Refuted { .. } => Failure::Evidence(reason.to_string()).into(),
        Unsigned::Disagree { .. } => reason.into(),
    }
}

/// Asks the gateway, verifies its answer, and shows it.
pub async fn ask(infer: &Infer, id: ChannelId, output: &Output) -> anyhow::Result<()> {
    let signer = infer.signer.signer()?;
    let folder = match &infer.through.state {
        Some(folder) => folder.clone(),
        None => default_folder()?,
    };
    let store = Store::open(&folder, id)?;
    if let Some(state) = store.read()? {
        state.refuse_if_refuted().map_err(unsigned)?;
    }
    let client = infer.chain.connect().await?;
    let channel = open_channel(&client, id, &signer).await?;
    let state = store.state_of(Identity::of(&client.genesis(), &channel))?;
    let model = ModelRef::Index(channel.model).find(&client).await?;
    let manifest = manifest(&model)?;
    // Before anything is signed: this would not be the provider's fault.
    let promised = reference(&channel, &model, &manifest);
    promised
        .model_hash()
        .and_then(|_| promised.key_identity())
        .map_err(|reason| Failure::Evidence(format!("channel {id} cannot be used: {reason}")))?;
    let input = infer.input.load(&manifest.input)?;
    let url = match &infer.through.gateway {
        Some(url) => url.clone(),
        None => gateway_of(&client, &channel).await?,
    };
    let gateway = Gateway::new(&url)?;
    let spinner = progress::spinner("asking the gateway");
    let mut session = Session {
        genesis: client.genesis(),
        signer,
        channel,
        model,
        manifest,
        gateway,
        store,
        state,
    };
    let done = session.infer(&input).await;
    spinner.finish_and_clear();
    let inferred = session.describe(&url, done?);
    output.show(&inferred, || text(&inferred))
}

/// The channel, if this account can pay with it.
async fn open_channel(client: &Client, id: ChannelId, signer: &Signer) -> anyhow::Result<Channel> {
    let channel = find(&client.best(), id).await?;
    ensure!(
        channel.payer == signer.account(),
        "the payer of channel {id} is {}, and {} signs",
        channel.payer,
        signer.account()
    );
    if let Some(block) = channel.closing {
        let reason = format!(
            "channel {id} is closing (what is left can be withdrawn from block {block} on); open \
             another with `lattice channel open`"
        );
        return Err(Failure::Refused(reason).into());
    }
    Ok(channel)
}

async fn gateway_of(client: &Client, channel: &Channel) -> anyhow::Result<String> {
    let provider = client.best().provider(&channel.provider).await?;
    let url = provider.as_ref().and_then(endpoint);
    url.with_context(|| {
        format!(
            "provider {} has no http(s) endpoint on the chain; name its gateway with --gateway URL",
            channel.provider
        )
    })
}

/// A result that is verified.
struct Done {
    request: Request,
    answer: Answer,
    checks: Vec<Check>,
    repeated: bool,
}

/// One that is to be made, or made again.
struct Request {
    sequence: u64,
    /// What its voucher is for, in planck.
    cumulative: Balance,
    input: Vec<i32>,
}

/// What became of a request.
enum Outcome {
    Done(Box<Done>),
    /// In the gateway's words.
    Conflict(String),
}

/// Everything that an inference needs.
struct Session {
    genesis: [u8; 32],
    signer: Signer,
    channel: Channel,
    model: Model,
    manifest: Manifest,
    gateway: Gateway,
    store: Store,
    state: State,
}

impl Session {
    /// One inference of this input. If an earlier answer was lost, that one is fetched and verified
    /// first; if it was to the same input, it is this one.
    async fn infer(&mut self, input: &[i32]) -> anyhow::Result<Done> {
        let mut served = self.gateway.served(self.channel.channel).await?;
        loop {
            match self.state.step(served).map_err(unsigned)? {
                Step::Ask(sequence) => {
                    let request = Request {
                        sequence,
                        cumulative: self.due(sequence)?,
                        input: input.to_vec(),
                    };
                    return match self.exchange(request, false).await? {
                        Outcome::Done(done) => Ok(*done),
                        Outcome::Conflict(said) => bail!("the gateway refuses: {said}"),
                    };
                }
                Step::Repeat(pending) => {
                    let (sequence, cumulative) = (pending.sequence, pending.cumulative);
                    let mut found = None;
                    for known in pending.inputs.into_iter().rev() {
                        let request = Request {
                            sequence,
                            cumulative,
                            input: known,
                        };
                        if let Outcome::Done(done) = self.exchange(request, true).await? {
                            found = Some(*done);
                            break;
                        }
                    }
                    match found {
                        Some(done) if done.request.input == input => return Ok(done),
                        Some(_) => served = self.state.verified,
                        None => bail!(
                            "the gateway says that it answered inference {sequence} for none of the \
                             inputs that this client asked; close the channel with `lattice channel \
                             close {}`",
                            self.channel.channel
                        ),
                    }
                }
            }
        }
    }

    /// What the first inferences, this one included, cost in all.
    fn due(&self, sequence: u64) -> anyhow::Result<Balance> {
        let count = Balance::from(sequence).saturating_add(1);
        let cumulative = unit_price(&self.channel).saturating_mul(count);
        let (id, deposit) = (self.channel.channel, self.channel.deposit);
        ensure!(
            cumulative <= deposit,
            "inference {sequence} of channel {id} needs {} in all, and its deposit is {}; add to it \
             with `lattice channel top-up {id}`",
            format_balance(cumulative),
            format_balance(deposit)
        );
        Ok(cumulative)
    }

    /// Signs, sends and verifies, and writes each of it down.
    async fn exchange(&mut self, request: Request, repeated: bool) -> anyhow::Result<Outcome> {
        let id = self.channel.channel;
        let Request {
            sequence,
            cumulative,
            ref input,
        } = request;
        self.state.sign(sequence, cumulative, input);
        self.store.save(&self.state)?;
        let voucher = Voucher::new(H256(self.genesis), id, self.channel.provider, cumulative);
        let signature = self.signer.sign_bytes(&voucher.bytes());
        let asked = Asked {
            channel: id,
            sequence,
            input,
            cumulative,
            signature: &signature,
        };
        let answer = match self.gateway.infer(&asked).await? {
            Reply::Answered(answer) => answer,
            Reply::Conflict(said) => return Ok(Outcome::Conflict(said)),
        };
        let answered = Answered {
            genesis: &self.genesis,
            channel: &self.channel,
            model: &self.model,
            manifest: &self.manifest,
            sequence,
            input,
            output: &answer.output,
            proof: &answer.proof,
        };
        let checks = answered.checks();
        if let Some(check) = checks.iter().find(|check| !check.holds) {
            let reason = format!("{}: {}", check.name, check.detail);
            self.state.refute(reason.clone());
            self.store.save(&self.state)?;
            return Err(Failure::Evidence(format!(
                "result {sequence} of channel {id} is not proven ({reason}); nothing more is signed \
                 for its provider"
            ))
            .into());
        }
        self.state.verify();
        self.store.save(&self.state)?;
        Ok(Outcome::Done(Box::new(Done {
            request,
            answer,
            checks,
            repeated,
        })))
    }

    fn describe(&self, url: &str, done: Done) -> Inferred {
        let step = self.manifest.output_scale.to_f64();
        let output = done.answer.output;
        Inferred {
            channel: self.channel.channel.to_string(),
            sequence: done.request.sequence.to_string(),
            provider: self.channel.provider.to_string(),
            gateway: url.to_owned(),
            repeated: done.repeated,
            cumulative: done.request.cumulative.to_string(),
            price: unit_price(&self.channel).to_string(),
            class: argmax(&output),
            logits: output.iter().map(|&y| f64::from(y) * step).collect(),
            proof: hex(done.answer.proof),
            output,
            checks: done.checks,
        }
    }
}

fn text(inferred: &Inferred) -> String {
    let amount = |planck: &str| {
        planck
            .parse::<Balance>()
            .map_or_else(|_| planck.into(), format_balance)
    };
    let price = match inferred.repeated {
        true => "paid for before; the answer had been lost".to_owned(),
        false => amount(&inferred.price),
    };
    let mut rows = vec![
        ("channel", inferred.channel.clone()),
        ("inference", inferred.sequence.clone()),
        ("class", inferred.class.to_string()),
        ("logits", format!("{:?}", inferred.output)),
        ("price", price),
        ("signed in all", amount(&inferred.cumulative)),
    ];
    rows.extend(inferred.checks.iter().map(Check::row));
    fields(&rows)
}
