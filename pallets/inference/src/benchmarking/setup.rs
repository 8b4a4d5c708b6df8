//! What happens before a benchmark: models are served, and requests made.

use super::fixture::{
    batch, fix_genesis, settlement, Settlement, CONTEXT, DEADLINE, MAX_PRICE, OWNER, PROVIDER,
    REQUESTER,
};
use crate::escrow::Payments;
use crate::*;
use alloc::{vec, vec::Vec};
use frame::benchmarking::prelude::*;
use frame::traits::fungible::{MutateHold, Unbalanced};
use frame::traits::tokens::Precision;
use lattice_primitives::{
    results_message, ModelIndex, ProofBytes, RequestId, RequestOptions, Verification,
};
use pallet_compute_providers::{benchmarking::serving, Market};
use pallet_model_registry::benchmarking as registry;

/// An account with funds of this pallet's currency.
pub(super) fn funded<T: Config>(who: T::AccountId) -> T::AccountId {
    T::Currency::increase_balance(&who, u64::MAX.saturated_into(), Precision::Exact)
        .expect("the account can be credited");
    who
}

/// Leave the signer's and the treasury's account out of what a call reads and writes: the one is
/// counted with its extrinsic, the other is written once per block, whatever number of results it has.
pub(super) fn whitelist_accounts<T: Config>(signer: &T::AccountId) {
    for account in [signer, &T::Treasury::get()] {
        let key = frame_system::Account::<T>::hashed_key_for(account);
        add_to_whitelist(key.into());
    }
}

/// Register a model with the fixture's key, served by the fixture's provider.
pub(super) fn serve<T>(manifest: Vec<u8>) -> ModelIndex
where
    T: Config + pallet_model_registry::Config + pallet_compute_providers::Config,
{
    serve_by::<T>(registry::account_of::<T>(PROVIDER), manifest)
}

/// Register a model with the fixture's key, served by this provider.
pub(super) fn serve_by<T>(who: T::AccountId, manifest: Vec<u8>) -> ModelIndex
where
    T: Config + pallet_model_registry::Config + pallet_compute_providers::Config,
{
    fix_genesis::<T>();
    System::<T>::set_block_number(1u32.into());
    funded::<T>(<T as Config>::Treasury::get());
    let owner = registry::funded::<T>(OWNER);
    let model = registry::register_manifest::<T>(&owner, manifest);
    registry::register_fixture_key::<T>(&owner, model);
    provider::<T>(who, model, 4);
    model
}

/// Register a provider with an offer for a model.
pub(super) fn provider<T>(who: T::AccountId, model: ModelIndex, capacity: u32)
where
    T: Config + pallet_compute_providers::Config,
{
    serving::register::<T>(&who, capacity);
    serving::offer::<T>(&who, model, 2);
}

/// Make the fixture's request, or another one with the same terms.
pub(super) fn request<T: Config>(model: ModelIndex, input: Vec<i8>) -> (RequestId, Request<T>) {
    let requester = funded::<T>(registry::account_of::<T>(REQUESTER));
    request_by(requester, model, input)
}

/// A request of this account, with the same terms.
fn request_by<T: Config>(
    requester: T::AccountId,
    model: ModelIndex,
    input: Vec<i8>,
) -> (RequestId, Request<T>) {
    let id = NextRequest::<T>::get();
    Pallet::<T>::request_inference(
        RawOrigin::Signed(requester).into(),
        model,
        BoundedVec::truncate_from(input),
        MAX_PRICE.saturated_into(),
        DEADLINE.into(),
        Verification::Proven,
    )
    .expect("the request is accepted");
    (id, Requests::<T>::get(id).expect("the request is open"))
}

/// A request that is offered to its first provider of two.
pub(super) fn attempted<T: Config>(model: ModelIndex) -> (RequestId, Request<T>) {
    let id = NextRequest::<T>::get();
    Pallet::<T>::request_inference_with(
        RawOrigin::Signed(funded::<T>(registry::account_of::<T>(REQUESTER))).into(),
        model,
        BoundedVec::truncate_from(vec![1]),
        MAX_PRICE.saturated_into(),
        DEADLINE.into(),
        Verification::Proven,
        RequestOptions {
            attempts: 2,
            accept_within: Some(T::MinAcceptTime::get()),
            ..Default::default()
        },
    )
    .expect("the request is accepted");
    (id, Requests::<T>::get(id).expect("the request is open"))
}

/// Put more on hold for a request than it costs, as for one that others may try, so that something
/// goes back to the requester when it settles.
pub(super) fn leave_a_rest<T: Config>(request: RequestId) {
    let rest = BalanceOf::<T>::one();
    Requests::<T>::mutate_extant(request, |open| {
        T::Currency::hold(&HoldReason::Escrow.into(), &open.requester, rest)
            .expect("the requester has more");
        open.escrow = open.escrow.saturating_add(rest);
    });
}

/// So many requests of one account, of models under so many keys, owned by as
/// many accounts, and their true results, by one provider.
pub(super) fn batch_of<T>(who: T::AccountId, count: u32, keys: u32) -> Vec<ResultSubmission<T>>
where
    T: Config + pallet_model_registry::Config + pallet_compute_providers::Config,
{
    fix_genesis::<T>();
    System::<T>::set_block_number(1u32.into());
    funded::<T>(<T as Config>::Treasury::get());
    let served: Vec<(ModelIndex, ProofBytes)> = batch()
        .into_iter()
        .zip(100u8..)
        .take(keys.saturated_into())
        .map(|((verifying_key, proof), owner)| {
            let owner = registry::funded::<T>(owner);
            let model = registry::register_manifest::<T>(&owner, registry::MANIFEST.to_vec());
            registry::register_key::<T>(&owner, model, verifying_key);
            (model, proof)
        })
        .collect();
    // A provider with a past, since a new one is not given so many.
    let experience = |who: &T::AccountId| {
        for index in 0..count {
            let requester = account("earlier", index, 0);
            <T as Config>::Providers::settle(
                who,
                0,
                Zero::zero(),
                &requester,
                u64::MAX.saturated_into(),
            );
        }
    };
    for (position, (model, _)) in served.iter().enumerate() {
        if position == 0 {
            provider::<T>(who.clone(), *model, count);
            experience(&who);
        } else {
            serving::offer::<T>(&who, *model, 2);
        }
    }
    let Settlement { input, output, .. } = settlement();
    (0..count)
        .zip(served.iter().cycle())
        .map(|(_, (model, proof))| {
            let requester = funded::<T>(registry::account_of::<T>(REQUESTER));
            let (request, _) = request_by::<T>(requester, *model, input.clone());
            Requests::<T>::mutate_extant(request, |open| {
                open.context = CONTEXT;
            });
            leave_a_rest::<T>(request);
            ResultSubmission {
                request,
                context: CONTEXT,
                output: BoundedVec::truncate_from(output.clone()),
                proof: *proof,
            }
        })
        .collect()
}

/// Payments of so many accounts, or to so many, with a rest that goes back to who pays.
pub(super) fn payments_between<T: Config>(payers: u32, payees: u32) -> Payments<T> {
    let treasury = funded::<T>(<T as Config>::Treasury::get());
    let mut payments = Payments::<T>::default();
    let party = |role, index: u32, count: u32| {
        funded::<T>(account(role, index.checked_rem(count).unwrap_or(0), 0))
    };
    for index in 0..payers.max(payees) {
        let payer = party("payer", index, payers);
        let payee = party("payee", index, payees);
        T::Currency::hold(&HoldReason::Escrow.into(), &payer, 3u32.into())
            .expect("the payer has more");
        for who in [&payee, &treasury, &payer] {
            payments.add(index.into(), &payer, who, One::one());
        }
    }
    payments
}

/// Results with their provider's signature.
pub(super) fn authorized<T: Config>(
    who: T::AccountId,
    results: Vec<ResultSubmission<T>>,
) -> Call<T> {
    let results = BoundedVec::truncate_from(results);
    let message = results_message(&Pallet::<T>::genesis(), &who, &results);
    let signature = T::BenchmarkHelper::sign(&who, &message);
    Call::submit_authorized {
        provider: who,
        results,
        signature,
    }
}
