//! Benchmarks of every call. `heartbeat_authorized` does what `heartbeat` does; its authorization is
//! measured apart. [`serving`] is what other pallets' benchmarks use.

pub mod serving;

use crate::types::EndpointsOf;
use crate::*;
use alloc::vec;
use frame::benchmarking::prelude::*;
use frame::deps::frame_support::weights::WeightMeter;
use frame::deps::sp_core::{crypto::KeyTypeId, ecdsa};
use frame::deps::sp_io;
use frame::deps::sp_runtime::traits::IdentifyAccount;
use frame::deps::sp_runtime::{AccountId32, MultiSignature, MultiSigner};
use frame::traits::fungible::Unbalanced;
use frame::traits::tokens::Precision;
use lattice_primitives::{heartbeat_message, Failure, Hardware, ModelIndex, Offer};
use pallet_model_registry::Registry;

/// Makes signatures that the chain accepts, for the benchmarks of authorized calls.
pub trait BenchmarkHelper<Signature, AccountId> {
    /// A new account, whose key is at hand.
    fn signer() -> AccountId;
    /// The signature of such an account.
    fn sign(who: &AccountId, message: &[u8]) -> Signature;
}

/// The keystore that the benchmark command gives to the runtime. Of the schemes that accounts may
/// have, ECDSA takes the longest to verify.
impl BenchmarkHelper<MultiSignature, AccountId32> for () {
    fn signer() -> AccountId32 {
        account_of(&sp_io::crypto::ecdsa_generate(KEYS, None))
    }

    fn sign(who: &AccountId32, message: &[u8]) -> MultiSignature {
        let keys = sp_io::crypto::ecdsa_public_keys(KEYS);
        let key = keys.into_iter().find(|key| account_of(key) == *who);
        key.and_then(|key| sp_io::crypto::ecdsa_sign(KEYS, &key, message))
            .expect("the key is in the store")
            .into()
    }
}

fn account_of(key: &ecdsa::Public) -> AccountId32 {
    MultiSigner::from(*key).into_account()
}

/// Kind of the keys in the keystore.
const KEYS: KeyTypeId = KeyTypeId(*b"prov");

fn funded<T: Config>(index: u32) -> T::AccountId {
    funded_account::<T>(account("provider", index, 0))
}

fn funded_account<T: Config>(who: T::AccountId) -> T::AccountId {
    T::Currency::increase_balance(&who, u64::MAX.saturated_into(), Precision::Exact)
        .expect("the account can be credited");
    who
}

/// A provider with a slash that waits, number 0.
fn deferred<T: Config>() -> T::AccountId {
    let who = registered::<T>(0);
    let amount = T::MinStake::get();
    Pallet::<T>::assign(&who, 0, amount).expect("half of the stake is free");
    Pallet::<T>::fail(
        &who,
        0,
        amount,
        Fine::to_treasury(amount),
        Failure::Late,
        1u32.into(),
    );
    who
}

/// Twice what the chain demands, so that half of it can be unbonded.
fn stake<T: Config>() -> BalanceOf<T> {
    T::MinStake::get().saturating_mul(2u32.into())
}

fn registered<T: Config>(index: u32) -> T::AccountId {
    registered_account::<T>(account("provider", index, 0))
}

fn registered_account<T: Config>(who: T::AccountId) -> T::AccountId {
    let who = funded_account::<T>(who);
    Pallet::<T>::register(
        RawOrigin::Signed(who.clone()).into(),
        stake::<T>(),
        Hardware::default(),
        Default::default(),
        1,
    )
    .expect("the provider registers");
    who
}

/// Endpoints of `bytes` bytes together, as far as the chain's limits allow.
fn endpoints<T: Config>(bytes: u32) -> EndpointsOf<T> {
    let mut endpoints = EndpointsOf::<T>::default();
    let mut left = bytes;
    while left > 0 {
        let length = left.min(T::MaxEndpointLen::get());
        let endpoint = BoundedVec::truncate_from(vec![b'e'; length.saturated_into()]);
        if endpoints.try_push(endpoint).is_err() {
            break;
        }
        left = left.saturating_sub(length);
    }
    endpoints
}

/// Make a provider's reputation the dearest to compute: one that faded for long.
fn dormant<T: Config>(who: &T::AccountId) {
    Providers::<T>::mutate_extant(who, |provider| {
        provider
            .reputation
            .settle(u64::MAX.saturated_into(), 1u32.into());
        provider
            .reputation
            .fail(Failure::Late, 1u32.into(), 1u32.into());
    });
}

/// Fill a model's ranking up to one place, cheaper than what comes. The model is one of
/// [`Registry::benchmark_model`].
fn crowd<T: Config>(model: ModelIndex) {
    for index in 1..T::MaxProvidersPerModel::get() {
        let who = registered::<T>(index);
        Pallet::<T>::set_offer(
            RawOrigin::Signed(who.clone()).into(),
            model,
            1u32.into(),
            1u32.into(),
        )
        .expect("there is room for the offer");
        dormant::<T>(&who);
    }
}

#[benchmarks]
mod benchmarks {
    use super::*;

    #[benchmark]
    fn register(e: Linear<0, 512>) {
        let who = funded::<T>(0);
        let endpoints = endpoints::<T>(e);
        let mut remembered = Reputation::<T>::neutral();
        remembered.settle(1u32.into(), 1u32.into());
        Retired::<T>::insert(&who, remembered);

        #[extrinsic_call]
        _(
            RawOrigin::Signed(who.clone()),
            stake::<T>(),
            Hardware::default(),
            endpoints,
            1,
        );

        assert!(Providers::<T>::contains_key(who));
    }

    #[benchmark]
    fn top_up() {
        let who = registered::<T>(0);

        #[extrinsic_call]
        _(RawOrigin::Signed(who), 1u32.into());
    }

    #[benchmark]
    fn unbond() {
        let who = registered::<T>(0);

        #[extrinsic_call]
        _(RawOrigin::Signed(who.clone()), T::MinStake::get());

        assert_eq!(Unbondings::<T>::get(who).len(), 1);
    }

    #[benchmark]
    fn withdraw_unbonded() {
        let who = registered::<T>(0);
        Pallet::<T>::unbond(RawOrigin::Signed(who.clone()).into(), T::MinStake::get())
            .expect("half of the stake is free");
        let now = System::<T>::block_number();
        System::<T>::set_block_number(now.saturating_add(T::UnbondingPeriod::get()));

        #[extrinsic_call]
        _(RawOrigin::Signed(who.clone()));

        assert!(Unbondings::<T>::get(who).is_empty());
    }

    #[benchmark]
    fn set_offer() {
        let model = T::Registry::benchmark_model();
        crowd::<T>(model);
        let who = registered::<T>(0);

        #[extrinsic_call]
        _(
            RawOrigin::Signed(who.clone()),
            model,
            7u32.into(),
            1u32.into(),
        );

        assert_eq!(Offers::<T>::get(who).len(), 1);
    }

    /// The ranking is full of providers that are all there, so that each is looked at.
    #[benchmark]
    fn set_offer_in_full_ranking() {
        let model = T::Registry::benchmark_model();
        crowd::<T>(model);
        let last = registered::<T>(T::MaxProvidersPerModel::get());
        let offer = Offer::per_inference(2u32.into(), 1u32.into());
        Pallet::<T>::set_offer_with(RawOrigin::Signed(last.clone()).into(), model, offer)
            .expect("there is room for the offer");
        let who = registered::<T>(0);
        let cheaper = Offer::per_inference(1u32.into(), 1u32.into());

        #[extrinsic_call]
        set_offer_with(RawOrigin::Signed(who.clone()), model, cheaper);

        assert_eq!(Offers::<T>::get(who).len(), 1);
        assert!(Offers::<T>::get(last).is_empty());
    }

    #[benchmark]
    fn set_residency() {
        let model = T::Registry::benchmark_model();
        crowd::<T>(model);
        let who = registered::<T>(0);
        let offer = RawOrigin::Signed(who.clone());
        Pallet::<T>::set_offer(offer.into(), model, 7u32.into(), 1u32.into())
            .expect("there is room for the offer");

        #[extrinsic_call]
        _(RawOrigin::Signed(who.clone()), model, true);

        assert!(Offers::<T>::get(who)
            .iter()
            .all(|(_, offer)| offer.resident));
    }

    #[benchmark]
    fn remove_offer() {
        let model = T::Registry::benchmark_model();
        crowd::<T>(model);
        let who = registered::<T>(0);
        Pallet::<T>::set_offer(
            RawOrigin::Signed(who.clone()).into(),
            model,
            7u32.into(),
            1u32.into(),
        )
        .expect("there is room for the offer");

        #[extrinsic_call]
        _(RawOrigin::Signed(who.clone()), model);

        assert!(Offers::<T>::get(who).is_empty());
    }

    #[benchmark]
    fn heartbeat() {
        let who = registered::<T>(0);

        #[extrinsic_call]
        _(RawOrigin::Signed(who));
    }

    /// The dearest answer, which is that it is taken.
    #[benchmark]
    fn authorize_heartbeat_authorized() -> Result<(), BenchmarkError> {
        let provider = registered_account::<T>(T::BenchmarkHelper::signer());
        let epoch = BlockNumberFor::<T>::from(2u32);
        System::<T>::set_block_number(Pallet::<T>::first_of(epoch));
        let message = heartbeat_message(&Pallet::<T>::genesis(), &provider, &epoch);
        let signature = T::BenchmarkHelper::sign(&provider, &message);
        let call = Call::<T>::heartbeat_authorized {
            provider,
            epoch,
            signature,
        };

        #[block]
        {
            call.authorize(TransactionSource::External)
                .ok_or("the call is one that is authorized")??;
        }

        Ok(())
    }

    #[benchmark]
    fn set_paused() {
        let who = registered::<T>(0);

        #[extrinsic_call]
        _(RawOrigin::Signed(who.clone()), true);

        assert!(Providers::<T>::get(who).is_some_and(|provider| provider.paused));
    }

    #[benchmark]
    fn veto_slash() -> Result<(), BenchmarkError> {
        let origin =
            T::VetoOrigin::try_successful_origin().map_err(|()| BenchmarkError::Weightless)?;
        let who = deferred::<T>();

        #[extrinsic_call]
        _(origin as T::RuntimeOrigin, 0);

        assert!(Providers::<T>::get(who).is_some_and(|provider| provider.pending.is_zero()));
        Ok(())
    }

    #[benchmark]
    fn on_poll_base() {
        #[block]
        {
            Pallet::<T>::apply_slashes(1u32.into(), &mut WeightMeter::new());
        }
    }

    #[benchmark]
    fn apply_slash() {
        let who = deferred::<T>();
        funded_account::<T>(T::Treasury::get());
        let slash = PendingSlashes::<T>::get(0).expect("it waits");

        #[block]
        {
            Pallet::<T>::apply(0, slash);
        }

        assert!(Providers::<T>::get(who).is_some_and(|provider| provider.stake < stake::<T>()));
    }

    #[benchmark]
    fn deregister(o: Linear<0, 32>) {
        let who = registered::<T>(0);
        for _ in 0..o {
            Pallet::<T>::set_offer(
                RawOrigin::Signed(who.clone()).into(),
                T::Registry::benchmark_model(),
                7u32.into(),
                1u32.into(),
            )
            .expect("there is room for the offer");
        }
        // With something to remember.
        Providers::<T>::mutate_extant(&who, |provider| {
            provider.reputation.settle(1u32.into(), 1u32.into());
        });

        #[extrinsic_call]
        _(RawOrigin::Signed(who.clone()));

        assert!(!Providers::<T>::contains_key(who));
    }

    #[benchmark]
    fn update_profile(e: Linear<0, 512>) {
        let who = registered::<T>(0);
        let endpoints = endpoints::<T>(e);

        #[extrinsic_call]
        _(RawOrigin::Signed(who), Hardware::default(), endpoints, 1);
    }

    impl_benchmark_test_suite!(Pallet, crate::mock::new_test_ext(), crate::mock::Test);
}
