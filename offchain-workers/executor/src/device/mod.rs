//! Devices by name.

mod choice;
pub(crate) mod cuda;
mod list;
pub(crate) mod wgpu;

pub(crate) use choice::Candidate;
pub use choice::{DeviceChoice, UnknownChoice};
pub use list::{available, DeviceInfo, DeviceKind};

use crate::ExecutorError;
use std::{fmt, str::FromStr};
use thiserror::Error;

/// Where the matrix products run. Written `cpu`, `cuda:0`, `wgpu`, `wgpu:1`, `wgpu:integrated:0`,
/// `wgpu:virtual:0`, `wgpu:cpu`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Device {
    /// The processor, through burn's flex backend.
    #[default]
    Cpu,
    /// An NVIDIA GPU by number; needs the feature `cuda`.
    Cuda(u16),
    /// An adapter of wgpu, on Linux through Vulkan; needs the feature `wgpu`.
    Wgpu(Adapter),
}

/// One of the adapters that wgpu finds, each kind with numbers of its own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Adapter {
    /// The one that wgpu prefers: the fastest kind there is, software in the last place.
    #[default]
    Preferred,
    /// A GPU with memory of its own.
    Discrete(u16),
    /// A GPU in the processor.
    Integrated(u16),
    /// A GPU that a virtual machine was given.
    Virtual(u16),
    /// A driver that computes on the processor, such as Mesa's lavapipe.
    Software,
}

/// The backend of a device, a word from a short list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Backend {
    /// burn's flex, on the processor.
    Cpu,
    /// NVIDIA's.
    Cuda,
    /// wgpu's.
    Wgpu,
}

impl Backend {
    /// Every backend, built in or not.
    pub const ALL: [Self; 3] = [Self::Cpu, Self::Cuda, Self::Wgpu];

    /// Its word, as device names begin; for those that are not always built in also the cargo feature
    /// that brings them.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Cpu => "cpu",
            Self::Cuda => "cuda",
            Self::Wgpu => "wgpu",
        }
    }

    /// Whether this build has it.
    pub const fn is_built_in(self) -> bool {
        let (cuda, wgpu) = (cfg!(feature = "cuda"), cfg!(feature = "wgpu"));
        match self {
            Self::Cpu => true,
            Self::Cuda => cuda,
            Self::Wgpu => wgpu,
        }
    }
}

impl Device {
    /// The backend that drives it.
    pub const fn backend(self) -> Backend {
        match self {
            Self::Cpu => Backend::Cpu,
            Self::Cuda(_) => Backend::Cuda,
            Self::Wgpu(_) => Backend::Wgpu,
        }
    }

    /// Whether this build has its backend; it says nothing about the machine.
    ///
    /// # Errors
    /// [`ExecutorError::NotBuilt`] names the cargo feature that brings it.
    pub fn check_built_in(self) -> Result<(), ExecutorError> {
        match self.backend().is_built_in() {
            true => Ok(()),
            false => Err(self.not_built()),
        }
    }

    pub(crate) fn not_built(self) -> ExecutorError {
        ExecutorError::NotBuilt {
            device: self,
            feature: self.backend().name(),
        }
    }
}

/// A text that names no device.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error(
    "unknown device {0:?}; devices are cpu, cuda:N, wgpu, wgpu:N, wgpu:integrated:N, \
     wgpu:virtual:N and wgpu:cpu"
)]
pub struct UnknownDevice(pub String);

impl fmt::Display for Device {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.backend().name())?;
        match self {
            Self::Cpu | Self::Wgpu(Adapter::Preferred) => Ok(()),
            Self::Cuda(index) | Self::Wgpu(Adapter::Discrete(index)) => write!(f, ":{index}"),
            Self::Wgpu(Adapter::Integrated(index)) => write!(f, ":integrated:{index}"),
            Self::Wgpu(Adapter::Virtual(index)) => write!(f, ":virtual:{index}"),
            Self::Wgpu(Adapter::Software) => f.write_str(":cpu"),
        }
    }
}

impl FromStr for Device {
    type Err = UnknownDevice;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parts: Vec<_> = text.split(':').collect();
        let device = match parts.as_slice() {
            ["cpu"] => Some(Self::Cpu),
            ["cuda"] => Some(Self::Cuda(0)),
            ["cuda", index] => number(index).map(Self::Cuda),
            ["wgpu"] => Some(Self::Wgpu(Adapter::Preferred)),
            ["wgpu", "cpu"] => Some(Self::Wgpu(Adapter::Software)),
            ["wgpu", index] => number(index).map(|index| Self::Wgpu(Adapter::Discrete(index))),
            ["wgpu", "integrated", index] => {
                number(index).map(|index| Self::Wgpu(Adapter::Integrated(index)))
            }
            ["wgpu", "virtual", index] => {
                number(index).map(|index| Self::Wgpu(Adapter::Virtual(index)))
            }
            _ => None,
        };
        device.ok_or_else(|| UnknownDevice(text.to_string()))
    }
}

/// Digits only: `+1` and the like would have two spellings.
fn number(text: &str) -> Option<u16> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_back() {
        for device in [
            Device::Cpu,
            Device::Cuda(0),
            Device::Cuda(3),
            Device::Wgpu(Adapter::Preferred),
            Device::Wgpu(Adapter::Discrete(1)),
            Device::Wgpu(Adapter::Integrated(0)),
            Device::Wgpu(Adapter::Virtual(2)),
            Device::Wgpu(Adapter::Software),
        ] {
            assert_eq!(device.to_string().parse(), Ok(device));
            assert!(device.to_string().starts_with(device.backend().name()));
        }
        assert_eq!("cuda".parse(), Ok(Device::Cuda(0)));
        assert_eq!("wgpu:1".parse(), Ok(Device::Wgpu(Adapter::Discrete(1))));
    }

    #[test]
    fn a_device_that_is_not_built_in_is_told_with_the_feature_that_brings_it() {
        for device in [
            Device::Cpu,
            Device::Cuda(1),
            Device::Wgpu(Adapter::Software),
        ] {
            let checked = device.check_built_in().map_err(|error| error.to_string());
            let word = device.backend().name();
            match device.backend().is_built_in() {
                true => assert_eq!(checked, Ok(())),
                false => assert_eq!(
                    checked,
                    Err(format!(
                        "{device} is not in this build; build with `--features {word}`"
                    ))
                ),
            }
        }
        assert!(Backend::Cpu.is_built_in());
    }

    #[test]
    fn other_names_are_refused() {
        for text in [
            "",
            "tpu",
            "auto",
            "cpu:1",
            "cuda:",
            "cuda:x",
            "cuda:+1",
            "cuda:65536",
            "cuda:0:0",
            "wgpu:-1",
            "wgpu:integrated",
            "wgpu:software",
        ] {
            assert_eq!(text.parse::<Device>(), Err(UnknownDevice(text.into())));
        }
    }
}
