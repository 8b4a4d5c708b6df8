//! Tiers of trust that other pallets settle.
//!
//! Proven and direct requests are this pallet's own. For every other tier it checks what all
//! requests have in common, gives the request its number and hands an [`Order`] to the pallet that
//! answers for the tier ([`Tier`]). That pallet holds the money and finds the providers, and when it
//! is done gives back what is to be remembered ([`Ledger::record`]), so that a record of any tier is
//! found in one place.

use crate::*;
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame::prelude::*;
use lattice_host::Statement;
use lattice_primitives::{
    Ending, Failure, ModelIndex, Price, ProofBytes, Quote, QuoteError, Refusal, RequestId,
    Selection, SubscriptionId, Verification,
};
use pallet_compute_providers::{Bill, Fine};
use pallet_model_registry::Servable;

/// A request that another pallet answers for. Model, input and deadline have been checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order<AccountId, Balance, BlockNumber> {
    pub request: RequestId,
    pub requester: AccountId,
    pub model: ModelIndex,
    /// The registration as it is now; nothing of it may change for this request.
    pub servable: Servable<AccountId, Balance>,
    /// Row-major, within the model's range.
    pub input: Vec<i8>,
    pub input_commitment: H256,
    /// Hash of what the requester signed for.
    pub content: H256,
    /// Most that the requester pays in sum, in planck.
    pub max_price: Balance,
    /// Blocks that a provider has.
    pub deadline: BlockNumber,
    pub verification: Verification,
    pub selection: Selection<AccountId>,
    /// Providers that may try, one after the other: one where the tier does not fail over.
    pub attempts: u32,
}

/// A pallet that answers for one tier.
pub trait Tier<AccountId, Balance, BlockNumber> {
    /// Whether a request that its provider fails may go to another one. Where it may not, an order has
    /// one attempt.
    const FAILS_OVER: bool;

    /// Most weight of [`Tier::open`], beside what every request costs.
    fn open_weight() -> Weight;

    /// Take an order and put its money on hold.
    ///
    /// # Errors
    /// The numbers of the tier are out of range, nobody can serve it, or the requester cannot pay.
    /// The caller rolls back.
    fn open(order: Order<AccountId, Balance, BlockNumber>) -> DispatchResult;

    /// What such a request would cost now, and who could serve it.
    ///
    /// # Errors
    /// Those of [`Tier::open`], but for money.
    fn quote(
        model: ModelIndex,
        servable: &Servable<AccountId, Balance>,
        deadline: BlockNumber,
        verification: Verification,
        selection: &Selection<AccountId>,
    ) -> Result<Quote<AccountId, Balance>, QuoteError>;
}

/// No such tier: its orders are refused.
impl<AccountId, Balance, BlockNumber> Tier<AccountId, Balance, BlockNumber> for () {
    const FAILS_OVER: bool = false;

    fn open_weight() -> Weight {
        Weight::zero()
    }

    fn open(_: Order<AccountId, Balance, BlockNumber>) -> DispatchResult {
        Err(DispatchError::Unavailable)
    }

    fn quote(
        _: ModelIndex,
        _: &Servable<AccountId, Balance>,
        _: BlockNumber,
        _: Verification,
        _: &Selection<AccountId>,
    ) -> Result<Quote<AccountId, Balance>, QuoteError> {
        Err(QuoteError::InvalidTier)
    }
}

/// What a request of another tier left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ended<AccountId, Balance, BlockNumber> {
    pub request: RequestId,
    pub requester: AccountId,
    /// The provider that was paid, or the last one that failed; the requester itself where nobody was
    /// ever given the request.
    pub provider: AccountId,
    pub model: ModelIndex,
    pub model_hash: H256,
    pub input_commitment: H256,
    /// The first public input that a proof by `provider` would have had.
    pub context: H256,
    /// The result, if there was one.
    pub output: Option<Vec<i32>>,
    pub price: Price<Balance>,
    pub verification: Verification,
    /// The providers whose equal results settled it.
    pub agreed: Vec<AccountId>,
    pub ending: Ending,
    pub failed: Vec<(AccountId, Failure)>,
    pub requested_at: BlockNumber,
}

/// A model that takes requests which providers prove.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Provable<AccountId, Balance> {
    /// The registration as it is now.
    pub servable: Servable<AccountId, Balance>,
    /// The verifying key that proofs must satisfy.
    pub vk_id: H256,
}

/// What the settlement program said of a proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProofVerdict {
    /// Whether the proof shows its statement.
    pub accepted: bool,
    /// Gas that the program used.
    pub gas_used: u64,
}

/// A proof that was judged, and what it was about beside the request.
#[derive(
    Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Shown {
    /// Third public input of the proof.
    pub output_commitment: H256,
    pub proof: ProofBytes,
    /// Gas that the settlement program used.
    pub gas_used: u64,
}

/// What a tier's pallet needs of this one.
pub trait Ledger<AccountId, Balance, BlockNumber> {
    /// The bill for a provider's price and a royalty; `None` when a sum overflows. See [`terms`].
    fn bill(compute: Balance, royalty: Balance) -> Option<Bill<Balance>>;

    /// What lateness costs, of this collateral.
    fn late_fine(collateral: Balance) -> Fine<AccountId, Balance>;

    /// The first public input of a proof by this provider for this request.
    fn context(request: RequestId, content: &H256, provider: &AccountId, model_hash: &H256)
        -> H256;

    /// Whether a proof under a key shows that a model computes this output on a committed input.
    ///
    /// # Errors
    /// The proof is malformed, or the settlement program did not end as its template says.
    fn verify(
        vk_id: H256,
        context: H256,
        input_commitment: H256,
        output: &[i32],
        proof: &ProofBytes,
    ) -> Result<bool, Refusal>;

    /// Most weight of [`Ledger::verify`].
    fn verify_weight(output_len: u32) -> Weight;

    /// A model that takes requests with this deadline, in blocks, which providers prove, and whose key
    /// is of the kind that is demanded.
    ///
    /// # Errors
    /// There is no such model, or it takes no such requests; [`QuoteError::InvalidTier`] if they would
    /// not be proven.
    fn provable(
        model: ModelIndex,
        deadline: BlockNumber,
        verification: Verification,
    ) -> Result<Provable<AccountId, Balance>, QuoteError>;

    /// The number of a new request. Requests of all tiers are counted together.
    ///
    /// # Errors
    /// The chain is out of request numbers.
    fn next_request() -> Result<RequestId, DispatchError>;

    /// Whether a request with this number may be open: the number was given out, and there is no record
    /// of it.
    fn may_be_open(request: RequestId) -> bool;

    /// The hash of the chain's first block, as contexts and signatures name it.
    fn genesis() -> [u8; 32];

    /// Whether a proof under a key shows a statement, whose output need not be known.
    ///
    /// # Errors
    /// The proof is malformed, or the settlement program did not end as its template says.
    fn verify_statement(
        vk_id: H256,
        statement: &Statement,
        proof: &ProofBytes,
    ) -> Result<ProofVerdict, Refusal>;

    /// What a proof's commitment adds to the weight of verifying it, as benchmarks measure that with
    /// proofs that have none.
    fn commitment_weight(proof: &ProofBytes) -> Weight;

    /// Most weight of passing a request on to the next provider: the search for it, and the move of
    /// the request, or its refund if there is none.
    fn pass_on_weight() -> Weight;

    /// Remember how a request ended, for everybody who was part of it, and count the execution if it
    /// settled.
    fn record(ended: Ended<AccountId, Balance, BlockNumber>);

    /// As [`Ledger::record`], of a request that was to be proven under a key, with the proof that it
    /// ended with. Of a private output there is the commitment alone.
    fn record_proven(
        ended: Ended<AccountId, Balance, BlockNumber>,
        vk_id: H256,
        shown: Option<Shown>,
    );
}

/// What a subscription pays for one request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drawn<AccountId, Balance> {
    pub provider: AccountId,
    pub price: Price<Balance>,
}

/// Prepaid requests.
pub trait Subscriptions<AccountId, Balance> {
    /// Most weight of [`Subscriptions::draw`] and [`Subscriptions::note_failure`].
    fn weight() -> Weight;

    /// Use one of a subscription's requests: the sum of the price is released from its hold, and free
    /// to be held for the request.
    ///
    /// # Errors
    /// It is not the requester's, not for this model, has ended, or the period's quota is used up.
    fn draw(
        subscription: SubscriptionId,
        requester: &AccountId,
        model: ModelIndex,
    ) -> Result<Drawn<AccountId, Balance>, DispatchError>;

    /// A request that a subscription paid for failed, or was not accepted, by its provider's fault.
    fn note_failure(subscription: SubscriptionId);
}

/// No subscriptions.
impl<AccountId, Balance> Subscriptions<AccountId, Balance> for () {
    fn weight() -> Weight {
        Weight::zero()
    }

    fn draw(
        _: SubscriptionId,
        _: &AccountId,
        _: ModelIndex,
    ) -> Result<Drawn<AccountId, Balance>, DispatchError> {
        Err(DispatchError::Unavailable)
    }

    fn note_failure(_: SubscriptionId) {}
}

impl<T: Config> Ledger<T::AccountId, BalanceOf<T>, BlockNumberFor<T>> for Pallet<T> {
    fn bill(compute: BalanceOf<T>, royalty: BalanceOf<T>) -> Option<Bill<BalanceOf<T>>> {
        Self::bill(compute, royalty)
    }

    fn late_fine(collateral: BalanceOf<T>) -> Fine<T::AccountId, BalanceOf<T>> {
        Fine::to_treasury(T::LateSlash::get().mul_floor(collateral))
    }

    fn context(
        request: RequestId,
        content: &H256,
        provider: &T::AccountId,
        model_hash: &H256,
    ) -> H256 {
        Self::context(request, &content.0, provider, model_hash)
    }

    fn verify(
        vk_id: H256,
        context: H256,
        input_commitment: H256,
        output: &[i32],
        proof: &ProofBytes,
    ) -> Result<bool, Refusal> {
        let statement = Statement {
            context: context.0,
            input_commitment: input_commitment.0,
            output_commitment: lattice_host::commit_output(output)
                .map_err(|error| Self::host_failed("commit_output", &error))?,
        };
        Self::verify_statement(vk_id, &statement, proof).map(|verdict| verdict.accepted)
    }

    fn verify_weight(output_len: u32) -> Weight {
        Self::submission_weight(output_len)
    }

    fn provable(
        model: ModelIndex,
        deadline: BlockNumberFor<T>,
        verification: Verification,
    ) -> Result<Provable<T::AccountId, BalanceOf<T>>, QuoteError> {
        ensure!(
            matches!(
                verification,
                Verification::Proven | Verification::ProvenByCeremony
            ),
            QuoteError::InvalidTier
        );
        ensure!(
            Self::is_valid_deadline(deadline),
            QuoteError::InvalidDeadline
        );
        let (servable, vk_id) = Self::servable(model, verification)?;
        Ok(Provable { servable, vk_id })
    }

    fn next_request() -> Result<RequestId, DispatchError> {
        Ok(Self::next_request()?)
    }

    fn may_be_open(request: RequestId) -> bool {
        request < NextRequest::<T>::get() && !Records::<T>::contains_key(request)
    }

    fn genesis() -> [u8; 32] {
        Self::genesis()
    }

    fn verify_statement(
        vk_id: H256,
        statement: &Statement,
        proof: &ProofBytes,
    ) -> Result<ProofVerdict, Refusal> {
        Self::verify_statement(vk_id, statement, proof)
    }

    fn commitment_weight(proof: &ProofBytes) -> Weight {
        Self::commitment_weight(proof)
    }

    fn pass_on_weight() -> Weight {
        Self::pass_on_weight()
    }

    fn record(ended: Ended<T::AccountId, BalanceOf<T>, BlockNumberFor<T>>) {
        Self::record_ended(ended);
    }

    fn record_proven(
        ended: Ended<T::AccountId, BalanceOf<T>, BlockNumberFor<T>>,
        vk_id: H256,
        shown: Option<Shown>,
    ) {
        Self::record_proven(ended, vk_id, shown);
    }
}
