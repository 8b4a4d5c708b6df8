//! What can go wrong when a prover is prepared and when it proves.

use lattice_circuit::{AssignError, CircuitError};
use lattice_verifier::KeyError;
use thiserror::Error;

/// Why there is no prover for a model and a key.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ProverError {
    /// The model has no circuit.
    #[error("circuit: {0}")]
    Circuit(#[from] CircuitError),
    /// The key was made for another circuit.
    #[error(
        "the proving key has {actual} points in its {query} query, the circuit needs {expected}"
    )]
    ForeignKey {
        /// Which part of the key.
        query: &'static str,
        /// Points that the circuit needs.
        expected: usize,
        /// Points that the key has.
        actual: usize,
    },
    /// `delta_g1` is the identity: proofs would not be blinded, and the private witness could be
    /// solved for. Other defects of a hostile key make its proofs fail the prover's own check.
    #[error("the proving key's delta_g1 is the identity, so that its proofs would hide nothing")]
    Unblinded,
    /// The chain would refuse the verifying key.
    #[error("verifying key: {0}")]
    VerifyingKey(KeyError),
    /// The verifying key cannot be encoded or prepared.
    #[error("verifying key: {0}")]
    Encoding(String),
    /// The circuit has more rows than the field has roots of unity.
    #[error("the circuit has {constraints} constraints, more than a domain of the field holds")]
    TooLarge {
        /// Rows of the circuit.
        constraints: usize,
    },
}

/// Why a trace was not proven.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ProveError {
    /// The trace is not an execution of the model.
    #[error("trace: {0}")]
    Assign(#[from] AssignError),
    /// The finished proof does not verify: the trace's linear layers are not the model's, or the
    /// key belongs to another circuit of the same size.
    #[error("the finished proof does not verify: the trace or the key is not this model's")]
    Unsound,
    /// The proof cannot be encoded.
    #[error("encoding the proof: {0}")]
    Encoding(String),
}
