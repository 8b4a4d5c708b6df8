//! A whole chain without a network: balances, registry, providers, inference, channels.

use crate as pallet_payment_channels;
use crate::*;
use frame::deps::sp_core::{sr25519, Pair};
use frame::deps::sp_runtime::{AccountId32, MultiSignature, MultiSigner};
use frame::prelude::*;
use frame::testing_prelude::*;
use frame::traits::fungible::InspectHold;
use lattice_primitives::*;
use pallet_compute_providers::SelectionWeights;

pub type AccountId = AccountId32;
pub type Balance = u128;

/// Serves at [`PRICE`].
pub const BOB: AccountId = AccountId32::new([2; 32]);
/// Owns the models.
pub const CAROL: AccountId = AccountId32::new([3; 32]);
/// Serves as well, when it does.
pub const DAVE: AccountId = AccountId32::new([4; 32]);
pub const TREASURY: AccountId = AccountId32::new([9; 32]);

pub const ENDOWMENT: Balance = 1_000_000_000;
pub const EXISTENTIAL_DEPOSIT: Balance = 10;
pub const PRICE: Balance = 100;
pub const ROYALTY: Balance = 20;
/// 5 % of the price.
pub const FEE: Balance = 5;
pub const TOTAL: Balance = PRICE + ROYALTY + FEE;
pub const DEPOSIT: Balance = 100 * TOTAL;
pub const GRACE: u64 = 20;

/// A model, and a key of it that can be registered once on a chain.
const MANIFEST: &[u8] = include_bytes!("../../model-registry/src/benchmarking/manifest.scale");
const VERIFYING_KEY: &[u8] =
    include_bytes!("../../model-registry/src/benchmarking/verifying-key.bin");

construct_runtime!(
    pub enum Test {
        System: frame_system,
        Balances: pallet_balances,
        ModelRegistry: pallet_model_registry,
        ComputeProviders: pallet_compute_providers,
        Inference: pallet_inference,
        AiPrograms: pallet_ai_programs,
        PaymentChannels: pallet_payment_channels,
    }
);

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
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
    pub const Selecting: SelectionWeights = SelectionWeights {
        price: 60,
        capacity: 5,
        reputation: 20,
        stake: 10,
        residency: 5,
    };
    pub const ReputationKept: Perquintill = Perquintill::from_percent(50);
    pub const MinReputation: Permill = Permill::zero();
    /// None, except in the tests about it.
    pub static MinFee: Balance = 0;
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
    type SlashDelay = ConstU64<10>;
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
    type Subscriptions = ();
    type Signature = MultiSignature;
    type Signer = MultiSigner;
    type WeightInfo = pallet_inference::weights::SubstrateWeight<Test>;
    type Treasury = TreasuryAccount;
    type MaxInputLen = ConstU32<4_096>;
    type MaxOutputLen = ConstU32<1_024>;
    type MaxDeadline = ConstU64<50>;
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
    type Offers = Inference;
    type Signature = MultiSignature;
    type Signer = MultiSigner;
    type WeightInfo = crate::weights::SubstrateWeight<Test>;
    type Treasury = TreasuryAccount;
    type GracePeriod = ConstU64<GRACE>;
    #[cfg(feature = "runtime-benchmarks")]
    type BenchmarkHelper = KeyAtHand;
}

/// A key without a keystore.
#[cfg(feature = "runtime-benchmarks")]
pub struct KeyAtHand;

#[cfg(feature = "runtime-benchmarks")]
impl BenchmarkHelper<MultiSignature, AccountId> for KeyAtHand {
    fn signer() -> AccountId {
        alice()
    }

    fn sign(_: &AccountId, message: &[u8]) -> MultiSignature {
        sign(ALICE, message)
    }
}

/// Seeds of the payers' keys.
pub const ALICE: [u8; 32] = [1; 32];
pub const EVE: [u8; 32] = [5; 32];

/// The account of a seed's key.
pub fn payer(seed: [u8; 32]) -> AccountId {
    sr25519::Pair::from_seed(&seed).public().into()
}

/// Pays.
pub fn alice() -> AccountId {
    payer(ALICE)
}

/// Pays as well, when she does.
pub fn eve() -> AccountId {
    payer(EVE)
}

pub fn sign(seed: [u8; 32], message: &[u8]) -> MultiSignature {
    sr25519::Pair::from_seed(&seed).sign(message).into()
}

/// A fresh chain at block 1 with endowed accounts and nothing else.
pub fn new_test_ext() -> TestState {
    let mut storage = frame_system::GenesisConfig::<Test>::default()
        .build_storage()
        .expect("the system's genesis builds");
    pallet_balances::GenesisConfig::<Test> {
        balances: vec![
            (alice(), ENDOWMENT),
            (eve(), ENDOWMENT),
            (BOB, ENDOWMENT),
            (CAROL, ENDOWMENT),
            (DAVE, ENDOWMENT),
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

/// Run a test where model 0 is registered with its key, and BOB serves it.
pub fn on_a_serving_chain(test: impl FnOnce()) {
    new_test_ext().execute_with(|| {
        let model = register_model();
        register_key(model);
        serve(BOB, model, PRICE);
        System::reset_events();
        test();
        check_everything();
    });
}

/// Every pallet's invariants, and no hold without a channel.
pub fn check_everything() {
    assert_ok!(ModelRegistry::check_invariants());
    assert_ok!(ComputeProviders::check_invariants());
    assert_ok!(Inference::check_invariants());
    assert_ok!(PaymentChannels::check_invariants());
    for who in [alice(), eve(), BOB, CAROL, DAVE] {
        let left: Balance = Channels::<Test>::iter_values()
            .filter(|channel| channel.payer == who)
            .map(|channel| channel.left())
            .sum();
        assert_eq!(held(&who), left);
    }
}

pub fn origin(who: &AccountId) -> RuntimeOrigin {
    RuntimeOrigin::signed(who.clone())
}

pub fn free(who: &AccountId) -> Balance {
    Balances::free_balance(who)
}

pub fn held(who: &AccountId) -> Balance {
    Balances::balance_on_hold(&HoldReason::Channel.into(), who)
}

pub fn pass(blocks: u64) {
    System::set_block_number(System::block_number() + blocks);
}

/// CAROL registers a model; all of them have the same content.
pub fn register_model() -> ModelIndex {
    let index = pallet_model_registry::NextIndex::<Test>::get();
    assert_ok!(ModelRegistry::register(
        origin(&CAROL),
        BoundedVec::truncate_from(b"model".to_vec()),
        index,
        BoundedVec::truncate_from(MANIFEST.to_vec()),
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
        BoundedVec::truncate_from(VERIFYING_KEY.to_vec()),
        Setup::Dev,
        lattice_host::CIRCUIT_VERSION,
        H256::zero(),
        H256::zero(),
    ));
}

/// Register as a provider if need be, and offer to serve a model.
pub fn serve(who: AccountId, model: ModelIndex, price: Balance) {
    if ComputeProviders::provider_info(&who).is_none() {
        assert_ok!(ComputeProviders::register(
            origin(&who),
            10_000_000,
            Hardware::default(),
            Default::default(),
            1_000,
        ));
    }
    assert_ok!(ComputeProviders::set_offer(origin(&who), model, price, 2));
}

/// ALICE's call, for model 0 and BOB.
pub fn open_with(deposit: Balance, max_unit_price: Balance) -> DispatchResult {
    PaymentChannels::open(origin(&alice()), 0, BOB, deposit, max_unit_price)
}

/// ALICE opens a channel to BOB.
pub fn opened() -> ChannelId {
    let channel = NextChannel::<Test>::get();
    assert_ok!(open_with(DEPOSIT, TOTAL));
    channel
}

pub fn stored(channel: ChannelId) -> Channel<Test> {
    Channels::<Test>::get(channel).expect("the channel is open")
}

/// What a payer to BOB signs.
pub fn voucher(channel: ChannelId, cumulative: Balance) -> Voucher<AccountId, Balance> {
    Voucher::new(PaymentChannels::genesis(), channel, BOB, cumulative)
}

/// ALICE's signature of it.
pub fn signed(channel: ChannelId, cumulative: Balance) -> MultiSignature {
    sign(ALICE, &voucher(channel, cumulative).bytes())
}

/// BOB redeems ALICE's voucher.
pub fn redeem(channel: ChannelId, cumulative: Balance) -> DispatchResult {
    let signature = signed(channel, cumulative);
    PaymentChannels::redeem(origin(&BOB), channel, cumulative, signature)
}
