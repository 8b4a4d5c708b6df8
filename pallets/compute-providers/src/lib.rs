//! # Compute providers
//!
//! Providers put stake on hold, describe their machine and offer to serve models at
//! a price. An assignment locks part of the stake as collateral; a false proof takes
//! that collateral, lateness a small part of it.
//!
//! * [`pallet`]: configuration, storage and calls; `events` and `errors` are sections of it;
//! * [`types`]: what is stored of a provider, its offers and its unbonding stake;
//! * [`market`]: what the inference pallet uses ([`Market`]): collateral, settlement, failure;
//! * [`selection`]: which provider gets a request, and why the others do not;
//! * [`reputation`]: what an account's work so far says of it;
//! * `slashing`: what failures cost, at once or unless it is vetoed;
//! * `staking`: stake in, stake out; [`offers`]: prices per model, cheapest first;
//! * `profile`: registration, hardware, pause, heartbeat; `authorized`: a heartbeat without a fee;
//! * `queries`: what the runtime API answers; [`migrations`]: from one layout of the storage to the next; `invariants`: what `try_state`
//!   checks.
//!
//! ## Money
//! Everything that is staked or unbonding is on hold under [`HoldReason::Stake`].
//! `locked + pending ≤ stake` always: unbonding takes only what no assignment has locked and no
//! slash will take, and unbonding funds stay on hold, through deregistration and re-registration alike,
//! until their block has come.

#![cfg_attr(not(feature = "std"), no_std)]
#![cfg_attr(not(test), deny(clippy::arithmetic_side_effects, clippy::unwrap_used))]

extern crate alloc;

use frame::deps::frame_support::pallet_macros::import_section;

mod authorized;
mod errors;
mod events;
mod invariants;
mod loads;
pub mod market;
pub mod migrations;
pub mod offers;
mod profile;
pub mod queries;
pub mod reputation;
pub mod selection;
mod slashing;
mod staking;
pub mod types;
pub mod weights;

#[cfg(feature = "runtime-benchmarks")]
pub mod benchmarking;
#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;

#[cfg(feature = "runtime-benchmarks")]
pub use benchmarking::BenchmarkHelper;
pub use loads::Loads;
pub use market::{Fine, Market, NotOffered};
pub use pallet::*;
pub use reputation::{Fading, Reputation};
pub use selection::{Bill, Candidate, Demand, Field, NoneEligible, SelectionWeights, Service};
pub use types::{BalanceOf, PendingSlash, Provider, Ranked, SlashId, Unlocking};
pub use weights::WeightInfo;

#[import_section(errors::errors)]
#[import_section(events::events)]
#[frame::pallet]
pub mod pallet {
    use super::*;
    use crate::offers::Eviction;
    use crate::types::{EndpointsOf, OfferOf, OffersOf, RankingOf, UnlockingOf};
    use frame::deps::frame_support::traits::StorageVersion;
    use frame::deps::frame_support::weights::WeightMeter;
    use frame::deps::sp_runtime::traits::Verify;
    use frame::prelude::*;
    use lattice_primitives::{Failure, Hardware, ModelIndex, Offer};
    use pallet_model_registry::Registry;

    /// The layout of what is stored; see `migrations`.
    const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

    #[pallet::pallet]
    #[pallet::storage_version(STORAGE_VERSION)]
    pub struct Pallet<T>(_);

    #[pallet::config]
    pub trait Config: frame_system::Config {
        /// The runtime's union of hold reasons.
        type RuntimeHoldReason: From<HoldReason>;

        /// The token of stakes and prices.
        type Currency: fungible::MutateHold<
            Self::AccountId,
            Reason = <Self as Config>::RuntimeHoldReason,
        >;

        /// The models for which offers can be made.
        type Registry: Registry<Self::AccountId, BalanceOf<Self>>;

        /// What providers sign heartbeats with that cost no fee.
        type Signature: Verify<Signer = Self::Signer> + Parameter;

        /// Whose signatures those are.
        type Signer: IdentifyAccount<AccountId = Self::AccountId>;

        /// Weights of the calls.
        type WeightInfo: WeightInfo;

        /// The account that receives slashes.
        type Treasury: Get<Self::AccountId>;

        /// Who may drop slashes that wait.
        type VetoOrigin: EnsureOrigin<Self::RuntimeOrigin>;

        /// Blocks for which a slash waits that is not for a false proof; zero: not at all.
        #[pallet::constant]
        type SlashDelay: Get<BlockNumberFor<Self>>;

        /// Smallest stake of a provider that is registered and eligible, in planck.
        #[pallet::constant]
        type MinStake: Get<BalanceOf<Self>>;

        /// Stake that each slot of a capacity demands, in planck; all of them together at least
        /// `MinStake`.
        #[pallet::constant]
        type StakePerSlot: Get<BalanceOf<Self>>;

        /// Blocks without a sign of life after which a provider is given nothing.
        #[pallet::constant]
        type HeartbeatTimeout: Get<BlockNumberFor<Self>>;

        /// Blocks of an epoch, in each of which one heartbeat costs no fee.
        #[pallet::constant]
        type HeartbeatEpoch: Get<BlockNumberFor<Self>>;

        /// What counts how much when a provider is chosen.
        type SelectionWeights: Get<SelectionWeights>;

        /// Blocks after which a reputation fades by a step.
        #[pallet::constant]
        type ReputationEpoch: Get<BlockNumberFor<Self>>;

        /// Part of a reputation that a step leaves.
        #[pallet::constant]
        type ReputationKept: Get<Perquintill>;

        /// Fees that stand for what is believed of a new account, in planck.
        #[pallet::constant]
        type NeutralFees: Get<BalanceOf<Self>>;

        /// Smallest reputation with which a provider is chosen by those who do not name it.
        #[pallet::constant]
        type MinReputation: Get<Permill>;

        /// Most fees of one requester that count for one provider, in planck.
        #[pallet::constant]
        type MaxFeesPerRequester: Get<BalanceOf<Self>>;

        /// Most assignments of a new account at the same time.
        #[pallet::constant]
        type NewcomerSlots: Get<u32>;

        /// Fees that give one slot more, in planck.
        #[pallet::constant]
        type FeesPerSlot: Get<BalanceOf<Self>>;

        /// Blocks between unbonding and withdrawal.
        #[pallet::constant]
        type UnbondingPeriod: Get<BlockNumberFor<Self>>;

        /// Unbonding amounts that an account has at the same time.
        #[pallet::constant]
        type MaxUnbonding: Get<u32>;

        /// Offers per provider.
        #[pallet::constant]
        type MaxOffers: Get<u32>;

        /// Offers per model.
        #[pallet::constant]
        type MaxProvidersPerModel: Get<u32>;

        /// Endpoints per provider.
        #[pallet::constant]
        type MaxEndpoints: Get<u32>;

        /// Longest endpoint, in bytes.
        #[pallet::constant]
        type MaxEndpointLen: Get<u32>;

        /// Longest deadline of requests, in blocks.
        #[pallet::constant]
        type MaxDeadline: Get<BlockNumberFor<Self>>;

        /// Largest number of assignments that a provider takes at the same time.
        #[pallet::constant]
        type MaxCapacity: Get<u32>;

        /// Makes signatures for the benchmarks.
        #[cfg(feature = "runtime-benchmarks")]
        type BenchmarkHelper: BenchmarkHelper<Self::Signature, Self::AccountId>;
    }

    /// Why funds of an account are on hold.
    #[pallet::composite_enum]
    pub enum HoldReason {
        /// Stake of a provider, unbonding stake included.
        Stake,
    }

    /// Registered providers.
    #[pallet::storage]
    pub type Providers<T: Config> = StorageMap<_, Blake2_128Concat, T::AccountId, Provider<T>>;

    /// Stake on its way out, oldest first. Kept apart from the provider, so that it
    /// survives deregistration and re-registration.
    #[pallet::storage]
    pub type Unbondings<T: Config> =
        StorageMap<_, Blake2_128Concat, T::AccountId, UnlockingOf<T>, ValueQuery>;

    /// A provider's offers.
    #[pallet::storage]
    pub type Offers<T: Config> =
        StorageMap<_, Blake2_128Concat, T::AccountId, OffersOf<T>, ValueQuery>;

    /// The offers for a model, cheapest first; at one price, earliest first.
    #[pallet::storage]
    pub type Ranking<T: Config> = StorageMap<_, Twox64Concat, ModelIndex, RankingOf<T>, ValueQuery>;

    /// Slashes that wait, by number.
    #[pallet::storage]
    pub type PendingSlashes<T: Config> = StorageMap<_, Twox64Concat, SlashId, PendingSlash<T>>;

    /// No slash with a smaller number waits.
    #[pallet::storage]
    pub type FirstSlash<T> = StorageValue<_, SlashId, ValueQuery>;

    /// The number that the next slash gets that waits.
    #[pallet::storage]
    pub type NextSlash<T> = StorageValue<_, SlashId, ValueQuery>;

    /// What accounts have earned that are no providers now.
    #[pallet::storage]
    pub type Retired<T: Config> = StorageMap<_, Blake2_128Concat, T::AccountId, Reputation<T>>;

    /// Fees of a requester that count in a provider's reputation.
    #[pallet::storage]
    pub type EarnedFrom<T: Config> = StorageDoubleMap<
        _,
        Blake2_128Concat,
        T::AccountId,
        Blake2_128Concat,
        T::AccountId,
        Fading<T>,
    >;

    #[pallet::hooks]
    impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
        fn on_poll(now: BlockNumberFor<T>, weight: &mut WeightMeter) {
            Self::apply_slashes(now, weight);
        }

        fn integrity_test() {
            assert!(
                !T::ReputationEpoch::get().is_zero(),
                "a reputation fades after some blocks"
            );
            assert!(
                !T::NeutralFees::get().is_zero() && !T::FeesPerSlot::get().is_zero(),
                "reputation and slots are measured in fees"
            );
            let epoch = T::HeartbeatEpoch::get();
            assert!(
                !epoch.is_zero() && epoch.saturating_mul(3u32.into()) <= T::HeartbeatTimeout::get(),
                "a heartbeat in every epoch keeps a provider alive"
            );
            let weights = T::SelectionWeights::get();
            let weights = [
                weights.price,
                weights.capacity,
                weights.reputation,
                weights.stake,
                weights.residency,
            ];
            assert!(
                weights.iter().any(|weight| *weight != 0),
                "a choice needs something to go by"
            );
        }

        #[cfg(feature = "try-runtime")]
        fn try_state(_: BlockNumberFor<T>) -> Result<(), frame::try_runtime::TryRuntimeError> {
            Self::check_invariants()
        }
    }

    #[pallet::view_functions]
    impl<T: Config> Pallet<T> {
        /// One provider.
        pub fn provider(account: T::AccountId) -> Option<queries::ProviderInfoOf<T>> {
            Self::provider_info(&account)
        }
    }

    #[pallet::call]
    impl<T: Config> Pallet<T> {
        /// Become a provider with a stake.
        ///
        /// `capacity` is the number of assignments taken at the same time, each of which demands
        /// a part of the stake. A new account is given at most `NewcomerSlots`.
        #[pallet::call_index(0)]
        #[pallet::weight(T::WeightInfo::register(Pallet::<T>::endpoint_bytes(endpoints)))]
        pub fn register(
            origin: OriginFor<T>,
            stake: BalanceOf<T>,
            hardware: Hardware,
            endpoints: EndpointsOf<T>,
            capacity: u32,
        ) -> DispatchResult {
            let who = ensure_signed(origin)?;
            Self::do_register(who, stake, hardware, endpoints, capacity)
        }

        /// Add stake.
        #[pallet::call_index(1)]
        #[pallet::weight(T::WeightInfo::top_up())]
        pub fn top_up(origin: OriginFor<T>, amount: BalanceOf<T>) -> DispatchResult {
            let who = ensure_signed(origin)?;
            Self::do_top_up(who, amount)
        }

        /// Start to take stake out, down to what the capacity demands. What assignments have
        /// locked stays.
        #[pallet::call_index(2)]
        #[pallet::weight(T::WeightInfo::unbond())]
        pub fn unbond(origin: OriginFor<T>, amount: BalanceOf<T>) -> DispatchResult {
            let who = ensure_signed(origin)?;
            Self::do_unbond(who, amount)
        }

        /// Free every amount whose unbonding has ended.
        #[pallet::call_index(3)]
        #[pallet::weight(T::WeightInfo::withdraw_unbonded())]
        pub fn withdraw_unbonded(origin: OriginFor<T>) -> DispatchResult {
            let who = ensure_signed(origin)?;
            Self::do_withdraw_unbonded(who)
        }

        /// Offer to serve a model, or change the offer.
        ///
        /// `price` is the provider's part, in planck per inference; `min_deadline` is
        /// the shortest deadline accepted, in blocks. A changed offer ranks behind
        /// others of its price; running assignments keep theirs.
        #[pallet::call_index(4)]
        #[pallet::weight(Pallet::<T>::offer_weight(true))]
        pub fn set_offer(
            origin: OriginFor<T>,
            model: ModelIndex,
            price: BalanceOf<T>,
            min_deadline: BlockNumberFor<T>,
        ) -> DispatchResultWithPostInfo {
            let who = ensure_signed(origin)?;
            let offer = Offer::per_inference(price, min_deadline);
            let was_full = Self::do_set_offer(who, model, offer)?;
            Ok(Some(Self::offer_weight(was_full)).into())
        }

        /// Take no more requests for a model. Running assignments go on.
        #[pallet::call_index(5)]
        #[pallet::weight(T::WeightInfo::remove_offer())]
        pub fn remove_offer(origin: OriginFor<T>, model: ModelIndex) -> DispatchResult {
            let who = ensure_signed(origin)?;
            Self::do_remove_offer(who, model)
        }

        /// Say that the provider is alive.
        #[pallet::call_index(6)]
        #[pallet::weight(T::WeightInfo::heartbeat())]
        pub fn heartbeat(origin: OriginFor<T>) -> DispatchResult {
            let who = ensure_signed(origin)?;
            Self::do_heartbeat(who)
        }

        /// Leave: all offers go, and the whole stake starts to unbond.
        ///
        /// Refused while assignments are running.
        #[pallet::call_index(7)]
        #[pallet::weight(T::WeightInfo::deregister(T::MaxOffers::get()))]
        pub fn deregister(origin: OriginFor<T>) -> DispatchResultWithPostInfo {
            let who = ensure_signed(origin)?;
            let offers = Self::do_deregister(who)?;
            Ok(Some(T::WeightInfo::deregister(offers)).into())
        }

        /// Replace hardware, endpoints and capacity.
        #[pallet::call_index(8)]
        #[pallet::weight(T::WeightInfo::update_profile(Pallet::<T>::endpoint_bytes(endpoints)))]
        pub fn update_profile(
            origin: OriginFor<T>,
            hardware: Hardware,
            endpoints: EndpointsOf<T>,
            capacity: u32,
        ) -> DispatchResult {
            let who = ensure_signed(origin)?;
            Self::do_update_profile(who, hardware, endpoints, capacity)
        }

        /// Take no new assignments, or take them again. Running ones go on. To resume is a sign of
        /// life.
        #[pallet::call_index(9)]
        #[pallet::weight(T::WeightInfo::set_paused())]
        pub fn set_paused(origin: OriginFor<T>, paused: bool) -> DispatchResult {
            let who = ensure_signed(origin)?;
            Self::do_set_paused(who, paused)
        }

        /// As [`Pallet::heartbeat`], without a signed transaction and without a fee: once in every
        /// epoch of `HeartbeatEpoch` blocks in which nothing else has shown that the provider is
        /// alive.
        ///
        /// `epoch` is the present one, or the one before; `signature` is the provider's, of
        /// [`lattice_primitives::heartbeat_message`].
        #[pallet::call_index(11)]
        #[pallet::weight(T::WeightInfo::heartbeat())]
        #[pallet::authorize(Self::authorize_heartbeat)]
        #[pallet::weight_of_authorize(T::WeightInfo::authorize_heartbeat_authorized())]
        pub fn heartbeat_authorized(
            origin: OriginFor<T>,
            provider: T::AccountId,
            epoch: BlockNumberFor<T>,
            signature: T::Signature,
        ) -> DispatchResult {
            ensure_authorized(origin)?;
            // They were checked by the authorization.
            let _ = (epoch, signature);
            Self::do_heartbeat(provider)
        }

        /// As [`Pallet::set_offer`], with a price per million gas, a capacity for this model alone, and
        /// whether the model is in memory.
        ///
        /// In a full ranking the offer of a provider that is not there makes room, or else one of a
        /// lower reputation, or of an equal one that is dearer.
        #[pallet::call_index(12)]
        #[pallet::weight(Pallet::<T>::offer_weight(true))]
        pub fn set_offer_with(
            origin: OriginFor<T>,
            model: ModelIndex,
            offer: OfferOf<T>,
        ) -> DispatchResultWithPostInfo {
            let who = ensure_signed(origin)?;
            let was_full = Self::do_set_offer(who, model, offer)?;
            Ok(Some(Self::offer_weight(was_full)).into())
        }

        /// Say whether a model is in memory. The offer keeps its rank.
        #[pallet::call_index(13)]
        #[pallet::weight(T::WeightInfo::set_residency())]
        pub fn set_residency(
            origin: OriginFor<T>,
            model: ModelIndex,
            resident: bool,
        ) -> DispatchResult {
            let who = ensure_signed(origin)?;
            Self::do_set_residency(who, model, resident)
        }

        /// Drop a slash that waits. For `VetoOrigin`.
        #[pallet::call_index(10)]
        #[pallet::weight(T::WeightInfo::veto_slash())]
        pub fn veto_slash(origin: OriginFor<T>, slash: SlashId) -> DispatchResult {
            T::VetoOrigin::ensure_origin(origin)?;
            Self::do_veto(slash)
        }
    }
}
