//! A whole chain without a network: balances, registry, providers, inference, disputes, replication.

mod acting;

pub use acting::*;

use crate as pallet_replication;
use crate::tests::fixture::served;
use crate::*;
use frame::deps::frame_support::weights::WeightMeter;
use frame::deps::sp_runtime::AccountId32;
use frame::prelude::*;
use frame::testing_prelude::*;
use frame::traits::fungible::InspectHold;
use lattice_primitives::*;
use pallet_compute_providers::SelectionWeights;
use std::collections::BTreeMap;

pub type AccountId = AccountId32;
pub type Balance = u128;

/// Asks for inferences.
pub const ALICE: AccountId = AccountId32::new([1; 32]);
/// Owns the models.
pub const CAROL: AccountId = AccountId32::new([3; 32]);
/// Has no part in anything.
pub const EVE: AccountId = AccountId32::new([5; 32]);
pub const TREASURY: AccountId = AccountId32::new([9; 32]);

/// The providers, as many as a request may have replicas.
pub const PROVIDERS: [AccountId; 7] = [
    AccountId32::new([11; 32]),
    AccountId32::new([12; 32]),
    AccountId32::new([13; 32]),
    AccountId32::new([14; 32]),
    AccountId32::new([15; 32]),
    AccountId32::new([16; 32]),
    AccountId32::new([17; 32]),
];

pub const ENDOWMENT: Balance = 1_000_000_000;
pub const EXISTENTIAL_DEPOSIT: Balance = 10;
pub const STAKE: Balance = 10_000_000;
pub const PRICE: Balance = 100;
pub const ROYALTY: Balance = 20;
/// 5 % of the price.
pub const FEE: Balance = 5;
pub const COLLATERAL: Balance = 200 + 10 * PRICE;
pub const LATE_SLASH: Balance = COLLATERAL / 100;
pub const OUTVOTED_SLASH: Balance = COLLATERAL / 10;
pub const REWARD: Balance = COLLATERAL / 4;
/// What ALICE would pay for any request.
pub const MOST: Balance = 10_000;
/// Blocks in which replicas are to commit.
pub const WINDOW: u64 = 10;
pub const REVEAL: u64 = 6;
pub const APPEAL: u64 = 20;
pub const TURN: u64 = 8;
const GAS_LIMIT: u64 = 10_000_000_000;

construct_runtime!(
    pub enum Test {
        System: frame_system,
        Balances: pallet_balances,
        ModelRegistry: pallet_model_registry,
        ComputeProviders: pallet_compute_providers,
        Inference: pallet_inference,
        AiPrograms: pallet_ai_programs,
        Disputes: pallet_disputes,
        Replication: pallet_replication,
    }
);

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
    /// As in the runtime: database access is most of the deadline work's weight.
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
    pub const OutvotedSlash: Permill = Permill::from_percent(10);
    pub const RewardShare: Permill = Permill::from_percent(25);
    pub const ProtocolFee: Permill = Permill::from_percent(5);
    /// None, so that tests see at once what is slashed.
    pub static SlashDelay: u64 = 0;
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
    type Signature = frame::deps::sp_runtime::MultiSignature;
    type Signer = frame::deps::sp_runtime::MultiSigner;
    #[cfg(feature = "runtime-benchmarks")]
    type BenchmarkHelper = ();
    type WeightInfo = pallet_compute_providers::weights::SubstrateWeight<Test>;
    type Treasury = TreasuryAccount;
    type VetoOrigin = frame_system::EnsureRoot<AccountId>;
    type SlashDelay = SlashDelay;
    type MinStake = ConstU128<1_000>;
    type StakePerSlot = ConstU128<1>;
    type HeartbeatTimeout = ConstU64<10_000>;
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
    type MaxDeadline = ConstU64<50>;
    type MaxCapacity = ConstU32<1_000>;
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
    type Signature = frame::deps::sp_runtime::MultiSignature;
    type Signer = frame::deps::sp_runtime::MultiSigner;
    #[cfg(feature = "runtime-benchmarks")]
    type BenchmarkHelper = ();
    type Providers = ComputeProviders;
    type Direct = AiPrograms;
    type Replicated = Replication;
    type Optimistic = ();
    type Subscriptions = ();
    type WeightInfo = pallet_inference::weights::SubstrateWeight<Test>;
    type Treasury = TreasuryAccount;
    type MaxInputLen = ConstU32<4_096>;
    type MaxOutputLen = ConstU32<1_024>;
    type MaxDeadline = ConstU64<50>;
    type MinCollateral = ConstU128<200>;
    type CollateralPerPrice = ConstU32<10>;
    type LateSlash = LateSlash;
    type ProtocolFee = ProtocolFee;
    type MinFee = ConstU128<0>;
    type MaxAttempts = ConstU32<4>;
    type MinAcceptTime = ConstU64<2>;
    type SettlementGas = ConstU64<GAS_LIMIT>;
    type DirectGas = ConstU64<GAS_LIMIT>;
    type MaxBatch = ConstU32<{ lattice_host::MAX_BATCH }>;
}

impl pallet_disputes::Config for Test {
    type Registry = ModelRegistry;
    type Verdicts = Replication;
    type WeightInfo = pallet_disputes::weights::SubstrateWeight<Test>;
    type MaxInputLen = ConstU32<4_096>;
    type TurnBlocks = ConstU64<TURN>;
}

impl Config for Test {
    type RuntimeHoldReason = RuntimeHoldReason;
    type Currency = Balances;
    type Providers = ComputeProviders;
    type Ledger = Inference;
    type Court = Disputes;
    type WeightInfo = crate::weights::SubstrateWeight<Test>;
    type Treasury = TreasuryAccount;
    type RevealBlocks = ConstU64<REVEAL>;
    type AppealBlocks = ConstU64<APPEAL>;
    type OutvotedSlash = OutvotedSlash;
    type RewardShare = RewardShare;
    type MaxInputLen = ConstU32<4_096>;
    type MaxOutputLen = ConstU32<1_024>;
}

/// A fresh chain at block 1 with endowed accounts and nothing else.
pub fn new_test_ext() -> TestState {
    let mut storage = frame_system::GenesisConfig::<Test>::default()
        .build_storage()
        .expect("the system's genesis builds");
    let mut balances: Vec<(AccountId, Balance)> = [ALICE, CAROL, EVE]
        .into_iter()
        .chain(PROVIDERS)
        .map(|who| (who, ENDOWMENT))
        .collect();
    balances.push((TREASURY, EXISTENTIAL_DEPOSIT));
    pallet_balances::GenesisConfig::<Test> {
        balances,
        ..Default::default()
    }
    .assimilate_storage(&mut storage)
    .expect("the endowments fit");
    let mut state = TestState::new(storage);
    state.execute_with(|| begin_block(1));
    state
}

/// Run a test where model 0 is registered with its key, and all providers serve it at [`PRICE`].
pub fn on_a_serving_chain(test: impl FnOnce()) {
    on_a_chain_with(PROVIDERS.len(), test);
}

/// Run a test where model 0 is registered with its key, and the first providers serve it.
pub fn on_a_chain_with(providers: usize, test: impl FnOnce()) {
    new_test_ext().execute_with(|| {
        register_key(register_model());
        for who in PROVIDERS.iter().take(providers) {
            serve(who, PRICE);
        }
        System::reset_events();
        test();
        check_everything();
    });
}

/// Every pallet's invariants, and no hold or load without a request.
pub fn check_everything() {
    assert_ok!(ModelRegistry::check_invariants());
    assert_ok!(ComputeProviders::check_invariants());
    assert_ok!(Inference::check_invariants());
    assert_ok!(Disputes::check_invariants());
    assert_ok!(Replication::check_invariants());
    let mut escrows = BTreeMap::<AccountId, Balance>::new();
    let mut loads = BTreeMap::<AccountId, (u32, Balance)>::new();
    for request in Requests::<Test>::iter_values() {
        *escrows.entry(request.requester.clone()).or_default() += request.escrow;
        for replica in request.replicas.iter().filter(|one| one.is_bound()) {
            let load = loads.entry(replica.provider.clone()).or_default();
            *load = (load.0 + 1, load.1 + replica.collateral);
        }
    }
    for who in [ALICE, CAROL, EVE].iter().chain(&PROVIDERS) {
        assert_eq!(escrowed(who), escrows.get(who).copied().unwrap_or_default());
        let load =
            ComputeProviders::provider_info(who).map_or((0, 0), |info| (info.running, info.locked));
        assert_eq!(load, loads.get(who).copied().unwrap_or_default());
    }
}

pub fn origin(who: &AccountId) -> RuntimeOrigin {
    RuntimeOrigin::signed(who.clone())
}

pub fn free(who: &AccountId) -> Balance {
    Balances::free_balance(who)
}

pub fn escrowed(who: &AccountId) -> Balance {
    Balances::balance_on_hold(&HoldReason::Escrow.into(), who)
}

/// What an account has in sum: free and on hold.
pub fn wealth(who: &AccountId) -> Balance {
    <Balances as fungible::Inspect<AccountId>>::total_balance(who)
}

/// CAROL registers the fixture's model, again if need be.
pub fn register_model() -> ModelIndex {
    let index = pallet_model_registry::NextIndex::<Test>::get();
    assert_ok!(ModelRegistry::register(
        origin(&CAROL),
        BoundedVec::truncate_from(b"model".to_vec()),
        index,
        BoundedVec::truncate_from(served().manifest.clone()),
        Requirements::default(),
        Pricing { royalty: ROYALTY },
        None,
    ));
    index
}

pub fn register_key(index: ModelIndex) {
    assert_ok!(ModelRegistry::register_key(
        origin(&CAROL),
        index,
        BoundedVec::truncate_from(served().verifying_key.clone()),
        Setup::Dev,
        lattice_host::CIRCUIT_VERSION,
        H256::zero(),
        H256::zero(),
    ));
}

/// Offer to serve model 0.
pub fn serve(who: &AccountId, price: Balance) {
    serve_model(who, 0, price);
}

/// Register as a provider if need be, and offer to serve a model.
pub fn serve_model(who: &AccountId, model: ModelIndex, price: Balance) {
    if ComputeProviders::provider_info(who).is_none() {
        assert_ok!(ComputeProviders::register(
            origin(who),
            STAKE,
            Hardware::default(),
            Default::default(),
            1_000,
        ));
    }
    assert_ok!(ComputeProviders::set_offer_with(
        origin(who),
        model,
        lattice_primitives::Offer::in_every_tier(price, 2)
    ));
}

fn begin_block(block: u64) {
    System::set_block_number(block);
    System::set_parent_hash(H256::from_low_u64_be(block));
}

pub fn pass(blocks: u64) {
    run_to(System::block_number() + blocks);
}

/// Go on block by block, with the deadline work of each.
pub fn run_to(block: u64) {
    while System::block_number() < block {
        let next = System::block_number() + 1;
        begin_block(next);
        let mut meter = WeightMeter::new();
        ComputeProviders::on_poll(next, &mut meter);
        Inference::on_poll(next, &mut meter);
        Disputes::on_poll(next, &mut meter);
        Replication::on_poll(next, &mut meter);
    }
}
