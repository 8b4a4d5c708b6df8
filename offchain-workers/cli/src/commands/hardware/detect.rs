//! `lattice hardware detect`

use super::devices::{self, Probed, Published};
use crate::output::{fields, table, Output};
use clap::Args;
use lattice_hardware::{Gpu, Machine};
use serde::Serialize;
use std::path::PathBuf;

const AFTER_HELP: &str = "\
Limits of control groups (containers, systemd units) count: what is published is what this process may
use. GPUs are found through nvidia-smi and vulkaninfo, where these are installed; devices are those of the
drivers, as far as this build has their backends. A device can be used if it computes every bit of the
golden vectors; of a backend without a device it is said why there is none.

Example:
  lattice hardware detect
  lattice provider register --stake 150 --key-file key";

/// Show processor, memory, disk and GPUs, and which devices this build can use.
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub struct Detect {
    /// Folder whose disk is looked at: where models and keys would be [default: $XDG_DATA_HOME/lattice
    /// or ~/.local/share/lattice].
    #[arg(long, value_name = "DIR")]
    pub folder: Option<PathBuf>,
}

#[derive(Serialize)]
struct Detected {
    #[serde(flatten)]
    machine: Machine,
    devices: Vec<Probed>,
    /// What a registration publishes.
    published: Published,
}

impl Detect {
    pub fn run(self, output: &Output) -> anyhow::Result<()> {
        let folder = match self.folder {
            Some(folder) => folder,
            None => super::data_folder()?,
        };
        let machine = Machine::detect(&folder);
        let devices = devices::probe(&machine);
        let detected = Detected {
            published: devices::announced(&machine, &devices).into(),
            machine,
            devices,
        };
        output.show(&detected, || describe(&detected))
    }
}

fn describe(detected: &Detected) -> String {
    let Machine {
        cpu,
        memory,
        disk,
        gpus,
    } = &detected.machine;
    let cores = match cpu.physical_cores {
        Some(physical) => format!("{physical} cores, {} threads", cpu.logical_cores),
        None => format!("{} threads", cpu.logical_cores),
    };
    let mut rows = vec![
        ("processor", cpu.model.clone()),
        (
            "cores",
            format!("{cores}, {} for this process", cpu.usable_threads),
        ),
        ("vectors", cpu.simd.join(" ")),
        (
            "memory",
            match memory.limit_mib {
                Some(limit) => format!(
                    "{} MiB, of which this process may use {limit} MiB; {} MiB available",
                    memory.total_mib, memory.available_mib
                ),
                None => format!(
                    "{} MiB, {} MiB available",
                    memory.total_mib, memory.available_mib
                ),
            },
        ),
    ];
    if let Some(disk) = disk {
        rows.push((
            "disk",
            format!(
                "{} MiB of {} MiB free at {}",
                disk.available_mib,
                disk.total_mib,
                disk.folder.display()
            ),
        ));
    }
    if gpus.is_empty() {
        rows.push(("gpus", "none found".into()));
    }
    let published = &detected.published;
    rows.push((
        "published",
        format!(
            "{} cores, {} MiB, {} accelerators with {} MiB at least",
            published.cpu_cores,
            published.memory_mib,
            published.accelerators,
            published.accelerator_memory_mib
        ),
    ));
    let mut text = fields(&rows);
    if !gpus.is_empty() {
        let header = ["gpu", "through", "kind", "memory", "driver"];
        let rows: Vec<Vec<String>> = gpus.iter().map(row).collect();
        text += &format!("\n{}", table(&header, &rows));
    }
    let devices: Vec<Vec<String>> = detected
        .devices
        .iter()
        .map(|probed| {
            let state = match &probed.reason {
                None => "can be used".to_owned(),
                Some(reason) => reason.clone(),
            };
            let name = probed.name.clone().unwrap_or_default();
            vec![probed.device.clone(), name, state]
        })
        .collect();
    text + &format!("\n{}", table(&["device", "name", ""], &devices))
}

fn row(gpu: &Gpu) -> Vec<String> {
    let unknown = || "?".to_owned();
    vec![
        gpu.name.clone(),
        format!("{:?} {}", gpu.api, gpu.index),
        format!("{:?}", gpu.kind).to_lowercase(),
        gpu.memory_mib
            .map_or_else(unknown, |memory| format!("{memory} MiB")),
        gpu.driver.clone().unwrap_or_else(unknown),
    ]
}
