//! Add, Sub, Mul, Div, BatchNormalization, Relu, Clip, Concat.

use super::constant::Constant;
use super::view::View;
use super::{Node, Value, Walk};
use crate::error::GraphError;
use crate::network::Op;

impl<'a> Walk<'a> {
    /// `Add`: of two computed values (a residual connection), or of a constant.
    pub(super) fn add(&mut self, node: Node<'a>) -> Result<(), GraphError> {
        match self.operands(node)? {
            Operands::Computed(left, right) => self.add_computed(node, left, right),
            Operands::Constant(x, c) | Operands::ConstantFirst(c, x) => {
                self.affine(node, &x, &Constant::scalar(1.0), &c)
            }
        }
    }

    /// `Sub` of or from a constant.
    pub(super) fn sub(&mut self, node: Node<'a>) -> Result<(), GraphError> {
        match self.operands(node)? {
            Operands::Constant(x, c) => {
                self.affine(node, &x, &Constant::scalar(1.0), &c.map(|c| -c))
            }
            Operands::ConstantFirst(c, x) => self.affine(node, &x, &Constant::scalar(-1.0), &c),
            Operands::Computed(..) => Err(node.refused("both operands are computed")),
        }
    }

    /// `Mul` by a constant.
    pub(super) fn mul(&mut self, node: Node<'a>) -> Result<(), GraphError> {
        match self.operands(node)? {
            Operands::Constant(x, c) | Operands::ConstantFirst(c, x) => {
                self.affine(node, &x, &c, &Constant::scalar(0.0))
            }
            Operands::Computed(..) => Err(node.refused(
                "both operands are computed; products of values (attention, gates) are not \
                 supported",
            )),
        }
    }

    /// `Div` by a constant.
    pub(super) fn div(&mut self, node: Node<'a>) -> Result<(), GraphError> {
        match self.operands(node)? {
            Operands::Constant(x, c) if c.values.iter().all(|&c| c != 0.0) => {
                self.affine(node, &x, &c.map(|c| 1.0 / c), &Constant::scalar(0.0))
            }
            Operands::Constant(..) => Err(node.refused("it divides by zero")),
            _ => Err(node.refused("only division by a constant is supported")),
        }
    }

    /// `BatchNormalization` as used in inference: `(x - mean) / √(var + ε) · scale + bias`.
    pub(super) fn batch_normalization(&mut self, node: Node<'a>) -> Result<(), GraphError> {
        if node.int("training_mode").unwrap_or(0) != 0 {
            return Err(node.refused("it is in training mode; export the model for inference"));
        }
        let x = self.view(node, 0)?;
        let channels = *x.shape.get(1).ok_or_else(|| {
            node.refused(&format!(
                "its operand has shape {:?}, without channels",
                x.shape
            ))
        })?;
        let mut parameters = Vec::new();
        for index in 1..5 {
            let parameter = self.needed_constant(node, index)?;
            if parameter.values.len() != channels {
                return Err(node.refused(&format!(
                    "operand {index} has {} elements for {channels} channels",
                    parameter.values.len()
                )));
            }
            parameters.push(parameter.values);
        }
        let epsilon = node.float("epsilon").unwrap_or(1e-5);
        let of = |channel: usize| {
            let [scale, bias, mean, variance] = [0, 1, 2, 3].map(|p| parameters[p][channel]);
            let factor = scale / (variance + epsilon).sqrt();
            (factor, bias - mean * factor)
        };
        let (scale, offset): (Vec<f64>, Vec<f64>) = (0..channels).map(of).unzip();
        if scale.iter().any(|factor| !factor.is_finite()) {
            return Err(node.refused("a variance is negative, or zero with epsilon 0"));
        }
        // Channels are axis 1.
        let mut shape = vec![1; x.shape.len() - 1];
        shape[0] = channels;
        let constant = |values| Constant {
            shape: shape.clone(),
            values,
        };
        self.affine(node, &x, &constant(scale), &constant(offset))
    }

    /// `Relu`.
    pub(super) fn relu(&mut self, node: Node<'a>) -> Result<(), GraphError> {
        self.elementwise(node, Op::RELU)
    }

    /// `Clip` with constant ends; either may be missing.
    pub(super) fn clip(&mut self, node: Node<'a>) -> Result<(), GraphError> {
        let mut ends = [
            node.float("min").unwrap_or(f64::NEG_INFINITY),
            node.float("max").unwrap_or(f64::INFINITY),
        ];
        for (index, end) in [1, 2].into_iter().zip(&mut ends) {
            if node.has_input(index) {
                *end = match self.needed_constant(node, index)?.values[..] {
                    [value] => value,
                    _ => return Err(node.refused(&format!("operand {index} is not one number"))),
                };
            }
        }
        // Exporters write "no end" as the largest number of the type.
        let [lo, hi] = ends.map(|end| match end.abs() >= f64::from(f32::MAX) {
            true => end.signum() * f64::INFINITY,
            false => end,
        });
        if lo >= hi {
            return Err(node.refused(&format!("its ends {lo} and {hi} do not ascend")));
        }
        self.elementwise(node, Op::Clamp { lo, hi })
    }

    /// `Concat` of computed values.
    pub(super) fn concat(&mut self, node: Node<'a>) -> Result<(), GraphError> {
        let count = node.0.input.len();
        let views = (0..count)
            .map(|i| self.view(node, i))
            .collect::<Result<Vec<_>, _>>()?;
        let rank = views.first().map_or(0, |view| view.shape.len()) as i64;
        let given = node.int("axis").unwrap_or(1);
        let axis = if given < 0 { given + rank } else { given };
        let axis = usize::try_from(axis).ok().filter(|_| axis < rank);
        let Some(axis) = axis.and_then(|a| a.checked_sub(usize::from(self.batched))) else {
            return Err(node.refused(&format!("axis {given} of values with {rank} axes")));
        };
        if count < 2 {
            return self.pass(node);
        }
        // In stored order where all operands agree on it, else each in its own.
        let mut axes: Vec<_> = views.iter().map(|view| self.axes(view)).collect();
        axes.dedup();
        let (views, axes) = match axes[..] {
            [Some(ref axes)] => (views, axes.clone()),
            _ => {
                let settled = views.iter().map(|view| self.settle(node, view));
                (
                    settled.collect::<Result<Vec<_>, _>>()?,
                    (0..rank as usize - usize::from(self.batched)).collect(),
                )
            }
        };
        let along = axes[axis];
        let mut shape = self.stored_shape(views[0].value).to_vec();
        for view in &views[1..] {
            let next = self.stored_shape(view.value);
            let agrees = next.len() == shape.len()
                && (0..shape.len()).all(|a| a == along || next[a] == shape[a]);
            if !agrees {
                return Err(node.refused(&format!(
                    "values of shapes {:?} and {:?} along axis {given}",
                    views[0].shape, view.shape
                )));
            }
            shape[along] += next[along];
        }
        let inputs = views.iter().map(|view| view.value).collect();
        let value = self.push(node, Op::Concat { axis: along }, inputs, shape);
        let view = self.along(value, &axes);
        self.define(node, Value::Computed(view))
    }

    /// An operator on each element, in stored order.
    fn elementwise(&mut self, node: Node<'a>, op: Op) -> Result<(), GraphError> {
        let view = self.view(node, 0)?;
        let shape = self.stored_shape(view.value).to_vec();
        let value = self.push(node, op, vec![view.value], shape);
        self.define(node, Value::Computed(View { value, ..view }))
    }

    fn add_computed(&mut self, node: Node<'a>, left: View, right: View) -> Result<(), GraphError> {
        if left.shape != right.shape {
            return Err(node.refused(&format!(
                "it adds values of shapes {:?} and {:?}; they must be equal",
                left.shape, right.shape
            )));
        }
        let alike = left.order == right.order
            && self.stored_shape(left.value) == self.stored_shape(right.value);
        let (left, right) = match alike {
            true => (left, right),
            false => (self.settle(node, &left)?, self.settle(node, &right)?),
        };
        let shape = self.stored_shape(left.value).to_vec();
        let value = self.push(node, Op::Add, vec![left.value, right.value], shape);
        self.define(node, Value::Computed(View { value, ..left }))
    }

    /// `scale · x + offset` with constants that are broadcast; in each stored channel they must
    /// not vary.
    fn affine(
        &mut self,
        node: Node<'a>,
        x: &View,
        scale: &Constant,
        offset: &Constant,
    ) -> Result<(), GraphError> {
        let shape = self.stored_shape(x.value).to_vec();
        let len = shape[1..].iter().product::<usize>().max(1);
        let per_channel = |constant: &Constant| {
            let all = constant.broadcast(&x.shape).ok_or_else(|| {
                node.refused(&format!(
                    "a constant of shape {:?} meets a value of shape {:?}",
                    constant.shape, x.shape
                ))
            })?;
            let mut channels: Vec<Option<f64>> = vec![None; shape[0]];
            for (index, value) in all.into_iter().enumerate() {
                let channel = &mut channels[x.stored(index) / len];
                if channel.is_some_and(|known| known != value) {
                    return Err(node.refused(
                        "its constant varies within a channel; only one number per channel is \
                         supported",
                    ));
                }
                *channel = Some(value);
            }
            Ok(channels.into_iter().flatten().collect())
        };
        let (scale, offset) = (per_channel(scale)?, per_channel(offset)?);
        let value = self.push(node, Op::Affine { scale, offset }, vec![x.value], shape);
        self.define(node, Value::Computed(View { value, ..x.clone() }))
    }

    fn operands(&self, node: Node<'a>) -> Result<Operands, GraphError> {
        let constants = (
            self.constant_operand(node, 0)?,
            self.constant_operand(node, 1)?,
        );
        Ok(match constants {
            (None, None) => Operands::Computed(self.view(node, 0)?, self.view(node, 1)?),
            (None, Some(c)) => Operands::Constant(self.view(node, 0)?, c),
            (Some(c), None) => Operands::ConstantFirst(c, self.view(node, 1)?),
            (Some(_), Some(_)) => return Err(node.refused("both operands are constants")),
        })
    }
}

/// What the two operands of an arithmetic operator are.
enum Operands {
    Computed(View, View),
    Constant(View, Constant),
    ConstantFirst(Constant, View),
}
