//! A chain with balances, the registry and ceremonies, and ceremonies as honest clients
//! hold them.

use crate as pallet_ceremonies;
use crate::*;
use codec::Encode;
use frame::deps::sp_runtime::AccountId32;
use frame::prelude::*;
use frame::testing_prelude::*;
use frame::traits::fungible::InspectHold;
use lattice_host::ceremony::{start_transcript, Binding, Contribution, Query, Start, Trapdoor};
use lattice_primitives::{CeremonyId, ModelIndex, Pricing, Requirements};
use lattice_verifier::{ceremony::testing, ProofVersion};
use std::{cell::Cell, sync::OnceLock};

pub use testing::{array, contribute, g1, g2, phase1, rng, trapdoor, Bulk, Factors};

pub type AccountId = AccountId32;
pub type Balance = u128;

/// The owner of the models, who opens ceremonies.
pub const OWNER: AccountId = AccountId::new([1; 32]);
pub const ALICE: AccountId = AccountId::new([2; 32]);
pub const BOB: AccountId = AccountId::new([3; 32]);
pub const CAROL: AccountId = AccountId::new([4; 32]);
pub const DAVE: AccountId = AccountId::new([5; 32]);
pub const TREASURY: AccountId = AccountId::new([9; 32]);
pub const ACCOUNTS: [AccountId; 5] = [OWNER, ALICE, BOB, CAROL, DAVE];

pub const ENDOWMENT: Balance = 10_000_000;
pub const EXISTENTIAL_DEPOSIT: Balance = 600;
pub const OPENING_BOND: Balance = 5_000;
pub const CONTRIBUTION_BOND: Balance = 1_001;
/// Half of the bond, rounded as `Permill` does.
pub const REWARD: Balance = 500;
pub const WINDOW: u64 = 10;
pub const ABANDONED: u64 = 50;
pub const MAX_CONTRIBUTIONS: u32 = 5;

construct_runtime!(
    pub enum Test {
        System: frame_system,
        Balances: pallet_balances,
        ModelRegistry: pallet_model_registry,
        CeremoniesPallet: pallet_ceremonies,
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

impl pallet_model_registry::Config for Test {
    type RuntimeHoldReason = RuntimeHoldReason;
    type Currency = Balances;
    type Ceremonies = CeremoniesPallet;
    type WeightInfo = pallet_model_registry::weights::SubstrateWeight<Test>;
    type AllowDevSetup = AllowDevSetup<Test>;
    type DepositBase = ConstU128<500>;
    type DepositPerByte = ConstU128<3>;
    type MaxNameLen = ConstU32<64>;
    type MaxManifestLen = ConstU32<65_536>;
    type MaxModelBytes = ConstU32<1_048_576>;
}

parameter_types! {
    pub const TreasuryAccount: AccountId = TREASURY;
    pub const ChallengerShare: Permill = Permill::from_percent(50);
}

impl Config for Test {
    type RuntimeHoldReason = RuntimeHoldReason;
    type Currency = Balances;
    type Registry = ModelRegistry;
    type DisputeOrigin = frame_system::EnsureRoot<AccountId>;
    type WeightInfo = crate::weights::SubstrateWeight<Test>;
    type Treasury = TreasuryAccount;
    type OpeningBond = ConstU128<OPENING_BOND>;
    type ContributionBond = ConstU128<CONTRIBUTION_BOND>;
    type ChallengerShare = ChallengerShare;
    type DepositPerByte = ConstU128<2>;
    type MaxContributions = ConstU32<MAX_CONTRIBUTIONS>;
    type MinContributors = ConstU32<3>;
    type ChallengeWindow = ConstU64<WINDOW>;
    type AbandonedAfter = ConstU64<ABANDONED>;
}

/// A fresh chain at block 1 with endowed accounts, and the tests' phase 1 pinned.
pub fn new_test_ext() -> TestState {
    chain_of(&GenesisConfig {
        phase1_id: Some(H256(phase1().id())),
        ..Default::default()
    })
}

/// A fresh chain at block 1 with this pallet's genesis.
pub fn chain_of(genesis: &GenesisConfig<Test>) -> TestState {
    let mut storage = frame_system::GenesisConfig::<Test>::default()
        .build_storage()
        .expect("the system's genesis builds");
    let mut balances: Vec<_> = ACCOUNTS.map(|who| (who, ENDOWMENT)).into();
    balances.push((TREASURY, EXISTENTIAL_DEPOSIT));
    pallet_balances::GenesisConfig::<Test> {
        balances,
        ..Default::default()
    }
    .assimilate_storage(&mut storage)
    .expect("the endowments fit");
    genesis
        .assimilate_storage(&mut storage)
        .expect("the pallet's genesis builds");
    let mut state = TestState::new(storage);
    state.execute_with(|| System::set_block_number(1));
    state
}

thread_local! {
    static VERSION: Cell<ProofVersion> = const { Cell::new(ProofVersion::Groth16) };
}

/// Of the proofs for which this run's ceremonies are.
pub fn version() -> ProofVersion {
    VERSION.get()
}

/// The trapdoors of this run's ceremonies.
pub fn trapdoors() -> impl Iterator<Item = Trapdoor> {
    let state = Bulk::start(version()).state();
    let trapdoors = Trapdoor::ALL.into_iter();
    trapdoors.filter(move |trapdoor| state.trapdoor(*trapdoor).is_some())
}

/// Run a test on a fresh chain for each version of the proofs, and check the invariants
/// after it.
pub fn on_a_fresh_chain(mut test: impl FnMut()) {
    for version in ProofVersion::ALL {
        VERSION.set(version);
        new_test_ext().execute_with(|| {
            test();
            assert_ok!(CeremoniesPallet::check_invariants());
            assert_ok!(ModelRegistry::check_invariants());
        });
    }
}

pub fn origin(who: &AccountId) -> RuntimeOrigin {
    RuntimeOrigin::signed(who.clone())
}

/// What an account has on hold for a reason.
pub fn held(reason: HoldReason, who: &AccountId) -> Balance {
    Balances::balance_on_hold(&reason.into(), who)
}

pub fn pass(blocks: u64) {
    System::set_block_number(System::block_number() + blocks);
}

// --- models

/// Two small models.
pub fn model(which: usize) -> &'static lattice_tensor::Model {
    static MODELS: OnceLock<[lattice_tensor::Model; 2]> = OnceLock::new();
    let models = MODELS.get_or_init(|| {
        [7, 8].map(|seed| {
            let range = lattice_tensor::Range { lo: 0, hi: 16 };
            lattice_tensor::testing::random_mlp(seed, &[4, 3], range)
        })
    });
    &models[which]
}

/// Register a model of an account; returns its index.
pub fn register(who: &AccountId, which: usize) -> ModelIndex {
    let index = pallet_model_registry::NextIndex::<Test>::get();
    assert_ok!(ModelRegistry::register(
        origin(who),
        BoundedVec::truncate_from(b"digits".to_vec()),
        index,
        BoundedVec::truncate_from(model(which).manifest().encode()),
        Requirements::default(),
        Pricing { royalty: 5 },
        None,
    ));
    index
}

// --- ceremonies

/// A start of one of the models.
pub fn start(which: usize) -> Start {
    testing::start(model(which).id(), version())
}

/// The query in which contributions are planted: the last one, which in a ceremony of
/// committed proofs is the commitment's.
pub fn planted_query() -> Query {
    *Query::of(version()).last().expect("all have some")
}

/// A ceremony as its clients see it: where the chain stands, and the bulk of every state.
pub struct Party {
    pub ceremony: CeremonyId,
    pub model: ModelIndex,
    pub bulks: Vec<Bulk>,
}

impl Party {
    /// Register a model of [`OWNER`] and open a ceremony for it.
    pub fn open(which: usize) -> Self {
        let model = register(&OWNER, which);
        let ceremony = NextCeremony::<Test>::get();
        assert_ok!(CeremoniesPallet::open(origin(&OWNER), model, start(which)));
        Self {
            ceremony,
            model,
            bulks: vec![Bulk::start(version())],
        }
    }

    pub fn bulk(&self) -> &Bulk {
        self.bulks.last().expect("the start's is there")
    }

    pub fn details(&self) -> Ceremony<Test> {
        crate::Ceremonies::<Test>::get(self.ceremony).expect("the ceremony is there")
    }

    /// What an account's next contribution is bound to.
    pub fn binding(&self, who: &AccountId) -> Binding {
        let details = self.details();
        CeremoniesPallet::binding(
            self.ceremony,
            details.contributions,
            &details.transcript,
            who,
        )
    }

    /// The record of an account's contribution that leaves `after`.
    pub fn record(&self, who: &AccountId, after: &Bulk) -> Contribution {
        let before = self.bulk();
        let factors = before.factors_to(after);
        let binding = self.binding(who);
        contribute(&before.state(), &after.state(), factors, &binding)
    }

    /// The record of an account's honest contribution.
    pub fn honest(&self, who: &AccountId) -> Contribution {
        self.record(who, &self.bulk().after(Factors::of(6)))
    }

    /// Submit a record for the place where the ceremony stands.
    pub fn submit(&self, who: &AccountId, contribution: Contribution) -> DispatchResult {
        let details = self.details();
        CeremoniesPallet::contribute(
            origin(who),
            self.ceremony,
            details.contributions,
            details.transcript,
            contribution,
        )
    }

    /// An account contributes a bulk, honest or not.
    pub fn leave(&mut self, who: &AccountId, after: Bulk) -> DispatchResult {
        self.submit(who, self.record(who, &after))?;
        self.bulks.push(after);
        Ok(())
    }

    /// An honest contribution.
    pub fn contribute(&mut self, who: &AccountId) -> DispatchResult {
        let seed = 100 + self.bulks.len() as u64;
        self.leave(who, self.bulk().after(Factors::of(seed)))
    }

    /// A contribution with a point at 2 of [`planted_query`] that does not belong there.
    pub fn plant(&mut self, who: &AccountId) -> DispatchResult {
        let honest = self.bulk().after(Factors::of(55));
        self.leave(who, honest.planted(planted_query(), 2))
    }

    /// Challenge leaf `leaf` of [`planted_query`] of a contribution.
    pub fn challenge(
        &mut self,
        who: &AccountId,
        index: u32,
        leaf: u32,
    ) -> DispatchResultWithPostInfo {
        let [before, after] = [index, index + 1].map(|state| &self.bulks[state as usize]);
        let challenge = before.challenge(after, planted_query(), leaf);
        let done = CeremoniesPallet::challenge(origin(who), self.ceremony, index, challenge)?;
        self.bulks.truncate(index as usize + 1);
        Ok(done)
    }

    pub fn finalize(&self, who: &AccountId) -> DispatchResultWithPostInfo {
        CeremoniesPallet::finalize(origin(who), self.ceremony, PROVING_KEY)
    }

    /// The key of the state in which the ceremony stands.
    pub fn key(&self) -> Vec<u8> {
        let start = Starts::<Test>::get(self.ceremony).expect("the start is there");
        start.assemble_key(&self.bulk().state())
    }
}

/// Hash of a proving key.
pub const PROVING_KEY: H256 = H256::repeat_byte(0x9c);

/// The transcript of a start on this chain.
pub fn transcript_of(ceremony: CeremonyId, start: &Start) -> H256 {
    H256(start_transcript(
        &CeremoniesPallet::genesis(),
        ceremony,
        start,
    ))
}
