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
//! * [`pallet`]: configuration, storage, events, errors and calls;
//! * [`types`]: what is stored, and the limits of a verifying key;
//! * [`traits`]: what the other pallets use ([`Registry`]) and what this one asks
//!   about ceremonies ([`Ceremonies`]);
//! * `registration`, `key`: the calls' logic; `deposit`: the holds;
//! * `queries`: what the runtime API answers; `invariants`: what `try_state` checks.
//!
//! ## Money
//! The owner pays a deposit, on hold under [`HoldReason::ModelDeposit`], for every
//! byte that a registration and its key occupy. Registrations stay readable for as
//! long as the chain lives, since records refer to them, so the deposit stays too
//! and moves with the ownership.

#![cfg_attr(not(feature = "std"), no_std)]
#![cfg_attr(not(test), deny(clippy::arithmetic_side_effects, clippy::unwrap_used))]

extern crate alloc;

mod deposit;
mod invariants;
mod key;
pub mod queries;
mod registration;
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
pub use traits::{Ceremonies, Registry, Servable};
pub use types::{BalanceOf, KeyDetails, Registration};
pub use weights::WeightInfo;

#[frame::pallet]
#[allow(clippy::too_many_arguments)]
pub mod pallet {
    use super::*;
    use crate::types::{NameKey, PreparedKey, VerifyingKey};
    use frame::prelude::*;
    use lattice_primitives::{ModelIndex, Pricing, Requirements, Setup};

    #[pallet::pallet]
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

        /// Whether keys whose maker could forge proofs are accepted.
        #[pallet::constant]
        type AllowDevSetup: Get<bool>;

        /// Deposit for a registration, whatever its length, in planck.
        #[pallet::constant]
        type DepositBase: Get<BalanceOf<Self>>;

        /// Deposit per byte of name, manifest and key, in planck.
        #[pallet::constant]
        type DepositPerByte: Get<BalanceOf<Self>>;

        /// Longest name, in bytes.
        #[pallet::constant]
        type MaxNameLen: Get<u32>;

        /// Longest manifest, in bytes.
        #[pallet::constant]
        type MaxManifestLen: Get<u32>;
    }

    /// Why funds of an account are on hold.
    #[pallet::composite_enum]
    pub enum HoldReason {
        /// Deposit for the bytes of registrations and keys.
        ModelDeposit,
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

    /// The verifying key of a registration, as submitted, and its origin.
    #[pallet::storage]
    pub type Keys<T> = StorageMap<_, Twox64Concat, ModelIndex, KeyDetails>;

    /// Validated keys in the form that the host verifies with, one for all registrations
    /// of the same model with the same key. The host reads an entry by its storage key.
    #[pallet::storage]
    pub type VerifyingKeys<T> = StorageMap<_, Identity, H256, PreparedKey>;

    /// Blake2-256 of every δ seen, with Blake2-256(ModelId ‖ key) of its first key. Two
    /// keys with one δ share a trapdoor, and the key alone would not tell their circuits
    /// apart.
    ///
    /// The same key for the same model is no second key: whoever copies it from the pool
    /// and registers it first takes nothing from its owner. Whoever registers a copy for
    /// another model first makes the owner set up again.
    #[pallet::storage]
    pub type Deltas<T> = StorageMap<_, Identity, H256, H256>;

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
        /// This δ belongs to another registered key.
        DeltaAlreadyRegistered,
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
        #[pallet::weight(T::WeightInfo::register_key())]
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
    }
}
