//! What the rules of an operator see

use super::{TensorId, ValueId, WindowError};
use crate::{Interval, Model, ModelError, Shape, TensorData, TensorDecl};
use alloc::vec::Vec;

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

    pub fn window(&self, name: &'static str, error: WindowError) -> ModelError {
        ModelError::Window {
            op: self.op,
            name,
            error,
        }
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
    /// Declared tensors.
    pub decls: &'a [TensorDecl],
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
