//! A validator or a provider of the network: a `lattice-node`, and with a provider the `lattice-worker`
//! that it supervises.

use super::ground::Host;
use super::proc;
use crate::process::{binary, signal, Process, START_PATIENCE};
use anyhow::{bail, Context, Result};
use http_body_util::{BodyExt, Empty};
use hyper::body::Bytes;
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use lattice_chain_client::{AccountId, Signer};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// What the log says before the node's identity on the network.
const IDENTITY: &str = "Local node identity is: ";
/// How often something is looked at again that is waited for.
const POLL: Duration = Duration::from_millis(50);
/// How long a worker may take to end that is killed.
const END_PATIENCE: Duration = Duration::from_secs(5);

/// What a member does in the network.
#[derive(Clone, Debug)]
pub enum Role {
    /// Makes and finalizes blocks, with the session keys of a well-known name, e.g. `alice`.
    Validator(&'static str),
    /// Serves requests for a development account, e.g. `//Bob`.
    Provider(&'static str),
}

/// A member of the network.
pub struct Member {
    pub host: Host,
    pub role: Role,
    /// Its data, configuration and log.
    pub folder: PathBuf,
    /// Tells nodes apart; the secret key of the node's identity.
    number: u8,
    bootnodes: Vec<String>,
    process: Option<Process>,
}

impl Member {
    /// Starts a member and waits until its node answers.
    ///
    /// # Errors
    /// The node does not come up.
    pub async fn start(
        host: Host,
        role: Role,
        folder: &Path,
        number: u8,
        bootnodes: Vec<String>,
    ) -> Result<Self> {
        let mut member = Self {
            folder: folder.join(&host.name),
            host,
            role,
            number,
            bootnodes,
            process: None,
        };
        std::fs::create_dir_all(&member.folder)?;
        member.start_again().await?;
        Ok(member)
    }

    /// The member's name.
    pub fn name(&self) -> &str {
        &self.host.name
    }

    /// The provider's account.
    ///
    /// # Errors
    /// It is none.
    pub fn account(&self) -> Result<AccountId> {
        match self.role {
            Role::Provider(seed) => Ok(Signer::from_dev_seed(seed)?.account()),
            Role::Validator(_) => bail!("{} is no provider", self.name()),
        }
    }

    /// Folder of the worker's models.
    pub fn models(&self) -> PathBuf {
        self.folder.join("models")
    }

    /// Folder of the worker's data.
    pub fn data(&self) -> PathBuf {
        self.folder.join("worker")
    }

    /// Starts the node on the data that is there, and waits until it answers.
    ///
    /// # Errors
    /// The node does not come up.
    pub async fn start_again(&mut self) -> Result<()> {
        let log = self.folder.join("node.log");
        if log.exists() {
            // The old log would answer for the new process.
            std::fs::rename(&log, self.folder.join("node.before.log"))?;
        }
        let ports = &self.host.ports;
        let mut command = self.host.command(&binary("lattice-node")?);
        command
            .args(["--chain", "local", "--name", &self.host.name])
            .args(["--no-telemetry", "--no-mdns", "--database", "paritydb"])
            .arg("--base-path")
            .arg(self.folder.join("chain"))
            .args(["--port", &ports.node.to_string()])
            .args(["--rpc-port", &ports.rpc.to_string(), "--rpc-cors", "all"])
            .args(["--prometheus-port", &ports.node_metrics.to_string()])
            .args(["--node-key", &format!("{:064x}", self.number)]);
        if self.host.can_be_cut() {
            // Only this machine can reach the bridge.
            command.args(["--unsafe-rpc-external", "--rpc-methods", "unsafe"]);
            command.arg("--prometheus-external");
        }
        if !self.bootnodes.is_empty() {
            command.arg("--bootnodes").args(&self.bootnodes);
        }
        match self.role {
            Role::Validator(key) => {
                command.args(["--validator", &format!("--{key}")]);
                // In the end the events of every block are read.
                command.args(["--state-pruning", "archive"]);
            }
            Role::Provider(seed) => {
                command.arg("--provider").arg(self.configure(seed)?);
            }
        }
        let mut process = Process::start(&self.host.name, command, &log)?;
        let limit = Instant::now() + START_PATIENCE;
        while !process.text()?.contains("Running JSON-RPC server") {
            process.ensure_running()?;
            if Instant::now() > limit {
                bail!("{} does not answer; see {}", self.name(), log.display());
            }
            tokio::time::sleep(POLL).await;
        }
        self.process = Some(process);
        Ok(())
    }

    /// Writes the worker's configuration.
    fn configure(&self, seed: &str) -> Result<PathBuf> {
        std::fs::create_dir_all(self.models())?;
        let path = self.folder.join("provider.toml");
        let listen = self.host.worker_address();
        let metrics = match self.host.can_be_cut() {
            true => format!("0.0.0.0:{}", self.host.ports.worker_metrics),
            false => format!("127.0.0.1:{}", self.host.ports.worker_metrics),
        };
        let text = format!(
            "dev-seed = {seed:?}\nmodels = {:?}\ndata = {:?}\nmetrics = {metrics:?}\n\
             log-json = true\n\n[p2p]\nlisten = [{listen:?}]\n",
            self.models(),
            self.data(),
        );
        std::fs::write(&path, text)?;
        Ok(path)
    }

    /// Where other nodes find this one.
    ///
    /// # Errors
    /// The node has not said its identity.
    pub fn bootnode(&self) -> Result<String> {
        let log = self.process()?.text()?;
        let identity = log
            .split(IDENTITY)
            .nth(1)
            .and_then(|rest| rest.split_whitespace().next())
            .with_context(|| format!("{} does not say its identity", self.name()))?;
        Ok(format!("{}/p2p/{identity}", self.host.node_address()))
    }

    /// The running node.
    ///
    /// # Errors
    /// It does not run.
    pub fn process(&self) -> Result<&Process> {
        self.process
            .as_ref()
            .with_context(|| format!("{} does not run", self.name()))
    }

    /// Ends the node at once, as a power cut would (SIGKILL).
    ///
    /// # Errors
    /// It does not run.
    pub fn kill(&mut self) -> Result<()> {
        let mut process = self
            .process
            .take()
            .with_context(|| format!("{} does not run", self.host.name))?;
        process.kill()
    }

    /// Process number of the worker that the node supervises; `None` while it has none.
    pub fn worker(&self) -> Option<u32> {
        proc::child_of(self.process.as_ref()?.id(), proc::WORKER)
    }

    /// Sends the worker a signal, e.g. `KILL`.
    ///
    /// # Errors
    /// There is no worker.
    pub fn signal_worker(&self, name: &str) -> Result<()> {
        let worker = self
            .worker()
            .with_context(|| format!("{} has no worker now", self.name()))?;
        signal(worker, name)
    }

    /// What the worker says of its health; `None` where it does not answer, or is not well.
    pub async fn health(&self) -> Option<String> {
        page(&self.host.health_url()).await
    }

    /// The worker's metrics in Prometheus' text format; `None` where it does not answer.
    pub async fn metrics(&self) -> Option<String> {
        let (address, port) = (self.host.address, self.host.ports.worker_metrics);
        page(&format!("http://{address}:{port}/metrics")).await
    }

    /// Waits until the worker is well; how long that took.
    ///
    /// # Errors
    /// It is not within the limit.
    pub async fn wait_until_healthy(&self, limit: Duration) -> Result<Duration> {
        let start = Instant::now();
        while self.health().await.is_none() {
            if start.elapsed() > limit {
                bail!(
                    "the worker of {} is not well after {limit:?}; see {}",
                    self.name(),
                    self.folder.join("node.log").display()
                );
            }
            tokio::time::sleep(POLL).await;
        }
        Ok(start.elapsed())
    }

    /// Lets it run on after this program ends.
    pub fn leave_running(self) {
        // Neither the node ends nor its worker.
        std::mem::forget(self);
    }
}

/// A page of a worker; `None` where nothing answers, or with an error.
async fn page(url: &str) -> Option<String> {
    let client = Client::builder(TokioExecutor::new()).build_http::<Empty<Bytes>>();
    let uri = url.parse().ok()?;
    let answer = tokio::time::timeout(Duration::from_secs(2), client.get(uri));
    let answer = answer.await.ok()?.ok()?;
    if !answer.status().is_success() {
        return None;
    }
    let body = answer.into_body().collect().await.ok()?.to_bytes();
    Some(String::from_utf8_lossy(&body).into_owned())
}

impl Drop for Member {
    /// Ends the node, and the worker that would outlive it to finish what it has in hand.
    fn drop(&mut self) {
        // The node first: it would start another worker.
        drop(self.process.take());
        let limit = Instant::now() + END_PATIENCE;
        while Instant::now() < limit {
            let workers = proc::workers_of(&self.folder);
            if workers.is_empty() {
                return;
            }
            for worker in workers {
                // It may have ended by itself meanwhile.
                let _ = signal(worker, "KILL");
            }
            std::thread::sleep(POLL);
        }
    }
}
