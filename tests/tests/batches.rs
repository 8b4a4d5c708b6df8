//! Results in batches on a real chain: by the worker, and by a provider that cheats.

mod cheat;

use anyhow::{Context, Result};
use cheat::Cheat;
use lattice_chain_client::{
    Call, Ending, Event, Record, Refusal, RequestId, ResultSubmission, Selection, Signer,
    Verification,
};
use lattice_tests::digits;
use lattice_tests::stage::{Stage, PROVIDER};
use lattice_tests::worker::SUBMITTED;
use std::time::{Duration, Instant};

/// Requests that are open at the same time.
const REQUESTS: usize = 6;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn requests_that_come_together_are_settled_together() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let mut stage = Stage::digits(folder.path()).await?;
    let provider = Signer::from_dev_seed(PROVIDER)?.account();
    let nonce = stage.client.best().nonce(&provider).await?;
    let before = stage.client.best().balance(&provider).await?.total();

    // When it comes back all are there, however many blocks they took.
    stage.worker.kill()?;
    let requests = ask(&stage).await?;
    stage.worker.restart()?;
    let records = ended(&stage, &requests).await?;
    for record in &records {
        assert_eq!(record.ending, Ending::Settled);
    }
    let blocks: std::collections::BTreeSet<_> = records.iter().map(|r| r.ended_at).collect();
    assert!(
        blocks.len() <= 2,
        "settled in {blocks:?}; worker log:\n{}",
        stage.worker.log()?
    );
    // In extrinsics that the provider's own nonce has nothing to do with, and for nothing.
    assert_eq!(stage.client.best().nonce(&provider).await?, nonce);
    let earned: u128 = records.iter().map(|record| record.price.compute).sum();
    let after = stage.client.best().balance(&provider).await?.total();
    assert_eq!(after, before + earned);
    // A result of a batch is charged its share, which is less than it costs alone.
    let alone = lattice_isa::GasSchedule::V1.settlement(false);
    assert!(records.iter().any(|record| record.gas_used < alone));
    for request in &requests {
        let soon = Duration::from_secs(30);
        stage.worker.wait_for_message("settled", *request, soon)?;
        assert_eq!(stage.worker.count(SUBMITTED, *request)?, 1);
    }
    // And each of them can be checked from the chain alone, as ever.
    let request = requests[0].to_string();
    let url = stage.node.url();
    let verified = lattice_tests::tool::json(["verify", &request, "--chain", &url])?;
    assert_eq!(verified["valid"], true, "{verified}");
    Ok(())
}

/// Makes [`REQUESTS`] requests, one after the other without waiting for blocks.
async fn ask(stage: &Stage) -> Result<Vec<RequestId>> {
    let requester = stage.requester()?;
    let quote = stage
        .client
        .best()
        .quote(stage.model, 20, Verification::Proven, &Selection::default())
        .await?;
    let mut submissions = Vec::new();
    for digit in digits::held_out()?.into_iter().take(REQUESTS) {
        let call = Call::RequestInference {
            model: stage.model,
            input: digit.pixels,
            max_price: quote.total,
            deadline: 20,
            verification: Verification::Proven,
            options: Box::default(),
        };
        submissions.push(stage.client.submit(&requester, &call).await?);
    }
    let mut requests = Vec::new();
    for mut submission in submissions {
        let included = submission.in_block().await?;
        requests.push(included.request().context("no request in the events")?);
    }
    Ok(requests)
}

async fn ended(stage: &Stage, requests: &[RequestId]) -> Result<Vec<Record>> {
    let start = Instant::now();
    let mut records = Vec::new();
    for request in requests {
        loop {
            if let Some(record) = stage.client.best().record(*request).await? {
                records.push(record);
                break;
            }
            anyhow::ensure!(
                start.elapsed() < Duration::from_secs(90),
                "request {request} did not end; worker log:\n{}",
                stage.worker.log()?
            );
            tokio::time::sleep(Duration::from_millis(250)).await;
        }
    }
    Ok(records)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_false_proof_among_good_ones_costs_its_provider_alone() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let cheat = Cheat::start(folder.path()).await?;
    let mut open = Vec::new();
    for digit in 0..4 {
        open.push(cheat.ask(digit).await?);
    }
    let (total, held, stake) = cheat.money().await?;
    let mut results = Vec::new();
    for assignment in &open {
        let (output, proof) = cheat.prove(assignment)?;
        results.push(ResultSubmission {
            request: assignment.request,
            context: assignment.context,
            output,
            proof,
        });
    }
    results[2].output[0] += 1;
    results.push(results[0].clone());

    let call = Call::SubmitResults { results };
    let included = cheat.client.submit_and_wait(&cheat.provider, &call).await?;
    let slashed = included.events.iter().find_map(|event| match event {
        Event::Rejected {
            request, slashed, ..
        } if *request == open[2].request => Some(*slashed),
        _ => None,
    });
    let slashed = slashed.context("nobody was slashed")?;
    assert!(included.events.contains(&Event::ResultRefused {
        request: open[0].request,
        provider: cheat.provider.account(),
        reason: Refusal::DuplicateResult,
    }));
    for (index, assignment) in open.iter().enumerate() {
        let expected = match index {
            2 => Ending::ProofRejected,
            _ => Ending::Settled,
        };
        assert_eq!(cheat.record(assignment).await?.ending, expected, "{index}");
    }
    // Three of the four escrows were paid out, the fourth went back.
    let (left, on_hold, stake_left) = cheat.money().await?;
    assert_eq!((on_hold, stake_left), (0, stake - slashed));
    assert_eq!(left, total - held / 4 * 3);
    Ok(())
}
