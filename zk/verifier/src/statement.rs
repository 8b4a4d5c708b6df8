//! What a proof is about: three field elements, and the names under which keys are known.

use blake2::digest::consts::U32;
use blake2::{Blake2b, Digest};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use lattice_tensor::ModelId;
use scale_info::TypeInfo;

/// Length in bytes of a proof without a commitment: A (32), B (64), C (32), compressed.
pub const PROOF_LEN: usize = 128;
/// Length in bytes of a proof with a commitment: A, B and C, then D (32), compressed.
pub const COMMITTED_PROOF_LEN: usize = 160;
/// Number of public inputs of every Lattice statement, whatever the model. A committed proof's
/// challenge is an input of the circuit besides, and follows from these and from the proof.
pub const PUBLIC_INPUTS: usize = 3;
/// Version of the rules by which a circuit is derived from a manifest; part of [`vk_id`].
pub const CIRCUIT_VERSION: u16 = 3;
/// Length in bytes of a verifying key of proofs without a commitment; the layout is in
/// [`crate::key`].
pub const KEY_LEN: usize = 360;
/// Length in bytes of a verifying key of committed proofs.
pub const COMMITTED_KEY_LEN: usize = 456;
/// Length in bytes of a prepared key as the chain stores it, for proofs without a commitment; the
/// layout is in [`crate::key`].
pub const PREPARED_KEY_LEN: usize = 1088;
/// Length in bytes of a prepared key of committed proofs.
pub const COMMITTED_PREPARED_KEY_LEN: usize = 1280;
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

/// p, the order of BN254's base field, in little-endian order:
/// 21888242871839275222246405745257275088696311157297823662689037894645226208583.
const MODULUS: FieldBytes = [
    0x47, 0xfd, 0x7c, 0xd8, 0x16, 0x8c, 0x20, 0x3c, 0x8d, 0xca, 0x71, 0x68, 0x91, 0x6a, 0x81, 0x97,
    0x5d, 0x58, 0x81, 0x81, 0xb6, 0x45, 0x50, 0xb8, 0x29, 0xa0, 0x31, 0xe1, 0x72, 0x4e, 0x64, 0x30,
];
/// In the last byte of a compressed point: y is the larger of two.
const SIGN: u8 = 0x80;
/// In the last byte of a compressed point: it is the identity, which no proof has.
const IDENTITY: u8 = 0x40;
/// Where in a proof, counted in coordinates, the first component of B is: it alone ends in no flags.
const UNFLAGGED: usize = 1;

/// The two kinds of proof. A verifying key is for one of them, and shows it by its length; whatever
/// differs between them follows from this value.
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
pub enum ProofVersion {
    /// Groth16 as published: `(A, B, C)`.
    Groth16 = 1,
    /// Groth16 with a separated commitment D to a part of the witness and a challenge that follows
    /// from it: `(A, B, C, D)`.
    Committed = 2,
}

impl ProofVersion {
    /// Every version.
    pub const ALL: [Self; 2] = [Self::Groth16, Self::Committed];

    /// 1 or 2; the byte of the SCALE encoding.
    pub const fn number(self) -> u8 {
        match self {
            Self::Groth16 => 1,
            Self::Committed => 2,
        }
    }

    /// Whether a proof has a commitment D, and the circuit a challenge that follows from it.
    pub const fn has_commitment(self) -> bool {
        matches!(self, Self::Committed)
    }

    /// Length in bytes of a proof.
    pub const fn proof_len(self) -> usize {
        match self {
            Self::Groth16 => PROOF_LEN,
            Self::Committed => COMMITTED_PROOF_LEN,
        }
    }

    /// Length in bytes of a verifying key as it is registered.
    pub const fn key_len(self) -> usize {
        match self {
            Self::Groth16 => KEY_LEN,
            Self::Committed => COMMITTED_KEY_LEN,
        }
    }

    /// Length in bytes of a verifying key as the chain stores it.
    pub const fn prepared_len(self) -> usize {
        match self {
            Self::Groth16 => PREPARED_KEY_LEN,
            Self::Committed => COMMITTED_PREPARED_KEY_LEN,
        }
    }

    /// Instance columns of the circuit, the constant among them; points of `gamma_abc_g1`.
    pub const fn instances(self) -> usize {
        match self {
            Self::Groth16 => PUBLIC_INPUTS + 1,
            Self::Committed => PUBLIC_INPUTS + 2,
        }
    }

    /// The version of a verifying key with so many bytes as it is registered.
    pub fn of_key_len(len: usize) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|version| version.key_len() == len)
    }

    /// The version of a verifying key with so many bytes as the chain stores it.
    pub fn of_prepared_len(len: usize) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|version| version.prepared_len() == len)
    }

    /// The version of a proof with so many bytes.
    pub fn of_proof_len(len: usize) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|version| version.proof_len() == len)
    }
}

/// Domain of [`context`]. All domains here have the same length, so none is a prefix of another.
const CONTEXT_DOMAIN: &[u8; 16] = b"lattice/context1";
/// Domain of [`vk_id`].
const KEY_DOMAIN: &[u8; 16] = b"lattice/vk-id/v1";
/// Domain of [`challenge_of`].
#[cfg(feature = "arkworks")]
const CHALLENGE_DOMAIN: &[u8; 16] = b"lattice/chall/v1";

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

/// Whether these bytes could be a proof: they are as many as some proof has, every coordinate is
/// below p, and no point is marked as the identity.
///
/// It costs a few comparisons, and says no more than that: such points may be off the curve or out of
/// the subgroup, and the proof may be of the other version than its key.
pub fn has_canonical_coordinates(proof: &[u8]) -> bool {
    let mut coordinates = proof.chunks_exact(MODULUS.len()).enumerate();
    ProofVersion::of_proof_len(proof.len()).is_some()
        && coordinates.all(|(position, bytes)| {
            let Ok(mut coordinate) = FieldBytes::try_from(bytes) else {
                return false;
            };
            if position != UNFLAGGED {
                if coordinate[31] & IDENTITY != 0 {
                    return false;
                }
                coordinate[31] &= !SIGN;
            }
            coordinate.iter().rev().lt(MODULUS.iter().rev())
        })
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
    element(&[
        CONTEXT_DOMAIN,
        genesis,
        &request.to_le_bytes(),
        content,
        &model.0,
        provider,
    ])
}

/// The challenge of a committed proof: Blake2-256 of `"lattice/chall/v1" ‖ Blake2-256 of the stored
/// key ‖ the three public inputs ‖ D`, made canonical as [`context`] is. Everything has a fixed
/// length, so different arguments always give different preimages.
#[cfg(feature = "arkworks")]
pub(crate) fn challenge_of(
    key: &[u8; 32],
    inputs: &[FieldBytes; PUBLIC_INPUTS],
    commitment: &[u8; 32],
) -> FieldBytes {
    let [context, input, output] = inputs;
    element(&[CHALLENGE_DOMAIN, key, context, input, output, commitment])
}

/// Blake2-256 as a canonical element: the top three bits are cleared.
fn element(parts: &[&[u8]]) -> FieldBytes {
    let mut element = blake2_256(parts);
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
