//! What can be wrong with keys and their files.

use lattice_verifier::KeyError;
use std::path::PathBuf;
use thiserror::Error;

/// Why keys could not be made, written or read.
#[derive(Debug, Error)]
pub enum SetupError {
    /// arkworks' generator refused the circuit (more rows than the field has roots of unity).
    #[error("key generation: {0}")]
    Generation(String),
    /// A file could not be read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// The system's answer.
        source: std::io::Error,
    },
    /// A file is longer than any key of a supported circuit.
    #[error("{}: longer than {limit} bytes", path.display())]
    TooLong {
        /// The file.
        path: PathBuf,
        /// The limit in bytes.
        limit: u64,
    },
    /// `key.json` is not what this version writes.
    #[error("{}: {reason}", path.display())]
    Json {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// The proving key's bytes are not an encoding of a proving key.
    #[error("proving key: {0}")]
    ProvingKey(String),
    /// A point without which no proof is blinded is the identity. Proofs made with such a key
    /// could be solved for the private witness.
    #[error("proving key: {point} is the identity, so that its proofs would hide nothing")]
    Unblinded {
        /// Which point.
        point: &'static str,
    },
    /// The keys were made for other circuit rules than this version builds.
    #[error("the keys are of circuit version {found}, this program builds version {supported}")]
    CircuitVersion {
        /// What `key.json` says.
        found: u16,
        /// What this program builds.
        supported: u16,
    },
    /// The verifying key is refused.
    #[error("verifying key: {0}")]
    VerifyingKey(KeyError),
    /// Two things that name each other disagree.
    #[error("{what} does not match: key.json says 0x{expected}, the files give 0x{actual}")]
    Mismatch {
        /// Which identity.
        what: &'static str,
        /// What `key.json` says, in hex.
        expected: String,
        /// What the files give, in hex.
        actual: String,
    },
    /// The proving key was made for another verifying key.
    #[error("proving.key and verifying.key belong to different set-ups")]
    ForeignVerifyingKey,
}
