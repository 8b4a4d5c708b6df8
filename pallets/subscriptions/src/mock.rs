//! A whole chain without a network: balances, registry, providers, inference, subscriptions.

mod calls;

use crate as pallet_subscriptions;
use crate::*;
use frame::prelude::*;
use frame::testing_prelude::*;

pub use calls::*;
pub use lattice_testing::{
    AccountId, Balance, CAROL, ENDOWMENT, EXISTENTIAL_DEPOSIT, MAX_DEADLINE, PRICE, ROYALTY,
    TREASURY,
};

/// Subscribes.
pub const ALICE: AccountId = AccountId::new([1; 32]);
/// Serves at [`PRICE`], and has plan 0.
pub const BOB: AccountId = AccountId::new([2; 32]);
/// Serves as well, when it does.
pub const DAVE: AccountId = AccountId::new([4; 32]);
/// Subscribes as well, when she does.
pub const EVE: AccountId = AccountId::new([5; 32]);

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

parameter_types! {
    /// None, except in the tests about it.
    pub static MinFee: Balance = 0;
    /// Never, except in the tests about it.
    pub static HeartbeatTimeout: u64 = 10_000;
}

lattice_testing::market! {
    HeartbeatTimeout = HeartbeatTimeout;
    // More than of a request, so that a provider can be too slow for all of them.
    ProvidersMaxDeadline = ConstU64<{ MAX_DEADLINE + 1 }>;
    Subscriptions = Prepaid;
    MinFee = MinFee;
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
    lattice_testing::chain_with::<Test>([ALICE, BOB, CAROL, DAVE, EVE])
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
