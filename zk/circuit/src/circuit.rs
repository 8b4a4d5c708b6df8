//! A model's circuit: rows for the key, and a plan for the witness.

use lattice_tensor::{Model, Trace};
use lattice_verifier::FieldBytes;

use crate::{
    builder::Builder,
    error::{AssignError, CircuitError},
    gadgets::{
        commitment::{Commitment, Packing},
        context,
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
    /// [`CircuitError::WidthTooLarge`] if a decomposition would leave the range of its soundness
    /// argument, and [`CircuitError::TooManyTerms`], before they are written, for more terms than
    /// [`MAX_TERMS`](crate::MAX_TERMS).
    pub fn build(model: &Model) -> Result<Self, CircuitError> {
        let mut r1cs = R1cs::default();
        context::enforce(&mut r1cs)?;
        let mut builder = Builder::new(r1cs);
        let range = RangeCheck::new(&model.input_range(), model.input_len());
        let input = range.enforce(&mut builder)?;
        let input_commitment =
            Commitment::new(Packing::Input(model.input_range()), model.input_len());
        let output_commitment = Commitment::new(Packing::Output, model.output_len());

        let mut lowering = Lowering::new(model, builder, input.clone());
        // A model without operations commits to its input twice.
        let output = lowering.run()?;
        let Lowering {
            builder,
            lengths,
            steps,
            ..
        } = lowering;
        let first = builder.first();
        let mut r1cs = builder.r1cs;
        let small_columns = first..r1cs.columns();
        input_commitment.enforce(&mut r1cs, &input, INPUT_COMMITMENT_COLUMN)?;
        output_commitment.enforce(&mut r1cs, &output, OUTPUT_COMMITMENT_COLUMN)?;
        let plan = Plan {
            lengths,
            range,
            steps,
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
