//! Scripts for polkadot.js, run as a user runs them.

use anyhow::{ensure, Context, Result};
use serde_json::Value;
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::Command;

/// Runs `node polkadot-js/NAME ARGUMENTS…` to its end, and returns the JSON that it printed.
///
/// # Errors
/// With what the script wrote to standard error when it fails.
pub async fn run<S: Into<OsString>>(
    name: &'static str,
    arguments: impl IntoIterator<Item = S>,
) -> Result<Value> {
    let script = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("polkadot-js")
        .join(name);
    let mut command = Command::new("node");
    command
        .arg(script)
        .args(arguments.into_iter().map(Into::into));
    let output = tokio::task::spawn_blocking(move || command.output())
        .await?
        .context("running node")?;
    ensure!(
        output.status.success(),
        "{name} failed (npm packages: scripts/setup.sh --tests):\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
    serde_json::from_slice(&output.stdout).with_context(|| {
        let printed = String::from_utf8_lossy(&output.stdout);
        format!("{name} printed no JSON: {printed}")
    })
}
