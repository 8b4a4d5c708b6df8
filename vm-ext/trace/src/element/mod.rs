//! One element of each operator's result.
//!
//! Each rule says at once what it reads and what it makes of it: run over a
//! [`crate::plan::Plan`] it collects leaves, run over verified ones it gives the
//! element. What is read depends on model and element alone. The arithmetic is that
//! of [`lattice_tensor`]; what is added here is which elements a result is made of.

mod pointwise;
mod pool;
mod product;
mod window;

pub(crate) use window::image;

use crate::layout::size;
use crate::plan::Graph;
use crate::{Position, StepError};
use alloc::vec::Vec;
use lattice_tensor::{Op, TensorId, ValueId};

/// Where operands and weights come from.
pub(crate) trait Source {
    /// Elements of a value, row-major.
    fn values(&mut self, value: ValueId, start: usize, len: usize) -> Result<Vec<i32>, StepError>;

    /// Bytes of a tensor.
    fn bytes(&mut self, tensor: TensorId, start: usize, len: usize) -> Result<Vec<u8>, StepError>;

    /// One element of a value.
    fn value(&mut self, value: ValueId, index: usize) -> Result<i32, StepError> {
        let element = self.values(value, index, 1)?;
        element.first().copied().ok_or(StepError::Manifest)
    }

    /// Elements of an i8 tensor.
    fn weights(
        &mut self,
        tensor: TensorId,
        start: usize,
        len: usize,
    ) -> Result<Vec<i8>, StepError> {
        let bytes = self.bytes(tensor, start, len)?;
        Ok(bytes
            .into_iter()
            .map(|byte| i8::from_le_bytes([byte]))
            .collect())
    }

    /// An element of an i32 tensor; zero without one.
    fn bias(&mut self, tensor: Option<TensorId>, index: usize) -> Result<i32, StepError> {
        let Some(tensor) = tensor else {
            return Ok(0);
        };
        let bytes = self.bytes(tensor, index.saturating_mul(4), 4)?;
        let bytes = bytes.try_into().map_err(|_| StepError::Manifest)?;
        Ok(i32::from_le_bytes(bytes))
    }
}

/// The element at `position`, which the graph has.
pub(crate) fn element(
    graph: &Graph,
    position: Position,
    source: &mut impl Source,
) -> Result<i32, StepError> {
    let at = size(position.element);
    match graph.op(position)? {
        Op::Linear {
            input,
            weight,
            bias,
        } => product::linear(graph, [*input, *weight], *bias, at, source),
        Op::Conv2d(conv) => product::conv2d(graph, conv, at, source),
        Op::MaxPool2d(pool) => pool::max(graph, pool, at, source),
        Op::AvgPool2d(pool) => pool::average(graph, pool, at, source),
        Op::GlobalAvgPool(pool) => pool::global_average(graph, pool, at, source),
        Op::Add {
            left,
            right,
            left_shift,
            right_shift,
        } => pointwise::add([*left, *right], [*left_shift, *right_shift], at, source),
        Op::Requantize {
            input,
            shifts,
            clamp,
        } => pointwise::requantize(graph, *input, shifts, *clamp, at, source),
        Op::Relu { input } => pointwise::relu(*input, at, source),
        Op::Flatten { input } | Op::Reshape { input, .. } => source.value(*input, at),
        Op::Concat { inputs, axis } => pointwise::concat(graph, inputs, *axis, at, source),
        Op::ArgMax { input } => pointwise::arg_max(graph, *input, source),
    }
}
