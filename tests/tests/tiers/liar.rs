//! Accounts that lie, without a worker: they do what the chain lets them, once each.

use anyhow::{Context, Result};
use codec::{DecodeAll, Encode};
use futures::future::try_join_all;
use lattice_chain_client::{
    AccountId, Call, Client, Dispute, DisputeTurn, Optimistic, OptimisticStatus, ReplicaContent,
    ReplicaState, Replicated, ReplicatedPhase, RequestId, Signer, View, H256,
};
use lattice_tensor::{evaluate, Model, Trace};
use lattice_trace::{Commitment, Position, Walk};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

/// How often a liar looks at the chain.
const LOOK: Duration = Duration::from_millis(300);
/// Nobody guesses outputs here.
const SALT: [u8; 32] = [7; 32];
/// What is added to an element of the first operator's result.
const LIE: i32 = 100_000;

/// A trace that is honest but for one element of the first result, and all that follows from it: the
/// output is another one.
pub fn false_trace(model: &Model, input: &[i8]) -> Result<Commitment> {
    let input: Vec<i32> = input.iter().map(|&x| x.into()).collect();
    let honest = lattice_tensor::trace(model, &input)?;
    for element in 0..honest.values[1].len() {
        let mut values = honest.values.clone();
        values[1][element] += LIE;
        for op in 1..model.ops().len() {
            values[op + 1] = evaluate(model, op, &values[..=op])?;
        }
        if values.last() != honest.values.last() {
            return Ok(Commitment::new(model, Trace { values })?);
        }
    }
    anyhow::bail!("no element of the first result changes the output")
}

/// What is done, about which number, and in which state of it.
type Deed = (&'static str, u64, Vec<u8>);

/// An account and what it has done.
pub struct Liar {
    client: Client,
    signer: Signer,
    model: Arc<Model>,
    done: BTreeSet<Deed>,
}

impl Liar {
    /// One that has done nothing yet.
    pub fn new(client: &Client, seed: &str, model: &Arc<Model>) -> Result<Self> {
        Ok(Self {
            client: client.clone(),
            signer: Signer::from_dev_seed(seed)?,
            model: model.clone(),
            done: BTreeSet::new(),
        })
    }

    /// As a provider: posts, commits to and reveals false results, and answers in disputes about what
    /// it posted as well as it can. Ends only by an error.
    pub async fn provide(mut self) -> Result<()> {
        let account = self.account();
        loop {
            let view = self.view().await?;
            let mut due = Vec::new();
            for open in view.all_optimistic_of(&account).await? {
                due.extend(self.post(&open)?);
            }
            for open in view.all_replicas_of(&account).await? {
                due.extend(self.replicate(&open)?);
            }
            for dispute in view.all_disputes_of(&account).await? {
                if let Some(open) = view.optimistic(dispute.request).await? {
                    due.extend(self.answer(&dispute, &open.input)?);
                }
            }
            self.do_once(due).await?;
            tokio::time::sleep(LOOK).await;
        }
    }

    /// As anybody: challenges the result of a request when it is posted, and names the first child in
    /// every turn. Ends with its dispute.
    pub async fn slander(mut self, request: RequestId) -> Result<()> {
        let account = self.account();
        let mut disputed = false;
        loop {
            let view = self.view().await?;
            let disputes = view.all_disputes_of(&account).await?;
            if disputed && disputes.is_empty() {
                return Ok(());
            }
            disputed |= !disputes.is_empty();
            let choices = disputes.iter().filter_map(|dispute| {
                let call = Call::ChooseChild {
                    dispute: dispute.dispute,
                    child: 0,
                };
                let deed = ("turn", dispute.dispute, dispute.turn.encode());
                dispute.turn.is_challengers().then_some((deed, call))
            });
            let mut due: Vec<_> = choices.collect();
            let open = view.optimistic(request).await?;
            let status = open.map(|open| open.status);
            if let Some(OptimisticStatus::Posted { trace_root, .. }) = status {
                let challenge = ("challenge", request, Vec::new());
                let call = Call::ChallengeResult {
                    request,
                    trace_root,
                };
                due.push((challenge, call));
            }
            self.do_once(due).await?;
            tokio::time::sleep(LOOK).await;
        }
    }

    fn account(&self) -> AccountId {
        self.signer.account()
    }

    /// All reads of a look are of one block.
    async fn view(&self) -> Result<View> {
        let best = self.client.best_block().await?;
        Ok(self.client.at(best.hash))
    }

    /// Submits calls together, but for those that were made before.
    async fn do_once(&mut self, due: Vec<(Deed, Call)>) -> Result<()> {
        let mut new = Vec::new();
        for (deed, call) in due {
            if self.done.insert(deed.clone()) {
                new.push((deed, call));
            }
        }
        let mut submitted = Vec::new();
        for (deed, call) in &new {
            submitted.push(self.submit(deed, call));
        }
        try_join_all(submitted).await?;
        Ok(())
    }

    async fn submit(&self, deed: &Deed, call: &Call) -> Result<()> {
        let included = self.client.submit_and_wait(&self.signer, call).await;
        let (what, number, _) = deed;
        included.with_context(|| format!("{what} {number} of {}", self.account()))?;
        Ok(())
    }

    fn post(&self, open: &Optimistic) -> Result<Option<(Deed, Call)>> {
        if open.status != OptimisticStatus::Assigned {
            return Ok(None);
        }
        let lie = false_trace(&self.model, &open.input)?;
        let call = Call::PostOptimistic {
            request: open.request,
            context: open.context,
            output: lie.trace().output().to_vec(),
            trace_root: H256(lie.root()),
            link: lie.output_link(),
        };
        Ok(Some((("post", open.request, Vec::new()), call)))
    }

    fn replicate(&self, open: &Replicated) -> Result<Option<(Deed, Call)>> {
        let (account, request) = (self.account(), open.request);
        let mut replicas = open.replicas.iter();
        let own = replicas.find(|one| one.provider == account);
        let state = &own.context("not a replica")?.state;
        let lie = false_trace(&self.model, &open.input)?;
        let (output, trace_root) = (lie.trace().output(), H256(lie.root()));
        Ok(match (&open.phase, state) {
            (ReplicatedPhase::Committing { .. }, ReplicaState::Drawn) => {
                let content = ReplicaContent {
                    genesis: H256(self.client.genesis()),
                    request,
                    provider: &account,
                    trace_root,
                    output,
                    salt: SALT,
                };
                let commitment = content.commitment();
                let call = Call::CommitReplica {
                    request,
                    commitment,
                };
                Some((("commit", request, Vec::new()), call))
            }
            (ReplicatedPhase::Revealing { .. }, ReplicaState::Committed(_)) => {
                let call = Call::RevealReplica {
                    request,
                    output: output.to_vec(),
                    trace_root,
                    salt: SALT,
                };
                Some((("reveal", request, Vec::new()), call))
            }
            _ => None,
        })
    }

    /// What follows from the lie about this input in a dispute about it.
    fn answer(&self, dispute: &Dispute, input: &[i8]) -> Result<Option<(Deed, Call)>> {
        let id = dispute.dispute;
        let lie = false_trace(&self.model, input)?;
        let call = match &dispute.turn {
            DisputeTurn::Reveal { walk, .. } => {
                let walk = Walk::decode_all(&mut &walk[..])?;
                let node = lie.reveal(&walk).context("no such node")?;
                Call::RevealNode { dispute: id, node }
            }
            DisputeTurn::Choose { .. } => return Ok(None),
            DisputeTurn::Defend { op, element, .. } => {
                let position = Position {
                    op: *op,
                    element: *element,
                };
                let opening = lie.open(&self.model, position)?.encode();
                Call::Defend {
                    dispute: id,
                    opening,
                }
            }
        };
        Ok(Some((("turn", id, dispute.turn.encode()), call)))
    }
}
