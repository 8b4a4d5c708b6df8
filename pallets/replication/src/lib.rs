//! # Replication
//!
//! A replicated request is run by n providers that the chain draws by lot. Each commits to its result
//! before any of them shows one, and when at least k of the shown results are equal, they settle.
//!
//! * [`pallet`]: configuration, storage, events, errors and calls;
//! * [`types`]: what is stored of a request and its replicas;
//! * `terms`: numbers, the price rule, quotes; `opening`: a request is made;
//! * `lot`: who is drawn, and what a block author can grind;
//! * `rounds`: replicas commit, and show what they committed to;
//! * `tally`: the end of each phase, and what has a quorum;
//! * `appeals`: who is outvoted shows that it is right, or that the others are wrong;
//! * `endings`: what every ending pays, fines and records; `payments`: out of the escrow;
//! * `deadlines`: what is due, in `on_poll`, under a weight meter, with a cursor;
//! * `queries`: what the runtime API answers; `invariants`: what `try_state` checks.
//!
//! ## Phases
//! ```text
//!          next block         all committed,          all shown,             window over,
//!            drawn              or time over          or time over           no dispute runs
//!  Waiting ──────────▶ Committing ──────────▶ Revealing ───┬──────▶ Appealing ──────────────▶ settled
//!     │                     │                     │        └─ nobody differs ───────────────▶ settled
//!     └─ too few left       └─ under k            └─ no quorum         └─ true proof ───────▶ settled
//!        ▶ unserved           ▶ no quorum            ▶ no quorum       └─ dispute lost ─────▶ refuted
//! ```
//! Equal are results with equal output and equal root over the outputs of all layers: executions are
//! exact, so that honest ones differ in nothing, and the root is what can be disputed.
//!
//! ## Endings
//! | ending | requester | in the quorum | showed something else | late |
//! |---|---|---|---|---|
//! | settled | pays, the rest comes back | paid | `OutvotedSlash` of the collateral; after a lost dispute all of it | late fine |
//! | settled by a proof | pays, the rest comes back | paid if the output is the proven one | whole collateral | late fine |
//! | refuted | refunded | whole collateral | collateral free | late fine |
//! | no quorum | refunded | - | collateral free | late fine |
//! | unserved | refunded | - | - | - |
//!
//! All fines wait for a veto, as those for anything but a false proof do. A part, `RewardShare`, of
//! what a proof or a dispute takes goes to who won it, and the rest is burnt.
//!
//! ## Money
//! All of `max_price` is on hold of the requester under [`HoldReason::Escrow`] from the request to its
//! end. Each replica that settles is paid its own offer's price, the treasury a fee for each, and the
//! owner of the model its royalty once. Whoever is drawn, that sum is at most `max_price`: an offer is
//! eligible only if `n · bill ≤ max_price + (n − 1) · royalty`.
//!
//! ## Who risks what
//! *The requester*: k replicas that collude, or k accounts of one operator that are drawn, settle
//! whatever they like, *unless* an honest replica is drawn too and appeals. An honest dissenter can
//! always, if the model has a verifying key or its results can be disputed; for a model with neither
//! the vote is all there is. Larger n leave more room for an honest one.
//! *A replica*: its collateral, if others show that it is wrong; the late fine, if it is silent;
//! `OutvotedSlash`, if k others agree on something else and it does not appeal.
//! *Who loses no quorum*: nothing. Results that differ do not say which of them is wrong.

#![cfg_attr(not(feature = "std"), no_std)]
#![cfg_attr(not(test), deny(clippy::arithmetic_side_effects, clippy::unwrap_used))]

extern crate alloc;

mod appeals;
mod deadlines;
mod endings;
mod invariants;
mod lot;
mod opening;
mod payments;
pub mod queries;
mod rounds;
mod tally;
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
pub use types::{BalanceOf, Finding, Progress, Replica, Request, Stage};
pub use weights::WeightInfo;

#[frame::pallet]
pub mod pallet {
    use super::*;
    use crate::rounds::Shown;
    use alloc::vec::Vec;
    use frame::deps::frame_support::traits::StorageVersion;
    use frame::deps::frame_support::weights::WeightMeter;
    use frame::prelude::*;
    use lattice_primitives::{DisputeId, Ending, Failure, Price, ProofBytes, RequestId};
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

        /// The token of prices.
        type Currency: fungible::MutateHold<
            Self::AccountId,
            Reason = <Self as Config>::RuntimeHoldReason,
        >;

        /// The providers that replicas are drawn from.
        type Providers: Market<Self::AccountId, BalanceOf<Self>, BlockNumberFor<Self>>;

        /// Bills, proofs and records of requests.
        type Ledger: Ledger<Self::AccountId, BalanceOf<Self>, BlockNumberFor<Self>>;

        /// Where a dissenter disputes what the others found.
        type Court: Court<Self::AccountId>;

        /// Weights of the calls and of the deadline work.
        type WeightInfo: WeightInfo;

        /// The account that receives the fees, and payments that cannot be credited.
        type Treasury: Get<Self::AccountId>;

        /// Blocks in which replicas show their results, after all have committed.
        #[pallet::constant]
        type RevealBlocks: Get<BlockNumberFor<Self>>;

        /// Blocks in which a replica that is outvoted may appeal.
        #[pallet::constant]
        type AppealBlocks: Get<BlockNumberFor<Self>>;

        /// Part of the collateral that it costs to be outvoted.
        #[pallet::constant]
        type OutvotedSlash: Get<Permill>;

        /// Part of the collateral of who is shown to be wrong that who shows it gets.
        #[pallet::constant]
        type RewardShare: Get<Permill>;

        /// Longest input on chain, in elements.
        #[pallet::constant]
        type MaxInputLen: Get<u32>;

        /// Longest output on chain, in elements.
        #[pallet::constant]
        type MaxOutputLen: Get<u32>;
    }

    /// Why funds of an account are on hold.
    #[pallet::composite_enum]
    pub enum HoldReason {
        /// What requesters of open requests pay at most.
        Escrow,
    }

    /// Open requests.
    #[pallet::storage]
    pub type Requests<T: Config> = StorageMap<_, Twox64Concat, RequestId, Request<T>>;

    /// The inputs of open requests.
    #[pallet::storage]
    pub type Inputs<T: Config> =
        StorageMap<_, Twox64Concat, RequestId, BoundedVec<i8, T::MaxInputLen>, ValueQuery>;

    /// The outputs that replicas of open requests have shown.
    #[pallet::storage]
    pub type Outputs<T: Config> = StorageDoubleMap<
        _,
        Twox64Concat,
        RequestId,
        Blake2_128Concat,
        T::AccountId,
        BoundedVec<i32, T::MaxOutputLen>,
    >;

    /// Open requests by replica, in ascending order.
    #[pallet::storage]
    pub type ReplicasOf<T: Config> =
        StorageDoubleMap<_, Blake2_128Concat, T::AccountId, Identity, OrderedId, ()>;

    /// Open requests by the last block before something has to be done about them; without those
    /// that wait for the end of their disputes.
    #[pallet::storage]
    pub type Due<T: Config> =
        StorageDoubleMap<_, Twox64Concat, BlockNumberFor<T>, Identity, OrderedId, ()>;

    /// The deadline work's cursor: nothing is due in an earlier block.
    #[pallet::storage]
    pub type NextDue<T: Config> = StorageValue<_, BlockNumberFor<T>, ValueQuery>;

    #[pallet::event]
    #[pallet::generate_deposit(pub(super) fn deposit_event)]
    pub enum Event<T: Config> {
        /// The replicas are drawn, and are to commit in `until` or earlier.
        Drawn {
            request: RequestId,
            replicas: Vec<T::AccountId>,
            until: BlockNumberFor<T>,
        },
        /// A replica committed to its result.
        Committed {
            request: RequestId,
            provider: T::AccountId,
            commitment: H256,
        },
        /// Nobody may commit any more. Those that have are to show their results in `until` or
        /// earlier.
        RevealBegun {
            request: RequestId,
            until: BlockNumberFor<T>,
        },
        /// A replica showed its result.
        Revealed {
            request: RequestId,
            provider: T::AccountId,
            finding: Finding,
        },
        /// Enough agree, and those that differ may appeal in `until` or earlier.
        AppealBegun {
            request: RequestId,
            /// What settles if nobody appeals; `None`: there is no quorum.
            majority: Option<Finding>,
            until: BlockNumberFor<T>,
        },
        /// A replica proved that this output is the right one.
        Proved {
            request: RequestId,
            provider: T::AccountId,
            output_hash: H256,
        },
        /// A replica disputes the majority's trace.
        Disputed {
            request: RequestId,
            challenger: T::AccountId,
            dispute: DisputeId,
        },
        /// A replica lost its dispute.
        AppealLost {
            request: RequestId,
            challenger: T::AccountId,
        },
        /// A replica failed, and is fined at once or later.
        Failed {
            request: RequestId,
            provider: T::AccountId,
            failure: Failure,
            slashed: BalanceOf<T>,
        },
        /// The request has ended. Who agreed was paid; what the price leaves of the escrow went back.
        Concluded {
            request: RequestId,
            ending: Ending,
            agreed: Vec<T::AccountId>,
            price: Price<BalanceOf<T>>,
        },
        /// An account could not be credited. The amount went to the treasury or, where
        /// that could not be credited either, back to the requester.
        PaymentDiverted {
            request: RequestId,
            payee: T::AccountId,
            amount: BalanceOf<T>,
        },
    }

    #[pallet::error]
    pub enum Error<T> {
        /// There are 2 to 7 replicas, and more than half of them settle.
        InvalidTier,
        /// The chain draws the replicas: they may be excluded, and not named or preferred.
        ReplicasNotNamed,
        /// Fewer offers are eligible within `max_price` than the request wants replicas.
        TooFewProviders,
        /// The input is too long to be kept on this chain.
        InputTooLong,
        /// The model's output is too long to be posted on this chain.
        OutputTooLong,
        /// No open replicated request has this number.
        UnknownRequest,
        /// Only the request's replicas may.
        NotReplica,
        /// The request is not in the phase in which replicas commit.
        NotCommitting,
        /// The time to commit is over.
        CommitTimeOver,
        /// A commitment stays as it was made.
        AlreadyCommitted,
        /// The request is not in the phase in which results are shown: somebody may still commit, or
        /// the phase is over.
        NotRevealing,
        /// The time to show results is over.
        RevealTimeOver,
        /// The replica did not commit in time.
        NotCommitted,
        /// The replica has shown its result.
        AlreadyRevealed,
        /// The output does not have the model's number of elements.
        WrongOutputLength,
        /// The result is not what was committed to.
        CommitmentMismatch,
        /// The request is not in the phase in which replicas may appeal.
        NotAppealing,
        /// The time to appeal is over.
        AppealTimeOver,
        /// Only a replica that has shown another result than the majority may appeal.
        NotDissenter,
        /// There is no quorum to dispute: only a proof settles.
        NoQuorum,
        /// The replica's dispute runs.
        AlreadyAppealed,
        /// The replica has lost its dispute.
        AppealLost,
        /// Results of this model cannot be disputed.
        NotDisputable,
        /// The link does not lead from the signer's output to its trace root.
        OutputNotInTrace,
        /// The model had no verifying key when the request was made.
        NoVerifyingKey,
        /// The proof is not as many canonical curve points as the key's proofs have; nothing was
        /// judged.
        MalformedProof,
        /// The proof does not show that this output is the model's.
        ProofRejected,
        /// The settlement program did not end as its template says.
        VerificationFailed,
        /// The request's phase is not over.
        NotDue,
        /// The chain draws replicas by itself, in the order of the requests.
        DrawnInTurn,
        /// A dispute of the request runs, and its end takes the request on.
        DisputeRunning,
    }

    #[pallet::hooks]
    impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
        fn on_poll(now: BlockNumberFor<T>, weight: &mut WeightMeter) {
            lattice_deadlines::work_off::<Self>(now, weight);
        }

        fn integrity_test() {
            assert!(
                !T::RevealBlocks::get().is_zero() && !T::AppealBlocks::get().is_zero(),
                "replicas need time to show and to appeal"
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
        pub fn replicated_of(request: RequestId) -> Option<queries::ReplicatedInfoOf<T>> {
            Self::replicated(request)
        }
    }

    #[pallet::call]
    impl<T: Config> Pallet<T> {
        /// Commit to the result of a request that the signer was drawn for. It cannot be changed.
        ///
        /// `commitment` is [`lattice_primitives::ReplicaContent::commitment`]. When all have
        /// committed, the phase ends at once.
        #[pallet::call_index(0)]
        #[pallet::weight(T::WeightInfo::commit())]
        pub fn commit(
            origin: OriginFor<T>,
            request: RequestId,
            commitment: H256,
        ) -> DispatchResult {
            let who = ensure_signed(origin)?;
            Ok(Self::do_commit(&who, request, commitment)?)
        }

        /// Show the result that the signer committed to.
        ///
        /// `trace_root` is that over the results of all operators, of which the output is the last.
        /// Who is the last to show its result has the request tallied.
        #[pallet::call_index(1)]
        #[pallet::weight(Pallet::<T>::reveal_weight(output.len().saturated_into(), true))]
        pub fn reveal(
            origin: OriginFor<T>,
            request: RequestId,
            output: BoundedVec<i32, T::MaxOutputLen>,
            trace_root: H256,
            salt: [u8; 32],
        ) -> DispatchResultWithPostInfo {
            let who = ensure_signed(origin)?;
            let length = output.len().saturated_into();
            let shown = Shown {
                output,
                trace_root,
                salt,
            };
            let is_last = Self::do_reveal(&who, request, shown)?;
            Ok(Some(Self::reveal_weight(length, is_last)).into())
        }

        /// Prove, as a replica that is outvoted, that the output that the signer has shown is the
        /// model's.
        ///
        /// A true proof settles the request on that output: who has shown it is paid, and who has
        /// shown another one loses its collateral. A false one is an error, and changes nothing.
        #[pallet::call_index(2)]
        #[pallet::weight(Pallet::<T>::proof_weight())]
        pub fn appeal_with_proof(
            origin: OriginFor<T>,
            request: RequestId,
            proof: ProofBytes,
        ) -> DispatchResult {
            let who = ensure_signed(origin)?;
            Ok(Self::do_appeal_with_proof(&who, request, &proof)?)
        }

        /// Dispute, as a replica that is outvoted, the trace of the majority.
        ///
        /// The signer is the challenger, and its collateral is at stake. The request waits for the
        /// end of the dispute. Where the majority has shown the signer's own trace root beside another
        /// output, there is no dispute: `link`, the hashes from the signer's output to that root, shows
        /// at once that the majority is wrong. Otherwise `link` means nothing.
        #[pallet::call_index(3)]
        #[pallet::weight(Pallet::<T>::dispute_weight())]
        pub fn appeal_by_dispute(
            origin: OriginFor<T>,
            request: RequestId,
            link: OutputLink,
        ) -> DispatchResult {
            let who = ensure_signed(origin)?;
            Self::do_appeal_by_dispute(&who, request, &link)
        }

        /// Do what is due for a request whose phase is over, as the chain does by itself. Anyone may;
        /// it is free when it works.
        ///
        /// But for the draw, which is the chain's alone: who chose its block would choose the lot.
        #[pallet::call_index(4)]
        #[pallet::weight(T::WeightInfo::advance())]
        pub fn advance(origin: OriginFor<T>, request: RequestId) -> DispatchResultWithPostInfo {
            ensure_signed(origin)?;
            Self::do_advance(request)?;
            Ok(Pays::No.into())
        }
    }
}
