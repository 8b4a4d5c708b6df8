//! # Model registry
//!
//! AI models with their verifying keys, requirements and prices.
//!
//! A registration is a name and version of an owner together with the canonical
//! manifest of a quantized model. The chain decodes the manifest itself and
//! derives from it what it must know: the content hash, the size of the weights
//! and the integer interface. A registration becomes servable when its owner adds
//! a verifying key; a key never changes afterwards, a new key is a new version.
//!
//! The bytes of a small model may be on chain too, for programs to load it. Its owner
//! uploads them in chunks, in any order and over any time, and finalizes them: the host
//! then checks them against the manifest, and they never change again. A state that
//! training on chain left becomes a new version with all its bytes.
//!
//! * [`pallet`]: configuration, storage, events, errors and calls;
//! * [`types`]: what is stored, and the limits of a verifying key;
//! * [`stored`]: what is stored of a model whose bytes are on chain;
//! * [`traits`]: what the other pallets use ([`Registry`], [`ModelStore`],
//!   [`CeremonyKeys`]) and what this one asks about ceremonies ([`Ceremonies`]);
//! * `registration`, `key`, `chunks`: the calls' logic; `states`: trained states;
//!   `deposit`: the holds;
//! * `queries`: what the runtime API answers; [`migrations`]: from one layout of the storage to the next; `invariants`: what `try_state`
//!   checks.
//!
//! ## Money
//! The owner pays a deposit, on hold under [`HoldReason::ModelDeposit`], for every
//! byte that a registration and its key occupy. Registrations stay readable for as
//! long as the chain lives, since records refer to them, so the deposit stays too
//! and moves with the ownership. For the bytes of a model the owner pays in the same
//! way, under [`HoldReason::ChunkDeposit`], and gets it back when chunks that are not
//! final yet are cleared.

#![cfg_attr(not(feature = "std"), no_std)]
#![cfg_attr(not(test), deny(clippy::arithmetic_side_effects, clippy::unwrap_used))]

extern crate alloc;

mod chunks;
mod deposit;
mod invariants;
mod key;
pub mod migrations;
pub mod queries;
mod registration;
mod states;
pub mod stored;
pub mod traits;
pub mod types;
pub mod weights;

#[cfg(feature = "runtime-benchmarks")]
pub mod benchmarking;
#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;

pub use pallet::*;
pub use stored::{Chunk, MaxChunks, StoredModel, MAX_STORED_ACTIVATIONS};
pub use traits::{Ceremonies, CeremonyKeys, ModelStore, Registry, Servable};
pub use types::{BalanceOf, KeyDetails, Registration};
pub use weights::WeightInfo;

#[frame::pallet]
#[allow(clippy::too_many_arguments)]
pub mod pallet {
    use super::*;
    use crate::types::{NameKey, PreparedKey, VerifyingKey};
    use frame::deps::frame_support::traits::StorageVersion;
    use frame::prelude::*;
    use lattice_primitives::{ModelIndex, Pricing, Requirements, Setup, CHUNK_BYTES};

    /// The layout of what is stored; see `migrations`.
    const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

    #[pallet::pallet]
    #[pallet::storage_version(STORAGE_VERSION)]
    pub struct Pallet<T>(_);

    #[pallet::config]
    pub trait Config: frame_system::Config {
        /// The runtime's union of hold reasons.
        type RuntimeHoldReason: From<HoldReason>;

        /// The token in which deposits are held and royalties are priced.
        type Currency: fungible::MutateHold<
            Self::AccountId,
            Reason = <Self as Config>::RuntimeHoldReason,
        >;

        /// Who attests that a key came from a ceremony. `()` attests none.
        type Ceremonies: Ceremonies<Self::AccountId>;

        /// Weights of the calls.
        type WeightInfo: WeightInfo;

        /// Whether keys whose maker could forge proofs are accepted. A chain may keep it in
        /// its state.
        type AllowDevSetup: Get<bool>;

        /// Deposit for a registration, whatever its length, in planck.
        #[pallet::constant]
        type DepositBase: Get<BalanceOf<Self>>;

        /// Deposit per byte of name, manifest, key and chunks, in planck.
        #[pallet::constant]
        type DepositPerByte: Get<BalanceOf<Self>>;

        /// Longest name, in bytes.
        #[pallet::constant]
        type MaxNameLen: Get<u32>;

        /// Longest manifest, in bytes.
        #[pallet::constant]
        type MaxManifestLen: Get<u32>;

        /// Most bytes of a model on chain, a trained state's parameters included.
        #[pallet::constant]
        type MaxModelBytes: Get<u32>;
    }

    #[pallet::extra_constants]
    impl<T: Config> Pallet<T> {
        /// Bytes of a chunk of a model; only the last one may be shorter.
        #[pallet::constant_name(ChunkBytes)]
        fn chunk_bytes() -> u32 {
            CHUNK_BYTES
        }
    }

    /// Why funds of an account are on hold.
    #[pallet::composite_enum]
    pub enum HoldReason {
        /// Deposit for the bytes of registrations and keys.
        ModelDeposit,
        /// Deposit for the chunks of models.
        ChunkDeposit,
    }

    /// The index that the next registration gets; all smaller ones exist.
    #[pallet::storage]
    pub type NextIndex<T> = StorageValue<_, ModelIndex, ValueQuery>;

    /// Registrations without their manifests.
    #[pallet::storage]
    pub type Models<T: Config> = StorageMap<_, Twox64Concat, ModelIndex, Registration<T>>;

    /// Canonical manifests, apart from the registrations because only readers want them.
    #[pallet::storage]
    pub type Manifests<T: Config> =
        StorageMap<_, Twox64Concat, ModelIndex, BoundedVec<u8, T::MaxManifestLen>>;

    /// Which registration an owner's name and version mean.
    #[pallet::storage]
    pub type Names<T: Config> = StorageMap<_, Blake2_128Concat, NameKey<T>, ModelIndex>;

    /// The largest version that an account registered itself under a name. Trained
    /// states are numbered above it.
    #[pallet::storage]
    pub type LastVersions<T: Config> = StorageMap<
        _,
        Blake2_128Concat,
        (T::AccountId, BoundedVec<u8, T::MaxNameLen>),
        u32,
        ValueQuery,
    >;

    /// What there is of the models whose bytes are on chain.
    #[pallet::storage]
    pub type Stores<T: Config> = StorageMap<_, Twox64Concat, ModelIndex, StoredModel<T>>;

    /// The bytes of models, in pieces. The host reads an entry by its storage key.
    #[pallet::storage]
    pub type Chunks<T> = StorageDoubleMap<_, Twox64Concat, ModelIndex, Twox64Concat, u32, Chunk>;

    /// The verifying key of a registration, as submitted, and its origin.
    #[pallet::storage]
    pub type Keys<T> = StorageMap<_, Twox64Concat, ModelIndex, KeyDetails>;

    /// Validated keys in the form that the host verifies with, one for all registrations
    /// of the same model with the same key. The host reads an entry by its storage key.
    #[pallet::storage]
    pub type VerifyingKeys<T> = StorageMap<_, Identity, H256, PreparedKey>;

    /// Name of every δ and ε seen, with Blake2-256(ModelId ‖ key) of its first key. Two keys
    /// that share one are not independent, and the key alone would not tell their circuits
    /// apart.
    ///
    /// The same key for the same model is no second key: whoever copies it from the pool
    /// and registers it first takes nothing from its owner. Whoever registers a copy for
    /// another model first makes the owner set up again.
    #[pallet::storage]
    pub type Trapdoors<T> = StorageMap<_, Identity, H256, H256>;

    /// Settled inferences of a registration.
    #[pallet::storage]
    pub type Executions<T> = StorageMap<_, Twox64Concat, ModelIndex, u64, ValueQuery>;

    /// Providers with an offer for a registration.
    #[pallet::storage]
    pub type OfferCount<T> = StorageMap<_, Twox64Concat, ModelIndex, u32, ValueQuery>;

    #[pallet::event]
    #[pallet::generate_deposit(pub(super) fn deposit_event)]
    pub enum Event<T: Config> {
        /// A model was registered.
        Registered {
            model: ModelIndex,
            owner: T::AccountId,
            model_hash: H256,
            deposit: BalanceOf<T>,
        },
        /// A registration got its verifying key and may be served.
        KeyRegistered {
            model: ModelIndex,
            vk_id: H256,
            setup: Setup,
        },
        /// New requests pay this; running ones keep their price.
        PricingUpdated {
            model: ModelIndex,
            pricing: Pricing<BalanceOf<T>>,
        },
        /// New requests are refused; running ones settle.
        Deprecated { model: ModelIndex },
        /// A registration and its deposit have a new owner.
        Transferred {
            model: ModelIndex,
            from: T::AccountId,
            to: T::AccountId,
        },
        /// A chunk of a model was stored, for the first time or again.
        ChunkUploaded {
            model: ModelIndex,
            index: u32,
            /// How many chunks are still to come.
            missing: u32,
        },
        /// All bytes of a model are on chain for good, and programs may load it.
        Finalized {
            model: ModelIndex,
            model_hash: H256,
            byte_size: u32,
        },
        /// A model's chunks were removed, and the deposit for them went back.
        ChunksCleared {
            model: ModelIndex,
            refund: BalanceOf<T>,
        },
        /// A trained state was registered and stored as a new version of its parent.
        StateStored {
            model: ModelIndex,
            parent: ModelIndex,
            state_hash: H256,
        },
    }

    #[pallet::error]
    pub enum Error<T> {
        /// No registration has this index.
        UnknownModel,
        /// Only the owner of the registration may do this.
        NotOwner,
        /// The new owner is the present one.
        AlreadyOwner,
        /// A name is UTF-8, not empty, and has no control characters.
        InvalidName,
        /// This account has a registration of this name and version.
        NameTaken,
        /// Not the canonical encoding of a valid manifest, or an op that is not supported.
        InvalidManifest,
        /// The parent is not registered.
        UnknownParent,
        /// The parent belongs to another account.
        ParentNotOwned,
        /// The registration is closed for new requests already.
        AlreadyDeprecated,
        /// The registration has a key; a new key is a new version.
        KeyAlreadyRegistered,
        /// A point is malformed, off the curve or subgroup, or the identity; or γ = δ;
        /// or the number of inputs is not three.
        InvalidVerifyingKey,
        /// This δ or ε belongs to another registered key.
        TrapdoorAlreadyRegistered,
        /// The chain does not derive statements for this version of the circuit.
        UnsupportedCircuitVersion,
        /// This chain refuses keys whose maker could forge proofs.
        DevSetupNotAllowed,
        /// A development setup has no phase 1: its id is zero.
        DevSetupNamesPhase1,
        /// No ceremony on this chain attests this key.
        CeremonyNotAttested,
        /// The registry is full.
        TooManyModels,
        /// The registration is deprecated; its bytes can only be cleared.
        ModelDeprecated,
        /// More bytes, or more values between the layers, than a model on chain may have.
        ModelTooLarge,
        /// The model has no chunk of this index.
        InvalidChunkIndex,
        /// Every chunk has `ChunkBytes` bytes, and the last one those that remain.
        WrongChunkLength,
        /// No chunk of this model is there.
        NothingUploaded,
        /// Chunks of this model are still missing.
        ChunksMissing,
        /// The bytes of this model are final.
        AlreadyFinalized,
        /// The bytes are not those that the manifest commits to, or make no valid model.
        InvalidModelBytes,
        /// The state was not trained from this parent.
        StateOfAnotherModel,
        /// The version numbers that follow are taken or used up; register a larger one.
        NoFreeVersion,
    }

    #[pallet::hooks]
    impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
        #[cfg(feature = "try-runtime")]
        fn try_state(_: BlockNumberFor<T>) -> Result<(), frame::try_runtime::TryRuntimeError> {
            Self::check_invariants()
        }
    }

    #[pallet::view_functions]
    impl<T: Config> Pallet<T> {
        /// One registration.
        pub fn model(index: ModelIndex) -> Option<queries::ModelInfoOf<T>> {
            Self::model_info(index)
        }
    }

    #[pallet::call]
    impl<T: Config> Pallet<T> {
        /// Register a model by its canonical manifest.
        ///
        /// Content hash, weight size and interface come from the manifest. The name
        /// and version must be new for this account; `parent` is the registration of
        /// the same owner that this one follows. Registering content reserves nothing:
        /// others may register the same manifest.
        #[pallet::call_index(0)]
        #[pallet::weight(T::WeightInfo::register(
            name.len().saturated_into(),
            manifest.len().saturated_into(),
        ))]
        pub fn register(
            origin: OriginFor<T>,
            name: BoundedVec<u8, T::MaxNameLen>,
            version: u32,
            manifest: BoundedVec<u8, T::MaxManifestLen>,
            requirements: Requirements,
            pricing: Pricing<BalanceOf<T>>,
            parent: Option<ModelIndex>,
        ) -> DispatchResult {
            let owner = ensure_signed(origin)?;
            Self::do_register(
                owner,
                name,
                version,
                manifest,
                requirements,
                pricing,
                parent,
            )
        }

        /// Give a registration its verifying key (arkworks compressed, 360 bytes).
        ///
        /// The key is validated in full once, here, and stored in the form that
        /// verification uses. `proving_key_hash` is the Blake2-256 of the proving key
        /// file, so that a worker can tell whether it fetched the right one.
        #[pallet::call_index(1)]
        #[pallet::weight(Pallet::<T>::key_weight(verifying_key))]
        pub fn register_key(
            origin: OriginFor<T>,
            model: ModelIndex,
            verifying_key: VerifyingKey,
            setup: Setup,
            circuit_version: u16,
            phase1_id: H256,
            proving_key_hash: H256,
        ) -> DispatchResult {
            let who = ensure_signed(origin)?;
            Self::do_register_key(
                who,
                model,
                verifying_key,
                setup,
                circuit_version,
                phase1_id,
                proving_key_hash,
            )
        }

        /// Change what new requests pay to the owner.
        #[pallet::call_index(2)]
        #[pallet::weight(T::WeightInfo::update_pricing())]
        pub fn update_pricing(
            origin: OriginFor<T>,
            model: ModelIndex,
            pricing: Pricing<BalanceOf<T>>,
        ) -> DispatchResult {
            let who = ensure_signed(origin)?;
            Self::do_update_pricing(who, model, pricing)
        }

        /// Close a registration for new requests, for good.
        #[pallet::call_index(3)]
        #[pallet::weight(T::WeightInfo::deprecate())]
        pub fn deprecate(origin: OriginFor<T>, model: ModelIndex) -> DispatchResult {
            let who = ensure_signed(origin)?;
            Self::do_deprecate(who, model)
        }

        /// Give a registration, with its deposit on hold, to another account.
        ///
        /// Royalties of requests made before go to the previous owner.
        #[pallet::call_index(4)]
        #[pallet::weight(T::WeightInfo::transfer())]
        pub fn transfer(
            origin: OriginFor<T>,
            model: ModelIndex,
            new_owner: <T::Lookup as StaticLookup>::Source,
        ) -> DispatchResult {
            let who = ensure_signed(origin)?;
            let new_owner = T::Lookup::lookup(new_owner)?;
            Self::do_transfer(who, model, new_owner)
        }

        /// Store a chunk of a model's bytes, again if it is there.
        ///
        /// The bytes are those of the tensors, in the manifest's order, row-major and
        /// little-endian; chunk `index` begins at byte `index` · `ChunkBytes`. Chunks
        /// come in any order, at any time before [`Call::finalize`]. The deposit is per
        /// byte.
        #[pallet::call_index(5)]
        #[pallet::weight(T::WeightInfo::upload_chunk(bytes.len().saturated_into()))]
        pub fn upload_chunk(
            origin: OriginFor<T>,
            model: ModelIndex,
            index: u32,
            bytes: Chunk,
        ) -> DispatchResult {
            let who = ensure_signed(origin)?;
            Self::do_upload_chunk(who, model, index, bytes)
        }

        /// Check the uploaded bytes against the manifest, and keep them for good.
        #[pallet::call_index(6)]
        #[pallet::weight(T::WeightInfo::finalize(
            MaxChunks::<T>::get(),
            T::MaxManifestLen::get(),
            MAX_STORED_ACTIVATIONS.saturated_into(),
        ))]
        pub fn finalize(origin: OriginFor<T>, model: ModelIndex) -> DispatchResultWithPostInfo {
            let who = ensure_signed(origin)?;
            Self::do_finalize(who, model)
        }

        /// Remove the chunks of a model that is not final, and get the deposit for them
        /// back.
        #[pallet::call_index(7)]
        #[pallet::weight(T::WeightInfo::clear_chunks(MaxChunks::<T>::get()))]
        pub fn clear_chunks(origin: OriginFor<T>, model: ModelIndex) -> DispatchResultWithPostInfo {
            let who = ensure_signed(origin)?;
            Self::do_clear_chunks(who, model)
        }
    }
}
