//! Several results of one provider, their proofs verified together.
//!
//! # What each entry costs whom
//! What a batch weighs follows from the number of its entries, of their keys, of their outputs'
//! elements and of the accounts that pay and are paid; the gas on each record from entries and keys: a
//! false proof beside it makes no settled result dearer. What a false proof costs, verifying each alone
//! after all, is the submitter's, who reserved it with the call and gets it back otherwise.

use crate::escrow::Payments;
use crate::settlement::Claim;
use crate::*;
use alloc::{collections::BTreeSet, vec::Vec};
use frame::prelude::*;
use lattice_escrow::Parties;
use lattice_host::{BatchSchedule, GasSchedule, MAX_BATCH_KEYS};
use lattice_primitives::{Refusal, RequestId};

impl<T: Config> Pallet<T> {
    /// Weight of a batch before it has run: every entry under a key of its own, as far
    /// as a batch may have so many, and every proof verified alone in the end.
    pub(crate) fn batch_weight(results: &[ResultSubmission<T>]) -> Weight {
        let entries: u32 = results.len().saturated_into();
        let keys = entries.min(MAX_BATCH_KEYS);
        let proofs = u64::from(entries);
        let schedule = GasSchedule::V1.batched(&BatchSchedule::V1, proofs, keys.into());
        let commitments = results.iter().map(|result| result.proof.is_committed());
        let gas = commitments
            .clone()
            .map(|commitment| schedule.settlement(commitment))
            .fold(0, u64::saturating_add);
        let retry = commitments
            .map(|commitment| BatchSchedule::V1.retry(commitment))
            .fold(0, u64::saturating_add);
        // One provider, and for each request another requester and another owner.
        let parties = Parties {
            payers: entries,
            payees: entries.saturating_add(1),
        };
        Self::results_weight(entries, keys, Self::elements(results), parties)
            .saturating_add(Self::commitments_weight(Self::committed(results), keys))
            .max(Weight::from_parts(gas, 0))
            .saturating_add(Weight::from_parts(retry, 0))
    }

    /// Weight of a batch as measured, all of its proofs being true.
    ///
    /// Its own benchmark has one requester, and as many owners as keys; what it pays is weighed by
    /// the accounts that take part.
    fn results_weight(entries: u32, keys: u32, output_elements: u32, parties: Parties) -> Weight {
        // What each requester adds to the provider's reputation is kept apart, see
        // `MaxFeesPerRequester`.
        let counted = T::DbWeight::get().reads_writes(1, 1);
        T::WeightInfo::submit_results(entries, keys)
            .saturating_add(T::WeightInfo::payers(parties.payers))
            .saturating_add(T::WeightInfo::payees(parties.payees))
            .saturating_add(counted.saturating_mul(parties.payers.into()))
            .saturating_add(Self::output_weight(output_elements))
    }

    /// What commitments add to it, as the benchmarks have proofs without one: their own part,
    /// and their keys'.
    fn commitments_weight(committed: u32, keys: u32) -> Weight {
        let prices = BatchSchedule::V1;
        let own = prices.commitment.saturating_mul(committed.into());
        let keys = prices
            .key_commitment
            .saturating_mul(keys.min(committed).into());
        Weight::from_parts(own.saturating_add(keys), 0)
    }

    /// Proofs with a commitment.
    fn committed(results: &[ResultSubmission<T>]) -> u32 {
        let committed = results.iter().filter(|result| result.proof.is_committed());
        committed.count().saturated_into()
    }

    /// Elements of all outputs.
    pub(crate) fn elements(results: &[ResultSubmission<T>]) -> u32 {
        results.iter().fold(0u32, |sum, result| {
            sum.saturating_add(result.output.len().saturated_into())
        })
    }

    /// Settle what can be settled, say of each other entry why it is refused, and return
    /// the weight that it took. `pays` says whether the submitter pays a fee for it.
    ///
    /// On an error nothing was judged or moved.
    pub(crate) fn do_submit_batch(
        who: T::AccountId,
        results: BoundedVec<ResultSubmission<T>, T::MaxBatch>,
        pays: Pays,
    ) -> Result<Weight, Refusal> {
        let entries = results.len().saturated_into();
        let elements = Self::elements(&results);
        let committed = Self::committed(&results);
        let mut requests = BTreeSet::new();
        let mut keys = BTreeSet::new();
        let mut claims = Vec::new();
        for result in results {
            let request = result.request;
            let claim = if requests.insert(request) {
                Self::claim(&who, result)
            } else {
                // A proof can be changed into another one of the same statement by anyone,
                // so it is the request that makes two entries one.
                Err(Refusal::DuplicateResult)
            };
            match claim.and_then(|claim| Self::within_keys(claim, &mut keys)) {
                Ok(claim) => claims.push(claim),
                Err(reason) => Self::refuse(request, &who, reason, pays),
            }
        }

        let judged = Self::judge(claims)?;
        let mut gas = 0u64;
        let mut payments = Payments::<T>::default();
        for (claim, judgement) in judged.claims {
            match judgement {
                Ok(judgement) => {
                    gas = gas.saturating_add(judgement.gas_used);
                    Self::conclude(claim, judgement, &mut payments);
                }
                Err(reason) => Self::refuse(claim.id(), &who, reason, pays),
            }
        }
        let parties = Self::make_payments(payments);
        let keys = keys.len().saturated_into();
        // As for one result: the benchmark measures the whole call, and gas is a floor.
        Ok(Self::results_weight(entries, keys, elements, parties)
            .saturating_add(Self::commitments_weight(committed, keys))
            .max(Weight::from_parts(gas, 0))
            .saturating_add(Weight::from_parts(judged.retry_gas, 0)))
    }

    /// A claim whose key is among those of the batch, or for whose key there is room.
    fn within_keys(claim: Claim<T>, keys: &mut BTreeSet<H256>) -> Result<Claim<T>, Refusal> {
        let most = usize::try_from(MAX_BATCH_KEYS).unwrap_or(usize::MAX);
        ensure!(
            keys.contains(&claim.vk_id()) || keys.len() < most,
            Refusal::TooManyKeys
        );
        keys.insert(claim.vk_id());
        Ok(claim)
    }

    /// Say that a result is refused. One for which nobody pays a fee uses up the free try of the
    /// provider's assignment.
    pub(crate) fn refuse(request: RequestId, provider: &T::AccountId, reason: Refusal, pays: Pays) {
        if pays == Pays::No {
            Requests::<T>::mutate_extant(request, |open| {
                open.free_try_used |= open.provider == *provider;
            });
        }
        Self::deposit_event(Event::ResultRefused {
            request,
            provider: provider.clone(),
            reason,
        });
    }
}
