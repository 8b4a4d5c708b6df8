//! The witness pass: from a trace to a full assignment, without synthesis.

use ark_bn254::Fr;
use ark_ff::One;
use lattice_tensor::Trace;
use lattice_verifier::{field, FieldBytes, Statement};
use std::ops::Range;

use crate::{
    error::AssignError,
    gadgets::{commitment::Commitment, context, lookup::LookupPlan, range::RangeCheck},
    r1cs::R1cs,
    step::Step,
    witness::{Assignment, Inverses, Writer},
};

/// How a trace becomes a witness. It holds no matrices, only what each element needs.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Elements of every value, the input included.
    pub(crate) lengths: Vec<usize>,
    pub(crate) range: RangeCheck,
    pub(crate) steps: Vec<Step>,
    pub(crate) input: Commitment,
    pub(crate) output: Commitment,
    pub(crate) small_columns: Range<usize>,
    /// The lookups of a circuit that has a challenge.
    pub(crate) lookups: Option<LookupPlan>,
    pub(crate) witnesses: usize,
    pub(crate) constraints: usize,
}

impl Plan {
    /// Number of witness variables.
    pub fn witnesses(&self) -> usize {
        self.witnesses
    }

    /// Number of rows.
    pub fn constraints(&self) -> usize {
        self.constraints
    }

    /// Columns whose values are bits and other numbers below `2^`[`MAX_WIDTH`] in every honest
    /// witness: the model's. The others are field elements of any size.
    pub fn small_columns(&self) -> Range<usize> {
        self.small_columns.clone()
    }

    /// Number of instance variables, as [`R1cs::instances`].
    pub fn instances(&self) -> usize {
        R1cs::STATEMENT + usize::from(self.lookups.is_some())
    }

    /// Columns that are committed to before the challenge is known, as [`R1cs::committed`].
    pub fn committed(&self) -> Option<Range<usize>> {
        self.lookups.as_ref().map(|_| self.small_columns())
    }

    /// Columns of the lookups' inverses: those of which many hold the same number, since a lookup's
    /// inverse is that of its table's entry. None in a circuit without lookups.
    pub fn inverse_columns(&self) -> Range<usize> {
        let end = self.instances() + self.witnesses;
        let (uses, entries) = match &self.lookups {
            Some(plan) => (plan.uses.len(), plan.entries()),
            None => (0, 0),
        };
        end - entries - uses..end - entries
    }

    /// Turns an execution into a full assignment: one plain pass over the trace, no synthesis. With
    /// lookups the part that depends on the challenge is missing until [`Plan::respond`] adds it.
    ///
    /// `context` and the blindings are canonical little-endian field elements; a blinding is zero
    /// where the chain recomputes the commitment.
    ///
    /// # Errors
    /// Every variant of [`AssignError`]. Linear layers are trusted to be what the executor says (a
    /// wrong accumulator gives a proof that does not verify), and values inside of a chain that a
    /// pool was taken before are not read; everything else is checked.
    pub fn assign(
        &self,
        trace: &Trace,
        context: &FieldBytes,
        input_blinding: &FieldBytes,
        output_blinding: &FieldBytes,
    ) -> Result<Assignment, AssignError> {
        let decode = |bytes: &FieldBytes, what| {
            field::decode(bytes).ok_or(AssignError::NonCanonical { what })
        };
        let context = decode(context, "context")?;
        let input_blinding = decode(input_blinding, "input blinding")?;
        let output_blinding = decode(output_blinding, "output blinding")?;
        self.check_lengths(trace)?;

        let (input, output) = match trace.values.as_slice() {
            [input, .., output] => (input, output),
            [only] => (only, only),
            [] => {
                return Err(AssignError::ValueCount {
                    expected: self.lengths.len(),
                    actual: 0,
                })
            }
        };
        // The commitments depend on the trace alone, so they are computed beside the rest.
        let ((model, input), output) = rayon::join(
            || {
                rayon::join(
                    || self.assign_model(trace, context),
                    || commit(&self.input, input, input_blinding),
                )
            },
            || commit(&self.output, output, output_blinding),
        );
        let (mut writer, lookups) = model?;
        let (input_digest, input) = input?;
        let (output_digest, output) = output?;
        writer.append(input);
        writer.append(output);
        let instance = vec![Fr::one(), context, input_digest, output_digest];
        Ok(self.finish(writer, instance, lookups))
    }

    /// Adds what depends on the challenge, once: the challenge itself and the witness and rows of the
    /// lookups. An assignment of a circuit without lookups stays as it is, and gives nothing.
    pub fn respond(&self, assignment: &mut Assignment, challenge: Fr) -> Option<Inverses> {
        let (Some(plan), Some(entries)) = (&self.lookups, assignment.lookups.take()) else {
            return None;
        };
        let mut writer = Writer::with_capacity(plan.constraints(), plan.constraints());
        let values = plan.assign(&entries, challenge, &mut writer);
        assignment.instance.push(challenge);
        assignment.witness.append(&mut writer.witness);
        assignment.a.append(&mut writer.a);
        assignment.b.append(&mut writer.b);
        debug_assert_eq!(assignment.witness.len(), self.witnesses);
        debug_assert_eq!(assignment.a.len(), self.constraints);
        Some(Inverses { entries, values })
    }

    /// The context, the input, the operations and the multiplicities; and the entry of each lookup.
    fn assign_model(
        &self,
        trace: &Trace,
        context: Fr,
    ) -> Result<(Writer, Option<Vec<u32>>), AssignError> {
        let mut writer = Writer::with_capacity(self.witnesses, self.constraints);
        context::assign(context, &mut writer);
        self.range.assign(&trace.values[0], &mut writer)?;
        let mut scratch = Vec::new();
        for step in &self.steps {
            step.assign(&trace.values, &mut scratch, &mut writer)?;
        }
        let Some(plan) = &self.lookups else {
            return Ok((writer, None));
        };
        let keys = std::mem::take(&mut writer.keys);
        let entries = plan
            .entries_of(&keys)
            .map_err(|lookup| AssignError::NotInTable { lookup })?;
        let counts = plan.multiplicities(&entries).into_iter();
        writer.witness.extend(counts.map(Fr::from));
        Ok((writer, Some(entries)))
    }

    /// Puts the parts together.
    pub(crate) fn finish(
        &self,
        writer: Writer,
        instance: Vec<Fr>,
        lookups: Option<Vec<u32>>,
    ) -> Assignment {
        debug_assert!(lookups.is_some() || writer.witness.len() == self.witnesses);
        debug_assert!(lookups.is_some() || writer.a.len() == self.constraints);
        Assignment {
            statement: Statement {
                context: field::encode(&instance[1]),
                input_commitment: field::encode(&instance[2]),
                output_commitment: field::encode(&instance[3]),
            },
            instance,
            witness: writer.witness,
            a: writer.a,
            b: writer.b,
            lookups,
        }
    }

    fn check_lengths(&self, trace: &Trace) -> Result<(), AssignError> {
        if trace.values.len() != self.lengths.len() {
            return Err(AssignError::ValueCount {
                expected: self.lengths.len(),
                actual: trace.values.len(),
            });
        }
        for (value, (elements, &expected)) in trace.values.iter().zip(&self.lengths).enumerate() {
            if elements.len() != expected {
                return Err(AssignError::ValueLength {
                    value,
                    expected,
                    actual: elements.len(),
                });
            }
        }
        Ok(())
    }
}

fn commit(
    commitment: &Commitment,
    values: &[i32],
    blinding: Fr,
) -> Result<(Fr, Writer), AssignError> {
    let mut writer = Writer::default();
    let digest = commitment.assign(values, blinding, &mut writer)?;
    Ok((digest, writer))
}
