//! Benchmarks of every call and of the deadline work.
//!
//! `settle_result` settles a real request on a real proof, of [`fixture::settlement`].
//! `submit_result` varies the length of the output, for which there is no true proof, and so
//! measures rejected ones: the same verification, the other ending.
//!
//! `submit_results` settles true proofs, of [`fixture::batch`]: several keys of the fixture's
//! circuit, each with one proof that serves any number of requests.
//!
//! `submit_authorized` does what `submit_results` does; its authorization is measured apart, on results
//! that are taken: `authorize_submit_authorized` with the fixture's short outputs, `authorize_output`
//! with one output of every length.

pub mod fixture;
mod setup;

use crate::types::Miss;
use crate::*;
use alloc::vec;
use fixture::{
    fix_genesis, settlement, Settlement, DEADLINE, MAX_PRICE, OWNER, PROVIDER, REQUESTER,
};
use frame::benchmarking::prelude::*;
use frame::deps::frame_support::weights::WeightMeter;
use lattice_primitives::{Ending, RequestStatus, Verification};
use pallet_model_registry::benchmarking as registry;
use setup::{
    attempted, authorized, batch_of, funded, leave_a_rest, payments_between, provider, request,
    serve, serve_by, whitelist_accounts,
};

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
