//! What the registry says of a model.

use crate::{ModelIndex, ProofVersion};
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};
use sp_core::H256;

/// How the proving and verifying keys of a model came about.
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
    Serialize,
    Deserialize,
)]
pub enum Setup {
    /// One party generated the keys and could forge proofs.
    Dev,
    /// A phase-1 and phase-2 ceremony with a public transcript.
    Ceremony,
}

/// What a provider needs to serve a model.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    Encode,
    Decode,
    DecodeWithMemTracking,
    MaxEncodedLen,
    TypeInfo,
    Serialize,
    Deserialize,
)]
pub struct Requirements {
    /// Resident memory for weights and activations, in MiB.
    pub memory_mib: u32,
    /// Accelerator memory in MiB; zero when a CPU suffices.
    pub accelerator_memory_mib: u32,
}

/// What the owner of a model asks for each proven inference.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    Encode,
    Decode,
    DecodeWithMemTracking,
    MaxEncodedLen,
    TypeInfo,
    Serialize,
    Deserialize,
)]
pub struct Pricing<Balance> {
    /// Royalty to the owner, in planck per inference.
    pub royalty: Balance,
}

/// Whether new requests may name a registration.
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
    Serialize,
    Deserialize,
)]
pub enum ModelState {
    /// Open for requests.
    Active,
    /// Closed for new requests; requests already made settle normally.
    Deprecated,
}

/// The integer interface of a model, derived by the chain from its manifest.
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
    Serialize,
    Deserialize,
)]
pub struct Interface {
    /// Number of input elements.
    pub input_len: u32,
    /// Smallest admissible input element.
    pub input_lo: i8,
    /// Largest admissible input element.
    pub input_hi: i8,
    /// Number of output elements.
    pub output_len: u32,
}

/// The verifying key of a registration.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct KeyInfo {
    /// Blake2-256(ModelId ‖ circuit version ‖ phase-1 id ‖ key).
    pub vk_id: H256,
    /// How the key was made.
    pub setup: Setup,
    /// Version of the circuit compiler that the key belongs to.
    pub circuit_version: u16,
    /// Identity of the phase-1 parameters; zero for a development setup.
    pub phase1_id: H256,
    /// Blake2-256 of the proving key file.
    pub proving_key_hash: H256,
    /// The verifying key, arkworks compressed encoding.
    pub verifying_key: Vec<u8>,
    /// Which proofs the key is for.
    pub proof_version: ProofVersion,
}

/// Bytes of a chunk of a model on chain; only the last one may be shorter.
pub const CHUNK_BYTES: u32 = 65_536;

/// What the chain holds of a model's bytes.
///
/// The bytes are those of the tensors in the manifest's order, row-major and
/// little-endian, and behind them those of a trained state's parameters. Chunk
/// `i` begins at byte `i` · [`CHUNK_BYTES`].
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct StoredInfo {
    /// Bytes that all chunks have together.
    pub byte_size: u32,
    /// Bytes of the chunks that are there.
    pub uploaded: u32,
    /// The chunks that are not there yet, ascending.
    pub missing: Vec<u32>,
    /// Whether the bytes were checked. They never change afterwards, and programs
    /// may load the model.
    pub finalized: bool,
}

/// A registration, as clients see it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct ModelInfo<AccountId, Balance, BlockNumber> {
    pub index: ModelIndex,
    pub owner: AccountId,
    /// UTF-8 name, as registered.
    pub name: Vec<u8>,
    /// The owner's version number of this name.
    pub version: u32,
    /// Blake2-256 of the manifest.
    pub model_hash: H256,
    /// Bytes of all weight tensors.
    pub byte_size: u64,
    pub requirements: Requirements,
    pub pricing: Pricing<Balance>,
    pub interface: Interface,
    /// Gas of one execution, by which providers' prices per million gas are multiplied: what the
    /// machine's schedule charges for the multiplications, windows and values in the manifest.
    pub execution_gas: u64,
    /// The canonical SCALE manifest.
    pub manifest: Vec<u8>,
    pub key: Option<KeyInfo>,
    /// What the chain holds of the bytes; `None` before the first chunk.
    pub stored: Option<StoredInfo>,
    /// The hash of the state, as `HASH_MODEL` gives it, if training on chain made
    /// this version.
    pub state_hash: Option<H256>,
    /// The registration that this one follows.
    pub parent: Option<ModelIndex>,
    pub state: ModelState,
    /// Number of providers with an offer.
    pub providers: u32,
    pub created_at: BlockNumber,
    /// Settled inferences.
    pub total_executions: u64,
}
