//! What happens before a test: a chain begins, models are registered, and providers serve them.

use crate::{AccountId, Balance, CAROL, ENDOWMENT, EXISTENTIAL_DEPOSIT, STAKE, TREASURY};
use frame::deps::sp_core::{sr25519, Pair};
use frame::deps::sp_runtime::MultiSignature;
use frame::testing_prelude::*;
use lattice_primitives::{Hardware, ModelIndex, Offer, Pricing, Requirements, Setup};
use pallet_compute_providers::BalanceOf;

/// A fresh chain at block 1. These people have their [`ENDOWMENT`], the treasury has the existential
/// deposit, and there is nothing else.
pub fn chain_with<T>(people: impl IntoIterator<Item = AccountId>) -> TestState
where
    T: frame_system::Config<AccountId = AccountId> + pallet_balances::Config<Balance = Balance>,
{
    let mut balances: Vec<(AccountId, Balance)> =
        people.into_iter().map(|who| (who, ENDOWMENT)).collect();
    balances.push((TREASURY, EXISTENTIAL_DEPOSIT));
    let mut storage = frame_system::GenesisConfig::<T>::default()
        .build_storage()
        .expect("the system's genesis builds");
    pallet_balances::GenesisConfig::<T, ()> {
        balances,
        dev_accounts: None,
    }
    .assimilate_storage(&mut storage)
    .expect("the endowments fit");
    let mut state = TestState::new(storage);
    state.execute_with(|| frame_system::Pallet::<T>::set_block_number(1u32.into()));
    state
}

/// CAROL registers a model by its manifest; it has no key yet.
pub fn register_model<T>(manifest: &[u8], royalty: Balance) -> ModelIndex
where
    T: frame_system::Config<AccountId = AccountId> + pallet_model_registry::Config,
{
    let index = pallet_model_registry::NextIndex::<T>::get();
    assert_ok!(pallet_model_registry::Pallet::<T>::register(
        frame_system::RawOrigin::Signed(CAROL).into(),
        BoundedVec::truncate_from(b"model".to_vec()),
        index,
        BoundedVec::truncate_from(manifest.to_vec()),
        Requirements::default(),
        Pricing {
            royalty: royalty.saturated_into(),
        },
        None,
    ));
    index
}

/// CAROL gives a model its verifying key.
pub fn register_key<T>(model: ModelIndex, verifying_key: &[u8], setup: Setup, phase1_id: H256)
where
    T: frame_system::Config<AccountId = AccountId> + pallet_model_registry::Config,
{
    assert_ok!(pallet_model_registry::Pallet::<T>::register_key(
        frame_system::RawOrigin::Signed(CAROL).into(),
        model,
        BoundedVec::truncate_from(verifying_key.to_vec()),
        setup,
        lattice_host::CIRCUIT_VERSION,
        phase1_id,
        H256::zero(),
    ));
}

/// Registers as a provider with [`STAKE`] if need be, and offers to serve a model.
pub fn serve<T: pallet_compute_providers::Config>(
    who: &T::AccountId,
    model: ModelIndex,
    offer: Offer<BalanceOf<T>, BlockNumberFor<T>>,
) {
    if pallet_compute_providers::Pallet::<T>::provider_info(who).is_none() {
        assert_ok!(pallet_compute_providers::Pallet::<T>::register(
            frame_system::RawOrigin::Signed(who.clone()).into(),
            STAKE.saturated_into(),
            Hardware::default(),
            Default::default(),
            1_000,
        ));
    }
    assert_ok!(pallet_compute_providers::Pallet::<T>::set_offer_with(
        frame_system::RawOrigin::Signed(who.clone()).into(),
        model,
        offer,
    ));
}

/// The account of a seed's key.
pub fn account_of(seed: [u8; 32]) -> AccountId {
    sr25519::Pair::from_seed(&seed).public().into()
}

/// A signature with a seed's key.
pub fn sign(seed: [u8; 32], message: &[u8]) -> MultiSignature {
    sr25519::Pair::from_seed(&seed).sign(message).into()
}
