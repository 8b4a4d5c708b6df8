//! Benchmarks of every call.
//!
//! A voucher is signed as wallets that wrap what they sign do it: its signature is then
//! checked twice. Payer, provider, owner and treasury are four accounts, and each is paid.

use crate::*;
use frame::benchmarking::prelude::*;
use frame::traits::fungible::Unbalanced;
use frame::traits::tokens::Precision;
use lattice_primitives::{ChannelId, ModelIndex, Voucher};
use pallet_compute_providers::{benchmarking::serving, BenchmarkHelper};
use pallet_model_registry::benchmarking as registry;

const OWNER: u8 = 1;
const PROVIDER: u8 = 2;
/// Enough for any price of one inference, in planck.
const DEPOSIT: u64 = 1_000_000_000_000_000;

/// An account with funds of this pallet's currency.
fn funded<T: Config>(who: T::AccountId) -> T::AccountId {
    T::Currency::increase_balance(&who, u64::MAX.saturated_into(), Precision::Exact)
        .expect("the account can be credited");
    who
}

/// A provider with as many offers as it may have, and the model of the last one.
fn served<T>() -> (T::AccountId, ModelIndex)
where
    T: Config + pallet_model_registry::Config + pallet_compute_providers::Config,
{
    System::<T>::set_block_number(1u32.into());
    funded::<T>(<T as Config>::Treasury::get());
    let owner = registry::funded::<T>(OWNER);
    let provider = registry::account_of::<T>(PROVIDER);
    serving::register::<T>(&provider, 4);
    let mut model = 0;
    for _ in 0..T::MaxOffers::get() {
        model = registry::register_manifest::<T>(&owner, registry::MANIFEST.to_vec());
        serving::offer::<T>(&provider, model, 2);
    }
    registry::register_fixture_key::<T>(&owner, model);
    (provider, model)
}

/// An open channel.
fn opened<T>() -> (ChannelId, Channel<T>)
where
    T: Config + pallet_model_registry::Config + pallet_compute_providers::Config,
{
    let (provider, model) = served::<T>();
    let payer = funded::<T>(<T as Config>::BenchmarkHelper::signer());
    let channel = NextChannel::<T>::get();
    Pallet::<T>::open(
        RawOrigin::Signed(payer).into(),
        model,
        provider,
        DEPOSIT.saturated_into(),
        DEPOSIT.saturated_into(),
    )
    .expect("the channel opens");
    let open = Channels::<T>::get(channel).expect("the channel is open");
    (channel, open)
}

#[benchmarks(
    where T: pallet_model_registry::Config + pallet_compute_providers::Config
)]
mod benchmarks {
    use super::*;

    #[benchmark]
    fn open() {
        let (provider, model) = served::<T>();
        let payer = funded::<T>(<T as Config>::BenchmarkHelper::signer());
        let channel = NextChannel::<T>::get();

        #[extrinsic_call]
        _(
            RawOrigin::Signed(payer),
            model,
            provider,
            DEPOSIT.saturated_into(),
            DEPOSIT.saturated_into(),
        );

        assert!(Channels::<T>::contains_key(channel));
    }

    #[benchmark]
    fn top_up() {
        let (channel, before) = opened::<T>();

        #[extrinsic_call]
        _(RawOrigin::Signed(before.payer), channel, 1u32.into());

        let after = Channels::<T>::get(channel).expect("the channel is open");
        assert!(after.deposit > before.deposit);
    }

    #[benchmark]
    fn redeem() {
        let (channel, before) = opened::<T>();
        let voucher = Voucher::new(
            Pallet::<T>::genesis(),
            channel,
            before.provider.clone(),
            before.deposit,
        );
        let signature =
            <T as Config>::BenchmarkHelper::sign(&before.payer, &voucher.wrapped_bytes());

        #[extrinsic_call]
        _(
            RawOrigin::Signed(before.provider),
            channel,
            before.deposit,
            signature,
        );

        let after = Channels::<T>::get(channel).expect("the channel is open");
        assert_eq!(after.redeemed, before.deposit);
    }

    /// By the provider, who ends it.
    #[benchmark]
    fn close() {
        let (channel, before) = opened::<T>();

        #[extrinsic_call]
        _(RawOrigin::Signed(before.provider), channel);

        assert!(!Channels::<T>::contains_key(channel));
    }

    #[benchmark]
    fn withdraw() {
        let (channel, before) = opened::<T>();
        Pallet::<T>::close(RawOrigin::Signed(before.payer).into(), channel)
            .expect("the payer begins to close it");
        let now = System::<T>::block_number();
        System::<T>::set_block_number(now.saturating_add(T::GracePeriod::get()));

        #[extrinsic_call]
        _(RawOrigin::Signed(before.provider), channel);

        assert!(!Channels::<T>::contains_key(channel));
    }

    impl_benchmark_test_suite!(Pallet, crate::mock::new_test_ext(), crate::mock::Test);
}
