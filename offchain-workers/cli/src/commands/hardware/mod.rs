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
use crate::progress;
use anyhow::Context;
use clap::Subcommand;
use lattice_chain_client::Hardware;
use lattice_hardware::{Cpu, Machine, Memory};
use std::path::PathBuf;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

/// How long a registration waits for the tools and drivers of GPUs. They take a second or two each where
/// nothing else has started them, and for ever where they hang.
const PATIENCE: Duration = Duration::from_secs(30);

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

/// What `lattice provider register` publishes of this machine, with its GPUs if they are wanted. It measures
/// nothing and does not fail: where the tools or drivers of GPUs do not answer in half a minute, it warns
/// and counts none.
pub fn announced(output: &Output, with_gpus: bool) -> Hardware {
    if !with_gpus {
        return without_accelerators();
    }
    let spinner = progress::spinner("looking at this machine");
    let all = within(PATIENCE, || {
        // The disk is not published, so it does not matter if no folder is known.
        let machine = Machine::detect(&data_folder().unwrap_or_default());
        let devices = devices::probe(&machine);
        devices::announced(&machine, &devices)
    });
    spinner.finish_and_clear();
    all.unwrap_or_else(|| {
        output.warn(
            "the tools and drivers of GPUs do not answer, so no accelerators are announced; see \
             `lattice hardware detect`, and name them with --accelerators and --accelerator-memory-mib",
        );
        without_accelerators()
    })
}

/// The processor and its memory, of which the system itself tells.
fn without_accelerators() -> Hardware {
    let machine = Machine {
        cpu: Cpu::detect(),
        memory: Memory::detect(),
        disk: None,
        gpus: Vec::new(),
    };
    machine.announced(|_| false)
}

/// What work in a thread of its own comes to; `None` if it panics or takes longer. Such a thread is left
/// behind, as a driver that hangs cannot be stopped, and ends with the process.
fn within<T: Send + 'static>(
    patience: Duration,
    work: impl FnOnce() -> T + Send + 'static,
) -> Option<T> {
    let (done, result) = mpsc::sync_channel(1);
    let thread = thread::Builder::new().name("hardware".into());
    let work = move || {
        // Whoever does not wait any more needs no answer.
        let _ = done.send(work());
    };
    thread.spawn(work).ok()?;
    result.recv_timeout(patience).ok()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_that_hangs_or_panics_is_not_waited_for() {
        assert_eq!(within(Duration::from_secs(60), || 7), Some(7));
        let (keep, hang) = mpsc::channel::<()>();
        let hung = within(Duration::from_millis(20), move || hang.recv().is_ok());
        assert_eq!(hung, None);
        drop(keep);
        let died = within(Duration::from_secs(60), || -> u8 {
            panic!("a driver died")
        });
        assert_eq!(died, None);
    }

    #[test]
    fn without_an_answer_of_gpus_the_processor_is_announced() {
        let hardware = without_accelerators();
        assert!(hardware.cpu_cores >= 1 && hardware.memory_mib >= 1);
        assert_eq!(hardware.accelerators, 0);
    }
}
