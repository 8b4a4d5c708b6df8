//! The operators of specification version 1.
//!
//! One file per operator, with its shape rule, its bounds rule, its evaluation
//! and their tests. The matches below are the only list.

mod add;
mod arg_max;
mod average;
mod avg_pool2d;
mod concat;
mod context;
mod conv2d;
mod flatten;
mod global_avg_pool;
mod image;
mod linear;
mod max_pool2d;
mod patches;
mod products;
mod relu;
mod requantize;
mod reshape;
mod window;

pub use add::shifted_sum;
pub use arg_max::arg_max;
pub use average::Average;
pub use avg_pool2d::AvgPool2d;
pub use conv2d::Conv2d;
pub use global_avg_pool::GlobalAvgPool;
pub use max_pool2d::MaxPool2d;
pub use patches::Patches;
pub use products::dot;
pub use requantize::requantize;
pub use window::{Direction, Overlap, Placement, Reach, WindowError, Windows, Windows1d};

pub(crate) use context::{BoundsContext, Evaluation, ShapeContext};

use crate::{Clamp, Interval, Model, ModelError, Shape};
use alloc::{vec, vec::Vec};
use codec::{Decode, Encode};
use scale_info::TypeInfo;

/// A value of the graph: 0 is the input, operator `i` defines value `i + 1`.
pub type ValueId = u16;

/// Index of a tensor in the manifest.
pub type TensorId = u16;

/// An operator. Values are row-major arrays of i32; axis 0 is the channel axis.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub enum Op {
    /// `y[o] = b[o] + Σ_k w[o, k] · x[k]`, for x `[in]` within -127..=127.
    #[codec(index = 0)]
    Linear {
        /// The vector x, `[in]`.
        input: ValueId,
        /// Weights, i8 `[out, in]`.
        weight: TensorId,
        /// Bias, i32 `[out]`.
        bias: Option<TensorId>,
    },
    /// Two-dimensional convolution over `[channels, height, width]`.
    #[codec(index = 1)]
    Conv2d(Conv2d),
    /// Maximum over windows; padding is ignored.
    #[codec(index = 2)]
    MaxPool2d(MaxPool2d),
    /// `(Σ · multiplier) >> shift` over windows; padding counts as zeros.
    #[codec(index = 3)]
    AvgPool2d(AvgPool2d),
    /// `(Σ · multiplier) >> shift` over each channel.
    #[codec(index = 4)]
    GlobalAvgPool(GlobalAvgPool),
    /// `(left << left_shift) + (right << right_shift)`, elementwise, equal shapes.
    #[codec(index = 5)]
    Add {
        /// First operand.
        left: ValueId,
        /// Second operand.
        right: ValueId,
        /// Left shift of the first operand, 0..=24.
        left_shift: u8,
        /// Left shift of the second operand, 0..=24.
        right_shift: u8,
    },
    /// `clamp((x + 2^(n-1)) >> n, lo, hi)` with n = `shifts[channel]`.
    #[codec(index = 6)]
    Requantize {
        /// The accumulators.
        input: ValueId,
        /// One shift per channel, each 1..=24.
        shifts: Vec<u8>,
        /// Ends of the result.
        clamp: Clamp,
    },
    /// `max(x, 0)`.
    #[codec(index = 7)]
    Relu {
        /// Any value.
        input: ValueId,
    },
    /// The same elements as one dimension.
    #[codec(index = 8)]
    Flatten {
        /// Any value.
        input: ValueId,
    },
    /// The same elements, row-major, in another shape.
    #[codec(index = 9)]
    Reshape {
        /// Any value.
        input: ValueId,
        /// The new shape, with as many elements.
        shape: Shape,
    },
    /// Values one after another along an axis; the other dimensions are equal.
    #[codec(index = 10)]
    Concat {
        /// 2 to 64 values.
        inputs: Vec<ValueId>,
        /// The axis.
        axis: u8,
    },
    /// Index of the largest element of a vector, the lowest of equals; shape `[1]`.
    #[codec(index = 11)]
    ArgMax {
        /// A vector.
        input: ValueId,
    },
}

impl Op {
    /// The operator's name, as in the specification.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Linear { .. } => "Linear",
            Self::Conv2d { .. } => "Conv2d",
            Self::MaxPool2d { .. } => "MaxPool2d",
            Self::AvgPool2d { .. } => "AvgPool2d",
            Self::GlobalAvgPool { .. } => "GlobalAvgPool",
            Self::Add { .. } => "Add",
            Self::Requantize { .. } => "Requantize",
            Self::Relu { .. } => "Relu",
            Self::Flatten { .. } => "Flatten",
            Self::Reshape { .. } => "Reshape",
            Self::Concat { .. } => "Concat",
            Self::ArgMax { .. } => "ArgMax",
        }
    }

    /// The values that the operator reads.
    pub fn inputs(&self) -> Vec<ValueId> {
        match self {
            Self::Linear { input, .. }
            | Self::Conv2d(Conv2d { input, .. })
            | Self::MaxPool2d(MaxPool2d { input, .. })
            | Self::AvgPool2d(AvgPool2d { input, .. })
            | Self::GlobalAvgPool(GlobalAvgPool { input, .. })
            | Self::Requantize { input, .. }
            | Self::Relu { input }
            | Self::Flatten { input }
            | Self::Reshape { input, .. }
            | Self::ArgMax { input } => vec![*input],
            Self::Add { left, right, .. } => vec![*left, *right],
            Self::Concat { inputs, .. } => inputs.clone(),
        }
    }

    /// The tensors that the operator uses.
    pub fn tensors(&self) -> Vec<TensorId> {
        match self {
            Self::Linear { weight, bias, .. } | Self::Conv2d(Conv2d { weight, bias, .. }) => {
                core::iter::once(*weight).chain(*bias).collect()
            }
            _ => Vec::new(),
        }
    }

    /// Shape of the result.
    pub(crate) fn shape(&self, context: &ShapeContext) -> Result<Shape, ModelError> {
        match self {
            Self::Linear {
                input,
                weight,
                bias,
            } => linear::shape(context, *input, *weight, *bias),
            Self::Conv2d(op) => conv2d::shape(context, op),
            Self::MaxPool2d(op) => max_pool2d::shape(context, op),
            Self::AvgPool2d(op) => avg_pool2d::shape(context, op),
            Self::GlobalAvgPool(op) => global_avg_pool::shape(context, op),
            Self::Add {
                left,
                right,
                left_shift,
                right_shift,
            } => add::shape(context, *left, *right, [*left_shift, *right_shift]),
            Self::Requantize {
                input,
                shifts,
                clamp,
            } => requantize::shape(context, *input, shifts, *clamp),
            Self::Relu { input } => relu::shape(context, *input),
            Self::Flatten { input } => flatten::shape(context, *input),
            Self::Reshape { input, shape } => reshape::shape(context, *input, shape),
            Self::Concat { inputs, axis } => concat::shape(context, inputs, *axis),
            Self::ArgMax { input } => arg_max::shape(context, *input),
        }
    }

    /// Interval of each channel of the result.
    pub(crate) fn bounds(&self, context: &BoundsContext) -> Result<Vec<Interval>, ModelError> {
        match self {
            Self::Linear {
                input,
                weight,
                bias,
            } => linear::bounds(context, *input, *weight, *bias),
            Self::Conv2d(op) => conv2d::bounds(context, op),
            Self::MaxPool2d(op) => max_pool2d::bounds(context, op),
            Self::AvgPool2d(op) => avg_pool2d::bounds(context, op),
            Self::GlobalAvgPool(op) => global_avg_pool::bounds(context, op),
            Self::Add {
                left,
                right,
                left_shift,
                right_shift,
            } => add::bounds(context, *left, *right, [*left_shift, *right_shift]),
            Self::Requantize {
                input,
                shifts,
                clamp,
            } => requantize::bounds(context, *input, shifts, *clamp),
            Self::Relu { input } => relu::bounds(context, *input),
            Self::Flatten { input } | Self::Reshape { input, .. } => {
                reshape::bounds(context, *input)
            }
            Self::Concat { inputs, axis } => concat::bounds(context, inputs, *axis),
            Self::ArgMax { input } => arg_max::bounds(context, *input),
        }
    }

    /// The result, or none where an operand is missing.
    pub(crate) fn evaluate(&self, context: &Evaluation) -> Option<Vec<i32>> {
        match self {
            Self::Linear {
                input,
                weight,
                bias,
            } => linear::evaluate(context, *input, *weight, *bias),
            Self::Conv2d(op) => conv2d::evaluate(context, op),
            Self::MaxPool2d(op) => max_pool2d::evaluate(context, op),
            Self::AvgPool2d(op) => avg_pool2d::evaluate(context, op),
            Self::GlobalAvgPool(op) => global_avg_pool::evaluate(context, op),
            Self::Add {
                left,
                right,
                left_shift,
                right_shift,
            } => add::evaluate(context, *left, *right, [*left_shift, *right_shift]),
            Self::Requantize {
                input,
                shifts,
                clamp,
            } => requantize::evaluate(context, *input, shifts, *clamp),
            Self::Relu { input } => relu::evaluate(context, *input),
            Self::Flatten { input } | Self::Reshape { input, .. } => {
                context.value(*input).map(<[i32]>::to_vec)
            }
            Self::Concat { inputs, axis } => concat::evaluate(context, inputs, *axis),
            Self::ArgMax { input } => arg_max::evaluate(context, *input),
        }
    }

    /// Multiplications by a weight, those by padding included.
    pub(crate) fn multiply_accumulates(&self, context: &ShapeContext) -> u64 {
        match self {
            Self::Linear { weight, .. } => linear::multiply_accumulates(context, *weight),
            Self::Conv2d(op) => conv2d::multiply_accumulates(context, op),
            _ => 0,
        }
    }

    /// Elements that windows cover, padding included: those that a convolution
    /// gathers and those that a pool compares or adds.
    pub(crate) fn window_elements(&self, context: &ShapeContext) -> u64 {
        match self {
            Self::Conv2d(op) => conv2d::window_elements(context, op),
            Self::MaxPool2d(op) => image::pool_work(context, op.input, op.kernel, op.placement),
            Self::AvgPool2d(op) => image::pool_work(context, op.input, op.kernel, op.placement),
            Self::GlobalAvgPool(op) => global_avg_pool::window_elements(context, op),
            _ => 0,
        }
    }

    /// See [`Model::exact_columns`].
    pub(crate) fn exact_columns(&self, model: &Model) -> Option<usize> {
        match self {
            Self::Linear {
                input,
                weight,
                bias,
            } => Some(linear::exact_columns(model, *input, *weight, *bias)),
            Self::Conv2d(op) => conv2d::exact_columns(model, op),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests;
