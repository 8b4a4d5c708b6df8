//! Adapter to arkworks: hands the finished rows to its constraint system, for key generation.

use ark_bn254::Fr;
use ark_relations::gr1cs::{
    ConstraintSynthesizer, ConstraintSystemRef, LinearCombination, SynthesisError, Variable,
};

use crate::r1cs::{R1cs, Side};

/// The rows as arkworks wants them. It only knows shapes: run it in set-up mode.
#[derive(Clone, Copy, Debug)]
pub struct Synthesizer<'a>(pub &'a R1cs);

impl Synthesizer<'_> {
    /// The arkworks variable of a column.
    fn variable(&self, column: usize) -> Variable {
        match column {
            0 => Variable::one(),
            column if column < self.0.instances() => Variable::instance(column),
            column => Variable::witness(column - self.0.instances()),
        }
    }

    fn combination(&self, side: Side, row: usize) -> LinearCombination<Fr> {
        LinearCombination(
            self.0
                .row(side, row)
                .map(|(coefficient, column)| (coefficient, self.variable(column)))
                .collect(),
        )
    }
}

impl ConstraintSynthesizer<Fr> for Synthesizer<'_> {
    fn generate_constraints(self, cs: ConstraintSystemRef<Fr>) -> Result<(), SynthesisError> {
        // The closures give no value: in set-up mode none is asked for, and in any other mode the
        // error says so.
        for _ in 1..self.0.instances() {
            let _ = cs.new_input_variable(|| Err(SynthesisError::AssignmentMissing))?;
        }
        for _ in 0..self.0.witnesses() {
            let _ = cs.new_witness_variable(|| Err(SynthesisError::AssignmentMissing))?;
        }
        for row in 0..self.0.constraints() {
            cs.enforce_r1cs_constraint(
                || self.combination(Side::A, row),
                || self.combination(Side::B, row),
                || self.combination(Side::C, row),
            )?;
        }
        Ok(())
    }
}
