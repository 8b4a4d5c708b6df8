//! The operators of specification version 1.
//!
//! One file per operator, with its shape rule, its bounds rule, its evaluation
//! and their tests. The matches below are the only list.

mod add;
mod arg_max;
mod concat;
mod flatten;
pub(crate) mod linear;
mod relu;
mod requantize;
mod reshape;

pub use requantize::requantize;

use crate::{Clamp, Interval, Model, ModelError, Shape, TensorData, TensorDecl};
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
    Conv2d {
        /// The image.
        input: ValueId,
        /// Weights, i8 `[out, in / groups, height, width]`.
        weight: TensorId,
        /// Bias, i32 `[out]`.
        bias: Option<TensorId>,
        /// Steps: vertical, horizontal.
        stride: [u8; 2],
        /// Zero padding: top, left, bottom, right.
        padding: [u8; 4],
        /// Number of groups.
        groups: u16,
    },
    /// Maximum over windows; padding is ignored.
    #[codec(index = 2)]
    MaxPool2d {
        /// The image.
        input: ValueId,
        /// Window: height, width.
        kernel: [u8; 2],
        /// Steps: vertical, horizontal.
        stride: [u8; 2],
        /// Padding: top, left, bottom, right.
        padding: [u8; 4],
    },
    /// `(Σ · multiplier) >> shift` over windows.
    #[codec(index = 3)]
    AvgPool2d {
        /// The image.
        input: ValueId,
        /// Window: height, width.
        kernel: [u8; 2],
        /// Steps: vertical, horizontal.
        stride: [u8; 2],
        /// Padding: top, left, bottom, right.
        padding: [u8; 4],
        /// Factor of the sum.
        multiplier: u16,
        /// Right shift after it.
        shift: u8,
    },
    /// `(Σ · multiplier) >> shift` over each channel.
    #[codec(index = 4)]
    GlobalAvgPool {
        /// The image.
        input: ValueId,
        /// Factor of the sum.
        multiplier: u16,
        /// Right shift after it.
        shift: u8,
    },
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
            | Self::Conv2d { input, .. }
            | Self::MaxPool2d { input, .. }
            | Self::AvgPool2d { input, .. }
            | Self::GlobalAvgPool { input, .. }
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
            Self::Linear { weight, bias, .. } | Self::Conv2d { weight, bias, .. } => {
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
            Self::Conv2d { .. }
            | Self::MaxPool2d { .. }
            | Self::AvgPool2d { .. }
            | Self::GlobalAvgPool { .. } => Err(ModelError::UnsupportedOp(self.name())),
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
            Self::Conv2d { .. }
            | Self::MaxPool2d { .. }
            | Self::AvgPool2d { .. }
            | Self::GlobalAvgPool { .. } => Err(ModelError::UnsupportedOp(self.name())),
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
            Self::Conv2d { .. }
            | Self::MaxPool2d { .. }
            | Self::AvgPool2d { .. }
            | Self::GlobalAvgPool { .. } => None,
        }
    }

    /// Multiplications by a weight.
    pub(crate) fn multiply_accumulates(&self, context: &ShapeContext) -> u64 {
        match self {
            Self::Linear { weight, .. } => {
                context.tensors.get(usize::from(*weight)).map_or(0, |decl| {
                    u64::try_from(decl.shape.len()).unwrap_or(u64::MAX)
                })
            }
            _ => 0,
        }
    }
}

/// What a shape rule sees.
pub(crate) struct ShapeContext<'a> {
    /// Index of the operator.
    pub op: u16,
    /// Shapes of the values so far.
    pub shapes: &'a [Shape],
    /// Declared tensors.
    pub tensors: &'a [TensorDecl],
}

impl<'a> ShapeContext<'a> {
    pub fn value(&self, value: ValueId) -> Result<&'a Shape, ModelError> {
        self.shapes
            .get(usize::from(value))
            .ok_or(ModelError::UnknownValue { op: self.op, value })
    }

    pub fn tensor(&self, tensor: TensorId) -> Result<&'a TensorDecl, ModelError> {
        self.tensors
            .get(usize::from(tensor))
            .ok_or(ModelError::UnknownTensor {
                op: self.op,
                tensor,
            })
    }
}

/// What a bounds rule sees; the shapes have been checked.
pub(crate) struct BoundsContext<'a> {
    /// Index of the operator.
    pub op: u16,
    /// Shapes of all values.
    pub shapes: &'a [Shape],
    /// Intervals of the values so far.
    pub bounds: &'a [Vec<Interval>],
    /// Elements of the tensors.
    pub tensors: &'a [TensorData],
}

impl<'a> BoundsContext<'a> {
    pub fn value(&self, value: ValueId) -> Result<&'a [Interval], ModelError> {
        self.bounds
            .get(usize::from(value))
            .map(Vec::as_slice)
            .ok_or(ModelError::UnknownValue { op: self.op, value })
    }

    pub fn shape(&self, value: ValueId) -> Result<&'a Shape, ModelError> {
        self.shapes
            .get(usize::from(value))
            .ok_or(ModelError::UnknownValue { op: self.op, value })
    }

    /// Shape of the operator's own result.
    pub fn result(&self) -> Result<&'a Shape, ModelError> {
        self.shape(self.op.saturating_add(1))
    }
}

/// What an evaluation sees.
pub(crate) struct Evaluation<'a> {
    /// The model that runs.
    pub model: &'a Model,
    /// The values so far.
    pub values: &'a [Vec<i32>],
}

impl<'a> Evaluation<'a> {
    pub fn value(&self, value: ValueId) -> Option<&'a [i32]> {
        self.values.get(usize::from(value)).map(Vec::as_slice)
    }
}

#[cfg(test)]
mod tests;
