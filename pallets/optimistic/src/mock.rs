//! A whole chain without a network: balances, registry, providers, inference, disputes, optimistic
//! requests.

mod scenes;

pub use scenes::*;

use crate as pallet_optimistic;
use crate::tests::fixture::{served, Served};
use crate::*;
use frame::deps::frame_support::weights::WeightMeter;
use frame::deps::sp_runtime::AccountId32;
use frame::prelude::*;
use frame::testing_prelude::*;
use frame::traits::fungible::InspectHold;
use lattice_primitives::*;
use pallet_compute_providers::SelectionWeights;

pub type AccountId = AccountId32;
pub type Balance = u128;
pub type Info = OptimisticInfo<AccountId, Balance, u64>;

/// Asks for inferences.
pub const ALICE: AccountId = AccountId32::new([1; 32]);
/// Serves at [`PRICE`].
pub const BOB: AccountId = AccountId32::new([2; 32]);
/// Owns the models.
pub const CAROL: AccountId = AccountId32::new([3; 32]);
/// Serves at a higher price, when it does.
pub const DAVE: AccountId = AccountId32::new([4; 32]);
/// Watches, and challenges.
pub const EVE: AccountId = AccountId32::new([5; 32]);
/// Challenges as well.
pub const FRANK: AccountId = AccountId32::new([6; 32]);
pub const TREASURY: AccountId = AccountId32::new([9; 32]);
/// Everybody.
pub const ACCOUNTS: [AccountId; 7] = [ALICE, BOB, CAROL, DAVE, EVE, FRANK, TREASURY];

pub const ENDOWMENT: Balance = 1_000_000_000;
pub const EXISTENTIAL_DEPOSIT: Balance = 10;
pub const STAKE: Balance = 10_000_000;
pub const PRICE: Balance = 100;
pub const ROYALTY: Balance = 20;
pub const FEE: Balance = 5;
pub const TOTAL: Balance = PRICE + ROYALTY + FEE;
/// What the price demands; more than the bond.
pub const COLLATERAL: Balance = 200 + 10 * PRICE;
pub const LATE_SLASH: Balance = COLLATERAL / 100;
pub const MIN_BOND: Balance = 100;
/// Odd, so that it does not halve.
pub const BOND: Balance = 501;
pub const MIN_WINDOW: u64 = 5;
pub const MAX_WINDOW: u64 = 1_000;
pub const WINDOW: u64 = 10;
pub const DEADLINE: u64 = 12;
pub const TURN: u64 = 6;
pub const MAX_CHALLENGES: u32 = 8;
pub const GAS_LIMIT: u64 = 10_000_000_000;

construct_runtime!(
    pub enum Test {
        System: frame_system,
        Balances: pallet_balances,
        ModelRegistry: pallet_model_registry,
        ComputeProviders: pallet_compute_providers,
        Inference: pallet_inference,
        AiPrograms: pallet_ai_programs,
        Disputes: pallet_disputes,
        Optimistic: pallet_optimistic,
    }
);

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
    /// As in the runtime: database access is most of an expiry's weight.
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
    pub const RewardShare: Permill = Permill::from_percent(50);
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
    type Replicated = ();
    type Optimistic = Optimistic;
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
    type Verdicts = Optimistic;
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
    type MaxInputLen = ConstU32<4_096>;
    type MaxOutputLen = ConstU32<1_024>;
    type MinWindow = ConstU64<MIN_WINDOW>;
    type MaxWindow = ConstU64<MAX_WINDOW>;
    type MinBond = ConstU128<MIN_BOND>;
    type RewardShare = RewardShare;
    type MaxChallenges = ConstU32<MAX_CHALLENGES>;
}

/// A fresh chain at block 1 with endowed accounts and nothing else.
pub fn new_test_ext() -> TestState {
    SlashDelay::set(0);
    let mut storage = frame_system::GenesisConfig::<Test>::default()
        .build_storage()
        .expect("the system's genesis builds");
    let endowed = ACCOUNTS.map(|who| {
        let amount = match who == TREASURY {
            true => EXISTENTIAL_DEPOSIT,
            false => ENDOWMENT,
        };
        (who, amount)
    });
    pallet_balances::GenesisConfig::<Test> {
        balances: endowed.to_vec(),
        ..Default::default()
    }
    .assimilate_storage(&mut storage)
    .expect("the endowments fit");
    let mut state = TestState::new(storage);
    state.execute_with(|| System::set_block_number(1));
    state
}

/// Run a test where model 0 is registered, without a key, and BOB serves it.
pub fn on_a_serving_chain(test: impl FnOnce()) {
    new_test_ext().execute_with(|| {
        register_model(served());
        serve(BOB, 0, PRICE);
        System::reset_events();
        test();
        check_everything();
    });
}

/// Every pallet's invariants, and no hold or lock without a request.
pub fn check_everything() {
    assert_ok!(ModelRegistry::check_invariants());
    assert_ok!(ComputeProviders::check_invariants());
    assert_ok!(Inference::check_invariants());
    assert_ok!(Disputes::check_invariants());
    assert_ok!(Optimistic::check_invariants());
    for who in ACCOUNTS {
        let requests = Requests::<Test>::iter_values();
        let escrow: Balance = requests
            .filter(|request| request.requester == who)
            .map(|request| request.escrow)
            .sum();
        assert_eq!(held(HoldReason::Escrow, &who), escrow);
        let requests = Requests::<Test>::iter_values();
        let bonds: Balance = requests
            .map(|request| {
                let challenges = request.challenges().iter();
                let own = challenges.filter(|challenge| challenge.challenger == who);
                request.bond * own.count() as Balance
            })
            .sum();
        assert_eq!(held(HoldReason::Bond, &who), bonds);
        let load = Requests::<Test>::iter_values()
            .filter(|request| request.provider == who)
            .fold((0, 0), |(count, sum), request| {
                (count + 1, sum + request.collateral)
            });
        let provider = ComputeProviders::provider_info(&who);
        let running = provider.map_or((0, 0), |info| (info.running, info.locked));
        assert_eq!(running, load);
    }
    let disputes: usize = Requests::<Test>::iter_values()
        .map(|request| request.challenges().len())
        .sum();
    assert_eq!(
        pallet_disputes::Disputes::<Test>::iter_keys().count(),
        disputes
    );
}

pub fn origin(who: &AccountId) -> RuntimeOrigin {
    RuntimeOrigin::signed(who.clone())
}

pub fn free(who: &AccountId) -> Balance {
    Balances::free_balance(who)
}

pub fn held(reason: HoldReason, who: &AccountId) -> Balance {
    Balances::balance_on_hold(&reason.into(), who)
}

pub fn escrowed(who: &AccountId) -> Balance {
    held(HoldReason::Escrow, who)
}

pub fn bonded(who: &AccountId) -> Balance {
    held(HoldReason::Bond, who)
}

pub fn stake(who: &AccountId) -> Balance {
    ComputeProviders::provider_info(who).map_or(0, |info| info.stake)
}

/// CAROL registers a model; it gets no key.
pub fn register_model(served: &Served) -> ModelIndex {
    let index = pallet_model_registry::NextIndex::<Test>::get();
    assert_ok!(ModelRegistry::register(
        origin(&CAROL),
        BoundedVec::truncate_from(b"model".to_vec()),
        index,
        BoundedVec::truncate_from(served.model.manifest().encode()),
        Requirements::default(),
        Pricing { royalty: ROYALTY },
        None,
    ));
    index
}

/// Register as a provider if need be, and offer to serve a model.
pub fn serve(who: AccountId, model: ModelIndex, price: Balance) {
    if ComputeProviders::provider_info(&who).is_none() {
        assert_ok!(ComputeProviders::register(
            origin(&who),
            STAKE,
            Hardware::default(),
            Default::default(),
            1_000,
        ));
    }
    assert_ok!(ComputeProviders::set_offer_with(
        origin(&who),
        model,
        lattice_primitives::Offer::in_every_tier(price, 2)
    ));
}

pub fn pass(blocks: u64) {
    run_to(System::block_number() + blocks);
}

/// Go on block by block, with the deadline work of each.
pub fn run_to(block: u64) {
    while System::block_number() < block {
        let next = System::block_number() + 1;
        System::set_block_number(next);
        ComputeProviders::on_poll(next, &mut WeightMeter::new());
        Inference::on_poll(next, &mut WeightMeter::new());
        Disputes::on_poll(next, &mut WeightMeter::new());
        Optimistic::on_poll(next, &mut WeightMeter::new());
    }
}
