//! A provider without a worker, which submits what it likes.
#![allow(dead_code)] // Each test uses a part of it.

use anyhow::{ensure, Context, Result};
use lattice_chain_client::ProofBytes;
use lattice_chain_client::{
    Assignment, BlockNumber, Call, Client, Event, ModelIndex, Preference, Record, RequestOptions,
    Selection, Signer, Verification,
};
use lattice_prover::Prover;
use lattice_tests::digits;
use lattice_tests::node::Node;
use lattice_tests::stage::{import_digits, offer, register, PROVIDER, REQUESTER};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Longest time in which the chain takes up what it was handed.
const SOON: Duration = Duration::from_secs(60);

/// A chain with the model and an offer, but no worker: the provider is this test.
pub struct Cheat {
    /// Killed when dropped.
    node: Node,
    /// A client of the chain.
    pub client: Client,
    model: ModelIndex,
    prover: Prover,
    /// Signs as the provider.
    pub provider: Signer,
    requester: Signer,
}

impl Cheat {
    /// Starts the chain, registers the model, and offers to serve it.
    pub async fn start(folder: &Path) -> Result<Self> {
        let file = import_digits(folder)?;
        let node = Node::start(folder)?;
        let model = register(&node.url(), &file)?;
        offer(&node.url(), model)?;
        let keys = lattice_setup::KeyFiles::read(&file.with_extension("keys"))?;
        let prover = Prover::new(
            Arc::new(lattice_tensor::file::read(&file)?),
            keys.proving_key,
        )?;
        Ok(Self {
            client: Client::connect(&node.url()).await?,
            node,
            model,
            prover,
            provider: Signer::from_dev_seed(PROVIDER)?,
            requester: Signer::from_dev_seed(REQUESTER)?,
        })
    }

    /// Where the chain is.
    pub fn url(&self) -> String {
        self.node.url()
    }

    /// Asks for an inference of a held-out digit; what the provider sees of it.
    pub async fn ask(&self, digit: usize) -> Result<Assignment> {
        // By name, since nobody else asks a provider that has lied.
        let options = RequestOptions {
            selection: Selection {
                preference: Preference::Only(self.provider.account()),
                ..Default::default()
            },
            ..Default::default()
        };
        self.ask_with(digit, 20, options).await
    }

    /// As [`Self::ask`], with so many blocks for every attempt.
    pub async fn ask_with(
        &self,
        digit: usize,
        deadline: BlockNumber,
        options: RequestOptions,
    ) -> Result<Assignment> {
        let verification = Verification::Proven;
        let view = self.client.best();
        let quote = view
            .quote(self.model, deadline, verification, &options.selection)
            .await?;
        let call = Call::RequestInference {
            model: self.model,
            input: digits::held_out()?.swap_remove(digit).pixels,
            max_price: match options.attempts {
                1 => quote.total,
                _ => quote.upper_bound,
            },
            deadline,
            verification,
            options: Box::new(options),
        };
        let included = self.client.submit_and_wait(&self.requester, &call).await?;
        let request = included.request().context("no request in the events")?;
        self.pool_is_empty().await?;
        let assignment = self
            .client
            .at(included.block.hash)
            .assignment(request)
            .await?;
        assignment.context("the request has no assignment")
    }

    /// The honest output of an assignment, and its proof.
    pub fn prove(&self, assignment: &Assignment) -> Result<(Vec<i32>, ProofBytes)> {
        let input: Vec<i32> = assignment.input.iter().map(|&x| x.into()).collect();
        let trace = lattice_tensor::trace(self.prover.model(), &input)?;
        let output = trace.values.last().context("an empty trace")?.clone();
        let zero = [0; 32];
        let mut rng = rand::rngs::OsRng;
        let proof = self
            .prover
            .prove(&trace, &assignment.context.0, &zero, &zero, &mut rng)?;
        Ok((output, ProofBytes::try_from(&proof.bytes[..])?))
    }

    /// Submits a result; what happened.
    pub async fn submit(
        &self,
        to: &Assignment,
        output: Vec<i32>,
        proof: ProofBytes,
    ) -> Result<Vec<Event>> {
        let call = Call::SubmitResult {
            request: to.request,
            context: to.context,
            output,
            proof,
        };
        Ok(self
            .client
            .submit_and_wait(&self.provider, &call)
            .await?
            .events)
    }

    /// Waits until the node's pool judges by the newest block what it is handed: what is in that block is
    /// not in the pool any more then. It tells of a block before that.
    pub async fn pool_is_empty(&self) -> Result<()> {
        let started = Instant::now();
        loop {
            let pending = self.client.rpc("author_pendingExtrinsics", vec![]).await?;
            if pending.as_array().is_some_and(Vec::is_empty) {
                return Ok(());
            }
            ensure!(started.elapsed() < SOON, "it stays in the pool: {pending}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// What the requester has in all, what of it is on hold, and the provider's stake.
    pub async fn money(&self) -> Result<(u128, u128, u128)> {
        let view = self.client.best();
        let requester = view.balance(&self.requester.account()).await?;
        let provider = view.provider(&self.provider.account()).await?;
        let stake = provider.context("the provider is gone")?.stake;
        Ok((requester.total(), requester.held, stake))
    }

    /// What an assignment's request left.
    pub async fn record(&self, assignment: &Assignment) -> Result<Record> {
        let record = self.client.best().record(assignment.request).await?;
        record.context("no record")
    }
}
