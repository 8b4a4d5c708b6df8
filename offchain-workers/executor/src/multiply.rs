//! Matrix products on a device: the only code that names burn's tensors.
//!
//! Products are float32 and nothing else, on every backend. What keeps them exact:
//! * burn's features `fusion` and `autotune` are off. Without autotune cubecl takes one kernel for a
//!   shape, so that the golden vectors test the kernel that serves; with it the winner of a race
//!   would, and race and cache would differ from machine to machine. Fusion has nothing to fuse in
//!   single products.
//! * On CUDA that kernel may use tensor cores. Their operands are then TF32, with 11 significant
//!   bits where 7 are needed, and their sums float32: exact under the model's bound. cubecl turns
//!   float32 into half precision for no kernel (it does for its `flex32`, which is not used here).
//! * Through wgpu kernels are WGSL, without cooperative matrices.

use crate::{Device, ExecutorError};
use burn::backend::Flex;
use burn::tensor::{backend::Backend, Tensor, TensorData};
use std::panic::{catch_unwind, AssertUnwindSafe};

#[cfg(any(test, feature = "cuda", feature = "wgpu"))]
pub(crate) mod accelerator;
#[cfg(any(test, feature = "cuda", feature = "wgpu"))]
pub(crate) mod remote;

/// A matrix of integers of at most 127 in magnitude.
pub(crate) struct Matrix {
    /// Length of an input row.
    pub columns: usize,
    /// Length of an output row.
    pub rows: usize,
    /// `[rows, columns]` row-major, as the weights of a layer are.
    pub elements: Vec<f32>,
}

/// A device that holds matrices.
pub(crate) trait Multiplier: Send + Sync {
    /// `x`, `[batch, columns]` row-major, times a matrix, giving `[batch, rows]`;
    /// on failure what the backend said.
    fn multiply(&self, matrix: usize, x: Vec<f32>, batch: usize) -> Result<Vec<f32>, String>;
}

/// Puts matrices on a device.
pub(crate) fn load(
    device: Device,
    matrices: Vec<Matrix>,
) -> Result<Box<dyn Multiplier>, ExecutorError> {
    match device {
        Device::Cpu => load_here(device, matrices),
        #[cfg(feature = "cuda")]
        Device::Cuda(index) => {
            crate::device::cuda::probe(index)?;
            let start = move || burn::backend::cuda::CudaDevice::new(index.into());
            load_remote::<burn::backend::Cuda>(device, start, matrices)
        }
        #[cfg(not(feature = "cuda"))]
        Device::Cuda(_) => Err(device.not_built()),
        #[cfg(feature = "wgpu")]
        Device::Wgpu(adapter) => {
            let start = move || crate::device::wgpu::start(adapter);
            load_remote::<burn::backend::Wgpu>(device, start, matrices)
        }
        #[cfg(not(feature = "wgpu"))]
        Device::Wgpu(_) => Err(device.not_built()),
    }
}

/// On the processor, which computes in whichever thread asks.
fn load_here(device: Device, matrices: Vec<Matrix>) -> Result<Box<dyn Multiplier>, ExecutorError> {
    let load = || OnBurn::<Flex>::load(Default::default(), matrices);
    match catch_unwind(AssertUnwindSafe(load)) {
        Ok(loaded) => Ok(Box::new(loaded)),
        Err(panic) => Err(ExecutorError::Unavailable {
            device,
            reason: said(panic.as_ref()),
        }),
    }
}

/// On an accelerator, all of whose work is one thread's.
#[cfg(any(feature = "cuda", feature = "wgpu"))]
fn load_remote<B: Backend>(
    device: Device,
    start: impl FnOnce() -> B::Device + Send + 'static,
    matrices: Vec<Matrix>,
) -> Result<Box<dyn Multiplier>, ExecutorError>
where
    OnBurn<B>: Multiplier + 'static,
{
    let load = move || OnBurn::<B>::load(start(), matrices);
    remote::load(device, load, remote::PATIENCE)
}

/// The text of a panic.
pub(crate) fn said(panic: &(dyn std::any::Any + Send)) -> String {
    panic
        .downcast_ref::<String>()
        .cloned()
        .or_else(|| panic.downcast_ref::<&str>().map(ToString::to_string))
        .unwrap_or_else(|| "it panicked without a word".into())
}

/// Matrices on a burn backend.
struct OnBurn<B: Backend> {
    device: B::Device,
    matrices: Vec<Tensor<B, 2>>,
}

impl<B: Backend> OnBurn<B> {
    fn load(device: B::Device, matrices: Vec<Matrix>) -> Self {
        let matrices = matrices
            .into_iter()
            .map(|matrix| {
                let data = TensorData::new(matrix.elements, [matrix.rows, matrix.columns]);
                // Transposed in the strides only: a product with one input is then
                // a scalar product of contiguous rows, twice as fast on a processor.
                Tensor::<B, 2>::from_data(data, &device).transpose()
            })
            .collect();
        Self { device, matrices }
    }
}

impl<B: Backend> Multiplier for OnBurn<B>
where
    B::Device: Send + Sync,
    Tensor<B, 2>: Send + Sync,
{
    fn multiply(&self, matrix: usize, x: Vec<f32>, batch: usize) -> Result<Vec<f32>, String> {
        let matrix = self
            .matrices
            .get(matrix)
            .ok_or_else(|| format!("it holds no matrix {matrix}"))?;
        let [columns, _] = matrix.dims();
        // Backends panic where others return an error. cubecl's run their kernels in threads of their
        // own: a panic there comes here as one about a broken channel or, of a kernel, not at all, and
        // the product is then whatever lay in its memory. `Check` finds that.
        let product = catch_unwind(AssertUnwindSafe(|| {
            let x = Tensor::<B, 2>::from_data(TensorData::new(x, [batch, columns]), &self.device);
            x.matmul(matrix.clone()).try_into_data()
        }));
        product
            .map_err(|panic| said(panic.as_ref()))?
            .map_err(|error| format!("{error:?}"))?
            .into_vec()
            .map_err(|error| format!("{error:?}"))
    }
}
