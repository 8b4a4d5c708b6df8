//! The main job, watched: a real model is registered, a provider stakes and
//! serves it, and each answer is settled on chain by a Groth16 proof.

mod report;

use anyhow::{ensure, Context, Result};
use clap::Parser;
use futures::stream::{self, StreamExt, TryStreamExt};
use lattice_chain_client::{Call, Client, RequestId, Selection, Signer, Verification};
use lattice_tests::digits::{self, Digit};
use lattice_tests::stage::{Stage, CAPACITY, OWNER, PROVIDER, REQUESTER};
use report::{Balances, Inference, Report};
use std::time::{Duration, Instant};

/// Blocks within which a provider has to answer.
const DEADLINE: u32 = 20;
/// How long an ending is awaited: the deadline, and time to spare.
const PATIENCE: Duration = Duration::from_secs(90);

/// Runs proven inferences of handwritten digits on a development chain of its own.
#[derive(Parser)]
#[command(name = "demo.sh")]
struct Arguments {
    /// Number of inference requests.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=300))]
    requests: u32,
    /// Print one JSON object instead of text.
    #[arg(long)]
    json: bool,
    /// Leave chain and worker running, and print how to connect.
    #[arg(long)]
    keep: bool,
}

#[tokio::main]
async fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let folder = tempfile::Builder::new().prefix("lattice-demo-").tempdir()?;
    let tell = |line: &str| {
        if !arguments.json {
            println!("{line}");
        }
    };

    tell("Starting a development chain and a worker; importing and registering the digits model …");
    let stage = Stage::digits(folder.path()).await?;
    tell(&format!(
        "The chain answers at {}; the model is registration {}; the provider serves it.\n",
        stage.node.url(),
        stage.model
    ));

    let accounts = [
        ("requester", REQUESTER),
        ("provider", PROVIDER),
        ("model owner", OWNER),
    ];
    let before = balances(&stage.client, &accounts).await?;
    let mut report = Report::new(infer_all(&stage, arguments.requests).await?);
    report.balances = Balances {
        before,
        after: balances(&stage.client, &accounts).await?,
    };
    report.record = match report.last_request() {
        Some(last) => {
            stage
                .client
                .rpc("lattice_executionRecord", vec![last.to_string().into()])
                .await?
        }
        None => serde_json::Value::Null,
    };

    if arguments.json {
        println!("{}", report.json());
    } else {
        print!("{}", report.text());
    }
    let unsettled = report.unsettled();
    if arguments.keep {
        keep_running(stage, folder, arguments.json);
    }
    ensure!(
        unsettled == 0,
        "{unsettled} of {} requests did not settle",
        arguments.requests
    );
    Ok(())
}

/// Sends the requests, a provider's capacity at a time, and waits for every ending.
async fn infer_all(stage: &Stage, requests: u32) -> Result<Vec<Inference>> {
    let requester = stage.requester()?;
    let held_out = digits::held_out()?;
    // Spread over the whole test set rather than its first writers.
    let stride = (held_out.len() / usize::try_from(requests)?).max(1);
    let chosen = held_out.into_iter().step_by(stride).cycle();
    let mut inferences: Vec<Inference> = stream::iter(chosen.take(usize::try_from(requests)?))
        .map(|digit| infer(stage, &requester, digit))
        .buffered(CAPACITY)
        .try_collect()
        .await?;
    inferences.sort_by_key(|inference| inference.record.request);
    let timings = stage.worker.timings()?;
    for inference in &mut inferences {
        inference.prove_ms = timings
            .get(&inference.record.request)
            .map(|timing| timing.prove_ms);
    }
    Ok(inferences)
}

async fn infer(stage: &Stage, requester: &Signer, digit: Digit) -> Result<Inference> {
    let quote = stage
        .client
        .best()
        .quote(
            stage.model,
            DEADLINE,
            Verification::Proven,
            &Selection::default(),
        )
        .await?;
    let included = stage
        .client
        .submit_and_wait(
            requester,
            &Call::RequestInference {
                model: stage.model,
                input: digit.pixels.clone(),
                max_price: quote.total,
                deadline: DEADLINE,
                verification: Verification::Proven,
                options: Box::default(),
            },
        )
        .await?;
    let request = included.request().context("no request in the events")?;
    Ok(Inference {
        digit,
        record: record(&stage.client, request).await?,
        prove_ms: None,
    })
}

/// Waits for the execution record of a request.
async fn record(client: &Client, request: RequestId) -> Result<lattice_chain_client::Record> {
    let start = Instant::now();
    loop {
        if let Some(record) = client.best().record(request).await? {
            return Ok(record);
        }
        ensure!(
            start.elapsed() < PATIENCE,
            "request {request} did not end within {PATIENCE:?}"
        );
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
}

async fn balances(
    client: &Client,
    accounts: &[(&'static str, &str)],
) -> Result<Vec<(&'static str, u128)>> {
    let mut found = Vec::new();
    for (role, seed) in accounts {
        let account = Signer::from_dev_seed(seed)?.account();
        found.push((*role, client.best().balance(&account).await?.total()));
    }
    Ok(found)
}

/// Leaves the processes and their folder behind, and says how to reach them.
fn keep_running(stage: Stage, folder: tempfile::TempDir, quiet: bool) {
    if !quiet {
        println!(
            "\nStill running:\n  node    process {}, log {}\n  worker  process {}, log {}\n\
             Connect polkadot.js: https://polkadot.js.org/apps/?rpc={}\n  metrics of the worker: {}\n\
             Stop both: kill {} {}",
            stage.node.process().id(),
            stage.node.process().log().display(),
            stage.worker.process().id(),
            stage.worker.process().log().display(),
            stage.node.url(),
            stage.worker.metrics_url(),
            stage.node.process().id(),
            stage.worker.process().id(),
        );
    }
    let _ = folder.keep();
    stage.worker.leave_running();
    stage.node.leave_running();
}
