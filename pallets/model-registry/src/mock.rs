//! A chain with balances and the registry, and one real model with two real keys.

use crate as pallet_model_registry;
use crate::*;
use codec::Encode;
use frame::prelude::*;
use frame::testing_prelude::*;
use frame::traits::fungible::InspectHold;
use lattice_primitives::{ModelIndex, Pricing, Requirements, Setup};
use std::sync::OnceLock;

pub type AccountId = u64;
pub type Balance = u128;

pub const ALICE: AccountId = 1;
pub const BOB: AccountId = 2;

pub const ENDOWMENT: Balance = 10_000_000;
pub const EXISTENTIAL_DEPOSIT: Balance = 10;
pub const DEPOSIT_BASE: Balance = 500;
pub const DEPOSIT_PER_BYTE: Balance = 3;

construct_runtime!(
    pub enum Test {
        System: frame_system,
        Balances: pallet_balances,
        ModelRegistry: pallet_model_registry,
    }
);

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
    type Block = MockBlock<Test>;
    type AccountData = pallet_balances::AccountData<Balance>;
}

#[derive_impl(pallet_balances::config_preludes::TestDefaultConfig)]
impl pallet_balances::Config for Test {
    type Balance = Balance;
    type ExistentialDeposit = ConstU128<EXISTENTIAL_DEPOSIT>;
    type AccountStore = System;
}

parameter_types! {
    pub static AllowDevSetup: bool = true;
    pub static MaxModelBytes: u32 = 1_048_576;
}

/// Attests one ceremony, by its phase 1, for Alice's keys.
pub struct OneCeremony;
pub const CEREMONY: H256 = H256::repeat_byte(0xce);

impl Ceremonies<AccountId> for OneCeremony {
    fn attests(owner: &AccountId, _: ModelIndex, _: &H256, phase1_id: &H256, _: &H256) -> bool {
        *owner == ALICE && *phase1_id == CEREMONY
    }
}

impl Config for Test {
    type RuntimeHoldReason = RuntimeHoldReason;
    type Currency = Balances;
    type Ceremonies = OneCeremony;
    type WeightInfo = crate::weights::SubstrateWeight<Test>;
    type AllowDevSetup = AllowDevSetup;
    type DepositBase = ConstU128<DEPOSIT_BASE>;
    type DepositPerByte = ConstU128<DEPOSIT_PER_BYTE>;
    type MaxNameLen = ConstU32<64>;
    type MaxManifestLen = ConstU32<65_536>;
    type MaxModelBytes = MaxModelBytes;
}

/// A model with two keys of different trapdoors.
pub struct Fixture {
    pub model: lattice_tensor::Model,
    pub manifest: Vec<u8>,
    pub keys: [Vec<u8>; 2],
}

/// Made once per test process.
pub fn fixture() -> &'static Fixture {
    static FIXTURE: OnceLock<Fixture> = OnceLock::new();
    FIXTURE.get_or_init(|| {
        use rand_chacha::rand_core::SeedableRng;
        let range = lattice_tensor::Range { lo: 0, hi: 16 };
        let model = lattice_tensor::testing::random_mlp(7, &[4, 3], range);
        let circuit = lattice_circuit::Circuit::build(&model).expect("the model has a circuit");
        let key = |seed| {
            let mut rng = rand_chacha::ChaCha20Rng::seed_from_u64(seed);
            lattice_setup::dev_setup(&circuit, &mut rng)
                .expect("the circuit has keys")
                .verifying_key
        };
        Fixture {
            manifest: model.manifest().encode(),
            keys: [key(1), key(2)],
            model,
        }
    })
}

/// A fresh chain at block 1 with two endowed accounts.
pub fn new_test_ext() -> TestState {
    let mut storage = frame_system::GenesisConfig::<Test>::default()
        .build_storage()
        .expect("the system's genesis builds");
    pallet_balances::GenesisConfig::<Test> {
        balances: vec![(ALICE, ENDOWMENT), (BOB, ENDOWMENT)],
        ..Default::default()
    }
    .assimilate_storage(&mut storage)
    .expect("the endowments fit");
    let mut state = TestState::new(storage);
    state.execute_with(|| System::set_block_number(1));
    state
}

/// Run a test on a fresh chain and check the invariants after it.
pub fn on_a_fresh_chain(test: impl FnOnce()) {
    new_test_ext().execute_with(|| {
        test();
        assert_ok!(ModelRegistry::check_invariants());
        for who in [ALICE, BOB] {
            let owns = Models::<Test>::iter_values().any(|model| model.owner == who);
            let all_held = held(who) + held_for_chunks(who);
            assert!(owns || all_held == 0, "a hold without a registration");
        }
    });
}

pub fn origin(who: AccountId) -> RuntimeOrigin {
    RuntimeOrigin::signed(who)
}

pub fn held(who: AccountId) -> Balance {
    Balances::balance_on_hold(&HoldReason::ModelDeposit.into(), &who)
}

pub fn held_for_chunks(who: AccountId) -> Balance {
    Balances::balance_on_hold(&HoldReason::ChunkDeposit.into(), &who)
}

pub fn name(text: &str) -> BoundedVec<u8, ConstU32<64>> {
    BoundedVec::truncate_from(text.into())
}

/// Register the fixture's manifest under a name.
pub fn register(who: AccountId, text: &str, version: u32) -> DispatchResult {
    register_manifest(who, text, version, fixture().manifest.clone(), None)
}

pub fn register_manifest(
    who: AccountId,
    text: &str,
    version: u32,
    manifest: Vec<u8>,
    parent: Option<ModelIndex>,
) -> DispatchResult {
    ModelRegistry::register(
        origin(who),
        name(text),
        version,
        BoundedVec::truncate_from(manifest),
        Requirements {
            memory_mib: 64,
            accelerator_memory_mib: 0,
        },
        Pricing { royalty: 5 },
        parent,
    )
}

/// Register one of the fixture's keys as made by a development setup.
pub fn register_key(who: AccountId, model: ModelIndex, which: usize) -> DispatchResult {
    key_call(
        who,
        model,
        fixture().keys[which].clone(),
        Setup::Dev,
        H256::zero(),
    )
}

pub fn key_call(
    who: AccountId,
    model: ModelIndex,
    key: Vec<u8>,
    setup: Setup,
    phase1_id: H256,
) -> DispatchResult {
    ModelRegistry::register_key(
        origin(who),
        model,
        BoundedVec::truncate_from(key),
        setup,
        lattice_host::CIRCUIT_VERSION,
        phase1_id,
        H256::repeat_byte(9),
    )
}
