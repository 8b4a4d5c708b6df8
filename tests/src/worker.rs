//! `lattice-worker` on a folder of models.

use crate::process::{binary, free_port, Process, START_PATIENCE};
use anyhow::Result;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};
use std::time::Duration;

/// A provider's worker, with its data in a folder of its own.
pub struct Worker {
    process: Process,
    folder: PathBuf,
    chain: String,
    seed: String,
    metrics_port: u16,
    /// Arguments beside those that every worker has.
    more: Vec<String>,
}

/// How one request went, as the worker logged it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Timing {
    /// Milliseconds spent proving.
    pub prove_ms: f64,
}

/// What the harness reads of a line of the worker's log.
#[derive(Deserialize)]
struct LogLine {
    message: String,
    request: Option<u64>,
    /// A 128-bit number, which the log's JSON writes as a string.
    proving_ms: Option<String>,
    /// Requests in hand.
    in_hand: Option<u64>,
}

/// The stable message with which the worker says that it serves.
const SERVING: &str = "ready";
/// The stable message with which the worker says that it stops.
const STOPPING: &str = "stopping";
/// The stable message with which an assignment is taken up.
pub const ASSIGNMENT_SEEN: &str = "assignment seen";
/// The stable message that follows the durable write of a proof.
pub const PROOF_STORED: &str = "proof stored in outbox";
/// The stable message before a submission leaves the worker.
pub const SUBMITTING: &str = "submitting";
/// The stable message with which a submission reached the chain's pool.
pub const SUBMITTED: &str = "submitted";

impl Worker {
    /// Starts a worker on `folder/models` for the account of `seed`, and waits until it serves.
    ///
    /// # Errors
    /// When the binary is missing, or the worker does not serve in time.
    pub fn start(folder: &Path, chain: &str, seed: &str) -> Result<Self> {
        Self::start_with(folder, chain, seed, &[])
    }

    /// As [`Worker::start`], and it runs the results of others again.
    pub fn start_watching(folder: &Path, chain: &str, seed: &str) -> Result<Self> {
        Self::start_with(folder, chain, seed, &["--watch"])
    }

    /// As [`Worker::start`], with a gateway for payment channels on this port of the loopback
    /// interface.
    pub fn start_with_gateway(folder: &Path, chain: &str, seed: &str, port: u16) -> Result<Self> {
        let gateway = format!("127.0.0.1:{port}");
        Self::start_with(folder, chain, seed, &["--gateway", &gateway])
    }

    /// As [`Worker::start`], and it meets peers on this port of the loopback interface. The folder of
    /// models may be empty: those that are offered are fetched, if a peer has them.
    pub fn start_with_peers(folder: &Path, chain: &str, seed: &str, port: u16) -> Result<Self> {
        Self::start_with(folder, chain, seed, &["--p2p-listen", &peer_address(port)])
    }

    fn start_with(folder: &Path, chain: &str, seed: &str, more: &[&str]) -> Result<Self> {
        let metrics_port = free_port()?;
        let more: Vec<String> = more.iter().map(ToString::to_string).collect();
        let mut worker = Self {
            process: Self::spawn(folder, chain, seed, metrics_port, &more)?,
            folder: folder.to_path_buf(),
            chain: chain.to_owned(),
            seed: seed.to_owned(),
            metrics_port,
            more,
        };
        worker.wait_until_serving(0)?;
        Ok(worker)
    }

    fn spawn(
        folder: &Path,
        chain: &str,
        seed: &str,
        metrics_port: u16,
        more: &[String],
    ) -> Result<Process> {
        let mut command = Command::new(binary("lattice-worker")?);
        command
            .args(["--chain", chain, "--dev-seed", seed, "--log-json"])
            .arg("--models")
            .arg(folder.join("models"))
            .arg("--data")
            .arg(folder.join("worker"))
            .args(["--metrics", &format!("127.0.0.1:{metrics_port}")])
            .args(more);
        Process::start("lattice-worker", command, &folder.join("worker.log"))
    }

    /// Waits until the worker has said that it serves once more than so often.
    fn wait_until_serving(&mut self, before: usize) -> Result<()> {
        self.process
            .wait_for("line that it serves", START_PATIENCE, |log| {
                (serving(log) > before).then_some(())
            })
    }

    /// Waits for a stable message about one request.
    pub fn wait_for_message(&mut self, message: &str, request: u64, limit: Duration) -> Result<()> {
        self.process
            .wait_for(&format!("`{message}` of request {request}"), limit, |log| {
                messages(log)
                    .any(|line| line.message == message && line.request == Some(request))
                    .then_some(())
            })
    }

    /// How often a message about one request was logged.
    pub fn count(&self, message: &str, request: u64) -> Result<usize> {
        Ok(messages(&self.process.text()?)
            .filter(|line| line.message == message && line.request == Some(request))
            .count())
    }

    /// What each proven request took.
    pub fn timings(&self) -> Result<BTreeMap<u64, Timing>> {
        Ok(messages(&self.process.text()?)
            .filter_map(|line| {
                Some((
                    line.request?,
                    Timing {
                        prove_ms: line.proving_ms?.parse().ok()?,
                    },
                ))
            })
            .collect())
    }

    /// Everything logged so far.
    pub fn log(&self) -> Result<String> {
        self.process.text()
    }

    /// Kills the worker as a power cut would.
    pub fn kill(&mut self) -> Result<()> {
        self.process.kill()
    }

    /// Waits until the worker has ended by itself; how it has.
    ///
    /// # Errors
    /// It has not after `limit`.
    pub fn wait_for_end(&mut self, limit: Duration) -> Result<ExitStatus> {
        self.process.wait_for_end(limit)
    }

    /// Tells the worker to stop; how many requests it says that it has in hand.
    ///
    /// # Errors
    /// It does not say so.
    pub fn tell_to_stop(&mut self) -> Result<u64> {
        let before = in_hand(&self.process.text()?).count();
        self.process.terminate()?;
        let limit = Duration::from_secs(60);
        self.process
            .wait_for("word that it stops", limit, |log| in_hand(log).nth(before))
    }

    /// Starts the worker again on the same data, and waits until it serves; the log goes on.
    pub fn restart(&mut self) -> Result<()> {
        let before = serving(&self.process.text()?);
        let (folder, port) = (&self.folder, self.metrics_port);
        self.process = Self::spawn(folder, &self.chain, &self.seed, port, &self.more)?;
        self.wait_until_serving(before)
    }

    /// The child process.
    pub fn process(&self) -> &Process {
        &self.process
    }

    /// Where the worker's metrics are.
    pub fn metrics_url(&self) -> String {
        format!("http://127.0.0.1:{}/metrics", self.metrics_port)
    }

    /// Lets the worker run on after this program ends.
    pub fn leave_running(self) {
        self.process.leave_running();
    }
}

/// Where peers meet a worker that listens on this port of the loopback interface.
pub fn peer_address(port: u16) -> String {
    format!("/ip4/127.0.0.1/tcp/{port}")
}

/// How often a worker has said in its log that it serves.
fn serving(log: &str) -> usize {
    messages(log).filter(|line| line.message == SERVING).count()
}

/// What a worker had in hand each time that it was told to stop.
fn in_hand(log: &str) -> impl Iterator<Item = u64> + '_ {
    let told = messages(log).filter(|line| line.message == STOPPING);
    told.filter_map(|line| line.in_hand)
}

/// The log's JSON lines; a last line that is still being written is left out.
fn messages(log: &str) -> impl Iterator<Item = LogLine> + '_ {
    log.lines()
        .filter_map(|line| serde_json::from_str(line).ok())
}
