//! The state of a chain of the version before becomes one of this version.
//!
//! `data/state-before-tiers.json` is the state of a development chain of spec version 1, without its
//! code: three providers, a served model, three settled requests, one that expired and whose slash
//! waits, two that are open, one of them not accepted yet, stake that is unbonding, and a payment
//! channel.

use frame_support::traits::Hooks;
use frame_support::traits::{GetStorageVersion, OnRuntimeUpgrade, StorageVersion};
use frame_support::weights::{Weight, WeightMeter};
use lattice_primitives::{Ending, Verification};
use lattice_runtime::{
    migrations::Migrations, AccountId, AiPrograms, Ceremonies, ComputeProviders, Disputes,
    Executive, Inference, ModelRegistry, Optimistic, PaymentChannels, PrivateRequests, Replication,
    Runtime, RuntimeGenesisConfig, RuntimeOrigin, Subscriptions, System, UNIT,
};
use pallet_inference::Requests;
use sp_core::storage::Storage;
use sp_io::TestExternalities;
use sp_keyring::Sr25519Keyring::{Bob, Dave, Eve};
use sp_runtime::BuildStorage;
use std::collections::BTreeMap;

const STATE: &str = include_str!("../data/state-before-tiers.json");

fn state() -> TestExternalities {
    let rows: BTreeMap<String, String> = serde_json::from_str(STATE).expect("a map of hex strings");
    let bytes = |text: String| {
        let digits = text.strip_prefix("0x").expect("0x").to_owned();
        hex::decode(digits).expect("hex digits")
    };
    let top = rows
        .into_iter()
        .map(|(key, value)| (bytes(key), bytes(value)));
    TestExternalities::new(Storage {
        top: top.collect(),
        children_default: Default::default(),
    })
}

fn check_everything() {
    ModelRegistry::check_invariants().expect("the registry is sound");
    ComputeProviders::check_invariants().expect("the providers are sound");
    Inference::check_invariants().expect("the requests are sound");
    Ceremonies::check_invariants().expect("the ceremonies are sound");
    PaymentChannels::check_invariants().expect("the channels are sound");
}

/// Every pallet's storage is of the version that its code is for.
fn check_versions() {
    macro_rules! check {
        ($($pallet:ident),+ $(,)?) => {$(
            let in_code = $pallet::in_code_storage_version();
            assert_eq!($pallet::on_chain_storage_version(), in_code, stringify!($pallet));
        )+};
    }
    check!(
        ModelRegistry,
        ComputeProviders,
        Inference,
        AiPrograms,
        Ceremonies,
        PaymentChannels,
        Disputes,
        Optimistic,
        Replication,
        Subscriptions,
        PrivateRequests,
    );
    let moved = StorageVersion::new(1);
    assert_eq!(ModelRegistry::on_chain_storage_version(), moved);
    assert_eq!(ComputeProviders::on_chain_storage_version(), moved);
    assert_eq!(Inference::on_chain_storage_version(), moved);
}

#[test]
fn have_nothing_to_do_on_a_new_chain() {
    let storage = RuntimeGenesisConfig::default().build_storage();
    TestExternalities::new(storage.expect("the genesis builds")).execute_with(|| {
        check_versions();
        let root = sp_io::storage::root(sp_core::storage::StateVersion::V1);
        Migrations::on_runtime_upgrade();
        // But where deadline work begins.
        for cursor in [
            pallet_disputes::NextDue::<Runtime>::hashed_key(),
            pallet_optimistic::NextDue::<Runtime>::hashed_key(),
            pallet_replication::NextDue::<Runtime>::hashed_key(),
            pallet_subscriptions::NextDue::<Runtime>::hashed_key(),
            pallet_private_requests::NextDue::<Runtime>::hashed_key(),
        ] {
            sp_io::storage::clear(&cursor);
        }
        let again = sp_io::storage::root(sp_core::storage::StateVersion::V1);
        assert_eq!(root, again);
    });
}

fn account(keyring: sp_keyring::Sr25519Keyring) -> AccountId {
    keyring.to_account_id()
}

#[test]
fn keep_all_that_was_there() {
    state().execute_with(|| {
        assert_eq!(
            Inference::on_chain_storage_version(),
            StorageVersion::new(0)
        );
        let issuance = pallet_balances::Pallet::<Runtime>::total_issuance();
        let weight = Executive::execute_on_runtime_upgrade();
        assert!(weight.all_gt(Weight::zero()));
        check_everything();
        assert_eq!(
            pallet_balances::Pallet::<Runtime>::total_issuance(),
            issuance
        );
        check_versions();

        let model = ModelRegistry::model_info(0).expect("the model is there");
        assert_eq!(model.providers, 3);
        assert_eq!(model.total_executions, 3);
        // 64 · 32 + 32 · 10 multiplications at least.
        assert!(model.execution_gas > 140 * 2_368);

        let bob = ComputeProviders::provider_info(&account(Bob)).expect("Bob is there");
        assert_eq!((bob.settled, bob.late, bob.disputed), (3, 0, 0));
        assert_eq!(bob.offers.len(), 1);
        assert_eq!(bob.offers[0].1.price, UNIT);
        let eve = ComputeProviders::provider_info(&account(Eve)).expect("Eve is there");
        assert_eq!((eve.late, eve.running), (1, 2));
        assert!(eve.pending > 0, "a slash waits");

        let settled = Inference::execution_record(0).expect("the record is there");
        assert_eq!(settled.ending, Ending::Settled);
        assert_eq!(settled.verification, Verification::Proven);
        assert!(settled.proof.is_some() && settled.agreed.is_empty());
        let expired = Inference::execution_record(3).expect("the record is there");
        assert_eq!(expired.ending, Ending::Expired);
        assert_eq!(Requests::<Runtime>::iter().count(), 2);
    });
}

#[test]
fn let_work_under_way_end_as_it_would_have() {
    state().execute_with(|| {
        Executive::execute_on_runtime_upgrade();
        // One is accepted, one is not; both are late in the end, and everybody gets what is theirs.
        Inference::accept(RuntimeOrigin::signed(account(Eve)), 5).expect("it was offered to Eve");
        let last = System::block_number() + 3_000;
        for now in System::block_number() + 1..=last {
            System::set_block_number(now);
            ComputeProviders::on_poll(now, &mut WeightMeter::new());
            Inference::on_poll(now, &mut WeightMeter::new());
        }
        check_everything();
        assert_eq!(Requests::<Runtime>::iter().count(), 0);
        let eve = ComputeProviders::provider_info(&account(Eve)).expect("Eve is there");
        assert_eq!((eve.running, eve.locked, eve.pending), (0, 0, 0));
        assert!(eve.stake < 1_000 * UNIT, "what waited was slashed");
        let record = Inference::execution_record(4).expect("it has ended");
        assert_eq!(record.ending, Ending::Expired);
        assert_eq!(record.requester, account(Dave));
    });
}

#[test]
fn do_nothing_the_second_time() {
    state().execute_with(|| {
        Executive::execute_on_runtime_upgrade();
        let root = sp_io::storage::root(sp_core::storage::StateVersion::V1);
        Migrations::on_runtime_upgrade();
        let again = sp_io::storage::root(sp_core::storage::StateVersion::V1);
        assert_eq!(root, again);
        check_everything();
    });
}
