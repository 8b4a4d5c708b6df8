//! The public context.
//!
//! # Soundness
//! Nothing is computed from the context; the proof only has to stop being valid when the context
//! is another one. A public input that occurs in no row is malleable: its point in the verifying
//! key would be the identity and any value would verify. One row, `context · context = square`
//! with a witness `square`, makes it occur; the square is determined by it.
//!
//! # Constraints
//! One.

use ark_bn254::Fr;

use crate::{
    combination::Combination, error::CircuitError, origin::Origin, r1cs::R1cs, witness::Writer,
};

/// Column of the context in the instance.
pub const CONTEXT_COLUMN: u32 = 1;

/// Constraints of the gadget.
pub const CONSTRAINTS: usize = 1;

/// Writes the row.
pub(crate) fn enforce(r1cs: &mut R1cs) -> Result<(), CircuitError> {
    let square = r1cs.allocate()?;
    let context = Combination::column(CONTEXT_COLUMN);
    r1cs.enforce(
        &context,
        &context,
        &Combination::column(square),
        Origin::Context,
    )
}

/// Writes the witness.
pub(crate) fn assign(context: Fr, writer: &mut Writer) {
    writer.product(context, context);
}
