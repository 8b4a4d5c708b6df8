//! The two commitments: Poseidon over packed values and a blinding, equal to
//! [`lattice_verifier::commitment`].
//!
//! Input elements pack as `x − lo` in `k` bits (`k` the bit length of `hi − lo`), `⌊253/k⌋` per
//! field element; outputs as `y + 2^31` in 32 bits, seven per field element; the blinding is the
//! last absorbed element. Packing is linear: it costs nothing.
//!
//! # Soundness
//! A packed element is `Σ 2^{k·i}·d_i` with `0 ≤ d_i < 2^k`: input digits because of the
//! [range check](super::range), output digits because an output is, by induction, the integer
//! that the model computes, and `lattice_tensor` refuses a model whose values could leave
//! `±2^30`. The sum is below `2^253`, hence below the field size, so distinct values give distinct
//! elements and nothing aliases; length and tag sit in the capacity. The blinding is any field
//! element: it has one row of its own kind, the sponge.
//!
//! # Constraints
//! Those of the [sponge](super::poseidon::constraints) over the packed elements and the blinding.

use ark_bn254::Fr;
use ark_ff::{One, Zero};
use lattice_tensor::Range;
use lattice_verifier::commitment::{self, OUTPUT_BITS, TAG_INPUT, TAG_OUTPUT};

use super::poseidon::{self, Sponge};
use crate::{
    combination::{Combination, Element},
    error::{AssignError, CircuitError},
    origin::CommitmentKind,
    r1cs::R1cs,
    witness::Writer,
};

/// How values become digits.
#[derive(Clone, Debug)]
pub(crate) enum Packing {
    /// `x − lo` over a declared range.
    Input(Range),
    /// `y + 2^31`.
    Output,
}

impl Packing {
    /// Bits per digit.
    fn bits(&self) -> u32 {
        match self {
            Self::Input(range) => u32::from(range.hi.abs_diff(range.lo)).ilog2() + 1,
            Self::Output => OUTPUT_BITS,
        }
    }

    /// What is added to a value to make it a digit.
    fn offset(&self) -> i64 {
        match self {
            Self::Input(range) => -i64::from(range.lo),
            Self::Output => 1 << 31,
        }
    }

    /// Digits per field element.
    fn digits(&self) -> usize {
        commitment::per_element(self.bits())
    }

    fn kind(&self) -> (CommitmentKind, u64) {
        match self {
            Self::Input(_) => (CommitmentKind::Input, TAG_INPUT),
            Self::Output => (CommitmentKind::Output, TAG_OUTPUT),
        }
    }
}

/// Constraints of the commitment to an input of `len` elements.
pub fn input_constraints(range: &Range, len: usize) -> usize {
    poseidon::constraints(len.div_ceil(Packing::Input(*range).digits()) + 1)
}

/// Constraints of the commitment to an output of `len` elements.
pub fn output_constraints(len: usize) -> usize {
    poseidon::constraints(len.div_ceil(Packing::Output.digits()) + 1)
}

/// A commitment to a vector of fixed length.
#[derive(Clone, Debug)]
pub(crate) struct Commitment {
    packing: Packing,
    sponge: Sponge,
}

impl Commitment {
    /// Plans a commitment to `len` values.
    pub(crate) fn new(packing: Packing, len: usize) -> Self {
        let (kind, tag) = packing.kind();
        let elements = len.div_ceil(packing.digits()) + 1;
        Self {
            sponge: Sponge::new(kind, tag, len as u64, elements),
            packing,
        }
    }

    /// Writes the rows; the digest is the instance column `digest`.
    pub(crate) fn enforce(
        &self,
        r1cs: &mut R1cs,
        values: &[Element],
        digest: u32,
    ) -> Result<(), CircuitError> {
        let base = Fr::from(1u64 << self.packing.bits());
        let offset = Fr::from(self.packing.offset());
        let mut elements: Vec<Combination> = values
            .chunks(self.packing.digits())
            .map(|chunk| {
                let mut power = Fr::one();
                let mut constant = Fr::zero();
                let mut terms = Vec::new();
                for value in chunk {
                    terms.extend_from_slice(value.scaled(power).terms());
                    constant += offset * power;
                    power *= base;
                }
                terms.extend_from_slice(Combination::constant(constant).terms());
                Combination::from_terms(terms)
            })
            .collect();
        elements.push(Combination::column(r1cs.allocate()?));
        self.sponge.enforce(r1cs, &elements, digest)
    }

    /// Writes the witness; returns the digest.
    pub(crate) fn assign(
        &self,
        values: &[i32],
        blinding: Fr,
        writer: &mut Writer,
    ) -> Result<Fr, AssignError> {
        let mut elements = match &self.packing {
            Packing::Input(range) => commitment::pack_input(values, *range)
                .map_err(|error| AssignError::Commitment(error.to_string()))?,
            Packing::Output => commitment::pack_output(values),
        };
        elements.push(blinding);
        Ok(self.assign_elements(&elements, writer))
    }

    /// Writes the witness for packed elements, the blinding last; returns the digest.
    pub(crate) fn assign_elements(&self, elements: &[Fr], writer: &mut Writer) -> Fr {
        if let Some(&blinding) = elements.last() {
            writer.witness(blinding);
        }
        self.sponge.assign(elements, writer)
    }
}
