//! Benchmarks of every call and of the deadline work.
//!
//! `settle_result` settles a real request on a real proof. The proof's context depends
//! on genesis hash, request number, accounts and the request's content; all of them are
//! fixed here, and the proof is in `benchmarking/settlement.scale`, written by the ignored
//! test `regenerate_the_benchmarks_data`. `submit_result` varies the length of the output,
//! for which there is no true proof, and so measures rejected ones: the same verification,
//! the other ending.
//!
//! `submit_results` settles true proofs, from `benchmarking/batch.scale`: several keys of
//! the fixture's circuit, each with a proof of the fixture's input and output under one
//! context, which the requests are given. So one proof serves any number of requests; what
//! is verified does not depend on whose context it is.
//!
//! `submit_authorized` does what `submit_results` does; its authorization is measured apart, on results
//! that are taken: `authorize_submit_authorized` with the fixture's short outputs, `authorize_output`
//! with one output of every length.

use crate::escrow::Payments;
use crate::types::Miss;
use crate::*;
use alloc::{vec, vec::Vec};
use frame::benchmarking::prelude::*;
use frame::deps::frame_support::weights::WeightMeter;
use frame::traits::fungible::{MutateHold, Unbalanced};
use frame::traits::tokens::Precision;
use lattice_primitives::{
    results_message, Ending, ModelIndex, ProofBytes, RequestId, RequestOptions, RequestStatus,
    Verification,
};
use pallet_compute_providers::{benchmarking::serving, Market};
use pallet_model_registry::benchmarking as registry;

/// What was asked of the fixture's model, and its answer.
#[derive(Decode)]
struct Settlement {
    input: Vec<i8>,
    output: Vec<i32>,
    proof: ProofBytes,
}

fn settlement() -> Settlement {
    Settlement::decode(&mut &include_bytes!("benchmarking/settlement.scale")[..])
        .expect("the fixture is of this type")
}

/// Keys of the fixture's circuit, each with a proof under [`CONTEXT`].
fn batch() -> Vec<(Vec<u8>, ProofBytes)> {
    Decode::decode(&mut &include_bytes!("benchmarking/batch.scale")[..])
        .expect("the fixture is of this type")
}

/// The context of the proofs of [`batch`].
const CONTEXT: H256 = H256::repeat_byte(1);

/// The requester, provider and owner of [`settlement`].
const REQUESTER: u8 = 1;
const PROVIDER: u8 = 2;
const OWNER: u8 = 3;

/// `max_price` and `deadline` of [`settlement`].
const MAX_PRICE: u64 = 1_000_000_000_000_000;
const DEADLINE: u32 = 10;

/// The genesis hash of [`settlement`].
fn fix_genesis<T: Config>() {
    let hash = T::Hash::decode(&mut TrailingZeroInput::new(&[69; 32]))
        .expect("a hash decodes from any bytes");
    frame_system::BlockHash::<T>::insert(BlockNumberFor::<T>::zero(), hash);
}

/// An account with funds of this pallet's currency.
fn funded<T: Config>(who: T::AccountId) -> T::AccountId {
    T::Currency::increase_balance(&who, u64::MAX.saturated_into(), Precision::Exact)
        .expect("the account can be credited");
    who
}

/// Leave the signer's and the treasury's account out of what a call reads and writes: the one is
/// counted with its extrinsic, the other is written once per block, whatever number of results it has.
fn whitelist_accounts<T: Config>(signer: &T::AccountId) {
    for account in [signer, &T::Treasury::get()] {
        let key = frame_system::Account::<T>::hashed_key_for(account);
        add_to_whitelist(key.into());
    }
}

/// Register a model with the fixture's key, served by the fixture's provider.
fn serve<T>(manifest: Vec<u8>) -> ModelIndex
where
    T: Config + pallet_model_registry::Config + pallet_compute_providers::Config,
{
    serve_by::<T>(registry::account_of::<T>(PROVIDER), manifest)
}

/// Register a model with the fixture's key, served by this provider.
fn serve_by<T>(who: T::AccountId, manifest: Vec<u8>) -> ModelIndex
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
fn provider<T>(who: T::AccountId, model: ModelIndex, capacity: u32)
where
    T: Config + pallet_compute_providers::Config,
{
    serving::register::<T>(&who, capacity);
    serving::offer::<T>(&who, model, 2);
}

/// Make the fixture's request, or another one with the same terms.
fn request<T: Config>(model: ModelIndex, input: Vec<i8>) -> (RequestId, Request<T>) {
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
fn attempted<T: Config>(model: ModelIndex) -> (RequestId, Request<T>) {
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
fn leave_a_rest<T: Config>(request: RequestId) {
    let rest = BalanceOf::<T>::one();
    Requests::<T>::mutate_extant(request, |open| {
        T::Currency::hold(&HoldReason::Escrow.into(), &open.requester, rest)
            .expect("the requester has more");
        open.escrow = open.escrow.saturating_add(rest);
    });
}

/// So many requests of one account, of models under so many keys, owned by as
/// many accounts, and their true results, by one provider.
fn batch_of<T>(who: T::AccountId, count: u32, keys: u32) -> Vec<ResultSubmission<T>>
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
fn payments_between<T: Config>(payers: u32, payees: u32) -> Payments<T> {
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
fn authorized<T: Config>(who: T::AccountId, results: Vec<ResultSubmission<T>>) -> Call<T> {
    let results = BoundedVec::truncate_from(results);
    let message = results_message(&Pallet::<T>::genesis(), &who, &results);
    let signature = T::BenchmarkHelper::sign(&who, &message);
    Call::submit_authorized {
        provider: who,
        results,
        signature,
    }
}

#[benchmarks(
    where T: pallet_model_registry::Config + pallet_compute_providers::Config
)]
mod benchmarks {
    use super::*;

    #[benchmark]
    fn request_inference(i: Linear<1, 4_096>, c: Linear<1, 64>) {
        let model = serve::<T>(registry::layer(i, 1));
        // All of them eligible, so that all are compared.
        for index in 1..c {
            provider::<T>(account("other", index, 0), model, 1);
        }
        let requester = funded::<T>(registry::account_of::<T>(REQUESTER));

        #[extrinsic_call]
        _(
            RawOrigin::Signed(requester),
            model,
            BoundedVec::truncate_from(vec![1; i.saturated_into()]),
            MAX_PRICE.saturated_into(),
            DEADLINE.into(),
            Verification::Proven,
        );

        assert!(Requests::<T>::contains_key(0));
    }

    /// The gas of the execution comes on top; this one's is small beside the rest.
    #[benchmark]
    fn answer() {
        fix_genesis::<T>();
        System::<T>::set_block_number(1u32.into());
        let owner = registry::funded::<T>(OWNER);
        let model = registry::stored::finalized::<T>(&owner, &registry::stored::model(1, 0, 0));
        let requester = funded::<T>(registry::account_of::<T>(REQUESTER));
        let id = NextRequest::<T>::get();

        #[extrinsic_call]
        request_inference(
            RawOrigin::Signed(requester),
            model,
            BoundedVec::truncate_from(vec![1]),
            MAX_PRICE.saturated_into(),
            DEADLINE.into(),
            Verification::Direct,
        );

        assert!(DirectRecords::<T>::contains_key(id));
    }

    #[benchmark]
    fn submit_result(o: Linear<1, 1_024>) {
        let model = serve::<T>(registry::layer(1, o));
        let (id, open) = request::<T>(model, vec![1]);
        whitelist_accounts::<T>(&open.provider);

        #[extrinsic_call]
        _(
            RawOrigin::Signed(open.provider.clone()),
            id,
            open.context,
            BoundedVec::truncate_from(vec![-1; o.saturated_into()]),
            settlement().proof,
        );

        let record = Records::<T>::get(id).expect("the request has ended");
        assert_eq!(record.ending, Ending::ProofRejected);
    }

    #[benchmark]
    fn settle_result() {
        let model = serve::<T>(registry::MANIFEST.to_vec());
        let Settlement {
            input,
            output,
            proof,
        } = settlement();
        let (id, open) = request::<T>(model, input);
        leave_a_rest::<T>(id);
        whitelist_accounts::<T>(&open.provider);

        #[extrinsic_call]
        submit_result(
            RawOrigin::Signed(open.provider.clone()),
            id,
            open.context,
            BoundedVec::truncate_from(output),
            proof,
        );

        let record = Records::<T>::get(id).expect("the request has ended");
        assert_eq!(record.ending, Ending::Settled);
    }

    #[benchmark]
    fn submit_results(n: Linear<16, 64>, k: Linear<1, 16>) {
        let results = batch_of::<T>(registry::account_of::<T>(PROVIDER), n, k);
        let first = NextRequest::<T>::get().saturating_sub(n.into());

        #[extrinsic_call]
        _(
            RawOrigin::Signed(registry::account_of::<T>(PROVIDER)),
            BoundedVec::truncate_from(results),
        );

        for id in first..NextRequest::<T>::get() {
            let record = Records::<T>::get(id).expect("the request has ended");
            assert_eq!(record.ending, Ending::Settled);
        }
    }

    #[benchmark]
    fn payers(p: Linear<1, 64>) {
        let payments = payments_between::<T>(p, 1);
        let parties;

        #[block]
        {
            parties = Pallet::<T>::make_payments(payments);
        }

        assert_eq!((parties.payers, parties.payees), (p, 1));
    }

    #[benchmark]
    fn payees(p: Linear<1, 64>) {
        let payments = payments_between::<T>(1, p);
        let parties;

        #[block]
        {
            parties = Pallet::<T>::make_payments(payments);
        }

        assert_eq!((parties.payers, parties.payees), (1, p));
    }

    #[benchmark]
    fn authorize_submit_authorized(n: Linear<1, 64>) -> Result<(), BenchmarkError> {
        let who = <T as Config>::BenchmarkHelper::signer();
        // As many keys as a batch may have, which are counted.
        let results = batch_of::<T>(who.clone(), n, n.min(16));
        let call = authorized::<T>(who, results);

        #[block]
        {
            call.authorize(TransactionSource::External)
                .ok_or("the call is one that is authorized")??;
        }

        Ok(())
    }

    #[benchmark]
    fn authorize_output(o: Linear<1, 1_024>) -> Result<(), BenchmarkError> {
        let who = <T as Config>::BenchmarkHelper::signer();
        let model = serve_by::<T>(who.clone(), registry::layer(1, o));
        let (request, open) = request::<T>(model, vec![1]);
        let result = ResultSubmission {
            request,
            context: open.context,
            output: BoundedVec::truncate_from(vec![-1; o.saturated_into()]),
            proof: settlement().proof,
        };
        let call = authorized::<T>(who, vec![result]);

        #[block]
        {
            call.authorize(TransactionSource::External)
                .ok_or("the call is one that is authorized")??;
        }

        Ok(())
    }

    #[benchmark]
    fn expire() {
        let model = serve::<T>(registry::layer(1, 1));
        let (id, open) = request::<T>(model, vec![1]);
        System::<T>::set_block_number(open.deadline.saturating_add(One::one()));

        #[extrinsic_call]
        _(RawOrigin::Signed(open.requester), id);

        let record = Records::<T>::get(id).expect("the request has ended");
        assert_eq!(record.ending, Ending::Expired);
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
        let model = serve::<T>(registry::layer(T::MaxInputLen::get(), 1));
        let input = vec![1; T::MaxInputLen::get().saturated_into()];
        let (_, open) = request::<T>(model, input);
        let due = open.due();
        let mut entries = Due::<T>::iter_key_prefix(due);
        let found;

        #[block]
        {
            found = lattice_deadlines::look::<Pallet<T>>(due, &mut entries);
        }

        assert!(found.is_some_and(|(_, work)| work.is_some()));
    }

    #[benchmark]
    fn expire_due() {
        let model = serve::<T>(registry::layer(1, 1));
        let (id, open) = request::<T>(model, vec![1]);
        System::<T>::set_block_number(open.deadline.saturating_add(One::one()));

        #[block]
        {
            Pallet::<T>::advance(id, open);
        }

        assert!(Records::<T>::contains_key(id));
    }

    #[benchmark]
    fn accept() {
        let model = serve::<T>(registry::layer(1, 1));
        let (id, open) = attempted::<T>(model);

        #[extrinsic_call]
        _(RawOrigin::Signed(open.provider), id);

        let open = Requests::<T>::get(id).expect("the request is open");
        assert_eq!(open.status, RequestStatus::Assigned);
    }

    #[benchmark]
    fn cancel() {
        let model = serve::<T>(registry::layer(1, 1));
        let (id, open) = attempted::<T>(model);
        Pallet::<T>::fail(id, open.clone(), Miss::NotAccepted, None);

        #[extrinsic_call]
        _(RawOrigin::Signed(open.requester), id);

        let record = Records::<T>::get(id).expect("the request has ended");
        assert_eq!(record.ending, Ending::Cancelled);
    }

    #[benchmark]
    fn pass_on(c: Linear<1, 64>) {
        let model = serve::<T>(registry::layer(1, 1));
        for index in 1..c {
            provider::<T>(account("other", index, 0), model, 1);
        }
        let (id, open) = attempted::<T>(model);
        Pallet::<T>::fail(id, open.clone(), Miss::NotAccepted, None);
        let waiting = Requests::<T>::get(id).expect("the request is open");

        #[block]
        {
            Pallet::<T>::advance(id, waiting);
        }

        // The one that failed is not asked again.
        assert_eq!(Requests::<T>::contains_key(id), c > 1);
        assert_eq!(Records::<T>::contains_key(id), c == 1);
    }

    impl_benchmark_test_suite!(Pallet, crate::mock::new_test_ext(), crate::mock::Test);
}
