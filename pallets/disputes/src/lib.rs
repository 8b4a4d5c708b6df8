//! # Disputes
//!
//! Whether a result is what a model computes on an input, decided by recomputing one element of it.
//!
//! Whoever posts a result commits to the results of *all* operators by the root of a tree. Whoever
//! ran the model too may challenge it. Defender and challenger walk down the defender's own tree:
//!
//! ```text
//!             a node           an element            as committed
//!  open ──▶ Reveal ────▶ Choose ──────────▶ Defend ──────────────▶ upheld
//!             ▲ defender   │ challenger       │ defender
//!             └────────────┘                  └───────────────────▶ refuted
//!                a branch                           another one
//! ```
//! A turn that nobody takes in [`Config::TurnBlocks`] blocks is lost: the defender's refutes the
//! result, the challenger's upholds it. The tree of a model has a known height, so that a dispute
//! has at most `2 · rounds + 1` turns.
//!
//! * [`pallet`]: configuration, storage, events, errors and calls;
//! * [`court`]: what other pallets use ([`Court`]), and what this one asks of them ([`Verdicts`],
//!   [`Manifests`]);
//! * [`types`]: what is stored of a dispute;
//! * `claims`: a dispute is opened, or closed by whoever opened it;
//! * `moves`: revealed, chosen, defended; `verdicts`: decided;
//! * `host`: what the node checks, in this pallet's errors;
//! * `deadlines`: turns that nobody took, in `on_poll`, under a weight meter, with a cursor;
//! * `queries`: what the runtime API answers; `invariants`: what `try_state` checks.
//!
//! ## Why it is right
//! [`lattice_host::trace`] says it in full. The defenders committed to every value before anybody
//! challenged, so at the first difference all operands are the honest ones: an honest challenger
//! leads there, and what it leads to is wrong by itself. It never claims a value. An honest
//! defender can reveal every node, and whatever element it is led to is as committed.
//!
//! ## Mistakes
//! A node or an opening that does not fit the tree, or is malformed, proves nothing: it is an
//! error, the turn goes on, and time decides. So no defender of several can lose for the others,
//! and nobody loses by a fault of its software that it notices in time. What decides at once is an
//! opening that fits, since it has one outcome, whoever hands it in.
//!
//! ## Money
//! This pallet has none. Who opens a dispute holds what is at stake, and is told the verdict. A
//! party pays the fees of its moves itself; what it gets back is up to that pallet.
//!
//! ## Who risks what
//! *A defender*: a turn that it misses. Blocks that are full for a whole turn would silence it, so that
//! moves are operational: a part of every block is kept for them that nobody else can fill, and
//! `TurnBlocks` leaves time for a restart.
//! *A challenger*: the same, and that its own trace is not the honest one.

#![cfg_attr(not(feature = "std"), no_std)]
#![cfg_attr(not(test), deny(clippy::arithmetic_side_effects, clippy::unwrap_used))]

extern crate alloc;

mod claims;
pub mod court;
mod deadlines;
mod host;
mod invariants;
mod moves;
pub mod queries;
pub mod types;
mod verdicts;
pub mod weights;

#[cfg(feature = "runtime-benchmarks")]
pub mod benchmarking;
#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;

pub use court::{Claim, Court, CourtError, Manifests, Verdicts};
pub use lattice_host::trace::{Layout, Node, OutputLink};
pub use pallet::*;
pub use types::{Defenders, Dispute, OpeningBytes, Turn};
pub use weights::WeightInfo;

#[frame::pallet]
pub mod pallet {
    use super::*;
    use frame::deps::frame_support::traits::StorageVersion;
    use frame::deps::frame_support::weights::WeightMeter;
    use frame::prelude::*;
    use lattice_primitives::{DisputeId, ModelIndex, RequestId, Verdict};
    use pallet_inference::OrderedId;

    /// The layout of what is stored.
    const STORAGE_VERSION: StorageVersion = StorageVersion::new(0);

    #[pallet::pallet]
    #[pallet::storage_version(STORAGE_VERSION)]
    pub struct Pallet<T>(_);

    #[pallet::config]
    pub trait Config: frame_system::Config {
        /// The models whose results are disputed.
        type Registry: Manifests;

        /// Who is told how disputes were decided.
        type Verdicts: Verdicts<Self::AccountId>;

        /// Weights of the calls and of the deadline work.
        type WeightInfo: WeightInfo;

        /// Longest input, in elements.
        #[pallet::constant]
        type MaxInputLen: Get<u32>;

        /// Blocks that a turn has.
        #[pallet::constant]
        type TurnBlocks: Get<BlockNumberFor<Self>>;
    }

    /// The number that the next dispute gets.
    #[pallet::storage]
    pub type NextDispute<T> = StorageValue<_, DisputeId, ValueQuery>;

    /// Open disputes; of others nothing stays.
    #[pallet::storage]
    pub type Disputes<T: Config> = StorageMap<_, Twox64Concat, DisputeId, Dispute<T>>;

    /// The shapes of the trees of open disputes.
    #[pallet::storage]
    pub type Layouts<T: Config> = StorageMap<_, Twox64Concat, DisputeId, Layout>;

    /// The inputs of open disputes.
    #[pallet::storage]
    pub type Inputs<T: Config> =
        StorageMap<_, Twox64Concat, DisputeId, BoundedVec<i8, T::MaxInputLen>>;

    /// Open disputes by challenger and by defender, in ascending order.
    #[pallet::storage]
    pub type DisputesOf<T: Config> =
        StorageDoubleMap<_, Blake2_128Concat, T::AccountId, Identity, OrderedId, ()>;

    /// Open disputes by the last block in which their turn may be taken.
    #[pallet::storage]
    pub type Due<T: Config> =
        StorageDoubleMap<_, Twox64Concat, BlockNumberFor<T>, Identity, OrderedId, ()>;

    /// The deadline work's cursor: nothing is due in an earlier block.
    #[pallet::storage]
    pub type NextDue<T: Config> = StorageValue<_, BlockNumberFor<T>, ValueQuery>;

    #[pallet::event]
    #[pallet::generate_deposit(pub(super) fn deposit_event)]
    pub enum Event<T: Config> {
        /// A result is disputed, and a defender is to reveal the top of its tree.
        Opened {
            dispute: DisputeId,
            request: RequestId,
            model: ModelIndex,
            challenger: T::AccountId,
            due: BlockNumberFor<T>,
        },
        /// A defender revealed a node, and the challenger is to name a child of it.
        Revealed {
            dispute: DisputeId,
            defender: T::AccountId,
            due: BlockNumberFor<T>,
        },
        /// The challenger named a child, and a defender is to answer.
        Chosen {
            dispute: DisputeId,
            child: u8,
            due: BlockNumberFor<T>,
        },
        /// The dispute is decided.
        Decided {
            dispute: DisputeId,
            request: RequestId,
            challenger: T::AccountId,
            verdict: Verdict,
        },
        /// The dispute does not matter any more, and ended without a verdict.
        Closed {
            dispute: DisputeId,
            request: RequestId,
        },
    }

    #[pallet::error]
    pub enum Error<T> {
        /// No model has this index.
        UnknownModel,
        /// The model has an operator whose one element takes more bytes to check than the chain
        /// takes.
        NotDisputable,
        /// The input is longer than this chain takes.
        InputTooLong,
        /// A dispute needs somebody who may answer.
        NoDefender,
        /// A defender cannot be the challenger.
        ChallengerDefends,
        /// The chain is out of dispute numbers.
        TooManyDisputes,
        /// No open dispute has this number.
        UnknownDispute,
        /// Only a defender may.
        NotDefender,
        /// Only the challenger may.
        NotChallenger,
        /// Another move is to be made now.
        OtherMoveDue,
        /// The turn has passed.
        TurnPassed,
        /// The turn has not passed yet.
        TurnNotPassed,
        /// Elements where children are to be revealed, or children where elements are.
        OtherKindOfNode,
        /// The node does not have as many children or elements as its place.
        WrongNodeLength,
        /// The node is not the one that was committed to.
        WrongNode,
        /// The node has no such child or element.
        UnknownChild,
        /// The bytes are no opening of this element: another encoding, or other numbers of parts.
        MalformedOpening,
        /// The opened operands are not those under the root of the trace.
        WrongOperands,
        /// The opened weights are not those of the model.
        WrongWeights,
        /// An operand that was committed to is one that no execution has.
        OperandOutOfRange,
        /// The node cannot check the element. Nobody in the dispute is at fault.
        CheckFailed,
    }

    #[pallet::hooks]
    impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
        fn on_poll(now: BlockNumberFor<T>, weight: &mut WeightMeter) {
            lattice_deadlines::work_off::<Self>(now, weight);
        }

        fn integrity_test() {
            assert!(
                !T::TurnBlocks::get().is_zero(),
                "a turn needs time to be taken in"
            );
            assert!(
                lattice_deadlines::longest_step_fits::<Self>(),
                "the deadline work must have room for one dispute"
            );
        }

        #[cfg(feature = "try-runtime")]
        fn try_state(_: BlockNumberFor<T>) -> Result<(), frame::try_runtime::TryRuntimeError> {
            Self::check_invariants()
        }
    }

    #[pallet::view_functions]
    impl<T: Config> Pallet<T> {
        /// An open dispute.
        pub fn dispute_of(dispute: DisputeId) -> Option<queries::DisputeInfoOf<T>> {
            Self::dispute(dispute)
        }
    }

    #[pallet::call]
    impl<T: Config> Pallet<T> {
        /// Reveal the node that the walk down the tree has come to. Any defender may.
        ///
        /// A node that does not fit is an error, and the turn goes on.
        #[pallet::call_index(0)]
        #[pallet::weight((T::WeightInfo::reveal(), DispatchClass::Operational))]
        pub fn reveal(origin: OriginFor<T>, dispute: DisputeId, node: Node) -> DispatchResult {
            let who = ensure_signed(origin)?;
            Self::do_reveal(&who, dispute, node)
        }

        /// Name the first child, or element, of the revealed node that differs from the
        /// challenger's own. Only the challenger may.
        ///
        /// Another one than the first may be right: then the result is upheld, as it may be at a
        /// child that does not differ at all.
        #[pallet::call_index(1)]
        #[pallet::weight((T::WeightInfo::choose(), DispatchClass::Operational))]
        pub fn choose(origin: OriginFor<T>, dispute: DisputeId, child: u8) -> DispatchResult {
            let who = ensure_signed(origin)?;
            Self::do_choose(&who, dispute, child)
        }

        /// Open what the element at the walk's end is made of. Any defender may.
        ///
        /// `opening` is an encoded [`lattice_host::trace::Opening`]. The chain computes the
        /// element: what was committed to upholds the result, anything else refutes it. An opening
        /// that does not fit the tree or the model is an error, and the turn goes on.
        #[pallet::call_index(2)]
        #[pallet::weight((Pallet::<T>::defend_weight(opening.len()), DispatchClass::Operational))]
        pub fn defend(
            origin: OriginFor<T>,
            dispute: DisputeId,
            opening: OpeningBytes,
        ) -> DispatchResult {
            let who = ensure_signed(origin)?;
            Self::do_defend(&who, dispute, opening)
        }

        /// Decide a dispute whose turn nobody took, as the chain does by itself. Anyone may; it is
        /// free when it works.
        #[pallet::call_index(3)]
        #[pallet::weight(Pallet::<T>::expire_weight())]
        pub fn expire(origin: OriginFor<T>, dispute: DisputeId) -> DispatchResultWithPostInfo {
            ensure_signed(origin)?;
            Self::do_expire(dispute)?;
            Ok(Pays::No.into())
        }
    }
}
