//! Programs on a real chain: by polkadot.js, and by the `lattice` command.

#[path = "programs/scene.rs"]
mod scene;

use anyhow::{Context, Result};
use codec::{Decode, Encode};
use digit_lottery::{Message, Reply, Terms};
use lattice_chain_client::{Call, Client, Event, Signer, CHUNK_BYTES};
use lattice_guest_programs::DIGIT_LOTTERY;
use lattice_tensor::{Clamp, Model, ModelBuilder, Range, Scale, Shape};
use lattice_tests::node::Node;
use lattice_tests::stage::{import_digits, register, OWNER};
use lattice_tests::tool::Commands;
use lattice_tests::{script, tool};
use scene::{bytes, weights, Player, Scene};
use std::path::Path;
use std::time::Duration;

/// Who plays in the tests that use the command.
const PLAYER: &str = "//Eve";

/// Within this time a second node has executed the scene's blocks.
const CATCHING_UP: Duration = Duration::from_secs(300);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn polkadot_js_stores_a_model_and_runs_programs() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let model = import_digits(folder.path())?;
    let scene = Scene::make(folder.path(), &model)?;
    let file = folder.path().join("scene.json");
    std::fs::write(&file, serde_json::to_vec(&scene)?)?;
    let node = Node::start(folder.path())?;
    let arguments = [node.url().into(), file.into_os_string()];
    let answer = script::run("programs.mjs", arguments).await?;

    // What the script saw is there for the command, too.
    let gate = answer["gate"].as_str().context("no gate")?;
    let shown = tool::json(["program", "records", gate, "--chain", &node.url()])?;
    assert_eq!(
        shown["records"][0]["digest"], scene.proof.inputs[2],
        "{shown}"
    );
    let version = answer["version"].to_string();
    let shown = tool::json(["model", "show", &version, "--chain", &node.url()])?;
    assert_eq!(shown["stateHash"], scene.training.state, "{shown}");
    assert_eq!(shown["parent"], answer["model"], "{shown}");
    another_node_computes_the_same(&node, folder.path(), gate).await
}

/// A second node executes every block again, and refuses one whose state root it does
/// not find. Gas is in the state: fees and events depend on it.
async fn another_node_computes_the_same(node: &Node, folder: &Path, gate: &str) -> Result<()> {
    let last = Client::connect(&node.url()).await?.best_block().await?;
    let follower = node.follower(&folder.join("follower"))?;
    let client = Client::connect(&follower.url()).await?;
    let same_height = async {
        loop {
            if let Some(hash) = client.block_hash(last.number).await? {
                return anyhow::Ok(hash);
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    let found = tokio::time::timeout(CATCHING_UP, same_height)
        .await
        .with_context(|| format!("block {} was not executed again", last.number))??;
    assert_eq!(found, last.hash);
    let records = |node: &Node| tool::json(["program", "records", gate, "--chain", &node.url()]);
    assert_eq!(records(&follower)?, records(node)?);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_command_runs_a_program_for_a_price_that_is_known_before() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let digits = import_digits(folder.path())?;
    let model = lattice_tensor::file::read(&digits)?;
    let node = Node::start(folder.path())?;
    let index = register(&node.url(), &digits)?.to_string();
    let command = Commands::on(&node.url());
    let stored = command.signed(OWNER, &["model", "store", &digits.display().to_string()])?;
    assert_eq!(stored["chunksSent"], 1, "{stored}");

    let code = file(folder.path(), "lottery.wasm", DIGIT_LOTTERY)?;
    let uploaded = command.signed(OWNER, &["program", "upload", &code])?;
    let code_hash = uploaded["codeHash"].as_str().context("no code hash")?;
    let player = Player::new(&model)?;
    let terms = Terms {
        model: model.id().0,
        digit: player.winning.seen,
        price: 1_000_000_000_000,
    };
    let terms = file(folder.path(), "terms.scale", &terms.encode())?;
    let instantiate = [
        "program",
        "instantiate",
        code_hash,
        "--value",
        "10",
        "--input",
    ];
    let made = command.signed(OWNER, &[&instantiate[..], &[&terms]].concat())?;
    let lottery = made["program"].as_str().context("no program")?;

    let play = Message::Play(player.winning.pixels).encode();
    let play = file(folder.path(), "play.scale", &play)?;
    let call = [
        "program", "call", lottery, "--value", "1", "--model", &index, "--input", &play,
    ];
    let tried = command.signed(PLAYER, &[&call[..], &["--dry-run"]].concat())?;
    let played = command.signed(PLAYER, &call)?;
    assert_eq!(played["gasUsed"], tried["gasUsed"], "{played}");
    assert_eq!(
        played["output"], tried["result"]["ok"]["output"],
        "{played}"
    );
    let reply = bytes(&played["output"])?;
    let prize = 11_000_000_000_000;
    assert_eq!(
        Reply::decode(&mut &reply[..])?,
        Reply::Played(player.winning.seen, prize)
    );

    // A second time it would trap, so nothing is submitted and the reason is shown.
    let output = command.run(PLAYER, &call)?;
    assert_eq!(output.status.code(), Some(6));
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        message.contains("nothing was submitted") && message.contains("reverted"),
        "{message}"
    );
    let shown = tool::json(["program", "show", lottery, "--chain", &node.url()])?;
    assert_eq!(shown["balance"], "0", "{shown}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_upload_goes_on_where_it_was_interrupted() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let model = model_of_two_chunks()?;
    let large = folder.path().join("large.lattice");
    lattice_tensor::file::write(&large, &model)?;
    let large = large.display().to_string();
    let node = Node::start(folder.path())?;
    let command = Commands::on(&node.url());
    let registered = command.signed(OWNER, &["model", "register", &large])?;
    let index = u32::try_from(registered["index"].as_u64().context("no index")?)?;

    // The second chunk came, and then the line was cut.
    let client = Client::connect(&node.url()).await?;
    let owner = Signer::from_dev_seed(OWNER)?;
    let weights = weights(&model);
    let second = weights.chunks(CHUNK_BYTES as usize).nth(1);
    let call = Call::UploadChunk {
        model: index,
        index: 1,
        bytes: second.context("one chunk only")?.to_vec(),
    };
    let included = client.submit_and_wait(&owner, &call).await?;
    assert!(included.events.contains(&Event::ChunkUploaded {
        model: index,
        index: 1,
        missing: 1
    }));

    let stored = command.signed(OWNER, &["model", "store", &large])?;
    assert_eq!(
        (&stored["chunks"], &stored["chunksSent"]),
        (&2.into(), &1.into())
    );
    let info = client.best().model(index).await?.context("no model")?;
    let info = info.stored.context("nothing is stored")?;
    assert!(info.finalized && info.missing.is_empty());
    assert_eq!(info.uploaded as usize, weights.len());

    let again = command.signed(OWNER, &["model", "store", &large])?;
    assert_eq!(again["chunksSent"], 0, "{again}");
    let output = command.run(OWNER, &["model", "clear", &index.to_string()])?;
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(message.contains("AlreadyFinalized"), "{message}");
    Ok(())
}

/// An MLP 784-96-10 that says nothing sensible: 76 KB of weights.
fn model_of_two_chunks() -> Result<Model> {
    let weights = |count: usize| (0..count).map(|i| [1, -2, 3, 0, -1][i % 5]).collect();
    Ok(
        ModelBuilder::new(Shape::new([784])?, Range::new(0, 16)?, Scale::ONE)
            .linear("hidden", weights(784 * 96), 96, Some(vec![0; 96]))?
            .requantize(vec![8; 96], Clamp::RELU)?
            .linear("out", weights(96 * 10), 10, Some(vec![0; 10]))?
            .build(Scale::ONE)?,
    )
}

/// A file with these bytes, by its path.
fn file(folder: &Path, name: &str, content: &[u8]) -> Result<String> {
    let path = folder.join(name);
    std::fs::write(&path, content)?;
    Ok(path.display().to_string())
}
