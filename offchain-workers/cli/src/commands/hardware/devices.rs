//! The devices that this build can use.

use lattice_chain_client::Hardware;
use lattice_executor::{available, Adapter, Backend, BurnExecutor, Device, DeviceInfo};
use lattice_hardware::{Api, Gpu, Machine};
use lattice_tensor::{Model, ModelBuilder, ModelError, Range, Scale, Shape};
use serde::Serialize;
use std::sync::Arc;

/// A device, and whether it computes every bit of the golden vectors here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Probed {
    /// As `--device` takes it.
    pub device: String,
    /// As its driver calls it; `null` where no driver tells of it.
    pub name: Option<String>,
    pub usable: bool,
    /// Why it is not.
    pub reason: Option<String>,
}

/// What a registration publishes, as JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Published {
    pub cpu_cores: u16,
    pub memory_mib: u32,
    pub accelerators: u16,
    pub accelerator_memory_mib: u32,
}

impl From<Hardware> for Published {
    fn from(hardware: Hardware) -> Self {
        let Hardware {
            cpu_cores,
            memory_mib,
            accelerators,
            accelerator_memory_mib,
        } = hardware;
        Self {
            cpu_cores,
            memory_mib,
            accelerators,
            accelerator_memory_mib,
        }
    }
}

/// Tries the processor, and every GPU that the machine has or may have.
pub fn probe(machine: &Machine) -> Vec<Probed> {
    let model = match tiny() {
        Ok(model) => Arc::new(model),
        // It is the same everywhere, so the tests would have told.
        Err(_) => return Vec::new(),
    };
    let found = available();
    candidates(machine, &found)
        .into_iter()
        .map(|device| {
            let info = found.iter().find(|info| info.device == device);
            let name = info.map(|info| info.name.clone());
            let tried = BurnExecutor::on(device, Arc::clone(&model));
            Probed {
                device: device.to_string(),
                name,
                usable: tried.is_ok(),
                reason: tried.err().map(|error| error.to_string()),
            }
        })
        .collect()
}

/// What is published of a machine on which these devices were probed.
pub fn announced(machine: &Machine, devices: &[Probed]) -> Hardware {
    machine.announced(|gpu: &Gpu| {
        let mut usable = devices.iter().filter(|probed| probed.usable);
        usable.any(|probed| match gpu.api {
            Api::Cuda => probed.device == format!("cuda:{}", gpu.index),
            // Vulkan lists cards in another order than the executor counts them, with the same names.
            Api::Vulkan => {
                probed.device.starts_with(Backend::Wgpu.name())
                    && probed.name.as_ref() == Some(&gpu.name)
            }
            Api::None => false,
        })
    })
}

/// The devices to try: those that drivers tell of, the GPUs that the machine's tools know beside them,
/// and one of each backend in any case, which says why it cannot be used. The processor comes first.
fn candidates(machine: &Machine, found: &[DeviceInfo]) -> Vec<Device> {
    let found = found.iter().map(|info| info.device);
    let known = machine.gpus.iter().filter(|gpu| gpu.api == Api::Cuda);
    let known = known.filter_map(|gpu| u16::try_from(gpu.index).ok().map(Device::Cuda));
    let all: Vec<_> = found.chain(known).collect();
    let mut candidates = Vec::new();
    for backend in Backend::ALL {
        let before = candidates.len();
        for device in all.iter().filter(|device| device.backend() == backend) {
            if !candidates.contains(device) {
                candidates.push(*device);
            }
        }
        if candidates.len() == before {
            candidates.push(match backend {
                Backend::Cpu => Device::Cpu,
                Backend::Cuda => Device::Cuda(0),
                Backend::Wgpu => Device::Wgpu(Adapter::Preferred),
            });
        }
    }
    candidates
}

fn tiny() -> Result<Model, ModelError> {
    ModelBuilder::new(Shape::new([2])?, Range::new(0, 16)?, Scale::ONE)
        .linear("layer", vec![1, -2, 3, 4], 2, None)?
        .build(Scale::ONE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use lattice_executor::DeviceKind;
    use lattice_hardware::{Cpu, Kind, Memory};

    fn machine() -> Machine {
        let cuda = |index| Gpu {
            api: Api::Cuda,
            index,
            name: "NVIDIA H200".into(),
            kind: Kind::Discrete,
            memory_mib: Some(143_771),
            driver: None,
            vendor: None,
        };
        Machine {
            cpu: Cpu {
                model: String::new(),
                physical_cores: None,
                logical_cores: 4,
                usable_threads: 4,
                simd: Vec::new(),
            },
            memory: Memory {
                total_mib: 1_024,
                limit_mib: None,
                available_mib: 512,
            },
            disk: None,
            gpus: vec![cuda(0), cuda(1)],
        }
    }

    fn info(name: &str) -> DeviceInfo {
        DeviceInfo {
            device: name.parse().expect("a device"),
            name: format!("driver of {name}"),
            kind: DeviceKind::Discrete,
            memory: None,
        }
    }

    fn tried(machine: &Machine, found: &[&str]) -> Vec<String> {
        let found: Vec<_> = found.iter().map(|name| info(name)).collect();
        let candidates = candidates(machine, &found);
        candidates.iter().map(Device::to_string).collect()
    }

    #[test]
    fn every_device_is_tried_once_and_one_of_each_backend_in_any_case() {
        let machine = machine();
        // A build without GPUs still says why the two cards serve nobody.
        assert_eq!(
            tried(&machine, &["cpu"]),
            ["cpu", "cuda:0", "cuda:1", "wgpu"]
        );
        let found = ["cpu", "cuda:0", "wgpu:1", "wgpu:integrated:0", "wgpu:cpu"];
        let expected = [
            "cpu",
            "cuda:0",
            "cuda:1",
            "wgpu:1",
            "wgpu:integrated:0",
            "wgpu:cpu",
        ];
        assert_eq!(tried(&machine, &found), expected);
        let bare = Machine {
            gpus: Vec::new(),
            ..machine
        };
        assert_eq!(tried(&bare, &[]), ["cpu", "cuda:0", "wgpu"]);
    }

    #[test]
    fn the_processor_can_be_used_always_and_others_say_why_not() {
        let probed = probe(&machine());
        assert_eq!(probed[0].device, "cpu");
        assert!(probed[0].usable, "{:?}", probed[0].reason);
        for probed in probed {
            assert_ne!(probed.usable, probed.reason.is_some(), "{probed:?}");
        }
    }

    fn probed(device: &str, usable: bool) -> Probed {
        Probed {
            device: device.into(),
            name: Some(format!("driver of {device}")),
            usable,
            reason: None,
        }
    }

    #[test]
    fn only_gpus_that_can_be_used_are_published() {
        let devices = [
            probed("cpu", true),
            probed("cuda:0", false),
            probed("cuda:1", true),
        ];
        let published = announced(&machine(), &devices);
        assert_eq!(published.accelerators, 1);
        assert_eq!(published.accelerator_memory_mib, 143_771);
        assert_eq!(announced(&machine(), &[]).accelerators, 0);
    }

    #[test]
    fn a_gpu_of_vulkan_is_known_by_its_name() {
        let vulkan = |index, name: &str| Gpu {
            api: Api::Vulkan,
            index,
            name: name.into(),
            kind: Kind::Discrete,
            memory_mib: None,
            driver: None,
            vendor: None,
        };
        let machine = Machine {
            gpus: vec![vulkan(0, "another card"), vulkan(1, "driver of wgpu:0")],
            ..machine()
        };
        let count = |device| announced(&machine, &[device]).accelerators;
        assert_eq!(count(probed("wgpu:0", true)), 1);
        assert_eq!(count(probed("wgpu:0", false)), 0);
        assert_eq!(count(probed("wgpu:1", true)), 0);
    }
}
