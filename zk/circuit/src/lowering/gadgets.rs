//! The operations that take rows: saturations, maxima, averages and the index of the largest.

use lattice_tensor::{Interval, Op, ValueId, Windows};

use super::{Lowering, Value};
use crate::{
    builder::intersection,
    combination::Element,
    error::CircuitError,
    gadgets::{
        arg_max::ArgMax,
        average::Divisor,
        graph,
        pool::MaxTree,
        saturate::{Saturation, Unit, MAX_WIDTH},
    },
    step::{Step, Task, Wire},
};

impl Lowering<'_> {
    /// Rows of a chain of saturations of elements within bounds, and the bounds of the results.
    pub(super) fn saturated(
        &self,
        source: ValueId,
        chain: &[usize],
        bounds: &[Interval],
    ) -> Result<(usize, Vec<Interval>), CircuitError> {
        let mut bounds = bounds.to_vec();
        let mut rows = 0;
        let digits = self.builder.digits();
        for &op in chain {
            for (position, of) in (0..bounds.len()).zip(bounds.clone()) {
                let channel = graph::channel(self.model, source, position, bounds.len());
                let spec = saturation(&self.model.ops()[op], channel);
                let unit =
                    Unit::plan(spec, of, digits).map_err(|width| too_wide(op, channel, width))?;
                rows += unit.constraints();
                bounds[position] = spec.image(of);
            }
        }
        Ok((rows, bounds))
    }

    /// Writes the saturation of every element of a value.
    pub(super) fn saturate(
        &mut self,
        op: usize,
        source: &Value,
        wire: Wire,
        target: Option<ValueId>,
    ) -> Result<Value, CircuitError> {
        let operation = &self.model.ops()[op];
        let input = operation.inputs()[0];
        let len = source.elements.len();
        let model = self.model;
        let spec = |position| {
            let channel = graph::channel(model, input, position, len);
            (saturation(operation, channel), channel)
        };
        self.units(op, source, wire, target, spec)
    }

    /// Writes a saturation of every element, each with its own specification and channel.
    fn units(
        &mut self,
        op: usize,
        source: &Value,
        wire: Wire,
        target: Option<ValueId>,
        spec: impl Fn(usize) -> (Saturation, usize),
    ) -> Result<Value, CircuitError> {
        let mut units = Vec::with_capacity(source.elements.len());
        let mut result = Value::default();
        let digits = self.builder.digits();
        for (position, (element, &of)) in source.elements.iter().zip(&source.bounds).enumerate() {
            let (spec, channel) = spec(position);
            let unit =
                Unit::plan(spec, of, digits).map_err(|width| too_wide(op, channel, width))?;
            result.elements.push(match unit {
                Unit::Constant(value) => Element::constant(value),
                Unit::Identity => element.clone(),
                Unit::Gadget(gadget) => {
                    gadget.enforce(&mut self.builder, element, op as u16, position as u32)?
                }
                Unit::LookedUp(gadget) => {
                    gadget.enforce(&mut self.builder, element, op as u16, position as u32)?
                }
            });
            result.bounds.push(spec.image(of));
            units.push(unit);
        }
        self.step(op, wire, target, Task::Saturation(units));
        Ok(result)
    }

    /// Plans the maxima over windows; `exact` looks at differences of elements.
    pub(super) fn max_tree(
        &self,
        op: usize,
        windows: &Windows,
        value: &Value,
        exact: bool,
    ) -> Result<MaxTree, CircuitError> {
        let unknown = Interval {
            lo: i64::MIN,
            hi: i64::MAX,
        };
        let difference = |left: usize, right: usize| {
            if exact {
                let elements = &value.elements;
                self.builder.difference(&elements[left], &elements[right])
            } else {
                unknown
            }
        };
        MaxTree::plan(windows, &value.bounds, &difference, self.builder.digits())
            .map_err(|(position, width)| too_wide(op, position / windows.image_len().max(1), width))
    }

    /// Writes maxima over windows.
    pub(super) fn maxima(
        &mut self,
        op: usize,
        tree: MaxTree,
        source: &Value,
        wire: Wire,
        target: Option<ValueId>,
    ) -> Result<Value, CircuitError> {
        let result = Value {
            elements: tree.enforce(&mut self.builder, &source.elements, op as u16)?,
            bounds: tree.bounds(&source.bounds),
        };
        self.step(op, wire, target, Task::Maximum(tree));
        Ok(result)
    }

    /// Writes an average over windows of each channel.
    pub(super) fn average(
        &mut self,
        op: usize,
        input: ValueId,
        covered: Vec<Vec<usize>>,
        divisor: Divisor,
    ) -> Result<(), CircuitError> {
        let source = &self.values[usize::from(input)];
        let image = self.model.shape(input).channel_len().max(1);
        let (elements, bounds) =
            divisor.products(op, &covered, image, &source.elements, &source.bounds)?;
        let bounds = elements.iter().zip(bounds);
        let bounds = bounds.map(|(e, of)| intersection(of, self.builder.interval(e)));
        let products = Value {
            bounds: bounds.collect(),
            elements,
        };
        let wire = Wire::Value(usize::from(input));
        let windows = covered.len().max(1);
        let task = Task::Products {
            divisor,
            covered,
            image,
        };
        self.step(op, wire, None, task);
        let wire = Wire::Scratch(self.scratch - 1);
        let target = (op + 1) as ValueId;
        let spec = |position| (divisor.saturation(), position / windows);
        let result = self.units(op, &products, wire, Some(target), spec)?;
        self.values[usize::from(target)] = result;
        Ok(())
    }

    /// Writes the index of the largest element.
    pub(super) fn arg_max(
        &mut self,
        op: usize,
        input: ValueId,
        source: &Value,
    ) -> Result<Element, CircuitError> {
        let elements = &source.elements;
        let difference =
            |left: usize, right: usize| self.builder.difference(&elements[left], &elements[right]);
        let plan = ArgMax::plan(&source.bounds, &difference)
            .map_err(|(position, width)| too_wide(op, position, width))?;
        let index = plan.enforce(&mut self.builder, elements, op as u16)?;
        let wire = Wire::Value(usize::from(input));
        self.step(op, wire, Some((op + 1) as ValueId), Task::ArgMax(plan));
        Ok(index)
    }

    /// Adds a step of the witness pass.
    fn step(&mut self, op: usize, source: Wire, target: Option<ValueId>, task: Task) {
        let target = match target {
            Some(value) => Wire::Value(value.into()),
            None => {
                self.scratch += 1;
                Wire::Scratch(self.scratch - 1)
            }
        };
        self.steps.push(Step {
            op,
            source,
            target,
            task,
        });
    }
}

/// The function of a Requantize or ReLU on a channel.
fn saturation(operation: &Op, channel: usize) -> Saturation {
    match operation {
        Op::Requantize { shifts, clamp, .. } => Saturation::requantize(shifts[channel], *clamp),
        _ => Saturation::relu(),
    }
}

fn too_wide(op: usize, channel: usize, width: u32) -> CircuitError {
    CircuitError::WidthTooLarge {
        op,
        channel,
        width,
        limit: MAX_WIDTH,
    }
}
