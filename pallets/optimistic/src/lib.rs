//! # Optimistic requests
//!
//! The tier of trust for whoever needs no proof and waits a while: one provider's result stands
//! unless somebody who ran the model too challenges it, and the provider cannot defend it before
//! the chain. It costs the provider no proof, and works for any model whose one element is small
//! enough to check on chain; a verifying key is not needed.
//!
//! ```text
//!            post_result            the window passes
//!  Assigned ─────────────▶ Posted ──────────────────▶ settled
//!   │     ▲ next block  ▲     │ challenge
//!   │ late │      upheld │     ▼
//!   │  Waiting ◀──────── disputed
//!   │  ▲   │    refuted      │
//!   ▼  │   ▼ nobody left     ▼ refuted, no attempts left
//!  expired unserved       refuted
//! ```
//!
//! * [`pallet`]: configuration, storage, events, errors and calls;
//! * [`types`]: what is stored of a request;
//! * `terms`: window, bond, bills and quotes;
//! * `requests`: a request is made, as `pallet_inference` orders it ([`pallet_inference::Tier`]);
//! * `results`: a result is posted, with the root that its provider can be held to;
//! * `challenges`: a result is challenged, and what the verdict does;
//! * `attempts`: how a provider fails, and how the request goes to the next one;
//! * `endings`: what endings pay and record; `payments`: out of holds;
//! * `deadlines`: what is due in `on_poll`, under a weight meter, with a cursor;
//! * `queries`: what the runtime API answers; `invariants`: what `try_state` checks.
//!
//! ## The mechanism
//! With its output the provider posts the root of a tree over the results of all operators, and
//! shows that the output is the last of them. For `window` blocks anyone but the provider may
//! challenge the result with a bond. [`pallet_disputes`] finds out who is right; an honest
//! challenger always wins against a false result, and an honest provider against any challenge.
//! While disputes run the result is not final, and more may be opened, at most
//! [`Config::MaxChallenges`] at a time. A challenge that fails starts the window anew: so nobody
//! runs out the clock, or fills all places, with challenges of its own until an honest one is too
//! late.
//!
//! A request cannot be taken back: whoever could read a result from the pool and cancel would not
//! pay.
//!
//! It may name several attempts. Then a provider that is late, or whose result is refuted, is
//! followed by the best of the others, which begins anew: with a price, a collateral and a whole
//! deadline of its own, and its result with a whole window.
//!
//! ## Money
//! The requester's price is in escrow, under [`HoldReason::Escrow`]; with several attempts all that
//! it would pay, since the next provider may be dearer, and what is left of it comes back. The
//! provider's collateral is what the price demands or the bond, whichever is more, and locked until
//! the result is final. Each challenger's bond is on hold under [`HoldReason::Bond`].
//!
//! | ending | requester | provider | challengers |
//! |---|---|---|---|
//! | settled | pays price, royalty and fee | paid, collateral free | |
//! | expired | refunded | fined for lateness | |
//! | refuted | refunded | whole collateral taken | the winner has `RewardShare` of it, all have their bonds back |
//! | unserved | refunded | none is left to try | |
//!
//! While attempts are left a failure costs its provider the same, and gives challengers the same; the
//! escrow waits for the next provider.
//!
//! Of a bond that is lost the provider has `RewardShare`, for its trouble and the fees of its
//! moves. What the winner does not get is burnt, never given to anyone, so that challenging oneself
//! costs, whichever side loses.
//!
//! ## Who risks what
//! *The requester*: that nobody honest runs the model again in the window; and that its result is
//! late. Whoever delays it by a dispute and another window pays a bond, part of which is burnt.
//! *The provider*: its collateral, if it is wrong or misses a turn. It keeps the trace until the
//! result is final, and its slot is taken for as long.
//! *A challenger*: its bond, if it is wrong or misses a turn. One that is right is not first for
//! sure: a provider that is found out can hurry to lose to itself. It saves `RewardShare` of its
//! collateral, and the rest is burnt all the same; the honest challenger has its bond back.
//! *Everybody*: a slash for a refuted result waits for `SlashDelay` blocks, in which it may be
//! vetoed, and the reward with it.

#![cfg_attr(not(feature = "std"), no_std)]
#![cfg_attr(not(test), deny(clippy::arithmetic_side_effects, clippy::unwrap_used))]

extern crate alloc;

use frame::deps::frame_support::pallet_macros::import_section;

mod attempts;
mod challenges;
mod deadlines;
mod endings;
mod events;
mod invariants;
mod payments;
pub mod queries;
mod requests;
mod results;
mod terms;
pub mod types;
pub mod weights;

#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;

pub use pallet::*;
pub use types::{BalanceOf, Challenge, Posted, Request};
pub use weights::WeightInfo;

#[import_section(events::events)]
#[frame::pallet]
pub mod pallet {
    use super::*;
    use frame::deps::frame_support::traits::StorageVersion;
    use frame::deps::frame_support::weights::WeightMeter;
    use frame::prelude::*;
    use lattice_primitives::{DisputeId, ModelIndex, Price, RequestId};
    use pallet_compute_providers::Market;
    use pallet_disputes::{Court, OutputLink};
    use pallet_inference::{Ledger, OrderedId};

    /// The layout of what is stored.
    const STORAGE_VERSION: StorageVersion = StorageVersion::new(0);

    #[pallet::pallet]
    #[pallet::storage_version(STORAGE_VERSION)]
    pub struct Pallet<T>(_);

    #[pallet::config]
    pub trait Config: frame_system::Config {
        /// The runtime's union of hold reasons.
        type RuntimeHoldReason: From<HoldReason>;

        /// The token of prices and bonds.
        type Currency: fungible::MutateHold<
            Self::AccountId,
            Reason = <Self as Config>::RuntimeHoldReason,
        >;

        /// The providers that serve requests.
        type Providers: Market<Self::AccountId, BalanceOf<Self>, BlockNumberFor<Self>>;

        /// Who bills requests, and remembers how they ended.
        type Ledger: Ledger<Self::AccountId, BalanceOf<Self>, BlockNumberFor<Self>>;

        /// Where challenges are decided; it must tell this pallet its verdicts.
        type Court: Court<Self::AccountId>;

        /// Weights of the calls, of verdicts, and of the deadline work.
        type WeightInfo: WeightInfo;

        /// The account that receives the fee, and payments that cannot be credited.
        type Treasury: Get<Self::AccountId>;

        /// Longest input on chain, in elements.
        #[pallet::constant]
        type MaxInputLen: Get<u32>;

        /// Longest output on chain, in elements.
        #[pallet::constant]
        type MaxOutputLen: Get<u32>;

        /// Shortest time in which a result may be challenged, in blocks: what a watcher needs to
        /// run the model and have its challenge in a block.
        #[pallet::constant]
        type MinWindow: Get<BlockNumberFor<Self>>;

        /// Longest time in which a result may be challenged, in blocks.
        #[pallet::constant]
        type MaxWindow: Get<BlockNumberFor<Self>>;

        /// Smallest bond, in planck: what pays for a provider's moves in a dispute, and a watcher
        /// for its work.
        #[pallet::constant]
        type MinBond: Get<BalanceOf<Self>>;

        /// Part of what the loser of a dispute loses that the winner gets; the rest is burnt.
        #[pallet::constant]
        type RewardShare: Get<Permill>;

        /// Most disputes about one result at the same time.
        #[pallet::constant]
        type MaxChallenges: Get<u32>;
    }

    /// Why funds of an account are on hold.
    #[pallet::composite_enum]
    pub enum HoldReason {
        /// Price of open requests.
        Escrow,
        /// Bonds of open challenges.
        Bond,
    }

    /// Open requests; how others ended is in `pallet_inference`.
    #[pallet::storage]
    pub type Requests<T: Config> = StorageMap<_, Twox64Concat, RequestId, Request<T>>;

    /// Open requests that a provider has, by provider, in ascending order.
    #[pallet::storage]
    pub type AssignedTo<T: Config> =
        StorageDoubleMap<_, Blake2_128Concat, T::AccountId, Identity, OrderedId, ()>;

    /// Open requests whose result is posted, in ascending order.
    #[pallet::storage]
    pub type Results<T> = StorageMap<_, Identity, OrderedId, ()>;

    /// Open requests by the last block before something has to be done about them: that of their
    /// deadline or of their window, or of the failure after which they wait for the next provider.
    /// Those that are disputed wait for the verdict.
    #[pallet::storage]
    pub type Due<T: Config> =
        StorageDoubleMap<_, Twox64Concat, BlockNumberFor<T>, Identity, OrderedId, ()>;

    /// The deadline work's cursor: nothing is due in an earlier block.
    #[pallet::storage]
    pub type NextDue<T: Config> = StorageValue<_, BlockNumberFor<T>, ValueQuery>;

    #[pallet::error]
    pub enum Error<T> {
        /// The window or the bond is out of the chain's range.
        InvalidTier,
        /// No model has this index.
        UnknownModel,
        /// The model has an operator whose one element takes more bytes to check than the chain
        /// takes.
        NotDisputable,
        /// The input is longer than this chain takes.
        InputTooLong,
        /// The model's output is too long to be posted on this chain.
        OutputTooLong,
        /// No provider with an offer is eligible for this deadline and bond now.
        NoProvider,
        /// The price is above `max_price`.
        MaxPriceTooLow,
        /// No open optimistic request has this number.
        UnknownRequest,
        /// Only the assigned provider may post.
        NotAssignedProvider,
        /// The result is posted already.
        AlreadyPosted,
        /// The deadline has passed.
        DeadlinePassed,
        /// The context is not this chain's: the result was made for another fork.
        ContextMismatch,
        /// The output does not have the model's number of elements.
        WrongOutputLength,
        /// The output is not the last result under the trace's root.
        OutputNotCommitted,
        /// There is no result to challenge yet.
        NothingPosted,
        /// A provider cannot challenge its own result.
        ChallengerIsProvider,
        /// The result is final.
        WindowPassed,
        /// The account has a dispute about this result already.
        AlreadyChallenging,
        /// As many disputes as there may be run about this result.
        TooManyChallenges,
        /// What is posted is another result than the one that is challenged.
        OtherResult,
        /// Neither deadline nor window has passed, nor the block in which it began to wait; or a
        /// dispute runs.
        NotDue,
    }

    #[pallet::hooks]
    impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
        fn on_poll(now: BlockNumberFor<T>, weight: &mut WeightMeter) {
            lattice_deadlines::work_off::<Self>(now, weight);
        }

        fn integrity_test() {
            assert!(
                T::RewardShare::get() < Permill::one(),
                "losing to oneself must cost something"
            );
            assert!(
                !T::MinWindow::get().is_zero() && T::MinWindow::get() <= T::MaxWindow::get(),
                "a result needs time to be challenged in"
            );
            assert!(
                !T::MinBond::get().is_zero(),
                "a challenge must cost something"
            );
            assert!(
                !T::MaxChallenges::get().is_zero(),
                "somebody has to be able to challenge a result"
            );
            assert!(
                lattice_deadlines::longest_step_fits::<Self>(),
                "the deadline work must have room for one request"
            );
        }

        #[cfg(feature = "try-runtime")]
        fn try_state(_: BlockNumberFor<T>) -> Result<(), frame::try_runtime::TryRuntimeError> {
            Self::check_invariants()
        }
    }

    #[pallet::view_functions]
    impl<T: Config> Pallet<T> {
        /// An open request.
        pub fn request_of(request: RequestId) -> Option<queries::OptimisticInfoOf<T>> {
            Self::optimistic(request)
        }
    }

    #[pallet::call]
    impl<T: Config> Pallet<T> {
        /// Post the result of an assigned request. Only its provider may.
        ///
        /// `trace_root` is the root of the tree over the results of all operators, `link` shows
        /// that `output` is the last of them, and `context` is the assignment's, repeated. The
        /// provider must be able to show any part of the trace until the result is final.
        #[pallet::call_index(0)]
        #[pallet::weight(Pallet::<T>::post_weight(output.len().saturated_into()))]
        pub fn post_result(
            origin: OriginFor<T>,
            request: RequestId,
            context: H256,
            output: BoundedVec<i32, T::MaxOutputLen>,
            trace_root: H256,
            link: OutputLink,
        ) -> DispatchResult {
            let who = ensure_signed(origin)?;
            Self::do_post(&who, request, context, output, trace_root, &link)
        }

        /// Challenge a posted result. Anyone but its provider may, while the window is open or a
        /// dispute about it runs.
        ///
        /// `trace_root` is that of the result: what is posted later, by another provider, is none of
        /// this challenge's. The request's bond is put on hold. The challenger must hold the honest trace, and take
        /// its turns in the dispute: it is lost otherwise, and the bond with it.
        #[pallet::call_index(1)]
        #[pallet::weight(Pallet::<T>::challenge_weight())]
        pub fn challenge(
            origin: OriginFor<T>,
            request: RequestId,
            trace_root: H256,
        ) -> DispatchResult {
            let who = ensure_signed(origin)?;
            Self::do_challenge(who, request, trace_root)
        }

        /// Do what is due for a request whose window or deadline has passed, or that waits for its
        /// next provider, as the chain does by itself. Anyone may; it is free when it works.
        #[pallet::call_index(2)]
        #[pallet::weight(<Pallet<T> as lattice_deadlines::Deadlines>::longest_weight())]
        pub fn finalize(origin: OriginFor<T>, request: RequestId) -> DispatchResultWithPostInfo {
            ensure_signed(origin)?;
            Self::do_finalize(request)?;
            Ok(Pays::No.into())
        }
    }
}
