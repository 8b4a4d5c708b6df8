//! What is stored of a request and of its end.

use crate::Config;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame::deps::frame_support::stored;
use frame::prelude::*;
use lattice_primitives::{
    Assignment, DirectRecord, Ending, ExecutionRecord, Failure, ModelIndex, Price, ProofBytes,
    RequestId, RequestOptions, RequestStatus, Selection, SubscriptionId, Verification,
    MAX_REPLICAS,
};

/// The token amount of this pallet, in planck.
pub type BalanceOf<T> =
    <<T as Config>::Currency as fungible::Inspect<<T as frame_system::Config>::AccountId>>::Balance;

/// An open request as providers see it, in this runtime's types.
pub type AssignmentOf<T> =
    Assignment<<T as frame_system::Config>::AccountId, BalanceOf<T>, BlockNumberFor<T>>;

/// An ended request as clients see it, in this runtime's types.
pub type ExecutionRecordOf<T> =
    ExecutionRecord<<T as frame_system::Config>::AccountId, BalanceOf<T>, BlockNumberFor<T>>;

/// A request that the chain answered as clients see it, in this runtime's types.
pub type DirectRecordOf<T> =
    DirectRecord<<T as frame_system::Config>::AccountId, BalanceOf<T>, BlockNumberFor<T>>;

/// What a request says beside its plain arguments, in this runtime's types.
pub type OptionsOf<T> = RequestOptions<<T as frame_system::Config>::AccountId, BlockNumberFor<T>>;

/// The providers that failed a request, in order.
pub type FailedOf<T> =
    BoundedVec<(<T as frame_system::Config>::AccountId, Failure), <T as Config>::MaxAttempts>;

/// How an attempt at a proven request fails. Of all failures those that there are where a proof decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Miss {
    FalseProof,
    Late,
    NotAccepted,
}

impl From<Miss> for Failure {
    fn from(miss: Miss) -> Self {
        match miss {
            Miss::FalseProof => Self::FalseProof,
            Miss::Late => Self::Late,
            Miss::NotAccepted => Self::NotAccepted,
        }
    }
}

impl From<Miss> for Ending {
    /// How a request ends whose last attempt failed so.
    fn from(miss: Miss) -> Self {
        match miss {
            Miss::FalseProof => Self::ProofRejected,
            Miss::Late => Self::Expired,
            Miss::NotAccepted => Self::NotAccepted,
        }
    }
}

/// The id of a request, or of a payment channel, in big-endian bytes, so that storage
/// iterates in the order of the ids.
///
/// The chain gives the ids out itself, so an unhashed key cannot be chosen by anyone.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Encode,
    Decode,
    DecodeWithMemTracking,
    MaxEncodedLen,
    TypeInfo,
)]
pub struct OrderedId([u8; 8]);

impl OrderedId {
    /// The id.
    pub const fn id(self) -> RequestId {
        RequestId::from_be_bytes(self.0)
    }
}

impl From<RequestId> for OrderedId {
    fn from(id: RequestId) -> Self {
        Self(id.to_be_bytes())
    }
}

/// An open request: everything that its end needs.
///
/// Provider, context, price, collateral, deadline and the free try are those of the present attempt, or
/// while the request waits for the next one, of the last. All else was frozen when it was made.
#[stored]
pub struct Request<T: Config> {
    pub requester: T::AccountId,
    pub provider: T::AccountId,
    /// Receives the royalty: the model's owner when the request was made.
    pub owner: T::AccountId,
    pub model: ModelIndex,
    pub model_hash: H256,
    /// The verifying key that the proof must satisfy.
    pub vk_id: H256,
    pub input: BoundedVec<i8, T::MaxInputLen>,
    /// Second public input of the proof.
    pub input_commitment: H256,
    /// Hash of what the requester signed for.
    pub content: H256,
    /// First public input of the proof.
    pub context: H256,
    pub output_len: u32,
    pub price: Price<BalanceOf<T>>,
    /// On hold: the price, or where others may try, all that the requester would pay.
    pub escrow: BalanceOf<T>,
    /// Locked of the provider's stake.
    pub collateral: BalanceOf<T>,
    pub requested_at: BlockNumberFor<T>,
    /// The last block in which a result is in time.
    pub deadline: BlockNumberFor<T>,
    pub status: RequestStatus<BlockNumberFor<T>>,
    /// Blocks that every attempt has.
    pub window: BlockNumberFor<T>,
    /// Blocks in which a provider must accept; `None`: it need not.
    pub accept_within: Option<BlockNumberFor<T>>,
    /// Attempts that are left if this one fails.
    pub attempts_left: u32,
    /// Whether a result that cost no fee was refused in this attempt; the next one costs one.
    pub free_try_used: bool,
    /// The evidence that the requester asked for.
    pub verification: Verification,
    /// The subscription that pays, if one does.
    pub subscription: Option<SubscriptionId>,
    pub selection: Selection<T::AccountId>,
    pub failed: FailedOf<T>,
}

/// A result as a provider submits it: the arguments of `submit_result`.
#[stored]
pub struct ResultSubmission<T: Config> {
    pub request: RequestId,
    /// The assignment's context, repeated.
    pub context: H256,
    pub output: BoundedVec<i32, T::MaxOutputLen>,
    pub proof: ProofBytes,
}

/// What the provider posted, as far as it was judged.
#[stored]
pub struct Evidence<T: Config> {
    pub output: BoundedVec<i32, T::MaxOutputLen>,
    /// Third public input of the proof.
    pub output_commitment: H256,
    /// `None` where the tier wants none.
    pub proof: Option<ProofBytes>,
    /// Gas that the settlement program used.
    pub gas_used: u64,
}

/// What an ended request left.
#[stored]
pub struct Record<T: Config> {
    pub requester: T::AccountId,
    pub provider: T::AccountId,
    pub model: ModelIndex,
    pub model_hash: H256,
    pub vk_id: H256,
    pub context: H256,
    pub input_commitment: H256,
    /// `None` when the request expired.
    pub evidence: Option<Evidence<T>>,
    pub price: Price<BalanceOf<T>>,
    pub verification: Verification,
    /// The providers whose equal results settled a replicated request.
    pub agreed: BoundedVec<T::AccountId, ConstU32<MAX_REPLICAS>>,
    pub ending: Ending,
    pub failed: BoundedVec<(T::AccountId, Failure), ConstU32<MAX_REPLICAS>>,
    pub requested_at: BlockNumberFor<T>,
    pub ended_at: BlockNumberFor<T>,
}

impl<T: Config> Request<T> {
    /// The last block before something has to be done about it.
    pub fn due(&self) -> BlockNumberFor<T> {
        match self.status {
            RequestStatus::Waiting { since } => since,
            RequestStatus::Offered { accept_by } => accept_by,
            RequestStatus::Assigned => self.deadline,
        }
    }

    /// Whether a provider has it.
    pub fn has_provider(&self) -> bool {
        !matches!(self.status, RequestStatus::Waiting { .. })
    }

    /// As its provider sees it.
    pub fn into_assignment(self, request: RequestId) -> AssignmentOf<T> {
        Assignment {
            request,
            requester: self.requester,
            provider: self.provider,
            model: self.model,
            model_hash: self.model_hash,
            vk_id: self.vk_id,
            input: self.input.into_inner(),
            input_commitment: self.input_commitment,
            content: self.content,
            context: self.context,
            price: self.price,
            deadline: self.deadline,
            status: self.status,
            attempts_left: self.attempts_left,
        }
    }
}

impl<T: Config> Record<T> {
    /// As clients see it.
    pub fn into_execution_record(self, request: RequestId) -> ExecutionRecordOf<T> {
        let (output, output_commitment, proof, gas_used) = match self.evidence {
            Some(evidence) => (
                evidence.output.into_inner(),
                Some(evidence.output_commitment),
                evidence.proof,
                evidence.gas_used,
            ),
            None => Default::default(),
        };
        ExecutionRecord {
            request,
            requester: self.requester,
            provider: self.provider,
            model: self.model,
            model_hash: self.model_hash,
            vk_id: self.vk_id,
            context: self.context,
            input_commitment: self.input_commitment,
            output_commitment,
            output,
            proof,
            gas_used,
            price: self.price,
            verification: self.verification,
            agreed: self.agreed.into_inner(),
            ending: self.ending,
            failed: self.failed.into_inner(),
            requested_at: self.requested_at,
            ended_at: self.ended_at,
        }
    }
}

/// A request that the chain answered itself.
#[stored]
pub struct Answer<T: Config> {
    pub requester: T::AccountId,
    pub model: ModelIndex,
    pub model_hash: H256,
    pub input_commitment: H256,
    pub output: BoundedVec<i32, T::MaxOutputLen>,
    pub gas_used: u64,
    pub royalty: BalanceOf<T>,
    pub answered_at: BlockNumberFor<T>,
}

impl<T: Config> Answer<T> {
    /// As clients see it.
    pub fn into_direct_record(self, request: RequestId) -> DirectRecordOf<T> {
        DirectRecord {
            request,
            requester: self.requester,
            model: self.model,
            model_hash: self.model_hash,
            input_commitment: self.input_commitment,
            output: self.output.into_inner(),
            gas_used: self.gas_used,
            royalty: self.royalty,
            answered_at: self.answered_at,
        }
    }
}
