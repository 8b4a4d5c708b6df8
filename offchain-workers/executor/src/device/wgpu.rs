//! Adapters of wgpu: which there are, and starting one.
//!
//! The graphics API is cubecl's choice for the system: Vulkan on Linux and Windows, Metal on macOS.
//! Kernels are written in WGSL; burn's feature `vulkan`, which would compile them to SPIR-V by
//! another path, stays off: it brings cooperative matrices in half precision and wins nothing here.

use super::{Device, DeviceInfo};
use crate::ExecutorError;

#[cfg(feature = "wgpu")]
pub(super) use built_in::list;
#[cfg(feature = "wgpu")]
pub(crate) use built_in::{automatic, start};

/// The GPU to try unasked; why there is none; nothing if wgpu is not built in.
#[cfg(not(feature = "wgpu"))]
pub(crate) fn automatic() -> Option<Result<Device, ExecutorError>> {
    None
}

/// The adapters of the system.
#[cfg(not(feature = "wgpu"))]
pub(super) fn list() -> Vec<DeviceInfo> {
    Vec::new()
}

#[cfg(feature = "wgpu")]
mod built_in {
    use super::*;
    use crate::device::{Adapter, DeviceKind};
    use crate::multiply::accelerator::{within, ASKING};
    use ::wgpu::{Backends, DeviceType, Instance, InstanceDescriptor};
    use burn::backend::wgpu::{
        graphics::{AutoGraphicsApi, GraphicsApi},
        init_setup, RuntimeOptions, WgpuDevice,
    };
    use std::sync::{Mutex, OnceLock, PoisonError};

    /// The first GPU of the fastest kind. A software adapter is slower than this crate's own
    /// processor backend and is taken by name only.
    pub(crate) fn automatic() -> Option<Result<Device, ExecutorError>> {
        let unavailable = |reason| ExecutorError::Unavailable {
            device: Device::Wgpu(Adapter::Preferred),
            reason,
        };
        let found = match adapters() {
            Ok(found) => found,
            Err(reason) => return Some(Err(unavailable(reason.clone()))),
        };
        let gpu = [
            DeviceKind::Discrete,
            DeviceKind::Integrated,
            DeviceKind::Virtual,
        ]
        .into_iter()
        .find_map(|kind| found.iter().find(|info| info.kind == kind));
        Some(match gpu {
            Some(gpu) => Ok(gpu.device),
            None => Err(unavailable(match found.first() {
                None => "no adapter was found".into(),
                Some(software) => format!(
                    "only {} was found, which computes on the processor; name {} to use it",
                    software.name, software.device
                ),
            })),
        })
    }

    /// The adapters of the system, those of unknown kind left out; none if their drivers fail.
    pub(crate) fn list() -> Vec<DeviceInfo> {
        adapters().clone().unwrap_or_default()
    }

    /// The same, or what is wrong with the drivers. They are asked once: each of them is loaded for
    /// that, and one that is broken may panic or hang.
    fn adapters() -> &'static Result<Vec<DeviceInfo>, String> {
        static ADAPTERS: OnceLock<Result<Vec<DeviceInfo>, String>> = OnceLock::new();
        ADAPTERS.get_or_init(|| within(ASKING, enumerate))
    }

    fn enumerate() -> Vec<DeviceInfo> {
        let backends = Backends::from(AutoGraphicsApi::backend());
        let instance = Instance::new(InstanceDescriptor {
            backends,
            ..InstanceDescriptor::new_without_display_handle()
        });
        let adapters = futures::executor::block_on(instance.enumerate_adapters(backends));
        // Numbers are per kind, in this order: so cubecl counts them.
        let (mut discrete, mut integrated, mut guests) = (0u16.., 0u16.., 0u16..);
        let mut software = Some(Adapter::Software);
        adapters
            .iter()
            .filter_map(|adapter| {
                let info = adapter.get_info();
                let (adapter, kind) = match info.device_type {
                    DeviceType::DiscreteGpu => {
                        (Adapter::Discrete(discrete.next()?), DeviceKind::Discrete)
                    }
                    DeviceType::IntegratedGpu => (
                        Adapter::Integrated(integrated.next()?),
                        DeviceKind::Integrated,
                    ),
                    DeviceType::VirtualGpu => {
                        (Adapter::Virtual(guests.next()?), DeviceKind::Virtual)
                    }
                    // The first only has a name.
                    DeviceType::Cpu => (software.take()?, DeviceKind::Software),
                    DeviceType::Other => return None,
                };
                Some(DeviceInfo {
                    device: Device::Wgpu(adapter),
                    name: info.name,
                    kind,
                    // wgpu does not say.
                    memory: None,
                })
            })
            .collect()
    }

    /// Starts an adapter the first time that it is asked for.
    ///
    /// cubecl would do so by itself, in a thread of its own; here its panic says why.
    ///
    /// # Panics
    /// The adapter is missing or does not start.
    pub(crate) fn start(adapter: Adapter) -> WgpuDevice {
        static STARTED: Mutex<Vec<Adapter>> = Mutex::new(Vec::new());
        let device = match adapter {
            Adapter::Preferred => WgpuDevice::DefaultDevice,
            Adapter::Discrete(index) => WgpuDevice::DiscreteGpu(index.into()),
            Adapter::Integrated(index) => WgpuDevice::IntegratedGpu(index.into()),
            Adapter::Virtual(index) => WgpuDevice::VirtualGpu(index.into()),
            Adapter::Software => WgpuDevice::Cpu,
        };
        // Only an adapter that did start is in the list, so a panic leaves it whole.
        let mut started = STARTED.lock().unwrap_or_else(PoisonError::into_inner);
        if !started.contains(&adapter) {
            init_setup::<AutoGraphicsApi>(&device, RuntimeOptions::default());
            started.push(adapter);
        }
        device
    }
}
