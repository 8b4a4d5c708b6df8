//! Benchmarks of every call and of the deadline work.
//!
//! `settle_private` and `deliver_private` are of a true proof, from pallet-inference's
//! `benchmarking/batch.scale`: its input, its output and one context, which the request is given in place
//! of its own; what is verified does not depend on whose context it is. Its blindings are zero, which
//! costs what others do. `submit_private` varies the length of the output, for which there is no true
//! proof, and so measures rejected ones.
//!
//! What comes after a proof is measured on a request that is made to look as if one had been accepted.
//! Requester, provider, owner and treasury are accounts of their own, and each is paid. Where it is not a
//! true proof that is measured, the request has an input that was opened, if it may have one.

use crate::*;
use alloc::{vec, vec::Vec};
use frame::benchmarking::prelude::*;
use frame::deps::frame_support::weights::WeightMeter;
use frame::traits::fungible::Unbalanced;
use frame::traits::tokens::Precision;
use lattice_primitives::{
    receipt_message, InputClaim, ModelIndex, PrivateStatus, ProofBytes, RequestId, Selection,
    Verification,
};
use pallet_compute_providers::benchmarking::serving;
use pallet_inference::{Ledger, Shown};
use pallet_model_registry::benchmarking as registry;

const REQUESTER: u8 = 1;
const OWNER: u8 = 3;
/// Enough for any price, in planck.
const MAX_PRICE: u64 = 1_000_000_000_000_000;
const DEADLINE: u32 = 10;
/// The context of the true proof.
const CONTEXT: H256 = H256::repeat_byte(1);
/// The range of the models' inputs.
const RANGE: (i8, i8) = (0, 16);
/// What is committed with.
const BLINDING: H256 = H256::repeat_byte(5);

/// What was asked of the fixture's model, and its answer.
#[derive(Decode)]
struct Settlement {
    input: Vec<i8>,
    output: Vec<i32>,
    proof: ProofBytes,
}

fn settlement() -> Settlement {
    let bytes = include_bytes!("../../inference/src/benchmarking/settlement.scale");
    Settlement::decode(&mut &bytes[..]).expect("the fixture is of this type")
}

/// A key of the fixture's circuit, and a true proof of [`settlement`]'s answer under [`CONTEXT`].
fn true_proof() -> (Vec<u8>, ProofBytes) {
    let bytes = include_bytes!("../../inference/src/benchmarking/batch.scale");
    let batch: Vec<(Vec<u8>, ProofBytes)> =
        Decode::decode(&mut &bytes[..]).expect("the fixture is of this type");
    batch.into_iter().next().expect("there is a key")
}

fn committed_input(input: &[i8], blinding: H256) -> H256 {
    lattice_host::commit_input_with(input, RANGE.0, RANGE.1, &blinding.0)
        .map(H256)
        .expect("the input is the model's")
}

fn committed_output(output: &[i32], blinding: H256) -> H256 {
    lattice_host::commit_output_with(output, &blinding.0)
        .map(H256)
        .expect("there is an output")
}

/// An account with funds of this pallet's currency.
fn funded<T: Config>(who: T::AccountId) -> T::AccountId {
    T::Currency::increase_balance(&who, u64::MAX.saturated_into(), Precision::Exact)
        .expect("the account can be credited");
    who
}

/// Register a model with a key, served by one provider, which can sign.
fn serve<T>(manifest: Vec<u8>, verifying_key: Vec<u8>) -> ModelIndex
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
fn provider<T>(who: T::AccountId, model: ModelIndex, capacity: u32)
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
fn assigned<T>(input_len: u32, output_len: u32, output_private: bool) -> (RequestId, Request<T>)
where
    T: Config + pallet_model_registry::Config + pallet_compute_providers::Config,
{
    let key = registry::VERIFYING_KEY.to_vec();
    let model = serve::<T>(registry::layer(input_len, output_len), key);
    let commitment = committed_input(&ones(input_len), BLINDING);
    request::<T>(model, commitment, output_private)
}

fn ones(count: u32) -> Vec<i8> {
    vec![1; count.saturated_into()]
}

/// A request whose provider says that it has no input.
fn claimed<T>(input_len: u32) -> (RequestId, Request<T>)
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
fn opened<T>(output_len: u32, output_private: bool) -> (RequestId, Request<T>)
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
fn delivered<T>(output_len: u32) -> (RequestId, Request<T>)
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
fn forced<T>(output_len: u32) -> (RequestId, Request<T>)
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
fn provable<T>(output_private: bool) -> (RequestId, Request<T>, Vec<i32>, ProofBytes)
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

fn open_request<T: Config>(id: RequestId) -> Request<T> {
    Requests::<T>::get(id).expect("the request is open")
}

/// Go to the first block in which something is due for a request.
fn wait_for<T: Config>(open: &Request<T>) {
    System::<T>::set_block_number(open.due().saturating_add(One::one()));
}

#[benchmarks(
    where T: pallet_model_registry::Config + pallet_compute_providers::Config
)]
mod benchmarks {
    use super::*;

    #[benchmark]
    fn request_private(c: Linear<1, 64>) {
        let key = registry::VERIFYING_KEY.to_vec();
        let model = serve::<T>(registry::layer(1, 1), key);
        // All of them eligible, so that all are compared.
        for index in 1..c {
            provider::<T>(account("other", index, 0), model, 1);
        }
        let requester = funded::<T>(registry::account_of::<T>(REQUESTER));

        #[extrinsic_call]
        _(
            RawOrigin::Signed(requester),
            model,
            committed_input(&[1], BLINDING),
            MAX_PRICE.saturated_into(),
            DEADLINE.into(),
            Verification::Proven,
            true,
            Selection::default(),
        );

        assert_eq!(Requests::<T>::iter_keys().count(), 1);
    }

    #[benchmark]
    fn submit_private(o: Linear<1, 1_024>) {
        let (id, open) = opened::<T>(o, false);
        let output = vec![-1; o.saturated_into()];

        #[extrinsic_call]
        _(
            RawOrigin::Signed(open.provider),
            id,
            open.context,
            PrivateOutput::Posted(BoundedVec::truncate_from(output)),
            settlement().proof,
        );

        assert!(!Requests::<T>::contains_key(id));
    }

    #[benchmark]
    fn settle_private() {
        let (id, open, output, proof) = provable::<T>(false);

        #[extrinsic_call]
        submit_private(
            RawOrigin::Signed(open.provider),
            id,
            open.context,
            PrivateOutput::Posted(BoundedVec::truncate_from(output)),
            proof,
        );

        assert!(!Requests::<T>::contains_key(id));
    }

    #[benchmark]
    fn deliver_private() {
        let (id, open, output, proof) = provable::<T>(true);
        let commitment = committed_output(&output, H256::zero());

        #[extrinsic_call]
        submit_private(
            RawOrigin::Signed(open.provider),
            id,
            open.context,
            PrivateOutput::Committed(commitment),
            proof,
        );

        assert!(open_request::<T>(id).shown.is_some());
    }

    #[benchmark]
    fn acknowledge() {
        let (id, open) = delivered::<T>(1);

        #[extrinsic_call]
        _(RawOrigin::Signed(open.requester), id, open.context);

        assert!(!Requests::<T>::contains_key(id));
    }

    #[benchmark]
    fn force_posting() {
        let (id, open) = delivered::<T>(1);

        #[extrinsic_call]
        _(RawOrigin::Signed(open.requester), id, open.context);

        assert!(matches!(
            open_request::<T>(id).status,
            PrivateStatus::Forced { .. }
        ));
    }

    #[benchmark]
    fn post_output(o: Linear<1, 1_024>) {
        let (id, open) = forced::<T>(o);
        let output = vec![1; o.saturated_into()];

        #[extrinsic_call]
        _(
            RawOrigin::Signed(open.provider),
            id,
            BoundedVec::truncate_from(output),
            BLINDING,
        );

        assert!(!Requests::<T>::contains_key(id));
    }

    #[benchmark]
    fn claim() {
        let (id, open) = assigned::<T>(1, 1, true);

        #[extrinsic_call]
        _(
            RawOrigin::Signed(open.provider),
            id,
            open.context,
            InputClaim::NotReceived,
        );

        assert!(matches!(
            open_request::<T>(id).status,
            PrivateStatus::Claimed { .. }
        ));
    }

    #[benchmark]
    fn open_input(i: Linear<1, 4_096>) {
        let (id, open) = claimed::<T>(i);

        #[extrinsic_call]
        _(
            RawOrigin::Signed(open.requester),
            id,
            BoundedVec::truncate_from(ones(i)),
            BLINDING,
        );

        assert!(Inputs::<T>::contains_key(id));
    }

    #[benchmark]
    fn refute_claim() {
        let (id, open) = claimed::<T>(1);
        let genesis = <T as Config>::Ledger::genesis();
        let message = receipt_message(&genesis, id, &open.context.0);
        let signature = <T as Config>::BenchmarkHelper::sign(&open.provider, &message);

        #[extrinsic_call]
        _(RawOrigin::Signed(open.requester), id, signature);

        assert!(!Requests::<T>::contains_key(id));
    }

    #[benchmark]
    fn expire_late() {
        let (id, open) = opened::<T>(1, true);
        wait_for(&open);

        #[extrinsic_call]
        expire_private(RawOrigin::Signed(open.requester), id);

        assert!(!Requests::<T>::contains_key(id));
    }

    #[benchmark]
    fn expire_unopened() {
        let (id, open) = claimed::<T>(1);
        wait_for(&open);

        #[extrinsic_call]
        expire_private(RawOrigin::Signed(open.requester), id);

        assert!(!Requests::<T>::contains_key(id));
    }

    #[benchmark]
    fn expire_delivered() {
        let (id, open) = delivered::<T>(1);
        wait_for(&open);

        #[extrinsic_call]
        expire_private(RawOrigin::Signed(open.requester), id);

        assert!(!Requests::<T>::contains_key(id));
    }

    #[benchmark]
    fn expire_withheld() {
        let (id, open) = forced::<T>(1);
        wait_for(&open);

        #[extrinsic_call]
        expire_private(RawOrigin::Signed(open.requester), id);

        assert!(!Requests::<T>::contains_key(id));
    }

    #[benchmark]
    fn on_poll_base() {
        NextDue::<T>::put(BlockNumberFor::<T>::from(5u32));

        #[block]
        {
            lattice_deadlines::work_off::<Pallet<T>>(5u32.into(), &mut WeightMeter::new());
        }
    }

    #[benchmark]
    fn on_poll_step() {
        let (_, open) = delivered::<T>(1);
        let due = open.due();
        let mut entries = Due::<T>::iter_key_prefix(due);
        let found;

        #[block]
        {
            found = lattice_deadlines::look::<Pallet<T>>(due, &mut entries);
        }

        assert!(found.is_some_and(|(_, work)| work.is_some()));
    }

    impl_benchmark_test_suite!(Pallet, crate::mock::new_test_ext(), crate::mock::Test);
}
