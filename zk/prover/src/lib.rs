//! Groth16 proofs of executions: 128 bytes, or 160 with a commitment for models with many range checks.
//!
//! | module | what |
//! |---|---|
//! | [`prover`] | [`Prover`]: one model, its witness plan and its proving key, prepared once |
//! | [`quotient`] | the polynomial `h` from the evaluated rows, in six transforms |
//! | `queries` | the proving key's points, arranged for the sums that a proof needs |
//! | [`fixed_base`] | multi-scalar multiplication with precomputed multiples |
//! | `shared` | sums over columns of which many hold the same number |
//! | `sums` | many sums of points at once, sharing their inversions |
//! | `lanes` | field elements, eight at a time where the processor can |
//! | [`range_checks`] | when range checks are lookups and not bits, with figures |
//! | [`error`] | what can go wrong |
//!
//! A proof is a witness pass over the trace (no matrices, see [`lattice_circuit::Assignment`]), a
//! quotient, and four multi-scalar multiplications. Every proof is verified before it is handed
//! out: on chain a false one costs a slash.
//!
//! `cargo bench -p lattice-prover --bench prove` measures proofs, `--bench components` their parts,
//! and the example `prove` the peak of memory and the throughput of larger models.

pub mod error;
pub mod fixed_base;
mod lanes;
pub mod prover;
mod queries;
pub mod quotient;
pub mod range_checks;
mod shared;
mod sums;

pub use error::{ProveError, ProverError};
pub use prover::{Proof, Prover};
