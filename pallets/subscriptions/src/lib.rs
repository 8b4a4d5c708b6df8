//! # Subscriptions
//!
//! Whoever asks one provider for about as many inferences every day pays in advance: a provider
//! publishes a plan (so many requests of a model in so many blocks), a subscriber puts the price of
//! some periods on hold, and its requests are served by that provider at that price, whatever offers
//! cost meanwhile. Each of them is a request as any other: `inference.request_inference_with` with
//! the number of the subscription in its options, settled on a proof.
//!
//! * [`pallet`]: configuration, storage, events, errors and calls;
//! * [`types`]: what is stored of plans and subscriptions, and what follows from it;
//! * `plans`: published and taken back; `subscribing`: terms are frozen, and money put on hold;
//! * `drawing`: what the inference pallet uses, [`pallet_inference::Subscriptions`];
//! * `periods`: what becomes of a period that is over; `presence`: whether a provider could have
//!   served; `endings`: by either party before the time;
//! * `deadlines`: periods are settled in `on_poll`, under a weight meter, with a cursor;
//! * `payments`: out of the hold, to whomever; money never blocks;
//! * `queries`: what the runtime API answers; `invariants`: what `try_state` checks.
//!
//! ## The price
//! The provider's part of a request is `compute = ⌈plan price / quota⌉`, the royalty is the model's
//! at the time of the subscription, and the fee that of a request with this compute
//! ([`pallet_inference::Ledger::bill`]). All three are frozen. `periods · quota · (compute + royalty +
//! fee)` is put on hold, to the planck what all requests together cost, so that what was quoted is
//! never below the bill; whoever uses a whole quota pays its provider the plan's price and less than
//! `quota` planck on top.
//!
//! ## Periods
//! follow one another from the block of the subscription: period `i` of `p` blocks, counted from
//! zero, has the blocks `subscribed_at + i·p` up to `subscribed_at + (i+1)·p`, that one excluded.
//! Quotas are not carried over. When a period is over, its requests that were not made are settled:
//!
//! | part of a request that was not made | goes to |
//! |---|---|
//! | compute, if the provider kept its capacity | the provider |
//! | compute, if it did not | the subscriber |
//! | royalty and fee | the subscriber |
//!
//! It did not keep it if a failure was noted in the period, whichever request it was of (a late
//! result, a false proof, a request that it did not accept, or an absence that the subscriber
//! [reported](Pallet::report_absence)), or if it could not be given a request when the period is
//! settled. Several periods that are over are settled in one step, of a cost that does not depend on
//! their number.
//!
//! ## Endings
//! | ending | periods to come | unused compute of the running period |
//! |---|---|---|
//! | completed | none | as of every period |
//! | cancelled by the subscriber | back | back for the blocks to come, the present one included, rounded up; the rest as of every period |
//! | terminated by the provider | back | back |
//!
//! Requests under way do not notice: their money is in their own escrow.
//!
//! ## Money
//! All of it is the subscriber's, on hold under [`HoldReason::Prepaid`]: what was prepaid, less what
//! was drawn, paid and refunded. A request that draws moves the price of one request from there to its
//! own escrow, within one call; if it fails, its escrow comes back as free money, and not to the
//! subscription.
//!
//! ## Who risks what
//! *The subscriber*: the compute of requests that it does not make, as long as the provider could
//! serve them. It does not find out by itself that it could not: presence is looked at when a period
//! is settled and when the subscriber reports an absence, not in between. Nor does a subscription
//! reserve a slot: who has all slots taken counts as present, since the subscriber's own requests may
//! be what takes them. Who is refused cancels, and has lost the part of the period that has passed.
//! *The provider*: the compute of what it has kept free and what a cancellation gives back, and a
//! period's, if it fails once.
//! *The owner of the model*: nothing; requests that are made pay the royalty of the subscription's
//! time.

#![cfg_attr(not(feature = "std"), no_std)]
#![cfg_attr(not(test), deny(clippy::arithmetic_side_effects, clippy::unwrap_used))]

extern crate alloc;

mod deadlines;
mod drawing;
mod endings;
mod invariants;
mod payments;
mod periods;
mod plans;
mod presence;
pub mod queries;
mod subscribing;
pub mod types;
pub mod weights;

#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;

pub use pallet::*;
pub use types::{BalanceOf, Plan, Subscription};
pub use weights::WeightInfo;

#[frame::pallet]
pub mod pallet {
    use super::*;
    use crate::types::PlanKeysOf;
    use frame::deps::frame_support::traits::StorageVersion;
    use frame::deps::frame_support::weights::WeightMeter;
    use frame::prelude::*;
    use lattice_primitives::{ModelIndex, PlanId, Price, SubscriptionEnd, SubscriptionId};
    use pallet_compute_providers::Market;
    use pallet_inference::{Ledger, Offers, OrderedId};
    use pallet_model_registry::Registry;

    /// The layout of what is stored.
    const STORAGE_VERSION: StorageVersion = StorageVersion::new(0);

    #[pallet::pallet]
    #[pallet::storage_version(STORAGE_VERSION)]
    pub struct Pallet<T>(_);

    #[pallet::config]
    pub trait Config: frame_system::Config {
        /// The runtime's union of hold reasons.
        type RuntimeHoldReason: From<HoldReason>;

        /// The token of prices.
        type Currency: fungible::MutateHold<
            Self::AccountId,
            Reason = <Self as Config>::RuntimeHoldReason,
        >;

        /// The models that plans are for.
        type Registry: Registry<Self::AccountId, BalanceOf<Self>>;

        /// The providers that publish them.
        type Providers: Market<Self::AccountId, BalanceOf<Self>, BlockNumberFor<Self>>;

        /// Who serves what, and how a request is billed.
        type Offers: Offers<Self::AccountId, BalanceOf<Self>>
            + Ledger<Self::AccountId, BalanceOf<Self>, BlockNumberFor<Self>>;

        /// Weights of the calls and of the deadline work.
        type WeightInfo: WeightInfo;

        /// The account that receives payments that cannot be credited.
        type Treasury: Get<Self::AccountId>;

        /// Most plans of a provider.
        #[pallet::constant]
        type MaxPlans: Get<u32>;

        /// Most periods of a subscription.
        #[pallet::constant]
        type MaxPeriods: Get<u32>;

        /// Shortest period, in blocks.
        #[pallet::constant]
        type MinPeriod: Get<BlockNumberFor<Self>>;

        /// Longest period, in blocks.
        #[pallet::constant]
        type MaxPeriod: Get<BlockNumberFor<Self>>;

        /// Most requests of a period.
        #[pallet::constant]
        type MaxQuota: Get<u32>;

        /// Longest deadline that a request may have, in blocks: a provider that takes no requests
        /// with it takes none.
        #[pallet::constant]
        type MaxDeadline: Get<BlockNumberFor<Self>>;
    }

    /// Why funds of an account are on hold.
    #[pallet::composite_enum]
    pub enum HoldReason {
        /// What subscriptions have left.
        Prepaid,
    }

    /// The number that the next plan gets.
    #[pallet::storage]
    pub type NextPlan<T> = StorageValue<_, PlanId, ValueQuery>;

    /// Plans that can be subscribed to; of others nothing stays.
    #[pallet::storage]
    pub type Plans<T: Config> = StorageMap<_, Twox64Concat, PlanId, Plan<T>>;

    /// A provider's plans, in the order of their numbers. No two have the same model and period.
    #[pallet::storage]
    pub type PlansOf<T: Config> =
        StorageMap<_, Blake2_128Concat, T::AccountId, PlanKeysOf<T>, ValueQuery>;

    /// The number that the next subscription gets.
    #[pallet::storage]
    pub type NextSubscription<T> = StorageValue<_, SubscriptionId, ValueQuery>;

    /// Open subscriptions; of others nothing stays.
    #[pallet::storage]
    pub type Subscriptions<T: Config> =
        StorageMap<_, Twox64Concat, SubscriptionId, Subscription<T>>;

    /// Open subscriptions by subscriber and by provider, in ascending order.
    #[pallet::storage]
    pub type SubscriptionsOf<T: Config> =
        StorageDoubleMap<_, Blake2_128Concat, T::AccountId, Identity, OrderedId, ()>;

    /// Open subscriptions by the last block of the period that is to be settled next.
    #[pallet::storage]
    pub type Due<T: Config> =
        StorageDoubleMap<_, Twox64Concat, BlockNumberFor<T>, Identity, OrderedId, ()>;

    /// The deadline work's cursor: nothing is due in an earlier block.
    #[pallet::storage]
    pub type NextDue<T: Config> = StorageValue<_, BlockNumberFor<T>, ValueQuery>;

    #[pallet::event]
    #[pallet::generate_deposit(pub(super) fn deposit_event)]
    pub enum Event<T: Config> {
        /// A plan was published, in place of one of the same provider, model and period if there
        /// was one.
        PlanSet {
            plan: PlanId,
            provider: T::AccountId,
            model: ModelIndex,
            period: BlockNumberFor<T>,
            quota: u32,
            price: BalanceOf<T>,
            replaced: Option<PlanId>,
        },
        /// A plan can be subscribed to no more. Subscriptions to it go on.
        PlanRemoved {
            plan: PlanId,
            provider: T::AccountId,
        },
        /// A subscription was made, and its price is on hold. `price` is that of each request.
        Subscribed {
            subscription: SubscriptionId,
            plan: PlanId,
            subscriber: T::AccountId,
            provider: T::AccountId,
            model: ModelIndex,
            price: Price<BalanceOf<T>>,
            period: BlockNumberFor<T>,
            quota: u32,
            periods: u32,
            prepaid: BalanceOf<T>,
        },
        /// A request was made, the `used`-th of period `index`, and its price released for it.
        Drawn {
            subscription: SubscriptionId,
            index: u32,
            used: u32,
        },
        /// A request that the subscription paid for failed, which counts for period `index`.
        FailureNoted {
            subscription: SubscriptionId,
            index: u32,
            failures: u32,
        },
        /// The provider could not be given a request, which counts for period `index` as a failure.
        AbsenceReported {
            subscription: SubscriptionId,
            index: u32,
            failures: u32,
        },
        /// Periods `first..first + count` were settled: what was not used of them was paid to the
        /// provider and refunded to the subscriber.
        PeriodsSettled {
            subscription: SubscriptionId,
            first: u32,
            count: u32,
            paid: BalanceOf<T>,
            refunded: BalanceOf<T>,
        },
        /// A subscription is no more. From its beginning on, its requests have drawn, its provider was
        /// paid for what was not used, and its subscriber got back so much: together what was
        /// prepaid.
        Ended {
            subscription: SubscriptionId,
            subscriber: T::AccountId,
            provider: T::AccountId,
            reason: SubscriptionEnd,
            drawn: BalanceOf<T>,
            paid: BalanceOf<T>,
            refunded: BalanceOf<T>,
        },
        /// An account could not be credited. The amount went to the treasury or, where
        /// that could not be credited either, back to the subscriber.
        PaymentDiverted {
            subscription: SubscriptionId,
            payee: T::AccountId,
            amount: BalanceOf<T>,
        },
    }

    #[pallet::error]
    pub enum Error<T> {
        /// No model has this index.
        UnknownModel,
        /// The model takes no new requests.
        ModelDeprecated,
        /// The model has no verifying key yet.
        NoVerifyingKey,
        /// The provider has no offer for the model.
        NoOffer,
        /// The provider takes no new work for now.
        ProviderPaused,
        /// The price is so high that the bill cannot be written down.
        PriceOverflow,
        /// The period is shorter than `MinPeriod` or longer than `MaxPeriod`.
        InvalidPeriod,
        /// A quota is at least one request and at most `MaxQuota`.
        InvalidQuota,
        /// The provider has as many plans as it may have.
        TooManyPlans,
        /// The chain is out of plan numbers.
        PlanNumbersExhausted,
        /// No plan has this number: it was removed or replaced, or never there.
        UnknownPlan,
        /// Only its provider may remove a plan, while it serves the model.
        NotPlanProvider,
        /// A subscription with oneself pays nobody.
        SubscriberIsProvider,
        /// A subscription has at least one period and at most `MaxPeriods`.
        InvalidPeriods,
        /// The subscription costs more than `max_total`.
        TotalTooHigh,
        /// The subscription costs nothing: ask without one.
        NothingToPrepay,
        /// The chain is out of subscription numbers.
        TooManySubscriptions,
        /// No open subscription has this number.
        UnknownSubscription,
        /// Only the subscriber may.
        NotSubscriber,
        /// Only the provider may.
        NotProvider,
        /// The subscription is for another model.
        WrongModel,
        /// The last period is over.
        SubscriptionEnded,
        /// As many requests were made in this period as it has.
        QuotaUsedUp,
        /// No period is over that is not settled.
        PeriodNotOver,
        /// The provider can be given requests now, or is busy with others.
        ProviderPresent,
    }

    #[pallet::hooks]
    impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
        fn on_poll(now: BlockNumberFor<T>, weight: &mut WeightMeter) {
            lattice_deadlines::work_off::<Self>(now, weight);
        }

        fn integrity_test() {
            assert!(
                !T::MinPeriod::get().is_zero() && T::MinPeriod::get() <= T::MaxPeriod::get(),
                "periods have blocks, and there is a length that they may have"
            );
            assert!(
                T::MaxPlans::get() > 0 && T::MaxPeriods::get() > 0 && T::MaxQuota::get() > 0,
                "somebody has to be able to subscribe to something"
            );
            assert!(
                lattice_deadlines::longest_step_fits::<Self>(),
                "a block's share must be enough for any ending"
            );
        }

        #[cfg(feature = "try-runtime")]
        fn try_state(_: BlockNumberFor<T>) -> Result<(), frame::try_runtime::TryRuntimeError> {
            Self::check_invariants()
        }
    }

    #[pallet::view_functions]
    impl<T: Config> Pallet<T> {
        /// A plan that can be subscribed to.
        pub fn plan_of(plan: PlanId) -> Option<queries::PlanInfoOf<T>> {
            Self::plan(plan)
        }

        /// An open subscription.
        pub fn subscription_of(
            subscription: SubscriptionId,
        ) -> Option<queries::SubscriptionInfoOf<T>> {
            Self::subscription(subscription)
        }
    }

    #[pallet::call]
    impl<T: Config> Pallet<T> {
        /// Publish a plan: `quota` requests of a model within `period` blocks, for `price` planck,
        /// royalty and protocol fee not included.
        ///
        /// It replaces the signer's plan of the same model and period, if there is one, under a new
        /// number, so that nobody subscribes to other terms than it has seen. The signer must have
        /// an offer for the model, and not be paused. Subscriptions that exist keep their terms.
        #[pallet::call_index(0)]
        #[pallet::weight(T::WeightInfo::set_plan())]
        pub fn set_plan(
            origin: OriginFor<T>,
            model: ModelIndex,
            period: BlockNumberFor<T>,
            quota: u32,
            price: BalanceOf<T>,
        ) -> DispatchResult {
            let who = ensure_signed(origin)?;
            Self::do_set_plan(who, model, period, quota, price)
        }

        /// Take a plan back. Subscriptions to it go on.
        ///
        /// Its provider may, and anyone once its provider has no offer for the model.
        #[pallet::call_index(1)]
        #[pallet::weight(T::WeightInfo::remove_plan())]
        pub fn remove_plan(origin: OriginFor<T>, plan: PlanId) -> DispatchResult {
            let who = ensure_signed(origin)?;
            Self::do_remove_plan(&who, plan)
        }

        /// Pay some periods of a plan in advance, the first of which begins in this block.
        ///
        /// The fee pays for the end of each period, too, which the chain settles by itself.
        ///
        /// What all of their requests cost, at most `max_total` planck, is put on hold. The price of
        /// a request is the plan's, with royalty and fee, and stays as it is now.
        #[pallet::call_index(2)]
        #[pallet::weight(Pallet::<T>::subscribe_weight(*periods))]
        pub fn subscribe(
            origin: OriginFor<T>,
            plan: PlanId,
            periods: u32,
            max_total: BalanceOf<T>,
        ) -> DispatchResult {
            let who = ensure_signed(origin)?;
            Self::do_subscribe(who, plan, periods, max_total)
        }

        /// Settle the periods of a subscription that are over, as the chain does by itself. Anyone
        /// may; it is free when it works.
        #[pallet::call_index(3)]
        #[pallet::weight(T::WeightInfo::settle_period())]
        pub fn settle_period(
            origin: OriginFor<T>,
            subscription: SubscriptionId,
        ) -> DispatchResultWithPostInfo {
            ensure_signed(origin)?;
            Self::do_settle_period(subscription)?;
            Ok(Pays::No.into())
        }

        /// End a subscription. Only the subscriber may, at any time.
        ///
        /// Periods that have not begun come back whole. Of the compute that the running period has
        /// unused, the part of its blocks that are to come comes back, and the rest is the
        /// provider's, if it has kept its capacity.
        #[pallet::call_index(4)]
        #[pallet::weight(T::WeightInfo::cancel())]
        pub fn cancel(origin: OriginFor<T>, subscription: SubscriptionId) -> DispatchResult {
            let who = ensure_signed(origin)?;
            Self::do_cancel(&who, subscription)
        }

        /// End a subscription. Only the provider may, at any time, and what was not used comes back to
        /// the subscriber, the running period included.
        #[pallet::call_index(5)]
        #[pallet::weight(T::WeightInfo::terminate())]
        pub fn terminate(origin: OriginFor<T>, subscription: SubscriptionId) -> DispatchResult {
            let who = ensure_signed(origin)?;
            Self::do_terminate(&who, subscription)
        }

        /// Have it noted that the provider cannot be given a request now: it has no offer for the
        /// model, is paused, silent, short of stake, without a capacity, or asks for a longer
        /// deadline than there is; or the model takes no requests. Counts as a failure in the running
        /// period. Only the subscriber may.
        #[pallet::call_index(6)]
        #[pallet::weight(T::WeightInfo::report_absence())]
        pub fn report_absence(
            origin: OriginFor<T>,
            subscription: SubscriptionId,
        ) -> DispatchResult {
            let who = ensure_signed(origin)?;
            Self::do_report_absence(&who, subscription)
        }
    }
}
