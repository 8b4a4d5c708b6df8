//! Benchmarks of every call and of the deadline work.
//!
//! `settle_private` and `deliver_private` are of a true proof, one of pallet-inference's
//! [`batch`](pallet_inference::benchmarking::fixture::batch), whose context the request is given in place
//! of its own. Its blindings are zero, which costs what others do. `submit_private` varies the length of
//! the output, for which there is no true proof, and so measures rejected ones.
//!
//! What comes after a proof is measured on a request that is made to look as if one had been accepted.
//! Requester, provider, owner and treasury are accounts of their own, and each is paid. Where it is not a
//! true proof that is measured, the request has an input that was opened, if it may have one.

mod setup;

use crate::*;
use alloc::vec;
use frame::benchmarking::prelude::*;
use frame::deps::frame_support::weights::WeightMeter;
use lattice_primitives::{receipt_message, InputClaim, PrivateStatus, Selection, Verification};
use pallet_inference::benchmarking::fixture::{settlement, DEADLINE, MAX_PRICE, REQUESTER};
use pallet_inference::Ledger;
use pallet_model_registry::benchmarking as registry;
use setup::{
    assigned, claimed, committed_input, committed_output, delivered, forced, funded, ones,
    open_request, opened, provable, provider, serve, wait_for, BLINDING,
};

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
