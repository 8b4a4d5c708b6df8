//! Benchmarks of every call, of what the court and `pallet_inference` call, and of the deadline
//! work.
//!
//! Weights of the models are zero, as in the benchmarks of `pallet_disputes`. Requester, provider,
//! owner, treasury and challengers are accounts of their own, and each is paid. What the court does
//! is small here, and comes on top with the court's own weights.

use crate::*;
use alloc::vec;
use frame::benchmarking::prelude::*;
use frame::deps::frame_support::weights::WeightMeter;
use frame::traits::fungible::{MutateHold, Unbalanced};
use frame::traits::tokens::Precision;
use lattice_primitives::{
    Cause, Interface, ModelState, RequestId, Selection, Verdict, Verification,
};
use pallet_compute_providers::benchmarking::serving;
use pallet_disputes::benchmarking as disputes;
use pallet_disputes::{Court, Verdicts};
use pallet_inference::{Order, OrderedId, Tier};
use pallet_model_registry::benchmarking as registry;
use pallet_model_registry::Servable;

const PROVIDER: u8 = 2;
const REQUESTER: u8 = 3;
const OWNER: u8 = 4;
/// Enough for any price, in planck.
const MAX_PRICE: u64 = 1_000_000_000_000_000;
const DEADLINE: u32 = 10;
const ROYALTY: u32 = 1_000;
const REQUEST: RequestId = 7;

/// An account with funds of this pallet's currency.
fn funded<T: Config>(who: T::AccountId) -> T::AccountId {
    T::Currency::increase_balance(&who, u64::MAX.saturated_into(), Precision::Exact)
        .expect("the account can be credited");
    who
}

/// An order of one layer's inference, which a provider waits for.
fn order<T>(output_len: u32) -> Order<T::AccountId, BalanceOf<T>, BlockNumberFor<T>>
where
    T: Config
        + pallet_model_registry::Config
        + pallet_compute_providers::Config
        + pallet_disputes::Config,
{
    System::<T>::set_block_number(1u32.into());
    funded::<T>(<T as Config>::Treasury::get());
    let model = disputes::registered::<T>(&disputes::dense(1, output_len));
    let provider = registry::account_of::<T>(PROVIDER);
    serving::register::<T>(&provider, 4);
    serving::offer_in_every_tier::<T>(&provider, model, 2);
    Order {
        request: REQUEST,
        requester: funded::<T>(registry::account_of::<T>(REQUESTER)),
        model,
        servable: Servable {
            owner: funded::<T>(registry::account_of::<T>(OWNER)),
            model_hash: H256::repeat_byte(1),
            interface: Interface {
                input_len: 1,
                input_lo: 0,
                input_hi: 16,
                output_len,
            },
            royalty: ROYALTY.into(),
            execution_gas: 1,
            state: ModelState::Active,
            key: None,
        },
        input: vec![1],
        input_commitment: H256::repeat_byte(2),
        content: H256::repeat_byte(3),
        max_price: MAX_PRICE.saturated_into(),
        deadline: DEADLINE.into(),
        verification: Verification::Optimistic {
            window: T::MinWindow::get().saturated_into(),
            bond: T::MinBond::get().saturated_into(),
        },
        selection: Selection::default(),
        attempts: 1,
    }
}

fn open_request<T: Config>() -> Request<T> {
    Requests::<T>::get(REQUEST).expect("the request is open")
}

/// A request that its provider owes a result.
fn assigned<T>(output_len: u32) -> Request<T>
where
    T: Config
        + pallet_model_registry::Config
        + pallet_compute_providers::Config
        + pallet_disputes::Config,
{
    let order = order::<T>(output_len);
    <Pallet<T> as Tier<_, _, _>>::open(order).expect("the order is in order");
    open_request::<T>()
}

/// A request whose result can be challenged.
fn posted<T>(output_len: u32) -> Request<T>
where
    T: Config
        + pallet_model_registry::Config
        + pallet_compute_providers::Config
        + pallet_disputes::Config,
{
    let request = assigned::<T>(output_len);
    let commitment = disputes::commitment(&disputes::dense(1, output_len));
    Pallet::<T>::post_result(
        RawOrigin::Signed(request.provider).into(),
        REQUEST,
        request.context,
        BoundedVec::truncate_from(commitment.trace().output().to_vec()),
        H256(commitment.root()),
        commitment.output_link(),
    )
    .expect("the result is in order");
    open_request::<T>()
}

/// What a challenge of the posted result names.
fn root_of<T: Config>(request: &Request<T>) -> H256 {
    let posted = request.posted.as_ref();
    posted.expect("the result is posted").trace_root
}

/// A request whose result so many accounts have challenged; the first of them.
fn challenged<T>(output_len: u32, count: u32) -> Challenge<T::AccountId>
where
    T: Config
        + pallet_model_registry::Config
        + pallet_compute_providers::Config
        + pallet_disputes::Config,
{
    let root = root_of(&posted::<T>(output_len));
    for index in 0..count {
        let challenger = funded::<T>(account("challenger", index, 0));
        Pallet::<T>::challenge(RawOrigin::Signed(challenger).into(), REQUEST, root)
            .expect("there is room for a challenge");
    }
    let request = open_request::<T>();
    let first = request.challenges().first().cloned();
    let first = first.expect("somebody has challenged it");
    // As it is when the verdict comes.
    T::Court::close(first.dispute);
    first
}

fn decided<T: Config>(challenge: &Challenge<T::AccountId>, verdict: Verdict) {
    let challenger = &challenge.challenger;
    <Pallet<T> as Verdicts<_>>::decided(challenge.dispute, REQUEST, challenger, verdict);
}

#[benchmarks(
    where T: pallet_model_registry::Config
        + pallet_compute_providers::Config
        + pallet_disputes::Config
)]
mod benchmarks {
    use super::*;

    #[benchmark]
    fn open() {
        let order = order::<T>(1);
        let outcome;

        #[block]
        {
            outcome = <Pallet<T> as Tier<_, _, _>>::open(order);
        }

        assert!(outcome.is_ok());
    }

    #[benchmark]
    fn post_result(o: Linear<1, 1_024>) {
        let request = assigned::<T>(o);
        let commitment = disputes::commitment(&disputes::dense(1, o));

        #[extrinsic_call]
        _(
            RawOrigin::Signed(request.provider),
            REQUEST,
            request.context,
            BoundedVec::truncate_from(commitment.trace().output().to_vec()),
            H256(commitment.root()),
            commitment.output_link(),
        );

        assert!(Results::<T>::contains_key(OrderedId::from(REQUEST)));
    }

    #[benchmark]
    fn challenge() {
        let root = root_of(&posted::<T>(1));
        let challenger = funded::<T>(account("challenger", 0, 0));

        #[extrinsic_call]
        _(RawOrigin::Signed(challenger), REQUEST, root);

        assert_eq!(open_request::<T>().challenges().len(), 1);
    }

    #[benchmark]
    fn upheld() {
        let first = challenged::<T>(1, 1);

        #[block]
        {
            decided::<T>(&first, Verdict::Upheld(Cause::Silence));
        }

        assert!(open_request::<T>().challenges().is_empty());
    }

    #[benchmark]
    fn refuted(o: Linear<1, 1_024>, n: Linear<1, 8>) {
        let first = challenged::<T>(o, n);

        #[block]
        {
            decided::<T>(&first, Verdict::Refuted(Cause::Silence));
        }

        assert!(!Requests::<T>::contains_key(REQUEST));
    }

    #[benchmark]
    fn settle(o: Linear<1, 1_024>) {
        let mut request = posted::<T>(o);
        // Others might have tried it, so that there is a rest that goes back.
        request.escrow = MAX_PRICE.saturated_into();
        let bill = request.price.compute + request.price.royalty + request.price.fee;
        <T as Config>::Currency::hold(
            &HoldReason::Escrow.into(),
            &request.requester,
            request.escrow - bill,
        )
        .expect("the requester has more");
        Requests::<T>::insert(REQUEST, &request);
        let due = request.due().expect("nobody disputes it");
        System::<T>::set_block_number(due.saturating_add(One::one()));

        #[extrinsic_call]
        finalize(RawOrigin::Signed(request.requester), REQUEST);

        assert!(!Requests::<T>::contains_key(REQUEST));
    }

    #[benchmark]
    fn expire() {
        let request = assigned::<T>(1);
        System::<T>::set_block_number(request.deadline.saturating_add(One::one()));

        #[extrinsic_call]
        finalize(RawOrigin::Signed(request.requester), REQUEST);

        assert!(!Requests::<T>::contains_key(REQUEST));
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
        let request = posted::<T>(1_024);
        let due = request.due().expect("nobody disputes it");
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
