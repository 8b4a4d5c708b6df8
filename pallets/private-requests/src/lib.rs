//! # Private requests
//!
//! An inference whose input nobody sees but its requester and one provider. The chain has the input's
//! commitment; input and blinding go to the provider off chain. The output may stay private, too. The
//! result is settled on a Groth16 proof about both commitments, as every proven one.
//!
//! ```text
//!              claim          open_by passes
//!  Assigned ─────────▶ Claimed ────────────▶ input not opened
//!   │ │  ▲ ▲  input     │ │ │ receipt
//!   │ │  │ └────────────┘ │ └──────────▶ false claim
//!   │ │  │     opened     │
//!   │ │  │                │ true proof, as when assigned
//!   │ │  │                ▼
//!   │ │  │  true proof, posted output
//!   │ └──┼─────────────────────────────────────────────────▶ settled
//!   │    │  true proof, private output    acknowledged,        ▲  ▲
//!   │    └────────────────────▶ Delivered or final_at passes ──┘  │
//!   │                             │                               │
//!   ▼ late, false proof           │ force_posting       posted    │
//!  expired, proof rejected        └──────────▶ Forced ────────────┘
//!                                                │ post_by passes
//!                                                ▼
//!                                          output withheld
//! ```
//!
//! * [`pallet`]: configuration, storage and calls; `events` and `errors` are sections of it;
//! * [`types`]: what is stored of a request;
//! * `requests`: a request is made: commitment fixed, escrow held, provider assigned;
//! * `claims`: a provider says that it has no input, and the requester opens it or shows a receipt;
//! * `results`: a proof is judged; `outputs`: a private output is acknowledged, or posted;
//! * `endings`: what every ending pays, slashes and records; `payments`: out of holds;
//! * `deadlines`: what is due in `on_poll`, under a weight meter, with a cursor;
//! * `queries`: what the runtime API answers; `invariants`: what `try_state` checks.
//!
//! ## The input
//! There is half of the deadline for it to be given to the provider; what is left is as long as its offer
//! demands. That it was given, the chain cannot see. So a provider without an input that it can
//! use says so, once and before its deadline, and has nothing to fear then: the requester opens the
//! input on chain within [`Config::OpeningWindow`] and so gives up that it is private, or pays
//! [`Config::ReservationFee`] of the provider's price, and the fee, to the treasury. So nobody earns by a
//! claim, and nobody takes up a provider's slot for nothing. Once it is open, the provider owes
//! the result within a whole deadline. What it was given after all, it may prove without that, as long as
//! its first deadline has not passed.
//!
//! A requester that will not be at the mercy of false claims asks the provider for a receipt, its
//! signature of [`lattice_primitives::receipt_message`]: with that a claim is refuted at once, and
//! nothing is opened.
//!
//! ## The output
//! A private output is with the requester before the proof is on chain, or the requester has
//! [`Config::AcknowledgeWindow`] blocks to say that it is not: then the provider must post it, with its
//! blinding, within [`Config::PostingWindow`], and it is private no more. Whoever is silent has it. Without
//! being made to, it cannot post it: whether the output stays private is the requester's to say.
//!
//! ## Forks
//! A reorganisation may give a request's number to another request, and a call may come into a block that
//! it was not signed for. So calls name the context, which is no other request's: a result, a claim, an
//! acknowledgement, and [`Pallet::force_posting`], after which an output is public for good. The others
//! are bound to their request by what they show: [`Pallet::open_input`] by the input's commitment,
//! [`Pallet::refute_claim`] by the receipt, which names the context, [`Pallet::post_output`] by a
//! commitment with a blinding that is no other output's; and [`Pallet::expire_private`] does nothing but
//! what is due.
//!
//! ## Endings
//! | ending | requester | provider |
//! |---|---|---|
//! | settled | pays price, royalty and fee, as frozen | paid, collateral free |
//! | proof rejected | refunded | whole collateral slashed |
//! | expired | refunded | fined for lateness |
//! | input not opened | pays the reservation fee and the fee to the treasury | collateral free |
//! | false claim | refunded | fined as for lateness |
//! | output withheld | refunded | fined as for lateness |
//!
//! There is one attempt: the input was given to one provider. A request cannot be taken back.
//!
//! ## Who risks what
//! *The requester*: that its provider gives the input away; nobody can hinder or show that. That the
//! provider says that it has no input, where it gave no receipt: then the reservation fee and the fee,
//! or that the input is opened. *The provider*: its collateral, if it proves what is false; a fine, if it is late,
//! says what its receipt belies, or does not post the output when it must. It keeps the output and its
//! blinding until the request has ended.

#![cfg_attr(not(feature = "std"), no_std)]
#![cfg_attr(not(test), deny(clippy::arithmetic_side_effects, clippy::unwrap_used))]

extern crate alloc;

use frame::deps::frame_support::pallet_macros::import_section;

mod claims;
mod config;
mod deadlines;
mod endings;
mod errors;
mod events;
mod invariants;
mod outputs;
mod payments;
pub mod queries;
mod requests;
mod results;
pub mod types;
pub mod weights;

#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;

pub use pallet::*;
#[cfg(feature = "runtime-benchmarks")]
pub use pallet_compute_providers::BenchmarkHelper;
pub use types::{BalanceOf, Opened, PrivateOutput, Request};
pub use weights::WeightInfo;

// A request says what a proven one does, with its selection and what its output is to be.
#[allow(clippy::too_many_arguments)]
#[import_section(config::config)]
#[import_section(errors::errors)]
#[import_section(events::events)]
#[frame::pallet]
pub mod pallet {
    use super::*;
    use crate::requests::Wish;
    use frame::deps::frame_support::traits::StorageVersion;
    use frame::deps::frame_support::weights::WeightMeter;
    use frame::deps::sp_runtime::traits::Verify;
    use frame::prelude::*;
    use lattice_primitives::{
        InputClaim, ModelIndex, Price, ProofBytes, RequestId, Selection, Verification,
    };
    use pallet_compute_providers::Market;
    use pallet_inference::{Ledger, OrderedId};

    /// The layout of what is stored.
    const STORAGE_VERSION: StorageVersion = StorageVersion::new(0);

    #[pallet::pallet]
    #[pallet::storage_version(STORAGE_VERSION)]
    pub struct Pallet<T>(_);

    /// Why funds of an account are on hold.
    #[pallet::composite_enum]
    pub enum HoldReason {
        /// Price of open requests.
        Escrow,
    }

    /// Open requests; how others ended is in `pallet_inference`.
    #[pallet::storage]
    pub type Requests<T: Config> = StorageMap<_, Twox64Concat, RequestId, Request<T>>;

    /// The inputs of open requests that were opened on chain.
    #[pallet::storage]
    pub type Inputs<T: Config> = StorageMap<_, Twox64Concat, RequestId, Opened<T>>;

    /// Open requests by provider, in ascending order.
    #[pallet::storage]
    pub type AssignedTo<T: Config> =
        StorageDoubleMap<_, Blake2_128Concat, T::AccountId, Identity, OrderedId, ()>;

    /// Open requests by the last block before something has to be done about them: that of their
    /// deadline, or of a window.
    #[pallet::storage]
    pub type Due<T: Config> =
        StorageDoubleMap<_, Twox64Concat, BlockNumberFor<T>, Identity, OrderedId, ()>;

    /// The deadline work's cursor: nothing is due in an earlier block.
    #[pallet::storage]
    pub type NextDue<T: Config> = StorageValue<_, BlockNumberFor<T>, ValueQuery>;

    #[pallet::hooks]
    impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
        fn on_poll(now: BlockNumberFor<T>, weight: &mut WeightMeter) {
            lattice_deadlines::work_off::<Self>(now, weight);
        }

        fn integrity_test() {
            assert!(
                !T::AcknowledgeWindow::get().is_zero()
                    && !T::OpeningWindow::get().is_zero()
                    && !T::PostingWindow::get().is_zero(),
                "each side needs time to answer the other"
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
        pub fn private_request_of(request: RequestId) -> Option<queries::PrivateRequestInfoOf<T>> {
            Self::private_request(request)
        }
    }

    #[pallet::call]
    impl<T: Config> Pallet<T> {
        /// Ask for one inference of a model on an input that is not on chain.
        ///
        /// `input_commitment` is Poseidon of the packed input and a random blinding; both go to the
        /// provider that is assigned, and to nobody else. The price, at most `max_price` planck in sum,
        /// is held in escrow; the result is due within `deadline` blocks, at least twice as many as the
        /// provider's offer demands: one half for the input to come, one for it to be answered.
        /// `verification` is
        /// [`Verification::Proven`] or [`Verification::ProvenByCeremony`]. With `output_private` the
        /// chain has the output's commitment alone, too.
        #[pallet::call_index(0)]
        #[pallet::weight(T::WeightInfo::request_private(T::Providers::max_inspected()))]
        pub fn request_private(
            origin: OriginFor<T>,
            model: ModelIndex,
            input_commitment: H256,
            max_price: BalanceOf<T>,
            deadline: BlockNumberFor<T>,
            verification: Verification,
            output_private: bool,
            selection: Selection<T::AccountId>,
        ) -> DispatchResultWithPostInfo {
            let requester = ensure_signed(origin)?;
            let inspected = Self::do_request(
                requester,
                Wish {
                    model,
                    input_commitment,
                    max_price,
                    deadline,
                    verification,
                    output_private,
                    selection,
                },
            )?;
            Ok(Some(T::WeightInfo::request_private(inspected)).into())
        }

        /// Submit the result of an assigned request with its proof. Only its provider may.
        ///
        /// The output is posted, or its commitment given, as the request says. A proof that is
        /// rejected ends the request: the call succeeds, with [`Event::Rejected`], so that the slash
        /// stays. `context` is the assignment's, repeated.
        #[pallet::call_index(1)]
        #[pallet::weight(Pallet::<T>::submission_weight(output, proof))]
        pub fn submit_private(
            origin: OriginFor<T>,
            request: RequestId,
            context: H256,
            output: PrivateOutput<T>,
            proof: ProofBytes,
        ) -> DispatchResult {
            let who = ensure_signed(origin)?;
            Ok(Self::do_submit(&who, request, context, output, proof)?)
        }

        /// Say that a private output is there, so that the request settles now. Only its requester
        /// may; it is free when it works. `context` is the request's, repeated.
        #[pallet::call_index(2)]
        #[pallet::weight(T::WeightInfo::acknowledge())]
        pub fn acknowledge(
            origin: OriginFor<T>,
            request: RequestId,
            context: H256,
        ) -> DispatchResultWithPostInfo {
            let who = ensure_signed(origin)?;
            Self::do_acknowledge(&who, request, context)?;
            Ok(Pays::No.into())
        }

        /// Make the provider post a private output that did not come. Only the requester may, within
        /// the window to acknowledge it. `context` is the request's, repeated.
        #[pallet::call_index(3)]
        #[pallet::weight(T::WeightInfo::force_posting())]
        pub fn force_posting(
            origin: OriginFor<T>,
            request: RequestId,
            context: H256,
        ) -> DispatchResult {
            let who = ensure_signed(origin)?;
            Ok(Self::do_force_posting(&who, request, context)?)
        }

        /// Post a private output with its blinding: it must be the one that was proven. The request
        /// settles. Only its provider may, and only when it is made to; it is free when it works.
        #[pallet::call_index(4)]
        #[pallet::weight(T::WeightInfo::post_output(output.len().saturated_into()))]
        pub fn post_output(
            origin: OriginFor<T>,
            request: RequestId,
            output: BoundedVec<i32, T::MaxOutputLen>,
            blinding: H256,
        ) -> DispatchResultWithPostInfo {
            let who = ensure_signed(origin)?;
            Self::do_post_output(&who, request, output, blinding)?;
            Ok(Pays::No.into())
        }

        /// Say that there is no input, or none of this model. Only the provider may, once, before the
        /// deadline. `context` is the assignment's, repeated.
        #[pallet::call_index(5)]
        #[pallet::weight(T::WeightInfo::claim())]
        pub fn claim(
            origin: OriginFor<T>,
            request: RequestId,
            context: H256,
            claim: InputClaim,
        ) -> DispatchResult {
            let who = ensure_signed(origin)?;
            Ok(Self::do_claim(&who, request, context, claim)?)
        }

        /// Open the input of a request on chain, whose provider says that it does not have it. Only
        /// the requester may. The provider has a whole deadline then, from now on.
        #[pallet::call_index(6)]
        #[pallet::weight(T::WeightInfo::open_input(input.len().saturated_into()))]
        pub fn open_input(
            origin: OriginFor<T>,
            request: RequestId,
            input: BoundedVec<i8, T::MaxInputLen>,
            blinding: H256,
        ) -> DispatchResult {
            let who = ensure_signed(origin)?;
            Ok(Self::do_open_input(&who, request, input, blinding)?)
        }

        /// Show that a provider has the input that it says it does not have. Only the requester may.
        ///
        /// `signature` is the provider's receipt, of [`lattice_primitives::receipt_message`]. The
        /// request ends, and the provider is fined.
        #[pallet::call_index(7)]
        #[pallet::weight(T::WeightInfo::refute_claim())]
        pub fn refute_claim(
            origin: OriginFor<T>,
            request: RequestId,
            signature: T::Signature,
        ) -> DispatchResult {
            let who = ensure_signed(origin)?;
            Ok(Self::do_refute_claim(&who, request, &signature)?)
        }

        /// Do what is due for a request whose deadline or window has passed, as the chain does by
        /// itself. Anyone may; it is free when it works.
        #[pallet::call_index(8)]
        #[pallet::weight(<Pallet<T> as lattice_deadlines::Deadlines>::longest_weight())]
        pub fn expire_private(
            origin: OriginFor<T>,
            request: RequestId,
        ) -> DispatchResultWithPostInfo {
            ensure_signed(origin)?;
            Self::do_expire(request)?;
            Ok(Pays::No.into())
        }
    }
}
