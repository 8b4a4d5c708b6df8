//! Private requests on a real chain: by the `lattice` command and a worker that meets peers, with
//! requesters that are honest, that die, that are not answered and that do not answer; and by both with
//! others that lie.

#[path = "private/fraud.rs"]
mod fraud;
#[path = "private/liar.rs"]
mod liar;
#[path = "private/lies.rs"]
mod lies;
#[path = "private/scene.rs"]
mod scene;

use anyhow::{bail, Context, Result};
use lattice_chain_client::{Ending, InputClaim, PrivateCall, PrivateStatus};
use lattice_tests::stage::REQUESTER;
use lattice_verifier::commit_output;
use scene::{little_endian, number, unsigned, Scene};
use serde_json::{json, Value};
use std::time::Duration;

/// Longest wait for what takes some blocks.
const SOON: Duration = Duration::from_secs(60);

/// All parts share a chain, and go one after the other: each looks at what came into blocks meanwhile.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn inputs_and_outputs_stay_between_requester_and_provider() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let scene = Scene::start(folder.path()).await?;
    an_input_is_never_on_the_chain(&scene).await?;
    an_output_need_not_be_either(&scene).await?;
    a_requester_that_dies_before_it_has_a_number_goes_on(&scene).await?;
    an_output_that_is_not_collected_is_posted_when_that_is_forced(&scene).await?;
    an_input_that_never_comes_is_claimed_and_opened(&scene).await
}

/// `lattice verify` by somebody who has nothing but the chain: the proof holds, and what is private is
/// said to be.
fn verified_by_anybody(scene: &Scene, request: u64, private: &[&str]) -> Result<()> {
    let verified = scene.commands.json(&["verify", &request.to_string()])?;
    assert_eq!(verified["valid"], true, "{verified}");
    assert_eq!(verified["private"], json!(private), "{verified}");
    assert_eq!(verified["unseen"], json!(private), "{verified}");
    Ok(())
}

/// `lattice verify` by the requester, which runs the model again: nothing is left unseen.
fn verified_by_the_requester(scene: &Scene, digit: usize, request: u64) -> Result<()> {
    let (request, states) = (request.to_string(), scene.states(digit));
    let file = scene.model_file();
    let arguments = [
        "verify",
        &request,
        "--state",
        &states,
        "--model-file",
        &file,
    ];
    let verified = scene.commands.json(&arguments)?;
    assert_eq!(verified["valid"], true, "{verified}");
    assert_eq!(verified["unseen"], json!([]), "{verified}");
    let checks = verified["checks"].as_array().context("no checks")?;
    for name in ["context", "proof", "input", "output", "execution"] {
        let is_there = checks.iter().any(|check| check["name"] == name);
        assert!(is_there, "no {name} in {verified}");
    }
    Ok(())
}

async fn an_input_is_never_on_the_chain(scene: &Scene) -> Result<()> {
    const DIGIT: usize = 0;
    let start = scene.now().await?;
    let shown = scene.ask(DIGIT, &[])?;
    let request = number(&shown["request"])?;
    let record = scene.ended(request).await?;
    let honest = scene.honest(DIGIT)?;
    assert_eq!((record.ending, &record.output), (Ending::Settled, &honest));
    assert_eq!(shown["output"], json!(honest), "{shown}");
    assert_eq!(shown["outputPrivate"], false, "{shown}");
    let state = scene.state(DIGIT)?.context("no state")?;
    let commitment = format!("{:?}", record.input_commitment);
    assert_eq!(state["inputCommitment"], commitment, "{state}");

    // All that the chain knows came in a block.
    let blocks = scene.blocks_after(start).await?;
    assert!(!blocks.hold(&unsigned(&scene.digits[DIGIT].pixels)));
    assert!(blocks.hold(&little_endian(&honest)));
    assert!(blocks.hold(&record.input_commitment.0));
    verified_by_anybody(scene, request, &["input"])?;
    verified_by_the_requester(scene, DIGIT, request)
}

async fn an_output_need_not_be_either(scene: &Scene) -> Result<()> {
    const DIGIT: usize = 1;
    let start = scene.now().await?;
    let shown = scene.ask(DIGIT, &["--private-output"])?;
    let request = number(&shown["request"])?;
    let record = scene.ended(request).await?;
    let honest = scene.honest(DIGIT)?;
    assert_eq!(shown["output"], json!(honest), "{shown}");
    assert_eq!(shown["outputPrivate"], true, "{shown}");
    assert_eq!((record.ending, record.output), (Ending::Settled, vec![]));

    // It was acknowledged: otherwise it would settle a hundred blocks later.
    assert!(record.ended_at < record.requested_at + 50);
    let state = scene.state(DIGIT)?.context("no state")?;
    let blinding = state["collected"]["blinding"].as_str();
    let mut bytes = [0; 32];
    let digits = blinding.and_then(|text| text.strip_prefix("0x"));
    hex::decode_to_slice(digits.context("no blinding")?, &mut bytes)?;
    let commitment = commit_output(&honest, &bytes)?;
    let recorded = record.output_commitment.context("no commitment")?;
    assert_eq!(recorded.0, commitment);

    let blocks = scene.blocks_after(start).await?;
    assert!(!blocks.hold(&unsigned(&scene.digits[DIGIT].pixels)));
    assert!(!blocks.hold(&little_endian(&honest)));
    assert!(blocks.hold(&commitment));
    verified_by_anybody(scene, request, &["input", "output"])?;
    verified_by_the_requester(scene, DIGIT, request)
}

async fn a_requester_that_dies_before_it_has_a_number_goes_on(scene: &Scene) -> Result<()> {
    const DIGIT: usize = 2;
    let start = scene.now().await?;
    // Nothing is missed before half of these blocks have passed.
    let mut requester = scene.begin(DIGIT, &["--deadline", "100"])?;
    let commitment = scene.in_pool_or_block(DIGIT, &mut requester).await?;
    requester.kill()?;
    scene.wait_for_block_with(start, &commitment).await?;
    let which = format!("0x{}", hex::encode(&commitment));
    let shown = scene.resume(DIGIT, &which, &[])?;
    let request = number(&shown["request"])?;
    let record = scene.ended(request).await?;
    let honest = scene.honest(DIGIT)?;
    assert_eq!((record.ending, &record.output), (Ending::Settled, &honest));
    assert_eq!(shown["output"], json!(honest), "{shown}");
    // There is one of it, and it can be asked for again.
    let states = scene.states(DIGIT);
    let listed = scene.local(&["private", "list", "--state", &states])?;
    assert_eq!(listed["requests"].as_array().map(Vec::len), Some(1));
    assert_eq!(listed["requests"][0]["request"], json!(request.to_string()));
    let again = scene.resume(DIGIT, &request.to_string(), &[])?;
    assert_eq!(again["output"], shown["output"], "{again}");
    Ok(())
}

async fn an_output_that_is_not_collected_is_posted_when_that_is_forced(
    scene: &Scene,
) -> Result<()> {
    const DIGIT: usize = 3;
    let start = scene.now().await?;
    let mut requester = scene.begin(DIGIT, &["--private-output"])?;
    let state = scene
        .wait_for_state(DIGIT, &mut requester, |state| state["receipt"].is_string())
        .await?;
    requester.kill()?;
    let request = number(&state["request"])?;
    scene
        .wait_for_status(request, SOON, |status| {
            matches!(status, PrivateStatus::Delivered { .. })
        })
        .await?;
    let honest = scene.honest(DIGIT)?;
    assert!(!scene
        .blocks_after(start)
        .await?
        .hold(&little_endian(&honest)));

    let context = scene.open(request).await?.context;
    let call = PrivateCall::ForcePosting { request, context };
    scene.submit(REQUESTER, call).await?;
    let record = scene.ended(request).await?;
    assert_eq!((record.ending, &record.output), (Ending::Settled, &honest));
    let blocks = scene.blocks_after(start).await?;
    assert!(blocks.hold(&little_endian(&honest)));
    assert!(!blocks.hold(&unsigned(&scene.digits[DIGIT].pixels)));
    // Its commitment has a blinding that came with it.
    verified_by_anybody(scene, request, &["input"])?;
    let shown = scene.resume(DIGIT, &request.to_string(), &[])?;
    assert_eq!(shown["output"], json!(honest), "{shown}");
    assert_eq!(shown["outputPrivate"], false, "{shown}");
    Ok(())
}

async fn an_input_that_never_comes_is_claimed_and_opened(scene: &Scene) -> Result<()> {
    const DIGIT: usize = 4;
    let worker = &scene.stage.worker;
    let start = scene.now().await?;
    // Nothing can be delivered to a worker that does not answer.
    worker.process().freeze()?;
    let mut requester = scene.begin(DIGIT, &["--deadline", "16"])?;
    let state = scene
        .wait_for_state(DIGIT, &mut requester, |state| state["request"].is_string())
        .await;
    requester.kill()?;
    worker.process().thaw()?;
    let request = number(&state?["request"])?;
    scene
        .wait_for_status(request, SOON, |status| {
            let claim = InputClaim::NotReceived;
            matches!(status, PrivateStatus::Claimed { claim: is, .. } if *is == claim)
        })
        .await?;
    let input = unsigned(&scene.digits[DIGIT].pixels);
    assert!(!scene.blocks_after(start).await?.hold(&input));
    let open = scene.commands.json(&["record", &request.to_string()])?;
    assert_eq!(open["status"]["Claimed"]["claim"], "NotReceived", "{open}");
    assert_eq!(open["opened"], Value::Null, "{open}");

    // Whoever is not told to open it waits for that, and tells its user.
    let mut waiting = scene.begin_resume(DIGIT, &request.to_string(), &[])?;
    waiting.wait_for("how to open it", SOON, |log| {
        log.contains(&format!("lattice private resume {request} --open"))
            .then_some(())
    })?;
    waiting.kill()?;
    assert!(!scene.blocks_after(start).await?.hold(&input));

    let shown = scene.resume(DIGIT, &request.to_string(), &["--open"])?;
    let record = scene.ended(request).await?;
    let honest = scene.honest(DIGIT)?;
    if record.ending != Ending::Settled {
        bail!("{:?}; the worker says:\n{}", record.ending, worker.log()?);
    }
    assert_eq!(record.output, honest);
    assert_eq!(shown["output"], json!(honest), "{shown}");
    assert!(scene.blocks_after(start).await?.hold(&input));
    assert_eq!(worker.count("private input received", request)?, 0);
    assert_eq!(worker.count("claimed that there is no input", request)?, 1);
    Ok(())
}
