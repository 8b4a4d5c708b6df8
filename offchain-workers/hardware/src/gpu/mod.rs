//! GPUs, as far as the system's own tools tell of them.
//!
//! * `nvidia`: through `nvidia-smi`, which every CUDA driver brings;
//! * `vulkan`: through `vulkaninfo`, of Debian's package vulkan-tools;
//! * `drm`: the kernel's list, for their memory, and for those that no tool tells of.

mod drm;
mod nvidia;
mod vulkan;

use serde::{Deserialize, Serialize};
use std::path::Path;

/// PCI number of NVIDIA.
const NVIDIA: u32 = 0x10de;
/// Most GPUs that are listed of each kind.
const MAX_GPUS: usize = 64;

/// Through what a GPU can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Api {
    /// CUDA; devices `cuda:N` of the executor.
    Cuda,
    /// Vulkan; devices `wgpu:N` of the executor.
    Vulkan,
    /// The kernel has it, and no driver for computing was found.
    None,
}

/// What a GPU is, as Vulkan tells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Kind {
    /// With memory of its own.
    Discrete,
    /// A part of the processor, with its memory.
    Integrated,
    /// Of a virtual machine.
    Virtual,
    /// No GPU at all: the processor in its place.
    Software,
    /// Not told.
    #[default]
    Unknown,
}

/// A GPU. One that CUDA and Vulkan both know is listed twice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Gpu {
    /// Through what it can be used.
    pub api: Api,
    /// Its number there.
    pub index: u32,
    /// As its driver calls it.
    pub name: String,
    /// What it is.
    pub kind: Kind,
    /// Memory of its own in MiB, where it is told.
    pub memory_mib: Option<u32>,
    /// Version of the driver, where it is told.
    pub driver: Option<String>,
    /// PCI number of the vendor, where it is told.
    pub vendor: Option<u32>,
}

impl Gpu {
    /// Looks at this machine.
    pub fn detect() -> Vec<Self> {
        let cards = drm::cards(Path::new("/sys/class/drm"));
        let mut gpus = nvidia::detect();
        gpus.extend(vulkan::detect(&cards));
        if gpus.iter().all(|gpu| gpu.kind == Kind::Software) {
            gpus.extend(drm::listed(&cards));
        }
        gpus
    }

    /// Whether it is an NVIDIA card.
    pub fn is_nvidia(&self) -> bool {
        self.api == Api::Cuda || self.vendor == Some(NVIDIA)
    }

    /// Whether it computes faster than the processor could: no part of it, and not the processor
    /// itself.
    pub fn is_accelerator(&self) -> bool {
        self.api != Api::None && matches!(self.kind, Kind::Discrete | Kind::Virtual)
    }
}

/// A hexadecimal number with `0x` before it.
fn hexadecimal(text: &str) -> Option<u32> {
    u32::from_str_radix(text.trim().strip_prefix("0x")?, 16).ok()
}
