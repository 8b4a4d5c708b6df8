//! What the registry stores.

use crate::Config;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame::deps::frame_support::stored;
use frame::prelude::*;
use lattice_host::{Gas, ProofVersion};
use lattice_primitives::{Interface, ModelIndex, ModelState, Pricing, Requirements, Setup};

/// The token amount of this pallet, in planck.
pub type BalanceOf<T> =
    <<T as Config>::Currency as fungible::Inspect<<T as frame_system::Config>::AccountId>>::Balance;

/// Most bytes of a verifying key. One of proofs without a commitment has 360 (α of 32, β,
/// γ and δ of 64 each, a count of 8, four points of γ_abc of 32 each, compressed); one of
/// committed proofs has 456 (a fifth point, and ε of 64). No other length passes validation.
pub const MAX_VERIFYING_KEY_LEN: u32 = 456;

/// Upper bound of a prepared key: uncompressed points and e(α, β), with room to spare.
pub const MAX_PREPARED_KEY_LEN: u32 = 4_096;

/// A verifying key as submitted.
pub type VerifyingKey = BoundedVec<u8, ConstU32<MAX_VERIFYING_KEY_LEN>>;

/// A validated key in the host's encoding.
pub type PreparedKey = BoundedVec<u8, ConstU32<MAX_PREPARED_KEY_LEN>>;

/// Owner, name and version.
pub type NameKey<T> = (
    <T as frame_system::Config>::AccountId,
    BoundedVec<u8, <T as Config>::MaxNameLen>,
    u32,
);

/// A registration, without its manifest and key.
#[stored]
pub struct Registration<T: Config> {
    pub owner: T::AccountId,
    /// UTF-8.
    pub name: BoundedVec<u8, T::MaxNameLen>,
    /// The owner's version number of this name.
    pub version: u32,
    /// Blake2-256 of the manifest.
    pub model_hash: H256,
    /// Bytes of all weight tensors.
    pub byte_size: u64,
    pub requirements: Requirements,
    pub pricing: Pricing<BalanceOf<T>>,
    pub interface: Interface,
    /// Gas of one execution, by which prices per million gas are multiplied.
    pub execution_gas: Gas,
    /// The registration that this one follows.
    pub parent: Option<ModelIndex>,
    pub state: ModelState,
    /// What the owner has on hold for this registration and its key.
    pub deposit: BalanceOf<T>,
    pub created_at: BlockNumberFor<T>,
}

impl<T: Config> Registration<T> {
    /// Under which name the registration is indexed.
    pub fn name_key(&self) -> NameKey<T> {
        (self.owner.clone(), self.name.clone(), self.version)
    }
}

/// The verifying key of a registration and where it came from.
#[derive(
    Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct KeyDetails {
    /// Blake2-256(ModelId ‖ circuit version ‖ phase-1 id ‖ key).
    pub vk_id: H256,
    pub setup: Setup,
    pub circuit_version: u16,
    /// Identity of the phase-1 parameters; zero for a development setup.
    pub phase1_id: H256,
    /// Blake2-256 of the proving key file.
    pub proving_key_hash: H256,
    /// The key as submitted, arkworks compressed.
    pub verifying_key: VerifyingKey,
}

impl KeyDetails {
    /// Which proofs the key is for; its length tells, and validation has let through no
    /// other length.
    pub fn proof_version(&self) -> ProofVersion {
        ProofVersion::of_key_len(self.verifying_key.len()).unwrap_or(ProofVersion::Groth16)
    }
}
