//! From the operations of a model to rows and steps of the witness pass.

mod gadgets;

use lattice_tensor::{Interval, Model, Op, Patches, Shape, ValueId, Windows};

use crate::{
    budget::Budget,
    builder::{intersection, Builder},
    combination::Element,
    error::CircuitError,
    fusion::{fusions, Fusion},
    gadgets::{average::Divisor, convolution, graph, pool::covered},
    step::{Step, Wire},
};

/// The elements of a value, row-major, and what each can be.
#[derive(Clone, Debug, Default)]
pub(crate) struct Value {
    pub(crate) elements: Vec<Element>,
    pub(crate) bounds: Vec<Interval>,
}

impl Value {
    /// Memory and time to read all elements: their terms, and one more for each constant.
    pub(crate) fn terms(&self) -> u64 {
        let terms: usize = self.elements.iter().map(|e| e.terms().len()).sum();
        (terms + self.elements.len()) as u64
    }
}

/// A graph that is being written.
pub(crate) struct Lowering<'a> {
    model: &'a Model,
    pub(crate) builder: Builder,
    budget: Budget,
    /// By value id; a value is dropped after its last use, since a dense layer's combinations
    /// are long.
    values: Vec<Value>,
    last_use: Vec<usize>,
    fusions: Vec<Option<Fusion>>,
    /// Operations that a fusion has written already.
    written: Vec<bool>,
    pub(crate) lengths: Vec<usize>,
    pub(crate) steps: Vec<Step>,
    scratch: usize,
}

impl<'a> Lowering<'a> {
    /// Starts with the elements of the input.
    pub(crate) fn new(model: &'a Model, builder: Builder, input: Vec<Element>) -> Self {
        let count = model.ops().len() + 1;
        let lengths = (0..count).map(|value| model.shape(value as ValueId).len());
        let mut lowering = Self {
            model,
            builder,
            budget: Budget::default(),
            values: vec![Value::default(); count],
            last_use: last_uses(model.ops()),
            fusions: fusions(model),
            written: vec![false; model.ops().len()],
            lengths: lengths.collect(),
            steps: Vec::new(),
            scratch: 0,
        };
        lowering.values[0] = lowering.bounded(0, input);
        lowering
    }

    /// Writes all operations; returns the elements of the output.
    pub(crate) fn run(&mut self) -> Result<Vec<Element>, CircuitError> {
        for op in 0..self.model.ops().len() {
            if !self.written[op] {
                let fusion = self.fusions[op].take();
                if !self.fuse(op, fusion)? {
                    self.operation(op)?;
                }
            }
            for value in self.model.ops()[op].inputs() {
                if self.last_use[usize::from(value)] == op {
                    self.values[usize::from(value)] = Value::default();
                }
            }
        }
        // The output is read by nothing, and a model without operations has only its input.
        let output = usize::from(self.model.output());
        Ok(std::mem::take(&mut self.values[output].elements))
    }

    /// Elements of a value with their bounds: the channel's, and those of the element's own
    /// terms, which are narrower at a border.
    fn bounded(&self, value: ValueId, elements: Vec<Element>) -> Value {
        let channels = self.model.bounds(value);
        let len = elements.len();
        let bounds = elements.iter().enumerate().map(|(position, element)| {
            let channel = graph::channel(self.model, value, position, len);
            intersection(channels[channel], self.builder.interval(element))
        });
        Value {
            bounds: bounds.collect(),
            elements,
        }
    }

    /// Writes one operation.
    fn operation(&mut self, op: usize) -> Result<(), CircuitError> {
        let model = self.model;
        let target = (op + 1) as ValueId;
        let operation = &model.ops()[op];
        self.charge(op, operation)?;
        let value = |id: &ValueId| self.values[usize::from(*id)].elements.as_slice();
        let elements = match operation {
            Op::Linear {
                input,
                weight,
                bias,
            } => {
                let bias = bias.map(|bias| model.bias(bias));
                graph::linear(op, value(input), model.weight(*weight), bias)?
            }
            Op::Conv2d(conv) => {
                let bias = conv.bias.map(|bias| model.bias(bias));
                let patches = Patches::of(model, conv).ok_or(CircuitError::TooLarge)?;
                let weight = model.weight(conv.weight);
                convolution::convolution(op, &patches, value(&conv.input), weight, bias)?
            }
            Op::Add {
                left,
                right,
                left_shift,
                right_shift,
            } => graph::add(op, value(left), value(right), (*left_shift, *right_shift))?,
            Op::Flatten { input } | Op::Reshape { input, .. } => value(input).to_vec(),
            Op::Concat { inputs, axis } => {
                let inputs: Vec<_> = inputs
                    .iter()
                    .map(|id| (value(id), model.shape(*id)))
                    .collect();
                graph::concat(&inputs, *axis)
            }
            Op::Requantize { input, .. } | Op::Relu { input } => {
                let source = std::mem::take(&mut self.values[usize::from(*input)]);
                let wire = Wire::Value(usize::from(*input));
                let result = self.saturate(op, &source, wire, Some(target));
                self.values[usize::from(*input)] = source;
                self.values[usize::from(target)] = result?;
                return Ok(());
            }
            Op::MaxPool2d(pool) => {
                let windows = windows(model.shape(pool.input), pool.kernel, pool.placement)?;
                let source = std::mem::take(&mut self.values[usize::from(pool.input)]);
                let wire = Wire::Value(usize::from(pool.input));
                let tree = self.max_tree(op, &windows, &source, true)?;
                let result = self.maxima(op, tree, &source, wire, Some(target));
                self.values[usize::from(pool.input)] = source;
                self.values[usize::from(target)] = result?;
                return Ok(());
            }
            Op::AvgPool2d(pool) => {
                let windows = windows(model.shape(pool.input), pool.kernel, pool.placement)?;
                let divisor = Divisor::new(pool.average);
                return self.average(op, pool.input, covered(&windows), divisor);
            }
            Op::GlobalAvgPool(pool) => {
                let window = (0..model.shape(pool.input).channel_len()).collect();
                return self.average(op, pool.input, vec![window], Divisor::new(pool.average));
            }
            Op::ArgMax { input } => {
                let source = std::mem::take(&mut self.values[usize::from(*input)]);
                let result = self.arg_max(op, *input, &source);
                self.values[usize::from(*input)] = source;
                vec![result?]
            }
        };
        self.values[usize::from(target)] = self.bounded(target, elements);
        Ok(())
    }

    /// Charges the budget for an operation.
    fn charge(&mut self, op: usize, operation: &Op) -> Result<(), CircuitError> {
        let model = self.model;
        let read = |id: ValueId| self.values[usize::from(id)].terms();
        let terms = match operation {
            Op::Linear { input, weight, .. } => {
                let columns = model.shape(*input).len().max(1);
                let rows = model.weight(*weight).len() / columns;
                read(*input).saturating_mul(rows as u64)
            }
            Op::Conv2d(conv) => {
                let patches = Patches::of(model, conv).ok_or(CircuitError::TooLarge)?;
                convolution::terms(&patches, &self.values[usize::from(conv.input)].elements)
            }
            // An element is read for each window that covers it.
            Op::MaxPool2d(pool) => {
                read(pool.input).saturating_mul(overlap(pool.kernel, pool.placement.stride))
            }
            Op::AvgPool2d(pool) => {
                read(pool.input).saturating_mul(overlap(pool.kernel, pool.placement.stride))
            }
            operation => operation
                .inputs()
                .into_iter()
                .fold(0, |sum: u64, value| sum.saturating_add(read(value))),
        };
        self.budget.charge(op, terms)
    }

    /// Writes a chain and its pool, the pool first, if that takes fewer rows. Returns whether it
    /// did.
    fn fuse(&mut self, op: usize, fusion: Option<Fusion>) -> Result<bool, CircuitError> {
        let (
            model,
            Some(Fusion {
                source,
                chain,
                pool,
            }),
        ) = (self.model, fusion)
        else {
            return Ok(false);
        };
        let Op::MaxPool2d(max) = &model.ops()[pool] else {
            return Ok(false);
        };
        let windows = windows(model.shape(source), max.kernel, max.placement)?;
        let terms = self.values[usize::from(source)].terms();
        let factor = overlap(max.kernel, max.placement.stride);
        self.budget.charge(pool, terms.saturating_mul(factor))?;
        let value = std::mem::take(&mut self.values[usize::from(source)]);
        let tree = self.max_tree(pool, &windows, &value, true)?;
        let apart = self.saturated(source, &chain, &value.bounds)?;
        let apart_pool = Value {
            elements: Vec::new(),
            bounds: apart.1,
        };
        let apart_tree = self.max_tree(pool, &windows, &apart_pool, false)?;
        let together = self.saturated(source, &chain, &tree.bounds(&value.bounds))?;
        let is_fewer = tree.constraints() + together.0 < apart.0 + apart_tree.constraints();
        if is_fewer {
            let wire = Wire::Value(usize::from(source));
            let mut result = self.maxima(pool, tree, &value, wire, None)?;
            for &op in &chain {
                let target = (Some(&op) == chain.last()).then_some((pool + 1) as ValueId);
                let wire = Wire::Scratch(self.scratch - 1);
                result = self.saturate(op, &result, wire, target)?;
                self.written[op] = true;
            }
            self.written[pool] = true;
            self.values[pool + 1] = result;
        }
        debug_assert_eq!(chain.first(), Some(&op));
        self.values[usize::from(source)] = value;
        Ok(is_fewer)
    }
}

/// The windows of a pool of a model, which has been checked.
fn windows(
    image: &Shape,
    kernel: [u8; 2],
    placement: lattice_tensor::Placement,
) -> Result<Windows, CircuitError> {
    let &[_, height, width] = image.dims() else {
        return Err(CircuitError::TooLarge);
    };
    Windows::meeting([height, width], kernel.map(u32::from), placement)
        .map_err(|_| CircuitError::TooLarge)
}

/// Windows that cover an element, at most, and as many differences of neighbours.
fn overlap(kernel: [u8; 2], stride: [u8; 2]) -> u64 {
    let each = kernel.iter().zip(stride).map(|(&kernel, stride)| {
        let windows = u64::from(kernel).div_ceil(u64::from(stride).max(1));
        windows + 1
    });
    each.product()
}

/// The last operation that reads each value.
fn last_uses(ops: &[Op]) -> Vec<usize> {
    let mut last = vec![usize::MAX; ops.len() + 1];
    for (op, operation) in ops.iter().enumerate() {
        for value in operation.inputs() {
            last[usize::from(value)] = op;
        }
    }
    last
}
