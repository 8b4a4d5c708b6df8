//! Benchmarks of every call, of the deadline work, and of what the inference pallet uses.
//!
//! The model has as many offers as it may have, and the provider's is the dearest, so that all of
//! them are looked at. Where periods are settled, the last one is among them: two payments are made,
//! and the subscription is forgotten.

use crate::*;
use frame::benchmarking::prelude::*;
use frame::deps::frame_support::weights::WeightMeter;
use frame::traits::fungible::Unbalanced;
use frame::traits::tokens::Precision;
use lattice_primitives::{ModelIndex, PlanId, SubscriptionId};
use pallet_compute_providers::{benchmarking::serving, Pallet as ComputeProviders};
use pallet_inference::Subscriptions as Prepaid;
use pallet_model_registry::benchmarking as registry;

const OWNER: u8 = 1;
const PROVIDER: u8 = 2;
const SUBSCRIBER: u8 = 3;
/// Terms of the plans.
const QUOTA: u32 = 2;
const PRICE: u32 = 1_000_000;

/// An account with funds of this pallet's currency.
fn funded<T: Config>(who: T::AccountId) -> T::AccountId {
    T::Currency::increase_balance(&who, u64::MAX.saturated_into(), Precision::Exact)
        .expect("the account can be credited");
    who
}

/// A provider with as many offers as it may have, and the model of the last one, which has as many
/// offers as it may have.
fn served<T>() -> (T::AccountId, ModelIndex)
where
    T: Config + pallet_model_registry::Config + pallet_compute_providers::Config,
{
    System::<T>::set_block_number(1u32.into());
    funded::<T>(<T as Config>::Treasury::get());
    let owner = registry::funded::<T>(OWNER);
    let who = registry::account_of::<T>(PROVIDER);
    serving::register::<T>(&who, 4);
    let mut model = 0;
    for _ in 0..T::MaxOffers::get() {
        model = registry::register_manifest::<T>(&owner, registry::MANIFEST.to_vec());
        serving::offer::<T>(&who, model, 2);
    }
    for index in 1..T::MaxProvidersPerModel::get() {
        let other: T::AccountId = account("other", index, 0);
        serving::register::<T>(&other, 4);
        serving::offer::<T>(&other, model, 1);
    }
    registry::register_fixture_key::<T>(&owner, model);
    (who, model)
}

/// Publish a plan with this much on top of the shortest period.
fn plan<T: Config>(who: &T::AccountId, model: ModelIndex, longer: u32) -> PlanId {
    let plan = NextPlan::<T>::get();
    Pallet::<T>::set_plan(
        RawOrigin::Signed(who.clone()).into(),
        model,
        T::MinPeriod::get().saturating_add(longer.into()),
        QUOTA,
        PRICE.into(),
    )
    .expect("the plan is published");
    plan
}

/// An open subscription for one period.
fn subscribed<T>() -> (SubscriptionId, Subscription<T>)
where
    T: Config + pallet_model_registry::Config + pallet_compute_providers::Config,
{
    subscribed_for::<T>(1)
}

fn subscribed_for<T>(periods: u32) -> (SubscriptionId, Subscription<T>)
where
    T: Config + pallet_model_registry::Config + pallet_compute_providers::Config,
{
    let (who, model) = served::<T>();
    let plan = plan::<T>(&who, model, 0);
    let subscriber = funded::<T>(registry::account_of::<T>(SUBSCRIBER));
    let subscription = NextSubscription::<T>::get();
    Pallet::<T>::subscribe(
        RawOrigin::Signed(subscriber).into(),
        plan,
        periods,
        Bounded::max_value(),
    )
    .expect("the subscription is made");
    let open = Subscriptions::<T>::get(subscription).expect("the subscription is open");
    (subscription, open)
}

/// Go to the end of a subscription's first period, with its provider alive.
fn pass<T>(open: &Subscription<T>)
where
    T: Config + pallet_compute_providers::Config,
{
    System::<T>::set_block_number(open.ends_at());
    ComputeProviders::<T>::heartbeat(RawOrigin::Signed(open.provider.clone()).into())
        .expect("the provider is registered");
}

#[benchmarks(
    where T: pallet_model_registry::Config + pallet_compute_providers::Config
)]
mod benchmarks {
    use super::*;

    /// In place of another one, of as many as a provider may have.
    #[benchmark]
    fn set_plan() {
        let (who, model) = served::<T>();
        let first = NextPlan::<T>::get();
        for longer in 0..T::MaxPlans::get() {
            plan::<T>(&who, model, longer);
        }

        #[extrinsic_call]
        _(
            RawOrigin::Signed(who),
            model,
            T::MinPeriod::get(),
            QUOTA,
            PRICE.into(),
        );

        assert!(!Plans::<T>::contains_key(first));
    }

    /// By anyone, so that the offers of its provider are looked at.
    #[benchmark]
    fn remove_plan() {
        let (who, model) = served::<T>();
        let first = NextPlan::<T>::get();
        for longer in 0..T::MaxPlans::get() {
            plan::<T>(&who, model, longer);
        }
        ComputeProviders::<T>::remove_offer(RawOrigin::Signed(who).into(), model)
            .expect("there is the offer");
        let anyone = funded::<T>(registry::account_of::<T>(SUBSCRIBER));

        #[extrinsic_call]
        _(RawOrigin::Signed(anyone), first);

        assert!(!Plans::<T>::contains_key(first));
    }

    #[benchmark]
    fn subscribe() {
        let (who, model) = served::<T>();
        let plan = plan::<T>(&who, model, 0);
        let subscriber = funded::<T>(registry::account_of::<T>(SUBSCRIBER));
        let subscription = NextSubscription::<T>::get();

        #[extrinsic_call]
        _(RawOrigin::Signed(subscriber), plan, 1, Bounded::max_value());

        assert!(Subscriptions::<T>::contains_key(subscription));
    }

    #[benchmark]
    fn settle_period() {
        let (subscription, open) = subscribed::<T>();
        pass::<T>(&open);

        #[extrinsic_call]
        _(RawOrigin::Signed(open.subscriber), subscription);

        assert!(!Subscriptions::<T>::contains_key(subscription));
    }

    /// With a period to settle before.
    #[benchmark]
    fn cancel() {
        let (subscription, open) = subscribed_for::<T>(T::MaxPeriods::get());
        pass::<T>(&open);
        let now = System::<T>::block_number();
        System::<T>::set_block_number(now.saturating_add(One::one()));

        #[extrinsic_call]
        _(RawOrigin::Signed(open.subscriber), subscription);

        assert!(!Subscriptions::<T>::contains_key(subscription));
    }

    /// With a period to settle before.
    #[benchmark]
    fn terminate() {
        let (subscription, open) = subscribed_for::<T>(T::MaxPeriods::get());
        pass::<T>(&open);

        #[extrinsic_call]
        _(RawOrigin::Signed(open.provider), subscription);

        assert!(!Subscriptions::<T>::contains_key(subscription));
    }

    /// With a period to settle before, of which nothing can be earned.
    #[benchmark]
    fn report_absence() {
        let (subscription, open) = subscribed_for::<T>(T::MaxPeriods::get());
        pass::<T>(&open);
        ComputeProviders::<T>::set_paused(RawOrigin::Signed(open.provider).into(), true)
            .expect("the provider is registered");

        #[extrinsic_call]
        _(RawOrigin::Signed(open.subscriber), subscription);

        let after = Subscriptions::<T>::get(subscription).expect("the subscription is open");
        assert_eq!((after.index, after.failures), (1, 1));
    }

    /// With a period to settle before.
    #[benchmark]
    fn draw() {
        let (subscription, open) = subscribed_for::<T>(T::MaxPeriods::get());
        pass::<T>(&open);
        let drawn;

        #[block]
        {
            drawn = <Pallet<T> as Prepaid<T::AccountId, BalanceOf<T>>>::draw(
                subscription,
                &open.subscriber,
                open.model,
            );
        }

        assert!(drawn.is_ok());
        let after = Subscriptions::<T>::get(subscription).expect("the subscription is open");
        assert_eq!((after.index, after.used), (1, 1));
    }

    /// With a period to settle before.
    #[benchmark]
    fn note_failure() {
        let (subscription, open) = subscribed_for::<T>(T::MaxPeriods::get());
        pass::<T>(&open);

        #[block]
        {
            <Pallet<T> as Prepaid<T::AccountId, BalanceOf<T>>>::note_failure(subscription);
        }

        let after = Subscriptions::<T>::get(subscription).expect("the subscription is open");
        assert_eq!((after.index, after.failures), (1, 1));
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
        let (_, open) = subscribed::<T>();
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
    fn settle_due() {
        let (subscription, open) = subscribed::<T>();
        pass::<T>(&open);

        #[block]
        {
            Pallet::<T>::advance(subscription, open);
        }

        assert!(!Subscriptions::<T>::contains_key(subscription));
    }

    impl_benchmark_test_suite!(Pallet, crate::mock::new_test_ext(), crate::mock::Test);
}
