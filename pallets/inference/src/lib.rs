//! # Inference
//!
//! A requester escrows the price of one inference, the chain assigns the best eligible
//! provider, and the provider's result is settled in the block that it comes in, on a
//! Groth16 proof that the posted output is what that model computes on that input. If the
//! provider fails, the next one may try.
//!
//! * [`pallet`]: configuration, storage and calls; `events` and `errors` are sections of it;
//! * [`types`]: what is stored of a request and of its end;
//! * `terms`: price, fee, collateral and quotes; the same functions quote and charge, so
//!   that a quote never understates;
//! * `requests`: a request is made: statement fixed, escrow held, provider assigned;
//! * `attempts`: accepted, given up, passed on to the next provider;
//! * `settlement`: a result is judged by the settlement program; `batches`: several at once;
//! * `authorized`: results without a signed transaction, and without a fee;
//! * `endings`: what every ending pays, slashes and records, and what a failed attempt
//!   leaves; `escrow`: payments;
//! * [`offers`]: what one inference costs with a provider that the payer chose itself;
//! * [`tiers`]: requests that other pallets settle, and what they are given;
//! * `direct`: requests that the chain answers itself, in the same block;
//! * `deadlines`: expiry in `on_poll`, under a weight meter, with a cursor;
//! * `queries`: what the runtime API answers; [`migrations`]: from one layout of the storage to the next; `invariants`: what `try_state`
//!   checks.
//!
//! ## The statement
//! The proof's three public inputs are derived here and never taken from the provider:
//! the context from genesis hash, request id, content, provider and model; the input
//! commitment from the input on chain; the output commitment from the posted output.
//! The content is Blake2-256 of the SCALE tuple (requester, model: u32, input commitment:
//! [u8; 32], max_price: u128, deadline: u64, verification), what the requester signed. `submit_result`
//! repeats the context so that a result made for another fork is told apart from a
//! false one: it is an error, and costs no slash.
//!
//! ## Endings
//! | ending | requester | provider |
//! |---|---|---|
//! | settled | pays price, royalty and fee, as frozen | paid, collateral free |
//! | proof rejected | refunded | whole collateral slashed |
//! | expired | refunded | `LateSlash` of the collateral slashed |
//! | not accepted | refunded | collateral free, reputation lower |
//! | cancelled | refunded | none is bound |
//! | unserved | refunded | none is left |
//!
//! While attempts are left, a failure costs its provider the same, and the request waits for
//! the next block, in which the best of the others gets it.
//!
//! A malformed proof (wrong encoding, point off the curve) proves nothing about intent:
//! it is an error, the request stays open, and the deadline decides.
//!
//! ## Batches
//! `submit_results` does for each of its entries what `submit_result` does for one, with the
//! proofs verified together. An entry that is refused is an event instead of an error, and
//! changes nothing for the others: neither their ending nor the gas on their record. If a
//! proof is false, each is verified alone; the submitter pays for that, and has reserved it.
//!
//! ## Fees of results
//! `submit_authorized` is `submit_results` for providers that do honest work: it has no signer but the
//! signature in the call, no nonce, and no fee. What it carries settles, costs the whole collateral, or
//! is refused, and that once for each assignment; see `authorized`. `submit_result` and
//! `submit_results` are signed transactions, and pay for what they weigh, whatever comes of it.

#![cfg_attr(not(feature = "std"), no_std)]
#![cfg_attr(not(test), deny(clippy::arithmetic_side_effects, clippy::unwrap_used))]

extern crate alloc;

use frame::deps::frame_support::pallet_macros::import_section;

mod attempts;
mod authorized;
mod batches;
mod deadlines;
mod direct;
mod endings;
mod errors;
mod escrow;
mod events;
mod invariants;
pub mod migrations;
pub mod offers;
pub mod queries;
mod requests;
mod settlement;
mod terms;
pub mod tiers;
pub mod types;
pub mod weights;

#[cfg(feature = "runtime-benchmarks")]
pub mod benchmarking;
#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;

pub use offers::{OfferError, Offered, Offers};
pub use pallet::*;
#[cfg(feature = "runtime-benchmarks")]
pub use pallet_compute_providers::BenchmarkHelper;
pub use tiers::{Drawn, Ended, Ledger, Order, ProofVerdict, Provable, Shown, Subscriptions, Tier};
pub use types::{Answer, BalanceOf, OrderedId, Record, Request, ResultSubmission};
pub use weights::WeightInfo;

// The macro writes the type of an authorization out in full.
#[allow(clippy::type_complexity)]
#[import_section(errors::errors)]
#[import_section(events::events)]
#[frame::pallet]
pub mod pallet {
    use super::*;
    use crate::requests::Wish;
    use crate::types::OptionsOf;
    use frame::deps::frame_support::traits::StorageVersion;
    use frame::deps::frame_support::weights::WeightMeter;
    use frame::deps::sp_runtime::traits::Verify;
    use frame::prelude::*;
    use lattice_primitives::{
        Ending, ModelIndex, Price, ProofBytes, Refusal, RequestId, RequestOptions, Verification,
    };
    use pallet_ai_programs::DirectExecution;
    use pallet_compute_providers::Market;
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

        /// The token of prices.
        type Currency: fungible::MutateHold<Self::AccountId, Reason = <Self as Config>::RuntimeHoldReason>
            + fungible::Mutate<Self::AccountId>;

        /// The models that requests name.
        type Registry: Registry<Self::AccountId, BalanceOf<Self>>;

        /// The providers that serve them.
        type Providers: Market<Self::AccountId, BalanceOf<Self>, BlockNumberFor<Self>>;

        /// Who runs a model when the chain answers itself.
        type Direct: DirectExecution;

        /// Who answers for replicated requests.
        type Replicated: Tier<Self::AccountId, BalanceOf<Self>, BlockNumberFor<Self>>;

        /// Who answers for optimistic requests.
        type Optimistic: Tier<Self::AccountId, BalanceOf<Self>, BlockNumberFor<Self>>;

        /// Requests that are paid in advance.
        type Subscriptions: Subscriptions<Self::AccountId, BalanceOf<Self>>;

        /// What providers sign results with that cost no fee.
        type Signature: Verify<Signer = Self::Signer> + Parameter;

        /// Whose signatures those are.
        type Signer: IdentifyAccount<AccountId = Self::AccountId>;

        /// Weights of the calls and of the deadline work.
        type WeightInfo: WeightInfo;

        /// The account that receives the fee, and payments that cannot be credited.
        type Treasury: Get<Self::AccountId>;

        /// Longest input on chain, in elements.
        #[pallet::constant]
        type MaxInputLen: Get<u32>;

        /// Longest output on chain, in elements.
        #[pallet::constant]
        type MaxOutputLen: Get<u32>;

        /// Longest deadline, in blocks.
        #[pallet::constant]
        type MaxDeadline: Get<BlockNumberFor<Self>>;

        /// Collateral of an assignment, whatever its price, in planck.
        #[pallet::constant]
        type MinCollateral: Get<BalanceOf<Self>>;

        /// Multiple of the provider's price that is added to the collateral.
        #[pallet::constant]
        type CollateralPerPrice: Get<u32>;

        /// Part of the collateral that lateness costs.
        #[pallet::constant]
        type LateSlash: Get<Permill>;

        /// Protocol fee, as a part of the provider's price, on top of it.
        #[pallet::constant]
        type ProtocolFee: Get<Permill>;

        /// Smallest protocol fee, in planck: what faking a reputation costs at least.
        #[pallet::constant]
        type MinFee: Get<BalanceOf<Self>>;

        /// Most providers that may try one request, one after the other.
        #[pallet::constant]
        type MaxAttempts: Get<u32>;

        /// Shortest time to accept, in blocks: what an honest provider needs, so that nobody lowers
        /// another's reputation by asking for the impossible.
        #[pallet::constant]
        type MinAcceptTime: Get<BlockNumberFor<Self>>;

        /// Gas limit of the settlement program; 1 gas is 1 ps of reference time.
        #[pallet::constant]
        type SettlementGas: Get<u64>;

        /// Most gas of a request that the chain answers itself.
        #[pallet::constant]
        type DirectGas: Get<u64>;

        /// Most results of one batch; at most [`lattice_host::MAX_BATCH`].
        #[pallet::constant]
        type MaxBatch: Get<u32>;

        /// Makes signatures for the benchmarks.
        #[cfg(feature = "runtime-benchmarks")]
        type BenchmarkHelper: BenchmarkHelper<Self::Signature, Self::AccountId>;
    }

    /// Why funds of an account are on hold.
    #[pallet::composite_enum]
    pub enum HoldReason {
        /// Price of open requests.
        Escrow,
    }

    /// The number that the next request gets.
    #[pallet::storage]
    pub type NextRequest<T> = StorageValue<_, RequestId, ValueQuery>;

    /// Open requests.
    #[pallet::storage]
    pub type Requests<T: Config> = StorageMap<_, Twox64Concat, RequestId, Request<T>>;

    /// Open requests by provider, in ascending order; without those that wait for one.
    #[pallet::storage]
    pub type AssignedTo<T: Config> =
        StorageDoubleMap<_, Blake2_128Concat, T::AccountId, Identity, OrderedId, ()>;

    /// Open requests by the last block before something has to be done about them: that of
    /// their deadline, of acceptance, or of the failure after which they wait.
    #[pallet::storage]
    pub type Due<T: Config> =
        StorageDoubleMap<_, Twox64Concat, BlockNumberFor<T>, Identity, OrderedId, ()>;

    /// The deadline work's cursor: nothing is due in an earlier block.
    #[pallet::storage]
    pub type NextDue<T: Config> = StorageValue<_, BlockNumberFor<T>, ValueQuery>;

    /// What ended requests left.
    #[pallet::storage]
    pub type Records<T: Config> = StorageMap<_, Twox64Concat, RequestId, Record<T>>;

    /// Records by requester and by provider, in ascending order.
    #[pallet::storage]
    pub type RecordsOf<T: Config> =
        StorageDoubleMap<_, Blake2_128Concat, T::AccountId, Identity, OrderedId, ()>;

    /// What requests left that the chain answered itself.
    #[pallet::storage]
    pub type DirectRecords<T: Config> = StorageMap<_, Twox64Concat, RequestId, Answer<T>>;

    #[pallet::hooks]
    impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
        fn on_poll(now: BlockNumberFor<T>, weight: &mut WeightMeter) {
            lattice_deadlines::work_off::<Self>(now, weight);
        }

        fn integrity_test() {
            assert!(
                T::SettlementGas::get() >= lattice_host::GasSchedule::V1.settlement(true),
                "the settlement program must fit into its gas limit"
            );
            assert!(
                (1..=lattice_host::MAX_BATCH).contains(&T::MaxBatch::get()),
                "a batch has as many results as the host verifies together"
            );
            assert!(
                (1..=lattice_primitives::MAX_REPLICAS).contains(&T::MaxAttempts::get()),
                "somebody has to try a request, and no more than a record names"
            );
            assert!(
                !T::MaxDeadline::get().is_zero(),
                "requests need a positive longest deadline"
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
        /// An open request.
        pub fn assignment_of(request: RequestId) -> Option<types::AssignmentOf<T>> {
            Self::assignment(request)
        }

        /// What an ended request left.
        pub fn execution_of(request: RequestId) -> Option<types::ExecutionRecordOf<T>> {
            Self::execution_record(request)
        }
    }

    #[pallet::call]
    impl<T: Config> Pallet<T> {
        /// Ask for one inference of a model on an input.
        ///
        /// The price, at most `max_price` planck in sum, is held in escrow; the chain
        /// assigns the best eligible provider, whose result is due within
        /// `deadline` blocks. Price, royalty, fee and verifying key stay as they are
        /// now.
        ///
        /// With [`Verification::Direct`] the chain answers itself, now: the price is the
        /// model's royalty, the gas is paid with the fee, and `deadline` means nothing.
        #[pallet::call_index(0)]
        #[pallet::weight(Pallet::<T>::request_weight(
            input.len().saturated_into(),
            *verification,
            false,
        ))]
        pub fn request_inference(
            origin: OriginFor<T>,
            model: ModelIndex,
            input: BoundedVec<i8, T::MaxInputLen>,
            max_price: BalanceOf<T>,
            deadline: BlockNumberFor<T>,
            verification: Verification,
        ) -> DispatchResultWithPostInfo {
            let requester = ensure_signed(origin)?;
            let wish = Wish {
                model,
                max_price,
                deadline,
                verification,
                options: RequestOptions::default(),
            };
            Self::request_with(requester, input, wish)
        }

        /// Post the output of an assigned request with its proof.
        ///
        /// A proof that is accepted settles the request in this block. A proof that is
        /// rejected ends it too: the call succeeds, with [`Event::Rejected`], so that
        /// the slash stays. `context` is the assignment's, repeated.
        #[pallet::call_index(1)]
        #[pallet::weight(Pallet::<T>::submission_weight(output.len().saturated_into()))]
        pub fn submit_result(
            origin: OriginFor<T>,
            request: RequestId,
            context: H256,
            output: BoundedVec<i32, T::MaxOutputLen>,
            proof: ProofBytes,
        ) -> DispatchResultWithPostInfo {
            let who = ensure_signed(origin)?;
            let length = output.len().saturated_into();
            let submission = ResultSubmission {
                request,
                context,
                output,
                proof,
            };
            let commitment = Self::commitment_weight(&submission.proof);
            let gas_used = Self::do_submit(&who, submission)?;
            // The benchmarks measure the whole call with its program; the gas that the
            // program reports is a floor, not an addition.
            let weight = Self::result_weight(length)
                .saturating_add(commitment)
                .max(Weight::from_parts(gas_used, 0));
            Ok(Some(weight).into())
        }

        /// Do what is due for a request whose deadline, time to accept, or turn to wait has
        /// passed, as the chain does by itself. Anyone may; it is free when it works.
        #[pallet::call_index(2)]
        #[pallet::weight(Pallet::<T>::expire_weight())]
        pub fn expire(origin: OriginFor<T>, request: RequestId) -> DispatchResultWithPostInfo {
            ensure_signed(origin)?;
            Self::do_expire(request)?;
            Ok(Pays::No.into())
        }

        /// Post several results with their proofs, which are verified together.
        ///
        /// For each entry as [`Pallet::submit_result`], but what is an error there is
        /// [`Event::ResultRefused`] here, and the other entries go on. Of several results
        /// of one request the first counts.
        #[pallet::call_index(3)]
        #[pallet::weight(Pallet::<T>::batch_weight(results))]
        pub fn submit_results(
            origin: OriginFor<T>,
            results: BoundedVec<ResultSubmission<T>, T::MaxBatch>,
        ) -> DispatchResultWithPostInfo {
            let who = ensure_signed(origin)?;
            ensure!(!results.is_empty(), Error::<T>::EmptyBatch);
            let submitted = Self::do_submit_batch(who, results, Pays::Yes);
            Ok(Some(submitted.map_err(Error::<T>::from)?).into())
        }

        /// As [`Pallet::request_inference`], saying who is to serve it, how many providers may try
        /// one after the other, each with the deadline, and how soon each must accept.
        ///
        /// With more than one attempt all of `max_price` is held, since the next provider may be
        /// dearer; what the bill leaves of it comes back. No provider gets the request twice.
        /// With [`Verification::Direct`] the options mean nothing.
        #[pallet::call_index(4)]
        #[pallet::weight(Pallet::<T>::request_weight(
            input.len().saturated_into(),
            *verification,
            options.subscription.is_some(),
        ))]
        pub fn request_inference_with(
            origin: OriginFor<T>,
            model: ModelIndex,
            input: BoundedVec<i8, T::MaxInputLen>,
            max_price: BalanceOf<T>,
            deadline: BlockNumberFor<T>,
            verification: Verification,
            options: OptionsOf<T>,
        ) -> DispatchResultWithPostInfo {
            let requester = ensure_signed(origin)?;
            let wish = Wish {
                model,
                max_price,
                deadline,
                verification,
                options,
            };
            Self::request_with(requester, input, wish)
        }

        /// Bind the signer to a request that was offered to it. It is free when it works.
        #[pallet::call_index(5)]
        #[pallet::weight(T::WeightInfo::accept())]
        pub fn accept(origin: OriginFor<T>, request: RequestId) -> DispatchResultWithPostInfo {
            let who = ensure_signed(origin)?;
            Self::do_accept(&who, request)?;
            Ok(Pays::No.into())
        }

        /// Take back a request that no provider is bound to: one that waits for its next provider,
        /// or whose provider has not accepted in time.
        #[pallet::call_index(6)]
        #[pallet::weight(T::WeightInfo::cancel().max(Pallet::<T>::failure_weight()))]
        pub fn cancel(origin: OriginFor<T>, request: RequestId) -> DispatchResult {
            let who = ensure_signed(origin)?;
            Ok(Self::do_cancel(&who, request)?)
        }

        /// As [`Pallet::submit_results`], without a signed transaction and without a fee.
        ///
        /// `signature` is the provider's, of [`lattice_primitives::results_message`]. Every entry must
        /// be one that could settle, as far as that is seen without its proof's arithmetic; one that
        /// is refused all the same uses up the request's free try, and the signed calls are left.
        #[pallet::call_index(7)]
        #[pallet::weight(Pallet::<T>::batch_weight(results))]
        #[pallet::authorize(Self::authorize_results)]
        #[pallet::weight_of_authorize(Pallet::<T>::authorize_weight(results))]
        pub fn submit_authorized(
            origin: OriginFor<T>,
            provider: T::AccountId,
            results: BoundedVec<ResultSubmission<T>, T::MaxBatch>,
            signature: T::Signature,
        ) -> DispatchResultWithPostInfo {
            ensure_authorized(origin)?;
            // It was checked by the authorization.
            let _ = signature;
            Ok(Self::do_submit_authorized(provider, results))
        }
    }
}
