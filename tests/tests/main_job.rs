//! A requester's day on a real network: by the `lattice` command and by polkadot.js.

use anyhow::{Context, Result};
use codec::Encode;
use lattice_tests::stage::{Stage, CAPACITY, PROVIDER, REQUESTER};
use lattice_tests::{digits, script, tool};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_digit_is_classified_proven_paid_and_verified_from_the_chain_alone() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let stage = Stage::digits(folder.path()).await?;
    let digit = digits::held_out()?.swap_remove(0);
    let input = folder.path().join("input.json");
    std::fs::write(&input, serde_json::to_vec(&digit.pixels)?)?;

    let owner_before = total(&stage, "//Alice").await?;
    let answer = tool::json([
        "infer".as_ref(),
        "--model".as_ref(),
        stage.model.to_string().as_ref(),
        "--input".as_ref(),
        input.as_os_str(),
        "--wait".as_ref(),
        "--dev-seed".as_ref(),
        REQUESTER.as_ref(),
        "--chain".as_ref(),
        stage.node.url().as_ref(),
    ])?;
    let request = answer["request"]
        .as_str()
        .with_context(|| format!("no request in {answer}"))?
        .to_owned();

    // The chain, the command and a local run of the reference executor agree.
    let record = stage
        .client
        .best()
        .record(request.parse()?)
        .await?
        .context("no record")?;
    let pixels: Vec<i32> = digit.pixels.iter().map(|&ink| ink.into()).collect();
    let model = lattice_tensor::file::read(folder.path().join("models/digits.lattice"))?;
    assert_eq!(record.output, lattice_tensor::execute(&model, &pixels)?);
    assert!(record.gas_used > 0);
    assert_eq!(
        total(&stage, "//Alice").await?,
        owner_before + record.price.royalty
    );

    let verified = tool::json(["verify", &request, "--chain", &stage.node.url()])?;
    assert_eq!(verified["valid"], true, "{verified}");
    let shown = tool::json(["record", &request, "--chain", &stage.node.url()])?;
    assert_eq!(shown["ending"], "Settled", "{shown}");

    // Both sides see it in their histories, with what it cost and earned.
    let url = stage.node.url();
    let price = record.price;
    let total = price.compute + price.royalty + price.fee;
    for (who, role, paid, earned) in [
        (REQUESTER, "requester", total, 0),
        (PROVIDER, "provider", 0, price.compute),
    ] {
        let history = tool::json(["history", "--dev-seed", who, "--chain", &url])?;
        let entry = &history["entries"][0];
        assert_eq!(entry["request"], request.as_str(), "{history}");
        assert_eq!(entry["role"], role, "{history}");
        assert_eq!(history["paid"], paid.to_string(), "{history}");
        assert_eq!(history["earned"], earned.to_string(), "{history}");
    }

    // An onlooker sees it as well.
    let top = tool::json(["top", "--blocks", "0", "--chain", &url])?;
    assert_eq!(top["modelCount"], 1, "{top}");
    assert_eq!(top["models"][0]["index"], stage.model, "{top}");
    assert_eq!(top["models"][0]["name"], "digits", "{top}");
    assert_eq!(top["models"][0]["providers"], 1, "{top}");
    assert_eq!(top["models"][0]["totalExecutions"], "1", "{top}");
    let account = lattice_chain_client::Signer::from_dev_seed(PROVIDER)?.account();
    let provider = &top["providers"][0];
    assert_eq!(provider["account"], account.to_string(), "{top}");
    assert_eq!(provider["settled"], "1", "{top}");
    assert_eq!(provider["rejected"], "0", "{top}");
    assert_eq!(provider["capacity"], CAPACITY, "{top}");
    assert_eq!(provider["offers"], 1, "{top}");
    assert_eq!(top["inFlight"], 0, "{top}");
    assert!(
        top["best"]["number"].as_u64() >= Some(record.ended_at.into()),
        "{top}"
    );
    assert!(top["finalized"]["number"].is_u64(), "{top}");
    // Without a terminal the same is told as text, after one more block.
    let text = tool::run(["top", "--chain", &url])?;
    let text = String::from_utf8(text.stdout)?;
    assert!(text.contains("per second over"), "{text}");
    assert!(text.contains("models: 1, busiest first"), "{text}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn polkadot_js_registers_requests_and_reads_the_record() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let stage = Stage::digits(folder.path()).await?;
    let digit = digits::held_out()?.swap_remove(1);
    let model = lattice_tensor::file::read(folder.path().join("models/digits.lattice"))?;
    let manifest = folder.path().join("manifest.hex");
    std::fs::write(
        &manifest,
        format!("0x{}", hex::encode(model.manifest().encode())),
    )?;
    let input = folder.path().join("input.json");
    std::fs::write(&input, serde_json::to_vec(&digit.pixels)?)?;

    let arguments = [
        stage.node.url().into(),
        stage.model.to_string().into(),
        manifest.into_os_string(),
        input.into_os_string(),
    ];
    let answer = script::run("requester.mjs", arguments).await?;
    let pixels: Vec<i32> = digit.pixels.iter().map(|&ink| ink.into()).collect();
    let expected = lattice_tensor::execute(&model, &pixels)?;
    assert_eq!(answer["output"], serde_json::json!(expected));
    Ok(())
}

async fn total(stage: &Stage, seed: &str) -> Result<u128> {
    let account = lattice_chain_client::Signer::from_dev_seed(seed)?.account();
    Ok(stage.client.best().balance(&account).await?.total())
}
