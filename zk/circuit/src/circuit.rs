//! A model's circuit: rows for the key, and a plan for the witness.

use lattice_tensor::{Model, Op, Trace, ValueId};
use lattice_verifier::FieldBytes;

use crate::{
    builder::Builder,
    error::{AssignError, CircuitError},
    gadgets::{
        commitment::{Commitment, Packing},
        context,
        lookup::Digits,
        range::RangeCheck,
    },
    lowering::Lowering,
    plan::Plan,
    r1cs::R1cs,
    synthesizer::Synthesizer,
    witness::Assignment,
};

/// Column of the input commitment in the instance.
pub const INPUT_COMMITMENT_COLUMN: u32 = 2;
/// Column of the output commitment in the instance.
pub const OUTPUT_COMMITMENT_COLUMN: u32 = 3;

/// How a circuit checks that integers are within ranges.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RangeChecks {
    /// A row per bit. The proof is plain Groth16.
    Bits,
    /// A row per digit of up to twelve bits and two tables' worth of rows; see
    /// [`lookup`](crate::gadgets::lookup). The proof has a commitment.
    Lookups,
}

impl RangeChecks {
    /// What is quicker to prove: lookups if the model has at least
    /// [`MIN_LOOKED_UP`](Self::MIN_LOOKED_UP) elements to check, bits if it has fewer.
    pub fn of(model: &Model) -> Self {
        let checked = model.ops().iter().enumerate().map(|(op, operation)| {
            let is_checked = matches!(
                operation,
                Op::Requantize { .. }
                    | Op::Relu { .. }
                    | Op::MaxPool2d(_)
                    | Op::AvgPool2d(_)
                    | Op::GlobalAvgPool(_)
            );
            match is_checked {
                true => model.shape((op + 1) as ValueId).len(),
                false => 0,
            }
        });
        let elements = model.input_len() + checked.sum::<usize>();
        match elements < Self::MIN_LOOKED_UP {
            true => Self::Bits,
            false => Self::Lookups,
        }
    }

    /// Elements from which lookups pay for their tables.
    pub const MIN_LOOKED_UP: usize = 2048;
}

/// The circuit of one model.
///
/// Columns: the constant one, the context, the input commitment, the output commitment, with lookups
/// the challenge; then the witness in the order context, input, operations, multiplicities of the
/// tables, input commitment, output commitment, inverses of lookups and tables.
#[derive(Clone, Debug)]
pub struct Circuit {
    r1cs: R1cs,
    plan: Plan,
}

impl Circuit {
    /// Builds the circuit of a model.
    ///
    /// # Errors
    /// [`CircuitError::WidthTooLarge`] if a decomposition would leave the range of its soundness
    /// argument, and [`CircuitError::TooManyTerms`], before they are written, for more terms than
    /// [`MAX_TERMS`](crate::MAX_TERMS).
    pub fn build(model: &Model) -> Result<Self, CircuitError> {
        Self::with_range_checks(model, RangeChecks::of(model))
    }

    /// Builds the circuit of a model with range checks of a kind; a chain knows only those of
    /// [`Circuit::build`].
    ///
    /// # Errors
    /// As [`Circuit::build`].
    pub fn with_range_checks(model: &Model, checks: RangeChecks) -> Result<Self, CircuitError> {
        let (mut r1cs, digits) = match checks {
            RangeChecks::Bits => (R1cs::default(), None),
            RangeChecks::Lookups => (R1cs::with_challenge(), Some(Digits::of(model))),
        };
        context::enforce(&mut r1cs)?;
        let mut builder = Builder::new(r1cs, digits);
        let range = RangeCheck::new(&model.input_range(), model.input_len(), digits);
        let input = range.enforce(&mut builder)?;
        let input_commitment =
            Commitment::new(Packing::Input(model.input_range()), model.input_len());
        let output_commitment = Commitment::new(Packing::Output, model.output_len());

        let mut lowering = Lowering::new(model, builder, input.clone());
        // A model without operations commits to its input twice.
        let output = lowering.run()?;
        let Lowering {
            mut builder,
            lengths,
            steps,
            ..
        } = lowering;
        let multiplicities = builder.multiplicities()?;
        let first = builder.first();
        let Builder {
            mut r1cs, lookups, ..
        } = builder;
        let small_columns = first..r1cs.columns();
        input_commitment.enforce(&mut r1cs, &input, INPUT_COMMITMENT_COLUMN)?;
        output_commitment.enforce(&mut r1cs, &output, OUTPUT_COMMITMENT_COLUMN)?;
        if let Some(lookups) = &lookups {
            r1cs.commit_to(small_columns.clone())?;
            lookups.enforce(&mut r1cs, &multiplicities)?;
        }
        let plan = Plan {
            lengths,
            range,
            steps,
            input: input_commitment,
            output: output_commitment,
            small_columns,
            lookups: lookups.map(|lookups| lookups.plan()),
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
