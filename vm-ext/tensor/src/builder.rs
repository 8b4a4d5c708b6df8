//! Making models step by step.

use crate::limits::SPEC_VERSION;
use crate::weights::weight_root;
use crate::{
    Average, AvgPool2d, Clamp, Conv2d, GlobalAvgPool, InputDecl, Manifest, MaxPool2d, Model,
    ModelError, Op, Placement, Range, Scale, Shape, TensorData, TensorDecl, TensorId, ValueId,
};
use alloc::{format, string::String, vec::Vec};

/// Collects operators and tensors, then checks the whole.
///
/// Each step works on the current value, and the value that it defines becomes
/// the current one. Graphs that branch remember [`ModelBuilder::current`] and
/// go back with [`ModelBuilder::at`].
///
/// ```
/// use lattice_tensor::{Clamp, ModelBuilder, Range, Scale, Shape};
///
/// # fn main() -> Result<(), lattice_tensor::ModelError> {
/// let model = ModelBuilder::new(Shape::new([2])?, Range::new(0, 16)?, Scale::ONE)
///     .linear("hidden", vec![1, 2, 3, 4, 5, 6], 3, Some(vec![0, 1, 2]))?
///     .requantize(vec![1, 2, 3], Clamp::RELU)?
///     .linear("out", vec![1, -1, 1], 1, None)?
///     .build(Scale::ONE)?;
/// assert_eq!(model.output_len(), 1);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct ModelBuilder {
    input: InputDecl,
    decls: Vec<TensorDecl>,
    tensors: Vec<TensorData>,
    ops: Vec<Op>,
    current: ValueId,
}

impl ModelBuilder {
    /// A graph that has only its input.
    pub fn new(shape: Shape, range: Range, scale: Scale) -> Self {
        Self {
            input: InputDecl {
                shape,
                range,
                scale,
            },
            decls: Vec::new(),
            tensors: Vec::new(),
            ops: Vec::new(),
            current: 0,
        }
    }

    /// The current value.
    pub fn current(&self) -> ValueId {
        self.current
    }

    /// Makes `value` the current one.
    pub fn at(mut self, value: ValueId) -> Self {
        self.current = value;
        self
    }

    /// A dense layer: tensors `name.weight` `[out, in]`, row-major, and `name.bias` `[out]`.
    ///
    /// # Errors
    /// [`ModelError::InvalidShape`] if the weights are not `out` rows;
    /// [`ModelError::TooManyOps`], [`ModelError::TooManyTensors`].
    pub fn linear(
        mut self,
        name: &str,
        weights: Vec<i8>,
        out: u32,
        bias: Option<Vec<i32>>,
    ) -> Result<Self, ModelError> {
        let elements = u32::try_from(weights.len()).unwrap_or(u32::MAX);
        let columns = match (elements.checked_div(out), elements.checked_rem(out)) {
            (Some(columns), Some(0)) => columns,
            _ => return Err(ModelError::InvalidShape([out, elements].into())),
        };
        let shape = Shape::new([out, columns])?;
        let (weight, bias) = self.weights(name, weights, shape, bias)?;
        let input = self.current;
        self.push(Op::Linear {
            input,
            weight,
            bias,
        })
    }

    /// A convolution: tensors `name.weight` of `shape` `[out, in / groups,
    /// kernel height, kernel width]`, row-major, and `name.bias` `[out]`.
    ///
    /// # Errors
    /// [`ModelError::TooManyOps`], [`ModelError::TooManyTensors`].
    pub fn conv2d(
        mut self,
        name: &str,
        weights: Vec<i8>,
        shape: Shape,
        bias: Option<Vec<i32>>,
        placement: Placement,
        groups: u16,
    ) -> Result<Self, ModelError> {
        let (weight, bias) = self.weights(name, weights, shape, bias)?;
        let input = self.current;
        self.push(Op::Conv2d(Conv2d {
            input,
            weight,
            bias,
            placement,
            groups,
        }))
    }

    /// The largest element of each window; padding is ignored.
    ///
    /// # Errors
    /// [`ModelError::TooManyOps`].
    pub fn max_pool2d(self, kernel: [u8; 2], placement: Placement) -> Result<Self, ModelError> {
        let input = self.current;
        self.push(Op::MaxPool2d(MaxPool2d {
            input,
            kernel,
            placement,
        }))
    }

    /// `(Σ · multiplier) >> shift` over windows; padding counts as zeros.
    ///
    /// # Errors
    /// [`ModelError::TooManyOps`].
    pub fn avg_pool2d(
        self,
        kernel: [u8; 2],
        placement: Placement,
        multiplier: u16,
        shift: u8,
    ) -> Result<Self, ModelError> {
        let input = self.current;
        self.push(Op::AvgPool2d(AvgPool2d {
            input,
            kernel,
            placement,
            average: Average { multiplier, shift },
        }))
    }

    /// `(Σ · multiplier) >> shift` over each channel.
    ///
    /// # Errors
    /// [`ModelError::TooManyOps`].
    pub fn global_avg_pool(self, multiplier: u16, shift: u8) -> Result<Self, ModelError> {
        let input = self.current;
        self.push(Op::GlobalAvgPool(GlobalAvgPool {
            input,
            average: Average { multiplier, shift },
        }))
    }

    /// `clamp((x + 2^(n-1)) >> n, lo, hi)` with one shift per channel.
    ///
    /// # Errors
    /// [`ModelError::TooManyOps`].
    pub fn requantize(self, shifts: Vec<u8>, clamp: Clamp) -> Result<Self, ModelError> {
        let input = self.current;
        self.push(Op::Requantize {
            input,
            shifts,
            clamp,
        })
    }

    /// `max(x, 0)`.
    ///
    /// # Errors
    /// [`ModelError::TooManyOps`].
    pub fn relu(self) -> Result<Self, ModelError> {
        let input = self.current;
        self.push(Op::Relu { input })
    }

    /// One dimension of all elements.
    ///
    /// # Errors
    /// [`ModelError::TooManyOps`].
    pub fn flatten(self) -> Result<Self, ModelError> {
        let input = self.current;
        self.push(Op::Flatten { input })
    }

    /// The same elements in another shape.
    ///
    /// # Errors
    /// [`ModelError::TooManyOps`].
    pub fn reshape(self, shape: Shape) -> Result<Self, ModelError> {
        let input = self.current;
        self.push(Op::Reshape { input, shape })
    }

    /// The index of the largest element, the lowest of equals.
    ///
    /// # Errors
    /// [`ModelError::TooManyOps`].
    pub fn argmax(self) -> Result<Self, ModelError> {
        let input = self.current;
        self.push(Op::ArgMax { input })
    }

    /// `(current << left_shift) + (right << right_shift)`.
    ///
    /// # Errors
    /// [`ModelError::TooManyOps`].
    pub fn add(self, right: ValueId, left_shift: u8, right_shift: u8) -> Result<Self, ModelError> {
        let left = self.current;
        self.push(Op::Add {
            left,
            right,
            left_shift,
            right_shift,
        })
    }

    /// The values one after another along `axis`.
    ///
    /// # Errors
    /// [`ModelError::TooManyOps`].
    pub fn concat(self, inputs: Vec<ValueId>, axis: u8) -> Result<Self, ModelError> {
        self.push(Op::Concat { inputs, axis })
    }

    /// Any operator, on tensors that [`ModelBuilder::tensor`] declared.
    ///
    /// # Errors
    /// [`ModelError::TooManyOps`].
    pub fn push(mut self, op: Op) -> Result<Self, ModelError> {
        self.ops.push(op);
        let count = self.ops.len();
        self.current = ValueId::try_from(count).map_err(|_| ModelError::TooManyOps(count))?;
        Ok(self)
    }

    /// Declares a tensor; operators must use tensors in the order of declaration.
    ///
    /// # Errors
    /// [`ModelError::TooManyTensors`].
    pub fn tensor(
        &mut self,
        name: String,
        shape: Shape,
        data: TensorData,
    ) -> Result<TensorId, ModelError> {
        let count = self.tensors.len();
        let id = TensorId::try_from(count).map_err(|_| ModelError::TooManyTensors(count))?;
        self.decls.push(TensorDecl {
            name,
            dtype: data.dtype(),
            shape,
        });
        self.tensors.push(data);
        Ok(id)
    }

    /// Declares the tensors of a layer, the bias with an element per row.
    fn weights(
        &mut self,
        name: &str,
        weights: Vec<i8>,
        shape: Shape,
        bias: Option<Vec<i32>>,
    ) -> Result<(TensorId, Option<TensorId>), ModelError> {
        let rows = shape.dims().first().copied().unwrap_or(1);
        let weight = self.tensor(format!("{name}.weight"), shape, TensorData::I8(weights))?;
        let bias = bias
            .map(|bias| {
                let shape = Shape::new([rows])?;
                self.tensor(format!("{name}.bias"), shape, TensorData::I32(bias))
            })
            .transpose()?;
        Ok((weight, bias))
    }

    /// Checks the whole; the last value is the output.
    ///
    /// # Errors
    /// Those of [`Model::new`].
    pub fn build(self, output_scale: Scale) -> Result<Model, ModelError> {
        let manifest = Manifest {
            spec_version: SPEC_VERSION,
            input: self.input,
            weight_root: weight_root(&self.tensors),
            tensors: self.decls,
            ops: self.ops,
            output_scale,
        };
        Model::new(manifest, self.tensors)
    }
}
