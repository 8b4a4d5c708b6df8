//! A whole chain without a network: balances, registry, providers, inference, channels.

use crate as pallet_payment_channels;
use crate::*;
use frame::deps::sp_runtime::{MultiSignature, MultiSigner};
use frame::prelude::*;
use frame::testing_prelude::*;
use frame::traits::fungible::InspectHold;
use lattice_primitives::*;

pub use lattice_testing::{
    account_of as payer, sign, AccountId, Balance, CAROL, ENDOWMENT, FEE, PRICE, ROYALTY, TOTAL,
    TREASURY,
};

/// Serves at [`PRICE`].
pub const BOB: AccountId = AccountId::new([2; 32]);
/// Serves as well, when it does.
pub const DAVE: AccountId = AccountId::new([4; 32]);

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

parameter_types! {
    /// None, except in the tests about it.
    pub static MinFee: Balance = 0;
}

lattice_testing::market! {
    DbWeight = ();
    SlashDelay = ConstU64<10>;
    MinFee = MinFee;
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

/// Pays.
pub fn alice() -> AccountId {
    payer(ALICE)
}

/// Pays as well, when she does.
pub fn eve() -> AccountId {
    payer(EVE)
}

/// A fresh chain at block 1 with endowed accounts and nothing else.
pub fn new_test_ext() -> TestState {
    lattice_testing::chain_with::<Test>([alice(), eve(), BOB, CAROL, DAVE])
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
    lattice_testing::register_model::<Test>(MANIFEST, ROYALTY)
}

pub fn register_key(index: ModelIndex) {
    lattice_testing::register_key::<Test>(index, VERIFYING_KEY, Setup::Dev, H256::zero());
}

/// Register as a provider if need be, and offer to serve a model.
pub fn serve(who: AccountId, model: ModelIndex, price: Balance) {
    let offer = lattice_primitives::Offer::per_inference(price, 2);
    lattice_testing::serve::<Test>(&who, model, offer);
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
