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
