//! A whole chain without a network: balances, registry, providers, inference, subscriptions.

mod calls;

use crate as pallet_subscriptions;
use crate::*;
use frame::deps::sp_runtime::{AccountId32, MultiSignature, MultiSigner};
use frame::prelude::*;
use frame::testing_prelude::*;
use pallet_compute_providers::SelectionWeights;

pub use calls::*;

pub type AccountId = AccountId32;
pub type Balance = u128;

/// Subscribes.
pub const ALICE: AccountId = AccountId32::new([1; 32]);
/// Serves at [`PRICE`], and has plan 0.
pub const BOB: AccountId = AccountId32::new([2; 32]);
/// Owns the models.
pub const CAROL: AccountId = AccountId32::new([3; 32]);
/// Serves as well, when it does.
pub const DAVE: AccountId = AccountId32::new([4; 32]);
/// Subscribes as well, when she does.
pub const EVE: AccountId = AccountId32::new([5; 32]);
pub const TREASURY: AccountId = AccountId32::new([9; 32]);

pub const ENDOWMENT: Balance = 1_000_000_000;
pub const EXISTENTIAL_DEPOSIT: Balance = 10;
pub const STAKE: Balance = 10_000_000;
/// What BOB asks of those who have no subscription.
pub const PRICE: Balance = 100;
pub const ROYALTY: Balance = 20;

/// Terms of plan 0.
pub const PERIOD: u64 = 10;
pub const QUOTA: u32 = 4;
pub const PLAN_PRICE: Balance = 240;
/// Each of its requests.
pub const COMPUTE: Balance = 60;
/// 5 % of the compute.
pub const FEE: Balance = 3;
pub const UNIT: Balance = COMPUTE + ROYALTY + FEE;
/// A period of it.
pub const WHOLE: Balance = 4 * UNIT;

/// What ALICE subscribes to, in block 1: 1..11, 11..21 and 21..31.
pub const PERIODS: u32 = 3;
pub const PREPAID: Balance = 3 * WHOLE;

pub const MAX_DEADLINE: u64 = 50;
/// Of the requests that tests make.
pub const DEADLINE: u64 = 5;
pub const MAX_PLANS: u32 = 4;
pub const MAX_PERIODS: u32 = 12;
pub const MIN_PERIOD: u64 = 2;
pub const MAX_PERIOD: u64 = 1_000;
pub const MAX_QUOTA: u32 = 1_000_000;

construct_runtime!(
    pub enum Test {
        System: frame_system,
        Balances: pallet_balances,
        ModelRegistry: pallet_model_registry,
        ComputeProviders: pallet_compute_providers,
        Inference: pallet_inference,
        AiPrograms: pallet_ai_programs,
        Prepaid: pallet_subscriptions,
    }
);

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
    /// As in the runtime: database access is much of a settlement's weight.
    type DbWeight = frame::weights_prelude::ParityDbWeight;
    type Block = MockBlock<Test>;
    type AccountId = AccountId;
    type Lookup = IdentityLookup<AccountId>;
    type AccountData = pallet_balances::AccountData<Balance>;
}

#[derive_impl(pallet_balances::config_preludes::TestDefaultConfig)]
impl pallet_balances::Config for Test {
    type Balance = Balance;
    type ExistentialDeposit = ConstU128<EXISTENTIAL_DEPOSIT>;
    type AccountStore = System;
}

parameter_types! {
    pub const TreasuryAccount: AccountId = TREASURY;
    pub const LateSlash: Permill = Permill::from_percent(1);
    pub const ProtocolFee: Permill = Permill::from_percent(5);
    /// None, except in the tests about it.
    pub static MinFee: Balance = 0;
    /// Never, except in the tests about it.
    pub static HeartbeatTimeout: u64 = 10_000;
    pub const Selecting: SelectionWeights = SelectionWeights {
        price: 60,
        capacity: 5,
        reputation: 20,
        stake: 10,
        residency: 5,
    };
    pub const ReputationKept: Perquintill = Perquintill::from_percent(50);
    /// Tests go on with providers that have failed.
    pub const MinReputation: Permill = Permill::zero();
}

impl pallet_model_registry::Config for Test {
    type RuntimeHoldReason = RuntimeHoldReason;
    type Currency = Balances;
    type Ceremonies = ();
    type WeightInfo = pallet_model_registry::weights::SubstrateWeight<Test>;
    type AllowDevSetup = ConstBool<true>;
    type DepositBase = ConstU128<1_000>;
    type DepositPerByte = ConstU128<1>;
    type MaxNameLen = ConstU32<32>;
    type MaxManifestLen = ConstU32<65_536>;
    type MaxModelBytes = ConstU32<1_048_576>;
}

impl pallet_compute_providers::Config for Test {
    type RuntimeHoldReason = RuntimeHoldReason;
    type Currency = Balances;
    type Registry = ModelRegistry;
    type Signature = MultiSignature;
    type Signer = MultiSigner;
    type WeightInfo = pallet_compute_providers::weights::SubstrateWeight<Test>;
    type Treasury = TreasuryAccount;
    type VetoOrigin = frame_system::EnsureRoot<AccountId>;
    type SlashDelay = ConstU64<0>;
    type MinStake = ConstU128<1_000>;
    type StakePerSlot = ConstU128<1>;
    type HeartbeatTimeout = HeartbeatTimeout;
    type HeartbeatEpoch = ConstU64<2_500>;
    type SelectionWeights = Selecting;
    type ReputationEpoch = ConstU64<100>;
    type ReputationKept = ReputationKept;
    type NeutralFees = ConstU128<1_000>;
    type MinReputation = MinReputation;
    type MaxFeesPerRequester = ConstU128<600>;
    type NewcomerSlots = ConstU32<1_000>;
    type FeesPerSlot = ConstU128<200>;
    type UnbondingPeriod = ConstU64<20>;
    type MaxUnbonding = ConstU32<8>;
    type MaxOffers = ConstU32<16>;
    type MaxProvidersPerModel = ConstU32<64>;
    type MaxEndpoints = ConstU32<2>;
    type MaxEndpointLen = ConstU32<64>;
    /// More than of a request, so that a provider can be too slow for all of them.
    type MaxDeadline = ConstU64<{ MAX_DEADLINE + 1 }>;
    type MaxCapacity = ConstU32<1_000>;
    #[cfg(feature = "runtime-benchmarks")]
    type BenchmarkHelper = ();
}

impl pallet_ai_programs::Config for Test {
    type RuntimeHoldReason = RuntimeHoldReason;
    type Currency = Balances;
    type Registry = ModelRegistry;
    type WeightInfo = pallet_ai_programs::weights::SubstrateWeight<Test>;
    type MaxGas = ConstU64<600_000_000_000>;
    type MaxCodeLen = ConstU32<131_072>;
    type MaxPreparedLen = ConstU32<65_536>;
    type MaxCompiledBytes = ConstU32<1_048_576>;
    type MaxBytecodeLen = ConstU32<262_144>;
    type MaxInputLen = ConstU32<65_536>;
    type MaxRecords = ConstU32<8>;
    type DepositPerItem = ConstU128<10>;
    type DepositPerByte = ConstU128<1>;
}

impl pallet_inference::Config for Test {
    type RuntimeHoldReason = RuntimeHoldReason;
    type Currency = Balances;
    type Registry = ModelRegistry;
    type Providers = ComputeProviders;
    type Direct = AiPrograms;
    type Replicated = ();
    type Optimistic = ();
    type Subscriptions = Prepaid;
    type Signature = MultiSignature;
    type Signer = MultiSigner;
    type WeightInfo = pallet_inference::weights::SubstrateWeight<Test>;
    type Treasury = TreasuryAccount;
    type MaxInputLen = ConstU32<4_096>;
    type MaxOutputLen = ConstU32<1_024>;
    type MaxDeadline = ConstU64<MAX_DEADLINE>;
    type MinCollateral = ConstU128<200>;
    type CollateralPerPrice = ConstU32<10>;
    type LateSlash = LateSlash;
    type ProtocolFee = ProtocolFee;
    type MinFee = MinFee;
    type MaxAttempts = ConstU32<4>;
    type MinAcceptTime = ConstU64<2>;
    type SettlementGas = ConstU64<10_000_000_000>;
    type DirectGas = ConstU64<10_000_000_000>;
    type MaxBatch = ConstU32<{ lattice_host::MAX_BATCH }>;
    #[cfg(feature = "runtime-benchmarks")]
    type BenchmarkHelper = ();
}

impl Config for Test {
    type RuntimeHoldReason = RuntimeHoldReason;
    type Currency = Balances;
    type Registry = ModelRegistry;
    type Providers = ComputeProviders;
    type Offers = Inference;
    type WeightInfo = crate::weights::SubstrateWeight<Test>;
    type Treasury = TreasuryAccount;
    type MaxPlans = ConstU32<MAX_PLANS>;
    type MaxPeriods = ConstU32<MAX_PERIODS>;
    type MinPeriod = ConstU64<MIN_PERIOD>;
    type MaxPeriod = ConstU64<MAX_PERIOD>;
    type MaxQuota = ConstU32<MAX_QUOTA>;
    type MaxDeadline = ConstU64<MAX_DEADLINE>;
}

/// A fresh chain at block 1 with endowed accounts and nothing else.
pub fn new_test_ext() -> TestState {
    MinFee::set(0);
    HeartbeatTimeout::set(10_000);
    let mut storage = frame_system::GenesisConfig::<Test>::default()
        .build_storage()
        .expect("the system's genesis builds");
    pallet_balances::GenesisConfig::<Test> {
        balances: vec![
            (ALICE, ENDOWMENT),
            (BOB, ENDOWMENT),
            (CAROL, ENDOWMENT),
            (DAVE, ENDOWMENT),
            (EVE, ENDOWMENT),
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

/// Run a test where model 0 is registered with its key, and BOB serves it and has plan 0.
pub fn on_a_serving_chain(test: impl FnOnce()) {
    new_test_ext().execute_with(|| {
        let model = register_model();
        register_key(model);
        serve(BOB, model, PRICE);
        assert_ok!(set_plan(&BOB, PERIOD, QUOTA, PLAN_PRICE));
        System::reset_events();
        test();
        check_everything();
    });
}
