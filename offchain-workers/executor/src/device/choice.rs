//! One device, or the best that is there.

use super::{cuda, wgpu, Device};
use crate::ExecutorError;
use std::{fmt, iter, str::FromStr};
use thiserror::Error;

/// Which device a model is put on. Written `auto`, or as a [`Device`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum DeviceChoice {
    /// The best that is built in, is there and is exact: CUDA, a GPU of wgpu, the processor.
    #[default]
    Auto,
    /// This one; the processor if it is missing or not exact.
    One(Device),
}

/// A text that is neither `auto` nor a device.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error(
    "unknown device {0:?}; it is auto, cpu, cuda:N, wgpu, wgpu:N, wgpu:integrated:N, \
     wgpu:virtual:N or wgpu:cpu"
)]
pub struct UnknownChoice(pub String);

impl From<Device> for DeviceChoice {
    fn from(device: Device) -> Self {
        Self::One(device)
    }
}

impl fmt::Display for DeviceChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Auto => f.write_str("auto"),
            Self::One(device) => device.fmt(f),
        }
    }
}

impl FromStr for DeviceChoice {
    type Err = UnknownChoice;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "auto" => Ok(Self::Auto),
            _ => text
                .parse()
                .map(Self::One)
                .map_err(|_| UnknownChoice(text.to_string())),
        }
    }
}

/// An accelerator to try, or why it is not worth a try.
pub(crate) type Candidate = Result<Device, ExecutorError>;

impl DeviceChoice {
    /// Whether this build can do as it says.
    ///
    /// # Errors
    /// [`ExecutorError::NotBuilt`] for a device by name whose backend is not built in.
    pub fn check_built_in(self) -> Result<(), ExecutorError> {
        match self {
            Self::Auto => Ok(()),
            Self::One(device) => device.check_built_in(),
        }
    }

    /// The accelerators to try in turn before the processor. A driver is asked only when those before
    /// it did not do.
    pub(crate) fn accelerators(self) -> Box<dyn Iterator<Item = Candidate>> {
        let drivers: [fn() -> Option<Candidate>; 2] = [cuda::automatic, wgpu::automatic];
        match self {
            Self::Auto => Box::new(drivers.into_iter().filter_map(|ask| ask())),
            Self::One(Device::Cpu) => Box::new(iter::empty()),
            Self::One(device) => Box::new(iter::once(Ok(device))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Adapter;

    #[test]
    fn names_come_back() {
        for choice in [
            DeviceChoice::Auto,
            DeviceChoice::One(Device::Cpu),
            DeviceChoice::One(Device::Cuda(1)),
            DeviceChoice::One(Device::Wgpu(Adapter::Software)),
        ] {
            assert_eq!(choice.to_string().parse(), Ok(choice));
        }
        assert_eq!(DeviceChoice::default().to_string(), "auto");
    }

    #[test]
    fn other_names_are_refused_with_those_that_are_taken() {
        let error = "gpu".parse::<DeviceChoice>().unwrap_err();
        assert_eq!(error, UnknownChoice("gpu".into()));
        assert!(error.to_string().contains("it is auto, cpu, cuda:N"));
    }

    #[test]
    fn a_device_by_name_is_tried_alone_and_the_processor_needs_no_try() {
        let tried = |device: Device| {
            let choice = DeviceChoice::from(device);
            choice.accelerators().collect::<Vec<_>>()
        };
        assert_eq!(tried(Device::Cuda(2)), [Ok(Device::Cuda(2))]);
        assert!(tried(Device::Cpu).is_empty());
    }

    #[test]
    fn only_a_device_by_name_can_be_missing_in_a_build() {
        assert_eq!(DeviceChoice::Auto.check_built_in(), Ok(()));
        for device in [
            Device::Cpu,
            Device::Cuda(0),
            Device::Wgpu(Adapter::Software),
        ] {
            let choice = DeviceChoice::from(device);
            assert_eq!(choice.check_built_in(), device.check_built_in());
        }
    }

    #[cfg(feature = "wgpu")]
    #[test]
    fn software_is_never_taken_unasked() {
        for device in DeviceChoice::Auto.accelerators().flatten() {
            assert!(!matches!(
                device,
                Device::Cpu | Device::Wgpu(Adapter::Software | Adapter::Preferred)
            ));
        }
    }
}
