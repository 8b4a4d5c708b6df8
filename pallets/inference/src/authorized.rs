//! Results that carry their provider's signature, and cost it nothing.
//!
//! `submit_authorized` is a transaction that nobody signs: the call itself has the provider's signature
//! over chain, provider and results ([`lattice_primitives::results_message`]), and is *authorized* by
//! the state. There is no nonce and no fee, so that honest work costs its provider nothing, and the
//! same bytes may be handed in any number of times, by anyone, before and after a restart.
//!
//! # Why a result counts once
//! Every entry must be of a request that is open and assigned to the signer. Once it has settled, or
//! has ended in any other way, whatever carries a result of it is stale. In the pool, two transactions
//! with results of one request and provider exclude each other: each provides the tag of all of its
//! requests.
//!
//! # Why nobody can spend the chain's time for nothing
//! What is authorized ends one of three ways: it settles, and the requester has paid for it; its proof
//! is false, and the provider loses all of the collateral; or it is refused for what only the judgement
//! sees, as points off the curve. That last one may happen once for each assignment, which somebody has
//! paid for: it uses up the request's *free try* ([`Request::free_try_used`]), the call succeeds, so that
//! this stays, and authorized results of the request are refused until another provider has it. The
//! signed calls are left, which cost a fee.
//!
//! So the authorization looks at everything that costs no arithmetic on curves, cheapest first, and is
//! weighed like everything else. It follows from the call and the state alone; the pool, the author of a
//! block and whoever imports it get the same answer.

use crate::*;
use alloc::collections::BTreeSet;
use alloc::vec::Vec;
use frame::deps::sp_runtime::traits::Verify;
use frame::prelude::*;
use lattice_host::{has_canonical_coordinates, MAX_BATCH_KEYS};
use lattice_primitives::{results_message, NotAuthorized, Refusal, RequestId};

/// What the tags of these transactions begin with.
const TAG: &[u8] = b"lattice/result";

/// Before signed transactions that give no tip: a result has a deadline, a request has been paid for it,
/// and there are no more of them than open requests. Who gives a tip goes first.
const PRIORITY: TransactionPriority = 1 << 20;

impl<T: Config> Pallet<T> {
    /// Whether results are taken without a fee.
    pub(crate) fn authorize_results(
        _source: TransactionSource,
        provider: &T::AccountId,
        results: &BoundedVec<ResultSubmission<T>, T::MaxBatch>,
        signature: &T::Signature,
    ) -> TransactionValidityWithRefund {
        let validity = Self::check_authorized(provider, results, signature)?;
        Ok((validity, Weight::zero()))
    }

    fn check_authorized(
        provider: &T::AccountId,
        results: &BoundedVec<ResultSubmission<T>, T::MaxBatch>,
        signature: &T::Signature,
    ) -> Result<ValidTransaction, InvalidTransaction> {
        ensure!(!results.is_empty(), NotAuthorized::EmptyBatch);
        let message = results_message(&Self::genesis(), provider, results);
        ensure!(
            signature.verify(&message[..], provider),
            InvalidTransaction::BadProof
        );
        let now = frame_system::Pallet::<T>::block_number();
        let mut requests = BTreeSet::new();
        let mut keys = BTreeSet::new();
        let mut provides = Vec::new();
        let mut longevity = TransactionLongevity::MAX;
        for result in results.iter() {
            // The pool's own rule: no tag may come twice in one transaction.
            ensure!(
                requests.insert(result.request),
                NotAuthorized::DuplicateResult
            );
            ensure!(
                has_canonical_coordinates(result.proof.as_slice()),
                NotAuthorized::MalformedProof
            );
            let request = Self::check(provider, result).map_err(invalid)?;
            ensure!(!request.free_try_used, NotAuthorized::FreeTryUsed);
            keys.insert(request.vk_id);
            ensure!(
                keys.len().saturated_into::<u32>() <= MAX_BATCH_KEYS,
                NotAuthorized::TooManyKeys
            );
            provides.push(Self::result_tag(result.request, provider));
            let left = request.deadline.saturating_sub(now);
            longevity = longevity.min(left.saturated_into());
        }
        Ok(ValidTransaction {
            priority: PRIORITY,
            requires: Vec::new(),
            provides,
            longevity: longevity.max(1),
            propagate: true,
        })
    }

    /// What excludes any other result of this provider for this request from the pool.
    pub(crate) fn result_tag(request: RequestId, provider: &T::AccountId) -> TransactionTag {
        (TAG, request, provider).encode()
    }

    /// Weight of an authorization, whatever it says.
    pub(crate) fn authorize_weight(results: &[ResultSubmission<T>]) -> Weight {
        let elements = T::WeightInfo::authorize_output(Self::elements(results))
            .saturating_sub(T::WeightInfo::authorize_output(0));
        T::WeightInfo::authorize_submit_authorized(results.len().saturated_into())
            .saturating_add(elements)
    }

    /// Judge results that were authorized. Nothing of them is an error, so that what they cost the
    /// provider stays.
    pub(crate) fn do_submit_authorized(
        provider: T::AccountId,
        results: BoundedVec<ResultSubmission<T>, T::MaxBatch>,
    ) -> PostDispatchInfo {
        let requests: Vec<RequestId> = results.iter().map(|result| result.request).collect();
        match Self::do_submit_batch(provider.clone(), results, Pays::No) {
            Ok(weight) => Some(weight).into(),
            Err(reason) => {
                // Nothing was judged, and the next ones would end as these.
                for request in requests {
                    Self::refuse(request, &provider, reason, Pays::No);
                }
                ().into()
            }
        }
    }
}

/// What a transaction is that carries a result which would be refused.
fn invalid(refusal: Refusal) -> InvalidTransaction {
    match refusal {
        // It has settled, or ended in another way: what is handed in again is late, and no more.
        Refusal::RequestNotOpen => InvalidTransaction::Stale,
        Refusal::UnknownRequest => NotAuthorized::UnknownRequest.into(),
        Refusal::NotAssignedProvider => NotAuthorized::NotAssignedProvider.into(),
        Refusal::DeadlinePassed => NotAuthorized::DeadlinePassed.into(),
        Refusal::ContextMismatch => NotAuthorized::ContextMismatch.into(),
        Refusal::WrongOutputLength => NotAuthorized::WrongOutputLength.into(),
        Refusal::MalformedProof => NotAuthorized::MalformedProof.into(),
        Refusal::DuplicateResult => NotAuthorized::DuplicateResult.into(),
        Refusal::TooManyKeys => NotAuthorized::TooManyKeys.into(),
        // Only a judgement says so.
        Refusal::SettlementOutOfGas | Refusal::SettlementFailed => InvalidTransaction::Call,
    }
}
