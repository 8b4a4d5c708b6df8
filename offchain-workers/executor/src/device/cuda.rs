//! NVIDIA GPUs: which there are.
//!
//! cubecl starts a device in a thread of its own, and its caller learns of a panic there that it
//! happened and not why. So the driver is asked here first, where a panic can be read, and where a
//! driver that hangs is not waited for.

use super::{Device, DeviceInfo};
use crate::ExecutorError;

/// The GPU to try unasked; why there is none; nothing if CUDA is not built in.
#[cfg(feature = "cuda")]
pub(crate) fn automatic() -> Option<Result<Device, ExecutorError>> {
    Some(probe(0).map(|()| Device::Cuda(0)))
}

#[cfg(not(feature = "cuda"))]
pub(crate) fn automatic() -> Option<Result<Device, ExecutorError>> {
    None
}

/// Whether the driver has a GPU of this number.
///
/// # Errors
/// [`ExecutorError::Unavailable`].
#[cfg(feature = "cuda")]
pub(crate) fn probe(index: u16) -> Result<(), ExecutorError> {
    let unavailable = |reason| ExecutorError::Unavailable {
        device: Device::Cuda(index),
        reason,
    };
    match count() {
        Ok(count) if index < *count => Ok(()),
        Ok(count) => Err(unavailable(format!("the CUDA driver has {count} GPUs"))),
        Err(reason) => Err(unavailable(reason.clone())),
    }
}

/// GPUs of the driver, asked once: without a driver each question is a panic, and a line on
/// standard error.
#[cfg(feature = "cuda")]
fn count() -> &'static Result<u16, String> {
    use crate::multiply::accelerator::{within, ASKING};
    use cudarc::driver::CudaContext;
    use std::sync::OnceLock;

    static COUNT: OnceLock<Result<u16, String>> = OnceLock::new();
    COUNT.get_or_init(|| {
        let count = within(ASKING, CudaContext::device_count)?;
        match count {
            Ok(count) => Ok(u16::try_from(count).unwrap_or(0)),
            Err(error) => Err(error.to_string()),
        }
    })
}

/// The GPUs of the driver, in the order of their numbers.
#[cfg(feature = "cuda")]
pub(super) fn list() -> Vec<DeviceInfo> {
    use super::DeviceKind;
    use crate::multiply::accelerator::{within, ASKING};
    use cudarc::driver::CudaContext;

    let count = count().as_ref().copied().unwrap_or(0);
    let found = |index: u16| {
        let gpu = CudaContext::new(index.into()).ok()?;
        Some(DeviceInfo {
            device: Device::Cuda(index),
            name: gpu.name().ok()?,
            kind: DeviceKind::Discrete,
            memory: gpu.total_mem().ok().and_then(|bytes| bytes.try_into().ok()),
        })
    };
    let all = within(ASKING, move || (0..count).filter_map(found).collect());
    all.unwrap_or_default()
}

#[cfg(not(feature = "cuda"))]
pub(super) fn list() -> Vec<DeviceInfo> {
    Vec::new()
}
