//! A whole chain without a network: balances, registry, providers, inference.

use crate as pallet_inference;
use crate::tests::fixture::{served, Served};
use crate::*;
use frame::deps::frame_support::weights::WeightMeter;
use frame::deps::sp_core::{sr25519, Pair};
use frame::deps::sp_runtime::{AccountId32, MultiSignature, MultiSigner};
use frame::prelude::*;
use frame::testing_prelude::*;
use frame::traits::fungible::InspectHold;
use lattice_primitives::*;
use pallet_compute_providers::SelectionWeights;
use pallet_model_registry::Ceremonies;

pub type AccountId = AccountId32;
pub type Balance = u128;

/// Asks for inferences.
pub const ALICE: AccountId = AccountId32::new([1; 32]);
/// Serves at [`PRICE`].
pub const BOB: AccountId = AccountId32::new([2; 32]);
/// Owns the models.
pub const CAROL: AccountId = AccountId32::new([3; 32]);
/// Serves at a higher price, when it does.
pub const DAVE: AccountId = AccountId32::new([4; 32]);
pub const TREASURY: AccountId = AccountId32::new([9; 32]);

pub const ENDOWMENT: Balance = 1_000_000_000;
pub const EXISTENTIAL_DEPOSIT: Balance = 10;
pub const STAKE: Balance = 10_000_000;
pub const PRICE: Balance = 100;
pub const ROYALTY: Balance = 20;
pub const FEE: Balance = 5;
pub const TOTAL: Balance = PRICE + ROYALTY + FEE;
pub const COLLATERAL: Balance = 200 + 10 * PRICE;
pub const LATE_SLASH: Balance = COLLATERAL / 100;
pub const MAX_DEADLINE: u64 = 50;
pub const MAX_ATTEMPTS: u32 = 4;
pub const GAS_LIMIT: u64 = 10_000_000_000;

construct_runtime!(
    pub enum Test {
        System: frame_system,
        Balances: pallet_balances,
        ModelRegistry: pallet_model_registry,
        ComputeProviders: pallet_compute_providers,
        Inference: pallet_inference,
        AiPrograms: pallet_ai_programs,
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
    /// None, so that tests see at once what is slashed.
    pub static SlashDelay: u64 = 0;
    /// None, except in the tests about it.
    pub static MinFee: Balance = 0;
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
    pub static SettlementGas: u64 = GAS_LIMIT;
    pub static DirectGas: u64 = GAS_LIMIT;
}

/// Attests whatever names this phase 1.
pub struct OneCeremony;
pub const CEREMONY: H256 = H256::repeat_byte(0xce);

impl<AccountId> Ceremonies<AccountId> for OneCeremony {
    fn attests(_: &AccountId, _: ModelIndex, _: &H256, phase1_id: &H256, _: &H256) -> bool {
        *phase1_id == CEREMONY
    }
}

impl pallet_model_registry::Config for Test {
    type RuntimeHoldReason = RuntimeHoldReason;
    type Currency = Balances;
    type Ceremonies = OneCeremony;
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

impl Config for Test {
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
    type WeightInfo = crate::weights::SubstrateWeight<Test>;
    type Treasury = TreasuryAccount;
    type MaxInputLen = ConstU32<4_096>;
    type MaxOutputLen = ConstU32<1_024>;
    type MaxDeadline = ConstU64<MAX_DEADLINE>;
    type MinCollateral = ConstU128<200>;
    type CollateralPerPrice = ConstU32<10>;
    type LateSlash = LateSlash;
    type ProtocolFee = ProtocolFee;
    type MinFee = MinFee;
    type MaxAttempts = ConstU32<MAX_ATTEMPTS>;
    type MinAcceptTime = ConstU64<2>;
    type SettlementGas = SettlementGas;
    type DirectGas = DirectGas;
    type MaxBatch = ConstU32<{ lattice_host::MAX_BATCH }>;
    #[cfg(feature = "runtime-benchmarks")]
    type BenchmarkHelper = KeyAtHand;
}

/// A key without a keystore.
#[cfg(feature = "runtime-benchmarks")]
pub struct KeyAtHand;

#[cfg(feature = "runtime-benchmarks")]
impl BenchmarkHelper<MultiSignature, AccountId> for KeyAtHand {
    fn signer() -> AccountId {
        account_of(ERIN)
    }

    fn sign(_: &AccountId, message: &[u8]) -> MultiSignature {
        sign(ERIN, message)
    }
}

/// Seeds of keys with which results are signed.
pub const ERIN: [u8; 32] = [6; 32];
pub const FRED: [u8; 32] = [7; 32];

/// The account of a seed's key.
pub fn account_of(seed: [u8; 32]) -> AccountId {
    sr25519::Pair::from_seed(&seed).public().into()
}

/// Serves as well, and has a key.
pub fn erin() -> AccountId {
    account_of(ERIN)
}

/// Serves as well, and has a key.
pub fn fred() -> AccountId {
    account_of(FRED)
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
            (ALICE, ENDOWMENT),
            (BOB, ENDOWMENT),
            (CAROL, ENDOWMENT),
            (DAVE, ENDOWMENT),
            (erin(), ENDOWMENT),
            (fred(), ENDOWMENT),
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
        register_model(0, ROYALTY);
        serve(BOB, 0, PRICE);
        System::reset_events();
        test();
        check_everything();
    });
}

/// Every pallet's invariants, and no hold without a reason on record.
pub fn check_everything() {
    assert_ok!(ModelRegistry::check_invariants());
    assert_ok!(ComputeProviders::check_invariants());
    assert_ok!(Inference::check_invariants());
    for who in [ALICE, BOB, CAROL, DAVE, erin(), fred()] {
        let open: Balance = Requests::<Test>::iter_values()
            .filter(|request| request.requester == who)
            .map(|request| request.escrow)
            .sum();
        assert_eq!(escrowed(&who), open);
        let (running, locked) = Requests::<Test>::iter_values()
            .filter(|request| request.has_provider() && request.provider == who)
            .fold((0, 0), |(count, sum), request| {
                (count + 1, sum + request.collateral)
            });
        let provider = ComputeProviders::provider_info(&who);
        let load = provider.map_or((0, 0), |info| (info.running, info.locked));
        assert_eq!(load, (running, locked));
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

pub fn stake(who: &AccountId) -> Balance {
    ComputeProviders::provider_info(who).map_or(0, |info| info.stake)
}

/// CAROL registers a model of the fixture with its key.
pub fn register_model(which: usize, royalty: Balance) -> ModelIndex {
    let index = register_without_key(which, royalty);
    register_key(index, served(which), Setup::Dev, H256::zero());
    index
}

pub fn register_without_key(which: usize, royalty: Balance) -> ModelIndex {
    let index = pallet_model_registry::NextIndex::<Test>::get();
    assert_ok!(ModelRegistry::register(
        origin(&CAROL),
        BoundedVec::truncate_from(b"model".to_vec()),
        index,
        BoundedVec::truncate_from(served(which).manifest.clone()),
        Requirements::default(),
        Pricing { royalty },
        None,
    ));
    index
}

pub fn register_key(index: ModelIndex, served: &Served, setup: Setup, phase1_id: H256) {
    assert_ok!(ModelRegistry::register_key(
        origin(&CAROL),
        index,
        BoundedVec::truncate_from(served.verifying_key.clone()),
        setup,
        lattice_host::CIRCUIT_VERSION,
        phase1_id,
        H256::zero(),
    ));
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
    assert_ok!(ComputeProviders::set_offer(origin(&who), model, price, 2));
}

/// An input that model 0 admits.
pub fn input() -> Vec<i8> {
    served(0).input(11)
}

/// ALICE's call, with a sufficient price and a deadline of ten blocks.
pub fn request_of(model: ModelIndex, input: Vec<i8>) -> DispatchResultWithPostInfo {
    Inference::request_inference(
        origin(&ALICE),
        model,
        BoundedVec::truncate_from(input),
        TOTAL * 10,
        10,
        Verification::Proven,
    )
}

/// ALICE asks model 0; what its provider sees of it.
pub fn requested() -> Assignment<AccountId, Balance, u64> {
    let id = NextRequest::<Test>::get();
    assert_ok!(request_of(0, input()));
    Inference::assignment(id).expect("the request is open")
}

/// The honest answer to an assignment of a fixture's model.
pub fn answer(
    which: usize,
    assignment: &Assignment<AccountId, Balance, u64>,
) -> (Vec<i32>, ProofBytes) {
    served(which).prove(&assignment.input, &assignment.context.0)
}

pub fn submit(
    who: &AccountId,
    request: RequestId,
    context: H256,
    output: Vec<i32>,
    proof: ProofBytes,
) -> DispatchResultWithPostInfo {
    Inference::submit_result(
        origin(who),
        request,
        context,
        BoundedVec::truncate_from(output),
        proof,
    )
}

/// The honest results of assignments of a fixture's model.
pub fn honest(
    which: usize,
    assignments: &[Assignment<AccountId, Balance, u64>],
) -> Vec<ResultSubmission<Test>> {
    assignments
        .iter()
        .map(|assignment| {
            let (output, proof) = answer(which, assignment);
            ResultSubmission {
                request: assignment.request,
                context: assignment.context,
                output: BoundedVec::truncate_from(output),
                proof,
            }
        })
        .collect()
}

pub fn submit_batch(
    who: &AccountId,
    results: Vec<ResultSubmission<Test>>,
) -> DispatchResultWithPostInfo {
    let results = BoundedVec::try_from(results).expect("no more than a batch has");
    Inference::submit_results(origin(who), results)
}

/// Go on block by block, with the deadline work of each.
pub fn run_to(block: u64) {
    while System::block_number() < block {
        let next = System::block_number() + 1;
        System::set_block_number(next);
        Inference::on_poll(next, &mut WeightMeter::new());
    }
}
