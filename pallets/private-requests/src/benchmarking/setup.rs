//! What happens before a benchmark: a model is served, and a request made, which comes as far as the
//! benchmark needs it.
//!
//! Requester, provider, owner and treasury are accounts of their own.

use crate::*;
use alloc::{vec, vec::Vec};
use frame::benchmarking::prelude::*;
use frame::traits::fungible::Unbalanced;
use frame::traits::tokens::Precision;
use lattice_primitives::{
    InputClaim, ModelIndex, PrivateStatus, ProofBytes, RequestId, Selection, Verification,
};
use pallet_compute_providers::benchmarking::serving;
use pallet_inference::benchmarking::fixture::{
    batch, settlement, Settlement, CONTEXT, DEADLINE, MAX_PRICE, OWNER, REQUESTER,
};
use pallet_inference::Shown;
use pallet_model_registry::benchmarking as registry;

/// The range of the models' inputs.
const RANGE: (i8, i8) = (0, 16);
/// What is committed with.
pub(super) const BLINDING: H256 = H256::repeat_byte(5);

/// A key of the fixture's circuit, and a true proof of [`settlement`]'s answer under [`CONTEXT`].
fn true_proof() -> (Vec<u8>, ProofBytes) {
    batch().into_iter().next().expect("there is a key")
}

pub(super) fn committed_input(input: &[i8], blinding: H256) -> H256 {
    lattice_host::commit_input_with(input, RANGE.0, RANGE.1, &blinding.0)
        .map(H256)
        .expect("the input is the model's")
}

pub(super) fn committed_output(output: &[i32], blinding: H256) -> H256 {
    lattice_host::commit_output_with(output, &blinding.0)
        .map(H256)
        .expect("there is an output")
}

/// An account with funds of this pallet's currency.
pub(super) fn funded<T: Config>(who: T::AccountId) -> T::AccountId {
    T::Currency::increase_balance(&who, u64::MAX.saturated_into(), Precision::Exact)
        .expect("the account can be credited");
    who
}

/// Register a model with a key, served by one provider, which can sign.
pub(super) fn serve<T>(manifest: Vec<u8>, verifying_key: Vec<u8>) -> ModelIndex
where
    T: Config + pallet_model_registry::Config + pallet_compute_providers::Config,
{
    System::<T>::set_block_number(1u32.into());
    funded::<T>(<T as Config>::Treasury::get());
    let owner = registry::funded::<T>(OWNER);
    let model = registry::register_manifest::<T>(&owner, manifest);
    registry::register_key::<T>(&owner, model, verifying_key);
    provider::<T>(<T as Config>::BenchmarkHelper::signer(), model, 4);
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

/// Make a request.
fn request<T: Config>(
    model: ModelIndex,
    input_commitment: H256,
    output_private: bool,
) -> (RequestId, Request<T>) {
    let requester = funded::<T>(registry::account_of::<T>(REQUESTER));
    Pallet::<T>::request_private(
        RawOrigin::Signed(requester).into(),
        model,
        input_commitment,
        MAX_PRICE.saturated_into(),
        DEADLINE.into(),
        Verification::Proven,
        output_private,
        Selection::default(),
    )
    .expect("the request is accepted");
    let mut open = Requests::<T>::iter();
    open.next().expect("the request is open")
}

/// A request for a model with inputs and outputs of these lengths.
pub(super) fn assigned<T>(
    input_len: u32,
    output_len: u32,
    output_private: bool,
) -> (RequestId, Request<T>)
where
    T: Config + pallet_model_registry::Config + pallet_compute_providers::Config,
{
    let key = registry::VERIFYING_KEY.to_vec();
    let model = serve::<T>(registry::layer(input_len, output_len), key);
    let commitment = committed_input(&ones(input_len), BLINDING);
    request::<T>(model, commitment, output_private)
}

pub(super) fn ones(count: u32) -> Vec<i8> {
    vec![1; count.saturated_into()]
}

/// A request whose provider says that it has no input.
pub(super) fn claimed<T>(input_len: u32) -> (RequestId, Request<T>)
where
    T: Config + pallet_model_registry::Config + pallet_compute_providers::Config,
{
    let (id, open) = assigned::<T>(input_len, 1, true);
    let provider = RawOrigin::Signed(open.provider);
    Pallet::<T>::claim(provider.into(), id, open.context, InputClaim::NotReceived)
        .expect("the provider may claim it");
    (id, open_request::<T>(id))
}

/// A request whose input was opened.
pub(super) fn opened<T>(output_len: u32, output_private: bool) -> (RequestId, Request<T>)
where
    T: Config + pallet_model_registry::Config + pallet_compute_providers::Config,
{
    let (id, open) = assigned::<T>(1, output_len, output_private);
    let provider = RawOrigin::Signed(open.provider);
    Pallet::<T>::claim(provider.into(), id, open.context, InputClaim::Invalid)
        .expect("the provider may claim it");
    Pallet::<T>::open_input(
        RawOrigin::Signed(open.requester).into(),
        id,
        BoundedVec::truncate_from(ones(1)),
        BLINDING,
    )
    .expect("it is the input");
    (id, open_request::<T>(id))
}

/// A request with a private output of this length, all ones, that is proven as far as the chain knows.
pub(super) fn delivered<T>(output_len: u32) -> (RequestId, Request<T>)
where
    T: Config + pallet_model_registry::Config + pallet_compute_providers::Config,
{
    let (id, mut open) = opened::<T>(output_len, true);
    let output: Vec<i32> = vec![1; output_len.saturated_into()];
    open.shown = Some(Shown {
        output_commitment: committed_output(&output, BLINDING),
        proof: settlement().proof,
        gas_used: 1,
    });
    let final_at = Pallet::<T>::now().saturating_add(T::AcknowledgeWindow::get());
    Pallet::<T>::set_status(id, open, PrivateStatus::Delivered { final_at });
    (id, open_request::<T>(id))
}

/// The same, and the requester wants it posted.
pub(super) fn forced<T>(output_len: u32) -> (RequestId, Request<T>)
where
    T: Config + pallet_model_registry::Config + pallet_compute_providers::Config,
{
    let (id, open) = delivered::<T>(output_len);
    let requester = RawOrigin::Signed(open.requester);
    Pallet::<T>::force_posting(requester.into(), id, open.context)
        .expect("the requester may force it");
    (id, open_request::<T>(id))
}

/// A request for the fixture's model that the true proof is about, and the proof's output.
pub(super) fn provable<T>(output_private: bool) -> (RequestId, Request<T>, Vec<i32>, ProofBytes)
where
    T: Config + pallet_model_registry::Config + pallet_compute_providers::Config,
{
    let Settlement { input, output, .. } = settlement();
    let (verifying_key, proof) = true_proof();
    let model = serve::<T>(registry::MANIFEST.to_vec(), verifying_key);
    let commitment = committed_input(&input, H256::zero());
    let (id, mut open) = request::<T>(model, commitment, output_private);
    open.context = CONTEXT;
    Requests::<T>::insert(id, &open);
    (id, open, output, proof)
}

pub(super) fn open_request<T: Config>(id: RequestId) -> Request<T> {
    Requests::<T>::get(id).expect("the request is open")
}

/// Go to the first block in which something is due for a request.
pub(super) fn wait_for<T: Config>(open: &Request<T>) {
    System::<T>::set_block_number(open.due().saturating_add(One::one()));
}
