//! The devices that this build can use.

use lattice_chain_client::Hardware;
use lattice_executor::{BurnExecutor, Device, ExecutorError};
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
    names(machine)
        .into_iter()
        .map(|name| try_on(&name, &model))
        .collect()
}

/// What is published of a machine on which these devices were probed.
pub fn announced(machine: &Machine, devices: &[Probed]) -> Hardware {
    let is_usable = |name: &str| {
        let found = devices.iter().find(|probed| probed.device == name);
        found.is_some_and(|probed| probed.usable)
    };
    machine.announced(|gpu: &Gpu| match gpu.api {
        Api::Cuda => is_usable(&format!("cuda:{}", gpu.index)),
        // Vulkan lists cards in another order than the executor counts them.
        Api::Vulkan => is_usable("wgpu:0"),
        Api::None => false,
    })
}

/// Names of the devices to try. The first of each kind is tried even where no tool tells of it: it says
/// why it cannot be used.
fn names(machine: &Machine) -> Vec<String> {
    let mut names = vec!["cpu".to_owned(), "cuda:0".to_owned()];
    for gpu in machine.gpus.iter().filter(|gpu| gpu.api == Api::Cuda) {
        let name = format!("cuda:{}", gpu.index);
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names.push("wgpu:0".to_owned());
    names
}

fn try_on(name: &str, model: &Arc<Model>) -> Probed {
    let tried = match name.parse::<Device>() {
        Ok(device) => BurnExecutor::on(device, Arc::clone(model)).map_err(|error| why(&error)),
        Err(error) => Err(error.to_string()),
    };
    Probed {
        device: name.to_owned(),
        usable: tried.is_ok(),
        reason: tried.err(),
    }
}

fn why(error: &ExecutorError) -> String {
    match error {
        ExecutorError::NotBuilt { feature, .. } => {
            format!("not in this build; build with `--features {feature}`")
        }
        other => other.to_string(),
    }
}

fn tiny() -> Result<Model, ModelError> {
    ModelBuilder::new(Shape::new([2])?, Range::new(0, 16)?, Scale::ONE)
        .linear("layer", vec![1, -2, 3, 4], 2, None)?
        .build(Scale::ONE)
}

#[cfg(test)]
mod tests {
    use super::*;
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

    #[test]
    fn every_gpu_is_tried_once() {
        assert_eq!(names(&machine()), ["cpu", "cuda:0", "cuda:1", "wgpu:0"]);
    }

    #[test]
    fn the_processor_can_be_used_always() {
        let model = Arc::new(tiny().expect("a model"));
        let probed = try_on("cpu", &model);
        assert!(probed.usable, "{:?}", probed.reason);
        let probed = try_on("tpu", &model);
        assert!(probed.reason.is_some_and(|reason| reason.contains("tpu")));
    }

    #[test]
    fn only_gpus_that_can_be_used_are_published() {
        let probed = |device: &str, usable| Probed {
            device: device.into(),
            usable,
            reason: None,
        };
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
}
