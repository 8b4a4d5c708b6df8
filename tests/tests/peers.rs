//! Models that a provider offers and does not have, from another provider over the network.

use anyhow::{ensure, Context, Result};
use lattice_chain_client::{AccountId, Ending, Provider, RequestId, Signer};
use lattice_tests::digits;
use lattice_tests::process::free_port;
use lattice_tests::stage::{offer_at, Stage, REQUESTER};
use lattice_tests::tool::{self, Commands};
use lattice_tests::worker::{peer_address, Worker};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Has an offer, and no model.
const SECOND: &str = "//Charlie";
/// Longest wait for what takes seconds.
const SOON: Duration = Duration::from_secs(60);
/// The stable message with which a worker says that it serves a model of its peers.
const FETCHED: &str = "model fetched";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_provider_without_models_fetches_them_and_mends_them() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let stage = Stage::digits_with_peers(folder.path()).await?;
    let url = stage.node.url();
    let port = free_port()?;
    offer_at(&url, stage.model, SECOND, &peer_address(port))?;
    let room = folder.path().join("second");
    std::fs::create_dir_all(room.join("models"))?;
    let mut second = Worker::start_with_peers(&room, &url, SECOND, port)?;
    wait_for(&second, FETCHED, 1).await?;
    serves(&stage, 0).await?;
    let contents = contents(&room)?;
    assert_eq!(contents.len(), 2, "{contents:?}");

    // What changes on its disk while it is away is found out, and fetched again.
    second.kill()?;
    let mut originals = Vec::new();
    for path in &contents {
        let mut bytes = std::fs::read(path)?;
        originals.push(bytes.clone());
        let last = bytes.last_mut().context("an empty content")?;
        *last ^= 1;
        std::fs::write(path, bytes)?;
    }
    second.restart()?;
    wait_for(&second, FETCHED, 2).await?;
    wait_for(&second, "fetched files are damaged", 1).await?;
    for (path, original) in contents.iter().zip(&originals) {
        ensure!(
            std::fs::read(path)? == *original,
            "{} is not mended",
            path.display()
        );
    }
    wait_for(&second, "ready", 2).await?;
    serves(&stage, 1).await?;

    // What it has by now, it does not fetch again.
    second.kill()?;
    second.restart()?;
    wait_for(&second, "ready", 3).await?;
    wait_for(&second, FETCHED, 3).await?;
    assert_eq!(said(&second, "fetched files are damaged")?, 1);
    a_provider_that_moves_says_so(&stage).await
}

/// Requests a digit of the second provider, and compares.
async fn serves(stage: &Stage, digit: usize) -> Result<()> {
    let held_out = digits::held_out()?;
    let pixels = &held_out[digit].pixels;
    let input = stage.folder.join(format!("digit-{digit}.json"));
    std::fs::write(&input, serde_json::to_vec(pixels)?)?;
    let (model, input) = (stage.model.to_string(), input.display().to_string());
    let provider = account(SECOND)?.to_string();
    let infer = ["infer", "--model", &model, "--input", &input, "--wait"];
    let chosen = [&infer[..], &["--provider", &provider]].concat();
    let shown = Commands::on(&stage.node.url()).signed(REQUESTER, &chosen)?;
    let request = shown["request"].as_str();
    let request: RequestId = request.context("no request")?.parse()?;
    let record = stage.client.best().record(request).await?;
    let record = record.context("no record")?;
    assert_eq!(record.ending, Ending::Settled);
    assert_eq!(record.provider, account(SECOND)?);
    let file = lattice_tensor::file::read(stage.folder.join("models/digits.lattice"))?;
    let pixels: Vec<i32> = pixels.iter().map(|&x| x.into()).collect();
    assert_eq!(record.output, lattice_tensor::execute(&file, &pixels)?);
    Ok(())
}

async fn a_provider_that_moves_says_so(stage: &Stage) -> Result<()> {
    let commands = Commands::on(&stage.node.url());
    let before = provider(stage).await?;
    let address = "/dns4/gpu.example/tcp/30400";
    let update = ["provider", "update", "--endpoint", address];
    commands.signed(SECOND, &update)?;
    let after = provider(stage).await?;
    assert_eq!(after.endpoints, [address.as_bytes()]);
    let kept = |provider: &Provider| (provider.hardware, provider.capacity);
    assert_eq!(kept(&after), kept(&before));
    let less = ["provider", "update", "--capacity", "3", "--memory-mib", "3"];
    commands.signed(SECOND, &less)?;
    let last = provider(stage).await?;
    assert_eq!((&last.endpoints, last.capacity), (&after.endpoints, 3));

    // What it says of its hardware is what is detected here.
    commands.signed(SECOND, &["provider", "update", "--hardware", "auto"])?;
    let shown = commands.signed(SECOND, &["provider", "status"])?;
    let detected = tool::json(["hardware", "detect"])?;
    ensure!(shown["hardware"].is_object(), "{shown}");
    assert_eq!(shown["hardware"], detected["published"]);
    let found = provider(stage).await?;
    assert_eq!(last.hardware.memory_mib, 3);
    assert_eq!(found.hardware, before.hardware, "as at its registration");
    let kept = (&found.endpoints, found.capacity);
    assert_eq!(kept, (&last.endpoints, last.capacity));
    Ok(())
}

async fn provider(stage: &Stage) -> Result<Provider> {
    let found = stage.client.best().provider(&account(SECOND)?).await?;
    found.context("it is no provider")
}

fn account(seed: &str) -> Result<AccountId> {
    Ok(Signer::from_dev_seed(seed)?.account())
}

/// The files of whole contents in a worker's store.
fn contents(room: &Path) -> Result<Vec<PathBuf>> {
    let folder = room.join("worker/store/content");
    let mut whole = Vec::new();
    for entry in std::fs::read_dir(&folder)? {
        let path = entry?.path();
        let ending = path.extension().and_then(|ending| ending.to_str());
        if matches!(ending, Some("lattice" | "blob")) {
            whole.push(path);
        }
    }
    Ok(whole)
}

/// How often a worker has logged a message.
fn said(worker: &Worker, message: &str) -> Result<usize> {
    let line = format!("\"message\":{message:?}");
    Ok(worker.log()?.matches(&line).count())
}

/// Waits until a worker has logged a message so often.
async fn wait_for(worker: &Worker, message: &str, times: usize) -> Result<()> {
    let started = Instant::now();
    while said(worker, message)? < times {
        ensure!(
            started.elapsed() < SOON,
            "`{message}` was not said {times} times:\n{}",
            worker.log()?
        );
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Ok(())
}
