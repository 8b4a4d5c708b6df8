//! A whole chain without a network: balances, registry, providers, inference.

use crate as pallet_inference;
use crate::tests::fixture::{served, Served};
use crate::*;
use frame::deps::frame_support::weights::WeightMeter;
use frame::prelude::*;
use frame::testing_prelude::*;
use frame::traits::fungible::InspectHold;
use lattice_primitives::*;
use pallet_model_registry::Ceremonies;

pub use lattice_testing::{
    account_of, sign, AccountId, Balance, CAROL, COLLATERAL, ENDOWMENT, EXISTENTIAL_DEPOSIT, FEE,
    GAS_LIMIT, LATE_SLASH, MAX_ATTEMPTS, MAX_DEADLINE, PRICE, ROYALTY, STAKE, TOTAL, TREASURY,
};

/// Asks for inferences.
pub const ALICE: AccountId = AccountId::new([1; 32]);
/// Serves at [`PRICE`].
pub const BOB: AccountId = AccountId::new([2; 32]);
/// Serves at a higher price, when it does.
pub const DAVE: AccountId = AccountId::new([4; 32]);

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

parameter_types! {
    /// None, except in the tests about it.
    pub static MinFee: Balance = 0;
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

lattice_testing::market! {
    Ceremonies = OneCeremony;
    MinFee = MinFee;
    SettlementGas = SettlementGas;
    DirectGas = DirectGas;
    BenchmarkHelper = KeyAtHand;
}

/// A key without a keystore.
#[cfg(feature = "runtime-benchmarks")]
pub struct KeyAtHand;

#[cfg(feature = "runtime-benchmarks")]
impl BenchmarkHelper<frame::deps::sp_runtime::MultiSignature, AccountId> for KeyAtHand {
    fn signer() -> AccountId {
        account_of(ERIN)
    }

    fn sign(_: &AccountId, message: &[u8]) -> frame::deps::sp_runtime::MultiSignature {
        sign(ERIN, message)
    }
}

/// Seeds of keys with which results are signed.
pub const ERIN: [u8; 32] = [6; 32];
pub const FRED: [u8; 32] = [7; 32];

/// Serves as well, and has a key.
pub fn erin() -> AccountId {
    account_of(ERIN)
}

/// Serves as well, and has a key.
pub fn fred() -> AccountId {
    account_of(FRED)
}

/// A fresh chain at block 1 with endowed accounts and nothing else.
pub fn new_test_ext() -> TestState {
    lattice_testing::chain_with::<Test>([ALICE, BOB, CAROL, DAVE, erin(), fred()])
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
    lattice_testing::register_model::<Test>(&served(which).manifest, royalty)
}

pub fn register_key(index: ModelIndex, served: &Served, setup: Setup, phase1_id: H256) {
    lattice_testing::register_key::<Test>(index, &served.verifying_key, setup, phase1_id);
}

/// Register as a provider if need be, and offer to serve a model.
pub fn serve(who: AccountId, model: ModelIndex, price: Balance) {
    let offer = lattice_primitives::Offer::per_inference(price, 2);
    lattice_testing::serve::<Test>(&who, model, offer);
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
    served(which).prove(&assignment.input, &assignment.context)
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
