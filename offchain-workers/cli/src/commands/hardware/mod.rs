//! `lattice hardware …`
//!
//! * [`detect`]: what the machine has, and which devices this build can use;
//! * [`bench`]: how fast it multiplies and proves, as a file;
//! * [`recommend`]: from that file, what serving a model takes here and what it would have to cost.

mod bench;
mod detect;
mod devices;
mod estimate;
mod execution;
mod matmul;
mod price;
mod profile;
mod proving;
mod recommend;

use crate::output::Output;
use anyhow::Context;
use clap::Subcommand;
use lattice_chain_client::Hardware;
use lattice_hardware::Machine;
use std::path::PathBuf;

/// Look at this machine: what it has, how fast it is, and what it could serve.
#[derive(Debug, Subcommand)]
pub enum HardwareCommand {
    /// Show processor, memory, disk and GPUs, and which devices this build can use.
    Detect(detect::Detect),
    /// Measure integer matrix products and proofs, and keep the figures.
    Bench(bench::Bench),
    /// Say what serving a model takes on this machine, and what it would have to cost.
    Recommend(recommend::Recommend),
}

impl HardwareCommand {
    pub fn run(self, output: &Output) -> anyhow::Result<()> {
        match self {
            HardwareCommand::Detect(command) => command.run(output),
            HardwareCommand::Bench(command) => command.run(output),
            HardwareCommand::Recommend(command) => command.run(output),
        }
    }
}

/// What `lattice provider register --hardware auto` publishes.
///
/// # Errors
/// Neither `XDG_DATA_HOME` nor `HOME` names a folder.
pub fn announced() -> anyhow::Result<Hardware> {
    let machine = Machine::detect(&data_folder()?);
    let devices = devices::probe(&machine);
    Ok(devices::announced(&machine, &devices))
}

/// Where data are kept: `$XDG_DATA_HOME/lattice`, or `~/.local/share/lattice`.
fn data_folder() -> anyhow::Result<PathBuf> {
    let absolute = |name: &str| {
        let path = std::env::var_os(name).map(PathBuf::from);
        path.filter(|path| path.is_absolute())
    };
    absolute("XDG_DATA_HOME")
        .or_else(|| Some(absolute("HOME")?.join(".local/share")))
        .map(|folder| folder.join("lattice"))
        .context("neither XDG_DATA_HOME nor HOME names a folder; name the file or the folder")
}
