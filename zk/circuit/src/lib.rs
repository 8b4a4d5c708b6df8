//! From a quantized model to a rank-1 constraint system over the BN254 scalar field.
//!
//! ```text
//! Model ──▶ Circuit::build ──▶ R1cs (rows a, b, c)  ──▶ key generation (Synthesizer)
//!                        └──▶ Plan ──(Trace)──▶ Assignment ──▶ prover
//! ```
//!
//! | module | what |
//! |---|---|
//! | [`circuit`] | [`Circuit::build`] |
//! | [`budget`] | how much a circuit may take to write down |
//! | [`plan`] | [`Plan`]: the witness pass |
//! | [`gadgets`] | one file per gadget: rows, witness, soundness argument, constraint count |
//! | [`combination`] | linear combinations over the field and over the integers |
//! | [`r1cs`] | the sparse matrices |
//! | [`origin`] | which gadget a row belongs to |
//! | [`witness`] | [`Assignment`]: the values and the evaluated rows |
//! | [`synthesizer`] | adapter to arkworks' generator |
//!
//! # What a satisfied circuit says
//! There are an input in the declared range and two blindings such that the input and the model's
//! output on it have the committed values, in the context of the statement. The model's weights
//! are coefficients: another model is another circuit.
//!
//! # What keeps it cheap
//! * Linear layers are combinations and cost no rows. Every row is a booleanity, a step of a
//!   comparison, a product or an S-box.
//! * No row exists only to name a value: the lowest bit of a decomposition and the last S-box of
//!   a commitment are combinations.
//! * Witness values are bits and small non-negative numbers, except in Poseidon.
//! * [`Assignment`] carries `⟨a, z⟩` and `⟨b, z⟩`, computed from the trace: the prover multiplies
//!   no matrix, however dense the layers.
//!
//! There are no hints: every witness variable is determined by the input and the blindings (the
//! range check's overlapping bit patterns aside, see [`gadgets::range`]).

pub mod budget;
mod builder;
pub mod circuit;
pub mod combination;
pub mod error;
mod fusion;
pub mod gadgets;
mod lowering;
pub mod origin;
pub mod plan;
pub mod r1cs;
mod step;
pub mod synthesizer;
pub mod witness;

#[cfg(test)]
mod tests;

pub use budget::MAX_TERMS;
pub use circuit::Circuit;
pub use error::{AssignError, CircuitError};
pub use origin::Origin;
pub use plan::Plan;
pub use r1cs::{R1cs, Side};
pub use synthesizer::Synthesizer;
pub use witness::Assignment;
