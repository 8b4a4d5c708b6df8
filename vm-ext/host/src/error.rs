//! Why a call is refused.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use lattice_isa::DecodeError;
use lattice_verifier::ceremony::CeremonyError;
use lattice_verifier::{CommitError, KeyError};
use lattice_wasm::CodeError;
use scale_info::TypeInfo;

/// Why the host gives no answer.
///
/// A trap of a program is not among them: it is a part of
/// [`crate::ProgramOutcome`].
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Encode,
    Decode,
    DecodeWithMemTracking,
    MaxEncodedLen,
    TypeInfo,
    thiserror::Error,
)]
pub enum HostError {
    /// The bytes are not the manifest of a model that this chain takes.
    #[error("manifest: {0}")]
    #[codec(index = 0)]
    Manifest(ManifestFault),
    /// The verifying key is refused.
    #[error("verifying key: {0}")]
    #[codec(index = 1)]
    Key(KeyError),
    /// The values have no commitment.
    #[error("commitment: {0}")]
    #[codec(index = 2)]
    Commit(CommitError),
    /// The program's bytes are not a program.
    #[error("program: {0}")]
    #[codec(index = 3)]
    Program(DecodeError),
    /// More keys, models or programs, or a longer storage key, than a call may name.
    #[error("a call names at most {limit} keys, models, programs, or bytes of a storage key")]
    #[codec(index = 4)]
    CallTooLarge { limit: u32 },
    /// Runtime and node disagree on the encoding of a call or its reply. The
    /// node's executor does not have the host functions of this runtime.
    #[error("the node and the runtime disagree on the encoding of a host call")]
    #[codec(index = 5)]
    Protocol,
    /// The bytes cannot be the code of a program.
    #[error("code: {0}")]
    #[codec(index = 6)]
    Code(CodeError),
    /// No code lies where the call says.
    #[error("the code of the program is not in storage")]
    #[codec(index = 7)]
    UnknownCode,
    /// The stored bytes are not the model that its manifest describes.
    #[error("model: {0}")]
    #[codec(index = 8)]
    Model(ModelFault),
    /// A program of a batch is not `VERIFY_PROOF` followed by `COMMIT_RESULT`.
    #[error("program {program} of the batch is not VERIFY_PROOF, then COMMIT_RESULT")]
    #[codec(index = 9)]
    NotASettlement { program: u32 },
    /// A record or a challenge of a ceremony is refused.
    #[error("ceremony: {0}")]
    #[codec(index = 10)]
    Ceremony(CeremonyError),
    /// The model takes part in no disputes.
    #[error("trace: {0}")]
    #[codec(index = 11)]
    Trace(TraceFault),
}

/// Why a model whose manifest is in order takes part in no disputes.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Encode,
    Decode,
    DecodeWithMemTracking,
    MaxEncodedLen,
    TypeInfo,
    thiserror::Error,
)]
pub enum TraceFault {
    /// To open an element of an operator may take more bytes than
    /// [`lattice_trace::MAX_OPENING_BYTES`].
    #[error("to open an element of op {op} may take {bytes} bytes")]
    #[codec(index = 0)]
    OpeningTooLarge { op: u32, bytes: u64 },
}

/// What is wrong with the stored bytes of a model whose manifest is in order.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Encode,
    Decode,
    DecodeWithMemTracking,
    MaxEncodedLen,
    TypeInfo,
    thiserror::Error,
)]
pub enum ModelFault {
    /// Nothing lies under the storage key of the manifest.
    #[error("the manifest is not in storage")]
    #[codec(index = 0)]
    MissingManifest,
    /// Nothing lies under the storage key of a chunk.
    #[error("chunk {index} is not in storage")]
    #[codec(index = 1)]
    MissingChunk { index: u32 },
    /// More or fewer bytes than the tensors have.
    #[error("{found} bytes where the tensors have {expected}")]
    #[codec(index = 2)]
    Length { expected: u64, found: u64 },
    /// The bytes have another weight root than the manifest says.
    #[error("the bytes have another hash than the manifest says")]
    #[codec(index = 3)]
    WeightRoot,
    /// The bytes are those that the manifest says, and no model that can run.
    #[error("the weights are out of the bounds of the specification")]
    #[codec(index = 4)]
    Weights,
}

/// What is wrong with a manifest, as far as a chain needs to tell.
///
/// Off chain `lattice_tensor::ModelError` names operator, channel and value; the
/// node writes that text to its log.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Encode,
    Decode,
    DecodeWithMemTracking,
    MaxEncodedLen,
    TypeInfo,
    thiserror::Error,
)]
pub enum ManifestFault {
    /// Not a canonical encoding, too long, or with trailing bytes.
    #[error("not the canonical encoding of a manifest")]
    #[codec(index = 0)]
    Encoding,
    /// A version of the specification that this chain does not know.
    #[error("unsupported specification version {0}")]
    #[codec(index = 1)]
    Version(u16),
    /// Larger than the limits of the specification.
    #[error("the model is larger than the specification allows")]
    #[codec(index = 2)]
    TooLarge,
    /// Shapes, references, ranges or shifts do not fit each other.
    #[error("the graph is inconsistent")]
    #[codec(index = 3)]
    Graph,
}
