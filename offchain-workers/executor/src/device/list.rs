//! The devices of this machine, as far as their backends are built in.

use super::{cuda, wgpu, Device};
use std::fmt;

/// A device that is there; whether it is exact, only its golden vectors say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceInfo {
    /// How it is named to this crate.
    pub device: Device,
    /// How its driver names it.
    pub name: String,
    /// What it is.
    pub kind: DeviceKind,
    /// Its own memory in bytes, if its driver says.
    pub memory: Option<u64>,
}

/// What a device is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DeviceKind {
    /// The processor.
    Processor,
    /// A GPU with memory of its own.
    Discrete,
    /// A GPU in the processor.
    Integrated,
    /// A GPU that a virtual machine was given.
    Virtual,
    /// A driver that computes on the processor.
    Software,
}

impl fmt::Display for DeviceKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Processor => "processor",
            Self::Discrete => "discrete GPU",
            Self::Integrated => "integrated GPU",
            Self::Virtual => "virtual GPU",
            Self::Software => "software",
        })
    }
}

/// Every device of the backends that are built in, the processor first. A GPU that both CUDA and
/// wgpu drive is there twice.
pub fn available() -> Vec<DeviceInfo> {
    let processor = DeviceInfo {
        device: Device::Cpu,
        name: "processor".into(),
        kind: DeviceKind::Processor,
        memory: None,
    };
    [vec![processor], cuda::list(), wgpu::list()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn the_processor_is_always_there_and_every_device_once() {
        let found = available();
        assert_eq!(found[0].device, Device::Cpu);
        let names: BTreeSet<_> = found.iter().map(|info| info.device.to_string()).collect();
        assert_eq!(names.len(), found.len(), "{found:?}");
    }
}
