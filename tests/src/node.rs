//! `lattice-node --dev` on free ports, and a node that follows it.

use crate::process::{binary, free_port, Process, START_PATIENCE};
use anyhow::{Context, Result};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What the log says before the node's identity on the network.
const IDENTITY: &str = "Local node identity is: ";

/// A node with ParityDB in a folder of its own.
pub struct Node {
    process: Process,
    rpc_port: u16,
    port: u16,
    folder: PathBuf,
}

impl Node {
    /// Starts a development node and waits until it answers on its RPC port.
    ///
    /// # Errors
    /// When the binary is missing, or the node does not come up in time.
    pub fn start(folder: &Path) -> Result<Self> {
        Self::start_on(folder, free_port()?)
    }

    /// As [`Node::start`], with a provider's worker as its child.
    ///
    /// # Errors
    /// As [`Node::start`]; the worker may take longer.
    pub fn start_with_provider(folder: &Path, configuration: &Path) -> Result<Self> {
        let mut command = Command::new(binary("lattice-node")?);
        command
            .args(["--dev", "--state-pruning", "archive"])
            .arg("--provider")
            .arg(configuration);
        Self::spawn(command, folder, free_port()?)
    }

    fn start_on(folder: &Path, rpc_port: u16) -> Result<Self> {
        let mut command = Command::new(binary("lattice-node")?);
        command.args(["--dev", "--state-pruning", "archive"]);
        Self::spawn(command, folder, rpc_port)
    }

    /// Starts a node that makes no blocks and executes all those of this one again,
    /// from genesis on, as another machine would: on one processor core (where
    /// `taskset` is there), with no cache, a fresh instance of the runtime for each
    /// call, and only the states of the newest blocks.
    ///
    /// # Errors
    /// As [`Node::start`].
    pub fn follower(&self, folder: &Path) -> Result<Self> {
        let program = binary("lattice-node")?;
        let mut command = match pinning_works() {
            true => {
                let mut command = Command::new("taskset");
                command.args(["-c", "0"]).arg(program);
                command
            }
            false => Command::new(program),
        };
        command
            .args(["--chain", "dev", "--sync", "full"])
            .args(["--bootnodes", &self.address()?])
            .args(["--state-pruning", "64"])
            .args(["--trie-cache-size", "0", "--db-cache", "8"])
            .args(["--wasmtime-instantiation-strategy", "recreate-instance"])
            .args(["--runtime-cache-size", "1"]);
        Self::spawn(command, folder, free_port()?)
    }

    /// Adds what any node here is given, and starts it.
    fn spawn(mut command: Command, folder: &Path, rpc_port: u16) -> Result<Self> {
        std::fs::create_dir_all(folder)?;
        let port = free_port()?;
        command
            .args(["--no-telemetry", "--no-prometheus", "--no-mdns"])
            .args(["--database", "paritydb"])
            .arg("--base-path")
            .arg(folder.join("chain"))
            .args(["--port", &port.to_string()])
            .args(["--rpc-port", &rpc_port.to_string()])
            .args(["--rpc-cors", "all"]);
        let mut process = Process::start("lattice-node", command, &folder.join("node.log"))?;
        process.wait_for("JSON-RPC server", START_PATIENCE, |log| {
            log.contains("Running JSON-RPC server").then_some(())
        })?;
        Ok(Self {
            process,
            rpc_port,
            port,
            folder: folder.to_path_buf(),
        })
    }

    /// Kills the node as a power cut would.
    pub fn kill(&mut self) -> Result<()> {
        self.process.kill()
    }

    /// Kills a development node and starts it again on the same data and the same
    /// port.
    pub fn restart(&mut self) -> Result<()> {
        self.process.kill()?;
        // The old log would answer for the new process.
        std::fs::rename(
            self.folder.join("node.log"),
            self.folder.join("node.before-restart.log"),
        )?;
        *self = Self::start_on(&self.folder, self.rpc_port)?;
        Ok(())
    }

    /// Kills the node, and starts one of another chain on the same port; it is alone there, and makes no
    /// blocks.
    ///
    /// # Errors
    /// As [`Node::start`].
    pub fn replace_by_another_chain(&mut self, folder: &Path) -> Result<()> {
        self.process.kill()?;
        let mut command = Command::new(binary("lattice-node")?);
        command.args(["--chain", "local"]);
        *self = Self::spawn(command, folder, self.rpc_port)?;
        Ok(())
    }

    /// WebSocket address of the RPC server.
    pub fn url(&self) -> String {
        format!("ws://127.0.0.1:{}", self.rpc_port)
    }

    /// Where other nodes find this one.
    fn address(&self) -> Result<String> {
        let log = self.process.text()?;
        let identity = log
            .split(IDENTITY)
            .nth(1)
            .and_then(|rest| rest.split_whitespace().next())
            .context("the node's log does not say its identity")?;
        Ok(format!("/ip4/127.0.0.1/tcp/{}/p2p/{identity}", self.port))
    }

    /// The child process.
    pub fn process(&self) -> &Process {
        &self.process
    }

    /// Lets the node run on after this program ends.
    pub fn leave_running(self) {
        self.process.leave_running();
    }
}

/// Whether processes can be bound to one core here.
fn pinning_works() -> bool {
    let tried = Command::new("taskset")
        .args(["-c", "0", "true"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    tried.is_ok_and(|status| status.success())
}
