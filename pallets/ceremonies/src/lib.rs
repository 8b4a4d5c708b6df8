//! # Ceremonies
//!
//! The keys of a model from a ceremony that nobody has to trust.
//!
//! A Groth16 key has a trapdoor δ, and one of committed proofs a second, ε. In a ceremony
//! each of several parties multiplies a secret of its own into each; one that forgets its
//! secrets is enough. The chain keeps the order: it pins a phase 1, takes a start from the model's owner and then
//! contributions, of each of which the host checks everything that does not need the
//! bulk of the key. The bulk (the queries L and H, and K with ε) lies elsewhere under
//! Merkle roots that the records carry: whoever finds a false point opens it on chain. The
//! chain assembles the final verifying key itself, from the start and the last trapdoors,
//! and the registry takes it as [`Setup::Ceremony`](lattice_primitives::Setup::Ceremony).
//!
//! * [`pallet`]: configuration, storage, events, errors and calls;
//! * [`types`]: what is stored;
//! * `opening`, `contributing`, `disputes`, `ending`: the calls' logic;
//! * `bonds`: what is on hold, given back and taken;
//! * `host`: what the host says, in this pallet's errors;
//! * `queries`: what the runtime API answers, and what the registry asks;
//! * `invariants`: what `try_state` checks.
//!
//! ## What a client must do
//! The chain cannot rebuild a circuit. Whoever contributes first rebuilds the start
//! (IC, L₀, H₀ and K₀) from the manifest and phase 1, and checks the bulk of every
//! predecessor: an honest contribution on planted points cannot be taken back. A false
//! start and withheld bulk are [`Config::DisputeOrigin`]'s to judge.
//!
//! ## Money
//! Opener and contributors have bonds on hold until the ceremony ends. A contribution
//! with a false leaf costs its bond: [`Config::ChallengerShare`] of it goes to whoever
//! shows that, the rest to the treasury. A challenge that shows nothing is an error and
//! costs its fee. The records of a finalized ceremony stay for as long as the chain
//! lives, since keys are checked against them; for their bytes the model's owner pays a
//! deposit.

#![cfg_attr(not(feature = "std"), no_std)]
#![cfg_attr(not(test), deny(clippy::arithmetic_side_effects, clippy::unwrap_used))]

extern crate alloc;

mod bonds;
mod contributing;
mod disputes;
mod ending;
mod host;
mod invariants;
mod opening;
pub mod queries;
pub mod types;
pub mod weights;

#[cfg(feature = "runtime-benchmarks")]
pub mod benchmarking;
#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;

pub use pallet::*;
pub use queries::AllowDevSetup;
pub use types::{BalanceOf, Ceremony, Contributed, Outcome};
pub use weights::WeightInfo;

#[frame::pallet]
pub mod pallet {
    use super::*;
    use frame::deps::frame_support::traits::StorageVersion;
    use frame::prelude::*;
    use lattice_host::ceremony::{Challenge, Contribution, Start};
    use lattice_primitives::{CeremonyId, ModelIndex};
    use pallet_model_registry::{CeremonyKeys, Registry};

    /// The layout of what is stored.
    const STORAGE_VERSION: StorageVersion = StorageVersion::new(0);

    #[pallet::pallet]
    #[pallet::storage_version(STORAGE_VERSION)]
    pub struct Pallet<T>(_);

    #[pallet::config]
    pub trait Config: frame_system::Config {
        /// The runtime's union of hold reasons.
        type RuntimeHoldReason: From<HoldReason>;

        /// The token in which bonds and deposits are held.
        type Currency: fungible::MutateHold<
            Self::AccountId,
            Reason = <Self as Config>::RuntimeHoldReason,
        >;

        /// The models whose keys are made. Its `Ceremonies` is this pallet.
        type Registry: Registry<Self::AccountId, BalanceOf<Self>> + CeremonyKeys<Self::AccountId>;

        /// Who judges what the chain cannot check: false starts and withheld bulk.
        type DisputeOrigin: EnsureOrigin<Self::RuntimeOrigin>;

        /// Weights of the calls.
        type WeightInfo: WeightInfo;

        /// The account that receives what slashes leave.
        type Treasury: Get<Self::AccountId>;

        /// What the opener has on hold until the ceremony ends, in planck.
        #[pallet::constant]
        type OpeningBond: Get<BalanceOf<Self>>;

        /// What a contributor has on hold until the ceremony ends, in planck.
        #[pallet::constant]
        type ContributionBond: Get<BalanceOf<Self>>;

        /// The part of a slashed bond that goes to the challenger.
        #[pallet::constant]
        type ChallengerShare: Get<Permill>;

        /// Deposit per byte of a finalized ceremony's records, in planck.
        #[pallet::constant]
        type DepositPerByte: Get<BalanceOf<Self>>;

        /// Most contributions of a ceremony.
        #[pallet::constant]
        type MaxContributions: Get<u32>;

        /// Contributors besides opener and owner that finalization needs.
        #[pallet::constant]
        type MinContributors: Get<u32>;

        /// Blocks after the last contribution in which anyone may challenge before the
        /// ceremony can be finalized, where genesis says nothing else.
        #[pallet::constant]
        type ChallengeWindow: Get<BlockNumberFor<Self>>;

        /// Blocks after the challenge window after which anyone may close a ceremony that
        /// was not finalized.
        #[pallet::constant]
        type AbandonedAfter: Get<BlockNumberFor<Self>>;
    }

    /// Why funds of an account are on hold.
    #[pallet::composite_enum]
    pub enum HoldReason {
        /// Bond of the opener of a ceremony that has not ended.
        OpeningBond,
        /// Bond of a contributor to a ceremony that has not ended.
        ContributionBond,
        /// Deposit for the records of a finalized ceremony.
        TranscriptDeposit,
    }

    /// Identity of the phase 1 from which new ceremonies start.
    #[pallet::storage]
    pub type Phase1Id<T> = StorageValue<_, H256>;

    /// Whether this is a development chain, which takes keys whose maker could forge
    /// proofs.
    #[pallet::storage]
    pub type DevSetupAllowed<T> = StorageValue<_, bool, ValueQuery>;

    /// Blocks between the last contribution and finalization.
    #[pallet::storage]
    pub type Window<T: Config> = StorageValue<_, BlockNumberFor<T>, ValueQuery, T::ChallengeWindow>;

    /// The number that the next ceremony gets.
    #[pallet::storage]
    pub type NextCeremony<T> = StorageValue<_, CeremonyId, ValueQuery>;

    /// Ceremonies that are open or were finalized.
    #[pallet::storage]
    pub type Ceremonies<T: Config> = StorageMap<_, Twox64Concat, CeremonyId, Ceremony<T>>;

    /// What they start from.
    #[pallet::storage]
    pub type Starts<T> = StorageMap<_, Twox64Concat, CeremonyId, Start>;

    /// Their contributions, without a gap from zero.
    #[pallet::storage]
    pub type Contributions<T: Config> =
        StorageDoubleMap<_, Twox64Concat, CeremonyId, Twox64Concat, u32, Contributed<T>>;

    /// Which contribution an account made to a ceremony.
    #[pallet::storage]
    pub type Contributors<T: Config> =
        StorageDoubleMap<_, Twox64Concat, CeremonyId, Blake2_128Concat, T::AccountId, u32>;

    /// The ceremony of a registration: there is one at a time, and none after one that
    /// was finalized.
    #[pallet::storage]
    pub type CeremonyOf<T> = StorageMap<_, Twox64Concat, ModelIndex, CeremonyId>;

    #[pallet::genesis_config]
    #[derive(DefaultNoBound)]
    pub struct GenesisConfig<T: Config> {
        /// Whether this is a development chain, which takes keys whose maker could forge
        /// proofs. No, unless genesis says so.
        pub allow_dev_setup: bool,
        /// Identity of the phase 1 from which ceremonies start, if it is known already.
        pub phase1_id: Option<H256>,
        /// Blocks between the last contribution and finalization, if not as configured.
        pub challenge_window: Option<BlockNumberFor<T>>,
    }

    #[pallet::genesis_build]
    impl<T: Config> BuildGenesisConfig for GenesisConfig<T> {
        fn build(&self) {
            DevSetupAllowed::<T>::put(self.allow_dev_setup);
            Phase1Id::<T>::set(self.phase1_id);
            if let Some(window) = self.challenge_window {
                Window::<T>::put(window);
            }
        }
    }

    #[pallet::event]
    #[pallet::generate_deposit(pub(super) fn deposit_event)]
    pub enum Event<T: Config> {
        /// New ceremonies start from this phase 1.
        Phase1Pinned { phase1_id: H256 },
        /// A ceremony for a registration began.
        Opened {
            ceremony: CeremonyId,
            model: ModelIndex,
            opener: T::AccountId,
            phase1_id: H256,
            /// What the first contribution builds on.
            transcript: H256,
        },
        /// A contribution was accepted.
        Contributed {
            ceremony: CeremonyId,
            index: u32,
            contributor: T::AccountId,
            /// What the next contribution builds on.
            transcript: H256,
        },
        /// A contribution had a false leaf.
        ChallengeUpheld {
            ceremony: CeremonyId,
            index: u32,
            contributor: T::AccountId,
            challenger: T::AccountId,
        },
        /// A contribution and all later ones are void; the ceremony goes on from the
        /// state before.
        Discarded {
            ceremony: CeremonyId,
            /// The first one that is void, and the index of the next contribution.
            from: u32,
            /// How many are void.
            count: u32,
            /// What the next contribution builds on.
            transcript: H256,
        },
        /// A bond was taken.
        Slashed {
            ceremony: CeremonyId,
            who: T::AccountId,
            amount: BalanceOf<T>,
            /// The part of it that the challenger got.
            reward: BalanceOf<T>,
        },
        /// The chain assembled the key, and the registry has it.
        Finalized {
            ceremony: CeremonyId,
            model: ModelIndex,
            vk_id: H256,
            proving_key_hash: H256,
        },
        /// A dispute ended a ceremony; nothing of it remains.
        Aborted { ceremony: CeremonyId },
        /// A ceremony ended without a key; nothing of it remains.
        Closed { ceremony: CeremonyId },
    }

    #[pallet::error]
    pub enum Error<T> {
        /// This chain pins no phase 1 yet.
        NoPhase1,
        /// The start is of another phase 1 than this chain pins.
        OtherPhase1,
        /// No registration has this index.
        UnknownModel,
        /// Only the owner of the registration may do this.
        NotOwner,
        /// The registration takes no requests any more.
        ModelDeprecated,
        /// The registration has a key; a new key is a new version.
        KeyAlreadyRegistered,
        /// The registration has a ceremony already.
        CeremonyRunning,
        /// The start is of another model than the registration.
        OtherModel,
        /// The chain does not derive statements for this version of the circuit.
        UnsupportedCircuitVersion,
        /// A point of a record is not canonical, off the curve or subgroup, or the identity.
        MalformedPoint,
        /// Phase 1 had no contribution: its β is one.
        UntouchedPhase1,
        /// β in the two groups is not one number.
        InconsistentPhase1,
        /// No circuit over this phase 1 has so many points in L, H and K.
        InvalidCounts,
        /// No ceremony has this number, or it left nothing.
        UnknownCeremony,
        /// The ceremony was finalized.
        AlreadyFinalized,
        /// Others contributed, or a contribution was discarded, since this contribution was
        /// made: check what is new and contribute again.
        StaleContribution,
        /// This account contributed to this ceremony already.
        AlreadyContributed,
        /// The ceremony has the largest number of contributions.
        TooManyContributions,
        /// The ceremony is for committed proofs and the contribution is not, or the reverse.
        OtherProofVersion,
        /// δ or ε is the previous one up to sign: contribute with fresh secrets.
        TrapdoorUnchanged,
        /// δ or ε in the two groups is not one number.
        TrapdoorInconsistent,
        /// A proof of knowledge is false for this chain, ceremony, place and account.
        KnowledgeNotProven,
        /// The ceremony has no contribution of this index.
        UnknownContribution,
        /// An opening does not lead to the root that it should.
        InvalidOpening,
        /// The leaf was no point before this contribution either: challenge an earlier one.
        EarlierContributionAtFault,
        /// The contribution is right about this leaf.
        ChallengeFailed,
        /// Fewer contributors than finalization needs, the opener and the owner aside.
        TooFewContributors,
        /// The last change may still be challenged.
        WindowOpen,
        /// With contributions, a ceremony can be closed once it is abandoned.
        NotAbandoned,
        /// There are no more numbers for ceremonies.
        TooManyCeremonies,
        /// The node does not have the host functions of this runtime.
        HostMismatch,
    }

    #[pallet::hooks]
    impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
        fn integrity_test() {
            assert!(
                T::MinContributors::get() < T::MaxContributions::get(),
                "a ceremony has room for those who count, and for the opener"
            );
        }

        #[cfg(feature = "try-runtime")]
        fn try_state(_: BlockNumberFor<T>) -> Result<(), frame::try_runtime::TryRuntimeError> {
            Self::check_invariants()
        }
    }

    #[pallet::view_functions]
    impl<T: Config> Pallet<T> {
        /// One ceremony.
        pub fn ceremony(ceremony: CeremonyId) -> Option<queries::CeremonyInfoOf<T>> {
            Self::ceremony_info(ceremony)
        }
    }

    #[pallet::call]
    impl<T: Config> Pallet<T> {
        /// Pin the phase 1 from which new ceremonies start. For root.
        ///
        /// Ceremonies that have begun keep theirs.
        #[pallet::call_index(0)]
        #[pallet::weight(T::WeightInfo::pin_phase1())]
        pub fn pin_phase1(origin: OriginFor<T>, phase1_id: H256) -> DispatchResult {
            ensure_root(origin)?;
            Phase1Id::<T>::put(phase1_id);
            Self::deposit_event(Event::Phase1Pinned { phase1_id });
            Ok(())
        }

        /// Begin a ceremony for a registration without a key, at γ = δ₀ = ε₀ = 1.
        ///
        /// For its owner. The start must be of the registered model and the pinned phase 1.
        /// A start that is not what follows from those costs the bond.
        #[pallet::call_index(1)]
        #[pallet::weight(T::WeightInfo::open())]
        pub fn open(origin: OriginFor<T>, model: ModelIndex, start: Start) -> DispatchResult {
            let who = ensure_signed(origin)?;
            Self::do_open(who, model, start)
        }

        /// Contribute to a ceremony, once per account.
        ///
        /// `index` and `previous` are those of the place that the contribution was made
        /// for: the number of contributions before it, and the transcript of them. The bulk
        /// must be where others find it; withholding it, or a false leaf in it, costs the
        /// bond.
        #[pallet::call_index(2)]
        #[pallet::weight(T::WeightInfo::contribute())]
        pub fn contribute(
            origin: OriginFor<T>,
            ceremony: CeremonyId,
            index: u32,
            previous: H256,
            contribution: Contribution,
        ) -> DispatchResult {
            let who = ensure_signed(origin)?;
            Self::do_contribute(who, ceremony, index, previous, contribution)
        }

        /// Show that a leaf of contribution `index` is false, by opening it under the roots
        /// before and after.
        ///
        /// If it is, that contribution and all later ones are void. Its bond is slashed,
        /// partly to the caller; the later ones' bonds go back.
        #[pallet::call_index(3)]
        #[pallet::weight(T::WeightInfo::challenge(T::MaxContributions::get()))]
        pub fn challenge(
            origin: OriginFor<T>,
            ceremony: CeremonyId,
            index: u32,
            challenge: Challenge,
        ) -> DispatchResultWithPostInfo {
            let who = ensure_signed(origin)?;
            let voided = Self::do_challenge(who, ceremony, index, challenge)?;
            Ok(Some(T::WeightInfo::challenge(voided)).into())
        }

        /// Assemble the verifying key and register it, with the deposits for it and for the
        /// ceremony's records; give all bonds back.
        ///
        /// For the owner of the registration. `proving_key_hash` is the Blake2-256 of the
        /// proving key file, which anyone can assemble from the bulk.
        #[pallet::call_index(4)]
        #[pallet::weight(T::WeightInfo::finalize(T::MaxContributions::get()))]
        pub fn finalize(
            origin: OriginFor<T>,
            ceremony: CeremonyId,
            proving_key_hash: H256,
        ) -> DispatchResultWithPostInfo {
            let who = ensure_signed(origin)?;
            let released = Self::do_finalize(who, ceremony, proving_key_hash)?;
            Ok(Some(T::WeightInfo::finalize(released)).into())
        }

        /// End a ceremony without a key and give all bonds back.
        ///
        /// The opener may do so before the first contribution, anyone once it is abandoned.
        #[pallet::call_index(5)]
        #[pallet::weight(T::WeightInfo::close(T::MaxContributions::get()))]
        pub fn close(origin: OriginFor<T>, ceremony: CeremonyId) -> DispatchResultWithPostInfo {
            let who = ensure_signed(origin)?;
            let released = Self::do_close(who, ceremony)?;
            Ok(Some(T::WeightInfo::close(released)).into())
        }

        /// Void contribution `from` and all later ones. For the dispute origin, where bulk
        /// is withheld.
        ///
        /// With `slash`, the bond of contribution `from` goes to the treasury; the later
        /// ones' go back.
        #[pallet::call_index(6)]
        #[pallet::weight(T::WeightInfo::discard(T::MaxContributions::get()))]
        pub fn discard(
            origin: OriginFor<T>,
            ceremony: CeremonyId,
            from: u32,
            slash: bool,
        ) -> DispatchResultWithPostInfo {
            T::DisputeOrigin::ensure_origin(origin)?;
            let voided = Self::do_discard(ceremony, from, slash)?;
            Ok(Some(T::WeightInfo::discard(voided)).into())
        }

        /// End a ceremony without a key. For the dispute origin, where the start is false.
        ///
        /// With `slash`, the opener's bond goes to the treasury; the contributors' go back.
        #[pallet::call_index(7)]
        #[pallet::weight(T::WeightInfo::abort(T::MaxContributions::get()))]
        pub fn abort(
            origin: OriginFor<T>,
            ceremony: CeremonyId,
            slash: bool,
        ) -> DispatchResultWithPostInfo {
            T::DisputeOrigin::ensure_origin(origin)?;
            let released = Self::do_abort(ceremony, slash)?;
            Ok(Some(T::WeightInfo::abort(released)).into())
        }
    }
}
