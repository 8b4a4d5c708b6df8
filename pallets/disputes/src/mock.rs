//! A chain with a registry and disputes, and a consumer that remembers what it is told.

use crate as pallet_disputes;
use crate::tests::fixture::Case;
use crate::*;
use frame::deps::frame_support::weights::WeightMeter;
use frame::deps::sp_runtime::AccountId32;
use frame::prelude::*;
use frame::testing_prelude::*;
use lattice_host::trace::Commitment;
use lattice_primitives::*;
use std::cell::RefCell;

pub type AccountId = AccountId32;
pub type Balance = u128;

/// Challenges.
pub const ALICE: AccountId = AccountId32::new([1; 32]);
/// Posted the result.
pub const BOB: AccountId = AccountId32::new([2; 32]);
/// Owns the models, and has no part in anything.
pub const CAROL: AccountId = AccountId32::new([3; 32]);
/// Posted the same result as BOB.
pub const DAVE: AccountId = AccountId32::new([4; 32]);

pub const TURN: u64 = 10;
/// The request that is disputed.
pub const REQUEST: RequestId = 77;

construct_runtime!(
    pub enum Test {
        System: frame_system,
        Balances: pallet_balances,
        ModelRegistry: pallet_model_registry,
        // Not by the name of its storage.
        PalletDisputes: pallet_disputes,
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
    type ExistentialDeposit = ConstU128<10>;
    type AccountStore = System;
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

impl Config for Test {
    type Registry = ModelRegistry;
    type Verdicts = Remembers;
    type WeightInfo = crate::weights::SubstrateWeight<Test>;
    type MaxInputLen = ConstU32<4_096>;
    type TurnBlocks = ConstU64<TURN>;
}

/// What the consumer was told, in order.
pub type Told = (DisputeId, RequestId, AccountId, Verdict);

thread_local! {
    static TOLD: RefCell<Vec<Told>> = const { RefCell::new(Vec::new()) };
    /// The disputes that it closes when it is told anything.
    static CLOSES: RefCell<Vec<DisputeId>> = const { RefCell::new(Vec::new()) };
}

/// The consumer.
pub struct Remembers;

impl Verdicts<AccountId> for Remembers {
    fn weight() -> Weight {
        Weight::from_parts(1_000_000, 0)
    }

    fn decided(dispute: DisputeId, request: RequestId, challenger: &AccountId, verdict: Verdict) {
        assert!(!is_open(dispute), "it is told of what is over");
        TOLD.with_borrow_mut(|told| told.push((dispute, request, challenger.clone(), verdict)));
        for dispute in CLOSES.take() {
            <PalletDisputes as Court<AccountId>>::close(dispute);
        }
    }
}

/// What the consumer was told since the last time.
pub fn told() -> Vec<Told> {
    TOLD.take()
}

/// Lets the consumer close these disputes when the next one is decided.
pub fn will_close(disputes: Vec<DisputeId>) {
    CLOSES.set(disputes);
}

/// A fresh chain at block 1, where CAROL has money.
pub fn new_test_ext() -> TestState {
    let mut storage = frame_system::GenesisConfig::<Test>::default()
        .build_storage()
        .expect("the system's genesis builds");
    pallet_balances::GenesisConfig::<Test> {
        balances: vec![(CAROL, 1_000_000_000)],
        ..Default::default()
    }
    .assimilate_storage(&mut storage)
    .expect("the endowments fit");
    let mut state = TestState::new(storage);
    state.execute_with(|| System::set_block_number(1));
    state
}

/// Run a test on a chain where the model of each case is registered, in their order.
pub fn on_a_chain_with(cases: &[&Case], test: impl FnOnce()) {
    new_test_ext().execute_with(|| {
        told();
        will_close(Vec::new());
        for case in cases {
            register(case);
        }
        System::reset_events();
        test();
        assert_ok!(PalletDisputes::check_invariants());
    });
}

/// CAROL registers a model.
pub fn register(case: &Case) -> ModelIndex {
    let index = pallet_model_registry::NextIndex::<Test>::get();
    assert_ok!(ModelRegistry::register(
        origin(&CAROL),
        BoundedVec::truncate_from(b"model".to_vec()),
        index,
        BoundedVec::truncate_from(case.model.manifest().encode()),
        Requirements::default(),
        Pricing { royalty: 0 },
        None,
    ));
    index
}

pub fn origin(who: &AccountId) -> RuntimeOrigin {
    RuntimeOrigin::signed(who.clone())
}

/// ALICE's claim against BOB's trace of model 0.
pub fn claim(case: &Case, posted: &Commitment) -> Claim<AccountId> {
    Claim {
        request: REQUEST,
        model: 0,
        input: case.input.clone(),
        trace_root: H256(posted.root()),
        defenders: BoundedVec::truncate_from(vec![BOB]),
        challenger: ALICE,
    }
}

pub fn open(claim: Claim<AccountId>) -> Result<DisputeId, DispatchError> {
    <PalletDisputes as Court<AccountId>>::open(claim)
}

/// ALICE challenges BOB's trace.
pub fn opened(case: &Case, posted: &Commitment) -> DisputeId {
    open(claim(case, posted)).expect("the claim is in order")
}

pub fn is_open(dispute: DisputeId) -> bool {
    <PalletDisputes as Court<AccountId>>::is_open(dispute)
}

pub fn stored(dispute: DisputeId) -> Dispute<Test> {
    Disputes::<Test>::get(dispute).expect("the dispute is open")
}

/// A defender takes the turn of an open dispute as it should with this trace: BOB.
pub fn answer(case: &Case, posted: &Commitment, dispute: DisputeId) -> DispatchResult {
    match stored(dispute).turn {
        Turn::Reveal { walk } => {
            let node = posted.reveal(&walk).expect("the tree has the place");
            PalletDisputes::reveal(origin(&BOB), dispute, node)
        }
        Turn::Defend { position, .. } => {
            let opening = posted.open(&case.model, position);
            let opening = opening.expect("the tree has the element").encode();
            PalletDisputes::defend(
                origin(&BOB),
                dispute,
                BoundedVec::try_from(opening).expect("it is short enough"),
            )
        }
        Turn::Choose { .. } => panic!("it is the challenger's turn"),
    }
}

/// Play a dispute to its end, in which both answer in time; the turns that it took. `choose` has
/// the challenger's choices.
pub fn play(
    case: &Case,
    posted: &Commitment,
    dispute: DisputeId,
    mut choose: impl FnMut(&Turn) -> u8,
) -> u32 {
    let mut turns = 0;
    while is_open(dispute) {
        turns += 1;
        let turn = stored(dispute).turn;
        match turn {
            Turn::Choose { .. } => {
                assert_ok!(PalletDisputes::choose(
                    origin(&ALICE),
                    dispute,
                    choose(&turn)
                ));
            }
            _ => {
                assert_ok!(answer(case, posted, dispute));
            }
        }
        pass(1);
    }
    turns
}

/// The choice of a challenger that holds the honest trace.
pub fn honest_choice(case: &Case) -> impl FnMut(&Turn) -> u8 + '_ {
    move |turn: &Turn| {
        let Turn::Choose { walk, node } = turn else {
            panic!("it is a defender's turn");
        };
        let choice = case.honest.first_difference(walk, node);
        choice.expect("what differs above differs below")
    }
}

pub fn pass(blocks: u64) {
    run_to(System::block_number() + blocks);
}

/// Go on block by block, with the deadline work of each.
pub fn run_to(block: u64) {
    while System::block_number() < block {
        let next = System::block_number() + 1;
        System::set_block_number(next);
        PalletDisputes::on_poll(next, &mut WeightMeter::new());
    }
}
