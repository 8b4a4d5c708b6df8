//! The `lattice` command, run as a user runs it.

use crate::process::binary;
use anyhow::{ensure, Context, Result};
use serde_json::Value;
use std::ffi::OsStr;
use std::process::{Command, Output};

/// Runs `lattice ARGUMENTS…` to its end.
pub fn run<I: IntoIterator<Item = S>, S: AsRef<OsStr>>(arguments: I) -> Result<Output> {
    Command::new(binary("lattice")?)
        .args(arguments)
        .output()
        .context("running lattice")
}

/// Runs `lattice ARGUMENTS… --json` and returns what it printed.
///
/// # Errors
/// With the command's own message when it fails.
pub fn json<I: IntoIterator<Item = S>, S: AsRef<OsStr>>(arguments: I) -> Result<Value> {
    let mut all: Vec<_> = arguments
        .into_iter()
        .map(|argument| argument.as_ref().to_owned())
        .collect();
    all.push("--json".into());
    let output = run(&all)?;
    ensure!(
        output.status.success(),
        "lattice {} failed: {}",
        all.join(OsStr::new(" ")).to_string_lossy(),
        String::from_utf8_lossy(&output.stderr)
    );
    serde_json::from_slice(&output.stdout).with_context(|| {
        format!(
            "lattice {} printed no JSON: {}",
            all.join(OsStr::new(" ")).to_string_lossy(),
            String::from_utf8_lossy(&output.stdout)
        )
    })
}

/// The command on one chain.
pub struct Commands {
    url: String,
}

impl Commands {
    /// On the chain behind this address.
    pub fn on(url: &str) -> Self {
        Self { url: url.into() }
    }

    /// As [`json`], without an account.
    pub fn json(&self, arguments: &[&str]) -> Result<Value> {
        json(arguments.iter().chain(&["--chain", &self.url]))
    }

    /// As [`json`], for a well-known account.
    pub fn signed(&self, who: &str, arguments: &[&str]) -> Result<Value> {
        json(self.arguments(who, arguments))
    }

    /// As [`run`], for a well-known account.
    pub fn run(&self, who: &str, arguments: &[&str]) -> Result<Output> {
        run(self.arguments(who, arguments))
    }

    fn arguments(&self, who: &str, arguments: &[&str]) -> Vec<String> {
        let signed = ["--dev-seed", who, "--chain", &self.url];
        let all = arguments.iter().chain(&signed);
        all.map(ToString::to_string).collect()
    }
}
