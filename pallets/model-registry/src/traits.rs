//! What other pallets see of the registry, and what it asks of them.

use alloc::vec::Vec;
use frame::prelude::*;
use lattice_host::{Gas, ModelLocation, TrainedState};
use lattice_primitives::{Interface, ModelIndex, ModelState, Setup};

/// What a request needs to know of a registration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Servable<AccountId, Balance> {
    pub owner: AccountId,
    pub model_hash: H256,
    pub interface: Interface,
    /// To the owner, in planck per inference.
    pub royalty: Balance,
    /// Gas of one execution, by which prices per million gas are multiplied.
    pub execution_gas: Gas,
    pub state: ModelState,
    /// The verifying key's id and setup; `None` before a key is registered.
    pub key: Option<(H256, Setup)>,
}

/// The registry, as providers and requests use it.
pub trait Registry<AccountId, Balance> {
    /// Whether a registration exists, and whether it takes new requests.
    fn state(model: ModelIndex) -> Option<ModelState>;
    /// What a request needs; `None` for an unknown registration.
    fn servable(model: ModelIndex) -> Option<Servable<AccountId, Balance>>;
    /// The canonical SCALE manifest of a registration.
    fn manifest(model: ModelIndex) -> Option<Vec<u8>>;
    /// The raw storage key under which the host finds a prepared verifying key.
    fn prepared_key_location(vk_id: &H256) -> Vec<u8>;
    /// One inference of this registration was settled.
    fn note_execution(model: ModelIndex);
    /// A provider offers to serve this registration.
    fn note_offer(model: ModelIndex);
    /// A provider withdrew its offer.
    fn note_offer_removed(model: ModelIndex);

    /// Registers one more model that takes requests, for other pallets' benchmarks.
    #[cfg(feature = "runtime-benchmarks")]
    fn benchmark_model() -> ModelIndex;
}

/// Models whose bytes are on chain, as programs use them.
pub trait ModelStore<AccountId> {
    /// The hash by which `LOAD_MODEL` names a registration's model, and where the host
    /// finds its bytes; `None` until all of them are there and checked.
    ///
    /// Also for a deprecated registration, since its bytes stay: [`Registry::state`]
    /// tells.
    fn location(model: ModelIndex) -> Option<([u8; 32], ModelLocation)>;

    /// The id by which `VERIFY_PROOF` names a registration's verifying key;
    /// [`Registry::prepared_key_location`] says where the host finds it.
    fn key_id(model: ModelIndex) -> Option<H256>;

    /// Registers a state that training left, as the next free version under its
    /// parent's name; returns the new registration's index.
    ///
    /// It has its parent's requirements and pricing and no verifying key. Model and
    /// parameters are stored and final at once: the state comes from the machine, which
    /// has checked it. The deposits for the registration and for all bytes are taken
    /// from `owner`. Nothing changes on an error.
    ///
    /// # Errors
    /// The parent is unknown, belongs to another account, or is not the model that was
    /// trained; no version number is free; the bytes are no model or too many; the
    /// deposits cannot be paid.
    fn store_state(
        owner: &AccountId,
        parent: ModelIndex,
        state: TrainedState,
    ) -> Result<ModelIndex, DispatchError>;

    /// The weight of [`ModelStore::store_state`] with this many bytes of model and
    /// parameters together; it grows no further beyond what can be stored.
    fn store_state_weight(bytes: u32) -> Weight;

    /// Registers a model whose bytes are stored and final, for other pallets'
    /// benchmarks.
    #[cfg(feature = "runtime-benchmarks")]
    fn benchmark_stored_model(model: &lattice_tensor::Model) -> ModelIndex;
}

/// Keys that the chain assembled from a ceremony.
pub trait CeremonyKeys<AccountId> {
    /// Registers a key, of either version, as [`Setup::Ceremony`], as if its owner did: it is validated,
    /// [`Ceremonies`] is asked, and the deposit is taken from `owner`.
    ///
    /// # Errors
    /// Those of the call `register_key`. Nothing changes then.
    fn register_ceremony_key(
        owner: &AccountId,
        model: ModelIndex,
        verifying_key: &[u8],
        circuit_version: u16,
        phase1_id: H256,
        proving_key_hash: H256,
    ) -> DispatchResult;
}

/// Who attests that keys came from a ceremony.
pub trait Ceremonies<AccountId> {
    /// Whether a ceremony with these phase-1 parameters produced this verifying key
    /// together with this proving key, for this owner's registration.
    fn attests(
        owner: &AccountId,
        model: ModelIndex,
        vk_id: &H256,
        phase1_id: &H256,
        proving_key_hash: &H256,
    ) -> bool;
}

/// No ceremony: every claim of one is refused.
impl<AccountId> Ceremonies<AccountId> for () {
    fn attests(_: &AccountId, _: ModelIndex, _: &H256, _: &H256, _: &H256) -> bool {
        false
    }
}
