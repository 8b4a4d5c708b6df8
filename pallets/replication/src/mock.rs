//! A whole chain without a network: balances, registry, providers, inference, disputes, replication.

mod acting;

pub use acting::*;

use crate as pallet_replication;
use crate::tests::fixture::served;
use crate::*;
use frame::deps::frame_support::weights::WeightMeter;
use frame::prelude::*;
use frame::testing_prelude::*;
use frame::traits::fungible::InspectHold;
use lattice_primitives::*;
use std::collections::BTreeMap;

pub use lattice_testing::{
    AccountId, Balance, CAROL, COLLATERAL, ENDOWMENT, EXISTENTIAL_DEPOSIT, FEE, LATE_SLASH, PRICE,
    ROYALTY, STAKE, TREASURY,
};

/// Asks for inferences.
pub const ALICE: AccountId = AccountId::new([1; 32]);
/// Has no part in anything.
pub const EVE: AccountId = AccountId::new([5; 32]);

/// The providers, as many as a request may have replicas.
pub const PROVIDERS: [AccountId; 7] = [
    AccountId::new([11; 32]),
    AccountId::new([12; 32]),
    AccountId::new([13; 32]),
    AccountId::new([14; 32]),
    AccountId::new([15; 32]),
    AccountId::new([16; 32]),
    AccountId::new([17; 32]),
];

pub const OUTVOTED_SLASH: Balance = COLLATERAL / 10;
pub const REWARD: Balance = COLLATERAL / 4;
/// What ALICE would pay for any request.
pub const MOST: Balance = 10_000;
/// Blocks in which replicas are to commit.
pub const WINDOW: u64 = 10;
pub const REVEAL: u64 = 6;
pub const APPEAL: u64 = 20;
pub const TURN: u64 = 8;

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

parameter_types! {
    pub const OutvotedSlash: Permill = Permill::from_percent(10);
    pub const RewardShare: Permill = Permill::from_percent(25);
    /// None, except in the tests about it.
    pub static SlashDelay: u64 = 0;
}

lattice_testing::market! {
    SlashDelay = SlashDelay;
    Replicated = Replication;
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
    let people = [ALICE, CAROL, EVE].into_iter().chain(PROVIDERS);
    let mut state = lattice_testing::chain_with::<Test>(people);
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
    lattice_testing::register_model::<Test>(&served().manifest, ROYALTY)
}

pub fn register_key(index: ModelIndex) {
    let key = &served().verifying_key;
    lattice_testing::register_key::<Test>(index, key, Setup::Dev, H256::zero());
}

/// Offer to serve model 0.
pub fn serve(who: &AccountId, price: Balance) {
    serve_model(who, 0, price);
}

/// Register as a provider if need be, and offer to serve a model.
pub fn serve_model(who: &AccountId, model: ModelIndex, price: Balance) {
    let offer = lattice_primitives::Offer::in_every_tier(price, 2);
    lattice_testing::serve::<Test>(who, model, offer);
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
