//! Benchmarks of every call, of what the inference pallet calls, and of the deadline work.
//!
//! All requests have seven replicas of one model. Where an ending is measured, all of them are paid,
//! which is what costs most. `appeal_with_proof` settles on a real proof: its request, provider,
//! genesis hash and model are those of pallet-inference's [`settlement`], and so is then the context.

use crate::rounds::Shown;
use crate::*;
use alloc::{vec, vec::Vec};
use frame::benchmarking::prelude::*;
use frame::deps::frame_support::weights::WeightMeter;
use frame::traits::fungible::Unbalanced;
use frame::traits::tokens::Precision;
use lattice_primitives::{
    ModelIndex, ReplicaAppeal, ReplicaContent, RequestContent, RequestId, Selection, Verification,
    MAX_REPLICAS,
};
use pallet_compute_providers::benchmarking::serving;
use pallet_disputes::OutputLink;
use pallet_inference::benchmarking::fixture::{
    fix_genesis, settlement, DEADLINE, MAX_PRICE, OWNER, PROVIDER, REQUESTER,
};
use pallet_inference::{Order, Tier};
use pallet_model_registry::{benchmarking as registry, Servable};

/// The number of the settlement's request.
const REQUEST: RequestId = 0;
/// Most that agree, while the others may appeal.
const QUORUM: usize = 4;

/// An account with funds of this pallet's currency.
fn funded<T: Config>(who: T::AccountId) -> T::AccountId {
    T::Currency::increase_balance(&who, u64::MAX.saturated_into(), Precision::Exact)
        .expect("the account can be credited");
    who
}

/// Register the fixture's model with its key.
fn model<T>() -> ModelIndex
where
    T: Config + pallet_model_registry::Config,
{
    fix_genesis::<T>();
    System::<T>::set_block_number(1u32.into());
    funded::<T>(<T as Config>::Treasury::get());
    let owner = registry::funded::<T>(OWNER);
    let model = registry::register_manifest::<T>(&owner, registry::MANIFEST.to_vec());
    registry::register_fixture_key::<T>(&owner, model);
    model
}

/// Register providers with an offer for a model, the fixture's first.
fn providers<T>(model: ModelIndex, count: u32)
where
    T: Config + pallet_compute_providers::Config,
{
    for index in 0..count {
        let who = match index {
            0 => registry::account_of::<T>(PROVIDER),
            _ => account("replica", index, 0),
        };
        serving::register::<T>(&who, 4);
        serving::offer_in_every_tier::<T>(&who, model, 2);
    }
}

/// An order of the fixture's inference. Content and commitment are what its proof is about.
fn order<T>(model: ModelIndex) -> Order<T::AccountId, BalanceOf<T>, BlockNumberFor<T>>
where
    T: Config + pallet_model_registry::Config,
{
    let requester = funded::<T>(registry::account_of::<T>(REQUESTER));
    let info = pallet_model_registry::Pallet::<T>::model_info(model).expect("it is registered");
    let input = settlement().input;
    let interface = info.interface;
    let input_commitment =
        lattice_host::commit_input(&input, interface.input_lo, interface.input_hi)
            .map(H256)
            .expect("the input is the model's");
    let content = RequestContent {
        requester: &requester,
        model,
        input_commitment,
        max_price: MAX_PRICE.into(),
        deadline: DEADLINE.into(),
        verification: Verification::Proven,
    }
    .hash();
    Order {
        request: REQUEST,
        requester,
        model,
        servable: Servable {
            owner: info.owner,
            model_hash: info.model_hash,
            interface,
            royalty: 1_000u32.into(),
            execution_gas: 1,
            state: info.state,
            key: info.key.map(|key| (key.vk_id, key.setup)),
        },
        input,
        input_commitment,
        content: H256(content),
        max_price: MAX_PRICE.saturated_into(),
        deadline: DEADLINE.into(),
        verification: Verification::Replicated { n: 7, k: 4 },
        selection: Selection::default(),
        attempts: 1,
    }
}

/// A request that waits, of a model with so many offers.
fn waiting<T>(offers: u32) -> Request<T>
where
    T: Config + pallet_model_registry::Config + pallet_compute_providers::Config,
{
    let model = model::<T>();
    providers::<T>(model, offers);
    <Pallet<T> as Tier<_, _, _>>::open(order::<T>(model)).expect("the order is taken");
    stored::<T>()
}

fn stored<T: Config>() -> Request<T> {
    Requests::<T>::get(REQUEST).expect("the request is open")
}

/// A request that is drawn.
fn drawn<T>() -> Request<T>
where
    T: Config + pallet_model_registry::Config + pallet_compute_providers::Config,
{
    let request = waiting::<T>(MAX_REPLICAS);
    System::<T>::set_block_number(2u32.into());
    Pallet::<T>::proceed(REQUEST, request);
    stored::<T>()
}

/// Put a drawn request into a stage, its replicas as far as `progress` says of each position.
fn put<T: Config>(
    mut request: Request<T>,
    stage: Stage<BlockNumberFor<T>>,
    progress: impl Fn(usize) -> Progress,
) -> Request<T> {
    for (position, replica) in request.replicas.iter_mut().enumerate() {
        replica.progress = progress(position);
    }
    Pallet::<T>::enter(REQUEST, request, stage);
    stored::<T>()
}

/// A request that all have shown an equal result of so many elements for.
fn revealed<T>(output: Vec<i32>) -> Request<T>
where
    T: Config + pallet_model_registry::Config + pallet_compute_providers::Config,
{
    let output = BoundedVec::<i32, T::MaxOutputLen>::truncate_from(output);
    let finding = Finding {
        output_hash: H256(output.using_encoded(blake2_256)),
        trace_root: H256::repeat_byte(1),
    };
    let request = drawn::<T>();
    for replica in &request.replicas {
        Outputs::<T>::insert(REQUEST, &replica.provider, output.clone());
    }
    let until = Pallet::<T>::now();
    put(request, Stage::Revealing { until }, |_| {
        Progress::Revealed {
            finding,
            appeal: ReplicaAppeal::None,
        }
    })
}

/// A request with a majority, and with dissenters that have shown the fixture's output.
fn appealing<T>() -> Request<T>
where
    T: Config + pallet_model_registry::Config + pallet_compute_providers::Config,
{
    let mut request = revealed::<T>(settlement().output);
    // The fixture's provider is the one that proves.
    let prover = registry::account_of::<T>(PROVIDER);
    request
        .replicas
        .sort_by_key(|replica| replica.provider == prover);
    let Some(right) = request.replicas.first().and_then(Replica::finding) else {
        return request;
    };
    let wrong = Finding {
        output_hash: H256::repeat_byte(2),
        trace_root: H256::repeat_byte(2),
    };
    let until = Pallet::<T>::after(5u32.into());
    put(request, Stage::Appealing { until }, |position| {
        Progress::Revealed {
            finding: if position < QUORUM { wrong } else { right },
            appeal: ReplicaAppeal::None,
        }
    })
}

fn signed<T: Config>(request: &Request<T>, position: usize) -> RawOrigin<T::AccountId> {
    let replica = request.replicas.get(position);
    RawOrigin::Signed(replica.expect("seven are drawn").provider.clone())
}

#[benchmarks(
    where T: pallet_model_registry::Config + pallet_compute_providers::Config
)]
mod benchmarks {
    use super::*;

    #[benchmark]
    fn open(c: Linear<7, 64>) {
        let model = model::<T>();
        providers::<T>(model, c);
        let order = order::<T>(model);

        #[block]
        {
            <Pallet<T> as Tier<_, _, _>>::open(order).expect("the order is taken");
        }

        assert!(Requests::<T>::contains_key(REQUEST));
    }

    #[benchmark]
    fn draw(c: Linear<7, 64>) {
        let request = waiting::<T>(c);
        System::<T>::set_block_number(2u32.into());

        #[block]
        {
            Pallet::<T>::proceed(REQUEST, request);
        }

        assert_eq!(stored::<T>().replicas.len(), 7);
    }

    /// The last one, which begins the reveal.
    #[benchmark]
    fn commit() {
        let request = drawn::<T>();
        let until = request.stage.due();
        let request = put(
            request,
            Stage::Committing { until },
            |position| match position {
                0 => Progress::Drawn,
                _ => Progress::Committed(H256::zero()),
            },
        );

        #[extrinsic_call]
        _(signed(&request, 0), REQUEST, H256::repeat_byte(1));

        assert!(matches!(stored::<T>().stage, Stage::Revealing { .. }));
    }

    /// One that is not the last.
    #[benchmark]
    fn reveal(o: Linear<1, 1_024>) {
        let mut request = drawn::<T>();
        request.output_len = o;
        let shown = Shown::<T> {
            output: BoundedVec::truncate_from(vec![-1; o.saturated_into()]),
            trace_root: H256::repeat_byte(1),
            salt: [2; 32],
        };
        let provider = request.replicas.first().map(|one| one.provider.clone());
        let commitment = ReplicaContent {
            genesis: Pallet::<T>::genesis(),
            request: REQUEST,
            provider: &provider.expect("seven are drawn"),
            trace_root: shown.trace_root,
            output: &shown.output,
            salt: shown.salt,
        }
        .commitment();
        let until = Pallet::<T>::now();
        let request = put(request, Stage::Revealing { until }, |_| {
            Progress::Committed(commitment)
        });

        #[extrinsic_call]
        _(
            signed(&request, 0),
            REQUEST,
            shown.output,
            shown.trace_root,
            shown.salt,
        );

        assert_eq!(Outputs::<T>::iter_keys().count(), 1);
    }

    #[benchmark]
    fn appeal_with_proof() {
        let request = appealing::<T>();
        let last = request.replicas.len().saturating_sub(1);

        #[extrinsic_call]
        _(signed(&request, last), REQUEST, settlement().proof);

        assert!(!Requests::<T>::contains_key(REQUEST));
    }

    /// The opening of the dispute comes on top.
    #[benchmark]
    fn appeal_by_dispute() {
        let request = appealing::<T>();

        #[extrinsic_call]
        _(signed(&request, QUORUM), REQUEST, OutputLink::default());

        assert!(stored::<T>().is_disputed());
    }

    #[benchmark]
    fn advance() {
        let request = revealed::<T>(vec![-1; 1_024]);
        let next = request.stage.due().saturating_add(1u32.into());
        System::<T>::set_block_number(next);

        #[extrinsic_call]
        _(RawOrigin::Signed(request.requester), REQUEST);

        assert!(!Requests::<T>::contains_key(REQUEST));
    }

    #[benchmark]
    fn conclude() {
        let request = revealed::<T>(vec![-1; 1_024]);

        #[block]
        {
            Pallet::<T>::proceed(REQUEST, request);
        }

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
        let request = revealed::<T>(vec![-1; 1_024]);
        let due = request.stage.due();
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
