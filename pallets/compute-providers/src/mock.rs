//! A chain with providers, balances, and a registry of a few fixed models.

use crate as pallet_compute_providers;
use crate::*;
use frame::deps::frame_support::storage::unhashed;
use frame::deps::sp_runtime::testing::{TestSignature, UintAuthorityId};
use frame::prelude::*;
use frame::testing_prelude::*;
use lattice_primitives::{Hardware, Interface, ModelIndex, ModelState};
use pallet_model_registry::{Registry, Servable};

pub type AccountId = u64;
pub type Balance = u128;

pub const ALICE: AccountId = 1;
pub const BOB: AccountId = 2;
pub const CAROL: AccountId = 3;
pub const TREASURY: AccountId = 99;

pub const ENDOWMENT: Balance = 1_000_000;
pub const EXISTENTIAL_DEPOSIT: Balance = 10;
pub const MIN_STAKE: Balance = 1_000;
pub const STAKE_PER_SLOT: Balance = 250;
pub const UNBONDING: u64 = 10;
pub const SLASH_DELAY: u64 = 6;
/// Longer than any history that has no heartbeats in it.
pub const HEARTBEAT_TIMEOUT: u64 = 2_000;
pub const HEARTBEAT_EPOCH: u64 = 500;
pub const EPOCH: u64 = 100;
pub const NEUTRAL_FEES: Balance = 1_000;
pub const MAX_FEES_PER_REQUESTER: Balance = 600;
pub const NEWCOMER_SLOTS: u32 = 4;
pub const FEES_PER_SLOT: Balance = 200;

parameter_types! {
    pub static Selecting: SelectionWeights = SelectionWeights {
        price: 60,
        capacity: 5,
        reputation: 20,
        stake: 10,
        residency: 5,
    };
    pub const ReputationKept: Perquintill = Perquintill::from_percent(50);
    pub const MinReputation: Permill = Permill::from_percent(20);
}

/// Models below this index are active, this one is deprecated, others are unknown.
pub const DEPRECATED: ModelIndex = 100;

pub const MAX_OFFERS: u32 = 32;
pub const MAX_PROVIDERS: u32 = 64;

construct_runtime!(
    pub enum Test {
        System: frame_system,
        Balances: pallet_balances,
        ComputeProviders: pallet_compute_providers,
    }
);

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
    type Block = MockBlock<Test>;
    type AccountData = pallet_balances::AccountData<Balance>;
}

#[derive_impl(pallet_balances::config_preludes::TestDefaultConfig)]
impl pallet_balances::Config for Test {
    type Balance = Balance;
    type ExistentialDeposit = ConstU128<EXISTENTIAL_DEPOSIT>;
    type AccountStore = System;
}

impl Config for Test {
    type RuntimeHoldReason = RuntimeHoldReason;
    type Currency = Balances;
    type Registry = FixedModels;
    type Signature = TestSignature;
    type Signer = UintAuthorityId;
    type WeightInfo = crate::weights::SubstrateWeight<Test>;
    type Treasury = ConstU64<TREASURY>;
    type VetoOrigin = frame_system::EnsureRoot<AccountId>;
    type SlashDelay = ConstU64<SLASH_DELAY>;
    type MinStake = ConstU128<MIN_STAKE>;
    type StakePerSlot = ConstU128<STAKE_PER_SLOT>;
    type HeartbeatTimeout = ConstU64<HEARTBEAT_TIMEOUT>;
    type HeartbeatEpoch = ConstU64<HEARTBEAT_EPOCH>;
    type SelectionWeights = Selecting;
    type ReputationEpoch = ConstU64<EPOCH>;
    type ReputationKept = ReputationKept;
    type NeutralFees = ConstU128<NEUTRAL_FEES>;
    type MinReputation = MinReputation;
    type MaxFeesPerRequester = ConstU128<MAX_FEES_PER_REQUESTER>;
    type NewcomerSlots = ConstU32<NEWCOMER_SLOTS>;
    type FeesPerSlot = ConstU128<FEES_PER_SLOT>;
    type UnbondingPeriod = ConstU64<UNBONDING>;
    type MaxUnbonding = ConstU32<4>;
    type MaxOffers = ConstU32<MAX_OFFERS>;
    type MaxProvidersPerModel = ConstU32<MAX_PROVIDERS>;
    type MaxEndpoints = ConstU32<4>;
    type MaxEndpointLen = ConstU32<128>;
    type MaxDeadline = ConstU64<50>;
    type MaxCapacity = ConstU32<8>;
    #[cfg(feature = "runtime-benchmarks")]
    type BenchmarkHelper = KeyAtHand;
}

/// A key without a keystore.
#[cfg(feature = "runtime-benchmarks")]
pub struct KeyAtHand;

#[cfg(feature = "runtime-benchmarks")]
impl BenchmarkHelper<TestSignature, AccountId> for KeyAtHand {
    fn signer() -> AccountId {
        7
    }

    fn sign(who: &AccountId, message: &[u8]) -> TestSignature {
        sign(*who, message)
    }
}

/// An account's signature.
pub fn sign(who: AccountId, message: &[u8]) -> TestSignature {
    TestSignature(who, message.to_vec())
}

/// Where the registry below counts offers: in storage, so that a refused call leaves
/// no trace.
fn counter(model: ModelIndex) -> Vec<u8> {
    (b"offers noted", model).encode()
}

/// How many offers the registry was told of.
pub fn offers_noted(model: ModelIndex) -> u32 {
    unhashed::get_or_default(&counter(model))
}

/// A registry whose models are given by their index alone.
pub struct FixedModels;

impl Registry<AccountId, Balance> for FixedModels {
    fn state(model: ModelIndex) -> Option<ModelState> {
        match model {
            0..DEPRECATED => Some(ModelState::Active),
            DEPRECATED => Some(ModelState::Deprecated),
            _ => None,
        }
    }

    fn servable(model: ModelIndex) -> Option<Servable<AccountId, Balance>> {
        Some(Servable {
            owner: CAROL,
            model_hash: H256::repeat_byte(1),
            interface: Interface {
                input_len: 1,
                input_lo: 0,
                input_hi: 1,
                output_len: 1,
            },
            royalty: 0,
            execution_gas: 2_500_000,
            state: Self::state(model)?,
            key: None,
        })
    }

    fn manifest(_: ModelIndex) -> Option<Vec<u8>> {
        None
    }

    fn prepared_key_location(vk_id: &H256) -> Vec<u8> {
        vk_id.0.to_vec()
    }

    fn note_execution(_: ModelIndex) {}

    fn note_offer(model: ModelIndex) {
        unhashed::put(&counter(model), &(offers_noted(model) + 1));
    }

    fn note_offer_removed(model: ModelIndex) {
        unhashed::put(&counter(model), &(offers_noted(model) - 1));
    }

    #[cfg(feature = "runtime-benchmarks")]
    fn benchmark_model() -> ModelIndex {
        let next = unhashed::get_or_default(b"benchmark models");
        unhashed::put(b"benchmark models", &(next + 1));
        next
    }
}

/// A fresh chain at block 1 with three endowed accounts and the treasury.
pub fn new_test_ext() -> TestState {
    let mut storage = frame_system::GenesisConfig::<Test>::default()
        .build_storage()
        .expect("the system's genesis builds");
    pallet_balances::GenesisConfig::<Test> {
        balances: vec![
            (ALICE, ENDOWMENT),
            (BOB, ENDOWMENT),
            (CAROL, ENDOWMENT),
            (TREASURY, EXISTENTIAL_DEPOSIT),
        ],
        ..Default::default()
    }
    .assimilate_storage(&mut storage)
    .expect("the endowments fit");
    let mut state = TestState::new(storage);
    state.execute_with(|| System::set_block_number(1));
    state
}

/// Run a test on a fresh chain and check the invariants after it.
pub fn on_a_fresh_chain(test: impl FnOnce()) {
    new_test_ext().execute_with(|| {
        test();
        assert_ok!(ComputeProviders::check_invariants());
    });
}

pub fn origin(who: AccountId) -> RuntimeOrigin {
    RuntimeOrigin::signed(who)
}

/// Register a provider with a stake and four slots.
pub fn provider(who: AccountId, stake: Balance) {
    assert_ok!(ComputeProviders::register(
        origin(who),
        stake,
        Hardware::default(),
        Default::default(),
        4
    ));
}

pub fn stored(who: AccountId) -> Provider<Test> {
    Providers::<Test>::get(who).expect("the provider is registered")
}

pub fn staked(who: AccountId) -> Balance {
    use frame::traits::fungible::InspectHold;
    Balances::balance_on_hold(&HoldReason::Stake.into(), &who)
}
