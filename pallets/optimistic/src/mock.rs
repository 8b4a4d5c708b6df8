//! A whole chain without a network: balances, registry, providers, inference, disputes, optimistic
//! requests.

mod scenes;

pub use scenes::*;

use crate as pallet_optimistic;
use crate::tests::fixture::{served, Served};
use crate::*;
use frame::deps::frame_support::weights::WeightMeter;
use frame::prelude::*;
use frame::testing_prelude::*;
use frame::traits::fungible::InspectHold;
use lattice_primitives::*;

pub use lattice_testing::{
    AccountId, Balance, CAROL, COLLATERAL, ENDOWMENT, EXISTENTIAL_DEPOSIT, FEE, LATE_SLASH, PRICE,
    ROYALTY, STAKE, TOTAL, TREASURY,
};

pub type Info = OptimisticInfo<AccountId, Balance, u64>;

/// Asks for inferences.
pub const ALICE: AccountId = AccountId::new([1; 32]);
/// Serves at [`PRICE`].
pub const BOB: AccountId = AccountId::new([2; 32]);
/// Serves at a higher price, when it does.
pub const DAVE: AccountId = AccountId::new([4; 32]);
/// Watches, and challenges.
pub const EVE: AccountId = AccountId::new([5; 32]);
/// Challenges as well.
pub const FRANK: AccountId = AccountId::new([6; 32]);
/// Everybody.
pub const ACCOUNTS: [AccountId; 7] = [ALICE, BOB, CAROL, DAVE, EVE, FRANK, TREASURY];

pub const MIN_BOND: Balance = 100;
/// Odd, so that it does not halve.
pub const BOND: Balance = 501;
pub const MIN_WINDOW: u64 = 5;
pub const MAX_WINDOW: u64 = 1_000;
pub const WINDOW: u64 = 10;
pub const DEADLINE: u64 = 12;
pub const TURN: u64 = 6;
pub const MAX_CHALLENGES: u32 = 8;

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

parameter_types! {
    pub const RewardShare: Permill = Permill::from_percent(50);
    /// None, except in the tests about it.
    pub static SlashDelay: u64 = 0;
}

lattice_testing::market! {
    SlashDelay = SlashDelay;
    Optimistic = Optimistic;
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
    let people = ACCOUNTS.into_iter().filter(|who| *who != TREASURY);
    lattice_testing::chain_with::<Test>(people)
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
            .filter(|request| request.has_provider() && request.provider == who)
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
    let manifest = served.model.manifest().encode();
    lattice_testing::register_model::<Test>(&manifest, ROYALTY)
}

/// Register as a provider if need be, and offer to serve a model.
pub fn serve(who: AccountId, model: ModelIndex, price: Balance) {
    let offer = lattice_primitives::Offer::in_every_tier(price, 2);
    lattice_testing::serve::<Test>(&who, model, offer);
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
