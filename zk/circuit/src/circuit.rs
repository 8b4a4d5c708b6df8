//! A model's circuit: rows for the key, and a plan for the witness.

use lattice_tensor::{Model, Op, Trace, ValueId};
use lattice_verifier::FieldBytes;

use crate::{
    budget::Budget,
    combination::Element,
    error::{AssignError, CircuitError},
    gadgets::{
        commitment::{Commitment, Packing},
        context, graph,
        range::RangeCheck,
        saturate::{Saturation, Unit, MAX_WIDTH},
        Elements,
    },
    plan::{Plan, SaturationStep},
    r1cs::R1cs,
    synthesizer::Synthesizer,
    witness::Assignment,
};

/// Column of the input commitment in the instance.
pub const INPUT_COMMITMENT_COLUMN: u32 = 2;
/// Column of the output commitment in the instance.
pub const OUTPUT_COMMITMENT_COLUMN: u32 = 3;

/// The circuit of one model.
///
/// Columns: the constant one, the context, the input commitment, the output commitment; then the
/// witness in the order context, input bits, operations, input commitment, output commitment.
#[derive(Clone, Debug)]
pub struct Circuit {
    r1cs: R1cs,
    plan: Plan,
}

impl Circuit {
    /// Builds the circuit of a model.
    ///
    /// # Errors
    /// [`CircuitError::UnsupportedOp`] for operations without a gadget (ArgMax among them: the
    /// proof is about logits, and an argmax is one line for whoever reads them),
    /// [`CircuitError::WidthTooLarge`] if a decomposition would leave the range of its soundness
    /// argument, and [`CircuitError::TooManyTerms`], before they are written, for more terms than
    /// [`MAX_TERMS`](crate::MAX_TERMS).
    pub fn build(model: &Model) -> Result<Self, CircuitError> {
        let ops = model.ops();
        for (op, operation) in ops.iter().enumerate() {
            if !graph::is_supported(operation) {
                return Err(unsupported(op, operation));
            }
        }
        let mut r1cs = R1cs::default();
        context::enforce(&mut r1cs)?;
        let range = RangeCheck::new(&model.input_range(), model.input_len());
        let input = range.enforce(&mut r1cs)?;
        let input_commitment =
            Commitment::new(Packing::Input(model.input_range()), model.input_len());
        let output_commitment = Commitment::new(Packing::Output, model.output_len());
        let small_start = R1cs::INSTANCES + context::CONSTRAINTS;

        let mut budget = Budget::default();
        let mut lengths = vec![input.len()];
        let mut saturations = Vec::new();
        // Values are dropped after their last use: a dense layer's combinations are long.
        let last_use = last_uses(ops);
        let mut values: Vec<Elements> = vec![input.clone()];
        for (op, operation) in ops.iter().enumerate() {
            budget.charge(op, graph::terms(operation, model, &values))?;
            let result = evaluate(model, &mut r1cs, op, operation, &values, &mut saturations)?;
            lengths.push(result.len());
            values.push(result);
            for value in operation.inputs() {
                if last_use[usize::from(value)] == op {
                    values[usize::from(value)] = Elements::new();
                }
            }
        }
        let small_columns = small_start..r1cs.columns();
        // A model without operations commits to its input twice.
        let output = values.pop().unwrap_or_default();
        input_commitment.enforce(&mut r1cs, &input, INPUT_COMMITMENT_COLUMN)?;
        output_commitment.enforce(&mut r1cs, &output, OUTPUT_COMMITMENT_COLUMN)?;
        let plan = Plan {
            lengths,
            range,
            saturations,
            input: input_commitment,
            output: output_commitment,
            small_columns,
            witnesses: r1cs.witnesses(),
            constraints: r1cs.constraints(),
        };
        Ok(Self { r1cs, plan })
    }

    /// The rows.
    pub fn r1cs(&self) -> &R1cs {
        &self.r1cs
    }

    /// The rows as input to arkworks' generator.
    pub fn synthesizer(&self) -> Synthesizer<'_> {
        Synthesizer(&self.r1cs)
    }

    /// The witness plan.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// The witness plan alone: all that a prover needs, without the matrices.
    pub fn into_plan(self) -> Plan {
        self.plan
    }

    /// [`Plan::assign`].
    pub fn assign(
        &self,
        trace: &Trace,
        context: &FieldBytes,
        input_blinding: &FieldBytes,
        output_blinding: &FieldBytes,
    ) -> Result<Assignment, AssignError> {
        self.plan
            .assign(trace, context, input_blinding, output_blinding)
    }
}

fn unsupported(op: usize, operation: &Op) -> CircuitError {
    CircuitError::UnsupportedOp {
        op,
        name: operation.name(),
    }
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

/// The elements that an operation defines.
fn evaluate(
    model: &Model,
    r1cs: &mut R1cs,
    op: usize,
    operation: &Op,
    values: &[Elements],
    saturations: &mut Vec<SaturationStep>,
) -> Result<Elements, CircuitError> {
    let value = |id: &ValueId| &values[usize::from(*id)];
    match operation {
        Op::Linear {
            input,
            weight,
            bias,
        } => {
            let bias = bias.map(|bias| model.bias(bias));
            graph::linear(op, value(input), model.weight(*weight), bias)
        }
        Op::Add {
            left,
            right,
            left_shift,
            right_shift,
        } => graph::add(op, value(left), value(right), (*left_shift, *right_shift)),
        Op::Flatten { input } | Op::Reshape { input, .. } => Ok(value(input).clone()),
        Op::Concat { inputs, axis } => {
            let inputs: Vec<_> = inputs
                .iter()
                .map(|id| (value(id).as_slice(), model.shape(*id)))
                .collect();
            Ok(graph::concat(&inputs, *axis))
        }
        Op::Requantize {
            input,
            shifts,
            clamp,
        } => {
            let spec = |channel: usize| Saturation {
                // One shift may stand for all channels of a vector of equal scales.
                shift: u32::from(shifts[channel.min(shifts.len() - 1)]),
                lo: clamp.lo.into(),
                hi: Some(clamp.hi.into()),
            };
            saturate(model, r1cs, op, *input, value(input), spec, saturations)
        }
        Op::Relu { input } => {
            let spec = |_| Saturation {
                shift: 0,
                lo: 0,
                hi: None,
            };
            saturate(model, r1cs, op, *input, value(input), spec, saturations)
        }
        other => Err(unsupported(op, other)),
    }
}

/// Plans and writes the saturation of every element of a value.
fn saturate(
    model: &Model,
    r1cs: &mut R1cs,
    op: usize,
    source: ValueId,
    elements: &[Element],
    spec: impl Fn(usize) -> Saturation,
    steps: &mut Vec<SaturationStep>,
) -> Result<Elements, CircuitError> {
    let bounds = model.bounds(source);
    let mut units = Vec::with_capacity(elements.len());
    let mut results = Vec::with_capacity(elements.len());
    for (position, element) in elements.iter().enumerate() {
        let channel = graph::channel(model, source, position, elements.len());
        let interval = &bounds[channel];
        let unit = Unit::plan(spec(channel), interval.lo, interval.hi).map_err(|width| {
            CircuitError::WidthTooLarge {
                op,
                channel,
                width,
                limit: MAX_WIDTH,
            }
        })?;
        results.push(match unit {
            Unit::Constant(value) => Element::constant(value),
            Unit::Identity => element.clone(),
            Unit::Gadget(gadget) => gadget.enforce(r1cs, element, op as u16, position as u32)?,
        });
        units.push(unit);
    }
    steps.push(SaturationStep {
        op,
        source: usize::from(source),
        units,
    });
    Ok(results)
}
