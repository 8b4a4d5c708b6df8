//! Matrix products on a device: the only code that names burn.

use crate::{Device, ExecutorError};
use burn::backend::Flex;
use burn::tensor::{backend::Backend, Tensor, TensorData};
use std::panic::{catch_unwind, AssertUnwindSafe};

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
        Device::Cpu => load_on::<Flex>(device, Default::default(), matrices),
        #[cfg(feature = "cuda")]
        Device::Cuda(index) => load_on::<burn::backend::Cuda>(
            device,
            burn::backend::cuda::CudaDevice::new(index),
            matrices,
        ),
        #[cfg(not(feature = "cuda"))]
        Device::Cuda(_) => Err(ExecutorError::NotBuilt {
            device,
            feature: "cuda",
        }),
        #[cfg(feature = "wgpu")]
        Device::Wgpu(index) => load_on::<burn::backend::Wgpu>(
            device,
            burn::backend::wgpu::WgpuDevice::DiscreteGpu(index),
            matrices,
        ),
        #[cfg(not(feature = "wgpu"))]
        Device::Wgpu(_) => Err(ExecutorError::NotBuilt {
            device,
            feature: "wgpu",
        }),
    }
}

fn load_on<B: Backend>(
    device: Device,
    backend: B::Device,
    matrices: Vec<Matrix>,
) -> Result<Box<dyn Multiplier>, ExecutorError>
where
    OnBurn<B>: Multiplier + 'static,
{
    // Backends panic where a device or its driver is missing.
    let loaded = catch_unwind(AssertUnwindSafe(|| OnBurn::<B>::load(backend, matrices)));
    match loaded {
        Ok(loaded) => Ok(Box::new(loaded)),
        Err(panic) => Err(ExecutorError::Unavailable {
            device,
            reason: said(panic.as_ref()),
        }),
    }
}

/// The text of a panic.
fn said(panic: &(dyn std::any::Any + Send)) -> String {
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
