//! A network that is large enough for lookups: its proofs have a commitment and 160 bytes.

use anyhow::{Context, Result};
use lattice_chain_client::Client;
use lattice_tensor::testing::{lenet5, random_input};
use lattice_tests::node::Node;
use lattice_tests::stage::{offer, register, PROVIDER, REQUESTER};
use lattice_tests::tool::{self, Commands};
use lattice_tests::worker::Worker;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lenet5_is_registered_proven_with_a_commitment_and_paid() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let models = folder.path().join("models");
    std::fs::create_dir_all(&models)?;
    let file = models.join("lenet5.lattice");
    let model = lenet5(7);
    lattice_tensor::file::write(&file, &model)?;
    let node = Node::start(folder.path())?;
    let command = Commands::on(&node.url());
    let text = |path: &std::path::Path| path.display().to_string();
    let keys = text(&file.with_extension("keys"));
    tool::json(["setup", "dev", &text(&file), "-o", &keys])?;
    let index = register(&node.url(), &file)?;
    offer(&node.url(), index)?;
    let _worker = Worker::start(folder.path(), &node.url(), PROVIDER)?;

    let pixels = random_input(3, &model);
    let input = folder.path().join("input.json");
    std::fs::write(&input, serde_json::to_vec(&pixels)?)?;
    let (number, input) = (index.to_string(), text(&input));
    let infer = ["infer", "--model", &number, "--input", &input, "--wait"];
    let answer = command.signed(REQUESTER, &infer)?;
    let request = answer["request"].as_str().context("no request")?;

    let client = Client::connect(&node.url()).await?;
    let record = client.best().record(request.parse()?).await?;
    let record = record.context("no record")?;
    assert_eq!(record.output, lattice_tensor::execute(&model, &pixels)?);
    let shown = command.json(&["record", request])?;
    assert_eq!(shown["ending"], "Settled", "{shown}");
    let proof = record.proof.context("no proof")?;
    assert_eq!(
        proof.as_slice().len(),
        lattice_verifier::COMMITTED_PROOF_LEN
    );
    let verified = command.json(&["verify", request])?;
    assert_eq!(verified["valid"], true, "{verified}");

    let evidence = text(&folder.path().join("evidence"));
    let url = node.url();
    let export = ["proof", "export", request, "-o", &evidence, "--chain", &url];
    let refused = tool::run(export)?;
    let message = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(!refused.status.success());
    assert!(message.contains("commitment"), "{message}");
    Ok(())
}
