//! A validator or a provider of the network: a `lattice-node`, and with a provider the `lattice-worker`
//! that it supervises.

use super::ground::Host;
use crate::process::{binary, signal, Process};
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
/// How long a node may take to start.
const START_PATIENCE: Duration = Duration::from_secs(90);

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
        child_of(self.process.as_ref()?.id(), "lattice-worker")
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
        let client = Client::builder(TokioExecutor::new()).build_http::<Empty<Bytes>>();
        let uri = self.host.health_url().parse().ok()?;
        let answer = tokio::time::timeout(Duration::from_secs(2), client.get(uri));
        let answer = answer.await.ok()?.ok()?;
        if !answer.status().is_success() {
            return None;
        }
        let body = answer.into_body().collect().await.ok()?.to_bytes();
        Some(String::from_utf8_lossy(&body).into_owned())
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
    pub fn leave_running(mut self) {
        if let Some(process) = self.process.take() {
            process.leave_running();
        }
    }
}

/// The child of a process that runs a program; read from /proc.
fn child_of(parent: u32, program: &str) -> Option<u32> {
    let processes = std::fs::read_dir("/proc").ok()?;
    processes
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .find(|process: &u32| {
            let stat = std::fs::read_to_string(format!("/proc/{process}/stat"));
            stat.is_ok_and(|stat| is_child(&stat, parent, program))
        })
}

/// Whether a line of /proc/N/stat is about a child of a process that runs a program: `N (NAME) STATE PARENT …`.
fn is_child(stat: &str, parent: u32, program: &str) -> bool {
    let Some((head, tail)) = stat.rsplit_once(')') else {
        return false;
    };
    let name = head.split_once('(').map(|(_, name)| name);
    let mut tail = tail.split_whitespace();
    // A process that has ended and was not waited for is none.
    let lives = tail.next() != Some("Z");
    lives && name == Some(program) && tail.next() == Some(&parent.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_child_is_known_by_its_parent_and_its_name() {
        let stat = "812 (lattice-worker) S 77 812 77 0 -1";
        assert!(is_child(stat, 77, "lattice-worker"));
        assert!(!is_child(stat, 812, "lattice-worker"));
        assert!(!is_child(stat, 77, "lattice-node"));
        assert!(!is_child(&stat.replace(" S ", " Z "), 77, "lattice-worker"));
        assert!(!is_child("garbage", 77, "lattice-worker"));
    }
}
