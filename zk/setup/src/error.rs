//! What can be wrong with keys and their files.

use crate::phase1::Section;
use lattice_verifier::{
    ceremony::{CeremonyError, Challenge},
    KeyError,
};
use std::path::{Path, PathBuf};
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

/// Why a phase 1 is refused.
#[derive(Debug, Error)]
pub enum Phase1Error {
    /// A file could not be read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// The system's answer.
        source: std::io::Error,
    },
    /// Not a `.ptau` file for BN254.
    #[error("{}: {reason}", path.display())]
    Format {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// A point is refused.
    #[error("{section:?}, point {index}: {reason}")]
    Point {
        /// Its section.
        section: Section,
        /// Its position, from 0.
        index: u64,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// Points do not belong together.
    #[error("{0} are not what they have to be to each other")]
    Relation(&'static str),
    /// A secret is ±1: nobody has contributed to it, and anyone could forge.
    #[error("{0} is one up to sign: nobody has contributed")]
    Untouched(&'static str),
    /// More points are needed than there are.
    #[error("a phase 1 of power {power} is too small for this circuit")]
    TooSmall {
        /// What there is.
        power: u8,
    },
    /// A contributor's record is false, or the records do not lead to the file.
    #[error("contributor {index}: the record is false, or the file is not what it leads to")]
    Contributor {
        /// Its position, from 0; the number of contributors if the file is not theirs.
        index: usize,
    },
}

impl Phase1Error {
    pub(crate) fn io(path: &Path) -> impl Fn(std::io::Error) -> Self {
        let path: PathBuf = path.into();
        move |source| Self::Io {
            path: path.clone(),
            source,
        }
    }
}

/// Why a ceremony's files or records are refused.
#[derive(Debug, Error)]
pub enum Phase2Error {
    /// A file could not be read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// The system's answer.
        source: std::io::Error,
    },
    /// A file is not one of this ceremony.
    #[error("{}: {reason}", path.display())]
    Format {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// A point in a file is refused.
    #[error("{}, array {array}, point {index}: not a canonical point of its group", path.display())]
    Point {
        /// The file.
        path: PathBuf,
        /// Which of the file's arrays, from 0.
        array: usize,
        /// Its position there, from 0.
        index: u32,
    },
    /// The model has no circuit.
    #[error("circuit: {0}")]
    Circuit(#[from] lattice_circuit::CircuitError),
    /// Phase 1 is refused or too small.
    #[error("phase 1: {0}")]
    Phase1(#[from] Phase1Error),
    /// τ is a root of unity of the circuit's domain. Nobody samples such a τ by chance.
    #[error("phase 1: tau is an element of the circuit's domain")]
    Degenerate,
    /// The circuit has more rows or columns than can be counted.
    #[error("the circuit is larger than any domain of the field")]
    TooLarge,
    /// The start is not that of this model and phase 1: it was planted, and nobody may contribute.
    #[error("start: {0} is not what phase 1 and the circuit give")]
    ForeignStart(&'static str),
    /// The start's record is malformed.
    #[error("start: {0}")]
    Start(CeremonyError),
    /// A contribution's record is refused.
    #[error("contribution {index}: {reason}")]
    Record {
        /// Its position, from 0.
        index: u32,
        /// What is wrong with it.
        reason: CeremonyError,
    },
    /// A contribution's file has other Merkle roots than its record: the author withholds the data.
    #[error("contribution {index}: the file is not the one that its record names")]
    Withheld {
        /// Its position, from 0.
        index: u32,
    },
    /// A contribution's points are not the previous ones divided by x: they were planted.
    #[error("contribution {index}: planted points, see leaf {} of {:?}", challenge.index, challenge.query)]
    Planted {
        /// Its position, from 0.
        index: u32,
        /// What a chain upholds.
        challenge: Box<Challenge>,
    },
    /// The transcript is not the one that the chain names.
    #[error("the transcript is not the expected one: records are missing, added or reordered")]
    Transcript,
    /// The final key is refused.
    #[error("the final key: {0}")]
    Key(#[from] SetupError),
}

impl Phase2Error {
    pub(crate) fn io(path: &Path) -> impl Fn(std::io::Error) -> Self {
        let path: PathBuf = path.into();
        move |source| Self::Io {
            path: path.clone(),
            source,
        }
    }
}
