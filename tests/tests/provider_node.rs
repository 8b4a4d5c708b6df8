//! A node that runs its provider's worker, what becomes of it when one of them dies, and what a worker
//! refuses.

use anyhow::{bail, ensure, Result};
use lattice_tests::node::Node;
use lattice_tests::process::{binary, signal, Process};
use lattice_tests::stage::{import_digits, PROVIDER};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

/// Longest wait for what takes seconds.
const SOON: Duration = Duration::from_secs(60);
/// What the node says when its worker serves.
const SERVES: &str = "the worker serves";

#[test]
fn a_worker_comes_back_when_it_is_killed_and_goes_when_its_node_is() -> Result<()> {
    let folder = tempfile::tempdir()?;
    import_digits(folder.path())?;
    let configuration = folder.path().join("provider.toml");
    let models = folder.path().join("models");
    let data = folder.path().join("worker");
    std::fs::write(
        &configuration,
        format!("dev-seed = {PROVIDER:?}\nmodels = {models:?}\ndata = {data:?}\n"),
    )?;
    let mut node = Node::start_with_provider(folder.path(), &configuration)?;
    let first = serving(&node, 1)?;

    // Another worker of the same account on the same chain is told of the first.
    let mut second = Process::start(
        "second worker",
        worker(&node, &models, &folder.path().join("other"))?,
        &folder.path().join("second.log"),
    )?;
    second.wait_for("its refusal", SOON, |log| {
        let named = log.contains("another worker of") && log.contains(&format!("process {first}"));
        named.then_some(())
    })?;

    // The node outlives its worker, and starts it again.
    signal(first, "KILL")?;
    let next = serving(&node, 2)?;
    ensure!(next != first, "it was never killed");
    let log = node.process().text()?;
    ensure!(log.contains("the worker ended"), "{log}");
    ensure!(log.contains("it starts again in 1.0 s"), "{log}");

    // The worker does not outlive a node that is killed.
    node.kill()?;
    let start = Instant::now();
    while is_running(next) {
        ensure!(
            start.elapsed() < SOON,
            "process {next} goes on without its node"
        );
        std::thread::sleep(Duration::from_millis(20));
    }
    Ok(())
}

#[test]
fn a_configuration_that_is_wrong_is_named_and_the_node_goes_on() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let configuration = folder.path().join("provider.toml");
    std::fs::write(&configuration, "modles = \"m\"\n")?;
    let node = Node::start_with_provider(folder.path(), &configuration)?;
    let log = until(&node, "the refusal", |log| {
        log.contains("refuses its configuration")
            .then(|| log.to_owned())
    })?;
    ensure!(log.contains("unknown key `modles`"), "{log}");
    ensure!(log.contains("did you mean `models`"), "{log}");
    // Blocks go on.
    until(&node, "more blocks", |log| {
        let (_, after) = log.split_once("refuses its configuration")?;
        after.contains("Imported #").then_some(())
    })?;
    Ok(())
}

#[test]
fn a_key_file_that_has_no_key_is_named_before_a_node_is_needed() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let missing = folder.path().join("missing.key");
    refuses_key_file(&missing, folder.path())?;
    let garbled = folder.path().join("garbled.key");
    let secret = "nobody shall read this";
    std::fs::write(&garbled, secret)?;
    let log = refuses_key_file(&garbled, folder.path())?;
    ensure!(!log.contains(secret), "{log}");
    Ok(())
}

/// Sees that a worker with this key file ends as one whose configuration is wrong, and says which file it
/// is; what it says.
fn refuses_key_file(key_file: &Path, folder: &Path) -> Result<String> {
    let mut command = Command::new(binary("lattice-worker")?);
    // Nobody listens there.
    command.args(["--chain", "ws://127.0.0.1:1", "--key-file"]);
    command.arg(key_file);
    command.arg("--models").arg(folder.join("models"));
    command.arg("--data").arg(folder.join("worker"));
    let log = key_file.with_extension("log");
    let mut process = Process::start("lattice-worker", command, &log)?;
    let status = process.wait_for_end(SOON)?;
    let log = process.text()?;
    ensure!(status.code() == Some(2), "it ended with {status}:\n{log}");
    let named = format!("the key file {}", key_file.display());
    ensure!(log.contains(&named), "`{named}` is not said:\n{log}");
    Ok(log)
}

/// Waits until a worker serves for the n-th time; its process.
fn serving(node: &Node, times: usize) -> Result<u32> {
    until(node, SERVES, |log| {
        if log.matches(SERVES).count() < times {
            return None;
        }
        let (_, last) = log.rsplit_once("(process ")?;
        last.split(')').next()?.parse().ok()
    })
}

fn until<T>(node: &Node, what: &str, wanted: impl Fn(&str) -> Option<T>) -> Result<T> {
    let start = Instant::now();
    loop {
        let log = node.process().text()?;
        if let Some(found) = wanted(&log) {
            return Ok(found);
        }
        if start.elapsed() > SOON {
            bail!("no sign of {what} in the node's log:\n{log}");
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// A worker of the same account.
fn worker(node: &Node, models: &Path, data: &Path) -> Result<Command> {
    let mut command = Command::new(binary("lattice-worker")?);
    command
        .args(["--chain", &node.url(), "--dev-seed", PROVIDER])
        .arg("--models")
        .arg(models)
        .arg("--data")
        .arg(data);
    Ok(command)
}

/// Whether a process is there and no zombie, which nobody may have collected yet.
fn is_running(process: u32) -> bool {
    let Ok(stat) = std::fs::read_to_string(format!("/proc/{process}/stat")) else {
        return false;
    };
    let state = stat
        .rsplit_once(") ")
        .and_then(|(_, rest)| rest.chars().next());
    state.is_some_and(|state| state != 'Z')
}
