//! A key that nobody has to trust, made on a real chain and used.

use anyhow::{Context, Result};
use lattice_chain_client::{Client, ModelIndex};
use lattice_tests::digits;
use lattice_tests::node::Node;
use lattice_tests::stage::{import_digits_without_keys, offer, OWNER, PROVIDER, REQUESTER};
use lattice_tests::tool::Commands;
use lattice_tests::worker::Worker;
use std::path::Path;
use std::time::Duration;

/// Holds the sudo key of a development chain.
const ROOT: &str = "//Alice";

/// Three contributors besides the opener.
const CONTRIBUTORS: [&str; 3] = ["//Bob", "//Charlie", "//Dave"];

/// Within this time a development chain's challenge window ends.
const WINDOW: Duration = Duration::from_secs(240);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_digit_is_proven_under_a_key_of_three_contributors() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let at = |name: &str| folder.path().join(name).display().to_string();
    let file = import_digits_without_keys(folder.path())?;
    let model = file.display().to_string();
    let node = Node::start(folder.path())?;
    let command = Commands::on(&node.url());
    let registered = command.signed(OWNER, &["model", "register", &model])?;
    let index = registered["index"].as_u64().context("no index")?;
    let index = ModelIndex::try_from(index)?;

    let ptau = Path::new(env!("CARGO_MANIFEST_DIR")).join("../zk/setup/tests/data/snarkjs-11.ptau");
    let ptau = ptau.display().to_string();
    let bulk = at("bulk");
    let files = ["--ptau", &ptau, "--dir", &bulk];
    let signed = |who: &str, line: &[&str]| command.signed(who, &[line, &files].concat());

    // Only root says from which powers of tau ceremonies start.
    let pin = ["ceremony", "phase1", &ptau, "--pin"];
    let output = command.run(PROVIDER, &pin)?;
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(message.contains("RequireSudo"), "{message}");
    command.signed(ROOT, &pin)?;
    signed(OWNER, &["ceremony", "open", &model])?;
    for (place, who) in CONTRIBUTORS.into_iter().enumerate() {
        let contributed = signed(who, &["ceremony", "contribute", "0"])?;
        assert_eq!(contributed["index"], place, "{contributed}");
    }
    let verified = command.json(&[&["ceremony", "verify", "0"], &files[..]].concat())?;
    let last = verified["finalFrom"].as_u64().context("no window")?;

    let client = Client::connect(&node.url()).await?;
    let challengeable = async {
        while u64::from(client.best_block().await?.number) + 1 < last {
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        anyhow::Ok(())
    };
    tokio::time::timeout(WINDOW, challengeable).await??;
    let keys = file.with_extension("keys").display().to_string();
    let finalized = signed(OWNER, &["ceremony", "finalize", "0", "-o", &keys])?;
    let info = client.best().model(index).await?.context("no model")?;
    let key = info.key.context("no key was registered")?;
    assert_eq!(finalized["vkId"], format!("{:?}", key.vk_id));
    assert_eq!(finalized["phase1Id"], format!("{:?}", key.phase1_id));
    let established = command.json(&[
        "verify-key",
        &model,
        "--keys",
        &keys,
        "--ceremony",
        "0",
        "--ptau",
        &ptau,
        "--dir",
        &bulk,
    ])?;
    // All but what no check can show: that one of them forgot the secret.
    let findings = established["findings"].as_array().context("no findings")?;
    let open: Vec<_> = findings
        .iter()
        .filter(|finding| finding["status"] != "established")
        .map(|finding| &finding["what"])
        .collect();
    assert_eq!(open, ["no forgery"], "{established}");

    // And with it the market works as with any other key.
    offer(&node.url(), index)?;
    let _worker = Worker::start(folder.path(), &node.url(), PROVIDER)?;
    let digit = digits::held_out()?.swap_remove(2);
    let input = at("input.json");
    std::fs::write(&input, serde_json::to_vec(&digit.pixels)?)?;
    let number = index.to_string();
    let infer = ["infer", "--model", &number, "--input", &input, "--wait"];
    let answer = command.signed(REQUESTER, &infer)?;
    let request = answer["request"].as_str().context("no request")?;
    let verified = command.json(&["verify", request])?;
    assert_eq!(verified["valid"], true, "{verified}");
    Ok(())
}
