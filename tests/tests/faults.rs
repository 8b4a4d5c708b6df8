//! What happens when a process dies at the wrong moment, is told to end, or is replaced by another.

use anyhow::{bail, Context, Result};
use lattice_chain_client::{Call, Ending, Record, RequestId, Selection, Signer, Verification};
use lattice_tests::digits;
use lattice_tests::node::Node;
use lattice_tests::process::free_port;
use lattice_tests::stage::{Stage, PROVIDER};
use lattice_tests::worker::{Worker, ASSIGNMENT_SEEN, PROOF_STORED, SUBMITTED, SUBMITTING};
use std::time::{Duration, Instant};

const SOON: Duration = Duration::from_secs(45);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_killed_between_proving_and_submitting_resumes_and_submits_once() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let mut stage = Stage::digits(folder.path()).await?;
    let request = killed_before_submitting(&mut stage).await?;

    let (nonce_before, money_before) = provider(&stage).await?;
    stage.worker.restart()?;
    let record = ended(&stage, request).await?;
    assert_eq!(record.ending, Ending::Settled);
    assert_eq!(
        stage.worker.count(PROOF_STORED, request)?,
        1,
        "it was proven again"
    );
    stage.worker.wait_for_message("settled", request, SOON)?;
    assert_eq!(stage.worker.count(SUBMITTED, request)?, 1);
    // It was paid once, and nothing was taken of it: what it submits needs no nonce and costs no fee.
    let earned = (nonce_before, money_before + record.price.compute);
    assert_eq!(provider(&stage).await?, earned);

    // Started once more, it has nothing left to do.
    stage.worker.kill()?;
    stage.worker.restart()?;
    let next = ask(&stage).await?;
    assert_eq!(ended(&stage, next).await?.ending, Ending::Settled);
    assert_eq!(stage.worker.count(SUBMITTED, request)?, 1);
    Ok(())
}

/// Kills the worker when it has stored a proof and nothing has left it; the request. With the node frozen
/// nothing can; a worker that is faster than that settles its request, and another one is asked for.
async fn killed_before_submitting(stage: &mut Stage) -> Result<RequestId> {
    for _ in 0..20 {
        let request = ask(stage).await?;
        stage
            .worker
            .wait_for_message(ASSIGNMENT_SEEN, request, SOON)?;
        stage.node.process().freeze()?;
        stage.worker.wait_for_message(PROOF_STORED, request, SOON)?;
        stage.worker.kill()?;
        stage.node.process().thaw()?;
        if stage.worker.count(SUBMITTING, request)? == 0 {
            return Ok(request);
        }
        stage.worker.restart()?;
        ended(stage, request).await?;
    }
    bail!("the worker submitted twenty times before its node was frozen")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_killed_after_submitting_sends_again_and_is_paid_once() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let mut stage = Stage::digits(folder.path()).await?;
    let (nonce, money) = provider(&stage).await?;
    let request = ask(&stage).await?;
    stage.worker.wait_for_message(SUBMITTED, request, SOON)?;
    stage.worker.kill()?;
    stage.worker.restart()?;
    let record = ended(&stage, request).await?;
    assert_eq!(record.ending, Ending::Settled);
    stage.worker.wait_for_message("settled", request, SOON)?;
    assert_eq!(stage.worker.count(PROOF_STORED, request)?, 1);
    let earned = (nonce, money + record.price.compute);
    assert_eq!(provider(&stage).await?, earned);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_that_is_told_to_stop_settles_what_it_has_in_hand_once() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let mut stage = Stage::digits(folder.path()).await?;
    let (nonce, money) = provider(&stage).await?;
    let request = ask(&stage).await?;
    stage
        .worker
        .wait_for_message(ASSIGNMENT_SEEN, request, SOON)?;
    // So that the block that settles it does not come before the signal.
    stage.node.process().freeze()?;
    let in_hand = stage.worker.tell_to_stop();
    stage.node.process().thaw()?;
    assert_eq!(in_hand?, 1, "it had nothing to do when it was told to stop");
    // Its patience is ten seconds.
    let status = stage.worker.wait_for_end(Duration::from_secs(30))?;
    assert!(status.success(), "it ended with {status}");

    stage.worker.restart()?;
    let record = ended(&stage, request).await?;
    assert_eq!(record.ending, Ending::Settled);
    stage.worker.wait_for_message("settled", request, SOON)?;
    // It has nothing left to do of it while it serves another one.
    let next = ask(&stage).await?;
    let after = ended(&stage, next).await?;
    assert_eq!(after.ending, Ending::Settled);
    assert_eq!(stage.worker.count(PROOF_STORED, request)?, 1);
    assert_eq!(stage.worker.count(SUBMITTED, request)?, 1);
    let earned = money + record.price.compute + after.price.compute;
    assert_eq!(provider(&stage).await?, (nonce, earned));
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_outlives_a_restart_of_its_node() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let mut stage = Stage::digits(folder.path()).await?;
    let first = ask(&stage).await?;
    assert_eq!(ended(&stage, first).await?.ending, Ending::Settled);
    stage.node.restart()?;
    let second = ask(&stage).await?;
    assert_eq!(ended(&stage, second).await?.ending, Ending::Settled);
    // The record of the time before the restart is still there; if the node lost its block, it was
    // settled again.
    assert_eq!(ended(&stage, first).await?.ending, Ending::Settled);
    Ok(())
}

#[test]
fn a_worker_does_not_go_on_when_another_chain_answers() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let mut node = Node::start(folder.path())?;
    // It has no models, and nothing is offered that it would fetch.
    std::fs::create_dir_all(folder.path().join("models"))?;
    let mut worker = Worker::start_with_peers(folder.path(), &node.url(), PROVIDER, free_port()?)?;
    node.replace_by_another_chain(&folder.path().join("other"))?;
    let status = worker.wait_for_end(SOON)?;
    let log = worker.log()?;
    assert_eq!(status.code(), Some(1), "{log}");
    assert!(log.contains("another chain answers now"), "{log}");
    Ok(())
}

async fn ask(stage: &Stage) -> Result<RequestId> {
    let digit = digits::held_out()?.swap_remove(2);
    let quote = stage
        .client
        .best()
        .quote(stage.model, 20, Verification::Proven, &Selection::default())
        .await?;
    let included = stage
        .client
        .submit_and_wait(
            &stage.requester()?,
            &Call::RequestInference {
                model: stage.model,
                input: digit.pixels,
                max_price: quote.total,
                deadline: 20,
                verification: Verification::Proven,
                options: Box::default(),
            },
        )
        .await?;
    included.request().context("no request in the events")
}

async fn ended(stage: &Stage, request: RequestId) -> Result<Record> {
    let start = Instant::now();
    while start.elapsed() < Duration::from_secs(90) {
        if let Ok(Some(record)) = stage.client.best().record(request).await {
            return Ok(record);
        }
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
    anyhow::bail!(
        "request {request} did not end; worker log:\n{}",
        stage.worker.log()?
    )
}

/// The provider's nonce, and all that it has.
async fn provider(stage: &Stage) -> Result<(u32, u128)> {
    let provider = Signer::from_dev_seed(PROVIDER)?.account();
    let view = stage.client.best();
    let nonce = view.nonce(&provider).await?;
    Ok((nonce, view.balance(&provider).await?.total()))
}
