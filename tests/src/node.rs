//! `lattice-node --dev` on free ports.

use crate::process::{binary, free_port, Process};
use anyhow::Result;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// A development node with ParityDB in a folder of its own.
pub struct Node {
    process: Process,
    rpc_port: u16,
    folder: PathBuf,
}

impl Node {
    /// Starts the node and waits until it answers on its RPC port.
    ///
    /// # Errors
    /// When the binary is missing, or the node does not come up within a minute.
    pub fn start(folder: &Path) -> Result<Self> {
        Self::start_on(folder, free_port()?)
    }

    fn start_on(folder: &Path, rpc_port: u16) -> Result<Self> {
        std::fs::create_dir_all(folder)?;
        let mut command = Command::new(binary("lattice-node")?);
        command
            .args(["--dev", "--no-telemetry", "--no-prometheus", "--no-mdns"])
            .args(["--database", "paritydb"])
            .args(["--state-pruning", "archive"])
            .arg("--base-path")
            .arg(folder.join("chain"))
            .args(["--port", &free_port()?.to_string()])
            .args(["--rpc-port", &rpc_port.to_string()])
            .args(["--rpc-cors", "all"]);
        let mut process = Process::start("lattice-node", command, &folder.join("node.log"))?;
        process.wait_for("JSON-RPC server", Duration::from_secs(60), |log| {
            log.contains("Running JSON-RPC server").then_some(())
        })?;
        Ok(Self {
            process,
            rpc_port,
            folder: folder.to_path_buf(),
        })
    }

    /// Kills the node and starts it again on the same data and the same port.
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

    /// WebSocket address of the RPC server.
    pub fn url(&self) -> String {
        format!("ws://127.0.0.1:{}", self.rpc_port)
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
