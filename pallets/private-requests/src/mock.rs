//! A whole chain without a network: balances, registry, providers, inference, private requests.

mod scenes;

pub use scenes::*;

use crate as pallet_private_requests;
use crate::tests::fixture::served;
use crate::*;
use frame::deps::frame_support::weights::WeightMeter;
use frame::prelude::*;
use frame::testing_prelude::*;
use frame::traits::fungible::InspectHold;
use lattice_primitives::*;

pub use lattice_testing::{
    account_of, sign, AccountId, Balance, CAROL, COLLATERAL, ENDOWMENT, FEE, LATE_SLASH,
    MAX_DEADLINE, PRICE, ROYALTY, STAKE, TOTAL, TREASURY,
};

pub type Info = PrivateRequestInfo<AccountId, Balance, u64>;

/// Asks for inferences.
pub const ALICE: AccountId = AccountId::new([1; 32]);
/// Has nothing to do with them.
pub const EVE: AccountId = AccountId::new([5; 32]);
/// Seed of the key of who serves at [`PRICE`].
pub const BOB: [u8; 32] = [2; 32];
/// Seed of the key of who serves at a higher price, when it does.
pub const DAVE: [u8; 32] = [4; 32];

/// Serves at [`PRICE`].
pub fn bob() -> AccountId {
    account_of(BOB)
}

/// Serves at a higher price, when it does.
pub fn dave() -> AccountId {
    account_of(DAVE)
}

pub const DEADLINE: u64 = 12;
pub const ACKNOWLEDGE_WINDOW: u64 = 6;
pub const OPENING_WINDOW: u64 = 7;
pub const POSTING_WINDOW: u64 = 8;
/// What a requester pays whose input is not opened: a part of [`PRICE`], and the fee.
pub const RESERVATION: Balance = PRICE / 10 + FEE;

construct_runtime!(
    pub enum Test {
        System: frame_system,
        Balances: pallet_balances,
        ModelRegistry: pallet_model_registry,
        ComputeProviders: pallet_compute_providers,
        Inference: pallet_inference,
        AiPrograms: pallet_ai_programs,
        PrivateRequests: pallet_private_requests,
    }
);

parameter_types! {
    pub const ReservationFee: Permill = Permill::from_percent(10);
    /// None, except in the test about it.
    pub static MinFee: Balance = 0;
}

lattice_testing::market! {
    MinFee = MinFee;
}

impl Config for Test {
    type RuntimeHoldReason = RuntimeHoldReason;
    type Currency = Balances;
    type Providers = ComputeProviders;
    type Ledger = Inference;
    type Signature = frame::deps::sp_runtime::MultiSignature;
    type Signer = frame::deps::sp_runtime::MultiSigner;
    type WeightInfo = crate::weights::SubstrateWeight<Test>;
    type Treasury = TreasuryAccount;
    type MaxInputLen = ConstU32<4_096>;
    type MaxOutputLen = ConstU32<1_024>;
    type AcknowledgeWindow = ConstU64<ACKNOWLEDGE_WINDOW>;
    type OpeningWindow = ConstU64<OPENING_WINDOW>;
    type PostingWindow = ConstU64<POSTING_WINDOW>;
    type ReservationFee = ReservationFee;
    #[cfg(feature = "runtime-benchmarks")]
    type BenchmarkHelper = KeyAtHand;
}

/// A key without a keystore.
#[cfg(feature = "runtime-benchmarks")]
pub struct KeyAtHand;

#[cfg(feature = "runtime-benchmarks")]
impl BenchmarkHelper<frame::deps::sp_runtime::MultiSignature, AccountId> for KeyAtHand {
    fn signer() -> AccountId {
        bob()
    }

    fn sign(_: &AccountId, message: &[u8]) -> frame::deps::sp_runtime::MultiSignature {
        sign(BOB, message)
    }
}

/// A fresh chain at block 1 with endowed accounts and nothing else.
pub fn new_test_ext() -> TestState {
    lattice_testing::chain_with::<Test>([ALICE, CAROL, EVE, bob(), dave()])
}

/// Run a test where model 0 is registered with its key, and BOB serves it.
pub fn on_a_serving_chain(test: impl FnOnce()) {
    new_test_ext().execute_with(|| {
        register_model();
        serve(bob(), 0, PRICE);
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
    assert_ok!(PrivateRequests::check_invariants());
    for who in [ALICE, CAROL, EVE, TREASURY, bob(), dave()] {
        let escrow: Balance = Requests::<Test>::iter_values()
            .filter(|request| request.requester == who)
            .map(|request| request.escrow)
            .sum();
        assert_eq!(escrowed(&who), escrow);
        let load = Requests::<Test>::iter_values()
            .filter(|request| request.provider == who)
            .fold((0, 0), |(count, sum), request| {
                (count + 1, sum + request.collateral)
            });
        let provider = ComputeProviders::provider_info(&who);
        let running = provider.map_or((0, 0), |info| (info.running, info.locked));
        assert_eq!(running, load);
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

/// CAROL registers the fixture's model with its key.
pub fn register_model() -> ModelIndex {
    let index = lattice_testing::register_model::<Test>(&served().manifest, ROYALTY);
    let key = &served().verifying_key;
    lattice_testing::register_key::<Test>(index, key, Setup::Dev, H256::zero());
    index
}

/// Register as a provider if need be, and offer to serve a model.
pub fn serve(who: AccountId, model: ModelIndex, price: Balance) {
    let offer = lattice_primitives::Offer::per_inference(price, 2);
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
        PrivateRequests::on_poll(next, &mut WeightMeter::new());
    }
}
