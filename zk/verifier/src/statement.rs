//! What a proof is about: three field elements, and the names under which keys are known.

use blake2::digest::consts::U32;
use blake2::{Blake2b, Digest};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use lattice_tensor::ModelId;
use scale_info::TypeInfo;

/// Length in bytes of a proof: A (32), B (64), C (32), compressed.
pub const PROOF_LEN: usize = 128;
/// Number of public inputs of every Lattice circuit, whatever the model.
pub const PUBLIC_INPUTS: usize = 3;
/// Version of the rules by which a circuit is derived from a manifest; part of [`vk_id`].
pub const CIRCUIT_VERSION: u16 = 2;
/// Length in bytes of a verifying key; the layout is in [`crate::key`].
pub const KEY_LEN: usize = 360;
/// Length in bytes of a prepared key as the chain stores it; the layout is in [`crate::key`].
pub const PREPARED_KEY_LEN: usize = 1088;
/// Most proofs of one batch.
pub const MAX_BATCH: u32 = 64;
/// Most different keys of one batch.
pub const MAX_BATCH_KEYS: u32 = 16;

/// An element of BN254's scalar field, as 32 bytes in little-endian order.
///
/// Canonical if the number is below r; see [`is_canonical`]. Whatever takes one refuses others.
pub type FieldBytes = [u8; 32];

/// r, the order of BN254's groups, in little-endian order:
/// 21888242871839275222246405745257275088548364400416034343698204186575808495617.
const ORDER: FieldBytes = [
    0x01, 0x00, 0x00, 0xf0, 0x93, 0xf5, 0xe1, 0x43, 0x91, 0x70, 0xb9, 0x79, 0x48, 0xe8, 0x33, 0x28,
    0x5d, 0x58, 0x81, 0x81, 0xb6, 0x45, 0x50, 0xb8, 0x29, 0xa0, 0x31, 0xe1, 0x72, 0x4e, 0x64, 0x30,
];

/// Domain of [`context`]. Both domains have the same length, so neither is a prefix of the other.
const CONTEXT_DOMAIN: &[u8; 16] = b"lattice/context1";
/// Domain of [`vk_id`].
const KEY_DOMAIN: &[u8; 16] = b"lattice/vk-id/v1";

/// The three public inputs of a proof, in the order in which the circuit declares them.
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
)]
pub struct Statement {
    /// Which request on which chain, served by whom; see [`context`].
    pub context: FieldBytes,
    /// Commitment to the input; see `commitment::commit_input`.
    pub input_commitment: FieldBytes,
    /// Commitment to the output; see `commitment::commit_output`.
    pub output_commitment: FieldBytes,
}

impl Statement {
    /// The public inputs in the circuit's order: context, input commitment, output commitment.
    pub const fn inputs(&self) -> [FieldBytes; PUBLIC_INPUTS] {
        [self.context, self.input_commitment, self.output_commitment]
    }
}

/// Whether these bytes are the one encoding of a scalar, that is, a number below r.
pub fn is_canonical(element: &FieldBytes) -> bool {
    element.iter().rev().lt(ORDER.iter().rev())
}

/// The first public input: it ties a proof to one request, on one chain, served by one provider.
///
/// Blake2-256 of `"lattice/context1" ‖ genesis ‖ request (u64 LE) ‖ content ‖ model ‖ provider`,
/// read as a little-endian number with its top three bits cleared, which is below 2²⁵³ < r and so
/// canonical. 253 bits of the hash remain: finding two contexts with one value takes about 2¹²⁶
/// hashes.
///
/// Every field but the last has a fixed length and the provider's account (an encoded account id,
/// of any length) comes last, so different arguments always give different preimages.
///
/// * `genesis`: hash of the chain's first block.
/// * `request`: number of the request.
/// * `content`: hash of what was asked (model, commitment of the input, price, deadline, evidence).
/// * `provider`: SCALE encoding of the account that is to be paid.
/// * `model`: the model that is executed.
pub fn context(
    genesis: &[u8; 32],
    request: u64,
    content: &[u8; 32],
    provider: &[u8],
    model: &ModelId,
) -> FieldBytes {
    let mut element = blake2_256(&[
        CONTEXT_DOMAIN,
        genesis,
        &request.to_le_bytes(),
        content,
        &model.0,
        provider,
    ]);
    element[31] &= 0x1f;
    element
}

/// The name of a verifying key *for a model*.
///
/// Blake2-256 of `"lattice/vk-id/v1" ‖ model ‖ circuit version (u16 LE) ‖ phase-1 id ‖ key`; the key
/// comes last and everything before it has a fixed length. The model is part of it because a
/// verifying key alone does not determine the weights: the same trapdoors give byte-equal keys for
/// different weights, so one key may be registered for two models and must then have two names.
pub fn vk_id(model: &ModelId, circuit_version: u16, phase1_id: &[u8; 32], key: &[u8]) -> [u8; 32] {
    blake2_256(&[
        KEY_DOMAIN,
        &model.0,
        &circuit_version.to_le_bytes(),
        phase1_id,
        key,
    ])
}

/// Blake2b with 32 bytes of output over the concatenation of the parts.
pub(crate) fn blake2_256(parts: &[&[u8]]) -> [u8; 32] {
    let mut hasher = Blake2b::<U32>::new();
    for part in parts {
        hasher.update(part);
    }
    hasher.finalize().into()
}
