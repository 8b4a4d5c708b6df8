//! Everything at once, and what of it is published.

use crate::{Api, Cpu, Disk, Gpu, Memory};
use lattice_primitives::Hardware;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// What a machine has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Machine {
    /// The processor.
    pub cpu: Cpu,
    /// Its memory.
    pub memory: Memory,
    /// The disk of the folder that was asked for, where the system tells.
    pub disk: Option<Disk>,
    /// GPUs; one that CUDA and Vulkan both know is listed twice.
    pub gpus: Vec<Gpu>,
}

impl Machine {
    /// Looks at this machine and at the disk of a folder. Takes as long as `nvidia-smi` and
    /// `vulkaninfo` do, where they are, and at most twenty seconds.
    pub fn detect(folder: &Path) -> Self {
        Self {
            cpu: Cpu::detect(),
            memory: Memory::detect(),
            disk: Disk::of(folder),
            gpus: Gpu::detect(),
        }
    }

    /// What a provider's registration publishes of it. Only those accelerators count for which
    /// `is_usable` holds: others are there, and serve nobody.
    pub fn announced(&self, is_usable: impl Fn(&Gpu) -> bool) -> Hardware {
        let usable: Vec<&Gpu> = self
            .gpus
            .iter()
            .filter(|gpu| gpu.is_accelerator() && is_usable(gpu))
            .collect();
        let with_cuda = usable.iter().any(|gpu| gpu.api == Api::Cuda);
        let counted: Vec<&&Gpu> = usable
            .iter()
            .filter(|gpu| gpu.api == Api::Cuda || !(with_cuda && gpu.is_nvidia()))
            .collect();
        let memory = counted.iter().map(|gpu| gpu.memory_mib.unwrap_or(0)).min();
        Hardware {
            cpu_cores: u16::try_from(self.cpu.usable_threads).unwrap_or(u16::MAX),
            memory_mib: self.memory.usable_mib(),
            accelerators: u16::try_from(counted.len()).unwrap_or(u16::MAX),
            accelerator_memory_mib: memory.unwrap_or(0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Kind;

    fn gpu(api: Api, index: u32, kind: Kind, memory_mib: Option<u32>, vendor: u32) -> Gpu {
        Gpu {
            api,
            index,
            name: format!("{api:?} {index}"),
            kind,
            memory_mib,
            driver: None,
            vendor: Some(vendor),
        }
    }

    fn machine(gpus: Vec<Gpu>) -> Machine {
        Machine {
            cpu: Cpu {
                model: "a processor".into(),
                physical_cores: Some(4),
                logical_cores: 8,
                usable_threads: 2,
                simd: vec!["avx2".into()],
            },
            memory: Memory {
                total_mib: 16_384,
                limit_mib: Some(4_096),
                available_mib: 3_000,
            },
            disk: None,
            gpus,
        }
    }

    #[test]
    fn what_the_process_may_use_is_published_and_not_what_the_machine_has() {
        let published = machine(Vec::new()).announced(|_| true);
        assert_eq!(published.cpu_cores, 2);
        assert_eq!(published.memory_mib, 4_096);
        assert_eq!(published.accelerators, 0);
        assert_eq!(published.accelerator_memory_mib, 0);
    }

    #[test]
    fn a_card_that_two_drivers_know_counts_once() {
        let gpus = vec![
            gpu(Api::Cuda, 0, Kind::Discrete, Some(24_564), 0x10de),
            gpu(Api::Cuda, 1, Kind::Discrete, Some(8_192), 0x10de),
            gpu(Api::Vulkan, 0, Kind::Discrete, None, 0x10de),
            gpu(Api::Vulkan, 1, Kind::Discrete, Some(16_368), 0x1002),
            gpu(Api::Vulkan, 2, Kind::Software, None, 0x10005),
        ];
        let machine = machine(gpus);
        let published = machine.announced(|_| true);
        assert_eq!(published.accelerators, 3);
        assert_eq!(published.accelerator_memory_mib, 8_192);
        // Where only Vulkan can be used, NVIDIA's cards count by it.
        let published = machine.announced(|gpu| gpu.api == Api::Vulkan);
        assert_eq!(published.accelerators, 2);
        assert_eq!(published.accelerator_memory_mib, 0);
    }

    #[test]
    fn an_accelerator_that_this_build_cannot_use_is_not_published() {
        let gpus = vec![gpu(Api::Cuda, 0, Kind::Discrete, Some(24_564), 0x10de)];
        assert_eq!(machine(gpus).announced(|_| false).accelerators, 0);
    }

    #[test]
    fn a_machine_reads_back_from_its_json() {
        let here = Machine::detect(Path::new("."));
        let json = serde_json::to_string(&here).expect("JSON");
        let back: Machine = serde_json::from_str(&json).expect("the same");
        assert_eq!(back, here);
    }
}
