//! Groth16 proofs of executions, 128 bytes each.
//!
//! | module | what |
//! |---|---|
//! | [`prover`] | [`Prover`]: one model, its witness plan and its proving key, prepared once |
//! | [`quotient`] | the polynomial `h` from the evaluated rows, in six transforms |
//! | [`queries`] | the proving key's points, arranged for the sums that a proof needs |
//! | [`fixed_base`] | multi-scalar multiplication with precomputed multiples |
//! | [`error`] | what can go wrong |
//!
//! A proof is a witness pass over the trace (no matrices, see [`lattice_circuit::Assignment`]), a
//! quotient, and four multi-scalar multiplications; arkworks does the field, polynomial and curve
//! arithmetic. Every proof is verified before it is handed out: on chain a false one costs a slash.

pub mod error;
pub mod fixed_base;
pub mod prover;
pub mod queries;
pub mod quotient;

pub use error::{ProveError, ProverError};
pub use prover::{Proof, Prover};
