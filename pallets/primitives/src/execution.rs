//! Requests, assignments and execution records.

use crate::{Bid, Failure, Ineligible, ModelIndex, ProofBytes, RequestId};
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};
use sp_core::H256;
use sp_runtime::traits::{BlakeTwo256, CheckedAdd, Hash};

/// The evidence on which a requester wants its inference settled.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Encode,
    Decode,
    DecodeWithMemTracking,
    MaxEncodedLen,
    TypeInfo,
    Serialize,
    Deserialize,
)]
pub enum Verification {
    /// A Groth16 proof under a key of any setup that the chain accepts.
    #[serde(alias = "proven")]
    Proven,
    /// A Groth16 proof under a key that came from a ceremony.
    #[serde(alias = "provenByCeremony")]
    ProvenByCeremony,
    /// The chain runs the model itself, in the block of the request: no provider, no
    /// proof, and nothing to pay but fee and royalty. The model's bytes must be on chain.
    #[serde(alias = "direct")]
    Direct,
    /// Providers that the chain draws by lot commit to their results before any of them shows
    /// one; enough equal ones settle. Trusts that not so many of them collude.
    #[serde(alias = "replicated")]
    Replicated {
        /// Providers that run the model, at most [`MAX_REPLICAS`].
        n: u8,
        /// Equal results that settle, more than half of `n`.
        k: u8,
    },
    /// One provider's result stands unless it is challenged and cannot be defended before the
    /// chain. Trusts that somebody honest runs the model again.
    #[serde(alias = "optimistic")]
    Optimistic {
        /// Blocks in which the result may be challenged.
        window: u32,
        /// What the provider at least, and a challenger exactly, loses if it is wrong, in planck.
        #[serde(with = "crate::decimal")]
        bond: u128,
    },
}

/// Most providers that run the model for one replicated request.
pub const MAX_REPLICAS: u32 = 7;

/// What the requester pays, frozen when the request is made; all in planck.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    Encode,
    Decode,
    DecodeWithMemTracking,
    MaxEncodedLen,
    TypeInfo,
    Serialize,
    Deserialize,
)]
pub struct Price<Balance> {
    /// To the provider.
    pub compute: Balance,
    /// To the owner of the model.
    pub royalty: Balance,
    /// To the treasury account.
    pub fee: Balance,
}

impl<Balance: CheckedAdd> Price<Balance> {
    /// The sum of the parts; `None` when it cannot be written down.
    pub fn total(&self) -> Option<Balance> {
        self.compute
            .checked_add(&self.royalty)?
            .checked_add(&self.fee)
    }
}

/// Whose fault an ending was.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Encode,
    Decode,
    DecodeWithMemTracking,
    MaxEncodedLen,
    TypeInfo,
    Serialize,
    Deserialize,
)]
pub enum Fault {
    Requester,
    Provider,
    Network,
}

/// How a request ended.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Encode,
    Decode,
    DecodeWithMemTracking,
    MaxEncodedLen,
    TypeInfo,
    Serialize,
    Deserialize,
)]
pub enum Ending {
    /// The proof was accepted; everyone was paid.
    Settled,
    /// The last proof was rejected: provider slashed, requester refunded.
    ProofRejected,
    /// No result before the last deadline: requester refunded, provider slashed for lateness.
    Expired,
    /// The last provider did not accept in time: requester refunded.
    NotAccepted,
    /// The requester took it back, as it may while no provider is bound to it.
    Cancelled,
    /// No eligible provider was left to try: requester refunded.
    Unserved,
    /// Not enough of the replicas agreed: requester refunded, nobody slashed for its result.
    NoQuorum,
    /// The result was challenged and could not be defended: provider slashed, requester refunded.
    Refuted,
    /// The provider of a private request said that it had no input, and the requester did not open it:
    /// the treasury gets the reservation fee and the protocol's, and the requester the rest.
    InputNotOpened,
    /// The provider of a private request said that it had no input, and had signed for it: provider
    /// slashed, requester refunded.
    FalseClaim,
    /// The provider did not post a private output when it was made to: provider slashed, requester
    /// refunded.
    OutputWithheld,
}

impl Ending {
    /// Every ending.
    pub const ALL: [Self; 11] = [
        Self::Settled,
        Self::ProofRejected,
        Self::Expired,
        Self::NotAccepted,
        Self::Cancelled,
        Self::Unserved,
        Self::NoQuorum,
        Self::Refuted,
        Self::InputNotOpened,
        Self::FalseClaim,
        Self::OutputWithheld,
    ];

    /// Who was at fault; `None` when nobody was.
    pub const fn fault(&self) -> Option<Fault> {
        match self {
            Self::Settled => None,
            Self::ProofRejected
            | Self::Expired
            | Self::NotAccepted
            | Self::Refuted
            | Self::FalseClaim
            | Self::OutputWithheld => Some(Fault::Provider),
            Self::Cancelled | Self::InputNotOpened => Some(Fault::Requester),
            Self::Unserved | Self::NoQuorum => Some(Fault::Network),
        }
    }
}

/// Who has an open request, and until when.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Encode,
    Decode,
    DecodeWithMemTracking,
    MaxEncodedLen,
    TypeInfo,
    Serialize,
    Deserialize,
)]
pub enum RequestStatus<BlockNumber> {
    /// Nobody, since this block: its provider failed, and the next block chooses another one.
    Waiting { since: BlockNumber },
    /// A provider, which is to accept in this block or earlier.
    Offered { accept_by: BlockNumber },
    /// A provider that is bound to it.
    Assigned,
}

/// Why a result is refused: nothing was judged or moved, and its request stays as it was.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Encode,
    Decode,
    DecodeWithMemTracking,
    MaxEncodedLen,
    TypeInfo,
    Serialize,
    Deserialize,
)]
pub enum Refusal {
    /// No request has this number.
    UnknownRequest,
    /// The request has ended; its record says how.
    RequestNotOpen,
    /// Only the assigned provider may submit.
    NotAssignedProvider,
    /// The deadline has passed.
    DeadlinePassed,
    /// The context is not this chain's: the result was made for another fork.
    ContextMismatch,
    /// The output does not have the model's number of elements.
    WrongOutputLength,
    /// The proof is not three canonical curve points.
    MalformedProof,
    /// The settlement program needs more gas than the chain gives it.
    SettlementOutOfGas,
    /// The settlement program did not end as its template says.
    SettlementFailed,
    /// The same batch has an earlier result of this request.
    DuplicateResult,
    /// Earlier results of the same batch are under as many keys as a batch may have.
    TooManyKeys,
}

/// What a requester signed for, in widths that no chain's own types change.
///
/// Its hash is part of the proof's context, so that a proof fits one request only.
#[derive(Clone, Debug, PartialEq, Eq, Encode)]
pub struct RequestContent<'a, AccountId> {
    pub requester: &'a AccountId,
    pub model: ModelIndex,
    pub input_commitment: H256,
    /// In planck.
    pub max_price: u128,
    /// Blocks from the request on.
    pub deadline: u64,
    pub verification: Verification,
}

impl<AccountId: Encode> RequestContent<'_, AccountId> {
    /// Blake2-256 of the SCALE encoding.
    pub fn hash(&self) -> [u8; 32] {
        BlakeTwo256::hash_of(self).0
    }
}

/// An open request, as its provider needs it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct Assignment<AccountId, Balance, BlockNumber> {
    pub request: RequestId,
    pub requester: AccountId,
    pub provider: AccountId,
    pub model: ModelIndex,
    pub model_hash: H256,
    /// The verifying key that the proof must satisfy.
    pub vk_id: H256,
    pub input: Vec<i8>,
    pub input_commitment: H256,
    /// Hash of what the requester signed for, [`RequestContent::hash`].
    pub content: H256,
    /// First public input of the proof: binds it to this request and provider. The
    /// hash of genesis, request, content, provider and model.
    pub context: H256,
    pub price: Price<Balance>,
    /// Result is due in this block or earlier.
    pub deadline: BlockNumber,
    /// Whether the provider, which is the last one while the request waits, is bound to it.
    pub status: RequestStatus<BlockNumber>,
    /// Attempts that are left if this one fails.
    pub attempts_left: u32,
}

/// What a request left on chain when it ended.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct ExecutionRecord<AccountId, Balance, BlockNumber> {
    pub request: RequestId,
    pub requester: AccountId,
    pub provider: AccountId,
    pub model: ModelIndex,
    pub model_hash: H256,
    pub vk_id: H256,
    pub context: H256,
    pub input_commitment: H256,
    /// Present when a proof was submitted. Of a private output it is made with a blinding; who was made
    /// to post such an output named the blinding with it.
    pub output_commitment: Option<H256>,
    /// The output as posted; empty when none was.
    pub output: Vec<i32>,
    /// The proof as submitted.
    pub proof: Option<ProofBytes>,
    /// Gas that the settlement program used.
    pub gas_used: u64,
    pub price: Price<Balance>,
    /// The evidence that the requester asked for.
    pub verification: Verification,
    /// The providers whose equal results settled a replicated request, `provider` among them.
    pub agreed: Vec<AccountId>,
    pub ending: Ending,
    /// Providers that failed, in order, and how.
    pub failed: Vec<(AccountId, Failure)>,
    pub requested_at: BlockNumber,
    pub ended_at: BlockNumber,
}

/// What a request left that the chain answered itself, [`Verification::Direct`].
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct DirectRecord<AccountId, Balance, BlockNumber> {
    pub request: RequestId,
    pub requester: AccountId,
    pub model: ModelIndex,
    pub model_hash: H256,
    pub input_commitment: H256,
    pub output: Vec<i32>,
    /// Gas of the execution, paid with the transaction's fee.
    pub gas_used: u64,
    /// Paid to the owner of the model, in planck.
    pub royalty: Balance,
    pub answered_at: BlockNumber,
}

/// What a request would cost now, who would serve it, and why no other.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct Quote<AccountId, Balance> {
    /// The provider that the chain would choose now: the first of `ranking`.
    pub provider: AccountId,
    /// What it would charge.
    pub price: Price<Balance>,
    /// Sum of the price's parts: a sufficient `max_price` as long as this provider, or another
    /// one that is not dearer, is eligible. The bill is never above `max_price`.
    pub total: Balance,
    /// A `max_price` with which every one of `ranking` can be tried.
    pub upper_bound: Balance,
    /// Gas of one execution of the model, by which prices per million gas are multiplied.
    pub execution_gas: u64,
    /// Most gas of the settlement, which the provider pays for with its submission's fee.
    pub gas: u64,
    /// What the provider locks until the request ends, in planck.
    pub collateral: Balance,
    /// The eligible providers, best first.
    pub ranking: Vec<Bid<AccountId, Balance>>,
    /// The others with an offer for the model.
    pub ineligible: Vec<(AccountId, Ineligible)>,
}

/// Why a quote or a request is refused.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Encode,
    Decode,
    DecodeWithMemTracking,
    TypeInfo,
    Serialize,
    Deserialize,
)]
pub enum QuoteError {
    UnknownModel,
    ModelDeprecated,
    /// The registration has no verifying key yet.
    NoVerifyingKey,
    /// The key does not come from the kind of setup that was demanded.
    SetupNotAccepted,
    /// No provider with an offer is eligible now.
    NoProvider,
    /// The deadline is zero or longer than the chain allows.
    InvalidDeadline,
    /// The numbers of the tier (replicas and quorum, window and bond) are out of range.
    InvalidTier,
    /// The model has an operator whose one element takes more bytes to check than the chain takes.
    NotDisputable,
    /// Fewer providers are eligible than the request wants to run it.
    TooFewProviders,
    /// Replicas are drawn by lot: a request may exclude providers, and not name or prefer one.
    ReplicasNotNamed,
}
