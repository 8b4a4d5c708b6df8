//! A chain with balances, registry and programs, and hand-written programs.

use crate as pallet_ai_programs;
use crate::*;
use codec::Encode;
use frame::deps::sp_runtime::AccountId32;
use frame::prelude::*;
use frame::testing_prelude::*;
use frame::traits::fungible::InspectHold;
use lattice_isa::{Instruction, Program as Bytecode};
use lattice_primitives::{
    ModelIndex, Pricing, ProgramFault, ProgramRequest, Requirements, CHUNK_BYTES,
};
use lattice_tensor::Model;
use std::sync::OnceLock;

pub type AccountId = AccountId32;
pub type Balance = u128;

/// Calls programs.
pub const ALICE: AccountId = AccountId32::new([1; 32]);
/// Calls them, too.
pub const BOB: AccountId = AccountId32::new([2; 32]);
/// Owns codes and models.
pub const CAROL: AccountId = AccountId32::new([3; 32]);
/// Has nothing.
pub const NOBODY: AccountId = AccountId32::new([7; 32]);

pub const ENDOWMENT: Balance = 1_000_000_000_000;
pub const EXISTENTIAL_DEPOSIT: Balance = 1_000;
pub const PER_ITEM: Balance = 500;
pub const PER_BYTE: Balance = 3;
pub const MAX_GAS: u64 = 600_000_000_000;
/// Suffices for every program here.
pub const GAS: u64 = 500_000_000_000;

construct_runtime!(
    pub enum Test {
        System: frame_system,
        Balances: pallet_balances,
        ModelRegistry: pallet_model_registry,
        AiPrograms: pallet_ai_programs,
    }
);

parameter_types! {
    pub BlockWeights: frame_system::limits::BlockWeights =
        frame_system::limits::BlockWeights::with_sensible_defaults(
            Weight::from_parts(1_000_000_000_000, u64::MAX),
            Perbill::from_percent(75),
        );
}

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
    type BlockWeights = BlockWeights;
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

parameter_types! {
    pub static MaxCompiledBytes: u32 = 1_048_576;
}

impl Config for Test {
    type RuntimeHoldReason = RuntimeHoldReason;
    type Currency = Balances;
    type Registry = ModelRegistry;
    type WeightInfo = crate::weights::SubstrateWeight<Test>;
    type MaxGas = ConstU64<MAX_GAS>;
    type MaxCodeLen = ConstU32<131_072>;
    type MaxPreparedLen = ConstU32<65_536>;
    type MaxCompiledBytes = MaxCompiledBytes;
    type MaxBytecodeLen = ConstU32<262_144>;
    type MaxInputLen = ConstU32<65_536>;
    type MaxRecords = ConstU32<4>;
    type DepositPerItem = ConstU128<PER_ITEM>;
    type DepositPerByte = ConstU128<PER_BYTE>;
}

/// A fresh chain at block 1 with three endowed accounts.
pub fn new_test_ext() -> TestState {
    let mut storage = frame_system::GenesisConfig::<Test>::default()
        .build_storage()
        .expect("the system's genesis builds");
    pallet_balances::GenesisConfig::<Test> {
        balances: vec![(ALICE, ENDOWMENT), (BOB, ENDOWMENT), (CAROL, ENDOWMENT)],
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
        check_everything();
    });
}

/// Both pallets' invariants, and no token made or lost.
pub fn check_everything() {
    assert_ok!(AiPrograms::check_invariants());
    assert_ok!(ModelRegistry::check_invariants());
    assert_eq!(Balances::total_issuance(), 3 * ENDOWMENT);
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

pub fn next_block() {
    System::set_block_number(System::block_number() + 1);
}

/// A program that does what its first input byte says; the rest of the input is its
/// operand. See `tests/programs/everything.wat`.
pub fn everything() -> &'static [u8] {
    static CODE: OnceLock<Vec<u8>> = OnceLock::new();
    CODE.get_or_init(|| compile(include_str!("tests/programs/everything.wat")))
}

/// The module of a text.
pub fn compile(text: &str) -> Vec<u8> {
    wat::parse_str(text).expect("the text is a module")
}

pub fn upload_as(who: &AccountId, code: &[u8]) -> DispatchResult {
    AiPrograms::upload_code(origin(who), BoundedVec::truncate_from(code.to_vec()))
}

/// CAROL uploads a code; its hash.
pub fn upload(code: &[u8]) -> H256 {
    assert_ok!(upload_as(&CAROL, code));
    H256(blake2_256(code))
}

/// What one call is, with everything sufficient.
#[derive(Clone)]
pub struct Attempt {
    pub who: AccountId,
    pub value: Balance,
    pub input: Vec<u8>,
    pub gas_limit: u64,
    pub models: Vec<ModelIndex>,
    pub verifying_keys: Vec<ModelIndex>,
}

pub fn by(who: &AccountId) -> Attempt {
    Attempt {
        who: who.clone(),
        value: 0,
        input: vec![],
        gas_limit: GAS,
        models: vec![],
        verifying_keys: vec![],
    }
}

impl Attempt {
    pub fn value(mut self, value: Balance) -> Self {
        self.value = value;
        self
    }

    pub fn input(mut self, input: impl Into<Vec<u8>>) -> Self {
        self.input = input.into();
        self
    }

    pub fn gas(mut self, gas_limit: u64) -> Self {
        self.gas_limit = gas_limit;
        self
    }

    pub fn models(mut self, models: &[ModelIndex]) -> Self {
        self.models = models.to_vec();
        self
    }

    pub fn instantiate(self, code_hash: H256, salt: u8) -> DispatchResultWithPostInfo {
        AiPrograms::instantiate(
            origin(&self.who),
            code_hash,
            self.value,
            BoundedVec::truncate_from(self.input),
            self.gas_limit,
            H256::repeat_byte(salt),
            BoundedVec::truncate_from(self.models),
            BoundedVec::truncate_from(self.verifying_keys),
        )
    }

    pub fn call(self, program: &AccountId) -> DispatchResultWithPostInfo {
        AiPrograms::call(
            origin(&self.who),
            program.clone(),
            self.value,
            BoundedVec::truncate_from(self.input),
            self.gas_limit,
            BoundedVec::truncate_from(self.models),
            BoundedVec::truncate_from(self.verifying_keys),
        )
    }

    pub fn execute(self, program: &[Instruction], keep: bool) -> DispatchResultWithPostInfo {
        self.execute_bytes(bytecode(program), keep)
    }

    pub fn execute_bytes(self, bytes: Vec<u8>, keep: bool) -> DispatchResultWithPostInfo {
        AiPrograms::execute(
            origin(&self.who),
            BoundedVec::truncate_from(bytes),
            self.gas_limit,
            BoundedVec::truncate_from(self.models),
            BoundedVec::truncate_from(self.verifying_keys),
            keep,
        )
    }

    /// The request of a dry run of the same call.
    pub fn request(&self, program: &AccountId) -> ProgramRequest<AccountId, Balance> {
        ProgramRequest::Call {
            program: program.clone(),
            value: self.value,
            input: self.input.clone(),
            models: self.models.clone(),
            verifying_keys: self.verifying_keys.clone(),
        }
    }
}

pub fn bytecode(program: &[Instruction]) -> Vec<u8> {
    Bytecode::encode(program).expect("the program has an encoding")
}

/// An instance of [`everything`] with money, made by ALICE.
pub fn instance() -> AccountId {
    instance_of(everything())
}

pub fn instance_of(code: &[u8]) -> AccountId {
    let code_hash = upload(code);
    assert_ok!(by(&ALICE).value(10_000).instantiate(code_hash, 1));
    let program = AiPrograms::program_account(&ALICE, &code_hash, &H256::repeat_byte(1));
    assert!(
        Programs::<Test>::contains_key(&program),
        "not made: {:?}",
        System::events().last()
    );
    program
}

/// How the last call that was begun ended, with its gas.
pub fn ending() -> (Result<Vec<u8>, ProgramFault>, u64) {
    let ours = System::events().into_iter().rev().find_map(|record| {
        let RuntimeEvent::AiPrograms(event) = record.event else {
            return None;
        };
        match event {
            Event::Instantiated {
                output, gas_used, ..
            }
            | Event::Called {
                output, gas_used, ..
            } => Some((Ok(output), gas_used)),
            Event::BytecodeExecuted { gas_used, .. } => Some((Ok(vec![]), gas_used)),
            Event::ProgramTrapped { trap, gas_used, .. }
            | Event::BytecodeTrapped { trap, gas_used, .. } => Some((Err(trap), gas_used)),
            _ => None,
        }
    });
    ours.expect("a run has ended")
}

pub fn fault() -> ProgramFault {
    ending().0.expect_err("the run ended without output")
}

/// A small model: 4 inputs, 3 outputs.
pub fn model() -> &'static Model {
    static MODEL: OnceLock<Model> = OnceLock::new();
    MODEL.get_or_init(|| {
        let range = lattice_tensor::Range { lo: 0, hi: 16 };
        lattice_tensor::testing::random_mlp(7, &[4, 3], range)
    })
}

/// Register a model without its bytes.
pub fn register(who: &AccountId, model: &Model) -> ModelIndex {
    let index = pallet_model_registry::NextIndex::<Test>::get();
    assert_ok!(ModelRegistry::register(
        origin(who),
        BoundedVec::truncate_from(b"model".to_vec()),
        index * 100,
        BoundedVec::truncate_from(model.manifest().encode()),
        Requirements::default(),
        Pricing { royalty: 5 },
        None,
    ));
    index
}

/// Register a model and put its bytes on chain.
pub fn store(who: &AccountId, model: &Model) -> ModelIndex {
    let index = register(who, model);
    let blob = model.to_blob();
    let manifest = model.manifest().encode().encode().len();
    let chunk = usize::try_from(CHUNK_BYTES).expect("a chunk fits the memory");
    for (number, bytes) in (0..).zip(blob[manifest..].chunks(chunk)) {
        let bytes = BoundedVec::truncate_from(bytes.to_vec());
        assert_ok!(ModelRegistry::upload_chunk(
            origin(who),
            index,
            number,
            bytes
        ));
    }
    assert_ok!(ModelRegistry::finalize(origin(who), index));
    index
}
