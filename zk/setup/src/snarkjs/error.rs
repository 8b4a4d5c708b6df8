//! Why a file in snarkjs' format is refused.

use crate::SetupError;
use lattice_verifier::{KeyError, PointError, PreparedKeyError, VerifyError, PUBLIC_INPUTS};
use thiserror::Error;

/// Why keys, proofs or public inputs do not go to or come from snarkjs' JSON. Points and numbers
/// carry the name that they have in the file.
#[derive(Debug, Error)]
pub enum SnarkjsError {
    /// A file could not be read or written, is too long, or is no JSON of its kind.
    #[error(transparent)]
    File(#[from] SetupError),
    /// Another proof system than Groth16.
    #[error("protocol \"{0}\": Lattice's proofs are groth16")]
    Protocol(String),
    /// Another curve than BN254, which snarkjs calls bn128.
    #[error("curve \"{0}\": Lattice's proofs are on bn128")]
    Curve(String),
    /// Not the number of public inputs that a Lattice proof has.
    #[error("{field} says {found} public inputs, a Lattice proof has {PUBLIC_INPUTS}")]
    Inputs {
        /// Where.
        field: &'static str,
        /// The count there.
        found: usize,
    },
    /// Not the one decimal text of a number below the field's order.
    #[error("{field}: \"{value}\" is not a decimal number below the field's order, without sign and leading zeros")]
    Number {
        /// Where.
        field: String,
        /// The text there, its beginning if it is long.
        value: String,
    },
    /// Three coordinates that are not a point that is accepted.
    #[error("{field}: {reason}")]
    Point {
        /// Which point.
        field: String,
        /// What is wrong with it.
        reason: PointError,
    },
    /// snarkjs knows Groth16 alone: no ε, no D, and no input that follows from a proof.
    #[error("committed proofs and their keys have no form in snarkjs, which knows Groth16 without a commitment")]
    Committed,
    /// The key as a whole is refused, or the bytes that were to be exported are no key.
    #[error("verifying key: {0}")]
    Key(#[from] KeyError),
    /// The bytes that were to be exported are no proof or no public inputs.
    #[error("proof: {0}")]
    Proof(#[from] VerifyError),
    /// What the validation of a key gave cannot be read again: an error of this program.
    #[error(transparent)]
    Prepared(#[from] PreparedKeyError),
}
